"""Terms (期限): from a start, an amount and a unit to the last day, step by step.

The start is day zero (民法典第二百零一条). A last day on a day of rest moves to the next working day
(第二百零三条). Months end on the same day number or, where there is none, on the last day of the month
(第二百零二条). The 条例 has no rule of its own for these three and is read by analogy.
"""

import calendar as gregorian
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from tracker.core.errors import DomainError
from tracker.working_days.rules.calendar import EARLIEST, LATEST, ONE_DAY, Calendar, CountedDay, YearStatus
from tracker.working_days.rules.pauses import Pause, PausedCalendar, leaving_out

MOST = 36_890
_EXTENDED = "批准延期"


class Unit(StrEnum):
    """What a span is counted in: calendar days (日), working days (工作日), months (月).

    Three are no count of days: HOUR (小时), which counts from an instant to an instant, FIXED, where a letter names the
    day (指定日期), and PERCENT, a share of the time of a term (时限用去的百分比).
    """

    DAY = "day"
    WORKING_DAY = "working-day"
    MONTH = "month"
    HOUR = "hour"
    FIXED = "fixed"
    PERCENT = "percent"


UNIT_LABELS: dict[Unit, str] = {
    Unit.DAY: "日",
    Unit.WORKING_DAY: "个工作日",
    Unit.MONTH: "个月",
    Unit.HOUR: "小时",
    Unit.FIXED: "指定日期",
    Unit.PERCENT: "%",
}

UNIT_NAMES = {
    Unit.DAY: ("day", "days", "日", "天", "自然日"),
    Unit.WORKING_DAY: ("working-day", "working-days", "工作日", "个工作日"),
    Unit.MONTH: ("month", "months", "月", "个月"),
}


@dataclass(frozen=True, slots=True)
class Extra:
    """Time added to a term after its nominal end: an approved extension (延期)."""

    amount: int
    unit: Unit
    because: str


@dataclass(frozen=True, slots=True)
class CountedStretch:
    """A count from `start` (not counted itself) to `end`; `because` is empty for the term, else names the extra.

    It keeps what was passed over (`skipped`: days of pauses, of working days also those of rest) and which weekend
    days counted as working days (`made_up`).
    `month_end`: the month had no such day number, so its last day was taken.
    """

    start: date
    amount: int
    unit: Unit
    end: date
    because: str = ""
    skipped: tuple[CountedDay, ...] = ()
    made_up: tuple[CountedDay, ...] = ()
    month_end: bool = False


@dataclass(frozen=True, slots=True)
class Rolled:
    """The last day was a day of rest: it moved over these days to the next working day (顺延)."""

    start: date
    over: tuple[CountedDay, ...]
    end: date


@dataclass(frozen=True, slots=True)
class Kept:
    """The last day is a weekend day that is worked in exchange (调休上班): it does not move."""

    day: CountedDay


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Years whose notice is not loaded, or not official yet: loading it may move the date (暂定)."""

    years: tuple[int, ...]
    statuses: tuple[YearStatus, ...]


Step = CountedStretch | Rolled | Kept | Unsettled


@dataclass(frozen=True, slots=True)
class DueDate:
    """A term and its last day: `nominal` as counted, `effective` after moving off days of rest.

    The effective day itself is in time. Officials are warned by the nominal day, petitioners are told
    the effective one. `steps` are the facts that produced the dates, in order.
    """

    start: date
    amount: int
    unit: Unit
    nominal: date
    effective: date
    provisional: bool
    steps: tuple[Step, ...]
    extras: tuple[Extra, ...] = ()
    rolls: bool = True
    pauses: tuple[Pause, ...] = ()


def due(
    start: date,
    amount: int,
    unit: Unit,
    calendar: Calendar,
    extras: Sequence[Extra] = (),
    *,
    rolls: bool = True,
    pauses: Sequence[Pause] = (),
) -> DueDate:
    """Return the last day of a term (期限届满日), with the steps that led to it.

    Zero means the same day (当日) and moves only out of a pause. `extras` are added to the nominal end, in their
    order, before it moves off days of rest; with `rolls=False` it stays where it was counted. Days of `pauses` are
    neither counted nor the last one; a pause that lasts counts for nothing until it is over.
    Raises DomainError outside the years 2000–2100, ValueError for a unit that counts no days.
    """
    _check_term(start, amount)
    if unit not in UNIT_NAMES:
        raise ValueError(f"a term is not counted in {unit}")
    unit, calendar = Unit(unit), leaving_out(calendar, pauses)
    counts = [_counted(start, amount, unit, calendar)]
    for extra in extras:
        counts.append(_counted(counts[-1].end, extra.amount, extra.unit, calendar, because=extra.because))
    nominal = counts[-1].end
    may_move = rolls and (amount > 0 or bool(extras))
    ends_on_working_day = counts[-1].unit is Unit.WORKING_DAY and counts[-1].amount > 0
    moved = _moved(nominal, calendar) if may_move and not ends_on_working_day else None
    effective = moved.end if isinstance(moved, Rolled) else nominal
    consulted = [day for count in counts for day in _consulted(count)]
    if may_move:
        consulted += [nominal + timedelta(days=n) for n in range((effective - nominal).days + 1)]
    unsettled = _unsettled(consulted, calendar)
    steps = (*counts, *(step for step in (moved, unsettled) if step is not None))
    given = (tuple(extras), rolls, tuple(pauses))
    return DueDate(start, amount, unit, nominal, effective, unsettled is not None, steps, *given)


def due_instant(started_at: datetime, hours: int) -> datetime:
    """Return the instant at which a term of hours ends (民法典第二百零一条第二款): every hour counts, of nights too.

    Raises DomainError for an amount that is negative or too long.
    """
    _check_amount(hours)
    return started_at + timedelta(hours=hours)


def additions(*, extension_days: int = 0) -> tuple[Extra, ...]:
    """Return what a running term has been given: days of extension (延期)."""
    return (Extra(extension_days, Unit.DAY, _EXTENDED),) if extension_days else ()


def shifted(term: DueDate, extra: Extra, calendar: Calendar) -> DueDate:
    """Return the term with something more added to its nominal end.

    Raises DomainError where that is not more than nothing.
    """
    if extra.amount < 1:
        raise DomainError(f"{extra.because}的天数应当大于0。")
    extras = (*term.extras, extra)
    return due(term.start, term.amount, term.unit, calendar, extras, rolls=term.rolls, pauses=term.pauses)


def extended(term: DueDate, days: int, calendar: Calendar, *, unit: Unit = Unit.DAY) -> DueDate:
    """Return the term with an approved extension (延期, 条例第三十四条), counted from the nominal day."""
    return shifted(term, Extra(days, unit, _EXTENDED), calendar)


def add_working_days(start: date, amount: int, calendar: Calendar) -> date:
    """Return the last of `amount` working days after `start`; a negative amount counts back.

    The start is day zero (民法典第二百零一条): received on Friday, one day means due on Monday.
    """
    reached = start
    days = calendar.days_after(start, backwards=amount < 0)
    for _ in range(abs(amount)):
        reached = next(day.date for day in days if day.is_working)
    return reached


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Return how many working days lie after `start` up to and including `end` (剩几个工作日); never below 0."""
    return sum(calendar.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def parse_unit(text: str) -> Unit:
    """Return the unit a person wrote: day, working-day, month, 日, 工作日, 月. Raises DomainError."""
    word = text.strip().lower()
    for unit, names in UNIT_NAMES.items():
        if word in names:
            return unit
    raise DomainError(f"看不懂期限单位“{text.strip()[:20]}”，应为 day（日）、working-day（工作日）或 month（月）。")


def parse_amount(text: str) -> int:
    """Return the number of days or months a person wrote. Raises DomainError on anything but a whole number from 0."""
    word = text.strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,20}", word):
        raise DomainError(f"期限“{word[:20]}”不是整数。")
    amount = int(word)
    _check_amount(amount)
    return amount


def _check_amount(amount: int) -> None:
    if amount < 0:
        raise DomainError(f"期限不能是负数（{amount}）。")
    if amount > MOST:
        raise DomainError(f"期限 {amount} 太长，算出的日期超出2100年，请核对。")


def _check_term(start: date, amount: int) -> None:
    if not EARLIEST <= start <= LATEST:
        raise DomainError(f"起算日期 {start.isoformat()} 超出范围（2000年至2100年）。")
    _check_amount(amount)


def _counted(start: date, amount: int, unit: Unit, calendar: Calendar, *, because: str = "") -> CountedStretch:
    if not amount:
        return _same_day(start, unit, calendar, because)
    if unit is Unit.WORKING_DAY:
        counted, skipped = _first_of(start, amount, calendar, lambda day: day.is_working)
        made_up = tuple(day for day in counted if day.made_up)
        return CountedStretch(start, amount, unit, counted[-1].date, because, tuple(skipped), made_up)
    if unit is Unit.MONTH:
        return _out_of_pauses(_counted_months(start, amount, because), calendar)
    if amount > (LATEST - start).days:
        raise DomainError("算出的日期超出2100年，请核对起算日期和期限。")
    return _out_of_pauses(CountedStretch(start, amount, unit, start + timedelta(days=amount), because), calendar)


def _same_day(start: date, unit: Unit, calendar: Calendar, because: str) -> CountedStretch:
    """Return a term of no days: it ends on its own day, of a pause on the first day after it."""
    if calendar.counts(start):
        return CountedStretch(start, 0, unit, start, because)
    [first], skipped = _first_of(start, 1, calendar, _is_counted)
    return CountedStretch(start, 0, unit, first.date, because, (calendar.day(start), *skipped))


def _out_of_pauses(count: CountedStretch, calendar: Calendar) -> CountedStretch:
    """Return a count of calendar days or months with a day more for each that lies in a pause."""
    if not isinstance(calendar, PausedCalendar):
        return count
    days = (calendar.day(count.start + n * ONE_DAY) for n in range(1, (count.end - count.start).days + 1))
    lost = [day for day in days if day.paused]
    instead, skipped = _first_of(count.end, len(lost), calendar, _is_counted)
    return replace(count, end=instead[-1].date, skipped=(*lost, *skipped)) if lost else count


def _is_counted(day: CountedDay) -> bool:
    return not day.paused


def _first_of(
    start: date, amount: int, calendar: Calendar, counts: Callable[[CountedDay], bool]
) -> tuple[list[CountedDay], list[CountedDay]]:
    """Return the first days after a day that count, as many as asked for, and those that were passed over."""
    counted, skipped, days = list[CountedDay](), list[CountedDay](), calendar.days_after(start)
    while len(counted) < amount:
        day = next(days)
        (counted if counts(day) else skipped).append(day)
    return counted, skipped


def _counted_months(start: date, amount: int, because: str) -> CountedStretch:
    years, month = divmod(start.month - 1 + amount, 12)
    year = start.year + years
    if year > LATEST.year:
        raise DomainError("算出的日期超出2100年，请核对起算日期和期限。")
    last = gregorian.monthrange(year, month + 1)[1]
    end = date(year, month + 1, min(start.day, last))
    return CountedStretch(start, amount, Unit.MONTH, end, because, month_end=start.day > last)


def _moved(nominal: date, calendar: Calendar) -> Rolled | Kept | None:
    last = calendar.day(nominal)
    if last.is_working:
        return Kept(last) if last.made_up else None
    days = calendar.days_after(nominal)
    over = [last, *takewhile(lambda day: not day.is_working, days)]
    return Rolled(nominal, tuple(over), over[-1].date + timedelta(days=1))


def _consulted(count: CountedStretch) -> list[date]:
    """Return the days whose being worked or not decided a count: only working days ask the calendar."""
    if count.unit is not Unit.WORKING_DAY:
        return []
    return [count.start + timedelta(days=n) for n in range(1, (count.end - count.start).days + 1)]


def _unsettled(days: Sequence[date], calendar: Calendar) -> Unsettled | None:
    asked = (calendar.unsettled_year(day) for day in days if calendar.counts(day))
    found = sorted({year for year in asked if year is not None})
    return Unsettled(tuple(found), tuple(calendar.status(year) for year in found)) if found else None
