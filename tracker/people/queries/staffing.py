"""Whether a unit still has people who work on matters: nothing is sent to one that has none (条例第二十四条第二款)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select

from tracker.core.clock import local_date
from tracker.core.database import Day, db
from tracker.people.models import Department, Post, User
from tracker.people.queries.accounts import held_on
from tracker.people.queries.departments import valid_department_on
from tracker.people.rules import EXCLUSIVE_ROLES, Role


def at_work(today: Day, *which: ColumnElement[bool]) -> Select[int, int]:
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


def without_people(today: Day) -> Select[int]:
    """Return the ids of the units in which nobody works on matters today: closed ones, and empty ones (无人单位)."""
    working = at_work(today).with_only_columns(Post.department_id)
    return select(Department.id).where(Department.id.not_in(working))


def unheld(roles: Collection[Role], today: date) -> list[Role]:
    """Return which of some roles nobody holds today who may sign in (无人担任), in their order."""
    held = (
        select(Post.role)
        .join(User, User.id == Post.user_id)
        .where(Post.role.in_(roles), held_on(today), User.disabled_at.is_(None))
    )
    found = set(db.session.scalars(held))
    return [role for role in roles if role not in found]


def gone_since(user: User, today: date) -> date | None:
    """Return on which day a person was disabled, else the last day of a post that ended; None where neither was."""
    if user.disabled_at is not None:
        return local_date(user.disabled_at)
    return max((post.ended_on for post in user.posts if not post.runs_on(today) and post.ended_on), default=None)


@dataclass(frozen=True)
class Roster:
    """The posts of case work held today in some units and by some people: unit, person, role (在岗名册)."""

    posts: frozenset[tuple[int, int, str]] = frozenset()

    def has_people(self, department_id: int | None) -> bool:
        """Return whether anybody works in a unit."""
        return any(unit_id == department_id for unit_id, _, _ in self.posts)

    def works_in(self, department_id: int | None, user_id: int | None) -> bool:
        """Return whether a person works in a unit."""
        return any(post[:2] == (department_id, user_id) for post in self.posts)

    def holds(self, user_id: int | None, roles: Collection[str]) -> bool:
        """Return whether a person holds one of some roles anywhere."""
        return any(holder_id == user_id and role in roles for _, holder_id, role in self.posts)


def roster(department_ids: Collection[int], user_ids: Collection[int], today: date) -> Roster:
    """Return who is at work today in some units, and in which posts some people are. One query."""
    among = or_(Post.department_id.in_(department_ids), Post.user_id.in_(user_ids))
    rows = db.session.execute(at_work(today, among).add_columns(Post.role))
    return Roster(frozenset((row[0], row[1], row[2]) for row in rows))
