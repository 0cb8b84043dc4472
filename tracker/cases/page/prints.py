"""What is printed of a case beside its page: the petitioner's slip, the day table of a clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker.audit.checkpoints import SignedReceipt, receipt_of
from tracker.cases.lifecycle.case_file import CaseFile, case_file, case_of
from tracker.cases.lifecycle.rules.lifecycle import clock_applies
from tracker.cases.page.close_out import CloseOut, close_out
from tracker.cases.page.head import Head, Seal, place_parts, seal
from tracker.cases.page.page import head_of
from tracker.cases.page.people import petitioners
from tracker.cases.record.finality import final_opinion, reviews_of
from tracker.cases.record.models import Case
from tracker.cases.record.rules.answering import OPINION, Said, answer_of
from tracker.cases.record.rules.codes import (
    CHANNELS,
    DOCUMENT_KIND_LABELS,
    RESULT_LABELS,
    Channel,
    Confidentiality,
    DocumentKind,
    LedgerStatus,
    MatterClass,
    Purpose,
    Result,
    Status,
)
from tracker.cases.record.rules.holding import state_words
from tracker.cases.record.rules.service import is_told, service_words
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import NotFound
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, days_of, running, shown
from tracker.people.rules import Reader
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P
from tracker.working_days.rules import DayRow


@dataclass(frozen=True)
class Slip:
    """The petitioner's slip: facts first, then what happens next; at the foot what proves it (登记凭据)."""

    office: str
    number: str
    code: str
    facts: tuple[tuple[str, str], ...]
    next: tuple[str, ...]
    printed: str
    receipt: SignedReceipt | None


def case_slip(case_id: int, *, today: date, holder: str | None = None, code: str = "") -> Slip:
    """Return the petitioner's slip of a case (信访事项回执), with the lawful dates and rights as they are today.

    It leaves the office: it names its `holder` as opened on the record (masked where nobody may open it), and of an
    accusation it names nothing (条例第三十条). With the `code` just given out it says how to ask by it (查询码).
    """
    case = case_of(case_id)
    return Slip(
        office=case.office.name,
        number=case.register_no,
        code=code,
        facts=tuple(_slip_facts(case, holder)),
        next=(*_what_happens(case, running(case_id), today), *_how_to_ask(case, code)),
        printed=long_date(today),
        receipt=receipt_of(case_id, case.register_no),
    )


def accuses(case: Case) -> bool:
    """Return whether the slip must name nothing: an accusation, decided or only said at registration."""
    return (case.matter_class or case.purpose) == MatterClass.ACCUSATION or case.level == Confidentiality.ACCUSATION


def _slip_facts(case: Case, holder: str | None) -> Iterator[tuple[str, str]]:
    if accuses(case):
        yield "收到日期", long_date(case.received_on)
        yield "信访形式", CHANNELS[Channel(case.channel)].label
        return
    people = petitioners(case.id)
    name = holder or (people[0].name if people else "匿名")
    yield "信访人", f"{name} 等 {case.people_count} 人" if case.people_count > 1 else name
    yield "收到日期", long_date(case.received_on)
    yield "信访形式", CHANNELS[Channel(case.channel)].label
    yield "反映事项", case.title
    yield "问题属地", " · ".join(part.name for part in place_parts(case.village)) or "待核实"


def _what_happens(case: Case, clocks: Sequence[Deadline], today: date) -> Iterator[str]:
    """Say in sentences what follows by law, with the dates of the clocks that run."""
    due = {LimitKind(clock.kind): clock for clock in clocks}
    if accuses(case):
        yield "您反映的事项按照纪检监察机关受理检举控告的规定办理和告知。"
        return
    if case.ledger_status == LedgerStatus.CLOSED or case.status in _ANSWERED:
        yield "您反映的事项已经办理并告知结果，以送达您的文书为准。"
    else:
        yield from _coming(case, due, today)
    if final := final_opinion(case, lambda: reviews_of(case)):
        basis = cited(P.T36_3, on=final.served_on or today, titles=True)
        yield f"复核意见已经送达，本件已终结；以同一事实和理由再提出的，不再受理（{basis}）。"
    else:
        yield from (f"{words}（{cited(*basis, on=today, titles=True)}）。" for words, basis in _rights(case))


def _how_to_ask(case: Case, code: str) -> Iterator[str]:
    if code:
        yield (
            f"查询进展请凭编号和查询码，到{case.office.name}窗口或者打电话查询。查询码请不要告诉别人；"
            "遗失的，请本人带身份证件到窗口补发，原来的随即作废。"
        )
    elif not accuses(case):
        yield f"查询进展请凭本件编号向{case.office.name}询问。"


def _rights(case: Case) -> Said:
    """Return what the petitioner is told of his rights; of what is not classified yet, what it may have."""
    if case.matter_class is None:
        return OPINION.told if _on_petition_route(case) else ()
    return answer_of(case.matter_class, case.route).told


def _on_petition_route(case: Case) -> bool:
    """Return whether the matter has the 60 days and the reviews, or, not classified yet, may have by what is asked."""
    if case.matter_class is None:
        return case.purpose not in (Purpose.SUGGESTION, Purpose.CONSULTATION)
    return clock_applies(LimitKind.HANDLING, matter_class=case.matter_class, route=case.route, serious=case.is_serious)


_ANSWERED = frozenset({Status.DELIVERED, Status.DIVERTED, Status.NOT_ACCEPTED, Status.NO_LONGER_ACCEPTED})


def _coming(case: Case, due: dict[LimitKind, Deadline], today: date) -> Iterator[str]:
    if LimitKind.OFFICE_REFERRAL in due:
        by, basis = _by(due[LimitKind.OFFICE_REFERRAL]), cited(P.T22_1, on=today)
        yield f"信访部门应在 {by} 前转送、交办，或者告知您去向（{basis}）。"
    if LimitKind.ACCEPTANCE in due:
        yield f"承办单位应在 {_by(due[LimitKind.ACCEPTANCE])} 前告知您是否受理（{cited(P.T23_3, on=today)}）。"
    elif not case.accepted_on:
        days = LIMITS[LimitKind.ACCEPTANCE].amount
        yield f"承办单位应自收到之日起 {days} 日内告知您是否受理（{cited(P.T23_3, on=today)}）。"
    if LimitKind.HANDLING in due:
        yield f"承办单位应在 {_by(due[LimitKind.HANDLING])} 前作出处理意见并送达您（{cited(P.T34, on=today)}）。"
    elif not case.accepted_on and _on_petition_route(case):
        days = LIMITS[LimitKind.HANDLING].amount
        yield f"按信访程序受理的，承办单位应自受理之日起 {days} 日内作出处理意见（{cited(P.T34, on=today)}）。"


def _by(clock: Deadline) -> str:
    if clock.paused_on is not None:
        return f"{long_date(clock.effective_due)}（{long_date(clock.paused_on)}起暂停计时，恢复后另行计算）"
    return f"{long_date(clock.effective_due)}{'（暂定）' if clock.provisional else ''}"


@dataclass(frozen=True)
class CloseOutSheet:
    """The close-out sheet: before 销号 the checklist to be signed, afterwards the certificate."""

    office: str
    number: str
    facts: tuple[tuple[str, str], ...]
    close_out: CloseOut
    seal: Seal | None


def close_out_sheet(case_id: int, *, reader: Reader) -> CloseOutSheet:
    """Return the close-out sheet of a case (销号单、核对单)."""
    file = case_file(case_id, reader)
    case = file.case
    return CloseOutSheet(
        office=case.office.name,
        number=case.register_no,
        facts=tuple(_sheet_facts(file)),
        close_out=close_out(file),
        seal=seal(case),
    )


def _sheet_facts(file: CaseFile) -> Iterator[tuple[str, str]]:
    case, given = file.case, file.case.assignment
    place = " · ".join(part.name for part in place_parts(case.village))
    yield "信访事项", case.title
    yield "收到日期", long_date(case.received_on)
    yield "问题属地", place or "属地待定"
    yield "办理单位", given.department.name if given else case.office.name
    people = ((given.handler if given else None, "承办人"), (case.lead, "领办领导"))
    yield "人员", "，".join(f"{role} {user.name}" for user, role in people if user)
    state = state_words(Status(case.status), LedgerStatus(case.ledger_status))
    yield "结果", RESULT_LABELS[Result(case.result)] if case.result else state
    if final := final_opinion(case, lambda: file.reviews):
        yield "终结", f"{long_date(final.served_on)} 复核意见送达，已终结" if final.served_on else ""
    told = [each for each in file.documents if is_told(each) and each.round == case.round]
    kind = DOCUMENT_KIND_LABELS[DocumentKind(told[-1].kind)] if told else ""
    yield "文书送达", f"{kind} {told[-1].document_no or ''} {service_words(told[-1])}" if told else ""


@dataclass(frozen=True)
class DayTable:
    """A clock with every day from its start to its end."""

    head: Head
    clock: ShownClock
    days: tuple[DayRow, ...]


def case_days(case_id: int, deadline_id: str, *, reader: Reader, today: date, now: datetime | None = None) -> DayTable:
    """Return the day table of a clock of the case (逐日表); raises NotFound."""
    found = db.session.scalar(select(Deadline).where(Deadline.public_id == deadline_id, Deadline.case_id == case_id))
    if found is None:
        raise NotFound
    return DayTable(
        head_of(case_id, reader=reader, today=today, now=now), shown(found, today, now=now), tuple(days_of(found))
    )
