"""What the office asks the ledger for by one word (台账分组), beside the codes of the cases themselves."""

from enum import StrEnum


class StateGroup(StrEnum):
    """Groups of states that the office asks for by one word."""

    OPEN = "open"
    OVERDUE = "overdue"
    FINISHED = "finished"
    FINISHED_LONG = "finished_long"
    CLOSED = "closed"
    LOOK_BACK = "look_back"
    UNPLACED = "unplaced"
    UNIT_GONE = "unit_gone"
    HANDLER_GONE = "handler_gone"
    LEAD_GONE = "lead_gone"


class Answered(StrEnum):
    """Whether the answer came in time, frozen by the act."""

    IN_TIME = "in_time"
    LATE = "late"
    NOTICE_LATE = "notice_late"


class Repeat(StrEnum):
    """初件 or 重件."""

    FIRST = "first"
    REPEAT = "repeat"


class History(StrEnum):
    """Imported history rows."""

    ONLY = "only"
    WITHOUT = "without"


class OwnMatters(StrEnum):
    """What concerns the reader alone."""

    HANDLING = "handling"
    UNIT = "unit"
    LEADING = "leading"
    TO_SIGN = "to_sign"
    UNREAD = "unread"
    REGISTERED = "registered"


# How an address asks for what has no unit, or no place.
NOTHING = "none"
NO_UNIT, NO_PLACE, NO_CATEGORY = "尚未交给承办单位", "属地待定", "尚未分类"
# 超过这么多日已办结而未销号的，单列出来督促。
FINISHED_LONG_DAYS = 15
# 回头看在到期前这么多日开始提示。
LOOK_BACK_WITHIN_DAYS = 7
STATE_LABELS = {
    StateGroup.OPEN: "在办",
    StateGroup.OVERDUE: "逾期",
    StateGroup.FINISHED: "办结未销号",
    StateGroup.FINISHED_LONG: f"办结未销号超过 {FINISHED_LONG_DAYS} 日",
    StateGroup.CLOSED: "已销号",
    StateGroup.LOOK_BACK: f"回头看 {LOOK_BACK_WITHIN_DAYS} 日内到期（含逾期）",
    StateGroup.UNPLACED: NO_PLACE,
    StateGroup.UNIT_GONE: "待重新交办（单位已撤销或无人）",
    StateGroup.HANDLER_GONE: "待改派（承办人已停用、离任）",
    StateGroup.LEAD_GONE: "待更换领办领导（已停用、离任）",
}
ANSWERED_LABELS = {Answered.IN_TIME: "按期答复", Answered.LATE: "逾期答复", Answered.NOTICE_LATE: "受理告知超过 15 日"}
REPEAT_LABELS = {Repeat.FIRST: "初件", Repeat.REPEAT: "重件"}
HISTORY_LABELS = {History.ONLY: "只看历史件", History.WITHOUT: "不含历史件"}
MINE_LABELS = {
    OwnMatters.HANDLING: "本人承办",
    OwnMatters.UNIT: "本单位承办",
    OwnMatters.LEADING: "本人领办",
    OwnMatters.TO_SIGN: "待本人签批",
    OwnMatters.UNREAD: "待本人阅知",
    OwnMatters.REGISTERED: "本人登记",
}
