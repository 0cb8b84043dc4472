"""Posts (岗位): given and ended. A person whose posts change signs in again."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import month_day
from tracker.core.errors import DomainError
from tracker.core.text import clean_line
from tracker.people.models import Department, Post, User
from tracker.people.rules import EXCLUSIVE_ROLES, KEEPERS, ROLE_LABELS, Role, conflicting_roles, valid_on
from tracker.people.service.sessions import Ending, end_sessions

LONGEST_TITLE = 40


def give_post(
    user: User,
    *,
    department: Department,
    role: Role,
    started_on: date,
    by: audit.Actor | None,
    now: datetime,
    title: str = "",
    handles_accusations: bool = False,
) -> Post:
    """Give somebody a post (任职) from a day on; the title is the role's name unless another is given.

    Raises DomainError for a disabled person, a department not valid that day, the same post twice, or roles that one
    person may not hold together (三员分立, GB/T 22239 8.1.5).
    """
    locked(user)
    refuse_post(
        user,
        department=department,
        role=role,
        started_on=started_on,
        title=title,
        handles_accusations=handles_accusations,
    )
    post = Post(
        department=department,
        role=role.value,
        title=title_of(role, title),
        handles_accusations=handles_accusations,
        started_on=started_on,
        ended_on=None,
    )
    user.posts.append(post)
    db.session.flush()
    end_sessions(user, because=Ending.POSTS_CHANGED, now=now)
    audit.record(audit.Event.POST_GIVEN, by=by, now=now, payload={"user": user.id, "post": post.id, "role": post.role})
    return post


def title_of(role: Role, title: str) -> str:
    """Return what a post is called (职务): as it was written, else as its role."""
    return clean_line(title) or ROLE_LABELS[role]


def refuse_post(
    user: User,
    *,
    department: Department,
    role: Role,
    started_on: date,
    title: str = "",
    handles_accusations: bool = False,
) -> None:
    """Refuse a post that cannot be given; raises DomainError as `give_post` says."""
    if len(title_of(role, title)) > LONGEST_TITLE:
        raise DomainError(f"职务最多 {LONGEST_TITLE} 个字。", field="title")
    if not user.is_active:
        raise DomainError(f"{user.name}的账号已经停用，先启用再任职。")
    if not valid_on(started_on, valid_from=department.valid_from, valid_to=department.valid_to):
        raise DomainError(f"{department.name}在{month_day(started_on)}不是有效的机构，请换一个。", field="department")
    if handles_accusations and role in EXCLUSIVE_ROLES:
        raise DomainError(f"{ROLE_LABELS[role]}不办理信访事项，不能专办检举控告。", field="handles_accusations")
    _refuse_conflict(user, department, role, started_on)


def _refuse_conflict(user: User, department: Department, role: Role, started_on: date) -> None:
    """Refuse the post where one that runs on from that day is the same or excludes it."""
    held = [post for post in user.posts if post.runs_on(started_on)]
    if any(post.department_id == department.id and post.role == role for post in held):
        raise DomainError(f"{user.name}已经是{department.short_name}的{ROLE_LABELS[role]}。", field="role")
    roles = {Role(post.role) for post in held}
    if conflicting_roles({*roles, role}):
        names = "、".join(ROLE_LABELS[Role(held_role)] for held_role in sorted(roles))
        raise DomainError(
            f"{ROLE_LABELS[role]}不能与{names}由同一人担任（三员分立）。请另选人员，或先办理离任。", field="role"
        )


def end_post(post: Post, *, last_day: date, by: audit.Actor | None, now: datetime, reason: str = "") -> None:
    """End a post (离任) after its last day; the day before it began means that it never counted.

    Raises DomainError for a post that has ended, a day before it began, and the last of one of the 三员.
    """
    keep_the_keepers(without=[post], from_on=max(local_date(now), last_day + timedelta(days=1)))
    locked(post)
    if post.ended_on is not None:
        raise DomainError(f"{post.user.name}的这个岗位已经在{month_day(post.ended_on)}结束。")
    if last_day < post.started_on - timedelta(days=1):
        raise DomainError(f"离任日期早于任职日期（{month_day(post.started_on)}），请核对。", field="leaves_on")
    stop_post(post, last_day=last_day, now=now)
    payload = {"user": post.user_id, "post": post.id}
    audit.record(audit.Event.POST_ENDED, by=by, now=now, payload=payload, text=reason)


def stop_post(post: Post, *, last_day: date, now: datetime) -> None:
    """Set the last day of a post and end the person's sessions; the caller records it."""
    post.ended_on = max(last_day, post.started_on - timedelta(days=1))
    end_sessions(post.user, because=Ending.POSTS_CHANGED, now=now)


def keep_the_keepers(*, without: Iterable[Post], from_on: date) -> None:
    """Refuse what would leave one of the three administrators (三员) without anybody from a day on.

    Somebody else must hold the post on that day already, and without an end.
    Raises DomainError where nobody does.
    """
    going = {post.id: Role(post.role) for post in without if post.role in EXCLUSIVE_ROLES and post.runs_on(from_on)}
    if not going:
        return
    posts = db.session.scalars(
        select(Post)
        .join(User, User.id == Post.user_id)
        .where(Post.role.in_(sorted(set(going.values()))), Post.started_on <= from_on, Post.ended_on.is_(None))
        .where(User.disabled_at.is_(None))
        .order_by(Post.id)
        .with_for_update()
    )
    staying = {Role(post.role) for post in posts if post.id not in going}
    for role in KEEPERS:
        if role in going.values() and role not in staying:
            raise DomainError(f"这是最后一名{ROLE_LABELS[role]}，请先让另一个人担任{ROLE_LABELS[role]}。")
