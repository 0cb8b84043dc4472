"""Which days are worked (工作日): Monday to Friday, less holidays (放假), plus weekend days worked for them (调休)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from tracker.core.errors import DomainError

EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 12, 31)
WEEKEND = frozenset({6, 7})
WEEKEND_NAME = "周末"
REST_MARK = "休"
WORK_MARK = "班"
PAUSE_MARK = "停"
ONE_DAY = timedelta(days=1)

# 全国年节及纪念日放假办法 §2, the days that stand on the solar calendar: (month, day) → (name, first year).
FIXED_HOLIDAYS: Mapping[tuple[int, int], tuple[str, int]] = {
    (1, 1): ("元旦", 2000),
    (5, 1): ("劳动节", 2000),
    (5, 2): ("劳动节", 2025),
    (10, 1): ("国庆节", 2000),
    (10, 2): ("国庆节", 2000),
    (10, 3): ("国庆节", 2000),
}

# A notice can reach back into the December before it (2019's made 2018-12-29 a working day and 12-31 a holiday).
# New Year's Day on a Tuesday, Thursday or Sunday (ISO 2, 4, 7) has led to such exchanges; on other weekdays never.
YEAR_END = (12, 28)
EXCHANGED_NEW_YEARS = frozenset({2, 4, 7})


class YearStatus(StrEnum):
    """How far a year's holidays are known."""

    OFFICIAL = "official"
    PROVISIONAL = "provisional"
    NOT_LOADED = "not-loaded"


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """What a notice says of one day: off (放假) or worked in exchange (调休上班), and for which holiday."""

    date: date
    is_working: bool
    name: str


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day as it is counted: worked or not, and why."""

    date: date
    is_working: bool
    name: str
    made_up: bool = False
    paused: bool = False

    @property
    def mark(self) -> str:
        """Return 休 for a day of rest, 班 for a weekend day that is worked, 停 for one of a pause, else nothing."""
        if self.paused:
            return PAUSE_MARK
        if not self.is_working:
            return REST_MARK
        return WORK_MARK if self.made_up else ""


@dataclass(frozen=True, eq=False)
class Calendar:
    """The working calendar: what the notices say, and which years they cover.

    A year that is not loaded is counted by weekends and the fixed statutory holidays alone: whatever is
    computed through it is provisional (暂定), because its lunar holidays and exchanged days are not known.
    """

    marks: Mapping[date, NoticeDay] = field(default_factory=dict)
    years: Mapping[int, YearStatus] = field(default_factory=dict)
    weekend: frozenset[int] = WEEKEND

    def status(self, year: int) -> YearStatus:
        """Return whether a year is official, provisional or not loaded."""
        return self.years.get(year, YearStatus.NOT_LOADED)

    def counts(self, on: date) -> bool:
        """Return whether a day is counted in a term of calendar days: all are, but for those of a pause."""
        return True

    def is_working(self, on: date) -> bool:
        """Return whether a day is worked (工作日)."""
        mark = self.marks.get(on)
        if mark is not None:
            return mark.is_working
        return on.isoweekday() not in self.weekend and not self._fixed_holiday(on)

    def day(self, on: date) -> CountedDay:
        """Return a day with its name: the holiday, 周末, or nothing."""
        mark = self.marks.get(on)
        on_weekend = on.isoweekday() in self.weekend
        if mark is not None:
            return CountedDay(on, mark.is_working, mark.name, made_up=mark.is_working and on_weekend)
        fixed = self._fixed_holiday(on)
        if fixed or on_weekend:
            return CountedDay(on, False, fixed or WEEKEND_NAME)
        return CountedDay(on, True, "")

    def unsettled_year(self, on: date) -> int | None:
        """Return the year whose notice could still change this day; None for a day that is settled."""
        if self.status(on.year) is not YearStatus.OFFICIAL:
            return on.year
        if (on.month, on.day) < YEAR_END or self.status(on.year + 1) is YearStatus.OFFICIAL:
            return None
        return on.year + 1 if date(on.year + 1, 1, 1).isoweekday() in EXCHANGED_NEW_YEARS else None

    def days_after(self, start: date, *, backwards: bool = False) -> Iterator[CountedDay]:
        """Yield the days after (or before) a day, one by one. Raises DomainError beyond the years 1900–2100."""
        step, on = (-ONE_DAY if backwards else ONE_DAY), start
        while True:
            on += step
            if on > LATEST or on.year < 1900:
                raise DomainError("算出的日期超出2100年，请核对起算日期和期限。")
            yield self.day(on)

    def _fixed_holiday(self, on: date) -> str:
        name, since = FIXED_HOLIDAYS.get((on.month, on.day), ("", 0))
        return name if name and on.year >= since and self.status(on.year) is YearStatus.NOT_LOADED else ""
