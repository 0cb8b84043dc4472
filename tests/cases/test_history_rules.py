"""Matters that ended before they were entered: how long they took, and by what a row is known again. Pure."""

from datetime import date, time
from typing import Any

import pytest

from tracker.cases.intake.rules.history import (
    DayAndHour,
    HistoryRow,
    content_key,
    counted_from,
    days_taken,
    import_key,
    is_over,
    took_days,
)
from tracker.cases.record.rules.codes import Channel, Purpose
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LimitKind

RECEIVED = DayAndHour(date(2019, 4, 24), time(16, 3, 40))
ANSWERED = DayAndHour(date(2019, 5, 9), time(9, 49, 10))


def row(number: str = "2554", **changes: Any) -> HistoryRow:
    """Make a message with its reply."""
    good: dict[str, Any] = {
        "source_no": number,
        "received": RECEIVED,
        "title": "反映道路没有修好",
        "summary": "路坏了一年。",
        "channel": Channel.ONLINE,
        "purpose": Purpose.SETTLEMENT,
        "answered": ANSWERED,
        "answer": "已经修好。",
        "petitioner_name": "A0001",
    }
    return HistoryRow(**{**good, **changes})


@pytest.mark.parametrize(
    ("received", "answered", "days", "counted"),
    [
        (DayAndHour(date(2019, 4, 24), time(9)), DayAndHour(date(2019, 5, 9), time(9)), 15, date(2019, 4, 24)),
        (DayAndHour(date(2019, 4, 24), time(9)), DayAndHour(date(2019, 5, 9), time(8, 59)), 14, date(2019, 4, 25)),
        (DayAndHour(date(2019, 4, 24), time(9)), DayAndHour(date(2019, 5, 10), time(8, 59)), 15, date(2019, 4, 25)),
        (DayAndHour(date(2019, 4, 24), time(9)), DayAndHour(date(2019, 5, 10), time(9)), 16, date(2019, 4, 24)),
        (DayAndHour(date(2019, 4, 24)), DayAndHour(date(2019, 5, 10), time(1)), 16, date(2019, 4, 24)),
        (DayAndHour(date(2019, 4, 24), time(23)), DayAndHour(date(2019, 5, 10)), 16, date(2019, 4, 24)),
        (DayAndHour(date(2019, 4, 24)), DayAndHour(date(2019, 4, 24)), 0, date(2019, 4, 24)),
    ],
)
def test_whole_days_from_receipt_to_answer(
    received: DayAndHour, answered: DayAndHour, days: int, counted: date
) -> None:
    assert days_taken(received, answered) == days
    assert counted_from(received, answered) == counted
    assert (answered.day - counted).days == days


def test_an_answer_before_the_receipt_is_refused() -> None:
    with pytest.raises(DomainError, match="早于收到时间"):
        days_taken(ANSWERED, RECEIVED)
    with pytest.raises(DomainError, match="早于收到时间"):
        days_taken(RECEIVED, DayAndHour(RECEIVED.day, time(16, 3, 39)))


def test_over_means_more_than_the_span() -> None:
    assert [is_over(LimitKind.ACCEPTANCE, days) for days in (15, 16)] == [False, True]
    assert [is_over(LimitKind.HANDLING, days) for days in (60, 61)] == [False, True]


def test_a_row_is_known_by_its_number_or_by_its_content() -> None:
    assert import_key("liuyan", row("1")) == import_key("liuyan", row("1", title="另一标题"))
    assert import_key("liuyan", row("1")) != import_key("liuyan", row("2"))
    assert import_key("liuyan", row("1")) != import_key("province", row("1"))
    unnumbered = row(source_no=None)
    assert import_key("liuyan", unnumbered) == import_key("liuyan", row(source_no=None, summary="路 坏了\n一年。"))
    assert import_key("liuyan", unnumbered) != import_key("liuyan", row(source_no=None, summary="路坏了两年。"))


def test_the_content_of_a_row_is_what_it_says_and_not_how_it_is_spaced() -> None:
    """Two rows of one number must agree in it; whatever of it differs is another content."""
    said = content_key(row())
    assert content_key(row(title=" 反映道路\t没有修好", source_no="1", people_count=9)) == said
    others = (
        row(received=DayAndHour(date(2019, 4, 25))),
        row(title="反映道路没修好"),
        row(summary="路坏了两年。"),
        row(answer="没有修好。"),
        row(answer=None),
        row(petitioner_name="A0002"),
        row(petitioner_name=None),
    )
    assert len({said, *map(content_key, others)}) == 1 + len({content_key(other) for other in others}) == 8
    assert content_key(row(title="甲", summary="乙丙")) != content_key(row(title="甲乙", summary="丙"))


def test_the_key_of_a_row_is_a_hash_and_names_nobody() -> None:
    assert {len(key) for key in (import_key("liuyan", row()), content_key(row()))} == {64}
    assert import_key("liuyan", row(source_no=None)) != content_key(row(source_no=None))
    unnumbered = row(source_no=None)
    assert import_key("liuyan", unnumbered) != import_key("province", unnumbered)
    assert import_key("liuyan", row("")) == import_key("liuyan", row(source_no=None))


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({}, 14),
        ({"answered": None}, None),
        ({"answer": None}, None),
        ({"answer": ""}, None),
        ({"answered": DayAndHour(RECEIVED.day)}, 0),
    ],
)
def test_a_row_took_days_where_it_has_an_answer(changes: dict[str, Any], days: int | None) -> None:
    assert took_days(row(**changes)) == days
