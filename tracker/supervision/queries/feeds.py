"""What a calendar feed shows (日历订阅): the running duties of its person, as his access is at this moment."""

from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import selectinload

from tracker.cases.models import Case
from tracker.cases.queries.desk import nearest_filters, seats
from tracker.cases.queries.ledger.conditions import in_hand
from tracker.cases.queries.ledger.filters import conditions
from tracker.cases.queries.scope import may_know
from tracker.cases.rules.codes import Level
from tracker.core.database import db
from tracker.deadlines.limits import DUTIES, LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Reader
from tracker.people.service import token_hash
from tracker.supervision.feed import Duty
from tracker.supervision.models import CalendarFeed

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


def duties(reader: Reader, today: date) -> tuple[list[Duty], int]:
    """Return the running duties of a person, the nearest first, and how many more there are than a calendar holds.

    The same matters as 最近到期 on the desk. Of the tasks in leaders' instructions only his own.
    """
    own = and_(*conditions(nearest_filters(reader), reader, today).values())
    his_task = and_(Deadline.kind == LimitKind.INSTRUCTION.value, Deadline.owner_user_id == reader.user_id)
    his_case = and_(Deadline.kind != LimitKind.INSTRUCTION.value, Deadline.case_id.in_(select(Case.id).where(own)))
    task_seen = and_(his_task, in_hand(), may_know(reader))
    columns = (
        *(Deadline.id, Deadline.kind, Deadline.effective_due, Deadline.started_on, Deadline.revised_on),
        *(Deadline.revision, Deadline.provisional, Case.register_no, Case.level),
    )
    rows = db.session.execute(
        select(*columns)
        .join(Case, Case.id == Deadline.case_id)
        .where(Deadline.ended_on.is_(None), Deadline.kind.in_(DUTIES), or_(his_case, task_seen))
        .order_by(Deadline.effective_due, Deadline.id)
    ).all()
    return [_duty(row) for row in rows[:MOST]], max(0, len(rows) - MOST)


def _duty(row: Any) -> Duty:
    return Duty(
        deadline_id=row.id,
        register_no=row.register_no if row.level == Level.ORDINARY else None,
        label=LIMITS[LimitKind(row.kind)].label,
        due_on=row.effective_due,
        changed_on=row.revised_on or row.started_on,
        revision=row.revision,
        provisional=row.provisional,
    )
