"""What people and units were ever called, and which posts anybody ever held: letters reach years back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from tracker.core.database import db
from tracker.people.models import Department, FormerName, Post, User
from tracker.people.rules import Role, Tenure

_UNITS = select(Department.id, Department.name, Department.short_name, Department.kind, Department.parent_id)
_PEOPLE = (
    select(User.id, User.name, FormerName.name)
    .outerjoin(FormerName, FormerName.user_id == User.id)
    .order_by(User.id, FormerName.id)
)
_POSTS = select(Post.user_id, Post.department_id, Post.role, Post.title, Post.started_on, Post.ended_on)


def every_unit() -> Sequence[Any]:
    """Return every unit that ever was: id, name, short name, kind, superior. One query."""
    return db.session.execute(_UNITS).all()


def every_name() -> dict[int, list[str]]:
    """Return every name of each person, the present one first, then the former ones (曾用名). One query."""
    names: dict[int, list[str]] = {}
    for id_, name, formerly in db.session.execute(_PEOPLE):
        names.setdefault(id_, [name])
        if formerly is not None:
            names[id_].append(formerly)
    return names


def every_tenure() -> list[Tenure]:
    """Return every post that anybody ever held. One query."""
    return [Tenure(row[0], row[1], Role(row[2]), *row[3:]) for row in db.session.execute(_POSTS)]
