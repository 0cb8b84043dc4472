"""WORK: which step brings whom new work, and who is awaited in which state (等谁办). Pure.

A step that puts a matter into other hands tells the post that must act now; a unit that has it is told through its
handler. Without a handling unit the office stands in for it, and somebody outside it checks (督查员).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.cases.record.rules.holding import GONE
from tracker.reminders.ladder.rules.rungs import Recipient

A, P, L, S = Action, Recipient, LedgerStatus, Status


@dataclass(frozen=True)
class Work:
    """What a step asks of whom: the heading of the notice, the posts, what they are asked to do.

    `alone` are the posts where no unit has the matter. `its_clock`: the unit that owes the clock which the step starts.
    """

    heading: str
    told: tuple[Recipient, ...]
    asked: str
    alone: tuple[Recipient, ...] | None = None
    its_clock: bool = False

    def posts(self, *, with_unit: bool) -> tuple[Recipient, ...]:
        """Return the posts that are told."""
        return self.told if with_unit or self.alone is None else self.alone


# fmt: off
# 每行：哪一步之后、告诉谁、请他做什么。没有列出的步骤不给别人带来新的工作。
WORK: Mapping[Action, Work] = {
    A.ASSIGN: Work("新交办", (P.OWNER, P.UNIT_HEAD), "请签收，并在期限内办理。"),
    A.REFER: Work("新转送", (P.OWNER, P.UNIT_HEAD), "请签收，并在期限内办理。"),
    A.ASSIST: Work("请协办", (P.OWNER,), "请在期限内反馈协办意见。", its_clock=True),
    A.ASSIGN_VALIDITY: Work("交选举效力调查", (P.OWNER,), "请调查，并登记结论。", its_clock=True),
    A.CHANGE_HANDLER: Work("改由您承办", (P.OWNER,), "请接着办理。"),
    A.OBJECT: Work("单位申请退回", (P.OFFICE,), "请核实并作出裁定。"),
    A.REFUSE_OBJECTION: Work("不同意退回", (P.OWNER,), "请继续办理。"),
    A.UPHOLD_OBJECTION: Work("已同意退回", (P.OFFICE,), "请改派承办单位。"),
    A.SEAL_ACCUSATION: Work("转为检举控告件", (P.OFFICE,), "请移交有权处理的机关。"),
    A.WITHDRAW_REFUSAL: Work("撤销了原决定", (P.OFFICE,), "请重新确定承办单位。"),
    A.REMIT: Work("责令重新办理", (P.OWNER, P.UNIT_HEAD), "请重新办理并答复。"),
    A.APPLY_CLOSE_OUT: Work("申请销号", (P.UNIT_HEAD,), "请审核。"),
    A.CONFIRM_CLOSE_OUT: Work("待审核销号", (P.OFFICE,), "请回访并审核。", alone=(P.SUPERVISOR,)),
    A.CHECK_CLOSE_OUT: Work("待签批销号", (P.LEAD,), "请签批。"),
    A.RETURN_CLOSE_OUT: Work("退回补办", (P.OWNER,), "请补办后重新申请销号。"),
    A.LOOK_BACK_REOPENS: Work("回头看后重新办理", (P.OFFICE,), "请重新确定承办单位。"),
    A.REOPEN: Work("重新办理", (P.OFFICE,), "请重新确定承办单位。"),
}
# fmt: on
IN_OFFICE = frozenset({S.REGISTERED, S.TRIAGED, S.OBJECTED})


def awaited(status: Status, ledger: LedgerStatus, *, with_unit: bool) -> tuple[Recipient, ...]:
    """Return the posts that a matter waits for in a state, the one that must act first; none once it is over."""
    if ledger is L.CLOSED or status in GONE:
        return ()
    if ledger is L.REQUESTED:
        return (P.UNIT_HEAD,)
    if ledger is L.CONFIRMED:
        return (P.OFFICE,) if with_unit else (P.SUPERVISOR,)
    if ledger is L.CHECKED:
        return (P.LEAD,)
    return (P.OFFICE,) if status in IN_OFFICE else (P.OWNER, P.UNIT_HEAD)
