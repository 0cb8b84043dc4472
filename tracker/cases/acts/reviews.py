"""复查 and 复核: asked for by the petitioner, decided by the organ above (条例第三十五条、第三十六条)."""

from collections.abc import Sequence
from datetime import date, datetime

from tracker.cases.acts.answers import ServiceReceipt, service_errors
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import Since
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Case, Review
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.service import last_day
from tracker.people.models import User


def request_review(
    case: Case,
    *,
    by: User,
    now: datetime,
    organ: str,
    requested_on: date,
    received_on: date,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record the petitioner's request for 复查 or 复核, within 30 days of service (条例第三十五条、第三十六条).

    Raises DomainError outside the time allowed, for days that cannot be, and without an organ.
    """
    with taking(case, Action.REQUEST_REVIEW, by=by, now=now, version=version, materials=materials) as step:
        window = step.clock(LimitKind.RE_EXAMINATION_WINDOW) or step.clock(LimitKind.REVIEW_WINDOW)
        if window is None:
            raise DomainError("本件现在没有请求复查、复核的期限。")
        again = window.kind == LimitKind.RE_EXAMINATION_WINDOW
        kind = LimitKind.RE_EXAMINATION if again else LimitKind.REVIEW
        first, last = window.started_on, last_day(window)
        if not first <= requested_on <= last:
            raise DomainError(
                f"请求日期（邮寄的以邮戳为准）应在 {long_date(first)} 至 {long_date(last)} 之间。",
                field="requested_on",
            )
        if not requested_on <= received_on <= step.today:
            raise DomainError("收到申请的日期应在请求日期与今天之间。", field="received_on")
        if not organ:
            raise DomainError("请填写复查（复核）机关。", field="organ")
        db.session.add(
            Review(
                case_id=case.id,
                round=case.round,
                kind=kind.value,
                organ=organ,
                requested_on=requested_on,
                received_on=received_on,
            )
        )
        step.happened_on = step.stopped_on = requested_on
        step.dates[Since.ASKED] = received_on
        step.facts.update(kind="复核" if again else "复查", organ=organ)


REVIEW_RESULTS = {"upheld": "维持", "changed": "变更", "revoked": "撤销，责令重新办理"}


def conclude_review(
    case: Case,
    *,
    by: User,
    now: datetime,
    result: str,
    concluded_on: date,
    reason: str,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record the reviewing organ's opinion (复查意见、复核意见); a revoked opinion is made again within 60 days.

    Raises DomainError without a review, without its result, and for a day that cannot be.
    """
    action = Action.REMIT if result == "revoked" else Action.CONCLUDE_REVIEW
    with taking(case, action, by=by, now=now, version=version, reason=reason, materials=materials) as step:
        review = step.file.running_review
        if review is None:
            raise DomainError("没有正在进行的复查或复核。")
        if result not in REVIEW_RESULTS:
            raise DomainError("请选择复查（复核）结果。", field="result")
        if not review.received_on <= concluded_on <= step.today:
            raise DomainError("作出意见的日期应在收到申请与今天之间。", field="concluded_on")
        review.result, review.concluded_on, review.note = result, concluded_on, reason
        step.happened_on = step.stopped_on = step.dates[Since.CONCLUDED] = concluded_on
        if action is Action.REMIT:
            case.answered_on = None
        kind = "复核" if review.kind == LimitKind.RE_EXAMINATION else "复查"
        step.facts.update(kind=kind, result=REVIEW_RESULTS[result])


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

    A window that was counted from the day of the opinion, as older versions did, gives way to it.
    Raises DomainError without such an opinion, FieldErrors for the day, the receiver or the proof.
    """
    with taking(case, Action.SERVE_REVIEW, by=by, now=now, version=version, materials=materials) as step:
        review = step.file.unserved_review
        if review is None or review.concluded_on is None:
            raise DomainError("没有尚未登记送达的复查意见。")
        errors = service_errors(delivery, review.concluded_on, "作出复查意见之日", step, bool(materials))
        if errors:
            raise FieldErrors(errors)
        review.served_on, review.service_method = delivery.served_on, delivery.method.value
        review.served_to, review.service_note = delivery.served_to, delivery.proof
        step.happened_on = step.dates[Since.SERVED] = delivery.served_on
        step.facts.update(delivery.told)
