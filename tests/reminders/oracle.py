"""A second, plain reading of the ladder, day by day: what a timer that never stopped would have recorded.

Written from the wording of the table alone, with none of the program's arithmetic: it walks every day of every clock.
"""

from datetime import date, timedelta

from tracker.deadlines.models import Deadline
from tracker.reminders.ladder.rules.moments import When
from tracker.reminders.ladder.rules.rungs import LADDER
from tracker.working_days.rules import Calendar

ONE = timedelta(days=1)


def should_be_recorded(clock: Deadline, until: date, calendar: Calendar) -> set[tuple[int, int, str]]:
    """Return every rung of a clock whose day has come by `until`, and before the clock ended."""
    return by_day(days_of(clock, calendar), until)


def days_of(clock: Deadline, calendar: Calendar) -> dict[tuple[int, int, str], date]:
    """Return the day of every rung of a clock that comes before the clock ended, if it did."""
    last = clock.ended_on or date.max
    mine = (rung for rung in LADDER if rung.active and clock.kind in rung.kinds)
    days = {(clock.id, clock.revision, rung.code): _day(rung, clock, calendar) for rung in mine}
    return {key: day for key, day in days.items() if day <= last}


def by_day(days: dict[tuple[int, int, str], date], until: date) -> set[tuple[int, int, str]]:
    """Return the rungs whose day has come."""
    return {key for key, day in days.items() if day <= until}


def _day(rung: object, clock: Deadline, calendar: Calendar) -> date:
    when, number, unit = rung.when, rung.number, rung.unit  # type: ignore[attr-defined]
    if when is When.SHARE:
        day, total = clock.started_on, (clock.effective_due - clock.started_on).days
        while (day - clock.started_on).days * 100 < number * total:
            day += ONE
        return day
    step = ONE if when is When.AFTER else -ONE
    ahead = when is When.BEFORE and not rung.urgent  # type: ignore[attr-defined]
    day, passed = clock.nominal_due if ahead and number else clock.effective_due, 0
    while passed < number:
        day += step
        passed += unit == "day" or calendar.is_working(day)
    while ahead and not calendar.is_working(day):
        day -= ONE
    return max(day, clock.started_on)
