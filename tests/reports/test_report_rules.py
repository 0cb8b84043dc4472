"""Days of reports, rows kept as text, and numbers in paragraphs: pure rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.cases.ledger.rules import Span
from tracker.core.dates import EARLIEST
from tracker.reports.rules.indicators import UNIT_LABELS, CountUnit
from tracker.reports.rules.kinds import (
    REPORTS,
    SECTION_HEADINGS,
    ReportKind,
    ReportSection,
    packed,
    report_span,
    span_before,
    span_last_year,
    unpacked,
)
from tracker.reports.rules.numbers import BESIDE, NUMBERS, Value
from tracker.reports.rules.sentences import SECTIONS, codes_in, days_words, plain

K = ReportKind


def days(span: Span | None) -> str:
    return f"{span.since:%Y%m%d}-{span.until:%Y%m%d}" if span else ""


@pytest.mark.parametrize(
    ("kind", "day", "own", "before", "last_year"),
    [
        (K.DAY, date(2026, 3, 1), "20260301-20260301", "20260228-20260228", "20250301-20250301"),
        (K.DAY, date(2028, 2, 29), "20280229-20280229", "20280228-20280228", "20270228-20270228"),
        (K.WEEK, date(2026, 11, 20), "20261114-20261120", "20261107-20261113", "20251115-20251121"),
        (K.WEEK, date(2026, 11, 21), "20261121-20261127", "20261114-20261120", "20251122-20251128"),
        (K.WEEK, date(2027, 1, 1), "20261226-20270101", "20261219-20261225", "20251227-20260102"),
        (K.ANNUAL, date(2026, 7, 1), "20260101-20261231", "20250101-20251231", ""),
        (K.ANNUAL, EARLIEST, "20000101-20001231", "", ""),
        (K.DAY, EARLIEST, "20000101-20000101", "", ""),
    ],
)
def test_the_days_of_a_report(kind: ReportKind, day: date, own: str, before: str, last_year: str) -> None:
    span = report_span(kind, day, last_weekday=5)
    assert (days(span), days(span_before(kind, span)), days(span_last_year(kind, span))) == (own, before, last_year)


@given(st.dates(EARLIEST, date(2100, 1, 1)), st.integers(1, 7))
def test_weeks_follow_one_another_without_a_gap(day: date, weekday: int) -> None:
    span = report_span(K.WEEK, day, last_weekday=weekday)
    assert span.since <= day <= span.until
    assert span.until.isoweekday() == weekday
    before = span_before(K.WEEK, span)
    assert before is None or before == report_span(K.WEEK, before.until, last_weekday=weekday)


@given(st.lists(st.integers(1, 400), unique=True))
def test_rows_are_kept_as_they_were(ids: list[int]) -> None:
    assert unpacked(packed(ids)) == sorted(ids)


def test_rows_that_follow_on_one_another_are_drawn_together() -> None:
    assert packed([7, 3, 4, 5, 9]) == "3-5,7,9"
    assert packed([]) == ""


def test_the_tables_are_whole() -> None:
    assert set(REPORTS) == set(ReportKind)
    assert set(SECTION_HEADINGS) == set(SECTIONS) == set(ReportSection)
    assert set(BESIDE) <= set(NUMBERS)
    assert set(UNIT_LABELS) == set(CountUnit)
    assert all(set(row.sections) <= set(ReportSection) for row in REPORTS.values())


def test_a_paragraph_is_printed_with_its_units() -> None:
    values = {"letters": Value(3, CountUnit.MATTER), "visitors": Value(4, CountUnit.VISITOR, small=True)}
    assert plain("收到 {letters}，来访 {visitors}。", values) == "收到 3 件，来访 不足 5 人次。"
    assert codes_in("收到 {letters}，来访 {visitors}。") == ["letters", "visitors"]


def test_the_cut_off_stands_with_the_days() -> None:
    assert days_words(K.WEEK, Span(date(2026, 11, 14), date(2026, 11, 20)), 17) == "11月14日至11月20日 17 时"
    assert days_words(K.DAY, Span(date(2026, 11, 20), date(2026, 11, 20)), 8) == "11月20日 8 时"
