"""The one comparison of dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.deadlines.limits import LIMITS, OWNER_LABELS, LimitKind
from tracker.deadlines.rules import Clock, Light, days_left, is_late, light, share_used, words

DUE = date(2026, 11, 24)
START = date(2026, 11, 9)


def clock(ended_on: date | None = None, met: bool = False, kind: LimitKind = LimitKind.ACCEPTANCE) -> Clock:
    return Clock(kind, START, DUE, ended_on, met)


@pytest.mark.parametrize(
    ("today", "late", "said", "lamp"),
    [
        (date(2026, 11, 9), False, "剩 15 天", Light.GREEN),
        (date(2026, 11, 20), False, "剩 4 天", Light.GREEN),
        (date(2026, 11, 21), False, "剩 3 天", Light.AMBER),
        (date(2026, 11, 24), False, "今天到期", Light.AMBER),
        (date(2026, 11, 25), True, "逾期 1 天", Light.RED),
        (date(2026, 12, 4), True, "逾期 10 天", Light.RED),
    ],
)
def test_a_running_duty(today: date, late: bool, said: str, lamp: Light) -> None:
    assert (is_late(clock(), today), words(clock(), today), light(clock(), today)) == (late, said, lamp)


def test_blue_is_a_quarter_of_a_long_limit() -> None:
    long = Clock(LimitKind.HANDLING, date(2026, 10, 1), date(2026, 11, 30))
    assert light(long, date(2026, 11, 14)) is Light.GREEN
    assert light(long, date(2026, 11, 15)) is Light.BLUE


def test_lateness_is_frozen_by_the_act() -> None:
    """Answered in time and closed late stays in time, whatever today is."""
    answered = clock(ended_on=DUE, met=True)
    for today in (DUE, DUE + timedelta(days=300)):
        assert not is_late(answered, today)
        assert words(answered, today) == "按期完成"
    late = clock(ended_on=DUE + timedelta(days=2), met=True)
    assert is_late(late, DUE + timedelta(days=300))
    assert words(late, DUE) == "逾期 2 天完成"
    assert light(late, DUE) is Light.RED


def test_a_clock_that_became_pointless_is_never_late() -> None:
    stopped = clock(ended_on=DUE + timedelta(days=9), met=False)
    assert not is_late(stopped, DUE + timedelta(days=30))
    assert light(stopped, DUE) is Light.GREY
    assert words(stopped, DUE) == "已停"


def test_a_window_passes_but_is_nobodys_lateness() -> None:
    window = clock(kind=LimitKind.REVIEW_WINDOW)
    after = DUE + timedelta(days=1)
    assert not is_late(window, after)
    assert words(window, after) == "期限已过"
    assert light(window, after) is Light.GREY


def test_working_day_limits_speak_of_working_days() -> None:
    ruling = Clock(LimitKind.RULING, date(2026, 11, 20), date(2026, 11, 27))
    assert words(ruling, date(2026, 11, 21), working_days_left=5) == "剩 5 个工作日"
    assert light(ruling, date(2026, 11, 26), working_days_left=1) is Light.AMBER
    assert light(ruling, date(2026, 11, 24), working_days_left=3) is not Light.AMBER


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 90), st.integers(-200, 200))
def test_late_red_and_days_left_always_agree(start: date, amount: int, offset: int) -> None:
    due = start + timedelta(days=amount)
    today = due + timedelta(days=offset)
    one = Clock(LimitKind.HANDLING, start, due)
    assert is_late(one, today) == (days_left(one, today) < 0) == (light(one, today) is Light.RED)
    assert 0 <= share_used(one, today) <= 100


def test_every_limit_is_complete_and_cites_its_basis() -> None:
    assert set(LIMITS) == set(LimitKind)
    for limit in LIMITS.values():
        assert limit.label
        assert limit.basis
        assert limit.owner in OWNER_LABELS
    lawful = {
        LimitKind.OFFICE_REFERRAL: (15, "day"),
        LimitKind.ACCEPTANCE: (15, "day"),
        LimitKind.OBJECTION: (5, "working-day"),
        LimitKind.HANDLING: (60, "day"),
        LimitKind.REVIEW_WINDOW: (30, "day"),
        LimitKind.REVIEW: (30, "day"),
        LimitKind.RE_EXAMINATION_WINDOW: (30, "day"),
        LimitKind.RE_EXAMINATION: (30, "day"),
    }
    assert {kind: (LIMITS[kind].amount, LIMITS[kind].unit) for kind in lawful} == lawful
    assert LIMITS[LimitKind.HANDLING].extendable_days == 30
    assert [kind for kind, limit in LIMITS.items() if limit.extendable_days] == [LimitKind.HANDLING]
