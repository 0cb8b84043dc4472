"""Windows that lapse (期满): a right that nobody used in time ends on its last day, each on the record."""

from datetime import date, datetime
from functools import cache

from sqlalchemy import Date, Integer, Select, bindparam, select

from tracker import audit
from tracker.audit import Event
from tracker.cases.record.models import Case
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.deadlines.limits import WINDOWS
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import is_counted
from tracker.deadlines.service import lapse_window


def lapse_windows(now: datetime, *, limit: int) -> int:
    """End windows whose last day is over, the oldest first; return how many.

    Like the timer everywhere: the log is locked first, then only cases that nobody works on just now. Nothing is
    written into the trail, which shows the end of a window from its own row.
    """
    audit.lock_log()
    ids = _over(local_date(now), limit)
    windows = select(Deadline).where(Deadline.id.in_(ids)).order_by(Deadline.id)
    rows = db.session.scalars(windows.execution_options(populate_existing=True)).all()
    for row in rows:
        lapse_window(row)
    if rows:
        entries = [audit.LogEntry(row.case_id, {"deadline": row.id, "kind": row.kind}, [row]) for row in rows]
        audit.record_all(Event.WINDOW_LAPSED, entries, by=None, now=now)
    return len(rows)


def _over(today: date, limit: int) -> list[int]:
    """Return windows that run although their last day is over; a kind is asked for at a time, as the index has them."""
    found: list[int] = []
    for kind in WINDOWS:
        asked = {"kind": kind, "today": today, "most": limit - len(found)}
        found += db.session.scalars(_oldest(), asked)
    return found


@cache
def _oldest() -> Select[int]:
    """Return the statement of the oldest windows of a kind that are over, of matters that nobody works on."""
    today, most = bindparam("today", type_=Date), bindparam("most", type_=Integer)
    over = (Deadline.kind == bindparam("kind"), Deadline.ended_on.is_(None), Deadline.effective_due < today)
    rows = select(Deadline.id).join(Case, Case.id == Deadline.case_id).where(*over, is_counted())
    oldest = rows.order_by(Deadline.effective_due, Deadline.id).limit(most)
    return oldest.with_for_update(of=Case, skip_locked=True, key_share=True)
