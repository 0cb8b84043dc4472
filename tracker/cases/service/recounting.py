"""Counting running clocks again after a year of holidays was loaded (重新计算期限), each change on the record."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Event
from tracker.cases.models import Case
from tracker.cases.service.stepping import refresh_next_due
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import recount
from tracker.people.models import User
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Calendar


def recount_running(*, by: User | None, now: datetime) -> int:
    """Count every running clock again that stood on a guess; return how many dates changed.

    A clock that ended keeps its dates: time that was used is never rewritten.
    """
    days = calendar()
    waiting: dict[int, list[Deadline]] = {}
    on_a_guess = (Deadline.ended_on.is_(None), Deadline.provisional.is_(True), Deadline.case_id.is_not(None))
    for deadline in db.session.scalars(select(Deadline).where(*on_a_guess).order_by(Deadline.id)):
        waiting.setdefault(deadline.case_id or 0, []).append(deadline)
    return sum(_recount_case(case_id, clocks, days, by=by, now=now) for case_id, clocks in waiting.items())


def _recount_case(case_id: int, clocks: Sequence[Deadline], days: Calendar, *, by: User | None, now: datetime) -> int:
    moved: dict[str, list[str]] = {}
    settled = False
    for deadline in clocks:
        before = deadline.effective_due
        settled |= recount(deadline, days)
        if deadline.effective_due != before:
            moved[str(deadline.id)] = [before.isoformat(), deadline.effective_due.isoformat()]
    if settled:
        refresh_next_due(db.session.get_one(Case, case_id))
        audit.record(Event.DATES_RECOUNTED, by=by, now=now, case_id=case_id, payload={"moved": moved})
    return len(moved)
