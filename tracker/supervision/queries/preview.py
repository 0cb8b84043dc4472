"""What would have gone out last month under another ladder (修改前的预览): counted from columns, nothing written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from tracker.core.database import db
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.supervision.queries.due import first_notes
from tracker.supervision.rules.forecast import Told, went_out
from tracker.supervision.rules.ladder import Rung
from tracker.supervision.rules.reach import DayCounter, Watched
from tracker.supervision.rules.rung_words import place
from tracker.working_days.rules import Calendar

DAYS = 30
CHUNK = 2000


@dataclass(frozen=True)
class Side:
    """One line of the comparison: a rung, or a kind of clock; how often before and after."""

    label: str
    rung: Rung | None
    before: int
    after: int


@dataclass
class Tally:
    """What one ladder would have told: by rung and by kind of clock, and how many papers with it."""

    by_rung: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[LimitKind] = field(default_factory=Counter)
    papers: int = 0

    def add(self, told: Sequence[Told], kind: LimitKind) -> None:
        """Count what went out about one clock."""
        for _, reached in told:
            self.by_rung[reached.rung.code] += 1
            self.by_kind[kind] += 1
            self.papers += reached.rung.issues


@dataclass(frozen=True)
class Preview:
    """A month under two ladders, side by side. Behaviours (情形) depend on no table of days and are not counted."""

    first: date
    last: date
    clocks: int
    before: Tally
    after: Tally
    rungs: tuple[Side, ...]
    kinds: tuple[Side, ...]

    @property
    def totals(self) -> tuple[int, int]:
        """Return how many in all, before and after."""
        return self.before.by_rung.total(), self.after.by_rung.total()


def last_month(before: Sequence[Rung], after: Sequence[Rung], calendar: Calendar, *, today: date) -> Preview:
    """Count what would have gone out in the thirty days before today under each of two ladders.

    Both are taken as if they had been in force all along, and every clock by its present date.
    """
    first, last = today - timedelta(days=DAYS), today - timedelta(days=1)
    days = DayCounter(calendar)
    clocks = list(_ran(first, last))
    old, new = (_counted(clocks, ladder, first, last, days) for ladder in (before, after))
    return Preview(first, last, len(clocks), old, new, _by_rung(before, after, old, new), _by_kind(old, new))


def _ran(first: date, last: date) -> Iterator[Watched]:
    columns = (
        *(Deadline.id, Deadline.kind, Deadline.case_id, Deadline.started_on, Deadline.effective_due),
        *(Deadline.revision, Deadline.revised_on, Deadline.ended_on),
    )
    duties = [kind.value for kind in LimitKind if LIMITS[kind].duty]
    rows = db.session.execute(
        select(*columns).where(
            Deadline.started_on <= last,
            or_(Deadline.ended_on.is_(None), Deadline.ended_on >= first),
            Deadline.case_id.is_not(None),
            Deadline.kind.in_(duties),
        )
    )
    return (Watched(row[0], LimitKind(row[1]), *row[2:]) for row in rows)


def _counted(clocks: Sequence[Watched], ladder: Sequence[Rung], first: date, last: date, days: DayCounter) -> Tally:
    """Count over all clocks; clocks alike in all that matters are walked once."""
    tally, walks, doubtful = Tally(), dict[Any, list[Told]](), list[Watched]()
    for clock in clocks:
        key = (clock.kind, clock.started_on, clock.due_on, clock.revised_on, clock.ended_on)
        if key not in walks:
            walks[key] = went_out(clock, ladder, first, last, days)
        told = walks[key]
        if any(reached.rung.unless_noted for _, reached in told):
            doubtful.append(clock)
        elif told:
            tally.add(told, clock.kind)
    for start in range(0, len(doubtful), CHUNK):
        some = doubtful[start : start + CHUNK]
        noted = first_notes(some)
        for clock in some:
            tally.add(went_out(clock, ladder, first, last, days, noted.get(clock.id)), clock.kind)
    return tally


def _by_rung(before: Sequence[Rung], after: Sequence[Rung], old: Tally, new: Tally) -> tuple[Side, ...]:
    named = {rung.code: rung for rung in (*before, *after)}
    sides = [
        Side("", rung, old.by_rung[code], new.by_rung[code])
        for code, rung in named.items()
        if old.by_rung[code] or new.by_rung[code]
    ]
    return tuple(sorted(sides, key=_place_of))


def _place_of(side: Side) -> tuple[int, tuple[int, int]]:
    if side.rung is None or not side.rung.kinds:
        return len(LimitKind), (0, 0)
    return tuple(LimitKind).index(side.rung.kinds[0]), place(side.rung)


def _by_kind(old: Tally, new: Tally) -> tuple[Side, ...]:
    return tuple(
        Side(LIMITS[kind].label, None, old.by_kind[kind], new.by_kind[kind])
        for kind in LimitKind
        if old.by_kind[kind] or new.by_kind[kind]
    )
