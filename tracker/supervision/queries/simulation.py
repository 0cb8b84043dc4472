"""如果今天是…: what would go out on a day, if the timer looks every day until then. Reads columns, writes nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true

from tracker.cases.models import Case
from tracker.cases.queries.scope import may_know, not_denied, visible_to
from tracker.core.database import db
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader
from tracker.reminders.ladder.queries import Ladder
from tracker.reminders.ladder.rules.forecast import Path, Told, Walk, path_of, walked
from tracker.reminders.ladder.rules.reach import DayCounter, Watched
from tracker.reminders.ladder.rules.rungs import LEVEL_ORDER, Rung
from tracker.reminders.models import Escalation
from tracker.supervision.models import SupervisionOrder
from tracker.supervision.queries.behaviours import REPEAT, Seen, day_of, seen
from tracker.supervision.queries.due import DEADLINE, RAISED, WITHDRAWN, first_notes, to_look_at
from tracker.working_days.rules import Calendar

CHUNK = 2000
STREAMED = 10_000
EVERYTHING = 1 << 30


@dataclass(frozen=True, slots=True)
class Coming:
    """One rung that would go out: about which case, for which clock (None: a behaviour), due when."""

    case_id: int
    rung: Rung
    kind: LimitKind | None
    due_on: date | None

    @property
    def about(self) -> str:
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


def simulated(ladder: Ladder, calendar: Calendar, on: date, *, today: date, reader: Reader | None) -> Simulation:
    """Return what would go out on a day, today or later; `reader` narrows to the cases that he may know of.

    Only clocks that run today are seen; letters and matters that will begin until then are not known.
    """
    scope = visible_to(reader) if reader else true()
    days = DayCounter(calendar)
    found = [*_of_clocks(ladder, days, on, today, scope), *_of_behaviours(ladder, days, on, today, reader)]
    return Simulation(on, tuple(sorted(found, key=_order)))


def _order(each: Coming) -> tuple[int, date, int]:
    return -LEVEL_ORDER.index(each.rung.level), each.due_on or date.max, each.case_id


def _of_clocks(ladder: Ladder, days: DayCounter, on: date, today: date, scope: ColumnElement[bool]) -> Iterator[Coming]:
    """Walk the clocks that the timer would look at until that day; those alike in all that matters, once."""
    watching = and_(to_look_at(on), Deadline.ended_on.is_(None), scope)
    known, letters = _known(watching), _letters(today)
    paths: dict[Any, Path] = {}
    doubtful: list[tuple[Watched, Path]] = []
    for id_, case_id, revision, kind, started_on, due_on, revised_on, unit_id in _rows(watching):
        seen_before = known.get((id_, revision), ())
        held = letters.get((id_, None)) or letters.get((case_id, unit_id))
        key = (kind, started_on, due_on, revised_on, seen_before, held)
        path = paths.get(key)
        if path is None or path.is_doubtful:
            clock = Watched(id_, LimitKind(kind), case_id, started_on, due_on, revision, revised_on)
        if path is None:
            path = paths[key] = path_of(clock, ladder.rungs, days, _walk(clock, ladder, days, on, today, key[4:]))
        if path.is_doubtful:
            doubtful.append((clock, path))
        else:
            yield from (Coming(case_id, reached.rung, LimitKind(kind), due_on) for _, reached in path.plain)
    for clock, path, noted_on in _with_notes(doubtful):
        found = path.told(noted_on)
        yield from (Coming(clock.case_id, reached.rung, clock.kind, clock.due_on) for _, reached in found)


def _walk(
    clock: Watched, ladder: Ladder, days: DayCounter, on: date, today: date, past: tuple[Any, date | None]
) -> Walk:
    """Return the walk of a clock until a day; of what it tells, only that day's."""
    known, held = dict(past[0]), past[1]

    def walk(noted_on: date | None) -> list[Told]:
        told = walked(clock, ladder.rungs, today, on, days, known=known, noted_on=noted_on, not_before=held)
        return [each for each in told if each[0] == on]

    return walk


def _rows(watching: ColumnElement[bool]) -> Iterator[Any]:
    columns = (
        *(Deadline.id, Deadline.case_id, Deadline.revision, Deadline.kind, Deadline.started_on),
        *(Deadline.effective_due, Deadline.revised_on),
        func.coalesce(Deadline.owner_department_id, Case.office_id),
    )
    statement = select(*columns).join(Case, Case.id == Deadline.case_id).where(watching)
    return iter(db.session.execute(statement.execution_options(yield_per=STREAMED)))


def _known(watching: ColumnElement[bool]) -> dict[tuple[int, int], tuple[tuple[str, bool], ...]]:
    """Return what was recorded for the present date of the clocks: which rung, and whether it was raised."""
    rows = db.session.execute(
        select(Escalation.subject_id, Escalation.revision, Escalation.rung, Escalation.state)
        .join(Deadline, and_(Deadline.id == Escalation.subject_id, Deadline.revision == Escalation.revision))
        .join(Case, Case.id == Deadline.case_id)
        .where(Escalation.subject == DEADLINE, Escalation.state != WITHDRAWN, watching)
        .order_by(Escalation.subject_id, Escalation.rung)
    )
    known: dict[tuple[int, int], list[tuple[str, bool]]] = {}
    for subject_id, revision, rung, state in rows:
        known.setdefault((subject_id, revision), []).append((rung, state == RAISED))
    return {key: tuple(rungs) for key, rungs in known.items()}


def _letters(today: date) -> dict[tuple[int | None, int | None], date]:
    """Return the day after the reply day of each letter that still may be answered in time.

    By clock (and None) where the ladder issued it; one that was issued by hand by case and unit.
    """
    order, letters = SupervisionOrder, dict[tuple[int | None, int | None], date]()
    rows = db.session.execute(
        select(order.case_id, order.department_id, order.about_deadline_id, func.max(order.reply_by))
        .where(order.replied_at.is_(None), order.withdrawn_at.is_(None), order.reply_by >= today)
        .group_by(order.case_id, order.department_id, order.about_deadline_id)
    )
    for case_id, unit_id, about, reply_by in rows:
        key = (case_id, unit_id) if about is None else (about, None)
        letters[key] = max(reply_by + timedelta(days=1), letters.get(key, reply_by))
    return letters


def _with_notes(clocks: Sequence[tuple[Watched, Path]]) -> Iterator[tuple[Watched, Path, date | None]]:
    for start in range(0, len(clocks), CHUNK):
        some = clocks[start : start + CHUNK]
        noted = first_notes([clock for clock, _ in some])
        yield from ((clock, path, noted.get(clock.id)) for clock, path in some)


def _of_behaviours(ladder: Ladder, days: DayCounter, on: date, today: date, reader: Reader | None) -> Iterator[Coming]:
    """Return the behaviours of which one knows today that their day will have come."""
    scope = may_know(reader) if reader else true()
    for rung in ladder.rungs:
        if rung.active and rung.behaviour is not None:
            on_day = {}
            for each in _known_to(seen(rung, on, limit=EVERYTHING), reader):
                reached = day_of(rung, each.on, days)
                if (reached <= on) if on == today else (reached == on):
                    on_day[each.case_id] = each
            for case_id in _in_scope(list(on_day), scope):
                yield Coming(case_id, rung, None, None)


def _known_to(found: Sequence[Seen], reader: Reader | None) -> Iterator[Seen]:
    """Leave out the repeats (重件) that the reader is shut out of."""
    repeats = [each.subject_id for each in found if each.subject == REPEAT]
    known = set(_in_scope(repeats, not_denied(reader))) if reader else set(repeats)
    return (each for each in found if each.subject != REPEAT or each.subject_id in known)


def _in_scope(case_ids: Sequence[int], scope: ColumnElement[bool]) -> Iterator[int]:
    for start in range(0, len(case_ids), CHUNK):
        yield from db.session.scalars(select(Case.id).where(Case.id.in_(case_ids[start : start + CHUNK]), scope))


@dataclass(frozen=True, slots=True)
class Shown:
    """A rung with the case that it is about, for whoever may see it."""

    public_id: str
    number: str
    title: str
    coming: Coming


def page_of(simulation: Simulation, reader: Reader, page: int, size: int) -> list[Shown]:
    """Return one page of what would go out, with number and title; the scope is asked once more."""
    some = simulation.coming[(page - 1) * size : page * size]
    ids = {each.case_id for each in some}
    rows = db.session.execute(
        select(Case.id, Case.public_id, Case.register_no, Case.title).where(Case.id.in_(ids), may_know(reader))
    )
    cases = {row.id: row for row in rows}
    return [
        Shown(case.public_id, case.register_no, case.title, each) for each in some if (case := cases.get(each.case_id))
    ]
