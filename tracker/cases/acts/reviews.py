"""复查 and 复核: asked for by the petitioner, decided by the organ above (条例第三十五条、第三十六条)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from tracker.cases.acts.outcomes import NOTHING_CHANGED, change_answer, open_again, take_back_answer
from tracker.cases.acts.serving import ServiceReceipt, service_errors
from tracker.cases.lifecycle.act_days import Earliest, act_day, prove_late, within_window, wrong_day
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import Since
from tracker.cases.lifecycle.step_clocks import Taking, begin
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Case, Review
from tracker.cases.record.rules.codes import RESULT_LABELS, Result
from tracker.cases.record.rules.reviewing import REVIEW_RESULT_LABELS, ReviewResult
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors
from tracker.deadlines.limits import LimitKind
from tracker.people.models import User


def request_review(
    case: Case,
    *,
    by: User,
    now: datetime,
    organ: str,
    requested_on: date,
    received_on: date,
    proof: str | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record the petitioner's request for 复查 or 复核, within 30 days of service (条例第三十五条、第三十六条).

    One of the last day is taken however late it is typed; typed after the window it needs its number (`proof`) or file.
    Raises DomainError outside the time allowed, for days that cannot be, without an organ, and for want of proof.
    """
    with taking(case, Action.REQUEST_REVIEW, by=by, now=now, version=version, materials=materials) as step:
        window = step.clock(LimitKind.RE_EXAMINATION_WINDOW) or step.clock(LimitKind.REVIEW_WINDOW)
        if window is None:
            raise DomainError("本件现在没有请求复查、复核的期限。")
        again = window.kind == LimitKind.RE_EXAMINATION_WINDOW
        kind = LimitKind.RE_EXAMINATION if again else LimitKind.REVIEW
        served = Earliest("送达之日", window.started_on)
        day = act_day(step, requested_on, "requested_on", since=served)
        over = f"请求{'复核' if again else '复查'}的 30 日（邮寄的以邮戳为准）"
        within_window(step, window, day, field="requested_on", over=over)
        if wrong := wrong_day(received_on, Earliest("请求之日", day), step.today):
            raise DomainError(wrong, field="received_on")
        prove_late(step, window, proof, materials)
        if not organ:
            raise DomainError("请填写复查（复核）机关。", field="organ")
        # A 复核 is of the answer that was reviewed before it.
        answered = step.file.reviews[-1].of_round if again else window.round
        db.session.add(
            Review(
                case_id=case.id,
                round=case.round,
                answer_round=answered if answered != case.round else None,
                kind=kind.value,
                organ=organ,
                requested_on=requested_on,
                received_on=received_on,
            )
        )
        step.dates[Since.ASKED] = received_on
        older = f"第 {answered} 轮的答复" if answered != case.round else ""
        step.facts.update(kind="复核" if again else "复查", organ=organ, proof=proof or "", answer=older)


_ACTS = {
    ReviewResult.UPHELD: Action.CONCLUDE_REVIEW,
    ReviewResult.CHANGED: Action.CHANGE_OPINION,
    ReviewResult.REVOKED: Action.REMIT,
    ReviewResult.DISMISSED: Action.DISMISS_REVIEW,
}


def conclude_review(
    case: Case,
    *,
    by: User,
    now: datetime,
    result: ReviewResult | str,
    concluded_on: date,
    reason: str,
    due_on: date | None = None,
    changed: Mapping[int, Result] | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record what the reviewing organ decided (复查意见、复核意见), or that it did not take the request (不予受理).

    A matter that was struck off goes back to its old seal once an opinion that upholds is served, and at once where
    the request was not taken. `changed` are the new results of demand points by their ids (变更), to be carried out
    where they support. `due_on` is the day that the organ names for the new answer (撤销); without, the days of the
    office count (本单位规定). Neither the 60 days nor their extension come again. Raises DomainError without a review,
    for a day that cannot be, and where nothing was changed.
    """
    result = ReviewResult(result)
    with taking(case, _ACTS[result], by=by, now=now, version=version, reason=reason, materials=materials) as step:
        review = step.file.running_review
        if review is None:
            raise DomainError("没有正在进行的复查或复核。")
        step.dates[Since.CONCLUDED] = act_day(
            step, concluded_on, "concluded_on", since=Earliest("收到申请之日", review.received_on)
        )
        review.result, review.concluded_on, review.note = result.value, concluded_on, step.reason
        kind = "复核" if review.kind == LimitKind.RE_EXAMINATION else "复查"
        step.facts.update(kind=kind, result=REVIEW_RESULT_LABELS[result])
        if review.of_round != case.round:
            _told_for_the_new_answer(step, due_on, changed or {})
        elif result is ReviewResult.REVOKED:
            _made_again(step, due_on)
        elif result is ReviewResult.CHANGED:
            change_answer(step, changed or {}, f"{kind}意见：{step.reason}")
            open_again(case)


def _told_for_the_new_answer(step: Taking, due_on: date | None, changed: Mapping[int, Result]) -> None:
    """Keep what was decided on an answer that is made anew already (重新办理中): the new one goes by it.

    The points have no answer now that could be changed, and the clocks of the new round run on.
    Raises DomainError for 变更 that changes nothing.
    """
    if step.row.action is Action.CHANGE_OPINION and not changed:
        raise DomainError(NOTHING_CHANGED, field="changed")
    points = [point for point in step.case.demand_points if point.id in changed]
    if points:
        step.facts["changed"] = [[point.position, "", RESULT_LABELS[changed[point.id]]] for point in points]
    if due_on:
        step.facts["due_on"] = f"{long_date(due_on)}（复查（复核）机关指定）"


def _made_again(step: Taking, due_on: date | None) -> None:
    """Take the answer back, and let the unit answer again by the day that the organ names."""
    take_back_answer(step)
    open_again(step.case)
    step.due_on = due_on
    clock = begin(step, LimitKind.REDO)
    by_whom = "复查（复核）机关指定" if due_on else "本单位规定"
    step.facts["due_on"] = f"{long_date(clock.effective_due)}（{by_whom}）"


def serve_review(
    case: Case,
    delivery: ServiceReceipt,
    *,
    by: User,
    now: datetime,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record that the petitioner got the opinion of 复查: the 30 days for 复核 begin (条例第三十六条).

    A window that was counted from the day of the opinion, as older versions did, gives way to it. A matter that was
    struck off before the review is so again, by its old signatures.
    Raises DomainError without such an opinion, FieldErrors for the day, the receiver or the proof.
    """
    with taking(case, Action.SERVE_REVIEW, by=by, now=now, version=version, materials=materials) as step:
        step.dates[Since.SERVED] = _served(step, delivery, has_file=bool(materials))


def serve_re_examination(
    case: Case,
    delivery: ServiceReceipt,
    *,
    by: User,
    now: datetime,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record that the petitioner got the opinion of 复核, after which there is none; otherwise as `serve_review`."""
    with taking(case, Action.SERVE_RE_EXAMINATION, by=by, now=now, version=version, materials=materials) as step:
        _served(step, delivery, has_file=bool(materials))


def _served(step: Taking, delivery: ServiceReceipt, *, has_file: bool) -> date:
    """Write the service of the opinion that waits for it, and return its day."""
    review = step.file.unserved_review
    if review is None or review.concluded_on is None:
        raise DomainError("没有尚未登记送达的复查（复核）意见。")
    errors = service_errors(delivery, Earliest("作出意见之日", review.concluded_on), step, has_file)
    if errors:
        raise FieldErrors(errors)
    review.served_on, review.service_method = delivery.served_on, delivery.method.value
    review.served_to, review.service_note = delivery.served_to, delivery.proof
    step.happened_on = delivery.served_on
    step.facts.update(delivery.told)
    return delivery.served_on
