"""Loading a year's holidays (载入放假安排)."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Actor
from tracker.core.database import db, public_id
from tracker.core.errors import DomainError
from tracker.working_days.models import CalendarDay, CalendarYear
from tracker.working_days.notices import shipped_notices
from tracker.working_days.queries import unfinished_change
from tracker.working_days.rules import WEEKEND, NoticeDay, Proposal, YearStatus, checked_days

LONGEST_SOURCE = 500
UNDER_WAY = "已经有一份放假安排正在应用，等它办完再改。"


def proposed(
    year: int, days: Iterable[NoticeDay], *, source: str, status: YearStatus = YearStatus.OFFICIAL
) -> Proposal:
    """Return a year's holidays as they could be loaded; nothing is written. Raises DomainError as `load_year` does."""
    return Proposal(year, checked_days(year, days), _checked_source(source), status)


def load_year(
    year: int,
    days: Iterable[NoticeDay],
    *,
    source: str,
    by: Actor | None,
    now: datetime,
    status: YearStatus = YearStatus.OFFICIAL,
) -> CalendarYear:
    """Load the holidays of a year (录入放假安排), replacing what was loaded for it before.

    `source` is the notice's title or number. The first load also stores the notices that came with the program,
    because from then on the database alone is the calendar. Raises DomainError with a sentence for an empty year,
    a day outside it, a day twice, a weekday marked as worked, and whatever no State Council would decree.
    """
    checked = checked_days(year, days)
    source = _checked_source(source)
    if status is YearStatus.NOT_LOADED:
        raise ValueError("a loaded year is official or provisional")
    if not _locked_years():
        seed_known_years(now=now, leaving_out=year)
    return _store(year, checked, source=source, by=by, now=now, status=status)


def seed_known_years(*, now: datetime, by: Actor | None = None, leaving_out: int | None = None) -> list[int]:
    """Store the notices that came with the program for every year not loaded yet; return those years.

    Safe to repeat: a year the office loaded itself is never touched. Raises DomainError while a change of the
    calendar is under way: it counts by the years as they were.
    """
    if unfinished_change():
        raise DomainError(UNDER_WAY)
    return _seed(now=now, by=by, leaving_out=leaving_out)


def _seed(*, now: datetime, by: Actor | None = None, leaving_out: int | None = None) -> list[int]:
    held = set(db.session.scalars(select(CalendarYear.year)))
    missing = [year for year in sorted(shipped_notices()) if year not in held and year != leaving_out]
    for year in missing:
        notice = shipped_notices()[year]
        _store(year, notice.days, source=notice.source, by=by, now=now, status=YearStatus.OFFICIAL)
    return missing


def hold_known_years(*, now: datetime) -> None:
    """Store the notices that came with the program where no year is loaded yet: the calendar stays the same."""
    if not _locked_years():
        _seed(now=now)


def _locked_years() -> list[CalendarYear]:
    """Lock the loaded years, so that two people loading at once follow each other."""
    rows = select(CalendarYear).order_by(CalendarYear.year).with_for_update()
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def _checked_source(source: str) -> str:
    source = " ".join(source.split())
    if not source:
        raise DomainError("请写明依据：通知的名称或文号。", field="source")
    if len(source) > LONGEST_SOURCE or not source.isprintable():
        raise DomainError(f"依据最多{LONGEST_SOURCE}个字，且不能有不能显示的字符。", field="source")
    return source


def _store(
    year: int, days: tuple[NoticeDay, ...], *, source: str, by: Actor | None, now: datetime, status: YearStatus
) -> CalendarYear:
    row = db.session.get(CalendarYear, year)
    if row is None:
        row = CalendarYear(year=year)
        db.session.add(row)
    row.status, row.source, row.edition = status.value, source, public_id()
    row.loaded_at, row.loaded_by_id = now, by.id if by else None
    changed = _store_days(year, days, source)
    audit.record(
        audit.Event.CALENDAR_LOADED,
        by=by,
        now=now,
        payload={
            "year": year,
            "status": status.value,
            "off": sum(not day.is_working for day in days),
            "work": sum(day.is_working for day in days),
            "changed": changed,
        },
    )
    return row


def _store_days(year: int, days: tuple[NoticeDay, ...], source: str) -> int:
    """Write the days of a notice; return how many rows changed. A later year's notice keeps the days it named."""
    named = {day.date: day for day in days}
    rows = select(CalendarDay).where((CalendarDay.notice_year == year) | CalendarDay.day.in_(list(named)))
    held = {row.day: row for row in db.session.scalars(rows)}
    changed = 0
    for on in sorted(held.keys() | named.keys()):
        row = held.get(on)
        if row is not None and row.notice_year > year and row.name:
            continue
        if row is None:
            row = CalendarDay(day=on)
            db.session.add(row)
        changed += _write(row, named.get(on) or _ordinary(on), source=source, year=year)
    return changed


def _ordinary(on: date) -> NoticeDay:
    """Return a day that no notice names: Monday to Friday worked, nameless."""
    return NoticeDay(on, on.isoweekday() not in WEEKEND, "")


def _write(row: CalendarDay, day: NoticeDay, *, source: str, year: int) -> bool:
    wanted = (day.is_working, day.name, source, year)
    if (row.is_working, row.name, row.source, row.notice_year) == wanted:
        return False
    row.is_working, row.name, row.source, row.notice_year = wanted
    return True
