"""What people see of departments: the tree, superiors, successors."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from tracker.core.database import Day, db
from tracker.core.errors import NotFound
from tracker.people.models import Department
from tracker.people.rules import DepartmentKind, valid_on


def valid_department_on(day: Day) -> ColumnElement[bool]:
    """Return the condition that a department is valid on a day."""
    return and_(Department.valid_from <= day, or_(Department.valid_to.is_(None), Department.valid_to >= day))


def department_by_public_id(public_id: str) -> Department:
    """Return the department of an address; raises NotFound."""
    found = db.session.scalar(select(Department).where(Department.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def active_departments(today: date, kinds: Collection[DepartmentKind] | None = None) -> list[Department]:
    """Return the departments valid today, of some kinds or all, in the order of the tree."""
    return [
        node.department
        for node in department_tree(today)
        if kinds is None or DepartmentKind(node.department.kind) in kinds
    ]


@dataclass
class Node:
    """A department in the tree: how deep it stands, what stands below it."""

    department: Department
    depth: int = 0
    children: list["Node"] = field(default_factory=list)


def department_tree(today: date | None) -> list[Node]:
    """Return the departments valid today (None: all that ever were) with their depth, each before what is below it.

    A department whose superior is not in the list stands at the top. One query.
    """
    valid = () if today is None else (valid_department_on(today),)
    rows = db.session.scalars(
        select(Department).where(*valid).options(joinedload(Department.successor)).order_by(Department.id)
    )
    nodes = {row.id: Node(row) for row in rows}
    tops: list[Node] = []
    for node in nodes.values():
        above = nodes.get(node.department.parent_id or 0)
        (above.children if above else tops).append(node)
    return list(_walk(tops, 0))


def department_choices(today: date, *, without: int | None = None) -> list[tuple[str, str]]:
    """Return the departments valid today for a select, by public id, set in by their depth; `without` leaves one out.

    One query.
    """
    return [
        (node.department.public_id, "　" * node.depth + node.department.name)
        for node in department_tree(today)
        if node.department.id != without
    ]


CLOSED_NOTE = "（已撤销）"


def all_department_choices(today: date) -> list[tuple[str, str]]:
    """Return the departments valid today, then the closed ones with their mark: old matters are still found by them.

    Two queries.
    """
    rows = db.session.scalars(select(Department).where(Department.valid_to < today).order_by(Department.id))
    return [*department_choices(today), *((row.public_id, row.name + CLOSED_NOTE) for row in rows)]


def _walk(nodes: Iterable[Node], depth: int) -> Iterator[Node]:
    for node in nodes:
        node.depth = depth
        yield node
        yield from _walk(node.children, depth + 1)


def line_of(department: Department) -> list[int]:
    """Return the ids of a department and of all its superiors, upwards."""
    return _chain(department, "parent")


def successors_of(department: Department) -> list[int]:
    """Return the ids of a department and of its successors, one after the other."""
    return _chain(department, "successor")


def _chain(department: Department, link: str) -> list[int]:
    ids: list[int] = []
    here: Department | None = department
    while here is not None and here.id not in ids:
        ids.append(here.id)
        here = getattr(here, link)
    return ids


def names_of_departments(department_ids: Collection[int]) -> dict[int, str]:
    """Return the names of departments by their ids, for rows that hold only ids."""
    rows = db.session.execute(select(Department.id, Department.name).where(Department.id.in_(department_ids)))
    return {row.id: row.name for row in rows}


def in_office(department: Department, today: date) -> Department:
    """Return who answers for a department today: itself while valid, else the last of its successors (继续行使职权)."""
    passed: set[int] = set()
    while (
        not valid_on(today, valid_from=department.valid_from, valid_to=department.valid_to)
        and department.successor is not None
        and department.id not in passed
    ):
        passed.add(department.id)
        department = department.successor
    return department


def sibling_named(name: str, *, parent: Department | None, other_than: int | None) -> Department | None:
    """Return an open department of this name under the same superior."""
    where = [Department.name == name, Department.valid_to.is_(None)]
    where.append(Department.parent_id.is_(None) if parent is None else Department.parent_id == parent.id)
    if other_than is not None:
        where.append(Department.id != other_than)
    return db.session.scalar(select(Department).where(*where).limit(1))
