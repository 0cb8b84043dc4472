"""期间: which days a period has, what it is compared with, at the turns of months, quarters and years."""

from datetime import date

import pytest

from tracker.cases.ledger.rules import Cohort, CohortPart, Span
from tracker.core.errors import DomainError
from tracker.reports.rules.charts import scale
from tracker.reports.rules.indicators import (
    GROUP_LABELS,
    INDICATORS,
    SINCE_WORDS,
    SMALL,
    UNIT_LABELS,
    CohortDay,
    CountUnit,
    FigureGroup,
    Fraction,
    Says,
    change,
    counting_words,
)
from tracker.reports.rules.periods import PERIOD_LABELS, PeriodKind, between, period_of

K = PeriodKind


def days(span: Span | None) -> str:
    return f"{span.since:%Y%m%d}-{span.until:%Y%m%d}" if span else ""


@pytest.mark.parametrize(
    ("kind", "day", "own", "before", "last_year"),
    [
        (K.DAY, date(2026, 3, 1), "20260301-20260301", "20260228-20260228", "20250301-20250301"),
        (K.DAY, date(2028, 2, 29), "20280229-20280229", "20280228-20280228", "20270228-20270228"),
        (K.WEEK, date(2026, 11, 28), "20261123-20261129", "20261116-20261122", "20251117-20251123"),
        (K.WEEK, date(2027, 1, 1), "20261228-20270103", "20261221-20261227", "20251222-20251228"),
        (K.MONTH, date(2026, 1, 31), "20260101-20260131", "20251201-20251231", "20250101-20250131"),
        (K.MONTH, date(2028, 2, 1), "20280201-20280229", "20280101-20280131", "20270201-20270228"),
        (K.QUARTER, date(2026, 2, 10), "20260101-20260331", "20251001-20251231", "20250101-20250331"),
        (K.QUARTER, date(2026, 12, 31), "20261001-20261231", "20260701-20260930", "20251001-20251231"),
        (K.YEAR, date(2026, 7, 1), "20260101-20261231", "20250101-20251231", "20250101-20251231"),
        (K.TWELVE, date(2026, 11, 28), "20251201-20261128", "20241201-20251130", "20241201-20251128"),
        (K.TWELVE, date(2026, 12, 31), "20260101-20261231", "20250101-20251231", "20250101-20251231"),
        # The first year that dates can have: nothing to compare with.
        (K.YEAR, date(2000, 5, 1), "20000101-20001231", "", ""),
        (K.WEEK, date(2000, 1, 2), "20000101-20000102", "", ""),
    ],
)
def test_the_days_of_a_period(kind: PeriodKind, day: date, own: str, before: str, last_year: str) -> None:
    period = period_of(kind, day)
    assert (days(period.span), days(period.before), days(period.last_year)) == (own, before, last_year)


def test_from_one_day_to_another() -> None:
    period = between(date(2026, 11, 10), date(2026, 11, 19))
    assert (days(period.before), days(period.last_year)) == ("20261031-20261109", "20251110-20251119")
    assert period.words == "2026年11月10日至2026年11月19日"
    assert between(date(2026, 1, 1), date(2026, 1, 1)).words == "2026年1月1日"
    for since, until in ((date(2026, 2, 1), date(2026, 1, 1)), (date(2000, 1, 1), date(2006, 1, 1))):
        with pytest.raises(DomainError):
            between(since, until)


def test_a_trend_has_the_twelve_months_to_the_last() -> None:
    months = period_of(K.MONTH, date(2026, 2, 3)).months
    assert [days(months[0]), days(months[-1]), len(months)] == ["20250301-20250331", "20260201-20260228", 12]
    assert len(period_of(K.MONTH, date(2000, 2, 3)).months) == 2


def test_every_code_has_its_words() -> None:
    assert set(PERIOD_LABELS) == set(PeriodKind)
    assert set(GROUP_LABELS) == set(FigureGroup)
    assert set(UNIT_LABELS) == set(CountUnit)
    assert set(SINCE_WORDS) == set(CohortDay)


def test_volume_says_nothing_and_every_group_has_a_figure() -> None:
    assert {row.group for row in INDICATORS.values()} == set(FigureGroup)
    for cohort, row in INDICATORS.items():
        assert row.basis, cohort
        assert row.says is Says.NOTHING or row.part is CohortPart.HELD, "how many there are is neither good nor bad"
    assert counting_words(Cohort.ANSWERED).startswith("按期答复 ÷ 应答复；最后期限在本期")
    assert counting_words(Cohort.VISITORS) == "来访人次；按收到日期计入本期"


def test_nothing_of_nothing_is_no_share() -> None:
    assert (Fraction(0, 0).words, Fraction(0, 0).share) == ("0 / 0", "")
    assert (Fraction(SMALL - 1, SMALL - 1).share, Fraction(SMALL, SMALL).share) == ("", "100.0%")
    assert (Fraction(412, 401).words, Fraction(412, 401).share, Fraction(412, 401).others) == ("401 / 412", "97.3%", 11)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [(23, 19, "＋4"), (7, 9, "－2"), (3, 3, "0"), (3, 0, "—"), (0, 4, "－4"), (3, None, "—")],
)
def test_a_change_against_nothing_is_none(now: int, before: int | None, words: str) -> None:
    assert change(now, before) == words


@pytest.mark.parametrize(
    ("most", "lines"),
    [(0, [1]), (1, [1]), (3, [1, 2, 3]), (7, [2, 4, 6, 8]), (52, [20, 40, 60]), (81, [20, 40, 60, 80, 100])],
)
def test_a_scale_is_round_and_reaches_the_largest(most: int, lines: list[int]) -> None:
    assert scale(most) == lines


def test_no_value_is_above_its_scale() -> None:
    for most in range(2000):
        found = scale(most)
        assert found[-1] >= most
        assert len(found) <= 5
