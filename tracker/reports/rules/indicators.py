"""INDICATORS: every figure that leaders read (指标), one row for each, grouped as the office groups its work. Pure.

Never ranked by how few petitions there are: volume says nothing (`Says.NOTHING`), and units stand in their own order.
"""

from dataclasses import dataclass
from enum import StrEnum

from tracker.cases.ledger.rules import COHORT_WORDS, Cohort, CohortPart
from tracker.statutes.rules.provisions import Basis, P


class FigureGroup(StrEnum):
    """Prevention, acceptance, handling, supervision and accountability."""

    PREVENTION = "prevention"
    ACCEPTANCE = "acceptance"
    HANDLING = "handling"
    SUPERVISION = "supervision"


GROUP_LABELS = {
    FigureGroup.PREVENTION: "预防",
    FigureGroup.ACCEPTANCE: "受理",
    FigureGroup.HANDLING: "办理",
    FigureGroup.SUPERVISION: "监督追责",
}


class CountUnit(StrEnum):
    """In what is counted; what is counted in different units is never added."""

    MATTER = "matter"
    VISIT = "visit"
    VISITOR = "visitor"
    EVENT = "event"
    VILLAGE = "village"
    BODY = "body"


UNIT_LABELS = {
    CountUnit.MATTER: "件",
    CountUnit.VISIT: "批次",
    CountUnit.VISITOR: "人次",
    CountUnit.EVENT: "起",
    CountUnit.VILLAGE: "村",
    CountUnit.BODY: "个",
}


class Says(StrEnum):
    """What it says that a share is higher."""

    HIGHER_IS_BETTER = "higher"
    LOWER_IS_BETTER = "lower"
    NOTHING = "nothing"


class CohortDay(StrEnum):
    """Which day decides to which period a matter belongs, and when it is judged (口径)."""

    RECEIVED = "received"
    DONE = "done"
    DUE = "due"
    WINDOW = "window"
    OBSERVED = "observed"
    LISTED = "listed"
    AT_THE_END = "at_the_end"
    NOT_YET = "not_yet"


SINCE_WORDS = {
    CohortDay.RECEIVED: "按收到日期计入本期",
    CohortDay.DONE: "按办的那一天计入本期",
    CohortDay.DUE: "最后期限在本期，而且已经过了的才计；没有到期的不计，改走其他途径、并案、作废、撤回的不计",
    CohortDay.WINDOW: "提出异议的期限在本期届满的才计",
    CohortDay.OBSERVED: "答复后 90 日在本期届满的才计，看到本期末为止",
    CohortDay.LISTED: "本期开始时在办的和本期收到的",
    CohortDay.AT_THE_END: "本期最后一天（没有过完的，今天）还没有销号的",
    CohortDay.NOT_YET: "还没有开展评价，不算比例",
}


@dataclass(frozen=True)
class Indicator:
    """One figure: what it is called, where it stands, in what it counts, by which day, on which basis.

    Its numerator and denominator are the parts of its cohort; what is only counted has no `part`.
    """

    label: str
    group: FigureGroup
    since: CohortDay
    basis: Basis = (P.OWN_RULE,)
    part: CohortPart | None = CohortPart.HELD
    unit: CountUnit = CountUnit.MATTER
    says: Says = Says.HIGHER_IS_BETTER


# fmt: off
INDICATORS: dict[Cohort, Indicator] = {
    Cohort.LOOKED_BACK: Indicator(
        "回头看按期率", FigureGroup.PREVENTION, CohortDay.DUE),
    Cohort.REBOUNDED: Indicator(
        "反弹率（回头看）", FigureGroup.PREVENTION, CohortDay.DONE, says=Says.LOWER_IS_BETTER),
    Cohort.SETTLED_AT_ONCE: Indicator(
        "一次性化解率", FigureGroup.PREVENTION, CohortDay.OBSERVED),
    Cohort.REPEATED: Indicator(
        "重复信访率", FigureGroup.PREVENTION, CohortDay.RECEIVED, says=Says.LOWER_IS_BETTER),
    Cohort.RECEIVED: Indicator(
        "收到（各种形式，每件登记算一件）", FigureGroup.ACCEPTANCE, CohortDay.RECEIVED, (P.T22_1,),
        part=None, says=Says.NOTHING),
    Cohort.LETTERS: Indicator(
        "来信、网上、来电等", FigureGroup.ACCEPTANCE, CohortDay.RECEIVED, (P.T22_1,), part=None, says=Says.NOTHING),
    Cohort.VISITS: Indicator(
        "接待来访", FigureGroup.ACCEPTANCE, CohortDay.RECEIVED, (P.T22_1,),
        part=None, unit=CountUnit.VISIT, says=Says.NOTHING),
    Cohort.VISITORS: Indicator(
        "接待来访", FigureGroup.ACCEPTANCE, CohortDay.RECEIVED, (P.T22_1,),
        part=None, unit=CountUnit.VISITOR, says=Says.NOTHING),
    Cohort.COMMITTEE_ELECTIONS: Indicator(
        "反映村委会换届选举", FigureGroup.ACCEPTANCE, CohortDay.RECEIVED,
        part=None, unit=CountUnit.EVENT, says=Says.NOTHING),
    Cohort.PARTY_ELECTIONS: Indicator(
        "反映村党组织换届", FigureGroup.ACCEPTANCE, CohortDay.RECEIVED,
        part=None, unit=CountUnit.EVENT, says=Says.NOTHING),
    Cohort.DISPATCHED: Indicator(
        "交办、转送", FigureGroup.ACCEPTANCE, CohortDay.DONE, (P.T22_1,), part=None, says=Says.NOTHING),
    Cohort.GIVEN_OUT: Indicator(
        "信访部门及时受理率（15 日内转送、交办）", FigureGroup.ACCEPTANCE, CohortDay.DUE, (P.T22_1,)),
    Cohort.NOTIFIED: Indicator(
        "责任单位及时受理率（15 日内告知）", FigureGroup.ACCEPTANCE, CohortDay.DUE, (P.T23_3,)),
    Cohort.RETURNED: Indicator(
        "退回异议率", FigureGroup.ACCEPTANCE, CohortDay.WINDOW, (P.T23_3,), says=Says.NOTHING),
    Cohort.MISDIRECTED: Indicator(
        "派错率（异议成立）", FigureGroup.ACCEPTANCE, CohortDay.WINDOW, (P.T23_3,), says=Says.LOWER_IS_BETTER),
    Cohort.ANSWERED: Indicator(
        "按期答复率", FigureGroup.HANDLING, CohortDay.DUE, (P.T34,)),
    Cohort.EXTENDED: Indicator(
        "延期率", FigureGroup.HANDLING, CohortDay.DUE, (P.T34,), says=Says.NOTHING),
    Cohort.PROMISED: Indicator(
        "支持的诉求已落实", FigureGroup.HANDLING, CohortDay.DUE, (P.T32_2,)),
    Cohort.LISTED: Indicator(
        "销号率", FigureGroup.HANDLING, CohortDay.LISTED, (P.CLOSE_OUT,)),
    Cohort.ELECTIONS_SETTLED: Indicator(
        "换届信访妥善处理", FigureGroup.HANDLING, CohortDay.RECEIVED, (P.CLOSE_OUT,), unit=CountUnit.EVENT),
    Cohort.REPLIES: Indicator(
        "答复", FigureGroup.HANDLING, CohortDay.DONE, (P.T34,), part=None, says=Says.NOTHING),
    Cohort.STRUCK_OFF: Indicator(
        "销号", FigureGroup.HANDLING, CohortDay.DONE, (P.CLOSE_OUT,), part=None, says=Says.NOTHING),
    Cohort.IN_HAND: Indicator(
        "期末在办", FigureGroup.HANDLING, CohortDay.AT_THE_END, part=None, says=Says.NOTHING),
    Cohort.LATE_AT_END: Indicator(
        "期末逾期", FigureGroup.HANDLING, CohortDay.AT_THE_END, part=None, says=Says.NOTHING),
    Cohort.RATED: Indicator(
        "群众参评率", FigureGroup.HANDLING, CohortDay.NOT_YET),
    Cohort.OFFICE_LIKED: Indicator(
        "对信访部门满意率", FigureGroup.HANDLING, CohortDay.NOT_YET),
    Cohort.UNIT_LIKED: Indicator(
        "对责任单位满意率", FigureGroup.HANDLING, CohortDay.NOT_YET),
    Cohort.URGED: Indicator(
        "催办、督办按期回复率", FigureGroup.SUPERVISION, CohortDay.DUE, (P.T40_1,)),
    Cohort.INSTRUCTED: Indicator(
        "批示按期落实率", FigureGroup.SUPERVISION, CohortDay.DUE, (P.T18_2,)),
    Cohort.REVIEWED: Indicator(
        "复查改变率", FigureGroup.SUPERVISION, CohortDay.DONE, (P.T35,), says=Says.LOWER_IS_BETTER),
    Cohort.RE_EXAMINED: Indicator(
        "复核改变率", FigureGroup.SUPERVISION, CohortDay.DONE, (P.T36_1,), says=Says.LOWER_IS_BETTER),
}
# fmt: on
# What is counted beside the period before and a year ago (环比、同比), in the order of a report.
COMPARED = (
    *(Cohort.RECEIVED, Cohort.LETTERS, Cohort.VISITS, Cohort.VISITORS),
    *(Cohort.COMMITTEE_ELECTIONS, Cohort.PARTY_ELECTIONS, Cohort.REPLIES, Cohort.STRUCK_OFF, Cohort.IN_HAND),
)
# What is drawn month by month (趋势).
TREND = (Cohort.RECEIVED, Cohort.REPLIES, Cohort.STRUCK_OFF)
# 分母不足的：列分数，不算比例，不作比较。
SMALL = 10


@dataclass(frozen=True)
class Fraction:
    """How many there are, and of how many it holds. Nothing of nothing is neither 0 % nor 100 %."""

    of: int = 0
    held: int = 0

    @property
    def others(self) -> int:
        """Of how many it does not hold."""
        return self.of - self.held

    @property
    def comparable(self) -> bool:
        """Whether there are enough to speak of a share at all."""
        return self.of >= SMALL

    @property
    def share(self) -> str:
        """97.3%; "" where there are too few."""
        return f"{100 * self.held / self.of:.1f}%" if self.comparable else ""

    @property
    def words(self) -> str:
        """401 / 412."""
        return f"{self.held} / {self.of}"


def change(now: int, before: int | None) -> str:
    """Return ＋4, －2 or 0 against another period; — where there is nothing to compare with."""
    if not before:
        return "—"
    return f"＋{now - before}" if now > before else f"－{before - now}" if now < before else "0"


def counting_words(cohort: Cohort) -> str:
    """Return how a figure is counted (口径): 分子 ÷ 分母，按哪一天."""
    row, words = INDICATORS[cohort], COHORT_WORDS[cohort]
    counted = f"{words.of(row.part)} ÷ {words.all}" if row.part else words.all
    return f"{counted}；{SINCE_WORDS[row.since]}"
