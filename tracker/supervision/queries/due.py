"""What the timer has to look at: clocks whose day has come, and what is known of them already. Columns only."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, func, literal, or_, select

from tracker.cases.models import Case, CaseStep
from tracker.cases.queries.scope import complained_departments
from tracker.cases.rules.steps import STEPS
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.deadlines.limits import DUTIES, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.rules import NEVER
from tracker.people.queries import chains
from tracker.reminders.ladder.rules.reach import Watched
from tracker.reminders.models import Escalation
from tracker.supervision.models import SupervisionOrder

DEADLINE = "deadline"
RAISED, SKIPPED, WITHDRAWN = "raised", "skipped", "withdrawn"
# What counts as a sign of work on a case (办理记录).
WORK_NOTES = tuple(row.action.value for row in STEPS if row.work)


@dataclass(frozen=True, slots=True)
class DueClock:
    """A clock whose day has come, with what of its case the papers need; `hint` is the day that was kept for that."""

    watched: Watched
    hint: date
    office_id: int
    department_id: int
    user_id: int | None
    status: str
    ledger_status: str
    round: int


_COLUMNS = (
    *(Deadline.id, Deadline.kind, Deadline.case_id, Deadline.started_on, Deadline.effective_due.label("due_on")),
    *(Deadline.revision, Deadline.revised_on, Deadline.ended_on, Deadline.owner_user_id.label("user_id")),
    func.coalesce(Deadline.look_on, literal(NEVER, Date)).label("hint"),
    *(Deadline.owner_department_id.label("department_id"), Case.office_id, Case.status, Case.ledger_status, Case.round),
)


def to_look_at(today: date) -> ColumnElement[bool]:
    """Say which clocks are to be looked at: whose hint has come, and running duties without one.

    A program of another version may have written such; it knows nothing of hints, so nobody knows what was missed.
    """
    without = and_(Deadline.ended_on.is_(None), Deadline.look_on.is_(None), Deadline.kind.in_(DUTIES))
    return or_(Deadline.look_on <= today, without)


def due_clocks(
    today: date, *, limit: int, doubted: Collection[int] | None = None, without: Collection[int] = ()
) -> list[DueClock]:
    """Return clocks to look at, the oldest date first. Their cases are locked; a case that somebody works on is left.

    Ended clocks come once more: what they passed before they ended is recorded. `doubted` are looked at whatever
    their hints say.
    """
    which = to_look_at(today) if doubted is None else Deadline.id.in_(doubted)
    statement = select(*_COLUMNS).join(Case, Case.id == Deadline.case_id).where(which)
    if without:
        statement = statement.where(Deadline.id.not_in(without))
    rows = db.session.execute(
        statement.order_by(Deadline.effective_due, Deadline.id)
        .limit(limit)
        .with_for_update(of=Case, skip_locked=True, key_share=True)
    ).all()
    shut_out = _shut_out(rows)
    return [
        DueClock(
            Watched(r.id, LimitKind(r.kind), r.case_id, r.started_on, r.due_on, r.revision, r.revised_on, r.ended_on),
            r.hint,
            r.office_id,
            *_owes(r, shut_out),
            r.status,
            r.ledger_status,
            r.round,
        )
        for r in rows
    ]


def _owes(row: Any, shut_out: set[tuple[int, int]]) -> tuple[int, int | None]:
    """Return which unit and person the papers about a clock go to."""
    if row.department_id is None or (row.case_id, row.department_id) in shut_out:
        return row.office_id, None if row.department_id else row.user_id
    return row.department_id, row.user_id


def _shut_out(rows: Iterable[Any]) -> set[tuple[int, int]]:
    """Return the cases whose owing unit is complained of, or stands below one: their papers go to the office."""
    owed = {(row.case_id, row.department_id) for row in rows if row.department_id}
    complained = complained_departments({case_id for case_id, _ in owed})
    if not complained:
        return set()
    above = chains({unit for case_id, unit in owed if case_id in complained})
    return {(case_id, unit) for case_id, unit in owed if above.get(unit, frozenset()) & complained.get(case_id, set())}


def due_ids(today: date, *, limit: int, without: Collection[int]) -> list[int]:
    """Return the ids of the next clocks to look at, in the same order."""
    statement = select(Deadline.id).where(to_look_at(today), Deadline.case_id.is_not(None))
    statement = statement.where(Deadline.id.not_in(without)) if without else statement
    return list(db.session.scalars(statement.order_by(Deadline.effective_due, Deadline.id).limit(limit)))


def waiting(today: date) -> int:
    """Return how many clocks still wait to be looked at."""
    waits = (to_look_at(today), Deadline.case_id.is_not(None))
    return db.session.scalar(select(func.count()).select_from(Deadline).where(*waits)) or 0


def next_look(today: date) -> date | None:
    """Return the next day on which some clock may raise something."""
    later = (Deadline.look_on > today, Deadline.look_on < NEVER, Deadline.case_id.is_not(None))
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


def first_notes(clocks: Sequence[Watched]) -> dict[int, date]:
    """Return for each clock the day of the first sign of work on its case since it began."""
    began = {clock.id: clock for clock in clocks}
    days: dict[int, list[date]] = {}
    rows = db.session.execute(
        select(CaseStep.case_id, CaseStep.entered_at)
        .where(CaseStep.case_id.in_({c.case_id for c in clocks}), CaseStep.action.in_(WORK_NOTES))
        .order_by(CaseStep.entered_at)
    )
    for case_id, at in rows:
        days.setdefault(case_id, []).append(local_date(at))
    first = {
        clock.id: next((day for day in days.get(clock.case_id, ()) if day >= clock.started_on), None)
        for clock in began.values()
    }
    return {id_: day for id_, day in first.items() if day is not None}


def letters_out(clocks: Sequence[DueClock], today: date) -> dict[int, date]:
    """Return for each clock the day after the reply day of the last letter that still may be answered in time.

    That is one about the clock itself, or one issued by hand to the unit that owes it; another unit's holds nothing up.
    """
    about, unit = SupervisionOrder.about_deadline_id, SupervisionOrder.department_id
    rows = db.session.execute(
        select(about, SupervisionOrder.case_id, unit, func.max(SupervisionOrder.reply_by))
        .where(
            SupervisionOrder.case_id.in_({clock.watched.case_id for clock in clocks}),
            SupervisionOrder.replied_at.is_(None),
            SupervisionOrder.withdrawn_at.is_(None),
            SupervisionOrder.reply_by >= today,
        )
        .group_by(about, SupervisionOrder.case_id, unit)
    )
    by_clock: dict[int, date] = {}
    by_hand: dict[tuple[int | None, int], date] = {}
    for clock_id, case_id, department_id, reply_by in rows:
        if clock_id is None:
            by_hand[case_id, department_id] = reply_by
        else:
            by_clock[clock_id] = max(reply_by, by_clock.get(clock_id, reply_by))
    found = {}
    for clock in clocks:
        days = (by_clock.get(clock.watched.id), by_hand.get((clock.watched.case_id, clock.department_id)))
        if any(days):
            found[clock.watched.id] = max(day for day in days if day) + timedelta(days=1)
    return found
