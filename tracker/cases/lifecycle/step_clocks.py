"""The clocks of a step, as its row says: started, stopped, no longer needed, superseded. Nobody else starts or stops
a clock of a case, but for registration, the timer's letters, and windows that lapse.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.clocks import ClockEnd, begun_by, ending_of, met_since, turn_of
from tracker.cases.lifecycle.rules.lifecycle import DERIVED, REGISTRATION, clock_applies
from tracker.cases.lifecycle.rules.step_rows import About, Since, Start, StepRule
from tracker.cases.record.models import Assignment, Case
from tracker.core.clock import local_date
from tracker.deadlines.claims import is_claimed, needs_proof
from tracker.deadlines.counting import SUPERSEDED
from tracker.deadlines.limits import LIMITS, LimitKind, Owner
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import is_counted_by
from tracker.deadlines.service import claim, decide_claim, run_on, start_clock, stop_clock
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.working_days.rules import Unit


class Owed(NamedTuple):
    """A thing that clocks are about, and who owes what it asks for."""

    about: About
    id: int
    department_id: int | None
    user_id: int | None = None


@dataclass
class Taking:
    """A step while it is being taken: where the action puts its facts, and what the clocks of its row need.

    `dates` are the days its form asked for, `due_on` the last day that it names, `about` the things it makes or is
    about, `earlier` those whose place they take. `happened_on` is the day of what the step tells, on which its clocks
    stop, where it is not today.
    """

    case: Case
    row: StepRule
    by: User
    reader: Reader
    now: datetime
    file: CaseFile
    clocks: tuple[Deadline, ...]
    reason: str | None
    unit: str
    facts: dict[str, Any] = field(default_factory=dict)
    dates: dict[Since, date] = field(default_factory=dict)
    due_on: date | None = None
    about: list[Owed] = field(default_factory=list)
    earlier: list[Owed] = field(default_factory=list)
    happened_on: date | None = None
    started: list[Deadline] = field(default_factory=list)
    settled: list[Deadline] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The Beijing day of the step."""
        return local_date(self.now)

    def clock(self, kind: LimitKind) -> Deadline | None:
        """Return the clock of a kind that is at hand and waits for its act."""
        return next((row for row in self.clocks if row.kind == kind and not is_claimed(row)), None)

    @cached_property
    def turn(self) -> Deadline | None:
        """The clock whose turn it is, where the step meets one of several; as they ran before it."""
        running = [clock for clock in self.clocks if clock.ended_on is None]
        kind = turn_of(self.row, ((LimitKind(clock.kind), clock.effective_due) for clock in running))
        return self.clock(kind) if kind else None

    def clock_about(self, about: About, id_: int) -> Deadline | None:
        """Return the clock at hand that is about a thing."""
        return next((row for row in self.clocks if (row.subject, row.subject_id) == (about.value, id_)), None)


def owed_under(given: Assignment) -> Owed:
    """Return an assignment with who owes its clocks."""
    return Owed(About.ASSIGNMENT, given.id, given.department_id, given.handler_id)


def begin(step: Taking, kind: LimitKind) -> Deadline:
    """Start a clock of the row now, before the step ends: for who must name it. Raises RuntimeError for any other."""
    start = next((each for each in step.row.starts if each.kind is kind), None)
    if start is None:
        raise RuntimeError(f"{step.row.action} does not start {kind}")
    at = step.now if start.since is Since.TODAY else None
    clock = _open(step.case, start, on=_first_day(step, start), at=at, due_on=step.due_on, things=step.about)
    step.started.append(clock)
    return clock


def start_clocks(step: Taking) -> list[str]:
    """Start the clocks that the row names and that exist for the matter; return the kinds of all that it started."""
    at_hand = {clock.kind for clock in step.clocks}
    for start in begun_by(
        step.row,
        named=step.due_on is not None,
        begun={LimitKind(clock.kind) for clock in step.started},
        applies=lambda each: is_counted_by(each.kind, step.today) and applies(step.case, each, at_hand),
    ):
        begin(step, start.kind)
    return [LimitKind(clock.kind).value for clock in step.started]


def settle(step: Taking, clock: Deadline, *, upheld: bool) -> None:
    """Decide now, before the step ends, on what was entered late for a clock (核实补录): it ends, or is extended."""
    running = clock.ended_on is None
    decide_claim(clock, upheld=upheld, by_action=step.row.action.value, today=step.today)
    if running and clock.ended_on is not None:
        step.settled.append(clock)


def resume(step: Taking, *acts: Action) -> None:
    """Let the clocks that the row names run on, as far as one of these acts ended them (撤销)."""
    unit = (About.ASSIGNMENT.value, step.case.assignment_id)
    for clock in step.file.deadlines:
        theirs = clock.kind in step.row.resumes and (clock.subject, clock.subject_id) == unit
        if theirs and (clock.ended_by in acts or is_claimed(clock)):
            run_on(clock, today=step.today)
            step.started.append(clock)


def stop_clocks(step: Taking) -> list[str]:
    """End the clocks at hand that the row names; return their kinds.

    One whose last day was over when the act was entered, though not when it was done, runs on until that is confirmed.
    """
    stopped = [clock.kind for clock in step.settled]
    turn = LimitKind(step.turn.kind) if step.turn else None
    for clock in step.clocks:
        ending = ending_of(
            step.row,
            LimitKind(clock.kind),
            (clock.subject, clock.subject_id),
            running=clock.ended_on is None,
            claimed=is_claimed(clock),
            about=_keys(step.about),
            earlier=_keys(step.earlier),
            days=step.dates,
            turn=turn,
        )
        if ending is None:
            continue
        action = SUPERSEDED if ending is ClockEnd.SUPERSEDED else step.row.action.value
        if ending is ClockEnd.MET:
            since = met_since(step.row, LimitKind(clock.kind))
            on = step.dates[since] if since else step.happened_on or step.today
            if needs_proof(clock, on, step.today):
                claim(clock, on=on, at=step.now)
                continue
            stop_clock(clock, on=on, at=step.now if on == step.today else None, met=True, by_action=action)
        else:
            stop_clock(clock, on=step.today, met=False, by_action=action)
        stopped.append(clock.kind)
    return stopped


def derive_again(step: Taking) -> tuple[list[str], list[str]]:
    """Let the clocks follow what the matter has become (期限随事实); return the kinds of those begun and ended.

    Those that no longer apply end with the step; those that now apply count from the lawful day, however long ago.
    """
    begun, ended = [], []
    running = {clock.kind: clock for clock in step.clocks if clock.ended_on is None}
    for kind, since in derived(step.case, running):
        clock = running.get(kind.value)
        if since is None and clock is not None:
            stop_clock(clock, on=step.today, met=False, by_action=step.row.action.value)
            ended.append(kind.value)
        elif since is not None and clock is None:
            _open(step.case, DERIVED[kind][1], on=since)
            begun.append(kind.value)
    return begun, ended


def derived(case: Case, at_hand: Collection[str]) -> Iterator[tuple[LimitKind, date | None]]:
    """Yield each clock of what the matter is with the day from which it counts; None where it has none now.

    `at_hand` are the kinds of its clocks.
    """
    for kind, (states, start) in DERIVED.items():
        yield kind, lawful_day(case, start) if case.status in states and applies(case, start, at_hand) else None


def lawful_day(case: Case, start: Start) -> date | None:
    """Return the day from which a clock of what the matter is counts, as its rows say; None before there is one."""
    if start.since is Since.ACCEPTED:
        return case.accepted_on
    return case.assignment.delivered_on if case.assignment else None


def begin_registered(case: Case, *, today: date) -> list[Deadline]:
    """Start the clocks that registering a matter starts (登记), and return them."""
    named = case.superior_due_on
    return [
        _open(
            case,
            start,
            on=case.received_on if start.since is Since.RECEIPT else today,
            at=_moment(case, start),
            due_on=named,
        )
        for start in REGISTRATION
        if applies(case, start, ()) and (named or LIMITS[start.kind].unit != Unit.FIXED)
    ]


def begin_named_above(case: Case) -> Deadline:
    """Start the clock of the day that the upper level named (上级要求办结日期), for a matter that has none yet."""
    start = next(each for each in REGISTRATION if each.kind is LimitKind.SUPERIOR_REPORT)
    return _open(case, start, on=case.received_on, due_on=case.superior_due_on)


def _moment(case: Case, start: Start) -> datetime | None:
    return case.registered_at if start.since is Since.TODAY else None


def applies(case: Case, start: Start, at_hand: Collection[str]) -> bool:
    """Return whether a clock that a step may start exists for a case; `at_hand` are the kinds of its clocks."""
    return start.always or clock_applies(
        start.kind,
        matter_class=case.matter_class,
        route=case.route,
        serious=case.is_serious,
        status=case.status,
        # The points are read for their own clock alone.
        promises=start.kind is LimitKind.CARRYING_OUT and bool(case.promises),
        at_hand=at_hand,
    )


def _keys(things: Iterable[Owed]) -> set[tuple[str, int]]:
    return {(each.about.value, each.id) for each in things}


def _first_day(step: Taking, start: Start) -> date:
    """Return from which day a clock counts; raises RuntimeError where the step did not say the day its row names."""
    if start.since is Since.TODAY:
        return step.today
    if start.since is Since.RECEIPT:
        return step.case.received_on
    if start.since is Since.HAPPENED:
        return step.happened_on or step.today
    if start.since not in step.dates:
        raise RuntimeError(f"{step.row.action} does not say {start.since}, from which {start.kind} counts")
    return step.dates[start.since]


def _open(
    case: Case,
    start: Start,
    *,
    on: date,
    at: datetime | None = None,
    due_on: date | None = None,
    things: Sequence[Owed] = (),
) -> Deadline:
    owed = _owed(case, start, things)
    return start_clock(
        start.kind,
        case_id=case.id,
        subject=owed.about.value,
        subject_id=owed.id,
        started_on=on,
        round_no=case.round,
        due_on=due_on if LIMITS[start.kind].unit == Unit.FIXED or LIMITS[start.kind].named else None,
        started_at=at,
        owner_department_id=owed.department_id,
        owner_user_id=owed.user_id,
    )


def _owed(case: Case, start: Start, things: Sequence[Owed]) -> Owed:
    """Return what a clock is about and who owes it: here `Limit.owner` becomes a unit and a person.

    Without a handling unit the office itself is the unit. The office keeps watch over what is owed outside the
    system, by the petitioner or by the reviewing organ.
    """
    office = Owed(About.CASE, case.id, case.office_id)
    unit = owed_under(case.assignment) if case.assignment else office
    known = {About.CASE: office, About.ASSIGNMENT: unit} | {each.about: each for each in things}
    thing = known[start.about]
    owner = LIMITS[start.kind].owner
    if owner is Owner.UNIT:
        return thing._replace(department_id=unit.department_id, user_id=unit.user_id)
    if owner in (Owner.SIDE_UNIT, Owner.ADDRESSEE, Owner.NAMED):
        return thing
    return thing._replace(department_id=office.department_id, user_id=None)
