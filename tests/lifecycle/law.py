"""The law of the lifecycle, typed from the articles apart from the program (信访工作条例, T).

What may move a matter, from where to where, is typed in tests/cases/test_lifecycle_table. Here stands what must hold of
the matter itself when a step is taken, with the article that says so.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.cases.test_lifecycle_table import CLOSE_OUT, PROCEDURE
from tests.lifecycle import cast
from tests.lifecycle.state import DONE, State
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.rules.codes import LEDGER_STATUS_LABELS, STATUS_LABELS, MatterClass, Route, Status
from tracker.cases.record.rules.drafted import DraftStage
from tracker.deadlines.limits import LimitKind as K
from tracker.people.rules import Role

A = Action


class Article(NamedTuple):
    """What must hold when one of these acts is taken."""

    source: str
    acts: frozenset[A]
    holds: Callable[[State, str], bool]


def is_petition(state: State) -> bool:
    """§31(6): a claim that no other lawful procedure takes."""
    return state.matter_class is MatterClass.CLAIM and state.route is Route.PETITION


def returned_once(state: State) -> bool:
    """§23(3): the unit's objection was ruled on before."""
    return any(unit == state.unit for unit, _upheld in state.rulings)


def is_accusation(state: State) -> bool:
    """§30."""
    return state.matter_class is MatterClass.ACCUSATION


def heads_it(state: State, who: str) -> bool:
    """Who heads the unit that has the matter, or the office where no unit has it."""
    return (Role.DEPARTMENT_HEAD, state.unit or "office") in cast.CASTS[state.company][who]


def is_serious(state: State) -> bool:
    """§25 and the notice on vote buying: what is reported to the main leaders."""
    return state.vote_buying or state.urgent


DIVERTED = frozenset({Route.LITIGATION, Route.ARBITRATION, Route.PARTY_APPEAL, Route.ADMINISTRATIVE})
GIVEN_TO_UNITS = frozenset({A.ASSIGN, A.REFER})
LAW: tuple[Article, ...] = (
    Article(
        "T§22(2) 检举控告不转交被反映的一方，交有权处理的机关", GIVEN_TO_UNITS, lambda s, _who: not is_accusation(s)
    ),
    Article("T§22(1) 分清性质再转送、交办", GIVEN_TO_UNITS, lambda s, _who: s.matter_class is not None),
    Article(
        "T§23(3) 异议在异议期内（以异议之日为准），一个单位一次",
        frozenset({A.OBJECT}),
        lambda s, _who: K.OBJECTION in s.at_hand and not any(unit == s.unit for unit, _upheld in s.rulings),
    ),
    Article(
        "T§34 延期的是 60 日的期限（以批准之日为准）", frozenset({A.EXTEND}), lambda s, _who: K.HANDLING in s.at_hand
    ),
    Article("T§34 延期只有一次", frozenset({A.EXTEND}), lambda s, _who: not s.extended),
    Article(
        "T§31(1)–(4) 导入其他途径的是法定途径的事项",
        frozenset({A.DIVERT}),
        lambda s, _who: s.matter_class is MatterClass.CLAIM and s.route in DIVERTED,
    ),
    Article(
        "T§22(2) 信访部门收到的涉法涉诉信件转送政法部门，不只告知",
        frozenset({A.DIVERT}),
        lambda s, _who: s.route is not Route.LITIGATION or s.visit or s.unit is not None,
    ),
    Article(
        "T§22(2)、§31(1)(5) 转送系统外机关的是涉法涉诉、申请查处和履行职责",
        frozenset({A.FORWARD}),
        lambda s, _who: s.matter_class is MatterClass.CLAIM and s.route in (Route.LITIGATION, Route.ENFORCEMENT),
    ),
    Article(
        "T§31(5)(6) 交单位办理的申诉求决，是申请履行职责和信访程序的",
        GIVEN_TO_UNITS,
        lambda s, _who: s.matter_class is not MatterClass.CLAIM or s.route in (Route.ENFORCEMENT, Route.PETITION),
    ),
    Article("T§34 60 日的期限只在信访程序", frozenset({A.EXTEND}), lambda s, _who: is_petition(s)),
    Article(
        "T§19(3)、§36(3) 检举控告不以信访程序拒绝",
        frozenset({A.NOT_ACCEPT, A.NO_LONGER_ACCEPT}),
        lambda s, _who: not is_accusation(s) or s.unit is not None,
    ),
    Article(
        "T§32、§34、§23(2) 意见、不予受理、延期由作出的机关、单位负责人签发",
        frozenset({A.ISSUE_OPINION, A.NOT_ACCEPT, A.NO_LONGER_ACCEPT, A.EXTEND}),
        heads_it,
    ),
    *(
        Article(
            "重大、紧急的和贿选案件，意见、不予受理、延期经主要领导审批后签发",
            frozenset({act}),
            lambda s, _who, act=act: (
                not is_serious(s)
                or any(each is act and stage is DraftStage.APPROVED for each, _words, stage in s.drafts)
            ),
        )
        for act in (A.ISSUE_OPINION, A.NOT_ACCEPT, A.NO_LONGER_ACCEPT, A.EXTEND)
    ),
    Article(
        "审批的是主要领导，在单位负责人审核报请以后",
        frozenset({A.APPROVE_DRAFT}),
        lambda s, who: (
            Role.PRINCIPAL_LEADER in cast.roles(who, s.company)
            and any(stage is DraftStage.REFERRED for _act, _words, stage in s.drafts)
        ),
    ),
    Article("报请审批的是单位负责人", frozenset({A.REFER_DRAFT}), heads_it),
    Article(
        "T§23(2) 告知了的受理不撤销",
        frozenset({A.UNDO_ACCEPT}),
        lambda s, _who: s.status is Status.ACCEPTED and s.anonymous and not s.extended,
    ),
    Article("T§32 受理以后才作出意见", frozenset({A.ISSUE_OPINION}), lambda s, _who: s.status is Status.ACCEPTED),
    Article(
        "T§35、§36 请求复查、复核的是信访程序的事项，在答复送达以后；重新办理中，仍可请求复查原答复",
        frozenset({A.REQUEST_REVIEW}),
        lambda s, _who: (
            bool({K.REVIEW_WINDOW, K.RE_EXAMINATION_WINDOW} & s.at_hand)
            and not is_accusation(s)
            and (s.status is not Status.DELIVERED or (is_petition(s) and s.opinion == DONE))
        ),
    ),
    Article("T§36(2) 一件事不同时复查、复核", frozenset({A.REQUEST_REVIEW}), lambda s, _who: s.review is None),
    Article(
        "T§35、§36 复查、复核有了结论、意见送达了，才作出、送达新的答复",
        frozenset({A.ISSUE_OPINION, A.DELIVER}),
        lambda s, _who: s.review is None or is_accusation(s),
    ),
    Article(
        "T§30(1) 移交纪检监察机关、有权处理的机关的是检举控告，贿选双线",
        frozenset({A.TRANSFER}),
        lambda s, _who: is_accusation(s) or s.vote_buying,
    ),
    Article("T§32(2) 落实的是支持的诉求，在答复以后", frozenset({A.CARRY_OUT}), lambda s, _who: s.opinion == DONE),
    Article(
        "T§40 督办的是别的单位的事项",
        frozenset({A.URGE, A.SUPERVISE}),
        lambda s, who: s.unit is not None or bool(s.sides) or who == "supervisor",
    ),
)


def moves_typed(table: str, labels: Mapping[Any, str]) -> frozenset[tuple[Any, str, Any]]:
    """Return the lines of a typed table: from where, by which step, to where."""
    named = {words: state for state, words in labels.items()}
    lines = (tuple(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines())
    return frozenset((named[before], label, named[after]) for before, label, after, _who in lines)


PROCEDURE_MOVES = moves_typed(PROCEDURE, STATUS_LABELS)
LEDGER_MOVES = moves_typed(CLOSE_OUT, LEDGER_STATUS_LABELS)
