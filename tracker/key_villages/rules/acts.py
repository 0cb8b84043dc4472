"""ACTS: every act on the ledger of difficult villages as one printable table. Pure.

A problem (问题) and a whole village (整村) go the same way: somebody applies, somebody of the same side agrees, the
office checks, the sponsoring leader signs. A row says on what, from where to where, who, when, and who is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tracker.key_villages.rules.codes import AT_WORK, ENDED, STAGE_LABELS, VillageStage


class GateThing(StrEnum):
    """What an act is about."""

    PROBLEM = "problem"
    VILLAGE = "village"


class VillageAct(StrEnum):
    """Acts on a problem or a village."""

    ENTER = "enter"
    LIST_PROBLEM = "list_problem"
    CORRECT = "correct"
    HAND_OVER = "hand_over"
    RESCHEDULE = "reschedule"
    PROGRESS = "progress"
    VISIT = "visit"
    GIVE_DUTY = "give_duty"
    END_DUTY = "end_duty"
    PLAN = "plan"
    LINK = "link"
    UNLINK = "unlink"
    SET_ELECTION = "set_election"
    REPORT_RESULT = "report_result"
    APPLY = "apply"
    AGREE = "agree"
    CHECK = "check"
    SIGN = "sign"
    RETURN = "return"
    WITHDRAW = "withdraw"
    RECUR = "recur"
    PLAN_LOOK_BACK = "plan_look_back"
    LOOK_BACK = "look_back"
    FILL_LIST = "fill_list"
    CORRECT_LIST = "correct_list"


class VillagePart(StrEnum):
    """Where a person stands towards a problem or a village."""

    OWNER = "owner"
    UNIT_HEAD = "unit_head"
    LIAISON = "liaison"
    TOWNSHIP = "township"
    KEEPER = "keeper"
    SPONSOR = "sponsor"
    LEADER = "leader"


PART_LABELS = {
    VillagePart.OWNER: "责任人",
    VillagePart.UNIT_HEAD: "责任单位负责人",
    VillagePart.LIAISON: "包村联络员",
    VillagePart.TOWNSHIP: "乡镇责任人",
    VillagePart.KEEPER: "信访部门（换届办）",
    VillagePart.SPONSOR: "包村领导",
    VillagePart.LEADER: "主要领导",
}


class Condition(StrEnum):
    """What must hold before an act."""

    NOT_SIGNED_YET = "not_signed_yet"
    NOT_OF_THE_UNIT = "not_of_the_unit"
    OWNER_IS_HEAD = "owner_is_head"
    PROBLEMS_AND_CASES = "problems_and_cases"
    LIST_FULL = "list_full"
    NOTHING_DONE = "nothing_done"
    NOT_THE_DECIDER = "not_the_decider"
    ELECTION_SET = "election_set"
    NOT_OF_A_FINDING = "not_of_a_finding"
    NOT_WORKED_ON = "not_worked_on"


@dataclass(frozen=True)
class ActRow:
    """One act: what it is about, from which stages, to which (None: it stays), by whom, when, whom it waits for then.

    `words`: it must be said why or what. `next_part` is told, and owes the next signature.
    """

    act: VillageAct
    thing: GateThing
    label: str
    froms: frozenset[VillageStage]
    to: VillageStage | None
    by: frozenset[VillagePart]
    conditions: tuple[Condition, ...] = ()
    words: bool = True
    next_part: VillagePart | None = None


P, V, A, C = GateThing.PROBLEM, GateThing.VILLAGE, VillageAct, Condition
W, S = VillagePart, VillageStage
LIVE = frozenset(VillageStage) - ENDED
ON_THE_SPOT = frozenset(
    {
        W.OWNER,
        W.UNIT_HEAD,
        W.LIAISON,
        W.TOWNSHIP,
        W.KEEPER,
        W.SPONSOR,
    }
)
DECIDES = frozenset({W.SPONSOR, W.LEADER})
KEEPS = frozenset({W.KEEPER})


def _one(stage: VillageStage) -> frozenset[VillageStage]:
    return frozenset({stage})


def _by(*parts: VillagePart) -> frozenset[VillagePart]:
    return frozenset(parts)


# fmt: off
ACTS: tuple[ActRow, ...] = (
    # 问题：进展、改期、换人
    ActRow(A.PROGRESS, P, "改进展", LIVE, None, ON_THE_SPOT),
    ActRow(A.HAND_OVER, P, "更换责任单位、责任人", AT_WORK, None, _by(W.KEEPER, W.SPONSOR)),
    ActRow(A.RESCHEDULE, P, "改期", AT_WORK, None, DECIDES),
    ActRow(A.CORRECT, P, "更正问题的表述", AT_WORK, None, KEEPS),
    # 问题：逐个销号
    ActRow(A.APPLY, P, "申请销号", AT_WORK, S.APPLIED, _by(W.OWNER), next_part=W.UNIT_HEAD),
    ActRow(A.AGREE, P, "审核同意", _one(S.APPLIED), S.AGREED, _by(W.UNIT_HEAD), (C.NOT_SIGNED_YET,),
           next_part=W.KEEPER),
    ActRow(A.AGREE, P, "审核同意（责任人即单位负责人）", _one(S.APPLIED), S.AGREED, _by(W.LIAISON),
           (C.OWNER_IS_HEAD, C.NOT_SIGNED_YET), next_part=W.KEEPER),
    ActRow(A.CHECK, P, "核对通过", _one(S.AGREED), S.CHECKED, KEEPS, (C.NOT_SIGNED_YET, C.NOT_OF_THE_UNIT),
           next_part=W.SPONSOR),
    ActRow(A.SIGN, P, "签批销号", _one(S.CHECKED), S.STRUCK_OFF, _by(W.SPONSOR), (C.NOT_SIGNED_YET,)),
    ActRow(A.RETURN, P, "退回补办", _one(S.APPLIED), S.RETURNED, _by(W.UNIT_HEAD, W.LIAISON),
           next_part=W.OWNER),
    ActRow(A.RETURN, P, "退回补办", _one(S.AGREED), S.RETURNED, KEEPS, next_part=W.OWNER),
    ActRow(A.RETURN, P, "退回补办", _one(S.CHECKED), S.RETURNED, _by(W.SPONSOR), next_part=W.OWNER),
    ActRow(A.WITHDRAW, P, "撤列（误列）", AT_WORK, S.WITHDRAWN, _by(W.SPONSOR),
           (C.NOT_THE_DECIDER, C.NOT_OF_A_FINDING)),
    ActRow(A.RECUR, P, "反复，重新列入", _one(S.STRUCK_OFF), S.OPEN, KEEPS, next_part=W.OWNER),
    # 整村：入账以后
    ActRow(A.LIST_PROBLEM, V, "列入问题", LIVE, None, KEEPS),
    ActRow(A.GIVE_DUTY, V, "明确包保", frozenset(VillageStage) - _one(S.WITHDRAWN), None, KEEPS, words=False),
    ActRow(A.END_DUTY, V, "免去包保", frozenset(VillageStage) - _one(S.WITHDRAWN), None, KEEPS),
    ActRow(A.PLAN, V, "写一村一策、预案", LIVE, None, _by(W.KEEPER, W.LIAISON, W.TOWNSHIP), words=False),
    ActRow(A.LINK, V, "关联信访事项", LIVE, None, KEEPS, words=False),
    ActRow(A.UNLINK, V, "取消关联", LIVE, None, KEEPS),
    ActRow(A.VISIT, V, "记一次到村", frozenset(VillageStage) - _one(S.WITHDRAWN), None, ON_THE_SPOT),
    ActRow(A.CORRECT, V, "更正类型和理由", LIVE, None, KEEPS),
    ActRow(A.SET_ELECTION, V, "定选举日", LIVE, None, _by(W.KEEPER, W.TOWNSHIP)),
    ActRow(A.REPORT_RESULT, V, "报选举结果", LIVE, None, _by(W.TOWNSHIP, W.LIAISON, W.KEEPER),
           (C.ELECTION_SET,)),
    # 整村销号
    ActRow(A.APPLY, V, "申请整村销号", AT_WORK, S.APPLIED, _by(W.LIAISON), (C.PROBLEMS_AND_CASES,),
           next_part=W.TOWNSHIP),
    ActRow(A.AGREE, V, "乡镇核对通过", _one(S.APPLIED), S.AGREED, _by(W.TOWNSHIP),
           (C.NOT_SIGNED_YET, C.PROBLEMS_AND_CASES), next_part=W.KEEPER),
    ActRow(A.CHECK, V, "核对通过", _one(S.AGREED), S.CHECKED, KEEPS,
           (C.NOT_SIGNED_YET, C.PROBLEMS_AND_CASES), next_part=W.SPONSOR),
    ActRow(A.SIGN, V, "签批整村销号", _one(S.CHECKED), S.STRUCK_OFF, _by(W.SPONSOR),
           (C.NOT_SIGNED_YET, C.LIST_FULL)),
    ActRow(A.RETURN, V, "退回", _one(S.APPLIED), S.RETURNED, _by(W.TOWNSHIP), next_part=W.LIAISON),
    ActRow(A.RETURN, V, "退回", _one(S.AGREED), S.RETURNED, KEEPS, next_part=W.LIAISON),
    ActRow(A.RETURN, V, "退回", _one(S.CHECKED), S.RETURNED, _by(W.SPONSOR), next_part=W.LIAISON),
    ActRow(A.WITHDRAW, V, "撤销入账（误入）", AT_WORK, S.WITHDRAWN, DECIDES, (C.NOTHING_DONE, C.NOT_THE_DECIDER)),
    ActRow(A.RECUR, V, "反复，重新入账", _one(S.STRUCK_OFF), S.OPEN, KEEPS, next_part=W.LIAISON),
    # 回头看：没有办过这个村的人
    ActRow(A.PLAN_LOOK_BACK, V, "安排回头看", frozenset(VillageStage) - _one(S.WITHDRAWN), None, KEEPS),
    ActRow(A.LOOK_BACK, V, "回头看", frozenset(VillageStage) - _one(S.WITHDRAWN), None, KEEPS, (C.NOT_WORKED_ON,)),
    ActRow(A.FILL_LIST, V, "填写检查清单", frozenset(VillageStage) - _one(S.WITHDRAWN), None, KEEPS,
           (C.NOT_WORKED_ON,), words=False),
    ActRow(A.CORRECT_LIST, V, "更正检查清单", frozenset(VillageStage) - _one(S.WITHDRAWN), None, KEEPS,
           (C.NOT_WORKED_ON,)),
)
# fmt: on
# The signatures (签批) of a round, in their order.
SIGNATURES = (VillageAct.APPLY, VillageAct.AGREE, VillageAct.CHECK, VillageAct.SIGN)
# Who owes the next signature at a stage.
WAITS_FOR: dict[tuple[GateThing, VillageStage], VillagePart] = {
    (row.thing, row.to): row.next_part for row in ACTS if row.to is not None and row.next_part is not None
}
ACT_LABELS: dict[tuple[GateThing, VillageAct], str] = {(GateThing.VILLAGE, VillageAct.ENTER): "入账"} | {
    (row.thing, row.act): row.label.partition("（责任人")[0] for row in reversed(ACTS)
}


def rows_for(thing: GateThing, act: VillageAct, stage: VillageStage) -> Iterator[ActRow]:
    """Yield the rows by which an act may be taken at a stage."""
    for row in ACTS:
        if row.thing is thing and row.act is act and stage in row.froms:
            yield row


def refusal(thing: GateThing, act: VillageAct, stage: VillageStage) -> str:
    """Return why an act cannot be taken at a stage: no row has it."""
    what = "这个问题" if thing is GateThing.PROBLEM else "这个村"
    return f"{what}现在是“{STAGE_LABELS[stage]}”，不能{ACT_LABELS[thing, act]}。"
