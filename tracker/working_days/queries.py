"""What the rest of the house asks of the calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import select

from tracker.core.database import db
from tracker.working_days.models import CalendarChange, CalendarDay, CalendarYear
from tracker.working_days.notices import shipped_notices
from tracker.working_days.rules import Calendar, NoticeDay, Proposal, YearStatus

WARN_FROM_MONTH = 11

_STAMP = select(CalendarYear.year, CalendarYear.status, CalendarYear.edition).order_by(CalendarYear.year)
Stamp = tuple[tuple[int, str, str], ...]
_held: tuple[Stamp, Calendar] | None = None


@dataclass(frozen=True, slots=True)
class LoadedYear:
    """A year of the calendar, as the administrator sees it. `loaded_at` is None for one that came with the program."""

    year: int
    status: YearStatus
    source: str
    loaded_at: datetime | None
    loaded_by_id: int | None
    days: tuple[NoticeDay, ...]


def calendar() -> Calendar:
    """Return the working calendar as it is now (one small query; the days are read again only after a load).

    Ask once for each page or action. Before any year is loaded into the database, the notices that came with the
    program are the calendar; from the first load on, the database alone is.
    """
    global _held
    stamp = _stamp()
    if not stamp:
        return shipped_calendar()
    held = _held
    if held is None or held[0] != stamp:
        held = _held = (stamp, _calendar_of(stamp))
    return held[1]


@cache
def shipped_calendar() -> Calendar:
    """Return the calendar that came with the program, for use without a database."""
    notices = shipped_notices()
    days = (day for notice in notices.values() for day in notice.days)
    return Calendar(_by_date(days), dict.fromkeys(notices, YearStatus.OFFICIAL))


def loaded_years() -> list[LoadedYear]:
    """Return the years of the calendar with the days of their notices, oldest first."""
    rows = db.session.scalars(select(CalendarYear).order_by(CalendarYear.year)).all()
    if not rows:
        return [
            LoadedYear(year, YearStatus.OFFICIAL, notice.source, None, None, notice.days)
            for year, notice in sorted(shipped_notices().items())
        ]
    days: dict[int, list[NoticeDay]] = {}
    for row in db.session.scalars(select(CalendarDay).where(CalendarDay.name != "").order_by(CalendarDay.day)):
        days.setdefault(row.notice_year, []).append(NoticeDay(row.day, row.is_working, row.name))
    return [
        LoadedYear(
            row.year, YearStatus(row.status), row.source, row.loaded_at, row.loaded_by_id, tuple(days.get(row.year, ()))
        )
        for row in rows
    ]


def calendar_with(proposal: Proposal) -> Calendar:
    """Return the calendar as it would be once a year is loaded. A later year's notice keeps the days it named."""
    loaded = loaded_years()
    days = {year.year: year.days for year in loaded} | {proposal.year: proposal.days}
    statuses = {year.year: year.status for year in loaded} | {proposal.year: proposal.status}
    marks: dict[date, NoticeDay] = {}
    for year in sorted(days):
        marks |= _by_date(days[year])
    return Calendar(marks, statuses)


def unfinished_change() -> CalendarChange | None:
    """Return the change of the calendar that is under way, if there is one."""
    return db.session.scalar(select(CalendarChange).where(CalendarChange.unfinished.is_(True)))


def proposal_of(change: CalendarChange) -> Proposal:
    """Return what a change loads."""
    days = (NoticeDay(date.fromisoformat(on), is_working, name) for on, is_working, name in change.days)
    return Proposal(change.year, tuple(days), change.source, YearStatus(change.status))


def edition() -> str:
    """Return a text that is another one after every load of a year."""
    return " ".join(f"{year}:{status}:{edition}" for year, status, edition in _stamp())


def missing_year_warning(today: date) -> str | None:
    """Return the sentence for the first page from November on while next year's holidays are not official here."""
    if today.month < WARN_FROM_MONTH or calendar().status(today.year + 1) is YearStatus.OFFICIAL:
        return None
    return f"{today.year + 1}年放假安排尚未录入，落在该年的期限均为暂定；国务院办公厅通知公布后请及时录入。"


def _stamp() -> Stamp:
    return tuple((year, status, edition) for year, status, edition in db.session.execute(_STAMP))


def _calendar_of(stamp: Stamp) -> Calendar:
    rows = db.session.execute(select(CalendarDay.day, CalendarDay.is_working, CalendarDay.name))
    days = (NoticeDay(day, is_working, name) for day, is_working, name in rows if name)
    return Calendar(_by_date(days), {year: YearStatus(status) for year, status, _ in stamp})


def _by_date(days: Iterable[NoticeDay]) -> dict[date, NoticeDay]:
    return {day.date: day for day in days}
