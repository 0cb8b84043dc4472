"""What a notice and a letter of the ladder say: no name, no title, nothing of what was petitioned. Pure."""

from collections.abc import Sequence
from datetime import date

from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.reminders.ladder.rules.moments import BEHAVIOUR_LABELS
from tracker.reminders.ladder.rules.rungs import LEVELS, Rung, RungLevel

# A limit, its last day, and the day of its act where that was entered late and waits to be confirmed (补录，待核).
Dated = tuple[LimitKind, date, date | None]
PROOF_ASKED = "请提供文号、邮戳或者凭据，由本单位以外的人核实。"


def why_clock(
    kind: LimitKind,
    due_on: date,
    today: date,
    *,
    claimed_on: date | None = None,
    passed: Sequence[RungLevel] = (),
    beside: Sequence[Dated] = (),
) -> str:
    """Return why a notice about a clock came: 告知是否受理，2026年11月20日到期，已逾期 1 天。

    `claimed_on` is the day of an act that was entered late and waits to be confirmed: nobody is told that nothing was
    done. `passed` are the levels of rungs that were not told by themselves, `beside` the other days of the same duty.
    """
    over = "、".join(dict.fromkeys(LEVELS[level].label for level in passed))
    others = "；".join(_dated(*each, today) for each in beside)
    return (
        f"{_dated(kind, due_on, claimed_on, today)}。"
        + (f"同一项办理责任还有：{others}。" if others else "")
        + (f"其间应发的{over}并入本次。" if over else "")
    )


def _dated(kind: LimitKind, due_on: date, claimed_on: date | None, today: date) -> str:
    left = (due_on - today).days
    state = f"已逾期 {-left} 天" if left < 0 else "今天到期" if left == 0 else f"还剩 {left} 天"
    return f"{LIMITS[kind].label}，{_long(due_on)}到期，{state}" + (f"，{_claimed(claimed_on)}" if claimed_on else "")


def why_behaviour(rung: Rung, seen_on: date) -> str:
    """Return why a notice about a behaviour came: 退回补办后没有重新申请销号（2026年11月10日起）。"""
    label = BEHAVIOUR_LABELS[rung.behaviour] if rung.behaviour else ""
    return f"{label}（{_long(seen_on)}{'起' if rung.number else ''}）。"


def _claimed(day: date) -> str:
    return f"已补录为{_long(day)}办理，待核实"


def letter(kind: LimitKind, due_on: date, asked: str, claimed_on: date | None = None) -> str:
    """Return the text of a letter that the ladder issues; of an act that waits to be confirmed it asks for proof."""
    done = f"{_claimed(claimed_on)}。{PROOF_ASKED}" if claimed_on else f"至今没有完成。{asked}"
    return f"本件“{LIMITS[kind].label}”的期限是{_long(due_on)}，{done}"


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
