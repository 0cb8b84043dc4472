"""What could not be sent (发不出去) and what waits for a way that is down, for the keepers of the timer.

To whom and why, never about what. A person of case work sees, and counts, only what they may see; who keeps the
system sees no case, and all of it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import contains_eager

from tracker.core.database import db
from tracker.notifications.models import Delivery
from tracker.notifications.rules import DeliveryState, Way
from tracker.people.models import Post, User
from tracker.people.rules import Reader, does_case_work
from tracker.reminders.subjects.table import Subjects


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


def dead_ids(subjects: Subjects, reader: Reader, message_id: str | None = None) -> list[int]:
    """Return everything that 全部重发 covers, or the one with a name; nothing where there is none they may see."""
    found = _dead(subjects, reader).with_only_columns(Delivery.id)
    if message_id is not None:
        found = found.where(Delivery.message_id == message_id)
    return list(db.session.scalars(found))


def reasons(subjects: Subjects, reader: Reader) -> list[tuple[Way, str, int]]:
    """Return why copies could not be sent, with how many, the most frequent first."""
    columns = (Delivery.channel, Delivery.last_error)
    rows = db.session.execute(
        _dead(subjects, reader).with_only_columns(*columns, func.count().label("number")).group_by(*columns)
    ).all()
    return sorted(((Way(way), why or "", number) for way, why, number in rows), key=lambda row: (-row[2], row[1]))


def people_refused(subjects: Subjects, reader: Reader) -> list[User]:
    """Return the people whose address the mail server does not know, by name (邮箱地址被拒绝)."""
    theirs = _dead(subjects, reader).with_only_columns(Delivery.user_id).where(Delivery.address_refused.is_(True))
    return list(db.session.scalars(select(User).where(User.id.in_(theirs)).order_by(User.name_key, User.id)))


def waiting(subjects: Subjects, reader: Reader) -> dict[Way, int]:
    """Return how many copies wait for each way (待发)."""
    which = (Delivery.state.in_((DeliveryState.READY, DeliveryState.SENDING)), _known(subjects, reader))
    counted = select(Delivery.channel, func.count()).join(Delivery.notice).where(*which).group_by(Delivery.channel)
    return {Way(way): number for way, number in db.session.execute(counted)}


def _dead(subjects: Subjects, reader: Reader) -> Select[Delivery]:
    return select(Delivery).join(Delivery.notice).where(Delivery.state == DeliveryState.DEAD, _known(subjects, reader))


def _known(subjects: Subjects, reader: Reader) -> ColumnElement[bool]:
    return subjects.notices_known_to(reader) if does_case_work(reader) else true()
