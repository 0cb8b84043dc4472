"""如果今天是…: what would go out on a day, if the timer looks every day until then. Reads columns, writes nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, select

from tracker.core.database import db
from tracker.deadlines.counting import pauses_of
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader
from tracker.reminders.ladder.queries import Ladder
from tracker.reminders.ladder.rules.forecast import Path, Told, Walk, path_of, walked
from tracker.reminders.ladder.rules.reach import DayCounter, Ref, Watched
from tracker.reminders.ladder.rules.rungs import LEVEL_ORDER, Rung
from tracker.reminders.models import DEADLINE, RAISED, WITHDRAWN, Escalation
from tracker.reminders.raising.behaviours import Seen, day_of, seen
from tracker.reminders.raising.due import first_notes, to_look_at
from tracker.reminders.raising.duties import follows
from tracker.reminders.subjects.answers import Out, SubjectWords
from tracker.reminders.subjects.table import Subjects, among
from tracker.working_days.rules import Calendar, Pause

CHUNK = 2000
STREAMED = 10_000
EVERYTHING = 1 << 30
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Coming:
    """One rung that would go out: about which thing, for which clock (None: a behaviour), due when."""

    about: Ref
    rung: Rung
    kind: LimitKind | None
    due_on: date | None

    @property
    def limit(self) -> str:
        """Return the limit in words."""
        return LIMITS[self.kind].label if self.kind else "情形"


@dataclass(frozen=True)
class Simulation:
    """What would go out on a day: the highest level first, then the oldest date."""

    on: date
    coming: tuple[Coming, ...]

    def by_rung(self) -> list[tuple[Rung, int]]:
        """Return how often each rung would go out, in the same order."""
        counted = Counter(each.rung.code for each in self.coming)
        rungs = {each.rung.code: each.rung for each in self.coming}
        found = [(rungs[code], number) for code, number in counted.items()]
        return sorted(found, key=lambda pair: (-LEVEL_ORDER.index(pair[0].level), pair[0].code))


def simulated(
    subjects: Subjects, ladder: Ladder, calendar: Calendar, on: date, *, today: date, reader: Reader
) -> Simulation:
    """Return what would go out on a day, today or later, as far as figures count it for the reader.

    Only clocks that run today are seen; letters and matters that will begin until then are not known.
    """
    days = DayCounter(calendar)
    found = [
        *_of_clocks(subjects, ladder, days, on, today, reader),
        *_of_behaviours(subjects, ladder, days, on, today, reader),
    ]
    return Simulation(on, tuple(sorted(found, key=_order)))


def _order(each: Coming) -> tuple[int, date, int]:
    return -LEVEL_ORDER.index(each.rung.level), each.due_on or date.max, each.about.id


def _of_clocks(
    subjects: Subjects, ladder: Ladder, days: DayCounter, on: date, today: date, reader: Reader
) -> Iterator[Coming]:
    """Walk the clocks that the timer would look at until that day; those alike in all that matters, once."""
    scope = subjects.clocks_counted_for(reader)
    watching = and_(to_look_at(on), Deadline.ended_on.is_(None), scope)
    known, out = _known(watching), subjects.letters.out(today, None)
    paths: dict[Any, Path] = {}
    doubtful: list[tuple[Watched, Path]] = []
    for row, about, pauses in _rows(subjects, watching):
        held = _held(out, row, about)
        seen_before = known.get((row.id, row.revision), ())
        dates = (row.started_on, row.effective_due, row.nominal_due, row.revised_on, row.paused_on)
        past = (seen_before, held, row.follows)
        key = (row.kind, dates, pauses, past)
        path = paths.get(key)
        if path is None or path.is_doubtful:
            clock = _clock(row, about, pauses)
        if path is None:
            path = paths[key] = path_of(clock, ladder.rungs, days, _walk(clock, ladder, days, on, today, past))
        if path.is_doubtful:
            doubtful.append((clock, path))
        else:
            yield from (
                Coming(about, reached.rung, LimitKind(row.kind), row.effective_due) for _, reached in path.plain
            )
    for clock, path, noted_on in _with_notes(subjects, doubtful):
        found = path.told(noted_on)
        yield from (Coming(clock.about, reached.rung, clock.kind, clock.due_on) for _, reached in found)


def _clock(row: Any, about: Ref, pauses: tuple[Pause, ...]) -> Watched:
    kind = LimitKind(row.kind)
    still = {"paused_on": row.paused_on, "pauses": pauses, "counted_on": row.nominal_due}
    return Watched(row.id, kind, about, row.started_on, row.effective_due, row.revision, row.revised_on, **still)


def _held(out: Out, row: Any, about: Ref) -> date | None:
    """Return the day after the reply day of a letter that still may be answered in time."""
    until = out.until(row.id, about, row.owner_department_id)
    return until + timedelta(days=1) if until else None


def _walk(
    clock: Watched, ladder: Ladder, days: DayCounter, on: date, today: date, past: tuple[Any, date | None, bool]
) -> Walk:
    """Return the walk of a clock until a day; of what it tells, only that day's."""
    known, held, follows = dict(past[0]), past[1], past[2]

    def walk(noted_on: date | None) -> list[Told]:
        told = walked(
            clock, ladder.rungs, today, on, days, known=known, noted_on=noted_on, not_before=held, follows=follows
        )
        return [each for each in told if each[0] == on]

    return walk


def _rows(subjects: Subjects, watching: ColumnElement[bool]) -> Iterator[tuple[Any, Ref, tuple[Pause, ...]]]:
    columns = (
        *(Deadline.id, Deadline.subject, Deadline.subject_id, Deadline.case_id, Deadline.revision, Deadline.kind),
        *(Deadline.started_on, Deadline.effective_due, Deadline.revised_on, Deadline.owner_department_id),
        *(Deadline.paused_on, Deadline.excluded_days, Deadline.nominal_due, follows(subjects).label("follows")),
    )
    found = db.session.execute(select(*columns).where(watching).execution_options(yield_per=STREAMED))
    for rows in found.partitions():
        about, pauses = subjects.about(rows), pauses_of(rows)
        yield from ((row, about[row.id], pauses.get(row.id, ())) for row in rows)


def _known(watching: ColumnElement[bool]) -> dict[tuple[int, int], tuple[tuple[str, bool], ...]]:
    """Return what was recorded for the present date of the clocks: which rung, and whether it was raised."""
    rows = db.session.execute(
        select(Escalation.subject_id, Escalation.revision, Escalation.rung, Escalation.state)
        .join(Deadline, and_(Deadline.id == Escalation.subject_id, Deadline.revision == Escalation.revision))
        .where(Escalation.subject == DEADLINE, Escalation.state != WITHDRAWN, watching)
        .order_by(Escalation.subject_id, Escalation.rung)
    )
    known: dict[tuple[int, int], list[tuple[str, bool]]] = {}
    for subject_id, revision, rung, state in rows:
        known.setdefault((subject_id, revision), []).append((rung, state == RAISED))
    return {key: tuple(rungs) for key, rungs in known.items()}


def _with_notes(
    subjects: Subjects, clocks: Sequence[tuple[Watched, Path]]
) -> Iterator[tuple[Watched, Path, date | None]]:
    for some in _chunks(clocks):
        noted = first_notes(subjects, [clock for clock, _ in some])
        yield from ((clock, path, noted.get(clock.id)) for clock, path in some)


def _of_behaviours(
    subjects: Subjects, ladder: Ladder, days: DayCounter, on: date, today: date, reader: Reader
) -> Iterator[Coming]:
    """Return the behaviours of which one knows today that their day will have come."""
    for rung in ladder.rungs:
        if not rung.active or rung.behaviour is None:
            continue
        on_day = set[Ref]()
        for each in _open_to(subjects, seen(subjects, rung, on, limit=EVERYTHING), reader):
            reached = day_of(rung, each.on, days)
            if (reached <= on) if on == today else (reached == on):
                on_day.add(each.about)
        yield from (Coming(about, rung, None, None) for about in _known_to(subjects, sorted(on_day), reader))


def _open_to(subjects: Subjects, found: Sequence[Seen], reader: Reader) -> Iterator[Seen]:
    """Leave out what was seen on things that shut the reader out (重件)."""
    doors = {kind: door for of in subjects.things for kind, door in of.open_to.items()}
    shut = set[Ref]()
    for kind, door in doors.items():
        ids = [each.seen_on.id for each in found if each.seen_on.kind == kind]
        open_ = {id_ for some in _chunks(ids) for id_ in among(door(reader), some)}
        shut |= {Ref(kind, id_) for id_ in ids if id_ not in open_}
    return (each for each in found if each.seen_on not in shut)


def _known_to(subjects: Subjects, about: Sequence[Ref], reader: Reader) -> Iterator[Ref]:
    for some in _chunks(about):
        known = subjects.counted_among(some, reader)
        yield from (each for each in some if each in known)


def _chunks(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


@dataclass(frozen=True, slots=True)
class Shown:
    """A rung with the words of the thing that it is about, for people who may see it."""

    words: SubjectWords
    coming: Coming


def page_of(subjects: Subjects, simulation: Simulation, reader: Reader, page: int, size: int) -> list[Shown]:
    """Return one page of what would go out, with number and title; who may know is asked once more."""
    some = simulation.coming[(page - 1) * size : page * size]
    words = subjects.words(subjects.known_among({each.about for each in some}, reader))
    return [Shown(words[each.about], each) for each in some if each.about in words]
