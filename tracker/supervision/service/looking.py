"""Letting the timer look at every running clock again (重新检查), after a change of the ladder or the calendar.

It is asked for in the transaction of the change; the next run of the timer does it first, turn by turn.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from tracker.cases.service.recounting import lock_cases
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.pacing import Pace
from tracker.deadlines.models import Deadline
from tracker.reminders.models import LookAgain

IDS_AT_ONCE = 2000


def ask_to_look_again(now: datetime) -> None:
    """Ask for a look at every running clock; one that is half done begins again."""
    asked = _asked()
    if asked is None:
        db.session.add(LookAgain(asked_at=now, after_id=0))
    else:
        asked.after_id = 0


def look_again(pace: Pace, *, now: datetime) -> bool:
    """Let the next clocks be looked at, as was asked; say whether some are left.

    The day is a hint, no fact, so it is set without a line in the log. Their cases are locked first: whoever works on
    one has changed its clocks.
    """
    asked, today = _asked(), local_date(now)
    if asked is None:
        return False
    last = db.session.scalar(select(func.max(Deadline.id))) or 0
    while asked.after_id < last:
        some = (Deadline.id > asked.after_id, Deadline.id <= asked.after_id + IDS_AT_ONCE, Deadline.ended_on.is_(None))
        later = or_(Deadline.look_on.is_(None), Deadline.look_on > today)
        lock_cases({id_ for id_ in db.session.scalars(select(Deadline.case_id).where(*some, later)) if id_})
        statement = update(Deadline).where(*some, later).values(look_on=today)
        db.session.execute(statement.execution_options(synchronize_session=False))
        asked.after_id += IDS_AT_ONCE
        if pace.spent:
            return True
    db.session.delete(asked)
    return False


def look_tomorrow(case_id: int, now: datetime) -> None:
    """Let the timer look at a case again the next morning: a letter that held others back is out of the way."""
    tomorrow = local_date(now) + timedelta(days=1)
    later = (Deadline.case_id == case_id, Deadline.ended_on.is_(None), Deadline.look_on > tomorrow)
    statement = update(Deadline).where(*later).values(look_on=tomorrow)
    db.session.execute(statement.execution_options(synchronize_session=False))


def _asked() -> LookAgain | None:
    return db.session.scalar(select(LookAgain).order_by(LookAgain.id).limit(1).with_for_update())
