"""The guards of drafts: who signs, and what a main leader approves before (拟稿、审批、签发). Pure."""

from collections.abc import Callable

from tracker.cases.lifecycle.rules.actions import Action, Guard
from tracker.cases.lifecycle.rules.facts import Facts
from tracker.cases.record.rules.drafted import DraftStage


def _is_serious(m: Facts) -> bool:
    """What is reported to the main leaders is approved by one of them (条例第二十五条; 贿选)."""
    return m.vote_buying or m.is_urgent


def _at(m: Facts, stage: DraftStage) -> bool:
    return any(each is stage for _act, each in m.drafts)


def _draft_waits(m: Facts) -> str | None:
    return None if m.drafts else "没有等待签发的拟稿。"


def _draft_to_refer(m: Facts) -> str | None:
    if not _is_serious(m):
        return "只有贿选、重大紧急事项的拟稿才报主要领导审批，其他的由单位负责人签发。"
    return None if _at(m, DraftStage.DRAFTED) else "没有尚未报请审批的拟稿。"


def _draft_to_approve(m: Facts) -> str | None:
    return None if _at(m, DraftStage.REFERRED) else "没有等待主要领导审批的拟稿。"


def _approved(act: Action, what: str) -> Callable[[Facts], str | None]:
    def check(m: Facts) -> str | None:
        if not _is_serious(m) or (act, DraftStage.APPROVED) in m.drafts:
            return None
        must = f"本件是贿选或者重大紧急事项，{what}须经主要领导审批后签发"
        if (act, DraftStage.REFERRED) in m.drafts:
            return f"{must}：已经报请审批，主要领导还没有审批。"
        return f"{must}：请先拟稿，由单位负责人“报请主要领导审批”。"

    return check


APPROVAL: dict[Guard, Callable[[Facts], str | None]] = {
    Guard.DRAFT_WAITS: _draft_waits,
    Guard.DRAFT_TO_REFER: _draft_to_refer,
    Guard.DRAFT_TO_APPROVE: _draft_to_approve,
    Guard.OPINION_APPROVED: _approved(Action.ISSUE_OPINION, "处理意见（答复）"),
    Guard.NON_ACCEPTANCE_APPROVED: _approved(Action.NOT_ACCEPT, "不予受理"),
    Guard.NO_LONGER_APPROVED: _approved(Action.NO_LONGER_ACCEPT, "不再受理"),
    Guard.EXTENSION_APPROVED: _approved(Action.EXTEND, "延长办理期限"),
}
