"""The dates of domain.md §5, one by one, and the rules behind them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.working_days.support import iso, official
from tracker.core.errors import DomainError
from tracker.working_days.rules import (
    Calendar,
    CountedStretch,
    DueDate,
    Extra,
    Kept,
    NoticeDay,
    Rolled,
    Unit,
    Unsettled,
    YearStatus,
    add_working_days,
    additions,
    due,
    due_instant,
    extended,
    parse_amount,
    parse_unit,
    shifted,
    working_days_between,
)

DAY, WORKING_DAY, MONTH = Unit.DAY, Unit.WORKING_DAY, Unit.MONTH

CHECKED = [
    ("2026-02-10", 5, WORKING_DAY, "2026-02-24", "2026-02-24"),
    ("2026-02-10", 15, DAY, "2026-02-25", "2026-02-25"),
    ("2026-08-02", 60, DAY, "2026-10-01", "2026-10-08"),
    ("2026-04-24", 15, DAY, "2026-05-09", "2026-05-09"),
    ("2026-02-27", 15, DAY, "2026-03-14", "2026-03-16"),
    ("2025-11-30", 3, MONTH, "2026-02-28", "2026-02-28"),
    # the Sunday after New Year 2026 is worked
    ("2026-01-01", 1, WORKING_DAY, "2026-01-04", "2026-01-04"),
    ("2025-12-31", 2, WORKING_DAY, "2026-01-05", "2026-01-05"),
    # 2019's notice reaches into December 2018: Saturday 29 worked, Monday 31 off
    ("2018-12-28", 1, WORKING_DAY, "2018-12-29", "2018-12-29"),
    ("2018-12-28", 2, WORKING_DAY, "2019-01-02", "2019-01-02"),
    ("2018-12-16", 15, DAY, "2018-12-31", "2019-01-02"),
    # spring 2020 was prolonged to 2 February by a later notice
    ("2020-01-23", 1, WORKING_DAY, "2020-02-03", "2020-02-03"),
    # leap days and ends of months (民法典第二百零二条)
    ("2024-02-28", 1, DAY, "2024-02-29", "2024-02-29"),
    ("2023-02-28", 1, DAY, "2023-03-01", "2023-03-01"),
    ("2024-01-31", 1, MONTH, "2024-02-29", "2024-02-29"),
    ("2023-01-31", 1, MONTH, "2023-02-28", "2023-02-28"),
    ("2024-02-29", 12, MONTH, "2025-02-28", "2025-02-28"),
    ("2023-11-30", 3, MONTH, "2024-02-29", "2024-02-29"),
    ("2025-08-31", 1, MONTH, "2025-09-30", "2025-09-30"),
    ("2025-12-15", 6, MONTH, "2026-06-15", "2026-06-15"),
    # nought is the same day and stays there, rest day or not (当日)
    ("2026-11-20", 0, DAY, "2026-11-20", "2026-11-20"),
    ("2026-10-01", 0, DAY, "2026-10-01", "2026-10-01"),
    ("2026-10-03", 0, WORKING_DAY, "2026-10-03", "2026-10-03"),
]


@pytest.mark.parametrize(("start", "amount", "unit", "nominal", "effective"), CHECKED)
def test_checked_dates(start: str, amount: int, unit: Unit, nominal: str, effective: str) -> None:
    term = due(iso(start), amount, unit, official())
    assert (term.nominal, term.effective) == (iso(nominal), iso(effective))
    assert not term.provisional


def test_a_plain_text_unit_counts_the_same_and_an_unknown_one_is_a_defect() -> None:
    assert due(iso("2026-02-10"), 5, "working-day", official()).effective == iso("2026-02-24")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="working_day"):
        due(iso("2026-02-10"), 5, "working_day", official())  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", [Unit.FIXED, Unit.PERCENT])
def test_what_counts_no_days_makes_no_term(unit: Unit) -> None:
    with pytest.raises(ValueError, match="not counted"):
        due(iso("2026-11-09"), 3, unit, official())


def test_the_steps_are_the_facts() -> None:
    count, rolled = due(iso("2026-08-02"), 60, DAY, official()).steps
    assert isinstance(count, CountedStretch)
    assert isinstance(rolled, Rolled)
    assert (count.start, count.amount, count.end) == (iso("2026-08-02"), 60, iso("2026-10-01"))
    assert (rolled.start, rolled.end, len(rolled.over)) == (iso("2026-10-01"), iso("2026-10-08"), 7)
    assert {day.name for day in rolled.over} == {"国庆节"}
    (counted,) = due(iso("2026-02-10"), 5, WORKING_DAY, official()).steps
    assert isinstance(counted, CountedStretch)
    assert [day.date for day in counted.made_up] == [iso("2026-02-14")]
    assert [day.date for day in counted.skipped] == [iso("2026-02-15") + timedelta(days=n) for n in range(9)]
    kept = due(iso("2026-04-24"), 15, DAY, official()).steps[-1]
    assert isinstance(kept, Kept)
    assert kept.day.mark == "班"


def test_years_not_loaded_are_provisional_not_an_error() -> None:
    term = due(iso("2026-11-20"), 60, DAY, official())
    assert (term.effective, term.provisional) == (iso("2027-01-19"), True)
    assert term.steps[-1] == Unsettled((2027,), (YearStatus.NOT_LOADED,))
    assert not due(iso("2026-11-20"), 30, DAY, official()).provisional


def test_a_year_not_loaded_knows_its_fixed_holidays_only() -> None:
    empty = Calendar()
    rest = [day for n in range(365) if not empty.is_working(day := date(2029, 1, 1) + timedelta(days=n))]
    weekdays = [day for day in rest if day.isoweekday() < 6]
    assert weekdays == [date(2029, *md) for md in ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))]
    assert empty.is_working(date(2019, 5, 2)), "the second day of 劳动节 is a holiday only from 2025"
    assert official().is_working(date(2018, 5, 2)), "a loaded year is as its notice says"


def test_only_the_days_that_were_asked_make_a_date_provisional() -> None:
    loaded = Calendar(official().marks, {2026: YearStatus.OFFICIAL})
    assert not due(iso("2025-12-20"), 20, DAY, loaded).provisional, "calendar days never asked 2025"
    assert due(iso("2025-12-20"), 20, WORKING_DAY, loaded).provisional, "working days passed through 2025"
    assert due(iso("2026-12-30"), 3, WORKING_DAY, loaded).provisional
    assert not due(iso("2026-12-25"), 0, WORKING_DAY, loaded).provisional


def test_a_year_loaded_as_provisional_stays_provisional() -> None:
    guess = Calendar({}, {2027: YearStatus.PROVISIONAL})
    assert due(iso("2027-03-01"), 5, WORKING_DAY, guess).provisional


def test_the_last_days_of_december_wait_for_the_next_notice_where_new_year_can_reach_back() -> None:
    """In 2018 the last Saturday of December became a working day by the notice of 2019 (New Year on a Tuesday)."""
    marks = {on: day for on, day in official().marks.items() if on.year == 2018 and on < iso("2018-12-25")}
    early = Calendar(marks, {2018: YearStatus.OFFICIAL})
    term = due(iso("2018-12-14"), 15, DAY, early)
    assert (term.effective, term.provisional) == (iso("2018-12-31"), True)
    assert not due(iso("2018-12-12"), 15, DAY, early).provisional, "27 December is too early to be exchanged"
    assert due(iso("2018-12-14"), 15, DAY, official()).effective == iso("2018-12-29")
    assert not due(iso("2026-12-16"), 15, DAY, official()).provisional, "New Year 2027 is a Friday: nothing to exchange"


def test_an_extension_is_counted_from_the_nominal_day() -> None:
    term = due(iso("2026-08-02"), 60, DAY, official())
    longer = extended(term, 30, official())
    assert (longer.nominal, longer.effective) == (iso("2026-10-31"), iso("2026-11-02")), "from 10-01, not from 10-08"


def test_an_extension_given_later_gives_the_same_day() -> None:
    term = due(iso("2026-03-02"), 60, DAY, official())
    assert extended(term, 30, official()) == due(iso("2026-03-02"), 60, DAY, official(), additions(extension_days=30))
    assert additions() == ()


def test_hours_count_from_an_instant_and_are_no_count_of_days() -> None:
    begun = datetime(2026, 9, 30, 17, 20, tzinfo=UTC)
    assert due_instant(begun, 24) == datetime(2026, 10, 1, 17, 20, tzinfo=UTC), "a holiday is no matter"
    assert due_instant(begun, 0) == begun
    with pytest.raises(DomainError):
        due_instant(begun, -1)
    with pytest.raises(ValueError, match="hour"):
        due(iso("2026-09-30"), 24, Unit.HOUR, official())


def test_a_shift_can_be_working_days_or_months() -> None:
    term = due(iso("2026-02-10"), 5, WORKING_DAY, official())
    assert shifted(term, Extra(3, WORKING_DAY, "再给"), official()).effective == iso("2026-02-27")
    assert shifted(term, Extra(1, MONTH, "再给"), official()).effective == iso("2026-03-24")
    same_day = due(iso("2026-10-01"), 0, DAY, official())
    assert extended(same_day, 1, official()).effective == iso("2026-10-08"), "a prolonged same day moves like any term"
    with pytest.raises(DomainError, match="应当大于0"):
        extended(term, 0, official())


def test_a_term_that_does_not_roll_stays_where_it_was_counted() -> None:
    term = due(iso("2026-08-02"), 60, DAY, official(), rolls=False)
    assert (term.nominal, term.effective, term.provisional) == (iso("2026-10-01"), iso("2026-10-01"), False)
    assert extended(term, 2, official()).effective == iso("2026-10-03")


@pytest.mark.parametrize(
    ("start", "amount", "unit", "sentence"),
    [
        ("1999-12-31", 5, DAY, "起算日期 1999-12-31 超出范围"),
        ("2101-01-01", 5, DAY, "超出范围"),
        ("2026-01-01", -1, DAY, "不能是负数"),
        ("2026-01-01", 10**9, WORKING_DAY, "太长"),
        ("2100-12-30", 2, DAY, "超出2100年"),
        ("2100-12-01", 40, WORKING_DAY, "超出2100年"),
        ("2100-12-01", 1, MONTH, "超出2100年"),
        ("2099-12-31", 36_000, MONTH, "超出2100年"),
    ],
)
def test_dates_out_of_range_are_refused_with_a_sentence(start: str, amount: int, unit: Unit, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        due(iso(start), amount, unit, official())


def test_the_ends_of_the_range_are_inside_it() -> None:
    assert due(iso("2000-01-01"), 0, DAY, official()).effective == iso("2000-01-01")
    assert due(iso("2100-12-30"), 1, DAY, official()).effective == iso("2100-12-31")


def test_days_left() -> None:
    count = working_days_between
    assert count(iso("2026-02-10"), iso("2026-02-24"), official()) == 5
    assert count(iso("2026-02-24"), iso("2026-02-24"), official()) == 0
    assert count(iso("2026-02-24"), iso("2026-02-10"), official()) == 0
    assert count(iso("2026-09-30"), iso("2026-10-07"), official()) == 0


def test_counting_back_and_forth() -> None:
    assert add_working_days(iso("2026-02-24"), -5, official()) == iso("2026-02-10")
    assert add_working_days(iso("2026-02-24"), 0, official()) == iso("2026-02-24")
    with pytest.raises(DomainError):
        add_working_days(iso("2026-02-24"), -40_000, official())


def test_units_and_amounts_as_people_write_them() -> None:
    assert [parse_unit(text) for text in ("day", " Working-Day ", "month", "日", "工作日", "个月")] == [
        DAY, WORKING_DAY, MONTH, DAY, WORKING_DAY, MONTH,
    ]  # fmt: skip
    assert [parse_amount(text) for text in (" 5", "0", "+15")] == [5, 0, 15]
    for text in ("", "x", "1.5", "五", "１e3", "9" * 30):
        with pytest.raises(DomainError):
            parse_amount(text)
    for text in ("-1", "99999"):
        with pytest.raises(DomainError):
            parse_amount(text)
    for text in ("", "week", "工作"):
        with pytest.raises(DomainError, match="看不懂期限单位"):
            parse_unit(text)


def test_the_weekend_is_a_setting() -> None:
    friday_off = Calendar({}, {2026: YearStatus.OFFICIAL}, weekend=frozenset({5}))
    assert due(iso("2026-03-05"), 1, WORKING_DAY, friday_off).effective == iso("2026-03-07")
    assert friday_off.day(iso("2026-03-06")).name == "周末"


def test_the_checks_can_fail() -> None:
    """Without the make-up days and the holidays the checked dates come out wrong, so they do test the calendar."""
    plain = Calendar({}, dict.fromkeys(range(2018, 2028), YearStatus.OFFICIAL))
    no_make_up = Calendar({on: day for on, day in official().marks.items() if not day.is_working}, official().years)
    for broken in (plain, no_make_up):
        wrong = [row for row in CHECKED if _due(row, broken).effective != iso(row[4])]
        assert len(wrong) >= 4


def _due(row: tuple[str, int, Unit, str, str], calendar: Calendar) -> DueDate:
    return due(iso(row[0]), row[1], row[2], calendar)


def test_a_day_named_by_a_notice_wins_in_a_year_not_loaded() -> None:
    marks = {iso("2026-12-31"): NoticeDay(iso("2026-12-31"), False, "元旦")}
    assert not Calendar(marks).is_working(iso("2026-12-31"))
    assert Calendar(marks).is_working(iso("2026-12-30"))
