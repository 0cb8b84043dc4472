"""拟稿、报请审批、退回修改: the handler drafts an act for the head, who signs it by taking it, or returns it.

What a serious matter is to be told, a main leader approves before the head signs.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tracker.cases.access.named_readers import open_to_approvers
from tracker.cases.lifecycle.drafts import end_draft
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.lifecycle import row_of
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import ActDraft, Case
from tracker.cases.record.rules.drafted import DraftOutcome, DraftStage
from tracker.core.database import db
from tracker.core.errors import DomainError
from tracker.people.models import User


@dataclass(frozen=True)
class Wording:
    """What the form of a draft says: its fields by name, and the same in words: (label, what was chosen or typed)."""

    fields: Mapping[str, str]
    words: Sequence[tuple[str, str]]


def wording(draft: ActDraft) -> Wording:
    """Return what a draft says."""
    content = json.loads(draft.content)
    return Wording(content["fields"], [(label, text) for label, text in content["words"]])


def latest_draft(case: Case, act: Action, *, waiting: bool = False) -> ActDraft | None:
    """Return the latest draft of an act that waits to be signed, or was returned in this round; None where none is."""
    outcomes = [None] if waiting else [None, DraftOutcome.RETURNED]
    of_act = select(ActDraft).where(ActDraft.case_id == case.id, ActDraft.act == act.value)
    last = db.session.scalar(of_act.order_by(ActDraft.id.desc()).limit(1))
    return last if last is not None and last.round == case.round and last.outcome in outcomes else None


def draft(
    case: Case,
    action: Action,
    said: Wording,
    *,
    by: User,
    now: datetime,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> ActDraft:
    """Draft an act for the head (拟稿送签), in place of the draft of it that waits; it moves nothing, clocks run on."""
    with taking(case, action, by=by, now=now, version=version, materials=materials) as step:
        if step.row.drafts is None:
            raise RuntimeError(f"{action} drafts no act")
        for each in step.file.waiting_for_signature:
            if each.act == step.row.drafts:
                end_draft(each, DraftOutcome.REPLACED, step)
                step.facts.update(again="修改后重新送签")
        row = ActDraft(
            case_id=case.id,
            round=case.round,
            act=step.row.drafts.value,
            content=json.dumps({"fields": dict(said.fields), "words": [*said.words]}, ensure_ascii=False),
            drafted_at=now,
            drafted_by_id=by.id,
        )
        db.session.add(row)
        return row


def return_draft(case: Case, act: Action, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Return a draft to be changed (退回修改), with the reason. Raises DomainError where it does not wait any more."""
    with taking(case, Action.RETURN_DRAFT, by=by, now=now, version=version, reason=reason) as step:
        _send_back(_waiting(step, act, *DraftStage), step)


def refer_draft(case: Case, act: Action, *, by: User, now: datetime, version: int | None = None) -> None:
    """Refer the draft of a serious matter to the main leaders, as the head of the unit (报请审批).

    They can read the matter from then on: of a closed one what is told, not who told it. Raises DomainError where it
    does not wait any more, and where nobody holds the post.
    """
    with taking(case, Action.REFER_DRAFT, by=by, now=now, version=version) as step:
        row = _waiting(step, act, DraftStage.DRAFTED)
        leaders = open_to_approvers(case, because="审批拟稿", by=by, now=now)
        if not leaders:
            raise DomainError(
                "没有可以审批的主要领导（没有人任职，或者任职的是被反映人）：请系统管理员先落实主要领导岗位；"
                "已经不属于重大紧急的，请信访部门负责人取消标记。"
            )
        row.referred_at, row.referred_by_id = now, by.id
        step.facts.update(paper=act_label(act), drafter=row.drafted_by.name)


def approve_draft(
    case: Case, act: Action, *, by: User, now: datetime, reason: str | None = None, version: int | None = None
) -> None:
    """Approve a draft that the head referred, as a main leader (审批): the head signs it then.

    Raises DomainError where it does not wait any more.
    """
    with taking(case, Action.APPROVE_DRAFT, by=by, now=now, version=version, reason=reason) as step:
        row = _waiting(step, act, DraftStage.REFERRED)
        row.approved_at, row.approved_by_id = now, by.id
        step.facts.update(paper=act_label(act), drafter=row.drafted_by.name)


def decline_draft(case: Case, act: Action, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Return a draft that was referred, as a main leader, with the reason (审批退回).

    Raises DomainError where it does not wait any more.
    """
    with taking(case, Action.DECLINE_DRAFT, by=by, now=now, version=version, reason=reason) as step:
        _send_back(_waiting(step, act, DraftStage.REFERRED), step)


def _waiting(step: Taking, act: Action, *stages: DraftStage) -> ActDraft:
    """Return the draft of an act that waits at one of these stages. Raises DomainError."""
    for each in step.file.waiting_for_signature:
        if each.act == act and each.stage in stages:
            return each
    raise DomainError("这份拟稿已经签发、审批、退回或者修改，请看现在的拟稿。", field="act")


def _send_back(row: ActDraft, step: Taking) -> None:
    end_draft(row, DraftOutcome.RETURNED, step)
    row.returned_because = step.reason
    step.facts.update(paper=act_label(Action(row.act)), drafter=row.drafted_by.name)


def act_label(act: Action) -> str:
    """Return what an act is called: 出具处理意见."""
    row = row_of(act)
    return row.label if row else ""
