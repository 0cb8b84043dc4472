"""What later runs of the timer, and everybody who asks for the clock, read of earlier runs."""

from sqlalchemy import select

from tracker.core.database import db
from tracker.reminders.models import GOOD, TickRun


def last_good_run() -> TickRun | None:
    """Return the run whose end the next one is measured by: the last that ended well, or a confirmed clock."""
    return db.session.scalar(select(TickRun).where(TickRun.state.in_(GOOD)).order_by(TickRun.id.desc()).limit(1))
