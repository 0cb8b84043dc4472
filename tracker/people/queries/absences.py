"""What people see of absences (外出代理): who is away today and who stands in for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.models import Absence, Department, Post, User
from tracker.people.queries.accounts import held_on
from tracker.people.queries.departments import valid_department_on
from tracker.people.rules import Role

BOTH = (joinedload(Absence.user), joinedload(Absence.stand_in))
# How many absences that are over the page still shows.
PAST_SHOWN = 20


def away_on(user_ids: Collection[int], day: date) -> dict[int, Absence]:
    """Return who of some people is away on a day, by id; both days of an absence count (外出期间)."""
    rows = db.session.scalars(
        select(Absence)
        .where(Absence.user_id.in_(user_ids), Absence.started_on <= day, Absence.ended_on >= day)
        .options(joinedload(Absence.stand_in).selectinload(User.posts).joinedload(Post.department))
        .order_by(Absence.id)
    )
    return {row.user_id: row for row in rows}


@dataclass(frozen=True)
class Absences:
    """The absences that a person may see: present and coming ones, and the last that are over."""

    running: list[Absence]
    over: list[Absence]


def absences_of(user_ids: Collection[int], today: date) -> Absences:
    """Return the absences of some people, the nearest first, then those that are over, the latest first."""
    mine = select(Absence).where(Absence.user_id.in_(user_ids), _happened()).options(*BOTH)
    running = db.session.scalars(mine.where(Absence.ended_on >= today).order_by(Absence.started_on, Absence.id))
    over = db.session.scalars(
        mine.where(Absence.ended_on < today).order_by(Absence.ended_on.desc(), Absence.id.desc()).limit(PAST_SHOWN)
    )
    return Absences(list(running), list(over))


def _happened() -> ColumnElement[bool]:
    """One that was called off before it began keeps its row, with its last day before the first."""
    return Absence.ended_on >= Absence.started_on


def absence_by_public_id(public_id: str) -> Absence:
    """Return the absence of an address with its people; raises NotFound."""
    found = db.session.scalar(select(Absence).where(Absence.public_id == public_id).options(*BOTH))
    if found is None:
        raise NotFound
    return found


def overlapping_absence(user_id: int, started_on: date, ended_on: date) -> Absence | None:
    """Return an absence of a person that shares a day with a period, or None."""
    shares = (Absence.started_on <= ended_on, Absence.ended_on >= started_on, _happened())
    return db.session.scalar(select(Absence).where(Absence.user_id == user_id, *shares).order_by(Absence.id).limit(1))


def colleagues_of(department_ids: Collection[int], today: date) -> list[User]:
    """Return who holds a post in some departments today (同单位人员), disabled people left out, by name."""
    here = select(Post.user_id).join(Post.department)
    here = here.where(Post.department_id.in_(department_ids), held_on(today), valid_department_on(today))
    return list(
        db.session.scalars(
            select(User).where(User.id.in_(here), User.disabled_at.is_(None)).order_by(User.name_key, User.id)
        )
    )


def units_today(user_id: int, today: date, *, role: Role | None = None) -> list[int]:
    """Return the departments in which a person holds a post today, or a post of one role."""
    which = () if role is None else (Post.role == role.value,)
    return list(
        db.session.scalars(
            select(Department.id)
            .join(Post, Post.department_id == Department.id)
            .where(Post.user_id == user_id, held_on(today), valid_department_on(today), *which)
            .distinct()
            .order_by(Department.id)
        )
    )
