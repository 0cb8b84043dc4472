"""Whether a unit still has people who work on matters: nothing is sent to one that has none (条例第二十四条第二款)."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Select, select

from tracker.core.database import db
from tracker.people.models import Department, Post, User
from tracker.people.queries.accounts import held_on
from tracker.people.queries.departments import valid_department_on
from tracker.people.rules import EXCLUSIVE_ROLES


def at_work(today: date, *which: ColumnElement[bool]) -> Select[int, int]:
    """Return unit and person of every post of case work held today by somebody who may sign in (在岗)."""
    return (
        select(Post.department_id, Post.user_id)
        .join(User, User.id == Post.user_id)
        .join(Department, Department.id == Post.department_id)
        .where(
            held_on(today),
            valid_department_on(today),
            User.disabled_at.is_(None),
            Post.role.not_in(sorted(EXCLUSIVE_ROLES)),
            *which,
        )
    )


def people_of(department_ids: Collection[int], today: date) -> dict[int, frozenset[int]]:
    """Return the people at work in each of some units today; units without any are left out. One query."""
    found: dict[int, set[int]] = {}
    for unit_id, user_id in db.session.execute(at_work(today, Post.department_id.in_(department_ids))):
        found.setdefault(unit_id, set()).add(user_id)
    return {unit_id: frozenset(people) for unit_id, people in found.items()}


def without_people(today: date) -> Select[int]:
    """Return the ids of the units in which nobody works on matters today: closed ones, and empty ones (无人单位)."""
    working = at_work(today).with_only_columns(Post.department_id)
    return select(Department.id).where(Department.id.not_in(working))
