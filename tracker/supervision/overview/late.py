"""Late matters by unit and by township (逾期分布): every number is the number of the list that it opens.

Not a ranking: units stand in the order of the tree, townships in the order of their codes. Counts, no rates: where few
matters lie, a rate says nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from tracker.cases.ledger.conditions import Reference
from tracker.cases.ledger.filters import Filters, conditions
from tracker.cases.ledger.groups import NO_PLACE, NO_UNIT, NOTHING, StateGroup
from tracker.cases.page.pickers import HANDLING_KINDS
from tracker.cases.record.models import Assignment, Case
from tracker.core.database import db
from tracker.people.models import Department
from tracker.people.queries import Node, department_tree
from tracker.people.rules import DepartmentKind, Reader, valid_on
from tracker.places.queries import divided

SOON_DAYS = 7


@dataclass(frozen=True)
class Counts:
    """In hand, due within seven days, late."""

    open: int = 0
    soon: int = 0
    late: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.open + other.open, self.soon + other.soon, self.late + other.late)


@dataclass(frozen=True)
class LateRow:
    """One unit or township with its numbers; `which` narrows the ledger to it."""

    label: str
    counts: Counts
    which: Filters
    depth: int = 0
    note: str = ""

    @property
    def queries(self) -> dict[str, str]:
        """The query string of the list behind each number."""
        return {
            "open": replace(self.which, state=StateGroup.OPEN).to_query(),
            "soon": replace(self.which, due_within=SOON_DAYS).to_query(),
            "late": replace(self.which, state=StateGroup.OVERDUE).to_query(),
        }


@dataclass(frozen=True)
class LateTable:
    """A table of late matters; `most` is the longest bar. `by` is 乡镇 or 县."""

    rows: Sequence[LateRow]
    by: str = ""
    most: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "most", max((row.counts.late for row in self.rows), default=0))


def late_total(reader: Reader, today: date) -> LateRow:
    """Return the whole: every matter in hand that the reader may see."""
    found: Sequence[int] = tuple(db.session.execute(select(*_numbers(today)).where(*_in_hand(reader, today))).one())
    return LateRow("合计", Counts(*found), Filters())


def late_by_unit(reader: Reader, today: date) -> LateTable:
    """Return the late matters of each unit of the reader's area, in the order of the tree, zero shown as 0."""
    unit = Assignment.department_id
    found = _grouped(reader, today, unit, select(unit, *_numbers(today)).select_from(Case).outerjoin(
        Assignment, Assignment.id == Case.assignment_id))  # fmt: skip
    nobody = found.pop(None, Counts())
    rows = [
        LateRow(
            node.department.short_name,
            found.get(node.department.id, Counts()),
            Filters(department=Reference(node.department.public_id, node.department.short_name, node.department)),
            depth,
            "" if _is_valid(node.department, today) else "已撤并",
        )
        for node, depth in _units(reader, today, found)
    ]
    without = LateRow(NO_UNIT, nobody, Filters(department=Reference(NOTHING, NO_UNIT, None)))
    return LateTable([*rows, without])


def late_by_place(reader: Reader, today: date) -> LateTable:
    """Return the late matters of each township of the county; of several counties, those of each county."""
    place = Case.village_id
    found = _grouped(reader, today, place, select(place, *_numbers(today)))
    nowhere = found.pop(None, Counts())
    places = divided([place_id for place_id in found if place_id is not None])
    rows = [
        LateRow(
            line.place.short_name,
            sum((found[each] for each in line.place_ids & set(found)), Counts()),
            Filters(place=Reference(line.place.public_id, "", line.place)),
        )
        for line in places.lines
    ]
    unknown = LateRow(NO_PLACE, nowhere, Filters(place=Reference(NOTHING, NO_PLACE, None)))
    return LateTable([*rows, unknown], places.by)


def _in_hand(reader: Reader, today: date) -> Iterable[ColumnElement[bool]]:
    return conditions(Filters(state=StateGroup.OPEN), reader, today).values()


def _numbers(today: date) -> tuple[ColumnElement[int], ...]:
    """Return the three numbers of matters in hand, by the same comparison of dates as the filters of the ledger."""
    soon = (Case.next_due_on >= today) & (Case.next_due_on <= today + timedelta(days=SOON_DAYS))
    late = Case.next_due_on < today
    return (func.count(), *(func.coalesce(func.sum(case((holds, 1), else_=0)), 0) for holds in (soon, late)))


def _grouped(reader: Reader, today: date, key: Any, statement: Any) -> dict[int | None, Counts]:
    rows = db.session.execute(statement.where(*_in_hand(reader, today)).group_by(key))
    return {key_: Counts(*numbers) for key_, *numbers in rows}


def _units(reader: Reader, today: date, found: Iterable[int | None]) -> list[tuple[Node, int]]:
    """Return the handling units of the reader's area, and any other that has matters, with their depth below it."""
    area = frozenset[int]().union(*(post.scope_ids for post in reader.posts))
    held = set(found)
    shown = [
        node
        for node in department_tree(None)
        if node.department.id in held or (node.department.id in area and _handles(node.department, today))
    ]
    top = min((node.depth for node in shown), default=0)
    return [(node, node.depth - top) for node in shown]


def _handles(department: Department, today: date) -> bool:
    return _is_valid(department, today) and DepartmentKind(department.kind) in HANDLING_KINDS


def _is_valid(department: Department, today: date) -> bool:
    return valid_on(today, valid_from=department.valid_from, valid_to=department.valid_to)
