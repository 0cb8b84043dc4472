"""Counting the term of a clock: by its columns, its pauses and a calendar."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

from sqlalchemy import select

from tracker.core.database import db
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline, DeadlinePause
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Calendar, DueDate, Pause, Unit, additions, due

# How the clock of a matter ended that was over before it was entered (历史件).
KEPT = "import"
# How a window ends that nobody used in time (期满).
LAPSED = "lapse"
SUPERSEDED = "superseded"
DATE_COLUMNS = ("nominal_due", "effective_due", "provisional")
# Clocks whose day no calendar changes: a letter names it, or it is counted in hours.
NOT_COUNTED = (Unit.FIXED.value, Unit.HOUR.value)
Pauses = Sequence[Pause]


class CountBasis(Protocol):
    """What the count of a clock depends on beside its pauses: a row of `Deadline`, or these columns of one."""

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
    _known: dict[tuple[Any, ...], DueDate] = field(default_factory=dict)

    def term(self, clock: CountBasis, pauses: Pauses = ()) -> DueDate:
        """Return the term of a counted clock."""
        key = (clock.started_on, clock.amount, clock.unit, clock.extension_days, _rolls(clock), tuple(pauses))
        if key not in self._known:
            self._known[key] = counted_term(clock, self.calendar, pauses)
        return self._known[key]


def _rolls(clock: CountBasis) -> bool:
    return LIMITS[LimitKind(clock.kind)].rolls and clock.ended_by != KEPT


def counted_term(clock: CountBasis, days: Calendar, pauses: Pauses) -> DueDate:
    """Return the term of a counted clock with its steps."""
    extras = additions(extension_days=clock.extension_days)
    unit = Unit(clock.unit)
    return due(clock.started_on, clock.amount, unit, days, extras, rolls=_rolls(clock), pauses=pauses)


def named_term(clock: Deadline, days: Calendar, pauses: Pauses) -> DueDate:
    """Return the term up to the day that a letter named: a pause moves that day on, nothing else does."""
    amount = (clock.first_due - clock.started_on).days
    return due(clock.started_on, amount, Unit.DAY, days, rolls=False, pauses=pauses)


def term_of(clock: Deadline, days: Calendar | None = None, pauses: Pauses | None = None) -> DueDate:
    """Return the term of a clock with its steps, by the calendar as it is loaded now. Not for one in hours.

    `days` is that calendar and `pauses` are its pauses, where the caller has read them already.
    """
    known = calendar() if days is None else days
    own = pauses_of([clock]).get(clock.id, ()) if pauses is None else pauses
    return named_term(clock, known, own) if clock.unit == Unit.FIXED else counted_term(clock, known, own)


def dates_after(kind: LimitKind, before: date, term: DueDate) -> Dates:
    """Return the dates of a running clock by a new count: a day the petitioner was told never moves earlier."""
    effective = max(before, term.effective) if LIMITS[kind].told else term.effective
    return Dates(term.nominal, effective, term.provisional)


class MayBePaused(Protocol):
    """What says whether a clock has pauses: a row of `Deadline`, or these columns of one."""

    @property
    def id(self) -> int: ...
    @property
    def paused_on(self) -> date | None: ...
    @property
    def excluded_days(self) -> int: ...


def pauses_of(clocks: Collection[MayBePaused]) -> dict[int, tuple[Pause, ...]]:
    """Return the pauses of clocks by their ids, the first one first. One query, none where no clock has any."""
    ids = [clock.id for clock in clocks if clock.excluded_days or clock.paused_on]
    if not ids:
        return {}
    found: dict[int, list[Pause]] = {}
    rows = select(DeadlinePause).where(DeadlinePause.deadline_id.in_(ids))
    for row in db.session.scalars(rows.order_by(DeadlinePause.first_on, DeadlinePause.id)):
        pause = Pause(row.first_on, row.resumed_on, row.reason, row.basis)
        found.setdefault(row.deadline_id, []).append(pause)
    return {id_: tuple(pauses) for id_, pauses in found.items()}


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


def recounted(clock: Running, terms: TermCounter, *, on: date, pauses: Pauses = ()) -> dict[str, Any]:
    """Return which columns of a running clock another calendar changes, and how; nothing where its date stays.

    A changed date is a new revision from that day on. A clock of which no calendar counts the days stays as it is.
    """
    if clock.unit in NOT_COUNTED:
        return {}
    before = Dates(clock.nominal_due, clock.effective_due, clock.provisional)
    after = dates_after(LimitKind(clock.kind), before.effective, terms.term(clock, pauses))
    if after == before:
        return {}
    dates = dict(zip(DATE_COLUMNS, after, strict=True))
    return dates if after[:2] == before[:2] else dates | {"revision": clock.revision + 1, "revised_on": on}
