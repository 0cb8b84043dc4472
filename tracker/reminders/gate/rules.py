"""Whether a clock can be believed before anything is raised under it (security.md §5, promise P11). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# A clock may lag this much behind the last run, or differ this much from the database's.
TOLERANCE = timedelta(minutes=2)
SKEW = timedelta(minutes=1)
# After a longer silence what is raised is recorded, and its notices wait until somebody releases them.
HOLD_AFTER = timedelta(hours=72)
# A leap further than this is a wrong clock until somebody says that it is right.
REFUSE_AFTER = timedelta(days=60)


@dataclass(frozen=True)
class Gate:
    """Whether a run may look at all, and whether its notices are held; `sentence` says why not, or why held.

    `against` is the instant that the clock was measured by: of the last good run, or the database's own. `copied`:
    whatever the clock, the database is not at home here.
    """

    open: bool
    hold: bool = False
    gap: timedelta = timedelta(0)
    sentence: str = ""
    against: datetime | None = None
    copied: bool = False


COPY = Gate(False, sentence="这份数据是恢复或者复制来的：提醒和发送都停着，等人放行。", copied=True)


def gate(now: datetime, *, last: datetime | None, database_now: datetime | None = None) -> Gate:
    """Return whether a run may begin: `last` is when the last good run ended, or when somebody confirmed the clock."""
    if database_now is not None and abs(now - database_now) > SKEW:
        off = int(abs(now - database_now).total_seconds())
        return Gate(False, sentence=f"本机时钟和数据库时钟相差 {off} 秒，暂停提醒，请校准时钟。", against=database_now)
    if last is None:
        return Gate(True)
    gap = now - last
    if gap < -TOLERANCE:
        return Gate(False, gap=gap, sentence=f"时钟比上次运行倒退了 {span(-gap)}，暂停提醒，请校准时钟。", against=last)
    if gap > REFUSE_AFTER:
        return Gate(False, gap=gap, sentence=f"距上次运行已有 {span(gap)}，请先确认时钟正确。", against=last)
    if gap > HOLD_AFTER:
        return Gate(True, hold=True, gap=gap, sentence=f"停了 {span(gap)}，已补记，通知等待放行。")
    return Gate(True, gap=max(gap, timedelta(0)))


def span(length: timedelta) -> str:
    """Return a length of time in words: 3 天 4 小时, 25 分钟."""
    minutes = int(length.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} 天" + (f" {hours} 小时" if hours else "")
    return f"{hours} 小时" + (f" {minutes % 60} 分钟" if minutes % 60 else "") if hours else f"{minutes} 分钟"
