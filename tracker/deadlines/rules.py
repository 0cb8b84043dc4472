"""One comparison of dates for everything: is it late, how near is it, which light. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.working_days.rules import Unit

# The hint of a running duty that has nothing to raise any more.
NEVER = date.max


class Light(StrEnum):
    """灯: always shown with a word and a shape, computed when read."""

    GREEN = "green"
    BLUE = "blue"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True)
class Clock:
    """What the comparison needs of a deadline; `lapsed`: a window that ended because its days were over (期满)."""

    kind: LimitKind
    started_on: date
    due_on: date
    ended_on: date | None = None
    met: bool = False
    lapsed: bool = False


def is_overdue(due_on: date, today: date) -> bool:
    """Return whether a day lies after the due day; the due day itself, until 24:00, is in time."""
    return today > due_on


def is_late(clock: Clock, today: date) -> bool:
    """Return whether a duty is late: frozen by the act that met it, else as of today. A window is never late."""
    if not LIMITS[clock.kind].duty:
        return False
    if clock.ended_on is not None and not clock.met:
        return False
    return is_overdue(clock.due_on, clock.ended_on or today)


def days_left(clock: Clock, today: date) -> int:
    """Return the calendar days from today to the due day; negative when it has passed."""
    return (clock.due_on - today).days


def light(clock: Clock, today: date, *, working_days_left: int | None = None) -> Light:
    """Return the light of a clock (domain.md §7.3).

    Green: more than a quarter of the time left; blue: a quarter or less; amber: three days or less (one working
    day for limits counted in working days); red: overdue; grey: stopped without its act, or a window that passed.
    """
    if clock.ended_on is not None:
        return Light.GREY if not clock.met else Light.RED if is_late(clock, today) else Light.GREEN
    left = days_left(clock, today)
    if left < 0:
        return Light.RED if LIMITS[clock.kind].duty else Light.GREY
    if LIMITS[clock.kind].unit == Unit.WORKING_DAY:
        near = (working_days_left if working_days_left is not None else left) <= 1
    else:
        near = left <= 3
    if near:
        return Light.AMBER
    total = (clock.due_on - clock.started_on).days
    return Light.BLUE if left * 4 <= total else Light.GREEN


def words(clock: Clock, today: date, *, working_days_left: int | None = None) -> str:
    """Return lateness in words: 剩 5 天, 今天到期, 逾期 3 天, 按期, 逾期 2 天完成, 期满, 已停."""
    if clock.lapsed:
        return "期满"
    if clock.ended_on is not None and not clock.met:
        return "已停"
    if clock.ended_on is not None:
        late_by = (clock.ended_on - clock.due_on).days
        return f"逾期 {late_by} 天完成" if is_late(clock, today) else "按期完成"
    left = days_left(clock, today)
    if left < 0:
        return f"逾期 {-left} 天" if LIMITS[clock.kind].duty else "期限已过"
    if left == 0:
        return "今天到期"
    if LIMITS[clock.kind].unit == Unit.WORKING_DAY and working_days_left is not None:
        return f"剩 {working_days_left} 个工作日"
    return f"剩 {left} 天"


def share_used(clock: Clock, today: date) -> int:
    """Return how much of the time is used, in percent from 0 to 100."""
    total = (clock.due_on - clock.started_on).days
    used = ((clock.ended_on or today) - clock.started_on).days
    return 100 if total <= 0 else max(0, min(100, round(100 * used / total)))
