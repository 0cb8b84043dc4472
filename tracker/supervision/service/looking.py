"""Letting the timer look at every running clock again (重新检查), after a change of the ladder or the calendar."""

from datetime import datetime

from sqlalchemy import func, or_, select, update

from tracker.cases.service.recounting import lock_cases
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.pacing import Pace
from tracker.deadlines.hints import asked_to_look_again
from tracker.deadlines.models import Deadline

IDS_AT_ONCE = 2000


def look_again(pace: Pace, *, now: datetime) -> bool:
    """Let the next clocks be looked at, as was asked; say whether some are left.

    The day is a hint, no fact, so it is set without a line in the log. Their cases are locked first: whoever works on
    one has changed its clocks.
    """
    asked, today = asked_to_look_again(), local_date(now)
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
