"""登记编号: one running number for each office's series and year; never shared, never skipped, never used again."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, insert, update
from sqlalchemy.exc import IntegrityError

from tracker.cases.record.models import RegisterCounter
from tracker.core.database import db
from tracker.reminders.gate.queries import year_of_numbers

SERIES = "XF"
_COUNT_ON = (
    update(RegisterCounter)
    .where(RegisterCounter.series == bindparam("of_series"), RegisterCounter.year == bindparam("of_year"))
    .values(last=RegisterCounter.last + bindparam("count"))
    .returning(RegisterCounter.last)
    .execution_options(synchronize_session=False)
)


def next_register_no(now: datetime, *, year: int | None = None) -> str:
    """Return the next number of the register, XF-2026-000123: of the present year, or of an earlier one (历史件).

    Raises ClockDoubted where the clock may be wrong about the year.
    """
    this_year = year_of_numbers(now)
    year = this_year if year is None else year
    return f"{SERIES}-{year}-{_next_in(SERIES, year):06d}"


def next_paper_no(now: datetime, series: str) -> str:
    """Return the next number of a kind of paper, 督〔2026〕3号 (GB/T 9704).

    Raises ClockDoubted where the clock may be wrong about the year.
    """
    return next_paper_nos(year_of_numbers(now), series, 1)[0]


def next_paper_nos(year: int, series: str, count: int) -> list[str]:
    """Return the next numbers of a kind of paper, all at once: for the timer, whose run has asked for the clock."""
    last = _next_in(series, year, count)
    return [f"{series}〔{year}〕{number}号" for number in range(last - count + 1, last + 1)]


def hold_series(year: int, series: Iterable[str]) -> None:
    """Lock the counters of some series until the transaction ends, always in the same order, made first if missing.

    Before anything else is locked: an act that takes a number locks its counter before the log.
    """
    for each in sorted(series):
        if _incremented(each, year, 0) is None:
            _begin(each, year)
            _incremented(each, year, 0)


def _next_in(series: str, year: int, count: int = 1) -> int:
    """Count a series on, by one or more, and return where it stands.

    The counter row stays locked until the transaction ends: another act of the same moment waits, and a number
    whose act fails is given back.
    """
    last = _incremented(series, year, count)
    if last is None:
        _begin(series, year)
        last = _incremented(series, year, count)
    if last is None:
        raise RuntimeError(f"no counter for {series} of {year}")
    return last


def _begin(series: str, year: int) -> None:
    try:
        with db.session.begin_nested():
            db.session.execute(insert(RegisterCounter).values(series=series, year=year, last=0))
    except IntegrityError:
        pass  # somebody else made the year's first row just now


def _incremented(series: str, year: int, count: int) -> int | None:
    last: int | None = db.session.scalar(_COUNT_ON, {"of_series": series, "of_year": year, "count": count})
    return last
