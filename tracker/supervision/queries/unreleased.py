"""What waits with a run until somebody releases it (等待放行): numbers by rung and unit, and the cases."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, select

from tracker.cases.models import Assignment, Case
from tracker.cases.queries.scope import visible_to
from tracker.cases.rules.access import does_case_work
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.notifications.models import Notice
from tracker.people.models import Department
from tracker.people.rules import Reader
from tracker.reminders.models import Escalation
from tracker.supervision.queries.knowing import RUNG, rung_known_to

# Who owes the clock; for a behaviour, who has the case.
_UNIT = func.coalesce(Deadline.owner_department_id, Assignment.department_id, Case.office_id)


def by_rung_and_unit(run_id: int, reader: Reader) -> Sequence[Row[Any]]:
    """Return rung, unit and how many, of what waits with a run: to people of case work only of the cases they may know.

    Who keeps the system sees no case, and the numbers of all.
    """
    columns: tuple[Any, ...] = (Escalation.rung, Department.name.label("unit"))
    counted = _waiting(select(*columns, func.count().label("number")), run_id, reader)
    return db.session.execute(counted.group_by(*columns).order_by(Department.name, Escalation.rung)).all()


def cases(run_id: int, reader: Reader, page: int, size: int) -> tuple[Sequence[Row[Any]], int]:
    """Return a page of what waits with a run, and how much there is, in cases that the person may know of."""
    if not does_case_work(reader):
        return [], 0
    total = db.session.scalar(_waiting(select(func.count()), run_id, reader)) or 0
    columns: tuple[Any, ...] = (Case.public_id, Case.register_no, Case.title, Escalation.rung, Escalation.due_on)
    rows = _waiting(select(*columns, Department.name.label("unit")), run_id, reader).order_by(Escalation.id)
    return db.session.execute(rows.offset((page - 1) * size).limit(size)).all(), total


def _waiting(columns: Select[Any], run_id: int, reader: Reader) -> Select[Any]:
    held = exists().where(
        Notice.source == RUNG,
        Notice.source_id == Escalation.id,
        Notice.held.is_(True),
        Notice.addressed_at.is_(None),
    )
    rows = (
        columns.select_from(Escalation)
        .join(Case, Case.id == Escalation.case_id)
        .outerjoin(Deadline, Deadline.id == Escalation.deadline_id)
        .outerjoin(Assignment, Assignment.id == Case.assignment_id)
        .join(Department, Department.id == _UNIT)
        .where(Escalation.run_id == run_id, held)
    )
    return rows.where(*_scope(reader)) if does_case_work(reader) else rows


def _scope(reader: Reader) -> tuple[ColumnElement[bool], ...]:
    return visible_to(reader), rung_known_to(reader)
