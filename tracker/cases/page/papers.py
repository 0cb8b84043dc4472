"""What lies in the file: documents with their service, materials, reports, hand-overs, reviews, look-backs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.ground_words import ground_words
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.grounds import RefusalGround
from tracker.cases.page.trail import when
from tracker.cases.record.finality import is_final
from tracker.cases.record.marks import Marks
from tracker.cases.record.models import Assignment, Attachment, Document, LeaderReport
from tracker.cases.record.rules.codes import (
    ASSIGNMENT_MODE_LABELS,
    DOCUMENT_KIND_LABELS,
    TRACK_LABELS,
    AssignmentMode,
    DocumentKind,
    Track,
)
from tracker.cases.record.rules.forwarding import ForwardedTo
from tracker.cases.record.rules.holding import marked
from tracker.cases.record.rules.reviewing import (
    FOUND_LABELS,
    LOOK_BACK_LABELS,
    REVIEW_RESULT_LABELS,
    LookBackResult,
    ReviewResult,
)
from tracker.cases.record.rules.service import FOR_PETITIONER, service_words
from tracker.core.clock import local_date
from tracker.core.dates import long_date
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P

KIB = 1024


@dataclass(frozen=True)
class DocumentLine:
    """One document (文书): kind, number, when it was signed and by whom entered, how it got to whom it is for."""

    kind: str
    number: str
    issued: str
    served: str
    text: str
    round: int


@dataclass(frozen=True)
class Stored:
    """One material (材料), to be downloaded."""

    public_id: str
    name: str
    size: str
    when: str
    who: str


@dataclass(frozen=True)
class GivenTo:
    """One assignment: to whom, by which way, until when, what the office proposed (拟办意见), how it ended."""

    track: str
    unit: str
    people: str
    due: str
    state: str
    conclusion: str
    proposal: str
    round: int


@dataclass(frozen=True)
class LeaderReportLine:
    """A report to the main leaders (报告主要领导), with the receipts (阅知)."""

    when: str
    who: str
    text: str
    receipts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Fact:
    """A dated fact beside the main line: its title, one sentence, words said."""

    title: str
    text: str
    said: str = ""
    answer: str = ""


def papers(file: CaseFile) -> tuple[DocumentLine, ...]:
    """Return the documents of a case, the latest first."""
    return tuple(_paper(each, file.names) for each in reversed(file.documents))


def _paper(each: Document, names: dict[int, str]) -> DocumentLine:
    issuer = names.get(each.issued_by_id or 0, "")
    signed = "签发" if each.signed_on else ""
    signer = " ".join(filter(None, (each.signer_post, each.signer)))
    ground = ground_words(RefusalGround(each.ground), each.issued_on) if each.ground else ""
    return DocumentLine(
        kind=DOCUMENT_KIND_LABELS[DocumentKind(each.kind)],
        number=each.document_no or "",
        issued=" ".join(filter(None, (long_date(each.issued_on), signed, signer or issuer))),
        served=_served(each),
        text="\n".join(part for part in (ground, each.organ, each.text) if part),
        round=each.round,
    )


def _served(each: Document) -> str:
    """Return how it got to whom it is for; of what was handed over or came from the petitioner there is nothing."""
    return service_words(each) if each.served_on or each.kind in FOR_PETITIONER else ""


def papers_on_their_way(file: CaseFile) -> list[tuple[str, str]]:
    """Return the papers of this round that have not reached the petitioner, with how far they came; latest first."""
    return [(str(each.id), f"{_title(each)}（{service_words(each)}）") for each in file.on_their_way]


def papers_registered(file: CaseFile) -> list[tuple[str, str]]:
    """Return every paper of a case with what is registered of its way; latest first."""
    return [(str(each.id), f"{_title(each)}（{service_words(each)}）") for each in reversed(file.documents)]


def _title(each: Document) -> str:
    return " ".join(filter(None, (DOCUMENT_KIND_LABELS[DocumentKind(each.kind)], each.document_no)))


def opinion_sent_on(file: CaseFile) -> date | None:
    """Return when the latest opinion of this round was sent; None where that is not known."""
    opinion = file.answer
    return opinion.sent_on if opinion else None


def materials(file: CaseFile, today: date) -> tuple[Stored, ...]:
    """Return the materials of a case, the latest first."""
    return tuple(_stored(each, today) for each in reversed(file.attachments))


def _stored(each: Attachment, today: date) -> Stored:
    who = each.uploaded_by.name if each.uploaded_by else ""
    return Stored(each.public_id, each.name, size_words(each.size), when(each.uploaded_at, today.year), who)


def size_words(size: int) -> str:
    """Return a size as people read it: 812 B, 34 KB, 2.4 MB."""
    if size < KIB:
        return f"{size} B"
    return f"{size / KIB:.0f} KB" if size < KIB * KIB else f"{size / KIB / KIB:.1f} MB"


def assignments(file: CaseFile, today: date) -> tuple[GivenTo, ...]:
    """Return to whom the case was given, the latest first (交办、转送、协办、选举效力调查), marked who cannot act."""
    now, mark = file.case.assignment_id, file.marks(today)
    return tuple(_given(each, mark if each.id == now else Marks()) for each in reversed(file.assignments))


def _given(each: Assignment, mark: Marks) -> GivenTo:
    mode = ASSIGNMENT_MODE_LABELS[AssignmentMode(each.mode)] if each.track == Track.HANDLING else ""
    people = (
        f"承办人 {marked(each.handler.name, mark.handler_mark)}" if each.handler else "",
        f"领办领导 {marked(each.lead_official.name, mark.lead_mark)}" if each.lead_official else "",
    )
    if each.ended_on:
        state = f"{long_date(each.ended_on)} {_ENDINGS.get(each.ended_because or '', '结束')}"
    elif each.signed_for_at:
        state = f"{long_date(local_date(each.signed_for_at))} 签收"
    else:
        state = "待签收" if each.track == Track.HANDLING else "办理中"
    return GivenTo(
        track=f"{TRACK_LABELS[Track(each.track)]}{'（' + mode + '）' if mode else ''}",
        unit=marked(each.department.name, mark.unit_mark),
        people="，".join(part for part in people if part),
        due=long_date(each.due_on) if each.due_on else "",
        state=state,
        conclusion=each.conclusion or "",
        proposal=each.proposal or "",
        round=each.round,
    )


# Why an assignment ended (Assignment.ended_because).
_ENDINGS = {
    "objection_upheld": "同意退回",
    "concluded": "已反馈",
    "closed": "随销号办结",
    "found_accusation": "转为检举控告件，收回",
    "refusal_withdrawn": "撤销不予受理，收回",
}


def side_facts(file: CaseFile, today: date) -> tuple[Fact, ...]:
    """Return what stands beside the main line, oldest first within its kind: 退回异议, 移交、转送, 复查复核, 回头看."""
    return (
        *(*_led_alone(file, today), *_objections(file), *_forwardings(file), *_reviews(file)),
        *(*_check_ups(file), *_look_backs(file)),
    )


def _led_alone(file: CaseFile, today: date) -> Iterator[Fact]:
    if file.case.assignment is None and file.case.lead is not None:
        name = marked(file.case.lead.name, file.marks(today).lead_mark)
        yield Fact("领办领导", f"{name}，没有承办单位，销号由其签批", "")


def _objections(file: CaseFile) -> Iterator[Fact]:
    units = {each.id: each.department.short_name for each in file.assignments}
    for each in file.objections:
        filed = f"{long_date(each.filed_on)} {units.get(each.assignment_id, '')}提出"
        ruled = f"；{long_date(each.ruled_on)} 裁定{'同意' if each.upheld else '不同意'}退回" if each.ruled_on else ""
        yield Fact("退回异议", filed + (ruled or "；待裁定"), each.reason, each.ruling or "")


def _forwardings(file: CaseFile) -> Iterator[Fact]:
    for each in file.forwardings:
        number = f"，{each.paper_no}" if each.paper_no else ""
        words = [f"{long_date(each.handed_over_on)} 送{each.organ}{number}"]
        if each.received_on:
            proof = f"{each.received_by}签收，回执 {each.receipt_no}" if each.receipt_no else f"凭据 {each.no_receipt}"
            words.append(f"{long_date(each.received_on)} {proof}")
        elif each.waits:
            words.append("尚无回执")
        if each.returned_on:
            words.append(f"{long_date(each.returned_on)} 退回：{each.return_reason}")
        if each.personnel and each.personnel_told_on:
            words.append(f"{long_date(each.personnel_told_on)} 向{each.personnel}通报反映干部问题的情况")
        yield Fact(_HANDED[each.whom], "；".join(words), each.materials)


# What a hand-over to an organ is called, by the kind of organ.
_HANDED = {
    ForwardedTo.DISCIPLINE: "移交纪检监察机关",
    ForwardedTo.COMPETENT: "移交有权处理的机关",
    ForwardedTo.LEGAL: "转送政法部门",
    ForwardedTo.DUTY: "转送负有职责的机关",
}


def _reviews(file: CaseFile) -> Iterator[Fact]:
    for each in file.reviews:
        older = f"对第 {each.of_round} 轮的答复，" if each.of_round != each.round else ""
        asked = f"{older}{long_date(each.requested_on)} 请求，{each.organ} {long_date(each.received_on)} 收到"
        result = REVIEW_RESULT_LABELS[ReviewResult(each.result)] if each.result else ""
        ended = f"；{long_date(each.concluded_on)} {result}" if each.concluded_on else "；正在进行"
        served = f"，{long_date(each.served_on)} 送达" if each.served_on else ""
        if each.served_on and is_final(each):
            basis = cited(P.T36_3, on=each.served_on)
            served += f"；已终结，以同一事实和理由再提出的不再受理（{basis}）"
        yield Fact("复核" if each.kind == LimitKind.RE_EXAMINATION else "复查", asked + ended + served, each.note or "")


def _check_ups(file: CaseFile) -> Iterator[Fact]:
    for each in file.steps:
        if each.action == Action.CHECK_UP:
            asked = f"要求：{each.facts['asked']}" if each.facts.get("asked") else ""
            day = long_date(each.happened_on) if each.happened_on else ""
            yield Fact("督促检查", f"{day} {each.actor_name}", each.reason or "", asked)


def _look_backs(file: CaseFile) -> Iterator[Fact]:
    for each in file.look_backs:
        words = f"{long_date(each.looked_on)} {each.looked_by.name}：{LOOK_BACK_LABELS[LookBackResult(each.result)]}"
        which = LIMITS[LimitKind(each.deadline.kind)].label if each.deadline else "回头看"
        found = (f"{label}：{getattr(each, name)}" for name, label in FOUND_LABELS.items() if getattr(each, name))
        yield Fact(f"{which}（第 {each.round} 轮）" if each.round > 1 else which, words, each.note, "；".join(found))


def reports(file: CaseFile, today: date) -> tuple[LeaderReportLine, ...]:
    """Return the reports to the main leaders, the latest first."""
    return tuple(_report(each, file.names, today) for each in reversed(file.reports))


def _report(each: LeaderReport, names: dict[int, str], today: date) -> LeaderReportLine:
    read = (
        (receipt.user.name, f"{when(receipt.read_at, today.year)} 阅知" if receipt.read_at else "尚未阅知")
        for receipt in each.receipts
    )
    return LeaderReportLine(
        when(each.reported_at, today.year), names.get(each.reported_by_id, ""), each.text, tuple(read)
    )
