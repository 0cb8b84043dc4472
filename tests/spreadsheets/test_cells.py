"""Cells as they are typed: days with and without hours, in every form that was seen; numbers; lengths."""

from datetime import date, datetime, time

import pytest

from tracker.cases.intake.rules.history import DayAndHour
from tracker.core.errors import DomainError
from tracker.spreadsheets.cells import Cells, read_moment
from tracker.spreadsheets.workbook import Cell

DAY = date(2019, 2, 28)
AT = DayAndHour(DAY, time(9, 5, 1))
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2019/2/28 9:05:01", AT),
        ("2019-02-28 09:05:01", AT),
        ("2019-02-28T09:05:01", AT),
        ("2019.2.28 9:05:01", AT),
        ("２０１９／２／２８　９：０５：０１", AT),
        ("2019年2月28日 9时5分1秒", AT),
        ("2019年2月28日9:05:01", AT),
        ("2019年2月28日 星期四 9:05:01", AT),
        ("2019/2/28 上午 9:05:01", AT),
        ("2019/2/28 9:05:01 AM", AT),
        ("  2019/2/28\t9:05:01.000 ", AT),
        ("20190228 090501", AT),
        ("43524.3785", DayAndHour(DAY, time(9, 5, 2))),
        (datetime(2019, 2, 28, 9, 5, 1), AT),
        ("2019/2/28 下午3:05", DayAndHour(DAY, time(15, 5))),
        ("2019/2/28 3:05 PM", DayAndHour(DAY, time(15, 5))),
        ("2019/2/28 12:00 PM", DayAndHour(DAY, time(12))),
        ("2019/2/28", DayAndHour(DAY)),
        ("2019年2月28日", DayAndHour(DAY)),
        ("20190228", DayAndHour(DAY)),
        ("43524", DayAndHour(DAY)),
        ("2019/2/28 0:00:00", DayAndHour(DAY)),
        (date(2019, 2, 28), DayAndHour(DAY)),
        (datetime(2019, 2, 28), DayAndHour(DAY)),
    ],
)
def test_days_and_hours_in_every_form(cell: Cell, moment: DayAndHour) -> None:
    assert read_moment(cell) == moment


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("2026-02-30", "没有“2026-02-30”这个时间"),
        ("2019/13/1", "没有"),
        ("2019/2/28 25:00", "没有"),
        ("20191301", "没有"),
        ("0000-01-01", "没有"),
        ("9999-12-31", "超出范围"),
        ("1999/12/31", "超出范围"),
        (datetime(1900, 3, 1), "超出范围"),
        ("60", "看不懂"),
        ("民国108年2月28日", "看不懂"),
        ("己亥年正月廿四", "看不懂"),
        ("2月28日", "看不懂"),
        ("今天", "看不懂"),
        ("NaN", "看不懂"),
        ("1e999", "看不懂"),
        ("²⁰¹⁹-02-28", None),
        ("2019-02-28; DROP TABLE", "看不懂"),
        ("9" * 5000, "看不懂"),
    ],
)
def test_what_is_no_day_is_told(cell: Cell, words: str | None) -> None:
    if words is None:
        assert read_moment(cell) == DayAndHour(DAY)
        return
    with pytest.raises(DomainError, match=words):
        read_moment(cell)


def cells(**values: Cell) -> Cells:
    """Give the cells of a row, each labelled with its own name."""
    return Cells(values, {name: name for name in ("a", "b", *values)}, today=TODAY)


def test_what_is_wrong_is_collected() -> None:
    row = cells(a="x" * 11, b="2026/11/22", c="三人", d="")
    assert row.line("a", 10) == "x" * 11
    assert row.moment("b") == DayAndHour(date(2026, 11, 22))
    assert row.people("c") == 1
    assert row.moment("d", required=True) is None
    row.require("d")
    assert row.problems == [
        "a有 11 字，超过 10 字。",
        "b（2026年11月22日）晚于今天，请核对。",
        "c“三人”不是 1 至 99999 的人数。",
        "没有d。",
        "没有d。",
    ]


def test_a_day_may_lie_ahead_where_it_is_a_deadline() -> None:
    row = cells(a="2027/1/1", b="")
    assert row.moment("a", ahead=True) == DayAndHour(date(2027, 1, 1))
    assert row.moment("b") is None
    assert row.problems == []


@pytest.mark.parametrize(("text", "people"), [("", 1), ("1", 1), ("５人", 5), (" 31 ", 31), ("99999", 99999)])
def test_numbers_of_people(text: str, people: int) -> None:
    row = cells(a=text)
    assert row.people("a") == people
    assert row.problems == []


def test_lines_and_texts_are_cleaned_of_what_cannot_be_stored() -> None:
    row = cells(a="甲\x00\u202e乙\r\n\t丙  ", b="\x0b第一行\r\n\r\n第二行\t。 ")
    assert row.line("a", 10) == "甲乙 丙"
    assert row.text("b") == "第一行\n\n第二行\t。"
    assert row.text("missing") is None
