"""The first run after a change (升级、恢复、换阶梯): what changed, and whether it brings more than a day. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class Thing(StrEnum):
    """What a run stands on; each is kept with the run as a short mark."""

    PROGRAM = "program"
    SCHEMA = "schema"
    LIMITS = "limits"
    LADDER = "ladder"
    CALENDAR = "calendar"
    PLACE = "place"


THING_LABELS: dict[Thing, str] = {
    Thing.PROGRAM: "程序版本",
    Thing.SCHEMA: "数据库结构",
    Thing.LIMITS: "期限表",
    Thing.LADDER: "督办阶梯",
    Thing.CALENDAR: "节假日安排",
    Thing.PLACE: "运行的机器或者数据位置",
}
# What one person can look through before it goes out; a small office is never bothered below it.
FLOOR = 30
# An ordinary day is the largest of these, where the timer ran on enough of them.
RECENT_DAYS = 14
ENOUGH_DAYS = 5
# Where it did not: one rung for a number of cases in hand. The demonstration raises one for 17 on the median day, one
# for 5 on its worst.
CASES_FOR_ONE = 10


def changed(before: Mapping[str, str] | None, now: Mapping[str, str]) -> tuple[Thing, ...]:
    """Return what is another than at the last good run; everything where none is known (an older program, or never)."""
    known = before or {}
    return tuple(thing for thing in Thing if known.get(thing) != now[thing])


def ordinary_day(recent: Sequence[int], cases_in_hand: int) -> int:
    """Return how many rungs an ordinary day brings at most, from the recent days or from the cases in hand."""
    usual = max(recent) if len(recent) >= ENOUGH_DAYS else cases_in_hand // CASES_FOR_ONE
    return max(FLOOR, usual)


def held_sentence(changes: Sequence[Thing]) -> str:
    """Return why the notices of a first run wait, for the run ledger.

    Without numbers: not everybody who reads it may know how many cases there are that they cannot see.
    """
    because = (
        "启用或者升级后"
        if len(changes) == len(Thing)
        else f"{'、'.join(THING_LABELS[each] for each in changes)}有变化，"
    )
    return f"{because}第一次运行，要提醒的比平常一天多，已补记，通知等待放行。"
