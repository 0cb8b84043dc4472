"""Departments (机构): set up, changed, closed with a successor (条例第二十四条)."""

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError
from tracker.core.text import clean_line
from tracker.people import queries
from tracker.people.models import Department, Post
from tracker.people.rules import DepartmentKind, Role, conflicting_roles, valid_on
from tracker.people.service.posts import keep_the_keepers, stop_post
from tracker.people.service.sessions import Ending, end_sessions
from tracker.people.service.versions import refuse_stale

LONGEST_NAME = 100
LONGEST_SHORT_NAME = 40


def create_department(
    *,
    name: str,
    kind: DepartmentKind,
    valid_from: date,
    by: audit.Actor | None,
    now: datetime,
    short_name: str = "",
    parent: Department | None = None,
    place_code: str | None = None,
) -> Department:
    """Set up a department (新设机构) valid from a day on; the short name is the name unless another is given."""
    if parent is not None:
        locked(parent)
    department = Department(kind=kind.value, parent=parent, place_code=place_code, valid_from=valid_from)
    _set_names(department, name, short_name)
    _refuse_parent(parent, valid_from)
    db.session.add(department)
    _record(department, by=by, now=now, act="created")
    return department


def change_department(
    department: Department,
    *,
    name: str,
    short_name: str,
    kind: DepartmentKind,
    parent: Department | None,
    place_code: str | None,
    by: audit.Actor,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Correct a department or move it in the tree (机构变更); `seen` is the version the page showed.

    Raises StaleVersion, and DomainError for a closed department or a parent below itself.
    """
    locked(department)
    refuse_stale(department, seen)
    if department.valid_to is not None:
        raise DomainError(f"{department.name}已经撤销，不再修改。")
    if parent is not None and department.id in queries.line_of(parent):
        raise DomainError("上级机构不能是它自己或它的下级，请重新选择。", field="parent")
    if parent is not None and parent.id != department.parent_id:
        _refuse_parent(parent, max(department.valid_from, parent.valid_from))
    department.parent = parent
    department.kind = kind.value
    department.place_code = place_code
    _set_names(department, name, short_name)
    _record(department, by=by, now=now, act="changed")


def _set_names(department: Department, name: str, short_name: str) -> None:
    name, short_name = clean_line(name), clean_line(short_name) or clean_line(name)
    if not name:
        raise DomainError("请填写机构名称。", field="name")
    if len(name) > LONGEST_NAME:
        raise DomainError(f"机构名称最多 {LONGEST_NAME} 个字。", field="name")
    if len(short_name) > LONGEST_SHORT_NAME:
        raise DomainError(f"简称最多 {LONGEST_SHORT_NAME} 个字，请另填一个短的。", field="short_name")
    with db.session.no_autoflush:
        if queries.sibling_named(name, parent=department.parent, other_than=department.id):
            raise DomainError(f"同一上级下已经有“{name}”。", field="name")
    department.name, department.short_name = name, short_name


def _refuse_parent(parent: Department | None, day: date) -> None:
    if parent is not None and not valid_on(day, valid_from=parent.valid_from, valid_to=parent.valid_to):
        raise DomainError(f"上级机构“{parent.name}”那时不是有效的机构，请换一个或改日期。", field="parent")


def close_department(
    department: Department,
    *,
    valid_to: date,
    successor: Department | None,
    by: audit.Actor,
    now: datetime,
    reason: str = "",
) -> list[Post]:
    """Close a department after its last day (撤销); its posts end with it and are returned.

    The successor (继续行使职权的单位) takes over what is not finished: its staff see the closed department's matters.
    Raises DomainError for a department that is closed already or was founded later.
    """
    locked(department)
    if department.valid_to is not None:
        raise DomainError(f"{department.name}已经撤销。")
    if valid_to < department.valid_from - timedelta(days=1):
        raise DomainError("撤销日期早于设立日期，请核对。", field="closes_on")
    _refuse_open_children(department, valid_to)
    if successor is not None:
        _refuse_successor(department, successor, valid_to + timedelta(days=1))
    posts = _running_posts(department, valid_to)
    keep_the_keepers(without=posts, from_on=max(local_date(now), valid_to + timedelta(days=1)))
    department.valid_to, department.successor = valid_to, successor
    for post in posts:
        stop_post(post, last_day=valid_to, now=now)
    _record(department, by=by, now=now, act="closed", text=reason)
    return posts


def call_off_closing(department: Department, *, by: audit.Actor, now: datetime, reason: str) -> list[Post]:
    """Call off a closing that lies ahead (取消撤销): the posts that were to end with it run on, and are returned.

    Raises DomainError for a department that is not being closed, or closed already.
    """
    locked(department)
    last_day = department.valid_to
    if last_day is None:
        raise DomainError(f"{department.name}没有撤销。")
    if last_day < local_date(now):
        raise DomainError(f"{department.name}已经撤销，不能取消；要恢复的请新设机构。")
    posts = ending_with(department)
    department.valid_to = department.successor = None
    for post in posts:
        _refuse_exclusive(post, last_day + timedelta(days=1))
        post.ended_on = None
        end_sessions(post.user, because=Ending.POSTS_CHANGED, now=now)
    _record(department, by=by, now=now, act="closing_called_off", text=reason)
    return posts


def _refuse_exclusive(post: Post, day: date) -> None:
    """Refuse a post to run on beside one that excludes it (三员分立), given for the time after."""
    roles = {Role(other.role) for other in post.user.posts if other.runs_on(day)}
    if conflicting_roles({*roles, Role(post.role)}):
        raise DomainError(f"{post.user.name}以后另有不能兼任的岗位（三员分立），请先办理离任。")


def ending_with(department: Department) -> list[Post]:
    """Return the posts of a department that end on its last day (随之结束的岗位)."""
    last_day = (Post.department_id == department.id, Post.ended_on == department.valid_to)
    return list(db.session.scalars(select(Post).where(*last_day).order_by(Post.id)))


def _refuse_open_children(department: Department, valid_to: date) -> None:
    child = db.session.scalar(
        select(Department)
        .where(Department.parent_id == department.id)
        .where(or_(Department.valid_to.is_(None), Department.valid_to > valid_to))
        .limit(1)
    )
    if child is not None:
        raise DomainError(f"下面还有“{child.name}”等机构，请先把它们划归别的上级或撤销。")


def _refuse_successor(department: Department, successor: Department, first_day: date) -> None:
    """Refuse a successor that is not there on the first day, or that leads back to the department."""
    if department.id in queries.successors_of(successor):
        raise DomainError("继续行使职权的单位不能是它自己，也不能绕回它自己。", field="successor")
    if not valid_on(first_day, valid_from=successor.valid_from, valid_to=successor.valid_to):
        raise DomainError(f"继续行使职权的单位“{successor.name}”那时不是有效的机构，请换一个。", field="successor")


def _running_posts(department: Department, valid_to: date) -> list[Post]:
    runs_on = or_(Post.ended_on.is_(None), Post.ended_on > valid_to)
    return list(db.session.scalars(select(Post).where(Post.department_id == department.id, runs_on).order_by(Post.id)))


def _record(department: Department, *, by: audit.Actor | None, now: datetime, act: str, text: str = "") -> None:
    db.session.flush()
    payload = {"department": department.id, "act": act}
    audit.record(audit.Event.DEPARTMENT_CHANGED, by=by, now=now, payload=payload, text=text)
