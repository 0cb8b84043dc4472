"""The head of a case: what it is, who holds it, which day matters next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.cases.intake.rules.plain_words import Course, plain_words
from tracker.cases.lifecycle.case_file import CaseFile, LinkedCase
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.lifecycle import handover
from tracker.cases.lifecycle.rules.step_rows import Handover
from tracker.cases.record.finality import final_opinion
from tracker.cases.record.former_numbers import former_number
from tracker.cases.record.models import Case, CaseStep, Review
from tracker.cases.record.rules.codes import (
    CHANNELS,
    COLLECTIVE_FROM,
    LEVEL_LABELS,
    MATTER_CLASS_LABELS,
    URGENCY_LABELS,
    Channel,
    Confidentiality,
    LedgerStatus,
    MatterClass,
    Status,
    Urgency,
)
from tracker.cases.record.rules.elections import ELECTION_TYPE_LABELS, ElectionType
from tracker.cases.record.rules.holding import Hands, in_hands_of, state_kind, state_words
from tracker.core.clock import local_date
from tracker.core.dates import long_date
from tracker.deadlines.queries import ShownClock
from tracker.places.models import Place


@dataclass(frozen=True)
class HeadTag:
    """A word with a frame; `case` is the address of another case it leads to."""

    text: str
    kind: str = ""
    case: str = ""


@dataclass(frozen=True)
class PlacePart:
    """One name of 阳城县 · 润城镇 · 上庄村, with its address."""

    name: str
    public_id: str


@dataclass(frozen=True)
class Seal:
    """已销号: the day, who signed."""

    on: str
    signer: str


@dataclass(frozen=True)
class Head:
    """The head of a case, ready for a page."""

    public_id: str
    version: int
    number: str
    channel: str
    received: str
    title: str
    state: str
    state_kind: str
    holder_unit: str
    holder: str
    held: str
    place: tuple[PlacePart, ...]
    place_note: str
    tags: tuple[HeadTag, ...]
    due: ShownClock | None
    due_name: str
    seal: Seal | None
    words: str


def head(file: CaseFile, clocks: Sequence[ShownClock], today: date) -> Head:
    """Return the head of a case. `clocks`: at least its running ones, nearest first. One that is paused comes last."""
    case = file.case
    duties = [clock for clock in clocks if clock.running and clock.duty]
    nearest = min(duties, key=lambda clock: clock.paused, default=None)
    hands = hands_of(file, today)
    final = final_opinion(case, lambda: file.reviews)
    unit, person = in_hands_of(hands)
    return Head(
        public_id=case.public_id,
        version=case.version,
        number=case.register_no,
        channel=CHANNELS[Channel(case.channel)].label,
        received=f"{long_date(case.received_on)}收到",
        title=case.title,
        state=state_words(hands.status, hands.ledger_status),
        state_kind=state_kind(hands.status, hands.ledger_status),
        holder_unit=unit,
        holder=person,
        held=_held(file.steps, today) if unit else "",
        place=place_parts(case.village),
        place_note=_place_note(case),
        tags=tuple(_tags(case, file.linked, final=final is not None)),
        due=nearest,
        due_name=nearest.label if nearest else "",
        seal=seal(case),
        words=plain_words(_course(case, clocks, final), today),
    )


def hands_of(file: CaseFile, today: date) -> Hands:
    """Return what decides who has the case now."""
    case, given = file.case, file.case.assignment
    mark = file.marks(today)
    reviewing = file.running_review if case.status == Status.DELIVERED else None
    return Hands(
        Status(case.status),
        LedgerStatus(case.ledger_status),
        case.is_history,
        case.office.short_name,
        unit=given.department.short_name if given else "",
        handler=given.handler.name if given and given.handler else "",
        lead_official=case.lead.name if case.lead else "",
        organ=reviewing.organ if reviewing else "",
        unit_mark=mark.unit_mark,
        handler_mark=mark.handler_mark,
        lead_mark=mark.lead_mark,
    )


def _held(steps: Sequence[CaseStep], today: date) -> str:
    """Return since when the present holder has it: the last step that moved a track or changed hands."""
    last = next(filter(_changed_hands, reversed(steps)), None)
    days = max(0, (today - local_date(last.entered_at)).days) if last else 0
    return f"第 {days} 日" if days else "今天起"


def _changed_hands(step: CaseStep) -> bool:
    if handover(Action(step.action)) in (Handover.TO_HANDLER, Handover.TO_REVIEW, Handover.FROM_REVIEW):
        return True
    return (step.from_status, step.from_ledger) != (step.to_status, step.to_ledger)


def place_parts(village: Place | None) -> tuple[PlacePart, ...]:
    """Return a village with its town and county, the county first."""
    found: list[PlacePart] = []
    place = village
    while place is not None:
        found.append(PlacePart(place.short_name, place.public_id))
        place = place.parent if len(found) < 3 else None
    return tuple(reversed(found))


def _place_note(case: Case) -> str:
    if case.village is None:
        return f"属地待定{'：' + case.place_note if case.place_note else ''}"
    into = case.village.merged_into
    return f"现并入{into.short_name}" if into else ""


def _tags(case: Case, linked: Sequence[LinkedCase], *, final: bool) -> list[HeadTag]:
    by_id = {link.id: link for link in linked}
    tags = [HeadTag(MATTER_CLASS_LABELS[MatterClass(case.matter_class)])] if case.matter_class else []
    if case.people_count > 1:
        tags.append(HeadTag(people_words(case)))
    if case.anonymous:
        tags.append(HeadTag("匿名"))
    if case.election_type:
        tags.append(HeadTag(ELECTION_TYPE_LABELS[ElectionType(case.election_type)]))
    if case.vote_buying:
        tags.append(HeadTag("贿选", "serious"))
    if case.urgency == Urgency.URGENT:
        tags.append(HeadTag(URGENCY_LABELS[Urgency.URGENT], "serious"))
    if case.level != Confidentiality.ORDINARY:
        tags.append(HeadTag(LEVEL_LABELS[Confidentiality(case.level)], "serious"))
    if former := former_number(case):
        tags.append(HeadTag(f"原编号 {former}", "quiet"))
    if case.is_history:
        tags.append(HeadTag("历史件", "quiet"))
    if final:
        tags.append(HeadTag("已终结"))
    if case.round > 1:
        tags.append(HeadTag(f"第 {case.round} 轮"))
    for words, other in (("原件", case.original_id), ("并入", case.merged_into_id)):
        if other in by_id and not (words == "原件" and other == case.merged_into_id):
            tags.append(HeadTag(f"{words} {by_id[other].register_no}", case=by_id[other].public_id))
    repeats = sum(link.original_id == case.id for link in linked)
    return [*tags, HeadTag(f"重件 {repeats}")] if repeats else tags


TOGETHER = {Channel.VISIT: "集体访", Channel.LETTER: "联名", Channel.ONLINE: "联名"}


def people_words(case: Case) -> str:
    """Return how many petition and in what form: 集体访 12 人, 联名 6 人 (统计口径：5 人以上为集体访)."""
    if case.people_count < COLLECTIVE_FROM or case.channel not in TOGETHER:
        return f"{case.people_count} 人"
    return f"{TOGETHER[Channel(case.channel)]} {case.people_count} 人"


def seal(case: Case) -> Seal | None:
    """Return the seal of a closed case."""
    if case.ledger_status != LedgerStatus.CLOSED or case.closed_on is None:
        return None
    return Seal(f"{case.closed_on:%Y.%m.%d}", case.closed_by.name if case.closed_by else "")


def _course(case: Case, clocks: Sequence[ShownClock], final: Review | None) -> Course:
    return Course(
        status=Status(case.status),
        ledger=LedgerStatus(case.ledger_status),
        received_on=case.received_on,
        accepted_on=case.accepted_on,
        answered_on=case.answered_on,
        closed_on=case.closed_on,
        finalized_on=final.served_on if final else None,
        matter_class=case.matter_class,
        route=case.route,
        extension_days=max((clock.extension_days for clock in clocks if clock.running), default=0),
        history=case.is_history,
    )
