"""登记编号: one running number for each office's series and year; never shared, never skipped, never used again."""

from collections.abc import Iterable

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from tracker.cases.models import RegisterCounter
from tracker.core.database import db

SERIES = "XF"


def next_register_no(year: int, *, series: str = SERIES) -> str:
    """Return the next number of the register, XF-2026-000123."""
    return f"{series}-{year}-{next_in(series, year):06d}"


def next_paper_no(year: int, series: str) -> str:
    """Return the next number of a kind of paper in a year, 督〔2026〕3号 (GB/T 9704)."""
    return f"{series}〔{year}〕{next_in(series, year)}号"


def hold_series(year: int, series: Iterable[str]) -> None:
    """Lock the counters of some series until the transaction ends, always in the same order."""
    rows = select(RegisterCounter).where(RegisterCounter.year == year, RegisterCounter.series.in_(sorted(series)))
    db.session.execute(rows.order_by(RegisterCounter.series).with_for_update())


def next_in(series: str, year: int) -> int:
    """Return the next count of a series.

    The counter row stays locked until the transaction ends: whoever saves at the same moment waits, and a number
    whose act fails is given back.
    """
    last = _incremented(series, year)
    if last is None:
        try:
            with db.session.begin_nested():
                db.session.execute(insert(RegisterCounter).values(series=series, year=year, last=0))
        except IntegrityError:
            pass  # another clerk made the year's first row just now
        last = _incremented(series, year)
    if last is None:
        raise RuntimeError(f"no counter for {series} of {year}")
    return last


def _incremented(series: str, year: int) -> int | None:
    return db.session.scalar(
        update(RegisterCounter)
        .where(RegisterCounter.series == series, RegisterCounter.year == year)
        .values(last=RegisterCounter.last + 1)
        .returning(RegisterCounter.last)
        .execution_options(synchronize_session=False)
    )
