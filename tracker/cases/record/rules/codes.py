"""Code lists of the ledger (domain.md §4.2): each member with the office's own word. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """信访形式."""

    LETTER = "letter"
    VISIT = "visit"
    CALL = "call"
    ONLINE = "online"
    SUPERIOR = "superior"
    OTHER = "other"


@dataclass(frozen=True)
class ChannelForm:
    """What the registration page asks for one channel: its word, and which extra fields it shows."""

    label: str
    fields: frozenset[str]


_NAMED = frozenset({"petitioner_name", "identity_no", "phone", "address", "people_count"})
CHANNELS: dict[Channel, ChannelForm] = {
    Channel.LETTER: ChannelForm("来信", _NAMED | {"posted_on", "anonymous"}),
    Channel.VISIT: ChannelForm("来访", _NAMED | {"representatives", "received_by"}),
    Channel.CALL: ChannelForm("来电", _NAMED | {"hotline_no", "anonymous"}),
    Channel.ONLINE: ChannelForm("网上", _NAMED | {"source_no", "anonymous"}),
    Channel.SUPERIOR: ChannelForm(
        "上级转交", _NAMED | {"superior_office", "superior_no", "superior_due_on", "anonymous"}
    ),
    Channel.OTHER: ChannelForm("其他", _NAMED | {"source_no", "anonymous"}),
}
# A letter, on paper or not (信件); who came or called is explained to (走访、来电).
WRITTEN = frozenset(Channel) - {Channel.VISIT, Channel.CALL}
CHANNEL_LABELS = {channel: form.label for channel, form in CHANNELS.items()}


class Purpose(StrEnum):
    """信访目的."""

    APPEAL = "appeal"
    SETTLEMENT = "settlement"
    SUGGESTION = "suggestion"
    ACCUSATION = "accusation"
    CONSULTATION = "consultation"
    OTHER = "other"


PURPOSE_LABELS = {
    Purpose.APPEAL: "申诉",
    Purpose.SETTLEMENT: "求决",
    Purpose.SUGGESTION: "意见建议",
    Purpose.ACCUSATION: "揭发控告",
    Purpose.CONSULTATION: "咨询",
    Purpose.OTHER: "其他",
}


class MatterClass(StrEnum):
    """The three classes of the Regulations (条例第二十九条至第三十一条)."""

    SUGGESTION = "suggestion"
    ACCUSATION = "accusation"
    CLAIM = "claim"


MATTER_CLASS_LABELS = {
    MatterClass.SUGGESTION: "建议意见类",
    MatterClass.ACCUSATION: "检举控告类",
    MatterClass.CLAIM: "申诉求决类",
}


class Route(StrEnum):
    """The routes of a claim (条例第三十一条第一项至第六项); only the sixth has the 60 days."""

    LITIGATION = "litigation"
    ARBITRATION = "arbitration"
    PARTY_APPEAL = "party_appeal"
    ADMINISTRATIVE = "administrative"
    ENFORCEMENT = "enforcement"
    PETITION = "petition"


ROUTE_LABELS = {
    Route.LITIGATION: "诉讼、检察、公安等程序",
    Route.ARBITRATION: "仲裁",
    Route.PARTY_APPEAL: "党员申诉、申请复审",
    Route.ADMINISTRATIVE: "行政复议、裁决、确认、许可、处罚",
    Route.ENFORCEMENT: "申请查处违法行为、履行保护职责",
    Route.PETITION: "信访程序",
}
# What is sent on to another lawful procedure (导入, 第三十一条第一项至第四项); what the unit itself deals with.
DIVERTED_ROUTES = frozenset({Route.LITIGATION, Route.ARBITRATION, Route.PARTY_APPEAL, Route.ADMINISTRATIVE})
UNIT_ROUTES = frozenset({Route.ENFORCEMENT, Route.PETITION})
# What the office forwards to an organ outside (第二十二条).
FORWARDED_ROUTES = frozenset({Route.LITIGATION, Route.ENFORCEMENT})


class Confidentiality(StrEnum):
    """保密级别: ordinary, sensitive, accusation (security.md §3)."""

    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"
    ACCUSATION = "accusation"


LEVEL_LABELS = {
    Confidentiality.ORDINARY: "普通",
    Confidentiality.SENSITIVE: "敏感",
    Confidentiality.ACCUSATION: "检举控告",
}
LEVEL_ORDER = (Confidentiality.ORDINARY, Confidentiality.SENSITIVE, Confidentiality.ACCUSATION)


class PetitionerKind(StrEnum):
    """信访人 of one case: the person, a representative, a co-signer, an agent."""

    MAIN = "main"
    REPRESENTATIVE = "representative"
    CO_SIGNER = "co_signer"
    AGENT = "agent"


PETITIONER_KIND_LABELS = {
    PetitionerKind.MAIN: "信访人",
    PetitionerKind.REPRESENTATIVE: "代表人",
    PetitionerKind.CO_SIGNER: "联名人",
    PetitionerKind.AGENT: "代理人",
}
MAX_REPRESENTATIVES = 5  # 条例第二十条第三款
COLLECTIVE_FROM = 5  # 统计口径：5 人以上为集体访、联名信


class Urgency(StrEnum):
    """紧急程度."""

    NORMAL = "normal"
    URGENT = "urgent"


URGENCY_LABELS = {Urgency.NORMAL: "一般", Urgency.URGENT: "紧急"}


class Status(StrEnum):
    """Track A, the procedure (办理程序)."""

    REGISTERED = "registered"
    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    SIGNED_FOR = "signed_for"
    OBJECTED = "objected"
    ACCEPTED = "accepted"
    OPINION_ISSUED = "opinion_issued"
    DELIVERED = "delivered"
    DIVERTED = "diverted"
    NOT_ACCEPTED = "not_accepted"
    NO_LONGER_ACCEPTED = "no_longer_accepted"
    TRANSFERRED = "transferred_discipline"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    VOIDED = "voided"


STATUS_LABELS = {
    Status.REGISTERED: "待分类",
    Status.TRIAGED: "待交办",
    Status.ASSIGNED: "待签收",
    Status.SIGNED_FOR: "待受理",
    Status.OBJECTED: "退回待裁定",
    Status.ACCEPTED: "办理中",
    Status.OPINION_ISSUED: "待送达",
    Status.DELIVERED: "已答复",
    Status.DIVERTED: "已导入其他途径",
    Status.NOT_ACCEPTED: "不予受理",
    Status.NO_LONGER_ACCEPTED: "不再受理",
    Status.TRANSFERRED: "已移交有权机关",
    Status.WITHDRAWN: "已撤回",
    Status.MERGED: "已并案",
    Status.VOIDED: "已作废",
}


class LedgerStatus(StrEnum):
    """Track B, the ledger (销号)."""

    OPEN = "open"
    REQUESTED = "close_out_requested"
    CONFIRMED = "close_out_confirmed"
    CHECKED = "close_out_checked"
    CLOSED = "closed_out"
    RETURNED = "returned_for_rework"
    UNDER_REVIEW = "under_review"


LEDGER_STATUS_LABELS = {
    LedgerStatus.OPEN: "在办",
    LedgerStatus.REQUESTED: "已申请销号",
    LedgerStatus.CONFIRMED: "单位已审，待信访部门审核",
    LedgerStatus.CHECKED: "待领办领导签批",
    LedgerStatus.CLOSED: "已销号",
    LedgerStatus.RETURNED: "退回补办",
    LedgerStatus.UNDER_REVIEW: "销号后复查、复核中",
}


class AssignmentMode(StrEnum):
    """转送 or 交办 (条例第二十二条)."""

    REFERRAL = "referral"
    ASSIGNMENT = "assignment"


ASSIGNMENT_MODE_LABELS = {AssignmentMode.REFERRAL: "转送", AssignmentMode.ASSIGNMENT: "交办"}


class Track(StrEnum):
    """What an assignment is for: the answer, assistance, or an election's validity (村委会组织法第十七条)."""

    HANDLING = "handling"
    ASSISTANCE = "assistance"
    ELECTION_VALIDITY = "election_validity"


TRACK_LABELS = {Track.HANDLING: "主办", Track.ASSISTANCE: "协办", Track.ELECTION_VALIDITY: "选举效力调查"}


class DocumentKind(StrEnum):
    """文书: what is issued in a case."""

    ASSIGNMENT_LETTER = "assignment_letter"
    REFERRAL_LETTER = "referral_letter"
    ACCEPTANCE_NOTICE = "acceptance_notice"
    NON_ACCEPTANCE_NOTICE = "non_acceptance_notice"
    NO_LONGER_ACCEPTED_NOTICE = "no_longer_accepted_notice"
    DIVERSION_NOTICE = "diversion_notice"
    EXTENSION_NOTICE = "extension_notice"
    OPINION = "opinion"
    DUTY_ANSWER = "duty_answer"
    SUGGESTION_REPLY = "suggestion_reply"
    TRANSFER_LIST = "discipline_transfer"
    WITHDRAWAL = "withdrawal"
    REPEAT_NOTICE = "repeat_notice"
    VOID_NOTICE = "void_notice"


DOCUMENT_KIND_LABELS = {
    DocumentKind.ASSIGNMENT_LETTER: "交办函",
    DocumentKind.REFERRAL_LETTER: "转送函",
    DocumentKind.ACCEPTANCE_NOTICE: "受理告知书",
    DocumentKind.NON_ACCEPTANCE_NOTICE: "不予受理告知书",
    DocumentKind.NO_LONGER_ACCEPTED_NOTICE: "不再受理告知书",
    DocumentKind.DIVERSION_NOTICE: "告知书（导入其他途径）",
    DocumentKind.EXTENSION_NOTICE: "延期告知书",
    DocumentKind.OPINION: "信访处理意见书",
    DocumentKind.DUTY_ANSWER: "履行职责答复书",
    DocumentKind.SUGGESTION_REPLY: "建议意见回复",
    DocumentKind.TRANSFER_LIST: "移交清单",
    DocumentKind.WITHDRAWAL: "撤回信访事项声明",
    DocumentKind.REPEAT_NOTICE: "重复信访告知书",
    DocumentKind.VOID_NOTICE: "作废告知书",
}


class ServiceMethod(StrEnum):
    """送达方式."""

    IN_PERSON = "in_person"
    POST = "post"
    LEFT = "left"
    ELECTRONIC = "electronic"
    ANNOUNCED = "announced"


SERVICE_METHOD_LABELS = {
    ServiceMethod.IN_PERSON: "直接送达",
    ServiceMethod.POST: "邮寄送达",
    ServiceMethod.LEFT: "留置送达",
    ServiceMethod.ELECTRONIC: "电子送达",
    ServiceMethod.ANNOUNCED: "公告送达",
}


class Result(StrEnum):
    """处理结果, for a demand point and for the case."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    EXPLAINED = "explained"
    NOT_SUPPORTED = "not_supported"


RESULT_LABELS = {
    Result.SUPPORTED: "支持",
    Result.PARTLY: "部分支持",
    Result.EXPLAINED: "解释说明",
    Result.NOT_SUPPORTED: "不支持",
}
RESULTS_TO_CARRY_OUT = frozenset({Result.SUPPORTED, Result.PARTLY})


class SubjectStatus(StrEnum):
    """How sure the office is that a named official is this user: a provisional match already blocks."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"


DECIDED_SUBJECT = frozenset({SubjectStatus.CONFIRMED, SubjectStatus.CLEARED})
