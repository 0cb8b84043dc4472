"""When a rung is reached: from where its day is counted, and what is seen that is no date (行为触发). Pure."""

from enum import StrEnum


class When(StrEnum):
    """From where a rung's day is counted."""

    SHARE = "share"
    BEFORE = "before"
    AFTER = "after"
    BEHAVIOUR = "behaviour"


WHEN_LABELS = {
    When.SHARE: "时限用去（%）",
    When.BEFORE: "到期前",
    When.AFTER: "逾期后",
    When.BEHAVIOUR: "情形发生后",
}


class Behaviour(StrEnum):
    """What is not a date but deserves a word (行为触发)."""

    CAME_AGAIN = "came_again"
    SUPERIOR_ASKS = "superior_asks"
    REWORK_SILENT = "rework_silent"
    NOT_CLOSED_OUT = "not_closed_out"
    SECOND_RETURN = "second_return"
    THIRD_RETURN = "third_return"
    DRAFT_UNSIGNED = "draft_unsigned"


BEHAVIOUR_LABELS: dict[Behaviour, str] = {
    Behaviour.CAME_AGAIN: "信访人就同一事项再次信访",
    Behaviour.SUPERIOR_ASKS: "上级就同一事项再次交办、查询",
    Behaviour.REWORK_SILENT: "退回补办后没有重新申请销号",
    Behaviour.NOT_CLOSED_OUT: "办结后没有销号",
    Behaviour.SECOND_RETURN: "本件第二次被提出退回",
    Behaviour.THIRD_RETURN: "本件第三次被提出退回，报领导最终裁定",
    Behaviour.DRAFT_UNSIGNED: "督办文书拟稿后没有签发",
}
