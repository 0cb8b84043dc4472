"""Calendars and facts for these tests."""

import csv
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from tracker.working_days import queries
from tracker.working_days.rules import Calendar, NoticeDay, YearStatus

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("TRACKER_SHARED", HERE.parents[2] / "shared"))
ALL_YEARS = dict.fromkeys(range(1980, 2101), YearStatus.OFFICIAL)


def official() -> Calendar:
    """Return the calendar that comes with the program (2018–2026)."""
    return queries.shipped_calendar()


def with_holidays(days: Iterable[date]) -> Calendar:
    """Return a calendar with these holidays and no gaps: every year is loaded."""
    return Calendar({day: NoticeDay(day, False, "holiday") for day in days}, ALL_YEARS)


def facts(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a csv of facts, without its remarks."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def iso(text: str) -> date:
    """Return the date of 2026-02-10."""
    return date.fromisoformat(text)
