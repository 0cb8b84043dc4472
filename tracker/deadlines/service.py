"""Starting, stopping and moving clocks. Called by the acts that do so; the caller writes the log."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol

from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Calendar, DueDate, Unit, additions, due

KEPT = "import"
# How a window ends that nobody used in time (期满).
LAPSED = "lapse"
# How the clock of a paper ends that was not answered in time: a later paper takes its place (以后一份为准).
SUPERSEDED = "superseded"
DATE_COLUMNS = ("nominal_due", "effective_due", "provisional")


class CountBasis(Protocol):
    """What the count of a clock depends on: a row of `Deadline`, or these columns of one."""

    @property
    def kind(self) -> str: ...
    @property
    def started_on(self) -> date: ...
    @property
    def amount(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def extension_days(self) -> int: ...
    @property
    def excluded_days(self) -> int: ...
    @property
    def ended_by(self) -> str | None: ...


class Dates(NamedTuple):
    """The dates of a clock, and whether they are provisional (暂定)."""

    nominal: date
    effective: date
    provisional: bool


@dataclass
class TermCounter:
    """Counts terms by one calendar and remembers what it counted: 300,000 clocks share a few thousand terms."""

    calendar: Calendar
    _known: dict[tuple[date, int, str, int, int, bool], DueDate] = field(default_factory=dict)

    def term(self, clock: CountBasis) -> DueDate:
        """Return the term of a counted clock."""
        rolls = LIMITS[LimitKind(clock.kind)].rolls and clock.ended_by != KEPT
        key = (clock.started_on, clock.amount, clock.unit, clock.extension_days, clock.excluded_days, rolls)
        if key not in self._known:
            self._known[key] = counted_term(clock, self.calendar)
        return self._known[key]


def start_clock(
    kind: LimitKind,
    *,
    case_id: int | None,
    subject: str,
    subject_id: int,
    started_on: date,
    round_no: int = 1,
    due_on: date | None = None,
    owner_department_id: int | None = None,
    owner_user_id: int | None = None,
) -> Deadline:
    """Start a clock of a kind on a day; `due_on` is the date a letter names, for kinds without a number of days.

    Raises DomainError where such a date is missing or lies before the start.
    """
    limit = LIMITS[kind]
    deadline = Deadline(
        kind=kind,
        case_id=case_id,
        subject=subject,
        subject_id=subject_id,
        round=round_no,
        started_on=started_on,
        amount=limit.amount,
        unit=limit.unit,
        extension_days=0,
        excluded_days=0,
        revision=1,
        met=False,
        owner_department_id=owner_department_id,
        owner_user_id=owner_user_id,
        look_on=started_on if limit.duty else None,
    )
    if limit.unit == Unit.FIXED:
        _set_fixed(deadline, due_on)
    else:
        term = counted_term(deadline)
        _set_dates(deadline, Dates(term.nominal, term.effective, term.provisional))
    deadline.first_due = deadline.effective_due
    db.session.add(deadline)
    return deadline


def keep_clock(
    kind: LimitKind, *, case_id: int, subject: str, subject_id: int, started_on: date, ended_on: date
) -> Deadline:
    """Record a clock that had ended before its case was entered (历史件): its lateness is as it was, nothing runs.

    It counts plain calendar days and never moves off days of rest: for earlier years no notice need be loaded.
    Raises ValueError for a limit that is not counted in days.
    """
    limit = LIMITS[kind]
    if limit.unit != Unit.DAY:
        raise ValueError(f"{kind} is not counted in days")
    due_on = started_on + timedelta(days=limit.amount)
    deadline = Deadline(
        kind=kind,
        case_id=case_id,
        subject=subject,
        subject_id=subject_id,
        round=1,
        started_on=started_on,
        amount=limit.amount,
        unit=limit.unit,
        extension_days=0,
        excluded_days=0,
        nominal_due=due_on,
        effective_due=due_on,
        first_due=due_on,
        revision=1,
    )
    stop_clock(deadline, on=ended_on, met=True, by_action=KEPT)
    db.session.add(deadline)
    return deadline


def _set_fixed(deadline: Deadline, due_on: date | None) -> None:
    if due_on is None:
        raise DomainError(f"请填写“{LIMITS[LimitKind(deadline.kind)].label}”的日期。", field="due_on")
    if due_on < deadline.started_on:
        raise DomainError(f"时限不能早于 {long_date(deadline.started_on)}。", field="due_on")
    deadline.nominal_due = deadline.effective_due = due_on
    deadline.provisional = False


def counted_term(deadline: CountBasis, days: Calendar | None = None) -> DueDate:
    """Return the term of a counted clock with its steps, by the calendar as it is loaded now.

    `days` is that calendar, where the caller has asked for it already.
    """
    known = calendar() if days is None else days
    extras = additions(extension_days=deadline.extension_days, excluded_days=deadline.excluded_days)
    rolls = LIMITS[LimitKind(deadline.kind)].rolls and deadline.ended_by != KEPT
    return due(deadline.started_on, deadline.amount, Unit(deadline.unit), known, extras, rolls=rolls)


def dates_after(kind: LimitKind, before: date, term: DueDate) -> Dates:
    """Return the dates of a running clock by a new count: a day the petitioner was told never moves earlier."""
    effective = max(before, term.effective) if LIMITS[kind].told else term.effective
    return Dates(term.nominal, effective, term.provisional)


def _set_dates(deadline: Deadline, dates: Dates) -> None:
    deadline.nominal_due, deadline.effective_due, deadline.provisional = dates


def stop_clock(deadline: Deadline, *, on: date, met: bool, by_action: str) -> None:
    """Stop a clock: `met` by the act it waited for (its lateness is frozen on that day), or become pointless."""
    deadline.ended_on = on
    deadline.met = met
    deadline.ended_by = by_action


def lapse_window(deadline: Deadline) -> None:
    """End a window whose days are over (期满): it ran until its last day, and nobody is late by it."""
    stop_clock(deadline, on=deadline.effective_due, met=False, by_action=LAPSED)


def last_day(deadline: Deadline) -> date:
    """Return the last day of a window: of one that lapsed by the calendar as it is loaded now, never an earlier one."""
    if deadline.ended_by != LAPSED:
        return deadline.effective_due
    return dates_after(LimitKind(deadline.kind), deadline.effective_due, counted_term(deadline)).effective


def extend_clock(deadline: Deadline, days: int, *, on: date) -> None:
    """Move a clock by an approved extension (延期), once and within the lawful number of days.

    Raises DomainError beyond it.
    """
    limit = LIMITS[LimitKind(deadline.kind)]
    if deadline.extension_days:
        raise DomainError("办理期限只能延长一次，本件已经延长过（条例第三十四条）。", field="days")
    if not 1 <= days <= limit.extendable_days:
        raise DomainError(f"延长期限为 1 至 {limit.extendable_days} 日（条例第三十四条）。", field="days")
    deadline.extension_days = days
    _revise(deadline, on)
    _set_dates(deadline, dates_after(LimitKind(deadline.kind), deadline.effective_due, counted_term(deadline)))


def _revise(deadline: Deadline, on: date) -> None:
    deadline.revision += 1
    deadline.revised_on = deadline.look_on = on


class Running(CountBasis, Protocol):
    """A running clock with the dates that a change of the calendar may move."""

    @property
    def nominal_due(self) -> date: ...
    @property
    def effective_due(self) -> date: ...
    @property
    def provisional(self) -> bool: ...
    @property
    def revision(self) -> int: ...


def recounted(clock: Running, terms: TermCounter, *, on: date) -> dict[str, Any]:
    """Return which columns of a running clock another calendar changes, and how; nothing where its date stays.

    A changed date is a new revision from that day on. A clock whose day a letter names stays as it is.
    """
    if clock.unit == Unit.FIXED:
        return {}
    before = Dates(clock.nominal_due, clock.effective_due, clock.provisional)
    after = dates_after(LimitKind(clock.kind), before.effective, terms.term(clock))
    if after == before:
        return {}
    dates = dict(zip(DATE_COLUMNS, after, strict=True))
    return dates if after[:2] == before[:2] else dates | {"revision": clock.revision + 1, "revised_on": on}
