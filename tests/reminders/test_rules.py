"""Whether a clock can be believed. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker.reminders.gate.rules import HOLD_AFTER, REFUSE_AFTER, SKEW, TOLERANCE, Gate, gate, span

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("leap", "is_open", "hold"),
    [
        (timedelta(seconds=60), True, False),
        (timedelta(seconds=-119), True, False),
        (timedelta(minutes=-3), False, False),
        (timedelta(hours=1), True, False),
        (timedelta(hours=-1), False, False),
        (timedelta(days=-1), False, False),
        (timedelta(hours=72), True, False),
        (timedelta(hours=73), True, True),
        (timedelta(days=40), True, True),
        (timedelta(days=60), True, True),
        (timedelta(days=61), False, False),
        (timedelta(days=3652), False, False),
    ],
)
def test_what_a_leap_of_the_clock_means(leap: timedelta, is_open: bool, hold: bool) -> None:
    found = gate(NOW + leap, last=NOW)
    assert (found.open, found.hold) == (is_open, hold)
    assert bool(found.sentence) == (not is_open or hold)


def test_the_first_run_and_the_clock_of_the_database() -> None:
    assert gate(NOW, last=None).open
    assert gate(NOW, last=NOW, database_now=NOW + timedelta(seconds=59)).open
    refused = gate(NOW, last=NOW, database_now=NOW + timedelta(minutes=5))
    assert not refused.open
    assert refused.sentence == "本机时钟和数据库时钟相差 300 秒，暂停提醒，请校准时钟。"


@pytest.mark.parametrize(
    ("leap", "is_open", "hold"),
    [
        (-TOLERANCE, True, False),
        (-TOLERANCE - SECOND, False, False),
        (HOLD_AFTER, True, False),
        (HOLD_AFTER + SECOND, True, True),
        (REFUSE_AFTER, True, True),
        (REFUSE_AFTER + SECOND, False, False),
    ],
)
def test_a_limit_itself_is_still_allowed(leap: timedelta, is_open: bool, hold: bool) -> None:
    found = gate(NOW + leap, last=NOW)
    assert (found.open, found.hold, found.gap) == (is_open, hold, max(leap, timedelta(0)) if is_open else leap)


def test_what_a_clock_was_measured_by_is_named_where_it_is_refused() -> None:
    assert gate(NOW, last=NOW + timedelta(hours=3)) == Gate(
        False,
        gap=-timedelta(hours=3),
        sentence="时钟比上次运行倒退了 3 小时，暂停提醒，请校准时钟。",
        against=NOW + timedelta(hours=3),
    )
    assert gate(NOW, last=NOW - timedelta(days=61)).sentence == "距上次运行已有 61 天，请先确认时钟正确。"
    assert gate(NOW, last=NOW - timedelta(days=61)).against == NOW - timedelta(days=61)
    assert gate(NOW, last=NOW - timedelta(days=4)).against is None
    assert gate(NOW, last=NOW - timedelta(days=4)).sentence == "停了 4 天，已补记，通知等待放行。"


@pytest.mark.parametrize("off", [SKEW, -SKEW])
def test_the_clock_of_the_database_may_differ_a_little(off: timedelta) -> None:
    assert gate(NOW, last=None, database_now=NOW + off) == Gate(True)
    further = off + (SECOND if off > timedelta(0) else -SECOND)
    assert gate(NOW, last=None, database_now=NOW + further).against == NOW + further


def test_spans_in_words() -> None:
    words = [span(timedelta(minutes=m)) for m in (3, 60, 61, 1440, 1441, 1500, 14_400)]
    assert words == ["3 分钟", "1 小时", "1 小时 1 分钟", "1 天", "1 天", "1 天 1 小时", "10 天"]


def test_two_clocks_that_disagree_about_the_year_give_no_number() -> None:
    night = datetime(2026, 12, 31, 16, 5, tzinfo=UTC)
    refused = gate(night, last=night, database_now=night - timedelta(minutes=10))
    assert (refused.open, refused.against) == (False, night - timedelta(minutes=10))
