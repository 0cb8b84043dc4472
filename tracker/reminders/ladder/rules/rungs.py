"""LADDER: every rung of reminder and escalation (督办阶梯) as one printable table. Pure.

The table here is the one the program comes with; an office adopts its own in the page (local practice differs,
domain.md §7.3), kept whole as an edition. The steps 提醒 → 催办 → 蓝/黄/红督办单 → 约谈 → 通报 → 挂牌督办 follow
条例第三十九条、第四十条 and the ladders of domain.md §2.3. Up to the amber letter the ladder acts by itself, in the
name of the office that adopted it; a red letter it drafts, and the named signer signs it; 约谈, 通报 and 挂牌督办
are proposed to a leader, who decides. 实地督办 and 追责建议 are issued by hand alone.
"""

from dataclasses import dataclass
from enum import StrEnum

from tracker.deadlines.limits import LimitKind
from tracker.reminders.ladder.rules.moments import Behaviour, When
from tracker.working_days.rules import Unit


class RungLevel(StrEnum):
    """How far up the ladder a rung stands; the order of the members is the order of the levels."""

    REMIND = "remind"
    URGE = "urge"
    BLUE = "blue"
    AMBER = "amber"
    RED = "red"
    ON_SITE = "on_site"
    INTERVIEW = "interview"
    CIRCULAR = "circular"
    LISTED = "listed"
    LIABILITY = "liability"


@dataclass(frozen=True)
class LevelForm:
    """A level in words: its name, the lamp beside it, the paper that goes out at it, how that paper is numbered."""

    label: str
    lamp: str
    paper: str = ""
    series: str = ""


LEVELS: dict[RungLevel, LevelForm] = {
    RungLevel.REMIND: LevelForm("提醒", "blue"),
    RungLevel.URGE: LevelForm("催办", "amber", "催办单", "催"),
    RungLevel.BLUE: LevelForm("蓝色督办", "blue", "蓝色督办单", "督"),
    RungLevel.AMBER: LevelForm("黄色督办", "amber", "黄色督办单", "督"),
    RungLevel.RED: LevelForm("红色督办", "red", "红色督办单", "督"),
    RungLevel.ON_SITE: LevelForm("实地督办", "red", "实地督办通知书", "实"),
    RungLevel.INTERVIEW: LevelForm("约谈", "red", "约谈通知书", "约"),
    RungLevel.CIRCULAR: LevelForm("通报", "red", "通报", "通"),
    RungLevel.LISTED: LevelForm("挂牌督办", "red", "挂牌督办通知书", "挂"),
    RungLevel.LIABILITY: LevelForm("追责建议", "red", "追责建议书", "责"),
}
LEVEL_ORDER = tuple(RungLevel)
# What a notice is headed where no paper of its level went out: it announces none. From 约谈 on a leader is asked.
WITHOUT_PAPER: dict[RungLevel, str] = {
    RungLevel.REMIND: "提醒",
    RungLevel.URGE: "催办",
    RungLevel.BLUE: "逾期提醒",
    RungLevel.AMBER: "逾期提醒",
    RungLevel.RED: "逾期提醒",
    RungLevel.ON_SITE: "建议实地督办",
    RungLevel.INTERVIEW: "建议约谈",
    RungLevel.CIRCULAR: "建议通报",
    RungLevel.LISTED: "建议挂牌督办",
    RungLevel.LIABILITY: "建议追责",
}
LAMPS = {
    **{WITHOUT_PAPER[level]: LEVELS[level].lamp for level in RungLevel},
    **{form.label: form.lamp for form in LEVELS.values()},
}
# What a person may issue by hand; up to where the ladder issues by itself, and what it drafts for a signature.
ORDER_LEVELS = tuple(level for level in RungLevel if LEVELS[level].paper)
ISSUED_BY_LADDER = frozenset({RungLevel.URGE, RungLevel.BLUE, RungLevel.AMBER})
DRAFTED_BY_LADDER = frozenset({RungLevel.RED})


def heading(level: RungLevel, *, paper: bool) -> str:
    """Return what a notice of a level is headed, where its paper went out or not."""
    return LEVELS[level].label if paper else WITHOUT_PAPER[level]


class Recipient(StrEnum):
    """Who is told: a post, resolved to people when the notice is sent."""

    OWNER = "owner"
    UNIT_HEAD = "unit_head"
    ISSUER = "issuer"
    OFFICE = "office"
    SUPERVISOR = "supervisor"
    OFFICE_HEAD = "office_head"
    LEAD = "lead"
    PRINCIPAL = "principal"


POST_LABELS: dict[Recipient, str] = {
    Recipient.OWNER: "责任人（承办人）",
    Recipient.UNIT_HEAD: "承办单位负责人",
    Recipient.ISSUER: "发出督办、批示的人",
    Recipient.OFFICE: "信访部门受理员",
    Recipient.SUPERVISOR: "督查员",
    Recipient.OFFICE_HEAD: "信访部门负责人",
    Recipient.LEAD: "领办领导",
    Recipient.PRINCIPAL: "主要领导",
}
# Whose notice waits for an answer on 督办台.
ANSWERING = frozenset({Recipient.LEAD, Recipient.PRINCIPAL})
# Who signs what the ladder drafts, and how he is asked.
DRAFT_SIGNER, TO_SIGN, SIGN_ASKED = Recipient.OFFICE_HEAD, "待签发", "请审阅后签发或者不签发。"
# 没有人能接到时，往上一级送，直到有人接到（谁都不会“没人收”）。
NEXT_POST: dict[Recipient, Recipient] = {
    Recipient.OWNER: Recipient.UNIT_HEAD,
    Recipient.UNIT_HEAD: Recipient.LEAD,
    Recipient.ISSUER: Recipient.SUPERVISOR,
    Recipient.OFFICE: Recipient.OFFICE_HEAD,
    Recipient.SUPERVISOR: Recipient.OFFICE_HEAD,
    Recipient.LEAD: Recipient.OFFICE_HEAD,
    Recipient.OFFICE_HEAD: Recipient.PRINCIPAL,
}


@dataclass(frozen=True)
class Rung:
    """One rung. `number` counts in `unit` before or after the date, or in percent of the time used.

    `unless_noted`: only where nobody has written a work note since the clock began. `at_once`: mail and chat go out
    at once, not only in the morning digest. `reply_days` are working days. `issues`: the ladder issues the level's
    paper by itself, or drafts it where its level is signed by a person.
    """

    code: str
    kinds: tuple[LimitKind, ...]
    when: When
    number: int
    unit: Unit
    level: RungLevel
    told: tuple[Recipient, ...]
    asked: str
    reply_days: int | None = None
    at_once: bool = False
    urgent: bool = False
    issues: bool = False
    unless_noted: bool = False
    behaviour: Behaviour | None = None
    active: bool = True

    @property
    def drafts(self) -> bool:
        """Whether its paper is drafted for a signature, not issued."""
        return self.issues and self.level in DRAFTED_BY_LADDER


K, P, L = LimitKind, Recipient, RungLevel
WORK = (K.HANDLING, K.REDO, K.FEEDBACK, K.VALIDITY, K.REVIEW, K.RE_EXAMINATION)
SHORT = (K.OFFICE_REFERRAL, K.REASSIGNMENT, K.ACCEPTANCE, K.ASSISTANCE, K.RULING)
LOOKS_BACK = (K.LOOK_BACK, K.SECOND_LOOK_BACK, K.PLANNED_LOOK_BACK)
PAPERS = (K.ORDER_REPLY, K.INSTRUCTION)
VILLAGES = (K.VILLAGE_PROBLEM,)
SUGGESTIONS = (K.SUGGESTION_ANSWER, K.SUGGESTION_LONG_ANSWER, K.SUGGESTION_REANSWER)
VILLAGES_AGAIN = (K.VILLAGE_LOOK_BACK, K.VILLAGE_SECOND_LOOK_BACK)

# fmt: off
# 每行：什么期限、何时、到哪一级、告诉谁、要求什么、几个工作日内回复。次序即升级的次序。
# 每一级告诉要办的人和上一级；下面的人从文书、每日提醒和工作台知道。
LADDER: tuple[Rung, ...] = (
    # 办理、反馈、调查、复查、复核
    Rung("work-half", WORK, When.SHARE, 50, Unit.PERCENT, L.REMIND, (P.OWNER,),
         "期限已过半，还没有办理记录，请尽快办理并补充办理情况。", unless_noted=True),
    Rung("work-quarter", WORK, When.SHARE, 75, Unit.PERCENT, L.REMIND, (P.OWNER,), "时限已用去四分之三，请抓紧办理。"),
    Rung("work-soon", WORK, When.BEFORE, 3, Unit.DAY, L.REMIND, (P.OWNER,), "即将到期，请按期办结答复。"),
    Rung("work-today", WORK, When.BEFORE, 0, Unit.DAY, L.REMIND, (P.OWNER,),
         "今天是期限内的最后一个工作日，请在今天办结答复。"),
    Rung("work-urge", WORK, When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD),
         "已经逾期，请立即办理，并书面说明逾期原因和办结时间。", 3, at_once=True, issues=True),
    Rung("work-blue", WORK, When.AFTER, 5, Unit.WORKING_DAY, L.BLUE, (P.UNIT_HEAD, P.LEAD),
         "逾期后仍未办结，请说明原因，报送办理情况。", 5, issues=True),
    Rung("work-amber", WORK, When.AFTER, 12, Unit.WORKING_DAY, L.AMBER, (P.UNIT_HEAD, P.LEAD),
         "请单位负责人牵头办理，报送办结措施和时间。", 5, issues=True),
    Rung("work-red", WORK, When.AFTER, 20, Unit.WORKING_DAY, L.RED, (P.UNIT_HEAD, P.PRINCIPAL),
         "请主要负责人作出书面说明，限期办结。", 5, issues=True),
    Rung("work-interview", WORK, When.AFTER, 30, Unit.WORKING_DAY, L.INTERVIEW, (P.PRINCIPAL,),
         "逾期已久仍未办结，建议约谈承办单位负责人，请批示。"),
    Rung("work-circular", WORK, When.AFTER, 40, Unit.WORKING_DAY, L.CIRCULAR, (P.SUPERVISOR,),
         "逾期已久仍未办结，建议通报，请报领导批示。"),
    Rung("work-listed", WORK, When.AFTER, 50, Unit.WORKING_DAY, L.LISTED, (P.SUPERVISOR,),
         "逾期已久仍未办结，建议挂牌督办，请报领导批示。"),
    # 转送交办、受理告知、协办、裁定
    Rung("short-half", (K.ASSISTANCE,), When.SHARE, 50, Unit.PERCENT, L.REMIND, (P.OWNER,),
         "协办时限已过半，还没有反馈，请抓紧协办。"),
    Rung("short-soon", SHORT, When.BEFORE, 1, Unit.WORKING_DAY, L.REMIND, (P.OWNER,), "即将到期，请按期办理。"),
    Rung("short-urge", SHORT, When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD),
         "已经逾期，请立即办理，并书面说明原因。", 2, at_once=True, issues=True),
    Rung("short-blue", SHORT, When.AFTER, 4, Unit.WORKING_DAY, L.BLUE, (P.UNIT_HEAD, P.LEAD),
         "逾期后仍未办理，请说明原因，报送办理情况。", 3, issues=True),
    Rung("short-amber", SHORT, When.AFTER, 9, Unit.WORKING_DAY, L.AMBER, (P.UNIT_HEAD, P.OFFICE_HEAD),
         "请单位负责人牵头办理，报送办理情况。", 3, issues=True),
    Rung("short-red", SHORT, When.AFTER, 14, Unit.WORKING_DAY, L.RED, (P.UNIT_HEAD, P.PRINCIPAL),
         "请主要负责人作出书面说明，限期办理。", 3, issues=True),
    # 贿选案件当日报告主要领导
    Rung("report-today", (K.LEADER_REPORT,), When.BEFORE, 0, Unit.DAY, L.REMIND, (P.OFFICE, P.OFFICE_HEAD),
         "新的重大事项，应当日报告党政主要领导。", at_once=True, urgent=True),
    Rung("report-late", (K.LEADER_REPORT,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OFFICE_HEAD, P.PRINCIPAL),
         "应当日报告的重大事项没有报告，请立即报告。", at_once=True, urgent=True),
    # 移交、转送以后的回执
    Rung("receipt-soon", (K.FORWARDING_RECEIPT,), When.BEFORE, 2, Unit.WORKING_DAY, L.REMIND, (P.OFFICE,),
         "移交、转送以后还没有回执，请向接收机关要回执，并登记。"),
    Rung("receipt-late", (K.FORWARDING_RECEIPT,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OFFICE, P.OFFICE_HEAD),
         "移交、转送以后一直没有回执，请立即向接收机关催要，或者登记凭据。", at_once=True),
    Rung("receipt-silent", (K.FORWARDING_RECEIPT,), When.AFTER, 10, Unit.WORKING_DAY, L.AMBER,
         (P.OFFICE_HEAD, P.PRINCIPAL), "催要后仍没有回执，请出面协调接收机关。"),
    # 落实支持的诉求
    Rung("carry-soon", (K.CARRYING_OUT,), When.BEFORE, 7, Unit.DAY, L.REMIND, (P.OWNER,),
         "支持的诉求落实期限将到，请抓紧落实，并登记落实情况。"),
    Rung("carry-late", (K.CARRYING_OUT,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD),
         "支持的诉求到期没有登记落实，请立即落实，书面说明原因。", 3, at_once=True, issues=True),
    Rung("carry-silent", (K.CARRYING_OUT,), When.AFTER, 10, Unit.WORKING_DAY, L.BLUE, (P.UNIT_HEAD, P.LEAD),
         "支持的诉求仍未登记落实，请单位负责人牵头落实，报送情况。", 5, issues=True),
    # 上级要求办结日期
    Rung("superior-soon", (K.SUPERIOR_REPORT,), When.BEFORE, 10, Unit.DAY, L.REMIND, (P.OFFICE, P.OFFICE_HEAD),
         "上级要求的办结日期将到，请督促承办单位办结，按期报上级。"),
    Rung("superior-near", (K.SUPERIOR_REPORT,), When.BEFORE, 3, Unit.DAY, L.REMIND,
         (P.OFFICE, P.OFFICE_HEAD, P.SUPERVISOR), "上级要求的办结日期就要到了，还没有报上级办结。"),
    Rung("superior-late", (K.SUPERIOR_REPORT,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OFFICE_HEAD, P.LEAD, P.PRINCIPAL),
         "上级要求的办结日期已过，还没有报上级办结，请立即办理。", at_once=True),
    # 回头看
    Rung("look-back-soon", LOOKS_BACK, When.BEFORE, 7, Unit.DAY, L.REMIND, (P.SUPERVISOR, P.OFFICE),
         "回头看即将到期，请安排走访核实。"),
    Rung("look-back-late", LOOKS_BACK, When.AFTER, 1, Unit.DAY, L.URGE, (P.SUPERVISOR,),
         "回头看已经逾期，请尽快走访核实。"),
    # 定期督促检查
    Rung("check-soon", (K.CHECK_UP,), When.BEFORE, 3, Unit.DAY, L.REMIND, (P.SUPERVISOR,),
         "定期督促检查的日子将到，请查看办理情况。"),
    Rung("check-late", (K.CHECK_UP,), When.AFTER, 1, Unit.DAY, L.URGE, (P.SUPERVISOR, P.OFFICE_HEAD),
         "到期没有督促检查，请尽快查看办理情况。"),
    # 督办单、批示的回复
    Rung("reply-soon", PAPERS, When.BEFORE, 1, Unit.WORKING_DAY, L.REMIND, (P.OWNER,), "回复期限将到，请按期回复。"),
    Rung("reply-late", PAPERS, When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD, P.ISSUER),
         "到期没有回复，请立即回复。", at_once=True),
    Rung("reply-silent", PAPERS, When.AFTER, 5, Unit.WORKING_DAY, L.AMBER, (P.SUPERVISOR, P.OFFICE_HEAD, P.LEAD),
         "催要后仍没有回复，请督促。"),
    # 重点难点村：问题、销号的审核和签批、选举结果
    Rung("village-soon", VILLAGES, When.BEFORE, 5, Unit.DAY, L.REMIND, (P.OWNER,), "村里的问题期限将到，请抓紧解决。"),
    Rung("village-today", VILLAGES, When.BEFORE, 0, Unit.DAY, L.REMIND, (P.OWNER,),
         "今天是期限内的最后一天，请在今天办结，申请销号。"),
    Rung("village-late", VILLAGES, When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD),
         "村里的问题已经逾期，请立即办理，说明原因和办结时间。", at_once=True),
    Rung("village-silent", VILLAGES, When.AFTER, 5, Unit.WORKING_DAY, L.AMBER, (P.UNIT_HEAD, P.LEAD, P.SUPERVISOR),
         "村里的问题逾期后仍未办结，请牵头解决。"),
    Rung("village-open", VILLAGES, When.AFTER, 15, Unit.WORKING_DAY, L.RED, (P.LEAD, P.PRINCIPAL),
         "村里的问题逾期已久，请到村督促解决。"),
    Rung("signing-late", (K.VILLAGE_SIGNING,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.OFFICE_HEAD),
         "销号申请等着审核、签批，请尽快办理；不同意的，写明理由退回。"),
    Rung("signing-silent", (K.VILLAGE_SIGNING,), When.AFTER, 5, Unit.WORKING_DAY, L.AMBER, (P.LEAD, P.PRINCIPAL),
         "销号申请一直没有人审核、签批，请督促。"),
    Rung("result-today", (K.ELECTION_RESULT,), When.BEFORE, 0, Unit.DAY, L.REMIND, (P.OWNER,),
         "今天是选举日，结果请在今天报。", at_once=True, urgent=True),
    Rung("result-late", (K.ELECTION_RESULT,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.OFFICE, P.LEAD),
         "选举结果当天没有报，请立即报。", at_once=True, urgent=True),
    # 督导发现：限期整改、复核
    Rung("finding-soon", (K.FINDING,), When.BEFORE, 3, Unit.DAY, L.REMIND, (P.OWNER,),
         "督导发现的整改期限将到，请抓紧整改。"),
    Rung("finding-late", (K.FINDING,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD),
         "督导发现逾期没有整改，请立即整改并报结果，说明原因。", at_once=True),
    Rung("finding-silent", (K.FINDING,), When.AFTER, 5, Unit.WORKING_DAY, L.AMBER, (P.UNIT_HEAD, P.LEAD, P.SUPERVISOR),
         "督导发现逾期后仍未整改，请督促整改。"),
    Rung("finding-open", (K.FINDING,), When.AFTER, 15, Unit.WORKING_DAY, L.RED, (P.LEAD, P.PRINCIPAL),
         "督导发现逾期已久，请督促整改。"),
    Rung("recheck-late", (K.FINDING_RECHECK,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OFFICE, P.OFFICE_HEAD),
         "督导整改等着复核，请尽快复核；不通过的，写明理由退回。"),
    Rung("recheck-silent", (K.FINDING_RECHECK,), When.AFTER, 5, Unit.WORKING_DAY, L.AMBER, (P.OFFICE_HEAD, P.LEAD),
         "督导整改一直没有复核，请督促。"),
    # 进度控制表
    Rung("task-soon", (K.CONTROL_TASK,), When.BEFORE, 3, Unit.DAY, L.REMIND, (P.OWNER,),
         "控制表上的任务期限将到，请抓紧组织，完成后登记。"),
    Rung("task-today", (K.CONTROL_TASK,), When.BEFORE, 0, Unit.DAY, L.REMIND, (P.OWNER,),
         "今天是控制表上的最后一天，完成后请登记。"),
    Rung("task-late", (K.CONTROL_TASK,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD, P.OFFICE),
         "控制表上的任务已经逾期，请立即完成，或者写明理由更改。", at_once=True),
    Rung("task-silent", (K.CONTROL_TASK,), When.AFTER, 3, Unit.WORKING_DAY, L.AMBER, (P.SUPERVISOR, P.PRINCIPAL),
         "控制表上的任务逾期后仍未完成，请督促。"),
    # 重点难点村回头看
    Rung("village-look-soon", VILLAGES_AGAIN, When.BEFORE, 7, Unit.DAY, L.REMIND, (P.OFFICE,),
         "重点难点村回头看的期限将到，请安排没有办过的人到村回头看。"),
    Rung("village-look-late", VILLAGES_AGAIN, When.AFTER, 1, Unit.DAY, L.URGE, (P.OFFICE, P.OFFICE_HEAD),
         "重点难点村回头看已经逾期，请尽快到村回头看。"),
    Rung("village-look-open", VILLAGES_AGAIN, When.AFTER, 10, Unit.WORKING_DAY, L.AMBER, (P.OFFICE_HEAD, P.LEAD),
         "重点难点村一直没有回头看，请督促。"),
    # 代表建议：答复、会办意见、退回的决定、承诺事项
    Rung("suggestion-quarter", SUGGESTIONS, When.SHARE, 75, Unit.PERCENT, L.REMIND, (P.OWNER,),
         "代表建议的答复时限已用去四分之三，请抓紧办理，与代表面商。"),
    Rung("suggestion-soon", SUGGESTIONS, When.BEFORE, 7, Unit.DAY, L.REMIND, (P.OWNER, P.UNIT_HEAD),
         "代表建议的答复期限将到，请按期答复。"),
    Rung("suggestion-late", SUGGESTIONS, When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD),
         "代表建议逾期没有答复，请立即答复，说明原因。", at_once=True),
    Rung("suggestion-silent", SUGGESTIONS, When.AFTER, 5, Unit.WORKING_DAY, L.AMBER,
         (P.UNIT_HEAD, P.LEAD, P.SUPERVISOR), "代表建议逾期后仍未答复，请牵头督促答复。"),
    Rung("suggestion-open", SUGGESTIONS, When.AFTER, 15, Unit.WORKING_DAY, L.RED, (P.LEAD, P.PRINCIPAL),
         "代表建议逾期已久没有答复，请督促。"),
    Rung("help-soon", (K.SUGGESTION_ASSISTANCE,), When.BEFORE, 3, Unit.DAY, L.REMIND, (P.OWNER,),
         "会办意见的期限将到，请按期提出。"),
    Rung("help-late", (K.SUGGESTION_ASSISTANCE,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD),
         "会办意见逾期没有提出，请立即提出。"),
    Rung("return-late", (K.SUGGESTION_RULING,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OFFICE, P.OFFICE_HEAD),
         "代表建议的退回等着决定，请尽快商交办的机关后决定。"),
    Rung("promise-soon", (K.SUGGESTION_PROMISE,), When.BEFORE, 15, Unit.DAY, L.REMIND, (P.OWNER,),
         "对代表承诺的事项期限将到，请按期落实，登记凭据。"),
    Rung("promise-late", (K.SUGGESTION_PROMISE,), When.AFTER, 1, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD),
         "对代表承诺的事项逾期没有落实，请立即落实，说明原因。", at_once=True),
    Rung("promise-silent", (K.SUGGESTION_PROMISE,), When.AFTER, 10, Unit.WORKING_DAY, L.AMBER,
         (P.UNIT_HEAD, P.LEAD, P.SUPERVISOR), "对代表承诺的事项逾期后仍未落实，请督促。"),
    # 日报、周报：每个单位按时报送，没有情况也要报
    Rung("filing-today", (K.REPORT_FILING,), When.BEFORE, 0, Unit.DAY, L.REMIND, (P.OWNER,),
         "今天到截止时间报送日报、周报，没有情况的也要报（零报告）。", at_once=True),
    Rung("filing-late", (K.REPORT_FILING,), When.AFTER, 1, Unit.DAY, L.URGE, (P.UNIT_HEAD, P.SUPERVISOR),
         "没有按时报送日报、周报，请立即补报；没有报的不算零报告。", at_once=True),
    Rung("filing-silent", (K.REPORT_FILING,), When.AFTER, 3, Unit.WORKING_DAY, L.AMBER, (P.UNIT_HEAD, P.OFFICE_HEAD),
         "日报、周报一直没有报送，请督促补报。"),
    # 共性问题：整改、改进建议的反馈
    Rung("common-soon", (K.COMMON_PROBLEM, K.IMPROVEMENT_REPLY), When.BEFORE, 5, Unit.DAY, L.REMIND, (P.OWNER,),
         "共性问题、改进建议的期限将到，请按期整改、反馈。"),
    Rung("common-late", (K.COMMON_PROBLEM, K.IMPROVEMENT_REPLY), When.AFTER, 1, Unit.DAY, L.URGE,
         (P.OWNER, P.UNIT_HEAD), "共性问题没有按期整改，或者改进建议没有反馈，请立即办理，说明原因。"),
    Rung("common-silent", (K.COMMON_PROBLEM, K.IMPROVEMENT_REPLY), When.AFTER, 5, Unit.WORKING_DAY, L.AMBER,
         (P.UNIT_HEAD, P.SUPERVISOR), "共性问题、改进建议逾期后仍未办理，请督促。"),
    # 重大事项上报：在本单位规定的小时以内上报；请示到了要求批复的日期要跟进
    Rung("upward-today", (K.UPWARD_REPORT,), When.BEFORE, 0, Unit.DAY, L.REMIND, (P.UNIT_HEAD, P.OFFICE_HEAD),
         "重大事项、舆情或请示还没有上报，请在规定的小时以内上报，并登记上报时间。", at_once=True),
    Rung("upward-late", (K.UPWARD_REPORT,), When.AFTER, 1, Unit.DAY, L.URGE,
         (P.UNIT_HEAD, P.OFFICE_HEAD, P.SUPERVISOR), "逾期没有上报，请立即上报，说明原因。", at_once=True),
    Rung("ruling-awaited", (K.UPWARD_DECISION,), When.AFTER, 1, Unit.DAY, L.REMIND, (P.UNIT_HEAD, P.OFFICE_HEAD),
         "请示到了要求批复的日期还没有登记批复，请跟进。"),
    # 行为触发
    Rung("came-again", (), When.BEHAVIOUR, 0, Unit.DAY, L.REMIND, (P.OWNER, P.UNIT_HEAD),
         "信访人再次反映同一事项，请主动联系信访人，说明办理进展。", behaviour=Behaviour.CAME_AGAIN),
    Rung("superior-asks", (), When.BEHAVIOUR, 0, Unit.DAY, L.URGE, (P.OWNER, P.UNIT_HEAD, P.OFFICE_HEAD, P.LEAD),
         "上级再次过问同一事项，请抓紧办理并报送情况。", at_once=True, behaviour=Behaviour.SUPERIOR_ASKS),
    Rung("rework-silent", (), When.BEHAVIOUR, 5, Unit.WORKING_DAY, L.URGE, (P.OWNER, P.UNIT_HEAD),
         "退回补办后一直没有重新报送，请尽快补办并重新申请销号。", behaviour=Behaviour.REWORK_SILENT),
    Rung("not-closed-out", (), When.BEHAVIOUR, 15, Unit.DAY, L.REMIND, (P.OWNER,),
         "已经办结，一直没有销号，请核对后申请销号。", behaviour=Behaviour.NOT_CLOSED_OUT),
    Rung("second-return", (), When.BEHAVIOUR, 0, Unit.DAY, L.URGE, (P.OFFICE_HEAD,),
         "本件第二次被提出退回，请协调确定承办单位，避免推诿。", behaviour=Behaviour.SECOND_RETURN),
    Rung("third-return", (), When.BEHAVIOUR, 0, Unit.DAY, L.RED, (P.OFFICE_HEAD, P.PRINCIPAL),
         "本件第三次被提出退回，请裁定承办单位。", at_once=True, behaviour=Behaviour.THIRD_RETURN),
    Rung("draft-unsigned", (), When.BEHAVIOUR, 1, Unit.WORKING_DAY, L.REMIND, (P.LEAD,),
         "督办文书拟稿后没有签发，请督促签发，或者直接签发。", behaviour=Behaviour.DRAFT_UNSIGNED),
)
# fmt: on
