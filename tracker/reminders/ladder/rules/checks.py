"""What a ladder must satisfy before an office can adopt it. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.reminders.ladder.rules.moments import When
from tracker.reminders.ladder.rules.rungs import DRAFTED_BY_LADDER, ISSUED_BY_LADDER, LEVEL_ORDER, LEVELS, PAPERS, Rung
from tracker.reminders.ladder.rules.words import label
from tracker.working_days.rules import Unit

LONGEST_ASKED = 200
MOST_DAYS = 366
MOST_RUNGS = 120
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_CODE = 40


@dataclass(frozen=True)
class Fault:
    """What is wrong, in a sentence; `code` and `field` say in which rung and where, empty for the table as a whole."""

    code: str
    field: str
    sentence: str


def faults(rungs: Sequence[Rung]) -> list[str]:
    """Return what is wrong with a ladder, a sentence each; nothing where it can be adopted."""
    return list(dict.fromkeys(fault.sentence for fault in faults_found(rungs)))


def faults_found(rungs: Sequence[Rung]) -> list[Fault]:
    """Return what is wrong with a ladder, and where; nothing where it can be adopted."""
    found = [fault for rung in rungs for fault in faults_of(rung)]
    codes = [rung.code for rung in rungs]
    found += [
        Fault(code, "code", f"有两行的代码都是“{code}”。") for code in sorted({c for c in codes if codes.count(c) > 1})
    ]
    if len(rungs) > MOST_RUNGS:
        found.append(Fault("", "", f"阶梯最多 {MOST_RUNGS} 行，现在有 {len(rungs)} 行。"))
    for kind in LimitKind:
        mine = [rung for rung in rungs if rung.active and kind in rung.kinds]
        if not mine and LIMITS[kind].duty:
            found.append(Fault("", "", f"“{LIMITS[kind].label}”没有一行在用的提醒，到期会没有人知道。"))
        found += _out_of_order([rung for rung in mine if rung.when is When.AFTER])
    return list(dict.fromkeys(found))


def faults_of(rung: Rung) -> list[Fault]:
    """Return what is wrong with one rung by itself."""
    name = f"“{label(rung)}”"
    return [Fault(rung.code, where, f"{name}：{sentence}") for where, sentence in _sentences(rung)]


def _sentences(rung: Rung) -> Iterator[tuple[str, str]]:
    if len(rung.code) > LONGEST_CODE or not CODE.fullmatch(rung.code):
        yield "code", "代码只用小写字母、数字和短横线。"
    yield from _about_days(rung)
    if not rung.told:
        yield "told", "请至少选择一个送达岗位。"
    if not 1 <= len(rung.asked.strip()) <= LONGEST_ASKED:
        yield "asked", f"请写明要求，最多 {LONGEST_ASKED} 字。"
    if (rung.when is When.BEHAVIOUR) != (rung.behaviour is not None) or (rung.behaviour is None) != bool(rung.kinds):
        yield "kinds", "请选择适用的期限。"
    if not all(LIMITS[kind].duty for kind in rung.kinds):
        yield "kinds", "可用可不用的期限（异议、申请复查复核）不是谁的责任，不提醒。"
    yield from _about_papers(rung)


def _about_days(rung: Rung) -> Iterator[tuple[str, str]]:
    if rung.when is When.SHARE:
        if not (rung.unit == Unit.PERCENT and 1 <= rung.number <= 100):
            yield "number", "按时限比例的，应为 1 至 100（%）。"
        return
    if rung.unit not in (Unit.DAY, Unit.WORKING_DAY) or not 0 <= rung.number <= MOST_DAYS:
        yield "number", f"天数应为 0 至 {MOST_DAYS}，单位为日或工作日。"
    elif rung.when is When.AFTER and rung.number < 1:
        yield "number", "逾期后的天数至少是 1。"


def _about_papers(rung: Rung) -> Iterator[tuple[str, str]]:
    if rung.reply_days is not None and not 1 <= rung.reply_days <= MOST_DAYS:
        yield "reply", f"回复期限应为 1 至 {MOST_DAYS} 个工作日，不要求回复的留空。"
    if not rung.issues:
        return
    if rung.level not in ISSUED_BY_LADDER | DRAFTED_BY_LADDER:
        yield "issues", f"{LEVELS[rung.level].label}不能自动发单；约谈、通报、挂牌督办由领导决定。"
    elif rung.reply_days is None or rung.when is not When.AFTER:
        yield "issues", f"自动发出{LEVELS[rung.level].paper}的，应在逾期以后，并写明回复期限。"
    elif set(rung.kinds) & set(PAPERS):
        yield "issues", "督办、批示没有按期回复的，由人决定是否再发，不自动发单。"


def _out_of_order(rungs: Sequence[Rung]) -> list[Fault]:
    """Return where a higher level comes before a lower one, or a second letter before the first one's reply day."""
    found = []
    by_day = sorted(rungs, key=_working_days)
    for earlier, later in pairwise(by_day):
        if LEVEL_ORDER.index(later.level) < LEVEL_ORDER.index(earlier.level):
            found.append(Fault(later.code, "number", f"“{label(later)}”不能晚于“{label(earlier)}”：级别只升不降。"))
    letters = [rung for rung in by_day if rung.issues]
    for earlier, later in pairwise(letters):
        if _working_days(later) <= _working_days(earlier) + (earlier.reply_days or 0):
            sentence = f"“{label(later)}”应在“{label(earlier)}”的回复期限之后：前一份没有到期，不发第二份。"
            found.append(Fault(later.code, "number", sentence))
    return found


def _working_days(rung: Rung) -> int:
    """Return a rung's distance after the date in working days, at least: a calendar day may be no working day."""
    return rung.number if rung.unit == Unit.WORKING_DAY else rung.number * 5 // 7
