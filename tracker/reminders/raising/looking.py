"""Letting the timer look at every running clock again (重新检查), after a change of the ladder or the calendar."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update

from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.pacing import Pace
from tracker.deadlines.hints import asked_to_look_again
from tracker.deadlines.models import Deadline
from tracker.reminders.subjects.table import Subjects

IDS_AT_ONCE = 2000


def look_again(subjects: Subjects, pace: Pace, *, now: datetime) -> bool:
    """Let the next clocks be looked at, as was asked; return whether some are left.

    The day is a hint, no fact, so it is set without a line in the log. What they are about is locked first: an act that
    works on it has changed its clocks.
    """
    asked, today = asked_to_look_again(), local_date(now)
    if asked is None:
        return False
    last = db.session.scalar(select(func.max(Deadline.id))) or 0
    while asked.after_id < last:
        some = (Deadline.id > asked.after_id, Deadline.id <= asked.after_id + IDS_AT_ONCE, Deadline.ended_on.is_(None))
        later = or_(Deadline.look_on.is_(None), Deadline.look_on > today)
        _lock(subjects, *some, later)
        statement = update(Deadline).where(*some, later).values(look_on=today)
        db.session.execute(statement.execution_options(synchronize_session=False))
        asked.after_id += IDS_AT_ONCE
        if pace.spent:
            return True
    db.session.delete(asked)
    return False


def _lock(subjects: Subjects, *which: ColumnElement[bool]) -> None:
    """Lock what some clocks are about; what no subject answers for nobody works on."""
    columns = (Deadline.id, Deadline.subject, Deadline.subject_id, Deadline.case_id)
    rows = db.session.execute(select(*columns).where(*which, subjects.known_clock())).all()
    for of, ids in subjects.by_kind(subjects.about(rows).values()):
        of.lock(ids)
