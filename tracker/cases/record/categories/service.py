"""内容分类: shipped as data, changed by the office, never deleted: a category ends and another begins."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from tracker import audit
from tracker.audit import Event
from tracker.cases.record.models import Category
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.people.models import User

SHIPPED = Path(__file__).with_name("categories.csv")
SHIPPED_FROM = date(2000, 1, 1)
LONGEST_NAME = 40


def seed_categories(*, now: datetime, by: User | None = None) -> int:
    """Enter the shipped two-level list (domain.md §4.3) where there is none yet; return how many were entered."""
    if db.session.scalar(select(Category.id).limit(1)) is not None:
        return 0
    tops: dict[str, Category] = {}
    made: list[Category] = []
    for first, second in shipped_categories():
        if first not in tops:
            tops[first] = Category(name=first, position=len(tops) + 1, valid_from=SHIPPED_FROM)
            db.session.add(tops[first])
            db.session.flush()
            made.append(tops[first])
        child = Category(name=second, parent_id=tops[first].id, position=len(made) + 1, valid_from=SHIPPED_FROM)
        db.session.add(child)
        made.append(child)
    db.session.flush()
    audit.record(Event.CATEGORY_CHANGED, by=by, now=now, payload={"what": "seeded", "count": len(made)})
    return len(made)


def shipped_categories() -> list[tuple[str, str]]:
    """Return (一级, 二级) pairs in the order of the shipped list."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return [(row["first"], row["second"]) for row in csv.DictReader(file)]


def add_category(name: str, *, parent: Category | None, valid_from: date, by: User, now: datetime) -> Category:
    """Add a category (新增分类) at the end of its level. Raises DomainError on a name missing, too long or in use."""
    if parent is not None and (parent.parent_id is not None or parent.valid_to is not None):
        raise DomainError("只能在使用中的一级分类下面增加二级分类。", field="parent")
    _check_name(name, parent_id=parent.id if parent else None)
    last = db.session.scalar(select(func.max(Category.position))) or 0
    added = Category(
        name=name, parent_id=parent.id if parent else None, position=last + 1, valid_from=valid_from, valid_to=None
    )
    db.session.add(added)
    db.session.flush()
    _record("added", added, by=by, now=now)
    return added


def rename_category(category: Category, name: str, *, valid_from: date, by: User, now: datetime) -> Category:
    """Give a category another name from a day on (更名): the old one ends the day before, cases keep theirs.

    What stands under a renamed first-level category goes on under the new one. Raises DomainError.
    """
    _check_open(category)
    _check_name(name, parent_id=category.parent_id)
    if valid_from < category.valid_from:
        raise DomainError(f"启用日期不能早于原分类的启用日期（{long_date(category.valid_from)}）。", field="valid_from")
    if valid_from == category.valid_from:
        category.name = name
        _record("corrected", category, by=by, now=now)
        return category
    category.valid_to = valid_from - timedelta(days=1)
    renamed = Category(
        name=name, parent_id=category.parent_id, position=category.position, valid_from=valid_from, valid_to=None
    )
    db.session.add(renamed)
    db.session.flush()
    for child in _children(category):
        child.parent_id = renamed.id
    _record("renamed", renamed, by=by, now=now, was=category.id)
    return renamed


def end_category(category: Category, *, last_on: date, by: User, now: datetime) -> None:
    """End a category (停用) after a day, with what stands under it; cases that have it keep it. Raises DomainError."""
    _check_open(category)
    for ended in (category, *_children(category)):
        if last_on < ended.valid_from:
            raise DomainError(
                f"“{ended.name}”{long_date(ended.valid_from)}才启用，停用日期不能早于这一天。", field="last_on"
            )
        ended.valid_to = last_on
    _record("ended", category, by=by, now=now)


def _children(category: Category) -> list[Category]:
    rows = select(Category).where(Category.parent_id == category.id, Category.valid_to.is_(None))
    return list(db.session.scalars(rows))


def _check_open(category: Category) -> None:
    if category.valid_to is not None:
        raise DomainError(f"“{category.name}”已经停用，不能再改。")


def _check_name(name: str, *, parent_id: int | None) -> None:
    if not name:
        raise DomainError("请填写分类名称。", field="name")
    if len(name) > LONGEST_NAME:
        raise DomainError(f"分类名称最多 {LONGEST_NAME} 字。", field="name")
    same = select(Category.id).where(
        Category.name == name,
        Category.valid_to.is_(None),
        Category.parent_id.is_(None) if parent_id is None else Category.parent_id == parent_id,
    )
    if db.session.scalar(same.limit(1)) is not None:
        raise DomainError(f"同一级里已有“{name}”。", field="name")


def _record(what: str, category: Category, *, by: User, now: datetime, was: int | None = None) -> None:
    payload = {"what": what, "category": category.id, "was": was}
    audit.record(Event.CATEGORY_CHANGED, by=by, now=now, payload=payload)
