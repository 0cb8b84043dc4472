"""What could not be sent (发不出去) and what waits for a way that is down, for the keepers of the timer.

To whom and why, never about what, and only what figures count for the person who looks. Sending all again (全部重发)
covers the rest too, and does not say how many: what nobody of them may know of has no other way out.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from tracker.core.database import db
from tracker.notifications.models import DEAD, Delivery
from tracker.notifications.rules import DeliveryState, Way
from tracker.people.models import Post, User
from tracker.people.rules import Reader
from tracker.reminders.subjects.table import Subjects

_DEAD = select(Delivery).where(DEAD)


@dataclass(frozen=True, slots=True)
class UnsentCopy:
    """A copy that could not be sent: to whom (of a group nobody), why, since when, after how many tries."""

    message_id: str
    way: Way
    person: User | None
    reason: str
    since: datetime
    tries: int
    address_refused: bool


def dead_letters(subjects: Subjects, reader: Reader, page: int, size: int) -> list[UnsentCopy]:
    """Return one page of what could not be sent, the latest first."""
    of_person = contains_eager(Delivery.user).selectinload(User.posts).selectinload(Post.department)
    rows = db.session.scalars(
        _dead(subjects, reader)
        .join(Delivery.user)
        .options(of_person)
        .order_by(Delivery.not_before.desc(), Delivery.id.desc())
        .offset((page - 1) * size)
        .limit(size)
    )
    return [_letter(row) for row in rows]


def _letter(row: Delivery) -> UnsentCopy:
    way = Way(row.channel)
    return UnsentCopy(
        message_id=row.message_id or "",
        way=way,
        person=row.user if way is not Way.CHAT else None,
        reason=row.last_error or "",
        since=row.not_before,
        tries=row.attempts,
        address_refused=row.address_refused,
    )


def dead_count(subjects: Subjects, reader: Reader) -> int:
    """Return how many could not be sent."""
    return db.session.scalar(_dead(subjects, reader).with_only_columns(func.count())) or 0


def dead_id(subjects: Subjects, reader: Reader, message_id: str) -> list[int]:
    """Return the one with a name, if it counts for the person."""
    found = _dead(subjects, reader).with_only_columns(Delivery.id).where(Delivery.message_id == message_id)
    return list(db.session.scalars(found))


def reasons(subjects: Subjects, reader: Reader) -> list[tuple[Way, str, int]]:
    """Return why copies could not be sent, with how many, the most frequent first."""
    columns = (Delivery.channel, Delivery.last_error)
    rows = db.session.execute(
        _dead(subjects, reader).with_only_columns(*columns, func.count().label("number")).group_by(*columns)
    ).all()
    return sorted(((Way(way), why or "", number) for way, why, number in rows), key=lambda row: (-row[2], row[1]))


def people_refused() -> list[User]:
    """Return the people whose address the mail server does not know, by name (邮箱地址被拒绝), whatever was sent."""
    theirs = _DEAD.with_only_columns(Delivery.user_id).where(Delivery.address_refused.is_(True))
    return list(db.session.scalars(select(User).where(User.id.in_(theirs)).order_by(User.name_key, User.id)))


def waiting(subjects: Subjects, reader: Reader) -> dict[Way, int]:
    """Return how many copies wait for each way (待发)."""
    which = (Delivery.state == DeliveryState.READY, subjects.notices_counted_for(reader))
    counted = select(Delivery.channel, func.count()).join(Delivery.notice).where(*which).group_by(Delivery.channel)
    return {Way(way): number for way, number in db.session.execute(counted)}


def _dead(subjects: Subjects, reader: Reader) -> Select[Delivery]:
    return _DEAD.join(Delivery.notice).where(subjects.notices_counted_for(reader))
