"""What people see of departments, users and posts, and who is asking."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from tracker.audit.service import row_seal
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.core.text import normalise
from tracker.people.models import Department, Post, User, UserSession
from tracker.people.rules import DepartmentKind, HeldPost, Reader, Role, session_lives, valid_on

PAGE_SIZE = 50
_ROOTS: BindParameter[int] = bindparam("root_ids", expanding=True)


def reader_for(user: User, today: date) -> Reader:
    """Return a person as the access rules see him: the posts held today, each with its departments.

    At most two queries. A post counts while its own period and its department's cover today.
    """
    held = [post for post in user.posts if valid_on(today, valid_from=post.started_on, valid_to=post.ended_on)]
    scopes = _scopes({post.department_id for post in held}, today)
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
    """Return what departments answer for: themselves, what stands below them, and what these succeeded (承继单位).

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
    """Return the session of a token and its person with all posts, if neither has ended. Two queries."""
    row = db.session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.token_hash == token_hash, UserSession.ended_at.is_(None), User.disabled_at.is_(None))
        .options(selectinload(User.posts).joinedload(Post.department))
    ).one_or_none()
    if row is None or not session_lives(now, started_at=row[0].started_at, seen_at=row[0].seen_at):
        return None
    return row[0], row[1]


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


def department_by_public_id(public_id: str) -> Department:
    """Return the department of an address; raises NotFound."""
    found = db.session.scalar(select(Department).where(Department.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def version_of(row: User | Department) -> str:
    """Return what a form carries to notice that somebody else saved meanwhile."""
    return row_seal(row)


def held_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a post covers a day."""
    return and_(Post.started_on <= day, or_(Post.ended_on.is_(None), Post.ended_on >= day))


def valid_department_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a department is valid on a day."""
    return and_(Department.valid_from <= day, or_(Department.valid_to.is_(None), Department.valid_to >= day))


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
    return _staff(today, Post.department_id.in_(list(department_ids)), Post.role == role.value)


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


def active_departments(today: date, kinds: Collection[DepartmentKind] | None = None) -> list[Department]:
    """Return the departments valid today, of some kinds or all, in the order of the tree."""
    return [
        node.department
        for node in department_tree(today)
        if kinds is None or DepartmentKind(node.department.kind) in kinds
    ]


@dataclass
class Node:
    """A department in the tree: how deep it stands, what stands below it."""

    department: Department
    depth: int = 0
    children: list["Node"] = field(default_factory=list)


def department_tree(today: date | None) -> list[Node]:
    """Return the departments valid today (None: all that ever were) with their depth, each before what is below it.

    A department whose superior is not in the list stands at the top. One query.
    """
    valid = () if today is None else (valid_department_on(today),)
    rows = db.session.scalars(
        select(Department).where(*valid).options(joinedload(Department.successor)).order_by(Department.id)
    )
    nodes = {row.id: Node(row) for row in rows}
    tops: list[Node] = []
    for node in nodes.values():
        above = nodes.get(node.department.parent_id or 0)
        (above.children if above else tops).append(node)
    return list(_walk(tops, 0))


def _walk(nodes: Iterable[Node], depth: int) -> Iterator[Node]:
    for node in nodes:
        node.depth = depth
        yield node
        yield from _walk(node.children, depth + 1)


def line_of(department: Department) -> list[int]:
    """Return the ids of a department and of all its superiors, upwards."""
    return _chain(department, "parent")


def successors_of(department: Department) -> list[int]:
    """Return the ids of a department and of its successors, one after the other."""
    return _chain(department, "successor")


def _chain(department: Department, link: str) -> list[int]:
    ids: list[int] = []
    here: Department | None = department
    while here is not None and here.id not in ids:
        ids.append(here.id)
        here = getattr(here, link)
    return ids


def in_office(department: Department, today: date) -> Department:
    """Return who answers for a department today: itself while valid, else the last of its successors (承继单位)."""
    passed: set[int] = set()
    while (
        not valid_on(today, valid_from=department.valid_from, valid_to=department.valid_to)
        and department.successor is not None
        and department.id not in passed
    ):
        passed.add(department.id)
        department = department.successor
    return department


def sibling_named(name: str, *, parent: Department | None, other_than: int | None) -> Department | None:
    """Return an open department of this name under the same superior."""
    where = [Department.name == name, Department.valid_to.is_(None)]
    where.append(Department.parent_id.is_(None) if parent is None else Department.parent_id == parent.id)
    if other_than is not None:
        where.append(Department.id != other_than)
    return db.session.scalar(select(Department).where(*where).limit(1))


def names_by_id(user_ids: Collection[int]) -> dict[int, str]:
    """Return the names of people by their ids, for lists that hold only ids."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}
