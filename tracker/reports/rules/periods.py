"""The days of a period (期间): a day, week, month, quarter, year, the last twelve months, any days. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.cases.ledger.rules import Span
from tracker.core.dates import EARLIEST, long_date
from tracker.core.errors import DomainError

DAY = timedelta(days=1)
TREND_MONTHS = 12
LONGEST_YEARS = 5


class PeriodKind(StrEnum):
    """How a period is named."""

    TWELVE = "twelve"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    BETWEEN = "between"


PERIOD_LABELS: dict[PeriodKind, str] = {
    PeriodKind.TWELVE: "近 12 个月",
    PeriodKind.DAY: "日",
    PeriodKind.WEEK: "周（周一至周日）",
    PeriodKind.MONTH: "月",
    PeriodKind.QUARTER: "季度",
    PeriodKind.YEAR: "年",
    PeriodKind.BETWEEN: "起止日期",
}


@dataclass(frozen=True)
class Period:
    """A period with its days; it is compared with the one `before` (上期) and the same `last_year` (去年同期)."""

    kind: PeriodKind
    span: Span

    @property
    def words(self) -> str:
        """2026年11月1日至2026年11月30日; of one day 2026年11月28日."""
        since, until = self.span.since, self.span.until
        return long_date(since) if since == until else f"{long_date(since)}至{long_date(until)}"

    @property
    def before(self) -> Span | None:
        """The period that ended the day before; None before the first year that dates can have."""
        since = self.span.since
        if since <= EARLIEST:
            return None
        if self.kind in _NAMED:
            return _NAMED[self.kind](since - DAY)
        if self.kind is PeriodKind.TWELVE:
            return Span(year_earlier(since), since - DAY)
        return Span(max(EARLIEST, since - (self.span.until - since) - DAY), since - DAY)

    @property
    def last_year(self) -> Span | None:
        """The same days a year ago; of a week the one that holds the same day."""
        since, until = year_earlier(self.span.since), year_earlier(self.span.until)
        if since < EARLIEST:
            return None
        if self.kind in _NAMED:
            return _NAMED[self.kind](since)
        return Span(since, until)

    @property
    def months(self) -> list[Span]:
        """The twelve months up to that of its last day, for a trend."""
        last = _month(self.span.until)
        found = [last]
        while len(found) < TREND_MONTHS and found[0].since > EARLIEST:
            found.insert(0, _month(found[0].since - DAY))
        return found


def year_earlier(day: date) -> date:
    """Return the same day a year ago; 2月29日 gives 2月28日."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _month(day: date) -> Span:
    return Span(day.replace(day=1), _next_month(day) - DAY)


def _week(day: date) -> Span:
    monday = max(EARLIEST, day - day.weekday() * DAY)
    return Span(monday, day + (6 - day.weekday()) * DAY)


def _quarter(day: date) -> Span:
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    return Span(first, _month(date(day.year, first.month + 2, 1)).until)


# The period of a kind that holds a day.
_NAMED: dict[PeriodKind, Callable[[date], Span]] = {
    PeriodKind.DAY: lambda day: Span(day, day),
    PeriodKind.WEEK: _week,
    PeriodKind.MONTH: _month,
    PeriodKind.QUARTER: _quarter,
    PeriodKind.YEAR: lambda day: Span(date(day.year, 1, 1), date(day.year, 12, 31)),
}


def period_of(kind: PeriodKind, day: date) -> Period:
    """Return the period of a kind that holds a day; of the last twelve months the one that ends with it."""
    if kind in _NAMED:
        return Period(kind, _NAMED[kind](day))
    return Period(PeriodKind.TWELVE, Span(max(EARLIEST, _twelve_before(day)), day))


def _twelve_before(day: date) -> date:
    return _next_month(year_earlier(day))


def between(since: date, until: date) -> Period:
    """Return the period from one day to another. Raises DomainError for the wrong order, and for too many years."""
    if since > until:
        raise DomainError("起始日晚于截止日，请核对。", field="since")
    if until.year - since.year > LONGEST_YEARS:
        raise DomainError(f"起止日期最多相隔 {LONGEST_YEARS} 年。", field="until")
    return Period(PeriodKind.BETWEEN, Span(since, until))
