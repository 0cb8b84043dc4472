"""拟稿: what waits to be signed or was returned, with what it says and who is awaited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tracker.cases.acts.signing import act_label, wording
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.lifecycle import drafting_of, find
from tracker.cases.page.trail import when
from tracker.cases.record.models import ActDraft
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.cases.record.rules.drafted import DraftOutcome, DraftStage


@dataclass(frozen=True)
class DraftLine:
    """A draft (拟稿): of which act, who drafted it, where it stands, what it says.

    `act` signs it, `again` changes it; `stage` says how far it is with the main leaders (审批).
    """

    title: str
    drafted: str
    state: str
    waits: bool
    words: tuple[tuple[str, str], ...]
    act: str
    again: str
    stage: str


def drafts(file: CaseFile, awaited: str, today: date) -> tuple[DraftLine, ...]:
    """Return the latest draft of each act that may still be taken, where it waits or was returned, latest first.

    `awaited` is who signs: 负责人 张建军.
    """
    return tuple(_line(each, awaited, today) for each in _current(file))


def _current(file: CaseFile) -> Iterator[ActDraft]:
    seen: set[str] = set()
    standing = Status(file.case.status), LedgerStatus(file.case.ledger_status)
    for each in reversed(file.drafts):
        if each.act in seen or each.round != file.case.round:
            continue
        seen.add(each.act)
        if each.outcome in (None, DraftOutcome.RETURNED) and find(Action(each.act), *standing):
            yield each


def _stage(each: ActDraft, awaited: str, today: date) -> str:
    """Return how far a draft is, and whom it waits for."""
    if each.stage is DraftStage.REFERRED:
        return f"已报请主要领导审批，等{awaited or '主要领导'}"
    signs = f"待签发，等{awaited or '单位负责人'}"
    if each.approved_at is not None and each.approved_by is not None:
        return f"{when(each.approved_at, today.year)} {each.approved_by.name} 审批同意；{signs}"
    return signs


def _line(each: ActDraft, awaited: str, today: date) -> DraftLine:
    act = Action(each.act)
    state = _stage(each, awaited, today)
    if each.ended_at is not None and each.ended_by is not None:
        state = f"{when(each.ended_at, today.year)} {each.ended_by.name}退回修改：{each.returned_because}"
    return DraftLine(
        title=f"拟稿：{act_label(act)}",
        drafted=f"{each.drafted_by.name} {when(each.drafted_at, today.year)} 拟稿",
        state=state,
        waits=each.outcome is None,
        words=tuple(wording(each).words),
        act=act.value,
        again=drafting_of(act).value,
        stage=each.stage.value,
    )
