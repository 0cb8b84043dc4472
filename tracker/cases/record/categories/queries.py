"""内容分类 as forms, lists and imports ask for them."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from tracker.cases.record.models import Category
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.core.text import normalise
from tracker.people.rules import valid_on

_IN_ORDER = (Category.position, Category.id)
_ALL = select(Category).order_by(*_IN_ORDER)
_NAMES = select(
    *(Category.id, Category.public_id, Category.name, Category.parent_id, Category.valid_from, Category.valid_to)
).order_by(*_IN_ORDER)


@dataclass
class Branch:
    """A category with those under it, in their order."""

    category: Category
    children: list["Branch"] = field(default_factory=list)


def category_tree(day: date | None) -> list[Branch]:
    """Return the categories valid on a day (None: all that ever were) as a tree."""
    rows = [
        row
        for row in db.session.scalars(_ALL)
        if day is None or valid_on(day, valid_from=row.valid_from, valid_to=row.valid_to)
    ]
    branches = {row.id: Branch(row) for row in rows}
    tops: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.category.parent_id or 0)
        (above.children if above else tops).append(branch)
    return tops


def category_choices(day: date, *, key: str = "id") -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the choices of a form: (一级, [(id, 二级) …]), the valid ones of a day.

    `key` names the column that is sent: a form that becomes an address sends the `public_id`.
    """
    rows = [
        row for row in db.session.execute(_NAMES) if valid_on(day, valid_from=row.valid_from, valid_to=row.valid_to)
    ]
    known = {row.id for row in rows}
    below: dict[int, list[tuple[str, str]]] = {row.id: [] for row in rows if row.parent_id not in known}
    for row in rows:
        if row.parent_id in below:
            below[row.parent_id].append((str(getattr(row, key)), row.name))
    return [(row.name, below[row.id]) for row in rows if row.id in below]


def category(public_id: str) -> Category:
    """Return one category; raises NotFound."""
    found = db.session.scalar(select(Category).where(Category.public_id == public_id))
    if found is None:
        raise NotFound
    return found


class CategoryNames:
    """Finds a category by the names of its levels, as another system writes them (一级_二级_三级)."""

    def __init__(self, day: date) -> None:
        self._ids: dict[tuple[str, ...], int] = {}
        for top in category_tree(day):
            first = normalise(top.category.name)
            self._ids[(first,)] = top.category.id
            for child in top.children:
                self._ids[(first, normalise(child.category.name))] = child.category.id

    def find(self, levels: tuple[str, ...]) -> int | None:
        """Return the deepest category that the names lead to, or None."""
        names = tuple(normalise(level) for level in levels if level)
        return next((self._ids[names[:depth]] for depth in (2, 1) if names[:depth] in self._ids and names), None)
