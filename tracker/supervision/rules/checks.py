"""What a ladder must satisfy before an office can adopt it. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from tracker.deadlines.limits import LimitKind
from tracker.supervision.rules.ladder import (
    DAY,
    LEVEL_ORDER,
    LEVELS,
    PERCENT,
    WORKING_DAY,
    Rung,
    When,
)

LONGEST_ASKED = 200
MOST_DAYS = 366


def faults(rungs: Sequence[Rung]) -> list[str]:
    """Return what is wrong with a ladder, a sentence each; nothing where it can be adopted."""
    found = [sentence for rung in rungs for sentence in _faults_of(rung)]
    codes = [rung.code for rung in rungs]
    found += [f"有两行的代码都是“{code}”。" for code in sorted({c for c in codes if codes.count(c) > 1})]
    for kind in LimitKind:
        after = (rung for rung in rungs if rung.active and rung.when is When.AFTER)
        found += _out_of_order([rung for rung in after if kind in rung.kinds])
    return list(dict.fromkeys(found))


def _faults_of(rung: Rung) -> list[str]:
    name = f"“{rung.code}”"
    found = []
    if rung.when is When.SHARE and not (rung.unit == PERCENT and 1 <= rung.number <= 100):
        found.append(f"{name}：按时限比例的，应为 1 至 100（%）。")
    if rung.when is not When.SHARE and (rung.unit not in (DAY, WORKING_DAY) or not 0 <= rung.number <= MOST_DAYS):
        found.append(f"{name}：天数应为 0 至 {MOST_DAYS}，单位为日或工作日。")
    if rung.when is When.AFTER and rung.number < 1:
        found.append(f"{name}：逾期后的天数至少是 1。")
    if not rung.told:
        found.append(f"{name}：请至少选择一个送达岗位。")
    if not 1 <= len(rung.asked.strip()) <= LONGEST_ASKED:
        found.append(f"{name}：请写明要求，最多 {LONGEST_ASKED} 字。")
    if rung.reply_days is not None and not 1 <= rung.reply_days <= MOST_DAYS:
        found.append(f"{name}：回复期限应为 1 至 {MOST_DAYS} 个工作日，不要求回复的留空。")
    if rung.issues and (rung.reply_days is None or rung.when is not When.AFTER):
        found.append(f"{name}：自动发出{LEVELS[rung.level].paper or '督办单'}的，应在逾期以后，并写明回复期限。")
    if (rung.when is When.BEHAVIOUR) != (rung.behaviour is not None) or (rung.behaviour is None and not rung.kinds):
        found.append(f"{name}：请选择适用的期限或情形。")
    return found


def _out_of_order(rungs: Sequence[Rung]) -> list[str]:
    """Say where a higher level comes before a lower one, or a second letter before the first one's reply day."""
    found = []
    by_day = sorted(rungs, key=_working_days)
    for earlier, later in pairwise(by_day):
        if LEVEL_ORDER.index(later.level) < LEVEL_ORDER.index(earlier.level):
            found.append(
                f"“{later.code}”（{LEVELS[later.level].label}）不能晚于“{earlier.code}”（{LEVELS[earlier.level].label}）。"
            )
    letters = [rung for rung in by_day if rung.issues]
    for earlier, later in pairwise(letters):
        if _working_days(later) <= _working_days(earlier) + (earlier.reply_days or 0):
            found.append(f"“{later.code}”应在“{earlier.code}”的回复期限之后：前一份没有到期，不发第二份。")
    return found


def _working_days(rung: Rung) -> int:
    """Return a rung's distance after the date in working days, at least: a calendar day may be no working day."""
    return rung.number if rung.unit == WORKING_DAY else rung.number * 5 // 7
