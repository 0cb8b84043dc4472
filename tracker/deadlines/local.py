"""LOCAL: the numbers that no law gives and that are nobody's limit: what an office counts by (本单位规定)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tracker.deadlines.limits import MOST
from tracker.statutes.rules.provisions import Basis, P
from tracker.working_days.rules import Unit


class LocalNumber(StrEnum):
    """What an office counts by a number of its own."""

    LATE_ENTRY = "late_entry"
    BEFORE_SUPERIOR = "before_superior"
    GRANT_WAIT = "grant_wait"
    SUGGESTION_OBJECTION = "suggestion_objection"
    REPORT_HOUR = "report_hour"
    REPORT_WEEKDAY = "report_weekday"
    COMMON_MATTERS = "common_matters"


@dataclass(frozen=True)
class LocalRule:
    """A number of the office: what it is for, how many as shipped, of what, on which basis.

    `shown` are the words of a number that counts nothing: an hour of the day, a day of the week.
    """

    label: str
    amount: int
    unit: Unit = Unit.DAY
    basis: Basis = (P.OWN_RULE,)
    least: int = 0
    most: int = MOST
    shown: Callable[[int], str] | None = None


LOCAL: dict[LocalNumber, LocalRule] = {
    LocalNumber.LATE_ENTRY: LocalRule(label="办理后几日以内录入的不算补录", amount=3),
    LocalNumber.BEFORE_SUPERIOR: LocalRule(label="反馈时限比上级要求办结日期提前的日数", amount=5),
    # It can only be made longer: who changes numbers of the office is one of the two whom it holds back.
    LocalNumber.GRANT_WAIT: LocalRule(label="扩大权限批准后等待的小时数", amount=24, unit=Unit.HOUR, least=24),
    LocalNumber.SUGGESTION_OBJECTION: LocalRule(
        label="代表建议提出退回的工作日数", amount=5, unit=Unit.WORKING_DAY, least=1
    ),
    LocalNumber.REPORT_HOUR: LocalRule(
        label="日报、周报每期截止的钟点（0 至 23）", amount=17, unit=Unit.HOUR, most=23, shown=lambda hour: f"{hour} 时"
    ),
    LocalNumber.REPORT_WEEKDAY: LocalRule(
        label="周报每期截止在星期几（1 至 7，7 是星期日）",
        amount=5,
        least=1,
        most=7,
        shown=lambda day: f"星期{'一二三四五六日'[(day - 1) % 7]}",
    ),
    LocalNumber.COMMON_MATTERS: LocalRule(label="近 90 日同类同地几件以上的提示为共性问题", amount=5, least=2),
}
