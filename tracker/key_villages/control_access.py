"""Who may see a control table (控制表) and who may work on it.

Everybody who does case work in the area of its office sees it: it is put up for all to read, and holds no matter.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.key_villages.access import KEEPING
from tracker.key_villages.models import ControlTable, ControlTask
from tracker.key_villages.rules.control import ControlAct
from tracker.people.models import Department
from tracker.people.queries import without_people
from tracker.people.rules import DepartmentKind, Reader, Role, area, does_case_work

Clause = ColumnElement[bool]


def offices_of(reader: Reader) -> Select[Any]:
    """Return the ids of the petition offices whose area a person works in: beside, above or below their units."""
    own = sorted(reader.chain_ids)
    below = sorted(frozenset[int]().union(*(post.scope_ids for post in reader.posts)))
    beside = select(Department.parent_id).where(Department.id.in_(own))
    of_office = Department.kind == DepartmentKind.PETITION_OFFICE.value
    where = or_(Department.id.in_(below), Department.parent_id.in_(own), Department.parent_id.in_(beside))
    return select(Department.id).where(of_office, where)


def table_visible_to(reader: Reader) -> Clause:
    """Return the condition on `ControlTable` for those a person may see."""
    if not reader.active or not does_case_work(reader):
        return false()
    return ControlTable.office_id.in_(offices_of(reader))


def table_of(public_id: str, reader: Reader) -> ControlTable:
    """Return the table of an address; one that the person may not see answers as one that does not exist.

    Raises NotFound.
    """
    found: ControlTable | None = db.session.scalar(
        select(ControlTable).where(ControlTable.public_id == public_id, table_visible_to(reader))
    )
    if found is None:
        raise NotFound
    return found


def task_of(public_id: str, reader: Reader) -> ControlTask:
    """Return the task of an address as `table_of` does; raises NotFound."""
    asked = select(ControlTask).join(ControlTable).where(ControlTask.public_id == public_id)
    found: ControlTask | None = db.session.scalar(asked.where(table_visible_to(reader)))
    if found is None:
        raise NotFound
    return found


def known_tasks(reader: Reader) -> Select[Any]:
    """Return the ids of the tasks that a person may see."""
    return select(ControlTask.id).join(ControlTable).where(table_visible_to(reader))


def kept_by(reader: Reader) -> frozenset[int]:
    """Return the units whose tables a person keeps: the area of clerks and supervisors, and what somebody heads."""
    if not reader.active or not does_case_work(reader):
        return frozenset()
    heads = {post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD}
    return area(reader, *KEEPING) | heads


def owed_or_left(
    model: Any, of_offices: Callable[[frozenset[int]], Clause], reader: Reader, today: date
) -> Select[Any]:
    """Return what of a table is a person's own business: what they owe, by its `user_id`.

    What a unit owes in which nobody works any more is that of who keeps it in the office's name.
    """
    mine, offices = model.user_id == reader.user_id, kept_by(reader)
    if not offices:
        return select(model.id).where(mine)
    left = and_(model.department_id.in_(without_people(today)), of_offices(offices))
    return select(model.id).where(or_(mine, left))


def keeps(reader: Reader, office_id: int) -> bool:
    """Say whether a person keeps the tables of an office."""
    return office_id in kept_by(reader)


def may_act(reader: Reader, task: ControlTask, act: ControlAct) -> bool:
    """Say whether a person may take an act on a task: the office all, who answers for it may finish it."""
    if keeps(reader, task.table.office_id):
        return True
    answers = task.user_id == reader.user_id or task.department_id in area(reader, Role.DEPARTMENT_HEAD)
    return act is ControlAct.FINISH and reader.active and answers
