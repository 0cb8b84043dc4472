"""What waits with a run until somebody releases it (等待放行): numbers by rung and unit, and what they are about."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, select

from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.notifications.models import Notice
from tracker.people.queries import names_of_departments
from tracker.people.rules import Reader, does_case_work
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.models import RUNG, Escalation
from tracker.reminders.subjects.answers import SubjectWords
from tracker.reminders.subjects.table import Subjects

_COLUMNS: tuple[Any, ...] = (
    *(Escalation.id, Escalation.subject, Escalation.subject_id, Escalation.case_id, Escalation.deadline_id),
    *(Escalation.rung, Escalation.due_on, Deadline.owner_department_id.label("department_id")),
)


@dataclass(frozen=True)
class RungCount:
    """How often a rung waits for a unit."""

    rung: str
    unit: str
    number: int


@dataclass(frozen=True)
class Unreleased:
    """One rung that waits, with the words of what it is about and the unit that owes it."""

    words: SubjectWords
    rung: str
    due_on: date | None
    unit: str


def by_rung_and_unit(subjects: Subjects, run_id: int, reader: Reader) -> Sequence[RungCount]:
    """Return rung, unit and how many, of what waits with a run: to people of case work only of what they may see.

    Who keeps the system sees nothing it is about, and the numbers of what has an open number.
    """
    rows = db.session.execute(_waiting(subjects, select(*_COLUMNS), run_id, reader)).all()
    units = _units_of(subjects, rows)
    counted = Counter((units[row.id], row.rung) for row in rows)
    return [RungCount(rung, unit, number) for (unit, rung), number in sorted(counted.items())]


def things(subjects: Subjects, run_id: int, reader: Reader, page: int, size: int) -> tuple[Sequence[Unreleased], int]:
    """Return a page of what waits with a run, and how much there is, of what the person may see."""
    if not does_case_work(reader):
        return [], 0
    total = db.session.scalar(_waiting(subjects, select(func.count()), run_id, reader)) or 0
    statement = _waiting(subjects, select(*_COLUMNS), run_id, reader).order_by(Escalation.id)
    rows = db.session.execute(statement.offset((page - 1) * size).limit(size)).all()
    units, about = _units_of(subjects, rows), subjects.about_rungs(rows)
    words = subjects.words(about.values())
    return [Unreleased(words[about[row.id]], row.rung, row.due_on, units[row.id]) for row in rows], total


def _waiting(subjects: Subjects, columns: Select[Any], run_id: int, reader: Reader) -> Select[Any]:
    held = exists().where(
        Notice.source == RUNG,
        Notice.source_id == Escalation.id,
        Notice.held.is_(True),
        Notice.addressed_at.is_(None),
    )
    rows = columns.select_from(Escalation).outerjoin(Deadline, Deadline.id == Escalation.deadline_id)
    rows = rows.where(Escalation.run_id == run_id, held)
    return rows.where(subjects.escalations_counted_for(reader))


def _units_of(subjects: Subjects, rows: Sequence[Any]) -> dict[int, str]:
    """Return who owes each: the unit of its clock, for a behaviour the unit that has the thing."""
    about = subjects.about_rungs(row for row in rows if row.department_id is None)
    has = {
        Ref(of.kind, id_): unit for of, ids in subjects.by_kind(about.values()) for id_, unit in of.units(ids).items()
    }
    owes = {row.id: row.department_id or has[about[row.id]] for row in rows}
    names = names_of_departments(set(owes.values()))
    return {id_: names[unit] for id_, unit in owes.items()}
