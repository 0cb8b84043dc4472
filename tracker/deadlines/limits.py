"""LIMITS: every kind of clock with its length, unit, who owes it, and its article. One row for each kind."""

from dataclasses import dataclass
from enum import StrEnum

from tracker.statutes.rules.provisions import LAW, Basis, P
from tracker.statutes.rules.sources import Source
from tracker.working_days.rules import Unit


class LimitKind(StrEnum):
    """Kinds of clocks."""

    OFFICE_REFERRAL = "office_referral"
    REASSIGNMENT = "reassignment"
    OBJECTION = "objection"
    RULING = "ruling"
    ACCEPTANCE = "acceptance"
    HANDLING = "handling"
    REDO = "redo"
    FEEDBACK = "feedback"
    CARRYING_OUT = "carrying_out"
    SUPERIOR_REPORT = "superior_report"
    ASSISTANCE = "assistance"
    VALIDITY = "validity"
    FORWARDING_RECEIPT = "forwarding_receipt"
    LEADER_REPORT = "leader_report"
    REVIEW_WINDOW = "review_window"
    REVIEW = "review"
    RE_EXAMINATION_WINDOW = "re_examination_window"
    RE_EXAMINATION = "re_examination"
    LOOK_BACK = "look_back"
    SECOND_LOOK_BACK = "second_look_back"
    PLANNED_LOOK_BACK = "planned_look_back"
    CHECK_UP = "check_up"
    ORDER_REPLY = "order_reply"
    INSTRUCTION = "instruction"
    VILLAGE_PROBLEM = "village_problem"
    VILLAGE_SIGNING = "village_signing"
    ELECTION_RESULT = "election_result"
    FINDING = "finding"
    FINDING_RECHECK = "finding_recheck"
    CONTROL_TASK = "control_task"
    VILLAGE_LOOK_BACK = "village_look_back"
    VILLAGE_SECOND_LOOK_BACK = "village_second_look_back"
    SUGGESTION_ANSWER = "suggestion_answer"
    SUGGESTION_LONG_ANSWER = "suggestion_long_answer"
    SUGGESTION_REANSWER = "suggestion_reanswer"
    SUGGESTION_RULING = "suggestion_ruling"
    SUGGESTION_ASSISTANCE = "suggestion_assistance"
    SUGGESTION_PROMISE = "suggestion_promise"
    REPORT_FILING = "report_filing"
    COMMON_PROBLEM = "common_problem"
    IMPROVEMENT_REPLY = "improvement_reply"
    UPWARD_REPORT = "upward_report"
    UPWARD_DECISION = "upward_decision"


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
    Owner.NAMED: "指定的人",
    Owner.PETITIONER: "信访人",
    Owner.ORGAN: "复查（复核）机关",
}


# The largest number that an office may set for anything.
MOST = 365


@dataclass(frozen=True)
class Limit:
    """A kind of clock. Which steps start and stop it stands in STEPS (办理流程表).

    `amount` counts in `unit`; it is 0 where a letter names the date (`Unit.FIXED`). `duty` is
    False for a window somebody may use (objection, review): its end is a fact, not somebody's lateness.
    `extendable_days` is the most that may lawfully be added. `rolls`: an end on a rest day moves to the next
    working day (民法典第二百零三条 by analogy). `told`: the petitioner is told the date, so it never moves earlier.
    `named`: a paper may name its last day in place of the days. `watches`: by it the office watches over others, as
    often as it decides (0: not at all); lists and figures of matters do not go by its day.
    """

    label: str
    amount: int
    unit: Unit
    owner: Owner
    basis: Basis
    duty: bool = True
    extendable_days: int = 0
    rolls: bool = True
    told: bool = False
    named: bool = False
    watches: bool = False

    @property
    def least(self) -> int:
        """The smallest number that an office may set."""
        return min(1, self.amount)

    @property
    def most(self) -> int:
        """The largest number that an office may set."""
        return MOST

    @property
    def is_own(self) -> bool:
        """Whether its number is the office's own, which it may change: law names none."""
        counted = self.unit in (Unit.DAY, Unit.WORKING_DAY, Unit.MONTH, Unit.HOUR)
        return counted and any(LAW[each].source is Source.OFFICE for each in self.basis)


# fmt: off
LIMITS: dict[LimitKind, Limit] = {
    LimitKind.OFFICE_REFERRAL: Limit(
        label="转送、交办", amount=15, unit=Unit.DAY, owner=Owner.OFFICE,
        told=True,
        basis=(P.T22_1,)),
    LimitKind.REASSIGNMENT: Limit(
        label="收回后重新交办", amount=5, unit=Unit.WORKING_DAY, owner=Owner.OFFICE,
        basis=(P.OWN_RULE,)),
    LimitKind.OBJECTION: Limit(
        label="提出异议", amount=5, unit=Unit.WORKING_DAY, owner=Owner.UNIT,
        duty=False,
        basis=(P.T23_3,)),
    LimitKind.RULING: Limit(
        label="裁定退回异议", amount=5, unit=Unit.WORKING_DAY, owner=Owner.OFFICE,
        basis=(P.OWN_RULE,)),
    LimitKind.ACCEPTANCE: Limit(
        label="告知是否受理", amount=15, unit=Unit.DAY, owner=Owner.UNIT,
        basis=(P.T23_3,)),
    LimitKind.HANDLING: Limit(
        label="作出处理意见并送达", amount=60, unit=Unit.DAY, owner=Owner.UNIT,
        extendable_days=30, told=True,
        basis=(P.T34,)),
    LimitKind.REDO: Limit(
        label="重新作出处理意见并送达", amount=30, unit=Unit.DAY, owner=Owner.UNIT,
        told=True, named=True,
        basis=(P.REVIEW_NAMES, P.OWN_RULE)),
    LimitKind.FEEDBACK: Limit(
        label="反馈交办结果", amount=0, unit=Unit.FIXED, owner=Owner.UNIT,
        basis=(P.ASSIGNMENT_NAMES, P.T22_1_3)),
    LimitKind.CARRYING_OUT: Limit(
        label="落实支持的诉求", amount=30, unit=Unit.DAY, owner=Owner.UNIT,
        basis=(P.T32_2, P.OWN_RULE)),
    LimitKind.SUPERIOR_REPORT: Limit(
        label="报上级办结", amount=0, unit=Unit.FIXED, owner=Owner.OFFICE,
        basis=(P.SUPERIOR_NAMES,)),
    LimitKind.ASSISTANCE: Limit(
        label="协办反馈", amount=0, unit=Unit.FIXED, owner=Owner.SIDE_UNIT,
        basis=(P.ASSISTANCE_NAMES, P.T24_1)),
    LimitKind.VALIDITY: Limit(
        label="选举效力调查反馈", amount=0, unit=Unit.FIXED, owner=Owner.SIDE_UNIT,
        basis=(P.SPOILED_ELECTION, P.ASSIGNMENT_NAMES)),
    LimitKind.FORWARDING_RECEIPT: Limit(
        label="取得移交、转送回执", amount=10, unit=Unit.WORKING_DAY, owner=Owner.OFFICE,
        basis=(P.OWN_RULE,)),
    LimitKind.LEADER_REPORT: Limit(
        label="向党政主要领导报告", amount=0, unit=Unit.DAY, owner=Owner.OFFICE,
        rolls=False,
        basis=(P.PROMPT_REPORT,)),
    LimitKind.REVIEW_WINDOW: Limit(
        label="信访人请求复查", amount=30, unit=Unit.DAY, owner=Owner.PETITIONER,
        duty=False, told=True,
        basis=(P.T35,)),
    LimitKind.REVIEW: Limit(
        label="作出复查意见", amount=30, unit=Unit.DAY, owner=Owner.ORGAN,
        told=True,
        basis=(P.T35,)),
    LimitKind.RE_EXAMINATION_WINDOW: Limit(
        label="信访人请求复核", amount=30, unit=Unit.DAY, owner=Owner.PETITIONER,
        duty=False, told=True,
        basis=(P.T36_1,)),
    LimitKind.RE_EXAMINATION: Limit(
        label="作出复核意见", amount=30, unit=Unit.DAY, owner=Owner.ORGAN,
        told=True,
        basis=(P.T36_1, P.T36_2)),
    LimitKind.LOOK_BACK: Limit(
        label="回头看", amount=30, unit=Unit.DAY, owner=Owner.OFFICE,
        basis=(P.OWN_RULE,)),
    LimitKind.SECOND_LOOK_BACK: Limit(
        label="第二次回头看", amount=90, unit=Unit.DAY, owner=Owner.OFFICE,
        basis=(P.OWN_RULE,)),
    LimitKind.PLANNED_LOOK_BACK: Limit(
        label="另行安排的回头看", amount=0, unit=Unit.FIXED, owner=Owner.OFFICE,
        basis=(P.OWN_RULE,)),
    LimitKind.CHECK_UP: Limit(
        label="定期督促检查", amount=0, unit=Unit.DAY, owner=Owner.OFFICE,
        watches=True,
        basis=(P.OWN_RULE,)),
    LimitKind.ORDER_REPLY: Limit(
        label="回复督办", amount=0, unit=Unit.FIXED, owner=Owner.ADDRESSEE,
        basis=(P.ORDER_NAMES, P.T40_1)),
    LimitKind.INSTRUCTION: Limit(
        label="落实批示", amount=0, unit=Unit.FIXED, owner=Owner.NAMED,
        basis=(P.INSTRUCTION_NAMES,)),
    LimitKind.VILLAGE_PROBLEM: Limit(
        label="解决村里的问题", amount=0, unit=Unit.FIXED, owner=Owner.NAMED,
        basis=(P.VILLAGE_LIST_NAMES,)),
    LimitKind.VILLAGE_SIGNING: Limit(
        label="审核、签批问题和整村销号", amount=5, unit=Unit.WORKING_DAY, owner=Owner.NAMED,
        named=True,
        basis=(P.OWN_RULE,)),
    LimitKind.ELECTION_RESULT: Limit(
        label="报选举结果", amount=24, unit=Unit.HOUR, owner=Owner.NAMED,
        rolls=False,
        basis=(P.RESULT_SAME_DAY,)),
    LimitKind.FINDING: Limit(
        label="整改督导发现", amount=0, unit=Unit.FIXED, owner=Owner.NAMED,
        basis=(P.INSPECTION_NAMES,)),
    LimitKind.FINDING_RECHECK: Limit(
        label="复核督导整改", amount=5, unit=Unit.WORKING_DAY, owner=Owner.OFFICE,
        named=True,
        basis=(P.OWN_RULE,)),
    LimitKind.CONTROL_TASK: Limit(
        label="完成控制表上的任务", amount=0, unit=Unit.FIXED, owner=Owner.NAMED,
        basis=(P.CONTROL_TABLE_NAMES,)),
    LimitKind.VILLAGE_LOOK_BACK: Limit(
        label="重点难点村回头看", amount=30, unit=Unit.DAY, owner=Owner.OFFICE,
        named=True,
        basis=(P.OWN_RULE,)),
    LimitKind.VILLAGE_SECOND_LOOK_BACK: Limit(
        label="重点难点村第二次回头看", amount=90, unit=Unit.DAY, owner=Owner.OFFICE,
        named=True,
        basis=(P.OWN_RULE,)),
    LimitKind.SUGGESTION_ANSWER: Limit(
        label="答复代表建议", amount=3, unit=Unit.MONTH, owner=Owner.UNIT,
        basis=(P.SUGGESTION_DAYS,)),
    LimitKind.SUGGESTION_LONG_ANSWER: Limit(
        label="答复代表建议（六个月）", amount=6, unit=Unit.MONTH, owner=Owner.UNIT,
        basis=(P.SUGGESTION_DAYS,)),
    LimitKind.SUGGESTION_REANSWER: Limit(
        label="再次答复代表建议", amount=1, unit=Unit.MONTH, owner=Owner.UNIT,
        basis=(P.OWN_RULE,)),
    LimitKind.SUGGESTION_RULING: Limit(
        label="决定代表建议是否退回", amount=5, unit=Unit.WORKING_DAY, owner=Owner.OFFICE,
        basis=(P.OWN_RULE,)),
    LimitKind.SUGGESTION_ASSISTANCE: Limit(
        label="提出代表建议会办意见", amount=1, unit=Unit.MONTH, owner=Owner.SIDE_UNIT,
        basis=(P.OWN_RULE,)),
    LimitKind.SUGGESTION_PROMISE: Limit(
        label="落实代表建议的承诺事项", amount=0, unit=Unit.FIXED, owner=Owner.NAMED,
        basis=(P.PROMISE_NAMES,)),
    LimitKind.REPORT_FILING: Limit(
        label="报送日报、周报（零报告）", amount=24, unit=Unit.HOUR, owner=Owner.NAMED,
        rolls=False,
        basis=(P.OWN_RULE,)),
    LimitKind.COMMON_PROBLEM: Limit(
        label="整改共性问题", amount=0, unit=Unit.FIXED, owner=Owner.NAMED,
        basis=(P.COMMON_NAMES,)),
    LimitKind.IMPROVEMENT_REPLY: Limit(
        label="反馈改进建议的采纳情况", amount=30, unit=Unit.DAY, owner=Owner.ADDRESSEE,
        basis=(P.OWN_RULE, P.T40_4)),
    LimitKind.UPWARD_REPORT: Limit(
        label="上报重大事项、舆情、请示", amount=4, unit=Unit.HOUR, owner=Owner.NAMED,
        rolls=False,
        basis=(P.OWN_RULE,)),
    LimitKind.UPWARD_DECISION: Limit(
        label="取得请示的批复", amount=0, unit=Unit.FIXED, owner=Owner.NAMED,
        basis=(P.ASK_NAMES,)),
}
# fmt: on
# What begins and ends with acts on villages (重点难点村), not with the steps of a matter.
OF_VILLAGES = frozenset(
    {
        *(LimitKind.VILLAGE_PROBLEM, LimitKind.VILLAGE_SIGNING, LimitKind.ELECTION_RESULT),
        *(LimitKind.FINDING, LimitKind.FINDING_RECHECK, LimitKind.CONTROL_TASK),
        *(LimitKind.VILLAGE_LOOK_BACK, LimitKind.VILLAGE_SECOND_LOOK_BACK),
    }
)
# What begins and ends with acts on deputies' suggestions (代表建议).
OF_SUGGESTIONS = frozenset(
    {
        *(LimitKind.SUGGESTION_ANSWER, LimitKind.SUGGESTION_LONG_ANSWER, LimitKind.SUGGESTION_REANSWER),
        *(LimitKind.SUGGESTION_RULING, LimitKind.SUGGESTION_ASSISTANCE, LimitKind.SUGGESTION_PROMISE),
    }
)
# What begins and ends with the reports of an office (日报、周报).
OF_REPORTS = frozenset({LimitKind.REPORT_FILING})
# What begins and ends with common problems (共性问题) and the suggestions to improve that belong to them.
OF_COMMON = frozenset({LimitKind.COMMON_PROBLEM, LimitKind.IMPROVEMENT_REPLY})
# What begins and ends with what is reported upward (专报、舆情、请示).
OF_UPWARD = frozenset({LimitKind.UPWARD_REPORT, LimitKind.UPWARD_DECISION})
# What is not of a matter: it stands in no step.
NOT_OF_MATTERS = OF_VILLAGES | OF_SUGGESTIONS | OF_REPORTS | OF_COMMON | OF_UPWARD
# Kinds by value, as queries ask for them: what somebody owes, and what somebody may use until it lapses.
DUTIES = tuple(kind.value for kind, limit in LIMITS.items() if limit.duty)
# Of these, what the matter itself waits for: what lists of matters go by.
OF_THE_MATTER = tuple(kind.value for kind, limit in LIMITS.items() if limit.duty and not limit.watches)
WINDOWS = tuple(kind.value for kind, limit in LIMITS.items() if not limit.duty)
# Of these, the ones in which 复查 or 复核 can be asked for.
REVIEWABLE = (LimitKind.REVIEW_WINDOW.value, LimitKind.RE_EXAMINATION_WINDOW.value)
