"""Drafts of acts that a head signs (拟稿、签发): what becomes of them when an act is taken."""

from tracker.cases.lifecycle.rules.lifecycle import SIGNED
from tracker.cases.lifecycle.rules.step_sets import DRAFTED_FROM
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.record.models import ActDraft
from tracker.cases.record.rules.codes import Status
from tracker.cases.record.rules.drafted import DraftOutcome


def settle_drafts(step: Taking, came_from: str) -> None:
    """Say of the act's own draft that it was signed, and end what the matter has moved on from.

    Who signs what nobody drafted for them drafted it themselves: the trail names them as both.
    """
    if step.row.action in SIGNED:
        own = next((each for each in step.file.waiting_for_signature if each.act == step.row.action), None)
        step.facts["drafter"] = own.drafted_by.name if own else step.by.name
        if own is not None and own.approved_by is not None:
            step.facts["approver"] = own.approved_by.name
        if own is not None:
            end_draft(own, DraftOutcome.SIGNED, step)
    if step.row.to is not None and Status(came_from) in DRAFTED_FROM:
        for each in step.file.waiting_for_signature:
            end_draft(each, DraftOutcome.POINTLESS, step)


def end_draft(draft: ActDraft, outcome: DraftOutcome, step: Taking) -> None:
    """End a draft with a step."""
    draft.outcome, draft.ended_at, draft.ended_by_id = outcome.value, step.now, step.by.id
