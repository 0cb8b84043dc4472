"""LIMITS: every kind of clock with its length, unit, article, start and stop. One row for each kind."""

from dataclasses import dataclass
from enum import StrEnum


class LimitKind(StrEnum):
    """Kinds of clocks."""

    OFFICE_REFERRAL = "office_referral"
    OBJECTION = "objection"
    RULING = "ruling"
    ACCEPTANCE = "acceptance"
    HANDLING = "handling"
    FEEDBACK = "feedback"
    ASSISTANCE = "assistance"
    VALIDITY = "validity"
    LEADER_REPORT = "leader_report"
    REVIEW_WINDOW = "review_window"
    REVIEW = "review"
    RE_EXAMINATION_WINDOW = "re_examination_window"
    RE_EXAMINATION = "re_examination"
    LOOK_BACK = "look_back"
    ORDER_REPLY = "order_reply"
    INSTRUCTION = "instruction"


DAY, WORKING_DAY, FIXED = "day", "working-day", "fixed"


@dataclass(frozen=True)
class Limit:
    """A kind of clock.

    `amount` counts in `unit` (calendar `day`, `working-day`, `fixed` for a date named in a letter). `duty` is
    False for a window somebody may use (objection, review): its end is a fact, not somebody's lateness.
    `extendable_days` is the most that may lawfully be added. `rolls`: an end on a rest day moves to the next
    working day (民法典第二百零三条 by analogy). `told`: the petitioner is told the date, so it never moves earlier.
    """

    label: str
    amount: int
    unit: str
    basis: str
    starts: str
    stops: str
    owner: str
    duty: bool = True
    extendable_days: int = 0
    rolls: bool = True
    told: bool = False


LIMITS: dict[LimitKind, Limit] = {
    LimitKind.OFFICE_REFERRAL: Limit(
        "转送、交办",
        15,
        DAY,
        "《信访工作条例》第二十二条",
        "收到信访事项",
        "转送、交办、告知去向或移交",
        "信访部门",
        told=True,
    ),
    LimitKind.OBJECTION: Limit(
        "提出异议", 5, WORKING_DAY, "第二十三条第三款", "承办单位收到", "提出异议、受理或期满", "承办单位", duty=False
    ),
    LimitKind.RULING: Limit(
        "裁定退回异议", 5, WORKING_DAY, "本单位规定（条例未规定天数）", "承办单位提出异议", "裁定", "信访部门"
    ),
    LimitKind.ACCEPTANCE: Limit(
        "告知是否受理", 15, DAY, "第二十三条第三款", "承办单位收到", "受理、不予受理或不再受理告知", "承办单位"
    ),
    LimitKind.HANDLING: Limit(
        "作出处理意见并送达",
        60,
        DAY,
        "第三十四条",
        "受理之日",
        "处理意见书送达",
        "承办单位",
        extendable_days=30,
        told=True,
    ),
    LimitKind.FEEDBACK: Limit(
        "反馈交办结果", 0, FIXED, "交办函指定（第二十二条）", "交办", "申请销号（办结报告）", "承办单位"
    ),
    LimitKind.ASSISTANCE: Limit("协办反馈", 0, FIXED, "协办函指定（第二十四条）", "协办", "协办反馈", "协办单位"),
    LimitKind.VALIDITY: Limit(
        "选举效力调查反馈",
        0,
        FIXED,
        "村民委员会组织法第十七条；时限由交办函指定",
        "交乡镇或县级调查",
        "调查结论",
        "调查单位",
    ),
    LimitKind.LEADER_REPORT: Limit(
        "向党政主要领导报告",
        0,
        DAY,
        "贿选案件当日报告（换届信访工作通知）",
        "标记贿选",
        "报告",
        "信访部门",
        rolls=False,
    ),
    LimitKind.REVIEW_WINDOW: Limit(
        "信访人请求复查", 30, DAY, "第三十五条", "处理意见书送达", "请求复查或期满", "信访人", duty=False, told=True
    ),
    LimitKind.REVIEW: Limit("作出复查意见", 30, DAY, "第三十五条", "收到复查请求", "复查意见", "复查机关", told=True),
    LimitKind.RE_EXAMINATION_WINDOW: Limit(
        "信访人请求复核", 30, DAY, "第三十六条", "收到复查意见", "请求复核或期满", "信访人", duty=False, told=True
    ),
    LimitKind.RE_EXAMINATION: Limit(
        "作出复核意见", 30, DAY, "第三十六条（听证时间不计）", "收到复核请求", "复核意见", "复核机关", told=True
    ),
    LimitKind.LOOK_BACK: Limit("回头看", 30, DAY, "本单位规定", "销号", "回头看记录", "信访部门"),
    LimitKind.ORDER_REPLY: Limit(
        "回复督办", 0, FIXED, "催办单、督办单指定（条例第四十条）", "发出催办单、督办单", "回复督办", "承办单位"
    ),
    LimitKind.INSTRUCTION: Limit("落实批示", 0, FIXED, "领导批示指定", "批示", "报告落实情况", "批示指定的人"),
}
# Kinds by value, as queries ask for them: what somebody owes, and what somebody may use until it lapses.
DUTIES = tuple(kind.value for kind, limit in LIMITS.items() if limit.duty)
WINDOWS = tuple(kind.value for kind, limit in LIMITS.items() if not limit.duty)
