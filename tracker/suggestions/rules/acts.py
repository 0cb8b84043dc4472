"""SUGGESTION_ACTS: every act on a deputy's suggestion as one printable table. Pure.

A row says from where to where, who, under which conditions, and whom it waits for then. What may be done about a
promise (承诺事项) stands in PROMISE_ACTS.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tracker.suggestions.rules.codes import SUGGESTION_LIVE, TO_ANSWER, PromiseStage, SuggestionStage


class SuggestionAct(StrEnum):
    """Acts on a suggestion, or on a promise of its answer."""

    ENTER = "enter"
    CORRECT = "correct"
    NAME_LEADER = "name_leader"
    MARK_KEY = "mark_key"
    LENGTHEN = "lengthen"
    HAND_OVER = "hand_over"
    ASK_HELP = "ask_help"
    HELP = "help"
    OBJECT = "object"
    AGREE_RETURN = "agree_return"
    REFUSE_RETURN = "refuse_return"
    NOTE = "note"
    MEET = "meet"
    INSPECT = "inspect"
    STRIKE_RECORD = "strike_record"
    ANSWER = "answer"
    CORRECT_ANSWER = "correct_answer"
    HEAR = "hear"
    CONCLUDE = "conclude"
    WITHDRAW = "withdraw"
    TURN = "turn"
    TAKE_BACK = "take_back"
    PROMISE = "promise"
    KEEP_PROMISE = "keep_promise"
    RETURN_PROMISE = "return_promise"
    MOVE_PROMISE = "move_promise"
    STRIKE_PROMISE = "strike_promise"


class SuggestionPart(StrEnum):
    """Where a person stands towards a suggestion."""

    OWNER = "owner"
    UNIT_HEAD = "unit_head"
    HELPER = "helper"
    KEEPER = "keeper"
    LEADER = "leader"


SUGGESTION_PARTS = {
    SuggestionPart.OWNER: "主办单位承办人",
    SuggestionPart.UNIT_HEAD: "主办单位负责人",
    SuggestionPart.HELPER: "会办单位",
    SuggestionPart.KEEPER: "信访部门（督查室）",
    SuggestionPart.LEADER: "领办领导",
}


class SuggestionCondition(StrEnum):
    """What must hold before an act."""

    WITHIN_DAYS = "within_days"
    NOT_LENGTHENED = "not_lengthened"
    HEARD = "heard"
    NOT_HEARD = "not_heard"
    MET = "met"
    HAS_ANSWER = "has_answer"
    HAS_RECORD = "has_record"
    ASKS_AGAIN = "asks_again"
    CAN_GO_BACK = "can_go_back"


@dataclass(frozen=True)
class SuggestionFacts:
    """What the conditions read.

    `days_over`: the days in which the unit may say that it is not competent (提出退回) were over on the day of the
    act. `lengthened`: it has the six months. `answered`: there is an answer; `heard`: what the deputy says of the last
    one is known. `met`: a head spoke with the deputy; of a key suggestion the principal head. `recorded`: there is a
    talk or an inspection on record.
    """

    days_over: bool
    lengthened: bool
    answered: bool
    heard: bool
    met: bool
    recorded: bool
    asks_again: bool
    undoable: bool


# For each condition: whether it holds, and the sentence that says why not.
_CONDITIONS: dict[SuggestionCondition, tuple[Callable[[SuggestionFacts], bool], str]] = {
    SuggestionCondition.WITHIN_DAYS: (
        lambda facts: not facts.days_over,
        "提出退回的期限已过，应由本单位办理并答复。",
    ),
    SuggestionCondition.NOT_LENGTHENED: (lambda facts: not facts.lengthened, "已经按六个月计算，不能再延长。"),
    SuggestionCondition.HEARD: (lambda facts: facts.heard, "还没有登记代表对答复的意见。"),
    SuggestionCondition.NOT_HEARD: (
        lambda facts: not facts.heard,
        "代表对这次答复的意见已经登记；登记错了的，先撤销。",
    ),
    SuggestionCondition.MET: (
        lambda facts: facts.met,
        "还没有单位负责人面商的记录；重点督办的，应由主要负责人面商。",
    ),
    SuggestionCondition.HAS_ANSWER: (lambda facts: facts.answered, "还没有答复。"),
    SuggestionCondition.HAS_RECORD: (lambda facts: facts.recorded, "没有可以撤销的面商、督查记录。"),
    SuggestionCondition.ASKS_AGAIN: (lambda facts: facts.asks_again, "代表没有要求重新办理。"),
    SuggestionCondition.CAN_GO_BACK: (lambda facts: facts.undoable, "没有可以撤销的一步。"),
}


@dataclass(frozen=True)
class SuggestionRow:
    """One act: from which stages, to which (None: it stays), by whom, when, whom it waits for then, what is asked."""

    act: SuggestionAct
    label: str
    froms: frozenset[SuggestionStage]
    to: SuggestionStage | None
    by: frozenset[SuggestionPart]
    conditions: tuple[SuggestionCondition, ...] = ()
    next_part: SuggestionPart | None = None
    asked: str = ""


A, S, W, C = SuggestionAct, SuggestionStage, SuggestionPart, SuggestionCondition
KEEPS = frozenset({W.KEEPER})
UNIT = frozenset({W.OWNER, W.UNIT_HEAD})
LEFT_OPEN = frozenset({S.IN_HAND, S.OBJECTED, S.AGAIN, S.ANSWERED})
ANSWERED_ONCE = frozenset({S.ANSWERED, S.AGAIN, S.CONCLUDED})


def _one(stage: SuggestionStage) -> frozenset[SuggestionStage]:
    return frozenset({stage})


# fmt: off
SUGGESTION_ACTS: tuple[SuggestionRow, ...] = (
    # 交办、退回
    SuggestionRow(A.OBJECT, "提出退回", _one(S.IN_HAND), S.OBJECTED, UNIT, (C.WITHIN_DAYS,), next_part=W.KEEPER,
        asked="承办单位认为不属于本单位办理，请商交办的机关后决定；同意以前，仍由原单位承办。"),
    SuggestionRow(A.AGREE_RETURN, "同意退回，改交", _one(S.OBJECTED), S.IN_HAND, KEEPS, next_part=W.OWNER,
        asked="代表建议改由您单位主办，请按期答复；不属于本单位办理的，在规定的工作日内提出。"),
    SuggestionRow(A.REFUSE_RETURN, "不同意退回", _one(S.OBJECTED), S.IN_HAND, KEEPS, next_part=W.OWNER,
        asked="没有同意退回，请按原期限办理并答复。"),
    SuggestionRow(A.HAND_OVER, "更换承办人", TO_ANSWER, None, frozenset({W.KEEPER, W.UNIT_HEAD}), next_part=W.OWNER,
        asked="代表建议由您承办，原期限不变。"),
    SuggestionRow(A.NAME_LEADER, "明确领办领导", LEFT_OPEN, None, KEEPS, next_part=W.LEADER,
        asked="代表建议由您领办，请督促按期答复。"),
    SuggestionRow(A.MARK_KEY, "列为重点督办", LEFT_OPEN, None, KEEPS, next_part=W.OWNER,
        asked="已列为重点督办的建议，应由主要负责人与代表面商。"),
    SuggestionRow(A.LENGTHEN, "同意延至六个月", _one(S.IN_HAND), None, KEEPS, (C.NOT_LENGTHENED,), next_part=W.OWNER,
        asked="已同意自交办之日起六个月内答复。"),
    SuggestionRow(A.ASK_HELP, "增加会办单位", TO_ANSWER, None, KEEPS, next_part=W.HELPER,
        asked="请在期限内向主办单位提出会办意见。"),
    SuggestionRow(A.HELP, "提出会办意见", TO_ANSWER | {S.OBJECTED}, None, frozenset({W.HELPER}), next_part=W.OWNER,
        asked="会办意见已经提出，请在答复里采纳或者说明。"),
    # 办理、面商、答复
    SuggestionRow(A.NOTE, "记办理情况", SUGGESTION_LIVE, None, UNIT | {W.HELPER, W.KEEPER, W.LEADER}),
    SuggestionRow(A.MEET, "记面商", LEFT_OPEN, None, UNIT | {W.KEEPER}),
    SuggestionRow(A.INSPECT, "记督查", frozenset(SuggestionStage) - {S.WITHDRAWN, S.TURNED}, None, KEEPS,
        next_part=W.OWNER, asked="督查情况见过程，有问题的请整改。"),
    SuggestionRow(A.STRIKE_RECORD, "撤销面商、督查记录（误记）", LEFT_OPEN, None, KEEPS, (C.HAS_RECORD,)),
    SuggestionRow(A.ANSWER, "答复", TO_ANSWER, S.ANSWERED, UNIT, next_part=W.KEEPER,
        asked="已经答复，请向代表了解对答复的意见并登记。"),
    SuggestionRow(A.CORRECT_ANSWER, "更正答复", ANSWERED_ONCE, None, KEEPS, (C.HAS_ANSWER,)),
    SuggestionRow(A.HEAR, "登记代表意见", _one(S.ANSWERED), S.AGAIN, KEEPS, (C.NOT_HEARD, C.ASKS_AGAIN),
        next_part=W.OWNER, asked="代表对答复不满意，请重新办理，在期限内再次答复。"),
    SuggestionRow(A.HEAR, "登记代表意见", _one(S.ANSWERED), None, KEEPS, (C.NOT_HEARD,), next_part=W.OWNER,
        asked="代表对答复的意见已经登记，请看过程。"),
    SuggestionRow(A.CONCLUDE, "办结", _one(S.ANSWERED), S.CONCLUDED, KEEPS, (C.HEARD, C.MET)),
    SuggestionRow(A.PROMISE, "登记承诺事项", ANSWERED_ONCE, None, UNIT | {W.KEEPER}, (C.HAS_ANSWER,)),
    # 不再办理
    SuggestionRow(A.WITHDRAW, "代表书面撤回", LEFT_OPEN, S.WITHDRAWN, KEEPS, next_part=W.OWNER,
        asked="代表已书面撤回，不再办理。"),
    SuggestionRow(A.TURN, "不属于建议，转登记", LEFT_OPEN, S.TURNED, KEEPS),
    # 更正
    SuggestionRow(A.TAKE_BACK, "撤销上一步（误登）", frozenset(SuggestionStage), None, KEEPS, (C.CAN_GO_BACK,),
        next_part=W.OWNER, asked="上一步登记有误，已经撤销，请看过程。"),
    SuggestionRow(A.CORRECT, "更正登记", frozenset(SuggestionStage) - _one(S.TURNED), None, KEEPS),
)


@dataclass(frozen=True)
class PromiseRow:
    """One act on a promise: from which stage, to which (None: it stays), by whom; whom it waits for then."""

    act: SuggestionAct
    label: str
    start: PromiseStage
    to: PromiseStage | None
    by: frozenset[SuggestionPart]
    next_part: SuggestionPart | None
    asked: str


PROMISE_ACTS: tuple[PromiseRow, ...] = (
    PromiseRow(A.KEEP_PROMISE, "登记落实", PromiseStage.OPEN, PromiseStage.KEPT, UNIT, W.KEEPER,
        "承诺事项已登记落实，请核对凭据；不属实的，写明理由退回。"),
    PromiseRow(A.RETURN_PROMISE, "退回，继续落实", PromiseStage.KEPT, PromiseStage.OPEN, KEEPS, W.OWNER,
        "承诺事项没有落实，请继续落实，原期限不变。"),
    PromiseRow(A.MOVE_PROMISE, "承诺改期", PromiseStage.OPEN, None, KEEPS, W.OWNER, "承诺事项的期限已经改变。"),
    PromiseRow(A.STRIKE_PROMISE, "撤销承诺（误登）", PromiseStage.OPEN, PromiseStage.STRUCK, KEEPS, W.OWNER,
        "承诺事项登记有误，已经撤销。"),
)
# fmt: on
# What may be taken back, the last first; the thing goes back to where it stood before (撤销上一步).
UNDOABLE = (A.LENGTHEN, A.MARK_KEY, A.ANSWER, A.HEAR, A.CONCLUDE, A.WITHDRAW, A.TURN)
SUGGESTION_ACT_LABELS: dict[SuggestionAct, str] = (
    {A.ENTER: "登记交办"}
    | {row.act: row.label for row in SUGGESTION_ACTS}
    | {each.act: each.label for each in PROMISE_ACTS}
)


def rows_at(act: SuggestionAct, stage: SuggestionStage) -> Iterator[SuggestionRow]:
    """Yield the rows of an act on a suggestion that begin at its stage."""
    yield from (row for row in SUGGESTION_ACTS if row.act is act and stage in row.froms)


def promise_row(act: SuggestionAct, stage: PromiseStage) -> PromiseRow | None:
    """Return the row of an act on a promise at a stage; None where there is none."""
    return next((row for row in PROMISE_ACTS if row.act is act and row.start is stage), None)


def why_not(row: SuggestionRow, facts: SuggestionFacts) -> str:
    """Return the sentence of the first condition of a row that does not hold; "" where the act may be taken."""
    return next((words for holds, words in map(_CONDITIONS.__getitem__, row.conditions) if not holds(facts)), "")
