"""What widens access (扩大权限): free while an office is set up, told to those concerned ever after."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Event
from tracker.cases.record.models import Case
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.notifications.service import announce
from tracker.people.models import Post, User
from tracker.people.queries import holders, line_of
from tracker.people.rules import ROLE_LABELS, Role
from tracker.working_days.queries import calendar

SOURCE = "widening"


def in_set_up() -> bool:
    """Return whether nothing was ever registered here (设立期间): there is nothing yet that anybody could reach."""
    return db.session.scalar(select(Case.id).limit(1)) is None


def note_keeper(post: Post, *, now: datetime) -> None:
    """Log that an administrator was made by a command on the machine, and tell the main leaders (命令行建立管理员)."""
    if not in_set_up():
        _tell_leaders(post, now)
    audit.record(Event.KEEPER_MADE, by=None, now=now, payload={"user": post.user_id, "post": post.id})


def _tell_leaders(post: Post, now: datetime) -> None:
    leaders = [each.user for each in holders(Role.PRINCIPAL_LEADER, line_of(post.department), local_date(now))]
    label = ROLE_LABELS[Role(post.role)]
    _tell(
        dict.fromkeys(leaders),
        f"keeper:{post.id}",
        heading=f"建立了{label}",
        why=f"有人在服务器上用命令建立了{label}账号，由{post.user.name}担任。",
        asked="请核对是否经您同意；不是的，立即让系统管理员停用。",
        now=now,
    )


def _tell(people: Iterable[User], key: str, *, heading: str, why: str, asked: str, now: datetime) -> None:
    """Tell people at once, at any hour, what widens access; it names no matter."""
    for person in people:
        announce(
            f"{SOURCE}:{key}:{person.id}",
            now=now,
            days=calendar(),
            urgent=True,
            source=SOURCE,
            source_id=person.id,
            user_id=person.id,
            heading=heading,
            why=why,
            asked=asked,
        )
