"""Code lists of deputies' suggestions (人大代表建议). Pure."""

from enum import StrEnum


class SuggestionStage(StrEnum):
    """How far a suggestion is (办理进度)."""

    IN_HAND = "in_hand"
    OBJECTED = "objected"
    ANSWERED = "answered"
    AGAIN = "again"
    CONCLUDED = "concluded"
    WITHDRAWN = "withdrawn"
    TURNED = "turned"


SUGGESTION_STAGES = {
    SuggestionStage.IN_HAND: "办理中",
    SuggestionStage.OBJECTED: "提出退回",
    SuggestionStage.ANSWERED: "已答复",
    SuggestionStage.AGAIN: "重新办理",
    SuggestionStage.CONCLUDED: "已办结",
    SuggestionStage.WITHDRAWN: "代表已撤回",
    SuggestionStage.TURNED: "已转出",
}
# Nothing is asked any more of a suggestion; what it turned out to be is no suggestion at all (转登记).
SUGGESTION_OVER = frozenset({SuggestionStage.CONCLUDED, SuggestionStage.WITHDRAWN, SuggestionStage.TURNED})
SUGGESTION_LIVE = frozenset(SuggestionStage) - SUGGESTION_OVER
# The unit owes an answer.
TO_ANSWER = frozenset({SuggestionStage.IN_HAND, SuggestionStage.AGAIN})


class AnswerResult(StrEnum):
    """What an answer says (答复类别): the letters are those of the answers' forms; places differ in their words."""

    SOLVED = "a"
    PLANNED = "b"
    LATER = "c"
    REFERENCE = "d"


RESULT_LABELS = {
    AnswerResult.SOLVED: "A 已经解决或者采纳",
    AnswerResult.PLANNED: "B 正在解决或者列入计划",
    AnswerResult.LATER: "C 条件所限，以后解决",
    AnswerResult.REFERENCE: "D 留作参考",
}


class DeputyOpinion(StrEnum):
    """What the deputy says of an answer (代表意见)."""

    SATISFIED = "satisfied"
    BASICALLY = "basically"
    DISSATISFIED = "dissatisfied"


OPINION_LABELS = {
    DeputyOpinion.SATISFIED: "满意",
    DeputyOpinion.BASICALLY: "基本满意",
    DeputyOpinion.DISSATISFIED: "不满意",
}


class UnitPart(StrEnum):
    """What a unit does for a suggestion: one answers (主办), others help (会办)."""

    LEAD = "lead"
    ASSIST = "assist"


UNIT_PARTS = {UnitPart.LEAD: "主办", UnitPart.ASSIST: "会办"}


class RecordKind(StrEnum):
    """What is kept of a day beside the answers: a talk face to face (面商), an inspection (督查)."""

    MEETING = "meeting"
    INSPECTION = "inspection"


RECORD_LABELS = {RecordKind.MEETING: "面商", RecordKind.INSPECTION: "督查"}


class TalkRank(StrEnum):
    """Who led a talk with the deputy (面商)."""

    PRINCIPAL = "principal"
    HEAD = "head"
    STAFF = "staff"


RANK_LABELS = {TalkRank.PRINCIPAL: "主要负责人", TalkRank.HEAD: "分管负责人", TalkRank.STAFF: "承办人"}


class PromiseStage(StrEnum):
    """How far a promise of an answer is (承诺事项): kept, or struck as entered by mistake."""

    OPEN = "open"
    KEPT = "kept"
    STRUCK = "struck"


PROMISE_LABELS = {
    PromiseStage.OPEN: "落实中",
    PromiseStage.KEPT: "已落实",
    PromiseStage.STRUCK: "已撤销",
}
