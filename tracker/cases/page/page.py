"""The page of one case: every value ready, nothing left to be loaded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tracker.cases.access.requests import may_lower
from tracker.cases.access.rules import may_open_identity, only_visits
from tracker.cases.acts.accused import may_decide
from tracker.cases.lifecycle.case_file import CaseFile, LinkedCase, case_file
from tracker.cases.lifecycle.moment import Moment
from tracker.cases.lifecycle.rules.actions import Action, Station
from tracker.cases.lifecycle.rules.clockless import HISTORY, why_no_clock
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.lifecycle.stepping import lawful_rows
from tracker.cases.page.awaited import awaited_people
from tracker.cases.page.close_out import CloseOut, close_out
from tracker.cases.page.drafted import DraftLine, drafts
from tracker.cases.page.head import Head, head, people_words
from tracker.cases.page.next_step import NextStep, ReaderStanding, next_step
from tracker.cases.page.papers import (
    DocumentLine,
    Fact,
    GivenTo,
    LeaderReportLine,
    Stored,
    assignments,
    materials,
    papers,
    reports,
    side_facts,
)
from tracker.cases.page.people import CaseReader, Meant, ShownAccused, ShownPerson, accused, meant, petitioners, readers
from tracker.cases.page.trail import TrailLine, lapsed_line, trail_line
from tracker.cases.record.models import Case, CaseStep, DemandPoint
from tracker.cases.record.rules.answering import ANSWER_PAPERS
from tracker.cases.record.rules.channel_extras import CHANNEL_EXTRAS
from tracker.cases.record.rules.codes import (
    LEDGER_STATUS_LABELS,
    PURPOSE_LABELS,
    RESULT_LABELS,
    ROUTE_LABELS,
    STATUS_LABELS,
    LedgerStatus,
    MatterClass,
    Purpose,
    Result,
    Route,
    Status,
)
from tracker.cases.record.rules.elections import ELECTION_STAGE_LABELS, ElectionStage
from tracker.cases.record.rules.holding import GONE, TO_BE_GIVEN_AGAIN
from tracker.core.clock import local, local_date
from tracker.core.dates import long_date, month_day
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.queries import ShownClock, is_lapsed, shown_all
from tracker.deadlines.rules import Light
from tracker.people.models import User
from tracker.people.rules import Reader


@dataclass(frozen=True)
class Deciding:
    """What the page 核实被反映人 shows."""

    head: Head
    people: tuple[Meant, ...]


def deciding(case_id: int, *, reader: Reader, today: date, now: datetime | None = None) -> Deciding:
    """Return whom the names of the accused may mean; opening them has been recorded."""
    return Deciding(head_of(case_id, reader=reader, today=today, now=now), meant(case_id, today))


def head_of(case_id: int, *, reader: Reader, today: date, now: datetime | None = None) -> Head:
    """Return the head of a case for its other pages."""
    file = case_file(case_id, reader)
    return head(file, shown_all(file.running, today, now=now), today)


@dataclass(frozen=True)
class Point:
    """One demand point (诉求点) with its answer, and what became of it (落实)."""

    text: str
    result: str
    answer: str
    answered: str
    carried_out: str
    waits: bool


@dataclass(frozen=True)
class Link:
    """Another case tied to this one."""

    relation: str
    public_id: str
    number: str
    title: str
    words: str


@dataclass(frozen=True)
class CasePage:
    """Everything the page of a case shows."""

    head: Head
    clocks: tuple[ShownClock, ...]
    past_clocks: tuple[ShownClock, ...]
    why_no_clock: str
    points: tuple[Point, ...]
    summary: str
    particulars: tuple[tuple[str, str], ...]
    petitioners: tuple[ShownPerson, ...]
    accused: tuple[ShownAccused, ...]
    named_readers: tuple[tuple[str, str], ...]
    assignments: tuple[GivenTo, ...]
    drafts: tuple[DraftLine, ...]
    papers: tuple[DocumentLine, ...]
    materials: tuple[Stored, ...]
    close_out: CloseOut
    reports: tuple[LeaderReportLine, ...]
    side_facts: tuple[Fact, ...]
    links: tuple[Link, ...]
    trail: tuple[TrailLine, ...]
    readers: tuple[CaseReader, ...]
    shows_told: bool
    next_step: NextStep
    may_open: bool
    may_decide: bool
    may_lower: bool


# Who is shown the readers of a case: the people who answer for it (谁看过本件).
SHOWN_READERS = frozenset(
    {Station.HANDLER, Station.UNIT_HEAD, Station.ACCEPTOR, Station.OFFICE_HEAD, Station.CHECKER, Station.LEAD_OFFICIAL}
)
# 谁在何时知道 is shown to 主要领导 as well: escalations end there, and that is who asks why it lay.
TOLD_READERS = SHOWN_READERS | {Station.PRINCIPAL_LEADER}


def case_page(case_id: int, *, by: User, reader: Reader, today: date, now: datetime | None = None) -> CasePage:
    """Return the page of a case; whether the reader may see it has been decided.

    `now` is the moment of it, by which limits in hours are judged.
    """
    file = case_file(case_id, reader)
    case = file.case
    held = frozenset() if only_visits(reader, file.matter) else stations(reader, file.position)
    clocks = [_told_by_service(file, clock) for clock in shown_all(file.deadlines, today, now=now)]
    top = head(file, clocks, today)
    waits = ""
    if top.holder_unit:
        waits = awaited_people(file, today)
        by_name = f"{top.holder}：{waits}" if waits and top.holder == TO_BE_GIVEN_AGAIN else waits
        top = replace(top, holder=by_name or top.holder)
    lawful = lawful_rows(Moment(file, by, today), held)
    return CasePage(
        head=top,
        clocks=tuple(clock for clock in clocks if is_ahead(clock)),
        past_clocks=tuple(clock for clock in clocks if not is_ahead(clock)),
        why_no_clock=_why_no_clock(case, clocks),
        points=tuple(_point(each, _imported_answer(file)) for each in case.demand_points),
        summary=case.summary,
        particulars=tuple(_particulars(case)),
        petitioners=petitioners(case_id),
        accused=accused(file.accused),
        named_readers=tuple((row.name, row.because + "，只看脱敏件" * bool(row.masked)) for row in file.named),
        assignments=assignments(file, today),
        drafts=drafts(file, waits, today),
        papers=papers(file),
        materials=materials(file, today),
        close_out=close_out(file),
        reports=reports(file, today),
        side_facts=side_facts(file, today),
        links=tuple(_links(file)),
        trail=_whole_trail(file, today),
        readers=readers(case_id, today) if held & SHOWN_READERS else (),
        shows_told=bool(held & TOLD_READERS),
        next_step=next_step(
            lawful, ReaderStanding(held, frozenset(each.kind for each in file.running), _done(file)), top
        ),
        may_open=may_open_identity(reader, file.matter),
        may_decide=_undecided(file) and may_decide(case, by, reader, today),
        may_lower=may_lower(case, file.accused, reader),
    )


def _told_by_service(file: CaseFile, clock: ShownClock) -> ShownClock:
    """Say of a clock that an older version ended with the service of the opinion that it goes by that day.

    When the opinion was sent is not known there, and not guessed (按送达日计).
    """
    if clock.kind is not LimitKind.HANDLING or clock.running:
        return clock
    ended_on = next(each.ended_on for each in file.deadlines if each.id == clock.id)
    opinions = (each for each in file.documents if each.kind in ANSWER_PAPERS)
    unknown = any(each.sent_on is None and each.served_on == ended_on for each in opinions)
    return replace(clock, words=f"{clock.words}（按送达日计）") if unknown else clock


def _done(file: CaseFile) -> frozenset[Action]:
    """Return the acts that may be taken again but that nobody waits for any more."""
    done = {
        Action.SET_PLACE: file.case.village_id is not None,
        Action.CONFIRM_FILE: any(each.round == file.case.round for each in file.ticks),
        Action.DRAFT_OPINION: bool(file.waiting_for_signature),
        Action.CALL_BACK: bool(file.valid_calls),
    }
    return frozenset(action for action, is_done in done.items() if is_done)


def _undecided(file: CaseFile) -> bool:
    return any(each.is_open for each in file.accused)


def is_ahead(clock: ShownClock) -> bool:
    """Return whether a clock still matters: it runs, and is no window that has passed."""
    return clock.running and (clock.duty or clock.paused or clock.light is not Light.GREY)


def _why_no_clock(case: Case, clocks: Sequence[ShownClock]) -> str:
    """Return why no duty is counted in a live matter (没有正在计算的期限); empty where one is, and once it is over."""
    over = case.ledger_status == LedgerStatus.CLOSED or case.status in GONE
    if over or any(clock.running and clock.duty for clock in clocks):
        return ""
    if case.is_history:
        return HISTORY
    return why_no_clock(Status(case.status), MatterClass(case.matter_class) if case.matter_class else None) or ""


def _imported_answer(file: CaseFile) -> str:
    """Return the answer that an imported history case came with: it is kept as a document, whole."""
    if not file.case.is_history:
        return ""
    return next((each.text or "" for each in reversed(file.documents)), "")


def _point(each: DemandPoint, imported: str) -> Point:
    done = f"{long_date(each.carried_out_on)} {each.carried_out_note or ''}".strip() if each.carried_out_on else ""
    return Point(
        text=each.text,
        result=RESULT_LABELS[Result(each.result)] if each.result else "",
        answer=each.answer or imported,
        answered=f"{month_day(each.answered_on)}答复" if each.answered_on else "",
        carried_out=done,
        waits=each.is_promise,
    )


def _particulars(case: Case) -> Iterator[tuple[str, str]]:
    """Return the fields of the registration (登记事项) that have something in them."""
    category = case.category
    names = (
        [category.parent.name, category.name] if category and category.parent else [category.name] if category else []
    )
    registrar = f"，{case.registered_by.name}" if case.registered_by else ""
    rows = (
        ("信访目的", PURPOSE_LABELS[Purpose(case.purpose)]),
        ("内容分类", " / ".join(names)),
        ("途径", ROUTE_LABELS[Route(case.route)] if case.route else ""),
        ("人数", people_words(case)),
        ("事发日期", _shown(case.occurred_on)),
        ("选举环节", ELECTION_STAGE_LABELS[ElectionStage(case.election_stage)] if case.election_stage else ""),
        *((label, _shown(getattr(case, name))) for name, label in CHANNEL_EXTRAS.items()),
        ("登记单位", case.office.name),
        ("登记", f"{long_date(local(case.registered_at).date())}{registrar}"),
    )
    return ((label, value) for label, value in rows if value)


def _shown(value: date | str | None) -> str:
    return long_date(value) if isinstance(value, date) else value or ""


def _links(file: CaseFile) -> Iterator[Link]:
    """Return the cases tied to this one, as far as the reader may see them."""
    case = file.case
    for each in file.linked:
        if each.id == case.merged_into_id:
            relation = "已并入"
        elif each.id == case.original_id:
            relation = "原件"
        else:
            relation = "并入本件" if each.merged_into_id == case.id else "重件"
        yield Link(relation, each.public_id, each.register_no, each.title, link_words(each))


def link_words(each: LinkedCase) -> str:
    """Return when a linked case came and where it stands."""
    ledger = LedgerStatus(each.ledger_status)
    state = STATUS_LABELS[Status(each.status)] if ledger is LedgerStatus.OPEN else LEDGER_STATUS_LABELS[ledger]
    return f"{long_date(each.received_on)}收到，{state}"


def _whole_trail(file: CaseFile, today: date) -> tuple[TrailLine, ...]:
    """Return the trail with the windows that lapsed, which no step tells of."""
    told = trail(file.steps, file.linked, today, Counter(each.step_id for each in file.attachments))
    by_day = [(each.ended_on, lapsed_line(each, this_year=today.year)) for each in file.deadlines if is_lapsed(each)]
    by_day += [(local_date(step.entered_at), line) for step, line in zip(reversed(file.steps), told, strict=True)]
    return tuple(line for _, line in sorted(by_day, key=lambda pair: pair[0] or date.min, reverse=True))


def trail(
    steps: Sequence[CaseStep],
    linked: Sequence[LinkedCase],
    today: date,
    materials_by_step: Counter[int | None] | None = None,
) -> tuple[TrailLine, ...]:
    """Return the trail in words, newest first."""
    counts, known = materials_by_step or Counter(), frozenset(each.register_no for each in linked)
    return tuple(
        trail_line(step, this_year=today.year, materials=counts[step.id], known_numbers=known)
        for step in reversed(steps)
    )
