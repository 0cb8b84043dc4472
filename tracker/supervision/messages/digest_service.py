"""每日提醒, one for each person and working day, and 每周督办提醒: what the ladder has said all about, once a week.

What a daily one says is computed when it is sent. A weekly one is the end of the ladder: after the last rung of a duty
one line a week for all of a person's matters, until the duty is done or gets another day.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from tracker import audit
from tracker.core.clock import local
from tracker.core.database import db
from tracker.notifications.models import Notice
from tracker.notifications.outbox import DIGEST
from tracker.notifications.service import OPENS, announce
from tracker.people.models import Post, User
from tracker.people.queries import away_on, held_on, readers_for
from tracker.people.rules import EXCLUSIVE_ROLES, Reader, Role
from tracker.reminders.subjects.table import Subjects
from tracker.supervision.messages.digest_queries import anything_for
from tracker.supervision.messages.digest_queries import stuck as count_of_stuck
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Calendar

BATCH = 50
WEEKLY = "weekly"


@dataclass(frozen=True)
class Wanting:
    """The people of one batch who have something to be told; `after_id` is where the next begins, None at the end.

    `stuck` are those of them with matters of which the ladder has said all, and no weekly line of this week yet.
    """

    user_ids: tuple[int, ...] = ()
    stuck: Mapping[int, int] = field(default_factory=dict)
    after_id: int | None = None


def is_time(now: datetime, days: Calendar) -> bool:
    """Return whether the digests of the day are due: a working day, from the opening of the office on."""
    here = local(now)
    return days.is_working(here.date()) and (here.hour, here.minute) >= OPENS


def wanting(subjects: Subjects, now: datetime, *, after_id: int = 0, limit: int = BATCH) -> Wanting:
    """Return who of the next people has something to be told today and has no digest yet; nothing is written.

    Asked outside any writing transaction: on SQLite the questions about fifty people would keep everybody waiting.
    Nobody before the office opens or on a day of rest; people who are away get none.
    """
    today = local(now).date()
    people = _next_people(today, after_id, limit) if is_time(now, calendar()) else ()
    without = _without(people, today, _daily)
    readers = dict(zip((person.id for person in without), readers_for(without, today), strict=True))
    told = [id_ for id_, reader in readers.items() if anything_for(subjects, reader, today=today)]
    weekly = {person.id for person in _without(without, today, _weekly)}
    counted = {id_: count_of_stuck(readers[id_], today) for id_ in told if id_ in weekly and _answers(readers[id_])}
    found = {id_: count for id_, count in counted.items() if count}
    return Wanting(tuple(told), found, people[-1].id if len(people) == limit else None)


def write_digests(user_ids: Collection[int], *, now: datetime, stuck: Mapping[int, int] | None = None) -> int:
    """Write today's digest notice for people who have something to be told (每日提醒); a second run writes nothing.

    Who has matters that are `stuck` (so many) gets the line of the week with it.
    """
    if not user_ids:
        return 0
    # Two timers at once: the second waits here, and then sees what the first one wrote.
    audit.lock_log()
    days, today = calendar(), local(now).date()
    people = db.session.scalars(select(User).where(User.id.in_(user_ids)).order_by(User.id)).all()
    told = _without(people, today, _daily)
    for person in _without([each for each in told if stuck and each.id in stuck], today, _weekly):
        announce(
            _weekly(person.id, today),
            now=now,
            days=days,
            source=WEEKLY,
            source_id=person.id,
            user_id=person.id,
            heading="每周督办提醒",
            why=f"逾期以后各级督办都已发过、仍没有办结的，您的台账里有 {(stuck or {})[person.id]} 件。",
            asked="请从逾期最久的办起：承办的尽快办结，领导请批示或者改派。",
        )
    for person in told:
        announce(
            _daily(person.id, today),
            now=now,
            days=days,
            source=DIGEST,
            source_id=person.id,
            user_id=person.id,
            heading="每日提醒",
            why="每个工作日早上汇总一次您的在办事项。",
            asked="请先办逾期的，再办今明到期的。",
        )
    if told:
        payload = {"day": today.isoformat(), "people": [person.id for person in told]}
        audit.record(audit.Event.DIGESTS_WRITTEN, by=None, now=now, payload=payload)
    return len(told)


def _answers(reader: Reader) -> bool:
    """Return whether somebody answers for matters: handles or leads them, or supervises others."""
    return any(post.role not in (Role.REGISTRAR, Role.ACCEPTOR) for post in reader.posts)


def _daily(user_id: int, day: date) -> str:
    return f"digest:{user_id}:{day.isoformat()}"


def _weekly(user_id: int, day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"weekly:{user_id}:{year}-{week:02}"


def _next_people(today: date, after_id: int, limit: int) -> Sequence[User]:
    """Return the next people in case work today, by id."""
    working = select(Post.user_id).where(held_on(today), Post.role.not_in([role.value for role in EXCLUSIVE_ROLES]))
    here = (User.id > after_id, User.disabled_at.is_(None), User.id.in_(working))
    return db.session.scalars(select(User).where(*here).order_by(User.id).limit(limit)).all()


def _without(people: Sequence[User], today: date, key: Callable[[int, date], str]) -> list[User]:
    """Leave out who has the digest of the day, or the line of the week, already, or is away."""
    keys = [key(person.id, today) for person in people]
    written = set(db.session.scalars(select(Notice.user_id).where(Notice.key.in_(keys))))
    away = away_on([person.id for person in people], today)
    return [person for person in people if person.id not in written and person.id not in away]
