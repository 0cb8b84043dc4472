"""What people see of accounts and posts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.core.database import Day, db
from tracker.core.errors import NotFound
from tracker.core.text import normalise
from tracker.people.models import Department, Post, User, UserSession
from tracker.people.queries.departments import valid_department_on
from tracker.people.rules import Role, session_lives

PAGE_SIZE = 50


def held_on(day: Day) -> ColumnElement[bool]:
    """Return the condition that a post covers a day."""
    return and_(Post.started_on <= day, or_(Post.ended_on.is_(None), Post.ended_on >= day))


def posts_since(user_ids: Collection[int], day: date) -> list[Post]:
    """Return the posts of people that had not ended before a day."""
    held = or_(Post.ended_on.is_(None), Post.ended_on >= day)
    return list(db.session.scalars(select(Post).where(Post.user_id.in_(user_ids), held)))


def accusation_handlers(department_id: int, day: date) -> list[int]:
    """Return whose posts in an office on a day handle accusations (举报专办岗位), by id."""
    posts = select(Post.user_id).where(
        Post.department_id == department_id, Post.handles_accusations.is_(True), held_on(day)
    )
    return sorted(set(db.session.scalars(posts)))


def sessions_of(user_id: int, now: datetime) -> list[UserSession]:
    """Return the sessions of a person that are still good, newest first."""
    rows = db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .order_by(UserSession.seen_at.desc())
    )
    return [row for row in rows if session_lives(now, started_at=row.started_at, seen_at=row.seen_at)]


def account_named(username: str) -> User | None:
    """Return the account of a folded username."""
    return db.session.scalar(select(User).where(User.username == username))


def user_by_public_id(public_id: str) -> User:
    """Return the person of an address, with all posts; raises NotFound."""
    found: User | None = db.session.scalar(
        select(User).where(User.public_id == public_id).options(selectinload(User.posts).joinedload(Post.department))
    )
    if found is None:
        raise NotFound
    return found


def post_by_public_id(public_id: str) -> Post:
    """Return the post of an address, with its person and department; raises NotFound."""
    both = (joinedload(Post.user), joinedload(Post.department))
    found = db.session.scalar(select(Post).where(Post.public_id == public_id).options(*both))
    if found is None:
        raise NotFound
    return found


def names_by_id(user_ids: Collection[int]) -> dict[int, str]:
    """Return the names of people by their ids, for lists that hold only ids."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class UserList:
    """A page of people: the rows, how many there are in all, who of them has which posts today."""

    users: Sequence[User]
    total: int
    posts_by_user: dict[int, list[Post]]


def users(page: int, words: str = "", *, today: date, disabled: bool | None = None) -> UserList:
    """Return a page of people by name; `words` is part of a name or username, `disabled` None means all."""
    which: list[ColumnElement[bool]] = []
    if words:
        name, username = normalise(words), words.strip().casefold()
        which.append(
            or_(User.name_key.contains(name, autoescape=True), User.username.contains(username, autoescape=True))
        )
    if disabled is not None:
        which.append(User.disabled_at.is_not(None) if disabled else User.disabled_at.is_(None))
    total = db.session.scalar(select(func.count()).select_from(User).where(*which)) or 0
    rows = db.session.scalars(
        select(User).where(*which).order_by(User.name_key, User.id).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    ).all()
    posts: dict[int, list[Post]] = {}
    for post in db.session.scalars(
        select(Post)
        .where(Post.user_id.in_([user.id for user in rows]), held_on(today))
        .options(joinedload(Post.department))
        .order_by(Post.id)
    ):
        posts.setdefault(post.user_id, []).append(post)
    return UserList(rows, total, posts)


def holders(role: Role, department_ids: Iterable[int], today: date) -> list[Post]:
    """Return who holds a role in the departments today, disabled people left out, by department and name."""
    return holders_of([role], department_ids, today)


def holders_of(roles: Collection[Role], department_ids: Iterable[int], today: date) -> list[Post]:
    """Return who holds one of several roles in the departments today, in the order of the roles. One query."""
    values = [role.value for role in roles]
    found = _staff(today, Post.department_id.in_(list(department_ids)), Post.role.in_(values))
    return sorted(found, key=lambda post: values.index(post.role))


def staff_of(department: Department, *, today: date, role: Role | None = None) -> list[Post]:
    """Return the posts of a department today, one role or all, disabled people left out."""
    roles = () if role is None else (Post.role == role.value,)
    return _staff(today, Post.department_id == department.id, *roles)


def staff_numbers(today: date) -> dict[int, int]:
    """Return how many people hold a post in each department today, by department id."""
    rows = db.session.execute(
        select(Post.department_id, func.count(func.distinct(Post.user_id)))
        .join(Post.user)
        .where(held_on(today), User.disabled_at.is_(None))
        .group_by(Post.department_id)
    )
    return {row[0]: row[1] for row in rows}


def _staff(today: date, *which: ColumnElement[bool]) -> list[Post]:
    return list(
        db.session.scalars(
            select(Post)
            .join(Post.user)
            .join(Post.department)
            .where(held_on(today), valid_department_on(today), User.disabled_at.is_(None), *which)
            .options(contains_eager(Post.user), contains_eager(Post.department))
            .order_by(Post.department_id, User.name_key, Post.id)
        )
    )
