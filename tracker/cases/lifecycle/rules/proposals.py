"""What is proposed to the office where a matter is classified and given out (预选、代拟); the person decides. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.cases.record.rules.codes import MATTER_CLASS_LABELS, PURPOSE_LABELS, MatterClass, Purpose
from tracker.core.dates import long_date
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.working_days.rules import Calendar, due

# 信访目的 → 类别 (条例第二十八条); 咨询 and 其他 may be anything.
CLASS_OF_PURPOSE: dict[Purpose, MatterClass] = {
    Purpose.APPEAL: MatterClass.CLAIM,
    Purpose.SETTLEMENT: MatterClass.CLAIM,
    Purpose.SUGGESTION: MatterClass.SUGGESTION,
    Purpose.ACCUSATION: MatterClass.ACCUSATION,
}


@dataclass(frozen=True)
class ProposedDay:
    """A day that is proposed, or none, and why."""

    day: date | None
    why: str


def class_words(purpose: Purpose) -> str:
    """Return why a class is chosen beforehand, or that none is."""
    proposed = CLASS_OF_PURPOSE.get(purpose)
    if proposed is None:
        return f"登记的信访目的是“{PURPOSE_LABELS[purpose]}”，不能预选，请选择。"
    return f"按登记的信访目的“{PURPOSE_LABELS[purpose]}”预选{MATTER_CLASS_LABELS[proposed]}，可以改。"


def feedback_day(today: date, superior_due_on: date | None, days: Calendar, *, earlier: int) -> ProposedDay:
    """Return the day by which a unit is to report back (反馈时限, 条例第二十二条).

    The 60 days of handling (第三十四条) as if the unit accepted today, so that nothing is asked before the law asks it;
    `earlier` days before that which the upper level set, where that is earlier and still to come.
    """
    limit = LIMITS[LimitKind.HANDLING]
    last = due(today, limit.amount, limit.unit, days, rolls=limit.rolls).effective
    if superior_due_on is None or superior_due_on - timedelta(days=earlier) > last:
        return ProposedDay(last, f"按办理期限 {limit.amount} 日从今天起代拟，可以改。")
    if superior_due_on < today:
        return ProposedDay(None, "上级要求的办结日期已经过了，请按实际情况指定。")
    day = max(today, superior_due_on - timedelta(days=earlier))
    return ProposedDay(
        day, f"上级要求 {long_date(superior_due_on)} 办结，提前 {earlier} 日代拟（本单位规定），可以改。"
    )


def later_than_asked(due_on: date, superior_due_on: date | None) -> str:
    """Return what to say where a unit is given until after the day that the upper level set; else nothing."""
    if superior_due_on is None or due_on <= superior_due_on:
        return ""
    return f"反馈时限 {long_date(due_on)} 晚于上级要求的办结日期 {long_date(superior_due_on)}，请核对。"
