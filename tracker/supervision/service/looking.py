"""Letting the timer look at every running clock again (重新检查), after a change of the ladder or the calendar."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from tracker.cases.models import Case
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.deadlines.models import Deadline


def lock_running_cases() -> None:
    """Lock every case with a running clock, in the order of their keys, before the log.

    Whoever works on a case has changed its clocks and waits for the log: to change them all with the log in hand
    would be a circle.
    """
    running = select(Deadline.case_id).where(Deadline.ended_on.is_(None))
    locking = select(Case.id).where(Case.id.in_(running)).order_by(Case.id).with_for_update(key_share=True)
    db.session.execute(locking).all()


def look_at_everything(now: datetime) -> None:
    """Let the next tick look at every running clock: a hint, no fact, so it is set without a line in the log."""
    statement = update(Deadline).where(Deadline.ended_on.is_(None)).values(look_on=local_date(now))
    db.session.execute(statement.execution_options(synchronize_session=False))


def look_tomorrow(case_id: int, now: datetime) -> None:
    """Let the timer look at a case again the next morning: a letter that held others back is out of the way."""
    tomorrow = local_date(now) + timedelta(days=1)
    later = (Deadline.case_id == case_id, Deadline.ended_on.is_(None), Deadline.look_on > tomorrow)
    statement = update(Deadline).where(*later).values(look_on=tomorrow)
    db.session.execute(statement.execution_options(synchronize_session=False))
