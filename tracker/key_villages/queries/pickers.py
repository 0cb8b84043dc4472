"""Who can be chosen on the ledger: staff by unit, leaders who decide and sponsor, people who answer for a village."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.people.models import Post, User
from tracker.people.queries import held_on
from tracker.people.rules import EXCLUSIVE_ROLES, Role

Choice = tuple[str, str]
Grouped = list[tuple[str, list[Choice]]]
LEADERS = (Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER)
_KEEPING = tuple(role.value for role in EXCLUSIVE_ROLES)


def staff(today: date) -> Grouped:
    """Return the people of case work by unit; values are the ids of unit and person: 3-12."""
    return _grouped([post for post in _posts(today) if Role(post.role) not in LEADERS])


def leaders(today: date) -> list[Choice]:
    """Return the leaders by id; each once, with the first of their posts."""
    found: dict[str, str] = {}
    for post in _posts(today, roles=LEADERS):
        found.setdefault(str(post.user_id), f"{post.user.name}（{post.title}）")
    return list(found.items())


def everybody(today: date) -> Grouped:
    """Return all people of case work by unit; values are the ids of people, each in every unit of theirs."""
    grouped = _grouped(_posts(today))
    return [(unit, [(value.partition("-")[2], name) for value, name in people]) for unit, people in grouped]


def _posts(today: date, *, roles: Collection[Role] = ()) -> list[Post]:
    asked = select(Post).join(Post.user).where(held_on(today), User.disabled_at.is_(None), Post.role.not_in(_KEEPING))
    if roles:
        asked = asked.where(Post.role.in_([role.value for role in roles]))
    rows = db.session.scalars(asked.options(joinedload(Post.user), joinedload(Post.department)))
    return [post for post in rows if post.department.valid_to is None or post.department.valid_to >= today]


def _grouped(posts: list[Post]) -> Grouped:
    found: dict[str, dict[str, str]] = {}
    for post in sorted(posts, key=lambda each: (each.department_id, each.user_id)):
        people = found.setdefault(post.department.short_name, {})
        people.setdefault(f"{post.department_id}-{post.user_id}", post.user.name)
    return [(unit, list(people.items())) for unit, people in found.items()]
