"""What the timer has to look at: clocks whose day has come, and what is known of them already. Columns only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, func, literal, or_, select, tuple_

from tracker.core.database import db
from tracker.deadlines.counting import pauses_of
from tracker.deadlines.limits import DUTIES, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.rules import NEVER
from tracker.people.queries import chains, people_of
from tracker.reminders.ladder.rules.reach import Ref, Watched
from tracker.reminders.models import DEADLINE, Escalation
from tracker.reminders.raising.duties import follows
from tracker.reminders.subjects.answers import Free, Out
from tracker.reminders.subjects.table import Subjects
from tracker.working_days.rules import Pause


@dataclass(frozen=True, slots=True)
class DueClock:
    """A clock whose day has come, with its thing, which is locked; `hint` is the day that was kept for that.

    It `follows` where another clock of the same duty leads. `department_id` and `user_id` are who the papers about it
    go to.
    """

    watched: Watched
    hint: date
    follows: bool
    case_id: int | None
    free: Free
    department_id: int
    user_id: int | None


_COLUMNS = (
    *(Deadline.id, Deadline.kind, Deadline.subject, Deadline.subject_id, Deadline.case_id, Deadline.started_on),
    *(Deadline.effective_due.label("due_on"), Deadline.revision, Deadline.revised_on, Deadline.ended_on),
    func.coalesce(Deadline.look_on, literal(NEVER, Date)).label("hint"),
    *(Deadline.owner_department_id.label("department_id"), Deadline.owner_user_id.label("user_id")),
    *(Deadline.paused_on, Deadline.excluded_days, Deadline.nominal_due, Deadline.claimed_on),
)


def to_look_at(today: date) -> ColumnElement[bool]:
    """Return which clocks are to be looked at: whose hint has come, and running duties without one.

    A program of another version may have written such; it knows nothing of hints, so nobody knows what was missed.
    """
    without = and_(Deadline.ended_on.is_(None), Deadline.look_on.is_(None), Deadline.kind.in_(DUTIES))
    return or_(Deadline.look_on <= today, without)


def due_clocks(
    subjects: Subjects,
    today: date,
    *,
    limit: int,
    doubted: Collection[int] | None = None,
    without: Collection[int] = (),
) -> list[DueClock]:
    """Return clocks to look at, the oldest date first. Their things are locked; what somebody works on is left.

    Ended clocks come once more: what they passed before they ended is recorded. `doubted` are looked at whatever
    their hints say. The log is locked: nothing of what is read here changes before the things are.
    """
    which = to_look_at(today) if doubted is None else Deadline.id.in_(doubted)
    statement = select(*_COLUMNS, follows(subjects).label("follows")).where(which, subjects.known_clock())
    if without:
        statement = statement.where(Deadline.id.not_in(without))
    statement = statement.order_by(Deadline.effective_due, Deadline.id)
    found: list[DueClock] = []
    rows: Sequence[Any] = ()
    while len(found) < limit:
        wanted, last = limit - len(found), rows[-1] if rows else None
        after = tuple_(Deadline.effective_due, Deadline.id) > (last.due_on, last.id) if last else None
        rows = db.session.execute((statement if after is None else statement.where(after)).limit(wanted)).all()
        found += _free(subjects, rows, today)
        if len(rows) < wanted:
            break
    return found


def _free(subjects: Subjects, rows: Sequence[Any], today: date) -> list[DueClock]:
    """Return the clocks whose things nobody works on."""
    about = subjects.about(rows)
    free = {
        Ref(of.kind, id_): each for of, ids in subjects.by_kind(about.values()) for id_, each in of.free(ids).items()
    }
    ours = [(row, about[row.id], free[about[row.id]]) for row in rows if about[row.id] in free]
    people = people_of({row.department_id for row, *_ in ours if row.department_id}, today)
    shut_out = _shut_out((row.department_id, thing) for row, _, thing in ours if row.department_id in people)
    pauses = pauses_of([row for row, *_ in ours])
    return [
        DueClock(
            _watched(row, ref, pauses.get(row.id, ())),
            row.hint,
            bool(row.follows),
            row.case_id,
            thing,
            *_owes(row, thing, people, shut_out),
        )
        for row, ref, thing in ours
    ]


def _watched(row: Any, about: Ref, pauses: tuple[Pause, ...]) -> Watched:
    return Watched(
        id=row.id,
        kind=LimitKind(row.kind),
        about=about,
        started_on=row.started_on,
        due_on=row.due_on,
        revision=row.revision,
        revised_on=row.revised_on,
        ended_on=row.ended_on,
        paused_on=row.paused_on,
        pauses=pauses,
        counted_on=row.nominal_due,
        claimed_on=row.claimed_on,
    )


def _owes(
    row: Any, thing: Free, people: Mapping[int, Collection[int]], shut_out: Collection[tuple[int, frozenset[int]]]
) -> tuple[int, int | None]:
    """Return which unit and person the papers about a clock go to: none to a unit without people, none to who left."""
    if row.department_id is None:
        return thing.office_id, row.user_id
    if row.department_id not in people or (row.department_id, thing.shut_out) in shut_out:
        return thing.office_id, None
    return row.department_id, row.user_id if row.user_id in people[row.department_id] else None


def _shut_out(owed: Iterable[tuple[int, Free]]) -> set[tuple[int, frozenset[int]]]:
    """Return the units that are shut out of the thing, or stand below one: their papers go to the office."""
    doubtful = {(unit, thing.shut_out) for unit, thing in owed if thing.shut_out}
    above = chains({unit for unit, _ in doubtful}) if doubtful else {}
    return {(unit, shut_out) for unit, shut_out in doubtful if above.get(unit, frozenset()) & shut_out}


def due_ids(subjects: Subjects, today: date, *, limit: int, without: Collection[int]) -> list[int]:
    """Return the ids of the next clocks to look at, in the same order."""
    statement = select(Deadline.id).where(to_look_at(today), subjects.known_clock())
    statement = statement.where(Deadline.id.not_in(without)) if without else statement
    return list(db.session.scalars(statement.order_by(Deadline.effective_due, Deadline.id).limit(limit)))


def waiting(today: date) -> int:
    """Return how many clocks still wait to be looked at, whatever they are about."""
    return sum(waiting_by_subject(today).values())


def waiting_by_subject(today: date) -> dict[str, int]:
    """Return the same by what the clocks say they are about, also where no subject answers for it."""
    counted = select(Deadline.subject, func.count()).where(to_look_at(today)).group_by(Deadline.subject)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def next_look(today: date) -> date | None:
    """Return the next day on which some clock may raise something."""
    later = (Deadline.look_on > today, Deadline.look_on < NEVER)
    return db.session.scalar(select(func.min(Deadline.look_on)).where(*later))


def recorded(clocks: Iterable[Watched]) -> dict[tuple[int, int], dict[str, Escalation]]:
    """Return what was recorded for clocks, by clock and revision, then by rung."""
    ids = [clock.id for clock in clocks]
    found: dict[tuple[int, int], dict[str, Escalation]] = {}
    for row in db.session.scalars(
        select(Escalation).where(Escalation.subject == DEADLINE, Escalation.subject_id.in_(ids))
    ):
        found.setdefault((row.subject_id, row.revision), {})[row.rung] = row
    return found


def first_notes(subjects: Subjects, clocks: Sequence[Watched]) -> dict[int, date]:
    """Return for each clock the day of the first sign of work on its thing since it began."""
    things = subjects.by_kind(clock.about for clock in clocks)
    days = {Ref(of.kind, id_): noted for of, ids in things for id_, noted in of.noted(ids).items()}
    first = {
        clock.id: next((day for day in days.get(clock.about, ()) if day >= clock.started_on), None) for clock in clocks
    }
    return {id_: day for id_, day in first.items() if day is not None}


def letters_out(out: Out, clocks: Sequence[DueClock]) -> dict[int, date]:
    """Return for each clock the day after the reply day of the last letter that still may be answered in time.

    That is one about the clock itself, or one issued by hand to the unit that owes it; another unit's holds nothing up.
    """
    until = {
        clock.watched.id: out.until(clock.watched.id, clock.watched.about, clock.department_id) for clock in clocks
    }
    return {id_: day + timedelta(days=1) for id_, day in until.items() if day}
