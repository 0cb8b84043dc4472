"""LIMITS: every kind of clock with its length, unit, who owes it, and its article. One row for each kind."""

from dataclasses import dataclass
from enum import StrEnum

from tracker.working_days.rules import Unit


class LimitKind(StrEnum):
    """Kinds of clocks."""

    OFFICE_REFERRAL = "office_referral"
    REASSIGNMENT = "reassignment"
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


class Owner(StrEnum):
    """Who owes a clock; where it starts, `cases/lifecycle/step_clocks` makes a unit and a person of it."""

    OFFICE = "office"
    UNIT = "unit"
    SIDE_UNIT = "side_unit"
    ADDRESSEE = "addressee"
    NAMED = "named"
    PETITIONER = "petitioner"
    ORGAN = "organ"


OWNER_LABELS: dict[Owner, str] = {
    Owner.OFFICE: "信访部门",
    Owner.UNIT: "承办单位",
    Owner.SIDE_UNIT: "协办或调查单位",
    Owner.ADDRESSEE: "收到催办、督办的单位",
    Owner.NAMED: "批示指定的人",
    Owner.PETITIONER: "信访人",
    Owner.ORGAN: "复查（复核）机关",
}


@dataclass(frozen=True)
class Limit:
    """A kind of clock. Which steps start and stop it stands in STEPS (办理流程表).

    `amount` counts in `unit`; it is 0 where a letter names the date (`Unit.FIXED`). `duty` is
    False for a window somebody may use (objection, review): its end is a fact, not somebody's lateness.
    `extendable_days` is the most that may lawfully be added. `rolls`: an end on a rest day moves to the next
    working day (民法典第二百零三条 by analogy). `told`: the petitioner is told the date, so it never moves earlier.
    """

    label: str
    amount: int
    unit: Unit
    owner: Owner
    basis: str
    duty: bool = True
    extendable_days: int = 0
    rolls: bool = True
    told: bool = False


# fmt: off
LIMITS: dict[LimitKind, Limit] = {
    LimitKind.OFFICE_REFERRAL: Limit(
        label="转送、交办", amount=15, unit=Unit.DAY, owner=Owner.OFFICE,
        told=True,
        basis="《信访工作条例》第二十二条"),
    LimitKind.REASSIGNMENT: Limit(
        label="收回后重新交办", amount=5, unit=Unit.WORKING_DAY, owner=Owner.OFFICE,
        basis="本单位规定（条例未规定天数）"),
    LimitKind.OBJECTION: Limit(
        label="提出异议", amount=5, unit=Unit.WORKING_DAY, owner=Owner.UNIT,
        duty=False,
        basis="第二十三条第三款"),
    LimitKind.RULING: Limit(
        label="裁定退回异议", amount=5, unit=Unit.WORKING_DAY, owner=Owner.OFFICE,
        basis="本单位规定（条例未规定天数）"),
    LimitKind.ACCEPTANCE: Limit(
        label="告知是否受理", amount=15, unit=Unit.DAY, owner=Owner.UNIT,
        basis="第二十三条第三款"),
    LimitKind.HANDLING: Limit(
        label="作出处理意见并送达", amount=60, unit=Unit.DAY, owner=Owner.UNIT,
        extendable_days=30, told=True,
        basis="第三十四条"),
    LimitKind.FEEDBACK: Limit(
        label="反馈交办结果", amount=0, unit=Unit.FIXED, owner=Owner.UNIT,
        basis="交办函指定（第二十二条）"),
    LimitKind.ASSISTANCE: Limit(
        label="协办反馈", amount=0, unit=Unit.FIXED, owner=Owner.SIDE_UNIT,
        basis="协办函指定（第二十四条）"),
    LimitKind.VALIDITY: Limit(
        label="选举效力调查反馈", amount=0, unit=Unit.FIXED, owner=Owner.SIDE_UNIT,
        basis="村民委员会组织法第十七条；时限由交办函指定"),
    LimitKind.LEADER_REPORT: Limit(
        label="向党政主要领导报告", amount=0, unit=Unit.DAY, owner=Owner.OFFICE,
        rolls=False,
        basis="贿选案件当日报告（换届信访工作通知）"),
    LimitKind.REVIEW_WINDOW: Limit(
        label="信访人请求复查", amount=30, unit=Unit.DAY, owner=Owner.PETITIONER,
        duty=False, told=True,
        basis="第三十五条"),
    LimitKind.REVIEW: Limit(
        label="作出复查意见", amount=30, unit=Unit.DAY, owner=Owner.ORGAN,
        told=True,
        basis="第三十五条"),
    LimitKind.RE_EXAMINATION_WINDOW: Limit(
        label="信访人请求复核", amount=30, unit=Unit.DAY, owner=Owner.PETITIONER,
        duty=False, told=True,
        basis="第三十六条"),
    LimitKind.RE_EXAMINATION: Limit(
        label="作出复核意见", amount=30, unit=Unit.DAY, owner=Owner.ORGAN,
        told=True,
        basis="第三十六条（听证时间不计）"),
    LimitKind.LOOK_BACK: Limit(
        label="回头看", amount=30, unit=Unit.DAY, owner=Owner.OFFICE,
        basis="本单位规定"),
    LimitKind.ORDER_REPLY: Limit(
        label="回复督办", amount=0, unit=Unit.FIXED, owner=Owner.ADDRESSEE,
        basis="催办单、督办单指定（条例第四十条）"),
    LimitKind.INSTRUCTION: Limit(
        label="落实批示", amount=0, unit=Unit.FIXED, owner=Owner.NAMED,
        basis="领导批示指定"),
}
# fmt: on
# Kinds by value, as queries ask for them: what somebody owes, and what somebody may use until it lapses.
DUTIES = tuple(kind.value for kind, limit in LIMITS.items() if limit.duty)
WINDOWS = tuple(kind.value for kind, limit in LIMITS.items() if not limit.duty)
