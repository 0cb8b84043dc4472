"""COMMON_ACTS: every act on a common problem (共性问题) as one printable table, and its code lists. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class CommonStage(StrEnum):
    """How far a common problem is: its measure is owed, carried out, looked at; or it was founded by mistake."""

    OPEN = "open"
    CARRIED_OUT = "carried_out"
    ASSESSED = "assessed"
    STRUCK = "struck"


COMMON_STAGES = {
    CommonStage.OPEN: "整改中",
    CommonStage.CARRIED_OUT: "措施已落实，待评估",
    CommonStage.ASSESSED: "已评估",
    CommonStage.STRUCK: "已撤销",
}
COMMON_OVER = frozenset({CommonStage.ASSESSED, CommonStage.STRUCK})


class Adoption(StrEnum):
    """What a unit says of a suggestion to improve (采纳情况)."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"


ADOPTION_LABELS = {Adoption.WHOLE: "采纳", Adoption.PART: "部分采纳", Adoption.NONE: "不采纳"}


class CommonAct(StrEnum):
    """Acts on a common problem, or on a suggestion to improve that belongs to it."""

    FOUND = "found"
    GATHER = "gather"
    LEAVE_OUT = "leave_out"
    CORRECT = "correct"
    HAND_OVER = "hand_over"
    RESCHEDULE = "reschedule"
    ADVISE = "advise"
    FEED_BACK = "feed_back"
    CARRY_OUT = "carry_out"
    RETURN = "return"
    ASSESS = "assess"
    REOPEN = "reopen"
    STRIKE = "strike"


class CommonPart(StrEnum):
    """Where a person stands towards a common problem."""

    OWNER = "owner"
    UNIT_HEAD = "unit_head"
    KEEPER = "keeper"


COMMON_PARTS = {
    CommonPart.OWNER: "责任人",
    CommonPart.UNIT_HEAD: "责任单位负责人",
    CommonPart.KEEPER: "信访部门（督查室）",
}


@dataclass(frozen=True)
class CommonRow:
    """One act: from which stages, to which (None: it stays), by whom, whom it waits for then, what is asked."""

    act: CommonAct
    label: str
    froms: frozenset[CommonStage]
    to: CommonStage | None
    by: frozenset[CommonPart]
    next_part: CommonPart | None = None
    asked: str = ""


A, S, W = CommonAct, CommonStage, CommonPart
KEEPS, UNIT = frozenset({W.KEEPER}), frozenset({W.OWNER, W.UNIT_HEAD})
OPEN, DONE = frozenset({S.OPEN}), frozenset({S.CARRIED_OUT})
# fmt: off
COMMON_ACTS: tuple[CommonRow, ...] = (
    CommonRow(A.GATHER, "再归并事项", OPEN | DONE, None, KEEPS),
    CommonRow(A.LEAVE_OUT, "移出事项", OPEN | DONE, None, KEEPS),
    CommonRow(A.CORRECT, "更正问题和措施", OPEN | DONE, None, KEEPS, W.OWNER, "表述已经更正，请看过程。"),
    CommonRow(A.HAND_OVER, "更换责任单位、责任人", OPEN, None, KEEPS, W.OWNER, "共性问题由您整改，原期限不变。"),
    CommonRow(A.RESCHEDULE, "改期", OPEN, None, KEEPS, W.OWNER, "共性问题的期限已经改变。"),
    CommonRow(A.ADVISE, "提出改进建议", OPEN | DONE, None, KEEPS),
    CommonRow(A.CARRY_OUT, "登记措施落实", OPEN, S.CARRIED_OUT, UNIT, W.KEEPER,
        "措施已经落实，请评估；没有落实的，写明理由退回。"),
    CommonRow(A.RETURN, "没有落实，退回", DONE, S.OPEN, KEEPS, W.OWNER, "措施没有落实，请继续整改，原期限不变。"),
    CommonRow(A.ASSESS, "评估", DONE, S.ASSESSED, KEEPS, W.OWNER, "共性问题已经评估，请看前后件数。"),
    CommonRow(A.REOPEN, "撤销评估", frozenset({S.ASSESSED}), S.CARRIED_OUT, KEEPS, W.OWNER, "评估已经撤销，请看理由。"),
    CommonRow(A.STRIKE, "撤销（误立）", OPEN, S.STRUCK, KEEPS, W.OWNER, "共性问题立得有误，已经撤销。"),
)
# fmt: on
COMMON_ACT_LABELS: dict[CommonAct, str] = {A.FOUND: "立为共性问题", A.FEED_BACK: "反馈采纳情况"} | {
    row.act: row.label for row in COMMON_ACTS
}


def common_rows(act: CommonAct, stage: CommonStage) -> Iterator[CommonRow]:
    """Yield the rows of an act on a common problem that begin at its stage."""
    yield from (row for row in COMMON_ACTS if row.act is act and stage in row.froms)
