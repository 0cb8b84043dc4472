"""Numbers of matters and papers (编号): running in each series, never shared, never skipped, never used again."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from tracker.cases.record.models import OfficeCode, RegisterCounter
from tracker.cases.record.rules.series import REGISTER, Series, office_code
from tracker.core.database import db
from tracker.reminders.gate.queries import year_of_numbers

_CODE = select(OfficeCode.code).where(OfficeCode.office_id == bindparam("of_office")).scalar_subquery()
_COUNT_ON = (
    update(RegisterCounter)
    .where(
        RegisterCounter.office_id == bindparam("of_office"),
        RegisterCounter.kind == bindparam("of_kind"),
        RegisterCounter.year == bindparam("of_year"),
        RegisterCounter.closed == bindparam("of_closed"),
    )
    .values(last=RegisterCounter.last + bindparam("count"))
    .returning(RegisterCounter.last, _CODE)
    .execution_options(synchronize_session=False)
)


def next_register_no(now: datetime, office_id: int, *, closed: bool, year: int | None = None) -> str:
    """Return the next number of an office's register: of the present year, or of an earlier one (历史件).

    Raises ClockDoubted where the clock may be wrong about the year.
    """
    this_year = year_of_numbers(now)
    return next_numbers(Series(office_id, REGISTER, this_year if year is None else year, closed), 1)[0]


def next_paper_no(now: datetime, office_id: int, kind: str, *, closed: bool) -> str:
    """Return the next number of a kind of paper. Raises ClockDoubted where the clock may be wrong about the year."""
    return next_numbers(Series(office_id, kind, year_of_numbers(now), closed), 1)[0]


def next_closed_no(office_id: int, year: int) -> str:
    """Return the next closed number of the year of an open one that is given up (转内部编号).

    The clock is not asked: it names no year, and what must be closed does not wait for it.
    """
    return next_numbers(Series(office_id, REGISTER, year, closed=True), 1)[0]


def next_numbers(series: Series, count: int) -> list[str]:
    """Return the next numbers of a series, all at once: for the timer, whose run has asked for the clock.

    The counter row stays locked until the transaction ends: another act of the same moment waits, and a number
    whose act fails is given back.
    """
    found = _counted_on(series, count)
    if found is None:
        _begin(series)
        found = _counted_on(series, count)
    if found is None:
        raise RuntimeError(f"no counter for {series}")
    last, code = found
    return [series.number(code, running) for running in range(last - count + 1, last + 1)]


def hold(now: datetime, series: Iterable[Series]) -> None:
    """Lock the counters of some series until the transaction ends, always in the same order, made first if missing.

    Who takes numbers of several series holds them all before the first, and before the log is locked: two such acts
    wait for each other, and never stand in a circle. Raises ClockDoubted where the clock may be wrong about the year.
    """
    year_of_numbers(now)
    _lock(series)


def hold_kinds(year: int, kinds: Collection[str]) -> None:
    """Lock the counters of some kinds of papers of every office: for the timer, whose run has asked for the clock."""
    offices = db.session.scalars(select(OfficeCode.office_id)).all()
    _lock(Series(id_, kind, year, closed) for id_ in offices for kind in kinds for closed in (False, True))


def _lock(series: Iterable[Series]) -> None:
    for each in sorted(set(series)):
        next_numbers(each, 0)


def _counted_on(series: Series, count: int) -> tuple[int, str] | None:
    given = {"of_office": series.office_id, "of_kind": series.kind, "of_year": series.year, "of_closed": series.closed}
    found = db.session.execute(_COUNT_ON, {**given, "count": count}).first()
    return (found[0], found[1]) if found else None


def _begin(series: Series) -> None:
    """Make the first row of a series, and the code of an office that gives its first number."""
    while db.session.scalar(select(OfficeCode.code).where(OfficeCode.office_id == series.office_id)) is None:
        earlier = db.session.scalar(select(func.count()).select_from(OfficeCode)) or 0
        _insert(OfficeCode, office_id=series.office_id, code=office_code(earlier))
    key = {"office_id": series.office_id, "kind": series.kind, "year": series.year, "closed": series.closed}
    _insert(RegisterCounter, **key, last=0)


def _insert(table: type[OfficeCode] | type[RegisterCounter], **values: object) -> None:
    try:
        with db.session.begin_nested():
            db.session.execute(insert(table).values(**values))
    except IntegrityError:
        pass  # another process was quicker
