"""The date that a row of the ledger shows: the nearest running duty, or how the answer was."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from tracker.core.database import db
from tracker.deadlines.limits import LIMITS, OF_THE_MATTER, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import clock_of, date_text
from tracker.deadlines.rules import Clock, Light, is_late, late_by, light, stands_still, words
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Calendar, Unit, working_days_between


@dataclass(frozen=True, slots=True)
class DueCell:
    """What the macro `due` shows, and of which clock it is."""

    name: str
    on: date
    light: Light
    date_text: str
    words: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class CaseClocks:
    """Of one case: the running duty that falls due first, and the clock of the answer once it is met."""

    nearest: DueCell | None = None
    answer: DueCell | None = None


def clocks_of(case_ids: Collection[int], today: date, *, now: datetime | None = None) -> dict[int, CaseClocks]:
    """Return the clocks that lists show, for the cases that have any. One query; a second where working days count.

    A paused duty (期间不计) is shown where no other runs. Without `now` limits in hours are judged by their day.
    """
    nearest: dict[int, DueCell] = {}
    answers: dict[int, DueCell] = {}
    days: Calendar | None = None
    for row in sorted(_rows(case_ids), key=lambda row: stands_still(row.paused_on, row.effective_due)):
        clock = clock_of(row)
        if row.ended_on is not None:
            answers[row.case_id] = _answered(clock, today)
        elif row.case_id not in nearest:
            if days is None and _in_working_days(clock, today):
                days = calendar()
            nearest[row.case_id] = _running(clock, row.provisional, today, days, now)
    return {id_: CaseClocks(nearest.get(id_), answers.get(id_)) for id_ in nearest.keys() | answers.keys()}


def _rows(case_ids: Collection[int]) -> Iterable[Any]:
    """Read running duties, nearest first, and met clocks of the answer, the latest round last."""
    columns = (
        *(Deadline.case_id, Deadline.kind, Deadline.started_on, Deadline.effective_due),
        *(Deadline.ended_on, Deadline.ended_at, Deadline.ended_by, Deadline.met, Deadline.provisional),
        *(Deadline.due_at, Deadline.paused_on, Deadline.excluded_days, Deadline.claimed_on),
    )
    answer = (Deadline.kind == LimitKind.HANDLING.value) & Deadline.met.is_(True)
    duty = Deadline.ended_on.is_(None) & Deadline.kind.in_(OF_THE_MATTER)
    order = (Deadline.effective_due, Deadline.id)
    statement = select(*columns).where(Deadline.case_id.in_(case_ids), or_(duty, answer)).order_by(*order)
    return db.session.execute(statement) if case_ids else ()


def _in_working_days(clock: Clock, today: date) -> bool:
    return LIMITS[clock.kind].unit == Unit.WORKING_DAY and clock.due_on >= today


def _running(clock: Clock, provisional: bool, today: date, days: Calendar | None, now: datetime | None) -> DueCell:
    left = working_days_between(today, clock.due_on, days) if days and _in_working_days(clock, today) else None
    return DueCell(
        name=LIMITS[clock.kind].label,
        on=clock.due_on,
        light=light(clock, today, working_days_left=left, now=now),
        date_text=date_text(clock.due_on, today, clock.due_at),
        words=words(clock, today, working_days_left=left, now=now),
        provisional=provisional,
    )


def _answered(clock: Clock, today: date) -> DueCell:
    """按期答复 or 逾期答复 2 天: frozen by the act that met the clock, whatever happened afterwards."""
    assert clock.ended_on is not None
    return DueCell(
        name=LIMITS[clock.kind].label,
        on=clock.ended_on,
        light=light(clock, today),
        date_text=date_text(clock.ended_on, today),
        words=f"逾期答复 {late_by(clock)}" if is_late(clock, today) else "按期答复",
        provisional=False,
    )
