"""Who is asking: the session of a token, and the posts a person holds today."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import CTE, BindParameter, Select, and_, bindparam, case, inspect, literal, or_, select, union_all
from sqlalchemy.orm import InstanceState, aliased, contains_eager, joinedload

from tracker.core.database import db
from tracker.core.errors import DomainError
from tracker.people.models import SESSIONS, Department, Post, User, UserSession
from tracker.people.rules import DepartmentKind, HeldPost, Reader, Role, session_lives, valid_on

log = logging.getLogger(__name__)
_ROOTS: BindParameter[int] = bindparam("root_ids", expanding=True)
# Of every request, built once. Persons come with all their posts, and these with their departments.
_WITH_POSTS = contains_eager(User.posts).contains_eager(Post.department)
_PEOPLE = (
    select(User)
    .outerjoin(User.posts)
    .outerjoin(Post.department)
    .where(User.id.in_(bindparam("user_ids", expanding=True)))
    .order_by(User.id, Post.id)
    .options(_WITH_POSTS)
    .execution_options(populate_existing=True)
)
_LIVE_SESSION = (
    select(UserSession, User)
    .join(User, User.id == UserSession.user_id)
    .outerjoin(User.posts)
    .outerjoin(Post.department)
    .where(
        UserSession.token_hash == bindparam("token_hash"), UserSession.ended_at.is_(None), User.disabled_at.is_(None)
    )
    .order_by(Post.id)
    .options(_WITH_POSTS, joinedload(User.factor))
)


def reader_for(user: User, today: date) -> Reader:
    """Return a person as the access rules see them: the posts held today, each with its departments.

    At most two queries. A post counts while its own period and its department's cover today.
    """
    return readers_for([user], today)[0]


def readers_for(users: Iterable[User], today: date) -> list[Reader]:
    """Return several people as the access rules see them, in their order; one query for all, their posts aside."""
    people = list(users)
    _load_posts(people)
    held = {user: user.posts_on(today) for user in people}
    scopes = _scopes({post.department_id for posts in held.values() for post in posts}, today)
    return [_reader(user, posts, scopes) for user, posts in held.items()]


def person(user_id: int) -> User:
    """Return a person as the database has them now, with all posts. One query."""
    found: User = db.session.scalars(_PEOPLE, {"user_ids": [user_id]}).unique().one()
    return found


def _load_posts(people: Iterable[User]) -> None:
    """Load the posts of those at once whose posts are not known, or not any more since a transaction ended."""
    states: list[InstanceState[User]] = [inspect(user) for user in people]
    ids = [state.identity[0] for state in states if state.identity and "posts" in state.unloaded]
    if ids:
        db.session.scalars(_PEOPLE, {"user_ids": ids}).unique().all()


def _reader(user: User, held: Iterable[Post], scopes: Mapping[int, "_Scope"]) -> Reader:
    posts = (
        HeldPost(
            role=Role(post.role),
            department_id=post.department_id,
            department_kind=scope.kind,
            scope_ids=frozenset(scope.ids),
            title=post.title,
            chain_ids=frozenset(scope.chain_ids),
        )
        for post in held
        if (scope := scopes.get(post.department_id))
    )
    return Reader(user_id=user.id, active=user.is_active, posts=tuple(posts))


@dataclass
class _Scope:
    kind: DepartmentKind
    ids: set[int] = field(default_factory=set)
    chain_ids: set[int] = field(default_factory=set)


def _scopes(department_ids: Collection[int], today: date) -> dict[int, _Scope]:
    """Return for each department valid today what it answers for, and what it belongs to. One query."""
    if not department_ids:
        return {}
    found: dict[int, _Scope] = {}
    for root_id, id_, is_below, kind, valid_from, valid_to in db.session.execute(
        _lines_of(), {_ROOTS.key: list(department_ids)}
    ):
        if valid_on(today, valid_from=valid_from, valid_to=valid_to):
            scope = found.setdefault(root_id, _Scope(DepartmentKind(kind)))
            (scope.ids if is_below else scope.chain_ids).add(id_)
    return found


@cache
def _lines_of() -> Select[Any]:
    """Return the statement of every request, built once: to build it takes longer than to run it."""
    below, above = _below(), _above()
    lines = union_all(
        select(below.c.root_id, below.c.id, literal(True).label("is_below")),
        select(above.c.root_id, above.c.id, literal(False)),
    ).subquery()
    root = (Department.kind, Department.valid_from, Department.valid_to)
    return select(lines.c.root_id, lines.c.id, lines.c.is_below, *root).join(
        Department, Department.id == lines.c.root_id
    )


def _below() -> CTE:
    """Return what departments answer for: themselves, what stands below them, and what these succeeded (继续行使职权).

    A petition office answers for the area it sits in: the department above it and all below that. So does leadership
    that stands beside the units it leads; where it is the county's own node, its own tree is the area.
    """
    superior = aliased(Department)
    beside = and_(Department.kind == DepartmentKind.LEADERSHIP.value, superior.kind != DepartmentKind.LEADERSHIP.value)
    serves_area = or_(Department.kind == DepartmentKind.PETITION_OFFICE.value, beside)
    top = case((and_(superior.id.is_not(None), serves_area), superior.id), else_=Department.id)
    start = select(Department.id.label("root_id"), top.label("id")).outerjoin(
        superior, Department.parent_id == superior.id
    )
    tree = start.where(Department.id.in_(_ROOTS)).cte("below", recursive=True)
    further = or_(Department.parent_id == tree.c.id, Department.successor_id == tree.c.id)
    return tree.union(select(tree.c.root_id, Department.id).join(tree, further))


def _above() -> CTE:
    """Return what departments belong to: themselves, what stands above short of the leadership, what these succeeded.

    A bureau is not a part of the leadership above it: who complains of the county's leaders does not complain of all.
    """
    start = select(Department.id.label("root_id"), Department.id.label("id"), Department.parent_id.label("parent_id"))
    line = start.where(Department.id.in_(_ROOTS)).cte("above", recursive=True)
    superior = and_(Department.id == line.c.parent_id, Department.kind != DepartmentKind.LEADERSHIP.value)
    further = or_(superior, Department.successor_id == line.c.id)
    return line.union(select(line.c.root_id, Department.id, Department.parent_id).join(line, further))


def chains(department_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return for each department what it belongs to: itself and what stands above it, short of the leadership."""
    above = _above()
    found: dict[int, set[int]] = {}
    for root_id, id_ in db.session.execute(select(above.c.root_id, above.c.id), {_ROOTS.key: list(department_ids)}):
        found.setdefault(root_id, set()).add(id_)
    return {root_id: frozenset(ids) for root_id, ids in found.items()}


def live_session(token_hash: str, now: datetime) -> tuple[UserSession, User] | None:
    """Return the session of a token and its person with all posts, if neither has ended. One query.

    A row without its mark was not written by the program: it is no session, and the refusal is noted for operators.
    """
    row = db.session.execute(_LIVE_SESSION, {"token_hash": token_hash}).unique().one_or_none()
    if row is None or not session_lives(now, started_at=row[0].started_at, seen_at=row[0].seen_at):
        return None
    if not SESSIONS.holds(row[0]):
        log.error("session %d has not the mark of the program: refused", row[0].id)
        return None
    return row[0], row[1]


def answerable(user_id: int, department_id: int, today: date) -> tuple[User, Department]:
    """Return who can owe something: an active person with a post in the unit. Raises DomainError."""
    owner, unit = db.session.get(User, user_id), db.session.get(Department, department_id)
    if unit is None:
        raise DomainError("请选择责任单位。", field="department")
    inside = owner is not None and department_id in reader_for(owner, today).department_ids
    if owner is None or not owner.is_active or not inside:
        raise DomainError(f"责任人应是{unit.short_name}的在岗人员。", field="owner")
    return owner, unit
