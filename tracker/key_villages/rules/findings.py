"""FINDING_ACTS: every act on what a round of inspection found (督导发现) as one printable table. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class FindingStage(StrEnum):
    """How far a finding is: put right (整改), checked again (复核), or gone over to the ledger."""

    OPEN = "open"
    REPORTED = "reported"
    RETURNED = "returned"
    RECHECKED = "rechecked"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


FINDING_LABELS = {
    FindingStage.OPEN: "整改中",
    FindingStage.REPORTED: "待复核",
    FindingStage.RETURNED: "退回整改",
    FindingStage.RECHECKED: "已复核",
    FindingStage.LISTED: "已转为问题",
    FindingStage.WITHDRAWN: "已撤销",
}
# Being put right; and what no act of the table moves any more.
TO_PUT_RIGHT = frozenset({FindingStage.OPEN, FindingStage.RETURNED})
FINDING_OVER = frozenset({FindingStage.RECHECKED, FindingStage.LISTED, FindingStage.WITHDRAWN})


class FindingAct(StrEnum):
    """Acts on a round of inspection or on a finding."""

    OPEN_ROUND = "open_round"
    CHANGE_ROUND = "change_round"
    FIND = "find"
    FILL_LIST = "fill_list"
    CORRECT_LIST = "correct_list"
    HAND_OVER = "hand_over"
    REPORT = "report"
    RECHECK = "recheck"
    RETURN = "return"
    LIST = "list"
    WITHDRAW = "withdraw"


class FindingPart(StrEnum):
    """Where a person stands towards a finding."""

    OWNER = "owner"
    KEEPER = "keeper"
    ROUND_LEADER = "round_leader"
    LEADER = "leader"


FINDING_PARTS = {
    FindingPart.OWNER: "责任人",
    FindingPart.KEEPER: "信访部门（换届办）",
    FindingPart.ROUND_LEADER: "带队领导",
    FindingPart.LEADER: "主要领导",
}


class FindingCondition(StrEnum):
    """What must hold before an act on a finding."""

    NOT_OF_THE_UNIT = "not_of_the_unit"
    NOT_THE_REPORTER = "not_the_reporter"
    NOT_THE_FINDER = "not_the_finder"
    ON_THE_LEDGER = "on_the_ledger"


@dataclass(frozen=True)
class FindingFacts:
    """What the conditions read: who acts, who reported last, who found it, whether the village is on the ledger."""

    me: int
    of_the_unit: bool
    reporter: int | None
    finder: int
    on_the_ledger: bool


# For each condition: whether it holds, and the sentence that says why not.
_CONDITIONS: dict[FindingCondition, tuple[Callable[[FindingFacts], bool], str]] = {
    FindingCondition.NOT_OF_THE_UNIT: (
        lambda facts: not facts.of_the_unit,
        "复核的人不能是责任单位的人，请由带队领导或者信访部门其他人复核。",
    ),
    FindingCondition.NOT_THE_REPORTER: (
        lambda facts: facts.reporter != facts.me,
        "报整改的人不能自己复核，应由另一人复核。",
    ),
    FindingCondition.NOT_THE_FINDER: (
        lambda facts: facts.finder != facts.me,
        "登记这项发现的人不能自己撤销，应由另一人决定。",
    ),
    FindingCondition.ON_THE_LEDGER: (
        lambda facts: facts.on_the_ledger,
        "这个村不在重点难点村台账，请先由领导决定入账，再列为问题。",
    ),
}


@dataclass(frozen=True)
class FindingRow:
    """One act: from which stages, to which (None: it stays), by whom, when, whom it waits for then, what is asked."""

    act: FindingAct
    label: str
    froms: frozenset[FindingStage]
    to: FindingStage | None
    by: frozenset[FindingPart]
    conditions: tuple[FindingCondition, ...] = ()
    next_part: FindingPart | None = None
    asked: str = ""


A, S, W, C = FindingAct, FindingStage, FindingPart, FindingCondition
CHECKING = frozenset({W.KEEPER, W.ROUND_LEADER})
FINDING_ACTS: tuple[FindingRow, ...] = (
    FindingRow(
        A.REPORT, "报整改", TO_PUT_RIGHT, S.REPORTED, frozenset({W.OWNER}), next_part=W.KEEPER,
        asked="整改已经报来，请复核；不通过的，写明理由退回。"),
    FindingRow(
        A.RECHECK, "复核通过", frozenset({S.REPORTED}), S.RECHECKED, CHECKING,
        (C.NOT_OF_THE_UNIT, C.NOT_THE_REPORTER)),
    FindingRow(
        A.RETURN, "复核不通过，退回整改", frozenset({S.REPORTED}), S.RETURNED, CHECKING,
        (C.NOT_OF_THE_UNIT, C.NOT_THE_REPORTER), next_part=W.OWNER, asked="请按退回的理由整改，原期限不变。"),
    FindingRow(
        A.LIST, "列为台账上的问题", TO_PUT_RIGHT, S.LISTED, frozenset({W.KEEPER}), (C.ON_THE_LEDGER,),
        next_part=W.OWNER, asked="已列为台账上的问题，请解决后申请销号，原期限不变。"),
    FindingRow(
        A.HAND_OVER, "更换责任单位、责任人", TO_PUT_RIGHT, None, CHECKING, next_part=W.OWNER,
        asked="这项督导发现由您整改，原期限不变。"),
    FindingRow(
        A.WITHDRAW, "撤销（误登）", frozenset({S.OPEN, S.REPORTED, S.RETURNED}), S.WITHDRAWN,
        frozenset({W.ROUND_LEADER, W.LEADER}), (C.NOT_THE_FINDER,)),
)  # fmt: skip
FINDING_ACT_LABELS = {
    A.OPEN_ROUND: "登记督导",
    A.CHANGE_ROUND: "更正督导",
    A.FIND: "督导发现",
    A.FILL_LIST: "填写检查清单",
    A.CORRECT_LIST: "更正检查清单",
} | {row.act: row.label for row in FINDING_ACTS}


def rows_at(act: FindingAct, stage: FindingStage) -> Iterator[FindingRow]:
    """Yield the rows of an act on a finding that begin at its stage."""
    yield from (row for row in FINDING_ACTS if row.act is act and stage in row.froms)


def why_not(row: FindingRow, facts: FindingFacts) -> str:
    """Return why the first condition of a row that fails does; "" where all hold."""
    return next((words for holds, words in map(_CONDITIONS.__getitem__, row.conditions) if not holds(facts)), "")
