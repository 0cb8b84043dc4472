"""What would have gone out last month under another ladder (修改前的预览): counted from columns, nothing written."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.core.database import db
from tracker.deadlines.counting import pauses_of
from tracker.deadlines.limits import DUTIES, LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.forecast import Path, Told, Walk, path_of, went_out
from tracker.reminders.ladder.rules.moments import Behaviour
from tracker.reminders.ladder.rules.reach import DayCounter, Ref, Watched
from tracker.reminders.ladder.rules.rungs import Rung
from tracker.reminders.ladder.rules.words import place
from tracker.reminders.raising.behaviours import day_of, days_seen
from tracker.reminders.raising.due import first_notes
from tracker.reminders.subjects.table import Subjects
from tracker.working_days.rules import Calendar, Pause

DAYS = 30
CHUNK = 2000
# What a clock is about that stands for all those alike.
NOTHING = Ref("", 0)
# What decides the rungs of a clock: kind, began on, due on, moved on, ended on, paused on, its pauses.
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Side:
    """One line of the comparison: a rung, or a kind of clock; how often before and after."""

    label: str
    rung: Rung | None
    before: int
    after: int


@dataclass
class PreviewTally:
    """What one ladder would have told: by rung and by kind of clock, and how many papers with it."""

    by_rung: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[LimitKind] = field(default_factory=Counter)
    papers: int = 0

    def add(self, told: Sequence[Told], kind: LimitKind, number: int = 1) -> None:
        """Count what went out about a number of clocks of a kind."""
        for _, reached in told:
            self.by_rung[reached.rung.code] += number
            self.by_kind[kind] += number
            self.papers += number if reached.rung.issues else 0


@dataclass(frozen=True)
class LadderPreview:
    """A month under two ladders, side by side; of lasting behaviours (情形) what can still be seen."""

    first: date
    last: date
    clocks: int
    before: PreviewTally
    after: PreviewTally
    rungs: tuple[Side, ...]
    kinds: tuple[Side, ...]

    @property
    def totals(self) -> tuple[int, int]:
        """Return how many in all, before and after."""
        return self.before.by_rung.total(), self.after.by_rung.total()


def last_month(
    subjects: Subjects,
    before: Sequence[Rung],
    after: Sequence[Rung],
    calendar: Calendar,
    *,
    today: date,
    reader: Reader,
) -> LadderPreview:
    """Count what would have gone out in the thirty days before today under each of two ladders, for a reader's figures.

    Both are taken as if they had been in force all along, and every clock by its present date.
    """
    first, last = today - timedelta(days=DAYS), today - timedelta(days=1)
    days = DayCounter(calendar)
    ran = and_(_ran(first, last), subjects.clocks_counted_for(reader))
    alike = list(_alike(ran))
    old, new = (_counted(subjects, alike, ran, _paths(alike, ladder, first, last, days)) for ladder in (before, after))
    seen = {
        rung.behaviour: days_seen(subjects, rung.behaviour, last, reader)
        for rung in (*before, *after)
        if rung.active and rung.behaviour
    }
    for tally, ladder in ((old, before), (new, after)):
        tally.by_rung += _behaviours(ladder, seen, first, last, days)
    clocks = sum(number for _, number in alike)
    return LadderPreview(first, last, clocks, old, new, _by_rung(before, after, old, new), _by_kind(old, new))


def _behaviours(
    ladder: Sequence[Rung], seen: Mapping[Behaviour, Mapping[date, int]], first: date, last: date, days: DayCounter
) -> Counter[str]:
    return Counter(
        {
            rung.code: number
            for rung in ladder
            if rung.active and rung.behaviour
            if (number := sum(n for on, n in seen[rung.behaviour].items() if first <= day_of(rung, on, days) <= last))
        }
    )


def _ran(first: date, last: date) -> ColumnElement[bool]:
    """The duties that ran on some day of a time."""
    return and_(
        Deadline.started_on <= last,
        or_(Deadline.ended_on.is_(None), Deadline.ended_on >= first),
        Deadline.kind.in_(DUTIES),
    )


_ALIKE = (
    *(Deadline.kind, Deadline.started_on, Deadline.effective_due, Deadline.nominal_due, Deadline.revised_on),
    *(Deadline.ended_on, Deadline.paused_on, Deadline.excluded_days),
)


def _alike(ran: ColumnElement[bool]) -> Iterator[tuple[Key, int]]:
    """Clocks alike in all that decides their rungs, and how many there are: counted by the database.

    Those that left days out (期间不计) are read one by one, with their pauses, where there are any.
    """
    rows = db.session.execute(select(*_ALIKE, func.count()).where(ran).group_by(*_ALIKE)).all()
    yield from ((_key(row), row[-1]) for row in rows if not row.excluded_days)
    if any(row.excluded_days for row in rows):
        own = db.session.execute(select(*_ALIKE, Deadline.id).where(ran, Deadline.excluded_days > 0)).all()
        pauses = pauses_of(own)
        yield from Counter(_key(row, pauses) for row in own).items()


def _key(row: Any, pauses: Mapping[int, tuple[Pause, ...]] | None = None) -> Key:
    """Return what decides the rungs of a clock; its pauses are asked for where it left days out."""
    return (*row[:7], pauses[row.id] if pauses and row.excluded_days else ())


def _paths(
    alike: Sequence[tuple[Key, int]], ladder: Sequence[Rung], first: date, last: date, days: DayCounter
) -> dict[Key, Path]:
    def walk(clock: Watched) -> Walk:
        return lambda noted_on: went_out(clock, ladder, first, last, days, noted_on)

    clocks = {key: _clock(key) for key, _ in alike}
    return {key: path_of(clock, ladder, days, walk(clock)) for key, clock in clocks.items()}


def _clock(key: Key, id_: int = 0, about: Ref = NOTHING, revision: int = 1) -> Watched:
    kind, started_on, due_on, counted_on, revised_on, ended_on, paused_on, pauses = key
    ends = (revised_on, ended_on, paused_on, pauses, counted_on)
    return Watched(id_, LimitKind(kind), about, started_on, due_on, revision, *ends)


def _counted(
    subjects: Subjects, alike: Sequence[tuple[Key, int]], ran: ColumnElement[bool], paths: Mapping[Key, Path]
) -> PreviewTally:
    """Count over all clocks; only where it matters what was noted on the thing, each by itself."""
    tally = PreviewTally()
    for key, number in alike:
        if not paths[key].is_doubtful:
            tally.add(paths[key].plain, LimitKind(key[0]), number)
    doubtful = {key for key, path in paths.items() if path.is_doubtful}
    for some in _chunks(_doubtful(ran, doubtful)):
        about = subjects.about([row for _, row in some])
        clocks = [_clock(key, row.id, about[row.id], row.revision) for key, row in some]
        noted = first_notes(subjects, clocks)
        for (key, _), clock in zip(some, clocks, strict=True):
            tally.add(paths[key].told(noted.get(clock.id)), clock.kind)
    return tally


def _doubtful(ran: ColumnElement[bool], keys: Set[Key]) -> list[tuple[Key, Any]]:
    if not keys:
        return []
    columns = (*_ALIKE, Deadline.id, Deadline.subject, Deadline.subject_id, Deadline.case_id, Deadline.revision)
    kinds = {key[0] for key in keys}
    rows = db.session.execute(select(*columns).where(ran, Deadline.kind.in_(kinds)).execution_options(yield_per=10_000))
    found: list[tuple[Key, Any]] = []
    for some in rows.partitions():
        pauses = pauses_of(some)
        found += ((key, row) for row in some if (key := _key(row, pauses)) in keys)
    return found


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _by_rung(before: Sequence[Rung], after: Sequence[Rung], old: PreviewTally, new: PreviewTally) -> tuple[Side, ...]:
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


def _by_kind(old: PreviewTally, new: PreviewTally) -> tuple[Side, ...]:
    return tuple(
        Side(LIMITS[kind].label, None, old.by_kind[kind], new.by_kind[kind])
        for kind in LimitKind
        if old.by_kind[kind] or new.by_kind[kind]
    )
