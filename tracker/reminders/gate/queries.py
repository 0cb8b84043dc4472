"""Whether the clock can be believed now: one answer for the timer, for digests and sending, and for people."""

from datetime import datetime

from flask import current_app
from sqlalchemy import select

from tracker.audit.models import Installation
from tracker.core.clock import local_date
from tracker.core.database import database_now, db
from tracker.core.errors import DomainError
from tracker.core.installation import mark
from tracker.reminders.gate.rules import COPY, Gate, gate
from tracker.reminders.models import GOOD, TickRun

_LAST_GOOD_RUN = select(TickRun).where(TickRun.state.in_(GOOD)).order_by(TickRun.id.desc()).limit(1)
_LAST_ID = select(TickRun.id).where(TickRun.state.in_(GOOD)).order_by(TickRun.id.desc()).limit(1)
_HOME_AND_LAST = (
    select(Installation.mark, TickRun.ended_at)
    .outerjoin(TickRun, TickRun.id == _LAST_ID.scalar_subquery())
    .order_by(Installation.id.desc())
    .limit(1)
)


class ClockDoubted(DomainError):
    """What hangs on the year is refused while the clock cannot be believed."""

    status = 503


def last_good_run() -> TickRun | None:
    """Return the run whose end the next one is measured by: the last that ended well, or a confirmed clock."""
    found: TickRun | None = db.session.scalar(_LAST_GOOD_RUN)
    return found


def believed(now: datetime) -> Gate:
    """Return whether the clock can be believed at an instant; where no timer ever ran, there is nothing to doubt it by.

    On a production system the database's own clock is asked as well. A database that is not at home here, restored or
    copied, waits until somebody has released it, whatever the clock.
    """
    found = db.session.execute(_HOME_AND_LAST).one_or_none()
    if found is None or found.mark != mark():
        return COPY
    skewed = current_app.config["TRACKER_ENV"] == "production"
    return gate(now, last=found.ended_at, database_now=database_now() if skewed else None)


def year_of_numbers(now: datetime) -> int:
    """Return the year whose numbers are handed out (编号的年份).

    Raises ClockDoubted where the clock cannot be believed and what it is measured by lies in another year: a number
    of a wrong year cannot be taken back. Within one year the number is right whatever the clock says.
    """
    year, found = local_date(now).year, believed(now)
    if not found.open and found.against is not None and local_date(found.against).year != year:
        raise ClockDoubted(
            f"系统的时钟可能不对，不能编 {year} 年的号，没有保存：{found.sentence}"
            "请系统管理员或者督查员在“运行记录”里确认时钟，再提交一次。"
        )
    return year
