"""What of the ledger is counted for a period (口径): each cohort with its code and its words. Pure.

A cohort is the matters of which something is asked in a period; what holds of some of them is its second number. What
of the two each means in the database stands in `cases/ledger/cohorts`, under the same code.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ReportEdition(StrEnum):
    """Which matters a number counts at all (版本)."""

    OPEN = "open"
    CONFIDENTIAL = "confidential"


# The fixed words: whether there are any or not.
EDITION_LABELS = {
    ReportEdition.OPEN: "公开版（不含检举控告）",
    ReportEdition.CONFIDENTIAL: "内部版（含检举控告，不足 5 的不列数）",
}


class Cohort(StrEnum):
    """What is counted."""

    RECEIVED = "received"
    LETTERS = "letters"
    VISITS = "visits"
    VISITORS = "visitors"
    COMMITTEE_ELECTIONS = "committee_elections"
    PARTY_ELECTIONS = "party_elections"
    ELECTIONS_SETTLED = "elections_settled"
    REPEATED = "repeated"
    GIVEN_OUT = "given_out"
    DISPATCHED = "dispatched"
    NOTIFIED = "notified"
    RETURNED = "returned"
    MISDIRECTED = "misdirected"
    REPLIES = "replies"
    ANSWERED = "answered"
    EXTENDED = "extended"
    PROMISED = "promised"
    SETTLED_AT_ONCE = "settled_at_once"
    RATED = "rated"
    OFFICE_LIKED = "office_liked"
    UNIT_LIKED = "unit_liked"
    STRUCK_OFF = "struck_off"
    LISTED = "listed"
    IN_HAND = "in_hand"
    LATE_AT_END = "late_at_end"
    LOOKED_BACK = "looked_back"
    REBOUNDED = "rebounded"
    URGED = "urged"
    INSTRUCTED = "instructed"
    REVIEWED = "reviewed"
    RE_EXAMINED = "re_examined"


class CohortPart(StrEnum):
    """Which matters of a cohort: all, those of which it holds, the others."""

    ALL = "all"
    HELD = "held"
    OTHERS = "others"


@dataclass(frozen=True)
class CohortWords:
    """How the parts of a cohort are called; what is only counted has no second number."""

    all: str
    held: str = ""
    others: str = ""

    def of(self, part: CohortPart) -> str:
        """Return the words of a part."""
        return {CohortPart.ALL: self.all, CohortPart.HELD: self.held, CohortPart.OTHERS: self.others}[part]


# fmt: off
COHORT_WORDS: dict[Cohort, CohortWords] = {
    Cohort.RECEIVED: CohortWords("收到"),
    Cohort.LETTERS: CohortWords("收到（来访以外）"),
    Cohort.VISITS: CohortWords("接待来访"),
    Cohort.VISITORS: CohortWords("来访人次"),
    Cohort.COMMITTEE_ELECTIONS: CohortWords("反映村委会换届选举"),
    Cohort.PARTY_ELECTIONS: CohortWords("反映村党组织换届"),
    Cohort.ELECTIONS_SETTLED: CohortWords("反映换届", "已妥善处理（已销号）", "正在办理"),
    Cohort.REPEATED: CohortWords("收到", "重件", "初件"),
    Cohort.GIVEN_OUT: CohortWords("应转送、交办", "按期转送、交办", "逾期或者还没有转送、交办"),
    Cohort.DISPATCHED: CohortWords("交办、转送"),
    Cohort.NOTIFIED: CohortWords("应告知是否受理", "按期告知", "逾期或者还没有告知"),
    Cohort.RETURNED: CohortWords("异议期限已过的交办、转送", "提出异议", "没有提出异议"),
    Cohort.MISDIRECTED: CohortWords("异议期限已过、异议已裁定的交办、转送", "异议成立（派错）", "没有派错"),
    Cohort.REPLIES: CohortWords("答复"),
    Cohort.ANSWERED: CohortWords("应答复", "按期答复", "逾期或者还没有答复"),
    Cohort.EXTENDED: CohortWords("应答复", "延长过办理期限", "没有延长"),
    Cohort.PROMISED: CohortWords("支持、应落实", "已落实", "逾期没有落实"),
    Cohort.SETTLED_AT_ONCE: CohortWords("观察期满的初件", "一次化解", "又来、复查或者重新办理"),
    Cohort.RATED: CohortWords("应评价", "已评价", "没有评价"),
    Cohort.OFFICE_LIKED: CohortWords("评价信访部门", "满意、基本满意", "不满意"),
    Cohort.UNIT_LIKED: CohortWords("评价责任单位", "满意、基本满意", "不满意"),
    Cohort.STRUCK_OFF: CohortWords("销号"),
    Cohort.LISTED: CohortWords("期初在办和本期收到", "已销号", "没有销号"),
    Cohort.IN_HAND: CohortWords("期末在办"),
    Cohort.LATE_AT_END: CohortWords("期末逾期"),
    Cohort.LOOKED_BACK: CohortWords("应回头看", "按期回头看", "逾期或者还没有回头看"),
    Cohort.REBOUNDED: CohortWords("回头看过", "反弹、落实不到位", "稳定"),
    Cohort.URGED: CohortWords("应回复催办、督办", "按期回复", "逾期或者还没有回复"),
    Cohort.INSTRUCTED: CohortWords("应报批示落实情况", "按期报", "逾期或者还没有报"),
    Cohort.REVIEWED: CohortWords("复查办结", "变更、撤销", "维持"),
    Cohort.RE_EXAMINED: CohortWords("复核办结", "变更、撤销", "维持"),
}
# fmt: on


@dataclass(frozen=True)
class Span:
    """The days of a period, both inclusive."""

    since: date
    until: date
