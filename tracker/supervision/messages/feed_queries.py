"""What a calendar feed shows (日历订阅): the running duties of its person, as their access is at this moment."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.cases.ledger.desk import seats
from tracker.core.database import db
from tracker.deadlines.limits import DUTIES, LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import is_counted
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Reader
from tracker.people.service import token_hash
from tracker.reminders.subjects.answers import SubjectWords
from tracker.reminders.subjects.table import Subjects
from tracker.supervision.messages.feed import Duty
from tracker.supervision.papers.models import CalendarFeed

MOST = 1000


def live_feed(user_id: int) -> CalendarFeed | None:
    """Return a person's address that has not ended."""
    return db.session.scalar(
        select(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.ended_at.is_(None))
    )


def reader_of_feed(token: str, today: date) -> Reader | None:
    """Return whose duties an address shows; None for an unknown or ended one, and where its person may see nothing."""
    user = db.session.scalar(
        select(User)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(CalendarFeed.token_hash == token_hash(token), CalendarFeed.ended_at.is_(None))
        .options(selectinload(User.posts))
    )
    if user is None or not user.is_active or user.must_change_password:
        return None
    reader = reader_for(user, today)
    return reader if seats(reader) else None


def duties(subjects: Subjects, reader: Reader, today: date) -> tuple[list[Duty], int]:
    """Return the running duties of a person, the nearest first, and how many more there are than a calendar holds.

    The same matters as 最近到期 on the desk; what is paused has no day. Of the tasks in leaders' instructions only
    their own.
    """
    columns = (
        *(Deadline.id, Deadline.kind, Deadline.effective_due, Deadline.started_on, Deadline.revised_on),
        *(Deadline.revision, Deadline.provisional, Deadline.subject, Deadline.subject_id, Deadline.case_id),
    )
    duties_ = (Deadline.ended_on.is_(None), Deadline.kind.in_(DUTIES), is_counted())
    rows = db.session.execute(
        select(*columns)
        .where(*duties_, subjects.own_clocks(reader, today))
        .order_by(Deadline.effective_due, Deadline.id)
    ).all()
    about = subjects.about(rows[:MOST])
    words = subjects.words(about.values())
    return [_duty(row, words[about[row.id]]) for row in rows[:MOST]], max(0, len(rows) - MOST)


def _duty(row: Any, words: SubjectWords) -> Duty:
    return Duty(
        deadline_id=row.id,
        number=words.number if words.named else None,
        label=LIMITS[LimitKind(row.kind)].label,
        due_on=row.effective_due,
        changed_on=row.revised_on or row.started_on,
        revision=row.revision,
        provisional=row.provisional,
    )
