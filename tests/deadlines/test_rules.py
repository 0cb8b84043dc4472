"""The one comparison of dates."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.deadlines.limits import LIMITS, OWNER_LABELS, Limit, LimitKind, Owner
from tracker.deadlines.rules import (
    PAUSED_WORDS,
    Clock,
    Light,
    days_left,
    is_late,
    is_past,
    late_by,
    light,
    share_used,
    stands_still,
    words,
)
from tracker.statutes.rules.provisions import P
from tracker.working_days.rules import Unit

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


# 期间不计: what stands still


DAYS = st.dates(START, date(2027, 3, 1))


@given(DAYS, DAYS, DAYS)
def test_one_comparison_for_what_stands_still(due_on: date, first: date, today: date) -> None:
    duty = Clock(LimitKind.HANDLING, START, due_on, paused_on=first)
    still = stands_still(first, due_on, today)
    assert still == (first <= due_on and first <= today)
    assert (words(duty, today) == PAUSED_WORDS) == still
    assert (
        is_late(duty, today)
        == is_past(duty, today)
        == (light(duty, today) is Light.RED)
        == (today > due_on and not still)
    )
    assert 0 <= share_used(duty, today) <= 100


def test_what_stands_still_uses_no_time() -> None:
    """Ten days are used on the day before the pause, and as many while it lasts; days left out before do not count."""
    paused = Clock(LimitKind.HANDLING, START, START + timedelta(days=60), paused_on=START + timedelta(days=11))
    for days in (11, 30, 90):
        assert share_used(paused, START + timedelta(days=days)) == round(100 * 10 / 60)
    resumed = replace(paused, paused_on=None, due_on=START + timedelta(days=80), excluded_days=20)
    assert share_used(resumed, START + timedelta(days=50)) == 50
    assert light(resumed, START + timedelta(days=64)) is Light.GREEN, "sixteen of sixty are more than a quarter"
    assert light(resumed, START + timedelta(days=65)) is Light.BLUE, "of eighty both would be"


def test_one_that_ended_is_not_paused() -> None:
    ended = replace(clock(ended_on=DUE, met=True), paused_on=START)
    assert (words(ended, DUE), light(ended, DUE)) == ("按期完成", Light.GREEN)
    late = replace(ended, ended_on=DUE + timedelta(days=2))
    assert is_late(late, DUE), "what an act decided stays"


# 小时: an invented limit that ends at a moment

HOURS = LimitKind.LEADER_REPORT
IN_24_HOURS = Limit("向上级报告", 24, Unit.HOUR, Owner.OFFICE, (P.OWN_RULE,))
BEGUN = datetime(2026, 11, 21, 14, 5, tzinfo=timezone(timedelta(hours=8)))
END = BEGUN + timedelta(hours=24)
MINUTE, HOUR, LAST_DAY = timedelta(minutes=1), timedelta(hours=1), date(2026, 11, 22)


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one kind of clock count hours."""
    monkeypatch.setitem(LIMITS, HOURS, IN_24_HOURS)


def in_hours(ended_at: datetime | None = None, *, met: bool = True) -> Clock:
    ended_on = ended_at.date() if ended_at else None
    return Clock(HOURS, BEGUN.date(), LAST_DAY, ended_on, bool(ended_at) and met, due_at=END, ended_at=ended_at)


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize(
    ("now", "late", "said", "lamp"),
    [
        (BEGUN, False, "剩 24 小时", Light.GREEN),
        (END - 7 * HOUR, False, "剩 7 小时", Light.GREEN),
        (END - 6 * HOUR, False, "剩 6 小时", Light.AMBER),
        (END - 40 * MINUTE, False, "剩 40 分钟", Light.AMBER),
        (END, False, "剩 0 分钟", Light.AMBER),
        (END + MINUTE, True, "逾期 1 分钟", Light.RED),
        (END + 30 * HOUR, True, "逾期 30 小时", Light.RED),
    ],
)
def test_a_running_clock_at_a_moment(now: datetime, late: bool, said: str, lamp: Light) -> None:
    day = now.date()
    assert (is_late(in_hours(), day, now), words(in_hours(), day, now=now), light(in_hours(), day, now=now)) == (
        late,
        said,
        lamp,
    )


@pytest.mark.usefixtures("invented")
def test_where_only_the_day_is_known_the_day_decides() -> None:
    assert (is_late(in_hours(), LAST_DAY), words(in_hours(), LAST_DAY), light(in_hours(), LAST_DAY)) == (
        False,
        "今天到期",
        Light.AMBER,
    )
    after = LAST_DAY + timedelta(days=1)
    assert (is_late(in_hours(), after), words(in_hours(), after), light(in_hours(), after)) == (
        True,
        "逾期 1 天",
        Light.RED,
    )
    unknown = replace(in_hours(END), ended_at=None)
    assert not is_late(unknown, LAST_DAY), "an act of the last day whose moment nobody kept"


@pytest.mark.usefixtures("invented")
def test_lateness_is_frozen_at_the_moment_of_the_act() -> None:
    assert words(in_hours(END), LAST_DAY, now=END + 99 * HOUR) == "按期完成"
    late = in_hours(END + 2 * HOUR)
    assert (is_late(late, LAST_DAY), words(late, LAST_DAY), light(late, LAST_DAY)) == (
        True,
        "逾期 2 小时完成",
        Light.RED,
    )
    assert words(in_hours(END + 9 * HOUR, met=False), LAST_DAY) == "已停"


@given(st.integers(-3000, 6000))
def test_late_red_and_the_sign_of_what_is_left_agree(minutes: int) -> None:
    now = BEGUN + minutes * MINUTE
    day = now.date()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LIMITS, HOURS, IN_24_HOURS)
        agree_at(now, day)


def agree_at(now: datetime, day: date) -> None:
    assert is_late(in_hours(), day, now) == (now > END) == (light(in_hours(), day, now=now) is Light.RED)
    assert is_late(in_hours(now), day) == (now > END)
    assert 0 <= share_used(in_hours(), day, now) <= 100


def test_how_late_a_running_clock_will_be_nobody_knows() -> None:
    assert late_by(clock(ended_on=DUE + timedelta(days=2), met=True)) == "2 天"
    with pytest.raises(ValueError, match="every day"):
        late_by(clock())
