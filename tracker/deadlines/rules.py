"""One comparison of dates for everything: is it late, how near is it, which light. Pure.

A limit in hours (小时) ends at an instant. Where `now` is not given only the day is known, and the day decides.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.working_days.rules import Unit

# The hint of a running duty that has nothing to raise any more.
NEVER = date.max
PAUSED_WORDS = "暂停计时"
CLAIMED_WORDS = "补录，待核"
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Light(StrEnum):
    """灯: always shown with a word and a shape, computed when read."""

    GREEN = "green"
    BLUE = "blue"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True)
class Clock:
    """What the comparison needs of a deadline; `lapsed`: a window that ended because its days were over (期满).

    `paused_on` is the first day of a pause that lasts, `excluded_days` the days of those that are over. `due_at` and
    `ended_at` are instants of a limit in hours; of one whose end has no `ended_at`, only the day is known.
    `claimed`: its act was entered late and waits to be confirmed (补录，待核). `superseded`: by a later one.
    """

    kind: LimitKind
    started_on: date
    due_on: date
    ended_on: date | None = None
    met: bool = False
    lapsed: bool = False
    paused_on: date | None = None
    excluded_days: int = 0
    due_at: datetime | None = None
    ended_at: datetime | None = None
    claimed: bool = False
    superseded: bool = False


def is_overdue(due_on: date, today: date) -> bool:
    """Return whether a day lies after the due day; the due day itself, until 24:00, is in time."""
    return today > due_on


def stands_still(paused_on: date | None, due_on: date, day: date = NEVER) -> bool:
    """Return whether a running clock is not counted on a day (期间不计), for a pause that lasts since `paused_on`.

    One whose last day was over when the pause began stays late: a day that is past never moves.
    """
    return paused_on is not None and paused_on <= min(due_on, day)


def is_paused(clock: Clock, today: date) -> bool:
    """Return whether a clock runs and is not counted today."""
    return clock.ended_on is None and stands_still(clock.paused_on, clock.due_on, today)


def is_past(clock: Clock, today: date, now: datetime | None = None) -> bool:
    """Return whether the time of a clock was over when it ended, or is over now."""
    if is_paused(clock, today):
        return False
    at = now if clock.ended_on is None else clock.ended_at
    if clock.due_at is not None and at is not None:
        return at > clock.due_at
    return is_overdue(clock.due_on, clock.ended_on or today)


def is_late(clock: Clock, today: date, now: datetime | None = None) -> bool:
    """Return whether a duty is late: frozen by the act that met it, else as of now. A window is never late."""
    if not LIMITS[clock.kind].duty:
        return False
    if clock.ended_on is not None and not clock.met:
        return False
    return is_past(clock, today, now)


def days_left(clock: Clock, today: date) -> int:
    """Return the calendar days from today to the due day; negative when it has passed."""
    return (clock.due_on - today).days


def light(clock: Clock, today: date, *, working_days_left: int | None = None, now: datetime | None = None) -> Light:
    """Return the light of a clock (domain.md §7.3).

    Green: more than a quarter of the time left; blue: a quarter or less; amber: three days or less (one working
    day for limits counted in working days, the last quarter of one in hours); red: overdue; grey: paused, stopped
    without its act, or a window that passed.
    """
    if clock.ended_on is not None:
        return Light.GREY if not clock.met else Light.RED if is_late(clock, today) else Light.GREEN
    if is_paused(clock, today):
        return Light.GREY
    if is_past(clock, today, now):
        return Light.RED if LIMITS[clock.kind].duty else Light.GREY
    left = days_left(clock, today)
    if LIMITS[clock.kind].unit == Unit.HOUR:
        return Light.AMBER if (_share_left(clock, now) <= 0.25 if now else left == 0) else Light.GREEN
    if LIMITS[clock.kind].unit == Unit.WORKING_DAY:
        near = (working_days_left if working_days_left is not None else left) <= 1
    else:
        near = left <= 3
    if near:
        return Light.AMBER
    return Light.BLUE if left * 4 <= _whole(clock) else Light.GREEN


def words(clock: Clock, today: date, *, working_days_left: int | None = None, now: datetime | None = None) -> str:
    """Return lateness in words: 剩 5 天, 今天到期, 逾期 3 天, 按期, 逾期 2 天完成, 剩 4 小时, 期满, 已停, 暂停计时.

    Of an act that was entered late and waits to be confirmed: 补录，待核.
    """
    if clock.lapsed:
        return "期满"
    if clock.ended_on is not None:
        return _ended_words(clock, today)
    if is_paused(clock, today):
        return PAUSED_WORDS
    if is_past(clock, today, now) and not LIMITS[clock.kind].duty:
        return "期限已过"
    if clock.due_at is not None and now is not None:
        span = _span(clock.due_at - now)
        return f"逾期 {span}" if now > clock.due_at else f"剩 {span}"
    left = days_left(clock, today)
    if clock.claimed:
        return CLAIMED_WORDS
    if left < 0:
        return f"逾期 {-left} 天"
    if left == 0:
        return "今天到期"
    if LIMITS[clock.kind].unit == Unit.WORKING_DAY and working_days_left is not None:
        return f"剩 {working_days_left} 个工作日"
    return f"剩 {left} 天"


def _ended_words(clock: Clock, today: date) -> str:
    if not clock.met:
        return "原答复已被新答复代替" if clock.superseded and not LIMITS[clock.kind].duty else "已停"
    return f"逾期 {late_by(clock)}完成" if is_late(clock, today) else "按期完成"


def late_by(clock: Clock) -> str:
    """Return how much too late the act of a clock was: 2 天, or 3 小时. Raises ValueError for one that runs."""
    if clock.ended_on is None:
        raise ValueError("a running clock is late by more every day")
    if clock.due_at is not None and clock.ended_at is not None:
        return _span(clock.ended_at - clock.due_at)
    return f"{(clock.ended_on - clock.due_on).days} 天"


def _span(time: timedelta) -> str:
    """Return 5 小时, of less than one 40 分钟."""
    return f"{abs(time) // _HOUR} 小时" if abs(time) >= _HOUR else f"{abs(time) // _MINUTE} 分钟"


def _share_left(clock: Clock, now: datetime) -> float:
    assert clock.due_at is not None
    return (clock.due_at - now) / timedelta(hours=LIMITS[clock.kind].amount)


def _whole(clock: Clock) -> int:
    """Return how many days of a clock count, from its start to its due day."""
    return (clock.due_on - clock.started_on).days - clock.excluded_days


def share_used(clock: Clock, today: date, now: datetime | None = None) -> int:
    """Return how much of the time is used, in percent from 0 to 100."""
    if clock.due_at is not None and (at := now if clock.ended_on is None else clock.ended_at):
        return max(0, min(100, round(100 * (1 - _share_left(clock, at)))))
    total, until = _whole(clock), clock.ended_on or today
    if is_paused(clock, today) and clock.paused_on is not None:
        until = clock.paused_on - timedelta(days=1)
    used = (until - clock.started_on).days - clock.excluded_days
    return 100 if total <= 0 else max(0, min(100, round(100 * used / total)))
