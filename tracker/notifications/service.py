"""Writing notices, in the transaction of the fact they tell (通知入箱). Addressing and sending come afterwards."""

from datetime import date, datetime
from typing import Any

from tracker.core.clock import at_local, local
from tracker.core.database import db
from tracker.notifications.models import Notice
from tracker.working_days.rules import Calendar

# 只在工作时间通知（紧急件除外）。
OPENS, CLOSES = (8, 30), (17, 30)
# What nearly every notice is about.
CASE = "case"


def announce(
    key: str,
    *,
    now: datetime,
    days: Calendar,
    case_id: int | None = None,
    about: tuple[str, int] | None = None,
    not_before_day: date | None = None,
    earliest: datetime | None = None,
    urgent: bool = False,
    **facts: Any,
) -> Notice:
    """Write a notice of a post or a named person; rows only, the caller's transaction carries it.

    It goes out in working time, on or after `not_before_day` and not before `earliest`; an urgent one (紧急) at once.
    `about` is the kind and the
    id of its subject where that is no case.
    """
    days_off = at_local(not_before_day, 0) if not_before_day else now
    first = max(now, days_off, earliest or now)
    subject, subject_id = about or (CASE if case_id else None, case_id)
    notice = Notice(
        key=key,
        created_at=now,
        subject=subject,
        subject_id=subject_id,
        case_id=case_id,
        urgent=urgent,
        not_before=first if urgent else working_time(first, days),
        **facts,
    )
    db.session.add(notice)
    return notice


def working_time(at: datetime, days: Calendar) -> datetime:
    """Return the instant itself if it lies in working time, else the next opening of the office."""
    here = local(at)
    day, clock = here.date(), (here.hour, here.minute)
    if days.is_working(day) and clock < CLOSES:
        return max(at, at_local(day, *OPENS))
    return at_local(next(each.date for each in days.days_after(day) if each.is_working), *OPENS)
