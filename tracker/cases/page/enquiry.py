"""进度查询: what a petitioner is told of their one matter, by number and code. The same whoever reads it out.

Nothing of what people write to each other; of an accusation only that it was received and handed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tracker.cases.lifecycle.case_file import ANSWERS, CaseFile, case_of
from tracker.cases.page.prints import accuses
from tracker.cases.record.models import Document
from tracker.cases.record.rules.codes import (
    DOCUMENT_KIND_LABELS,
    RESULT_LABELS,
    Confidentiality,
    DocumentKind,
    LedgerStatus,
    Result,
    Status,
    Track,
)
from tracker.cases.record.rules.service import FOR_PETITIONER, PaperState, last_sent, state_of
from tracker.core.dates import long_date
from tracker.deadlines.limits import REVIEWABLE, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import clock_of, date_text, is_over, why
from tracker.deadlines.rules import is_late
from tracker.people.rules import Reader

UNIT = "承办单位"
# In plain words, for somebody who waits; {unit} is who has it.
STAGES: dict[Status, str] = {
    Status.REGISTERED: "已经登记，信访部门正在确定怎样办理",
    Status.TRIAGED: "已经登记，信访部门正在确定由哪个单位办理",
    Status.ASSIGNED: "已经交给{unit}",
    Status.SIGNED_FOR: "{unit}已经收到，正在决定是否受理",
    Status.OBJECTED: "信访部门正在重新确定由哪个单位办理",
    Status.ACCEPTED: "{unit}已经受理，正在办理",
    Status.OPINION_ISSUED: "已经作出答复，正在送达您",
    Status.DELIVERED: "已经答复，答复已经送达",
    Status.DIVERTED: "应当通过其他法定途径处理，已经告知您",
    Status.NOT_ACCEPTED: "决定不予受理，已经告知您",
    Status.NO_LONGER_ACCEPTED: "决定不再受理，已经告知您",
    Status.TRANSFERRED: "已经交给有权处理的机关",
    Status.WITHDRAWN: "已经按您的申请撤回",
    Status.MERGED: "和您的另一件一并办理",
    Status.VOIDED: "这一次登记已经作废",
}
NOT_TOLD = "已经作出决定，正在告知您"
WENT = {
    PaperState.UNSENT: "还没有发出",
    PaperState.SENT: "发出，还没有送达",
    PaperState.RETURNED: "发出，被退回，待再次送达",
    PaperState.UNTOLD: "无法送达",
    PaperState.SERVED: "送达",
}
RECEIVED, HANDED_OVER = "已经收到", "已经移交有权处理的机关"
OF_ACCUSATIONS = "您反映的事项按照纪检监察机关受理检举控告的规定办理和告知，这里不显示别的内容。"
# What of the lawful days a petitioner is told, in their words; the windows are their own.
TOLD: dict[LimitKind, str] = {
    LimitKind.OFFICE_REFERRAL: "转送、交办，或者告知去向",
    LimitKind.ACCEPTANCE: "告知是否受理",
    LimitKind.HANDLING: "作出处理意见并送达",
    LimitKind.REDO: "重新作出处理意见",
    LimitKind.CARRYING_OUT: "落实支持的诉求",
    LimitKind.REVIEW: "复查机关作出复查意见",
    LimitKind.RE_EXAMINATION: "复核机关作出复核意见",
}
RIGHTS: dict[LimitKind, tuple[str, str]] = {
    LimitKind.REVIEW_WINDOW: ("不同意这份意见，可以请求复查", "向作出处理意见的机关、单位的上一级机关、单位提出。"),
    LimitKind.RE_EXAMINATION_WINDOW: ("不同意复查意见，可以请求复核", "向复查机关的上一级机关、单位提出。"),
}
SUPPLEMENT = ("补充材料或者新的情况", "", "随时可以，交信访部门或者承办单位。", "")


@dataclass(frozen=True)
class LawfulDay:
    """One lawful day: what for, the last day, and what became of it."""

    label: str
    due: str
    became: str
    late: bool


@dataclass(frozen=True)
class Enquiry:
    """What is told: stage, lawful and real days, results, rights open today, papers that were issued.

    `points` are request, result, what came of it; `rights` what, until when, how, why that day; `walk` what and when.
    """

    office: str
    number: str
    received: str
    stage: str
    lead: str
    days: tuple[LawfulDay, ...]
    points: tuple[tuple[str, str, str], ...]
    rights: tuple[tuple[str, str, str, str], ...]
    walk: tuple[tuple[str, str], ...]
    papers: tuple[tuple[str, str, str], ...]


def enquiry(case_id: int, *, number: str, reader: Reader, today: date) -> Enquiry:
    """Return what the petitioner of a matter is told today, under the number that they asked with."""
    case = case_of(case_id)
    file = CaseFile(case, reader)
    told = {"office": case.office.name, "number": number, "received": long_date(case.received_on)}
    if accuses(case):
        handed_over = case.status == Status.TRANSFERRED
        walk = [("收到", told["received"])]
        walk += [("移交", long_date(each.handed_over_on)) for each in file.forwardings[:1] if handed_over]
        stage = HANDED_OVER if handed_over else RECEIVED
        return Enquiry(
            **told, stage=stage, lead=OF_ACCUSATIONS, days=(), points=(), rights=(), walk=tuple(walk), papers=()
        )
    live = case.ledger_status != LedgerStatus.CLOSED and case.status not in (Status.MERGED, Status.VOIDED)
    return Enquiry(
        **told,
        stage=_stage(file),
        lead="",
        days=tuple(_days(file, today)),
        points=tuple(_points(file)) if case.level == Confidentiality.ORDINARY else (),
        rights=(*_rights(file, today), *([SUPPLEMENT] if live else [])),
        walk=tuple(_walk(file)),
        papers=tuple(_papers(file)),
    )


def _stage(file: CaseFile) -> str:
    case = file.case
    status, given = Status(case.status), case.assignment
    if status in (Status.DIVERTED, Status.NOT_ACCEPTED, Status.NO_LONGER_ACCEPTED) and file.on_their_way:
        return NOT_TOLD
    if file.running_review is not None:
        return "复查、复核正在进行"
    words = STAGES[status].format(unit=given.department.short_name if given else UNIT)
    return f"{words}，已经销号" if case.ledger_status == LedgerStatus.CLOSED else words


def _days(file: CaseFile, today: date) -> Iterator[LawfulDay]:
    """Yield the lawful days that were met or run, in their order."""
    rows = [row for row in file.deadlines if LimitKind(row.kind) in TOLD and (row.ended_on is None or row.met)]
    for row in sorted(rows, key=lambda row: (row.effective_due, row.id)):
        late = is_late(clock_of(row), today)
        yield LawfulDay(TOLD[LimitKind(row.kind)], long_date(row.effective_due), _became(row, late), late)


def _became(row: Deadline, late: bool) -> str:
    if row.ended_on is not None:
        return f"{long_date(row.ended_on)}，{'逾期' if late else '按期'}"
    if row.paused_on is not None:
        return f"{long_date(row.paused_on)}起暂停计时"
    return "还没有办，已经逾期" if late else "还没有到"


def _points(file: CaseFile) -> Iterator[tuple[str, str, str]]:
    """Yield what was asked for and, once the answer was served, what was decided on it."""
    served = file.answer is not None and file.answer.served_on is not None
    for point in file.case.demand_points:
        result = RESULT_LABELS[Result(point.result)] if point.result and served else ""
        done = f"{long_date(point.carried_out_on)} 已经落实" if point.carried_out_on else ""
        yield point.text, result, done or ("待落实" if result and point.is_promise else "")


def _rights(file: CaseFile, today: date) -> Iterator[tuple[str, str, str, str]]:
    for row in file.running:
        if row.kind in REVIEWABLE and not is_over(row, today):
            what, how = RIGHTS[LimitKind(row.kind)]
            yield what, f"最迟 {date_text(row.effective_due, today)}", how, why(row)


def _walk(file: CaseFile) -> Iterator[tuple[str, str]]:
    """Yield what happened on which day, in the order of the days."""
    yield from ((what, long_date(on)) for on, what in sorted(_events(file), key=lambda each: each[0]))


def _events(file: CaseFile) -> Iterator[tuple[date, str]]:
    case = file.case
    yield case.received_on, "收到"
    for given in file.assignments:
        if given.track == Track.HANDLING:
            yield given.assigned_on, f"交给{given.department.short_name}"
    for forwarded in file.forwardings:
        yield forwarded.handed_over_on, "交给有权处理的机关"
    if case.accepted_on:
        yield case.accepted_on, "受理"
    for paper in file.documents:
        if paper.served_on and paper.kind in ANSWERS:
            yield paper.served_on, f"{_called(paper)}送达"
    if case.closed_on:
        yield case.closed_on, "销号"


def _papers(file: CaseFile) -> Iterator[tuple[str, str, str]]:
    """Yield the papers that are for the petitioner, the latest first: what, its number, how it went."""
    for paper in reversed(file.documents):
        if paper.kind in FOR_PETITIONER:
            yield _called(paper), paper.document_no or "", _went(paper)


def _went(paper: Document) -> str:
    """Return how far a paper came; neither who signed for it nor any other name."""
    if paper.served_on is not None:
        return f"{long_date(paper.served_on)} 送达"
    sent = last_sent(paper)
    return f"{long_date(sent)} {WENT[state_of(paper)]}" if sent else WENT[state_of(paper)]


def _called(paper: Document) -> str:
    return DOCUMENT_KIND_LABELS[DocumentKind(paper.kind)]
