"""The answer: 信访处理意见书 or another paper by class and route, 送达, 落实."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.cases.acts.serving import ServiceReceipt, write_service
from tracker.cases.lifecycle.act_days import Earliest, act_day, wrong_day
from tracker.cases.lifecycle.documents import NOT_YET, Sending, issue
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import Since
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Case
from tracker.cases.record.rules.answering import answer_of
from tracker.cases.record.rules.codes import (
    RESULT_LABELS,
    RESULTS_TO_CARRY_OUT,
    Result,
)
from tracker.cases.record.rules.service import service_words
from tracker.core.errors import DomainError, FieldErrors
from tracker.deadlines.limits import LimitKind
from tracker.people.models import User
from tracker.statutes.queries import cited


@dataclass(frozen=True)
class PointAnswer:
    """The answer to one demand point."""

    result: Result
    answer: str


@dataclass(frozen=True)
class Opinion:
    """What the paper says (条例第三十二条): facts, legal basis, a decision on each demand point.

    `same_because`: after 撤销 (复查、复核), why the result is again what it was.
    """

    document_no: str
    basis: str
    text: str
    same_because: str | None = None


def issue_opinion(
    case: Case,
    opinion: Opinion,
    answers: Mapping[int, PointAnswer],
    *,
    by: User,
    now: datetime,
    happened_on: date | None = None,
    sending: Sending = NOT_YET,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Sign and issue the opinion with an answer to every demand point, by the head; `answers` by the id of the point.

    `happened_on` is the day of the opinion, today where none is named. Where it was sent already (`sending`), the
    60 days end with that.
    Raises FieldErrors for what is missing or cannot be.
    """
    with taking(case, Action.ISSUE_OPINION, by=by, now=now, version=version, materials=materials) as step:
        errors = _opinion_errors(case, opinion, answers, step.today)
        if not errors and _same_again(step, answers) and not opinion.same_because:
            errors = {"same_because": SAME_AGAIN}
        if errors:
            raise FieldErrors(errors)
        day = act_day(step, happened_on, "happened_on")
        if sending.sent_on:
            if wrong := wrong_day(sending.sent_on, Earliest("签发之日", day), step.today):
                raise DomainError(wrong, field="sent_on")
            step.dates[Since.SENT] = sending.sent_on
        for point in case.demand_points:
            given = answers[point.id]
            point.result, point.answer, point.answered_on = given.result.value, given.answer, day
            point.carried_out_on = point.carried_out_note = None
        case.result = overall_result([answer.result for answer in answers.values()]).value
        document = issue(
            step,
            kind=answer_of(case.matter_class, case.route).paper,
            document_no=opinion.document_no,
            issued_on=day,
            signed_on=day,
            sending=sending,
            text=f"{opinion.text}\n\n法律、政策依据：{opinion.basis}",
        )
        told = service_words(document) if document.sent_on else ""
        step.facts.update(document_no=opinion.document_no, result=RESULT_LABELS[Result(case.result)], service=told)
        if opinion.same_because:
            step.facts["same_because"] = opinion.same_because


SAME_AGAIN = "结果与被撤销的原意见相同：请写明有哪些新的事实、证据或者理由。"


def _same_again(step: Taking, answers: Mapping[int, PointAnswer]) -> bool:
    """Return whether every point gets the result that 复查 or 复核 revoked.

    The Regulations are silent; the office follows what binds an administrative organ after 行政复议.
    """
    if step.clock(LimitKind.REDO) is None:
        return False
    last = next(line for line in reversed(step.file.steps) if line.action == Action.REMIT)
    given = [(point.position, RESULT_LABELS[answers[point.id].result]) for point in step.case.demand_points]
    return given == [(number, result) for number, result, _answer in last.facts["was"]]


def _opinion_errors(case: Case, opinion: Opinion, answers: Mapping[int, PointAnswer], today: date) -> dict[str, str]:
    errors: dict[str, str] = {}
    answer = answer_of(case.matter_class, case.route)
    for name, words in (
        ("document_no", f"请填写{answer.label}文号。"),
        ("basis", f"请写明法律、政策依据（{cited(*answer.basis, on=today)}）。"),
        ("text", f"请写明{answer.contents}。"),
    ):
        if not getattr(opinion, name):
            errors[name] = words
    for point in case.demand_points:
        if point.id not in answers or not answers[point.id].answer:
            errors[f"answer-{point.id}"] = f"诉求点 {point.position} 还没有答复。"
    return errors


def overall_result(results: Sequence[Result]) -> Result:
    """Return the result of the case from those of its points: all alike, else partly where any is supported."""
    kinds = set(results)
    if len(kinds) == 1:
        return next(iter(kinds))
    return Result.PARTLY if kinds & RESULTS_TO_CARRY_OUT else Result.NOT_SUPPORTED


def deliver(
    case: Case,
    delivery: ServiceReceipt,
    *,
    by: User,
    now: datetime,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record the service of the opinion with proof: the 30 days for review begin (条例第三十五条).

    The 60 days stop on the day on which it was sent, where that was not recorded before.
    Raises DomainError without an opinion, FieldErrors for the day, the receiver or the proof.
    """
    with taking(case, Action.DELIVER, by=by, now=now, version=version, materials=materials) as step:
        document = step.file.answer
        if document is None:
            raise DomainError("还没有答复的文书。")
        write_service(document, delivery, step, bool(materials))
        case.answered_on = delivery.served_on
        step.happened_on = step.dates[Since.SERVED] = delivery.served_on
        step.dates[Since.SENT] = document.sent_on or delivery.served_on
        step.facts.update(service=service_words(document))


def carry_out(
    case: Case,
    notes: Mapping[int, str],
    *,
    by: User,
    now: datetime,
    carried_out_on: date,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record that supported demands were carried out (落实, 条例第三十二条第二款); `notes` by the id of the point.

    The clock of 落实 is met by the act after which nothing is left to carry out.
    Raises DomainError where no point is answered or the day cannot be.
    """
    with taking(case, Action.CARRY_OUT, by=by, now=now, version=version, materials=materials) as step:
        done = [p for p in case.demand_points if notes.get(p.id) and p.result in RESULTS_TO_CARRY_OUT]
        if not done:
            raise DomainError("请至少写明一个诉求点的落实情况。", field="notes")
        opinion = step.file.answer
        made = Earliest("出具处理意见之日", opinion.issued_on) if opinion else None
        act_day(step, carried_out_on, "carried_out_on", since=made)
        for point in done:
            point.carried_out_on, point.carried_out_note = carried_out_on, notes[point.id][:500]
        if not case.promises:
            step.dates[Since.CARRIED_OUT] = carried_out_on
        step.facts.update(points=[p.position for p in done])
