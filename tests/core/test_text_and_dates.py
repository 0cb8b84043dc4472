"""What people type."""

import sys
from datetime import date, datetime

import pytest

from tracker.core import clock
from tracker.core.dates import Meaning, long_date, month_day, parse_date, weekday
from tracker.core.errors import DomainError
from tracker.core.text import clean, clean_line, grams, normalise, pinyin_initials

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "typed",
    ["20261120", "2026-11-20", "2026/11/20", "2026.11.20", "2026年11月20日", "11月20日", "11-20", "昨天",
     " 2026-11-20 ",
     "２０２６１１２０", "２０２６．１１．２０"],
)  # fmt: skip
def test_a_date_as_clerks_type_it(typed: str) -> None:
    assert parse_date(typed, TODAY) == date(2026, 11, 20)


@pytest.mark.parametrize(
    "typed",
    ["2026-02-30", "20261399", "0000-01-01", "9999-12-31", "1999-12-31", "2101-01-01", "六月初三", "", "1",
     "２０２６年²月",
     "2026-11-20; DROP TABLE", "-1", "民国115年1月1日", "a" * 5000, "\x00", "𝟚𝟘𝟚𝟞-𝟙𝟙-𝟚𝟘"],
)  # fmt: skip
def test_anything_else_gets_a_sentence(typed: str) -> None:
    with pytest.raises(DomainError) as refused:
        parse_date(typed, TODAY, field="received_on")
    assert refused.value.field == "received_on"
    assert len(refused.value.message) < 80


# What is typed without a year, on which day, and the day that each meaning makes of it; None where there is none.
WITHOUT_YEAR = [
    ("12月30日", date(2027, 1, 4), date(2026, 12, 30), date(2027, 12, 30), date(2026, 12, 30)),
    ("1月15日", date(2026, 11, 28), date(2026, 1, 15), date(2027, 1, 15), date(2027, 1, 15)),
    ("1.4", date(2027, 1, 4), date(2027, 1, 4), date(2027, 1, 4), date(2027, 1, 4)),
    ("1-5", date(2027, 1, 4), date(2026, 1, 5), date(2027, 1, 5), date(2027, 1, 5)),
    ("6月1日", date(2026, 11, 28), date(2026, 6, 1), date(2027, 6, 1), date(2026, 6, 1)),
    ("2月29日", date(2028, 2, 29), date(2028, 2, 29), date(2028, 2, 29), date(2028, 2, 29)),
    ("2月29日", date(2028, 2, 28), None, date(2028, 2, 29), date(2028, 2, 29)),
    ("2月29日", date(2028, 3, 1), date(2028, 2, 29), None, date(2028, 2, 29)),
    ("2月29日", date(2027, 11, 28), None, date(2028, 2, 29), date(2028, 2, 29)),
    ("2月29日", date(2026, 11, 28), None, None, None),
    ("2月30日", date(2028, 2, 28), None, None, None),
    ("13月1日", date(2026, 11, 28), None, None, None),
]


@pytest.mark.parametrize(("typed", "today", "happened", "limit", "either"), WITHOUT_YEAR)
def test_the_meaning_of_a_day_decides_its_year(
    typed: str, today: date, happened: date | None, limit: date | None, either: date | None
) -> None:
    expected = {Meaning.HAPPENED: happened, Meaning.LIMIT: limit, Meaning.EITHER: either}
    for meaning in Meaning:
        if (day := expected[meaning]) is not None:
            assert parse_date(typed, today, meaning) == day, meaning
            continue
        with pytest.raises(DomainError, match=f"没有“{typed}”这一天"):
            parse_date(typed, today, meaning)


@pytest.mark.parametrize("meaning", Meaning)
def test_a_year_that_is_typed_stands_whatever_the_day_means(meaning: Meaning) -> None:
    for day in (date(2020, 2, 29), date(2031, 5, 1)):
        assert parse_date(day.isoformat(), TODAY, meaning) == day


def test_dates_are_written_as_the_office_writes_them() -> None:
    assert (long_date(TODAY), month_day(TODAY), weekday(TODAY)) == ("2026年11月21日", "11月21日", "周六")


def test_cleaning_keeps_words_and_drops_what_breaks_things() -> None:
    assert clean("上庄\x00村\x0b\u202e委会\u200b\r\n第二行\ud83d") == "上庄村委会\n第二行"
    assert clean_line("  李　 四 \n ") == "李 四"
    assert clean("𠂇先生") == "𠂇先生"


@pytest.mark.parametrize("written", ["李四", "李 四", "李　四", "李四\u200b", "李\ufeff四", "李·四"])
def test_spelling_tricks_make_one_name(written: str) -> None:
    assert normalise(written) == "李四"
    assert normalise("ＡＢＣ１２３") == "abc123"


def test_normalising_leaves_out_white_space_of_every_kind() -> None:
    spaces = [chr(number) for number in range(sys.maxunicode + 1) if chr(number).isspace()]
    assert {normalise(f"李{space}四") for space in spaces} == {"李四"}


def test_grams_cut_chinese_in_twos_and_keep_words_whole() -> None:
    assert list(grams("信访局2026 XF-2026-000123")) == ["信访", "访局", "局", "2026", "xf", "2026", "000123"]
    assert list(grams("村")) == ["村"]


def test_initials_for_the_picker() -> None:
    assert pinyin_initials("润城镇") == "rcz"
    assert pinyin_initials("上庄村") == "szc"


def test_a_beijing_day_begins_at_sixteen_utc() -> None:
    with clock.frozen(datetime.fromisoformat("2026-11-20T15:59:59+00:00")):
        assert clock.today() == date(2026, 11, 20)
    with clock.frozen(datetime.fromisoformat("2026-11-20T16:00:00+00:00")):
        assert clock.today() == date(2026, 11, 21)


def test_a_trial_clock_is_fixed_or_shifted_and_nonsense_is_refused() -> None:
    try:
        clock.configure("2026-12-01T09:00")
        assert clock.today() == date(2026, 12, 1)
        real = datetime.now(tz=clock.SHANGHAI)
        clock.configure("+3d")
        assert (clock.now() - real).days == 3
        with pytest.raises(DomainError):
            clock.configure("tomorrow")
    finally:
        clock.configure(None)
