"""Terms against a second, independent implementation that looks at one day after another; days against a library."""

from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from tests.working_days.support import official
from tracker.working_days.rules import (
    Calendar,
    Extra,
    NoticeDay,
    Unit,
    YearStatus,
    day_table,
    derivation,
    due,
    working_days_between,
)

ONE = timedelta(days=1)
STATUSES = st.sampled_from([YearStatus.OFFICIAL, YearStatus.PROVISIONAL, YearStatus.NOT_LOADED])
UNITS = st.sampled_from((Unit.DAY, Unit.WORKING_DAY, Unit.MONTH))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw a calendar of 2025–2028 with holidays and make-up days anywhere, and years known or not."""
    marks = {}
    for offset, working in draw(st.dictionaries(st.integers(0, 1460), st.booleans(), max_size=60)).items():
        on = date(2025, 1, 1) + timedelta(days=offset)
        if working == (on.isoweekday() > 5):
            marks[on] = NoticeDay(on, working, "节")
    return Calendar(marks, {year: draw(STATUSES) for year in range(2025, 2030)})


class DayByDay:
    """The second opinion: no arithmetic of dates beyond “the next day”."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def works(self, on: date) -> bool:
        if on in self.calendar.marks:
            return self.calendar.marks[on].is_working
        known = self.calendar.years.get(on.year, YearStatus.NOT_LOADED) != YearStatus.NOT_LOADED
        if not known and on.strftime("%m-%d") in {"01-01", "05-01", "05-02", "10-01", "10-02", "10-03"}:
            return False
        return on.strftime("%a") not in {"Sat", "Sun"}

    def add(self, start: date, amount: int, unit: Unit) -> date:
        on = start
        if unit == Unit.MONTH:
            wanted = ((start.year * 12 + start.month - 1 + amount) // 12, (start.month - 1 + amount) % 12 + 1)
            while (on.year, on.month) < wanted:
                on += ONE
            while on.day < start.day and (on + ONE).month == on.month:
                on += ONE
            return on
        left = amount
        while left:
            on += ONE
            left -= 1 if unit == Unit.DAY or self.works(on) else 0
        return on

    def last_day(self, start: date, parts: list[tuple[int, Unit]]) -> tuple[date, date]:
        on = start
        for amount, unit in parts:
            on = self.add(on, amount, unit)
        nominal = on
        while parts != [(0, parts[0][1])] and not self.works(on):
            on += ONE
        return nominal, on


@given(
    calendar=calendars(),
    start=st.dates(date(2025, 1, 1), date(2027, 6, 30)),
    amount=st.integers(0, 90),
    unit=UNITS,
    extras=st.lists(st.tuples(st.integers(1, 40), UNITS), max_size=2),
)
def test_two_ways_of_counting_agree(
    calendar: Calendar, start: date, amount: int, unit: Unit, extras: list[tuple[int, Unit]]
) -> None:
    amount = min(amount, 12) if unit == Unit.MONTH else amount
    extras = [(min(n, 3) if u == Unit.MONTH else n, u) for n, u in extras]
    term = due(start, amount, unit, calendar, [Extra(n, u, "加") for n, u in extras])
    assert (term.nominal, term.effective) == DayByDay(calendar).last_day(start, [(amount, unit), *extras])
    _sentence_and_table_agree(term.effective, derivation(term), day_table(term, calendar)[-1].date)


def _sentence_and_table_agree(effective: date, sentence: str, last_row: date) -> None:
    words = f"{effective.year}年{effective.month}月{effective.day}日"
    assert words in sentence
    assert last_row == effective


@given(calendar=calendars(), start=st.dates(date(2025, 1, 1), date(2028, 6, 30)), amount=st.integers(1, 60))
def test_days_left_is_the_count_turned_round(calendar: Calendar, start: date, amount: int) -> None:
    end = due(start, amount, Unit.WORKING_DAY, calendar).effective
    assert working_days_between(start, end, calendar) == amount
    assert working_days_between(start, end - ONE, calendar) == amount - 1


@given(
    calendar=calendars(),
    start=st.dates(date(2025, 1, 1), date(2027, 6, 30)),
    amount=st.integers(0, 90),
    unit=st.sampled_from([Unit.DAY, Unit.WORKING_DAY]),
)
def test_a_date_not_marked_provisional_does_not_move_when_other_years_are_loaded(
    calendar: Calendar, start: date, amount: int, unit: Unit
) -> None:
    """Whatever the notices of unsettled years will say, a settled date stays: the mark promises that."""
    term = due(start, amount, unit, calendar)
    turned = {}
    on = date(2025, 1, 1)
    while on < date(2029, 12, 31):
        if calendar.unsettled_year(on) is not None:
            turned[on] = NoticeDay(on, not calendar.is_working(on), "变")
        on += ONE
    after = Calendar({**calendar.marks, **turned}, dict.fromkeys(range(2025, 2031), YearStatus.OFFICIAL))
    moved = due(start, amount, unit, after).effective != term.effective
    assert term.provisional or not moved


def test_every_day_of_2018_to_2026_is_as_the_library_knows_it() -> None:
    on = date(2018, 1, 1)
    while on <= date(2026, 12, 31):
        assert official().is_working(on) == chinese_calendar.is_workday(on), on
        assert official().day(on).made_up == (on in chinese_calendar.constants.workdays and on.isoweekday() > 5), on
        on += ONE
    assert on == date(2027, 1, 1)


def test_the_library_and_the_fallback_differ_where_a_notice_is_needed() -> None:
    """The comparison above is not vacuous: weekends and fixed holidays alone are wrong on hundreds of days."""
    on, wrong = date(2018, 1, 1), 0
    while on <= date(2026, 12, 31):
        wrong += Calendar().is_working(on) != chinese_calendar.is_workday(on)
        on += ONE
    assert wrong > 150
