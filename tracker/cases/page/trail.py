"""The wording of the trail (过程): one table, action → sentence from the facts of the line. Applied when read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.close_out import SATISFACTION_LABELS, Satisfaction
from tracker.cases.lifecycle.rules.lifecycle import find, row_of
from tracker.cases.lifecycle.rules.step_rows import Words
from tracker.cases.record.models import CaseStep
from tracker.cases.record.rules.codes import LEDGER_STATUS_LABELS, STATUS_LABELS, LedgerStatus, Status
from tracker.core.clock import local, local_date
from tracker.core.dates import long_date, month_day
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import is_late_entry

Facts = Mapping[str, Any]
Wording = Callable[[Facts], str]
# What is no step of the table: how a case began, and what the system does by itself.
OUTSIDE_TABLE = {
    Action.REGISTER: "登记",
    Action.IMPORT: "读入历史件",
    Action.RECOUNT: "重新计算期限",
    Action.TAKE_OVER: "原单位撤销，接着办理",
    Action.SIDE_OVER: "协办、调查单位撤销",
}


@dataclass(frozen=True)
class TrailLine:
    """One line of the trail, ready for a page: `said` is what somebody said in the matter, `reason` why they acted.

    `happened` is the day of what it tells, where it was entered on another one, and whether that was late (补录).
    """

    action: str
    who: str
    when: str
    happened: str
    iso: str
    change: str
    detail: str
    said: str
    reason: str
    materials: int
    round: int
    kind: str


def _named(**labels: str) -> Wording:
    """Return a wording that says each fact that is there, with its label: 承办人 王海燕，反馈时限 2026年12月20日."""

    def say(facts: Facts) -> str:
        said = (f"{label} {facts[name]}".strip() for name, label in labels.items() if facts.get(name))
        return "，".join(said)

    return say


def _extended(facts: Facts) -> str:
    told = f"，告知书 {facts['service']}" if facts.get("service") else ""
    return "，".join(filter(None, (f"延长 {facts['days']} 日：{facts['before']} → {facts['after']}{told}", _BY(facts))))


def _corrected(facts: Facts) -> str:
    changed = (f"{label}：“{old or '空'}”改为“{new or '空'}”" for label, old, new in facts.get("changed", ()))
    added = (f"增加诉求点：{text}" for text in facts.get("added", ()))
    return "；".join((*changed, *added))


def _person_corrected(facts: Facts) -> str:
    who = facts.get("person", "")
    told = f"增加 {who}" if facts.get("added") else f"{who}：更正 {'、'.join(facts.get('fields', ()))}"
    return told + ("；本件不再是匿名件" if facts.get("named") else "")


def _receipt_corrected(facts: Facts) -> str:
    return "；".join((f"{facts['before']} 改为 {facts['after']}", *facts.get("clocks", ())))


def _paper_corrected(facts: Facts) -> str:
    return "；".join(filter(None, (facts.get("document", ""), _corrected(facts), *facts.get("clocks", ()))))


def _left_out(facts: Facts) -> str:
    days = f"{facts.get('first_on', '')} 至 {facts.get('last_on', '')} 不计"
    moved = facts["before"] != facts["after"]
    return f"{days}，期限 {facts['before']} → {facts['after']}" if moved else f"{days}，期限不变"


def _decided(facts: Facts) -> str:
    changed = (f"诉求点 {number} {old} → {new}" for number, old, new in facts.get("changed", ()))
    words = (_REVIEWED(facts), "；".join(changed), _named(due_on="重新作出的时限")(facts), _former(facts))
    return "。".join(filter(None, words))


def _former(facts: Facts) -> str:
    """Return what the answers were before: 原结果：诉求点 1 支持（…）."""
    were = "；".join(f"诉求点 {number} {result}（{answer}）" for number, result, answer in facts.get("was", ()))
    return f"原结果：{were}" if were else ""


def _new_round(facts: Facts) -> str:
    return "。".join(filter(None, (f"第 {facts['round']} 轮" if facts.get("round") else "", _former(facts))))


def _called_back(facts: Facts) -> str:
    if not facts.get("reached"):
        return "未联系上信访人"
    rated = facts.get("satisfaction")
    return f"已联系上信访人{'，评价' + SATISFACTION_LABELS[Satisfaction(rated)] if rated else ''}"


def _carried_out(facts: Facts) -> str:
    return f"诉求点 {'、'.join(str(n) for n in facts.get('points', ()))}"


def _reported(facts: Facts) -> str:
    return f"报 {'、'.join((*facts.get('leaders', ()), *facts.get('organs', ())))}"


def _recounted(facts: Facts) -> str:
    return "；".join(f"{label} {old} → {new}" for label, old, new in facts.get("moved", ()))


def _nothing(_facts: Facts) -> str:
    return ""


# Who drafted what a head signed, who approved it, and in which post it was signed.
_SIGNED = {"drafter": "拟稿", "approver": "审批", "signer": "签发"}
_BY = _named(**_SIGNED)
_LOOKED_BACK = _named(which="", result="", found="发现")
_ORDERED = _named(paper="", number="", department="发", reply_by="回复期限", signer="待签发：")
_GIVEN = _named(department="", handler="承办人", lead_official="领办领导", due_on="反馈时限")
_OVER = _named(former="原单位", department="现由", handler="承办人")
# Lines of older versions name the facts of a service one by one.
_SERVED = _named(served_on="", method="", proof="回证", service="")
_REVIEWED = _named(kind="", answer="对", result="", organ="", proof="申请编号")

TRAIL: dict[Action, Wording] = {
    Action.REGISTER: _nothing,
    Action.IMPORT: _named(
        source="来源", source_no="来源编号", state="来源所记状态", finished="是否办结", registered_in="登记部门"
    ),
    Action.UNDO_IMPORT: _nothing,
    Action.TRIAGE: _named(matter_class="", route="", level="保密级别", lead_official="领办领导"),
    Action.RECLASSIFY: _named(matter_class="", route="", level="保密级别"),
    Action.CORRECT: _corrected,
    Action.SET_SUPERIOR_DAY: lambda facts: f"{facts['before']} → {facts['after']}",
    Action.REPORT_SUPERIOR: _named(report_no="报送文号"),
    Action.CORRECT_PETITIONER: _person_corrected,
    Action.CORRECT_RECEIPT: _receipt_corrected,
    Action.CORRECT_PAPER: _paper_corrected,
    Action.SET_PLACE: _named(village="属地"),
    Action.NAME_ACCUSED: lambda facts: f"共 {facts.get('accused_count', 0)} 人（单位）",
    Action.RAISE_LEVEL: _named(level="保密级别"),
    Action.ASSIGN: _GIVEN,
    Action.REFER: _GIVEN,
    Action.SIGN_FOR: _named(handler="承办人"),
    Action.UNDO_SIGN_FOR: _nothing,
    Action.OBJECT: _named(proof="异议函"),
    Action.UPHOLD_OBJECTION: lambda facts: f"从{facts['department']}收回" if facts.get("department") else "",
    Action.REFUSE_OBJECTION: _nothing,
    Action.CHANGE_HANDLER: _named(handler="承办人"),
    Action.SEAL_ACCUSATION: lambda facts: f"从{facts['department']}收回" if facts.get("department") else "",
    Action.WITHDRAW_REFUSAL: lambda facts: f"从{facts['department']}收回" if facts.get("department") else "",
    Action.REASSIGN: _OVER,
    Action.TAKE_OVER: _OVER,
    Action.SIDE_OVER: _OVER,
    Action.CHANGE_LEAD: _named(lead_official="领办领导"),
    Action.ACCEPT: _named(document_no="受理告知书", service="告知书"),
    Action.UNDO_ACCEPT: _named(accepted_on="原受理日期", document_no="原受理告知书", untold="原无法告知的原因"),
    Action.NOT_ACCEPT: _named(
        ground="",
        other="正在办理：",
        organ="告知向有权机关提出：",
        service="告知书",
        **_SIGNED,
    ),
    Action.NO_LONGER_ACCEPT: _named(
        ground="",
        other="已复核：",
        opinion_no="复核意见书",
        service="告知书",
        **_SIGNED,
    ),
    Action.EXTEND: _extended,
    Action.DRAFT_OPINION: _named(again=""),
    Action.DRAFT_NOT_ACCEPT: _named(again=""),
    Action.DRAFT_NO_LONGER_ACCEPT: _named(again=""),
    Action.DRAFT_EXTENSION: _named(again=""),
    Action.RETURN_DRAFT: _named(paper="", drafter="拟稿人"),
    Action.REFER_DRAFT: _named(paper="", drafter="拟稿人"),
    Action.APPROVE_DRAFT: _named(paper="", drafter="拟稿人"),
    Action.DECLINE_DRAFT: _named(paper="", drafter="拟稿人"),
    Action.NOTE: _nothing,
    Action.ASSIST: _named(department="协办单位", due_on="反馈时限"),
    Action.ASSIST_FEEDBACK: _named(department=""),
    Action.ISSUE_OPINION: _named(
        document_no="文号",
        result="结果",
        same_because="与原意见结果相同的理由：",
        service="",
        **_SIGNED,
    ),
    Action.DELIVER: _SERVED,
    Action.SERVE_DOCUMENT: _named(paper="", event="", service=""),
    Action.REPORT_RESULT: _named(report_no="办结报告"),
    Action.CHECK_LATE_ENTRY: _named(clock="", found="", proof="凭据"),
    Action.MOVE_FEEDBACK: lambda facts: f"{facts['before']} → {facts['after']}",
    Action.DIVERT: _named(organ="有权处理机关", service="告知书"),
    Action.TRANSFER: _named(organ="移交", paper_no="文号", personnel="反映干部问题的情况已通报"),
    Action.FORWARD: _named(organ="转送", paper_no="转送函"),
    Action.RECORD_RECEIPT: _named(organ="", receipt_no="回执", no_receipt="不出具回执，凭据："),
    Action.TAKE_BACK: _named(organ="退回机关："),
    Action.WITHDRAW: _nothing,
    Action.MERGE: _named(into="并入"),
    Action.UNDO_MERGE: _named(into="原并入"),
    Action.ASK_VOID: _nothing,
    Action.VOID: _named(into="保留的件："),
    Action.MARK_URGENT: _nothing,
    Action.UNMARK_URGENT: _nothing,
    Action.MARK_VOTE_BUYING: _named(level="保密级别"),
    Action.ASK_UNMARK: _nothing,
    Action.UNMARK_VOTE_BUYING: _nothing,
    Action.REPORT_LEADERS: _reported,
    Action.READ_REPORT: _nothing,
    Action.ASSIGN_VALIDITY: _named(department="调查单位", due_on="反馈时限"),
    Action.CONCLUDE_VALIDITY: _named(department="", result="结论", document_no=""),
    Action.REQUEST_REVIEW: _REVIEWED,
    Action.CONCLUDE_REVIEW: _REVIEWED,
    Action.CHANGE_OPINION: _decided,
    Action.REMIT: _decided,
    Action.DISMISS_REVIEW: _REVIEWED,
    Action.HOLD_HEARING: _left_out,
    Action.RECORD_FORCE_MAJEURE: _left_out,
    Action.SERVE_REVIEW: _SERVED,
    Action.SERVE_RE_EXAMINATION: _SERVED,
    Action.CARRY_OUT: _carried_out,
    Action.CONFIRM_FILE: _named(note=""),
    Action.APPLY_CLOSE_OUT: _nothing,
    Action.CONFIRM_CLOSE_OUT: _nothing,
    Action.CALL_BACK: _called_back,
    Action.CHECK_CLOSE_OUT: _nothing,
    Action.SIGN_CLOSE_OUT: _nothing,
    Action.RETURN_CLOSE_OUT: _named(station="退回环节"),
    Action.PLAN_LOOK_BACK: _named(drawn="随机抽查，种子", due_on="回头看的期限"),
    Action.LOOK_BACK_HOLDS: _LOOKED_BACK,
    Action.LOOK_BACK_REOPENS: lambda facts: "。".join(filter(None, (_LOOKED_BACK(facts), _former(facts)))),
    Action.CHECK_UP: _named(asked="要求："),
    Action.URGE: _ORDERED,
    Action.SUPERVISE: _ORDERED,
    Action.SIGN_ORDER: _ORDERED,
    Action.REFUSE_ORDER: _named(paper="", department="拟发"),
    Action.ANSWER_ORDER: _named(number=""),
    Action.WITHDRAW_ORDER: _named(number=""),
    Action.INSTRUCT: _named(task_of="请", due_on="落实时限"),
    Action.REPORT_INSTRUCTION: _named(leader="报"),
    Action.RECOUNT: _recounted,
    Action.REOPEN: _new_round,
}
# Facts that name another case: said only where the reader may see it.
_CASE_FACT = "into"


def trail_line(step: CaseStep, *, this_year: int, materials: int = 0, known_numbers: frozenset[str]) -> TrailLine:
    """Return a line of the trail in words. `known_numbers` are the other cases the reader may see."""
    action = Action(step.action)
    facts = dict(step.facts or {})
    if facts.get(_CASE_FACT) not in known_numbers:
        facts.pop(_CASE_FACT, None)
    row = row_of(action)
    spoken = row is not None and row.words is Words.SAID
    return TrailLine(
        action=action_words(step),
        who="，".join(part for part in (step.actor_name, step.actor_unit) if part) or "系统",
        when=when(step.entered_at, this_year),
        happened=happened_words(step, this_year),
        iso=local(step.entered_at).isoformat(timespec="minutes"),
        change=change_words(step),
        detail=TRAIL[action](facts),
        said=step.reason or "" if spoken else "",
        reason="" if spoken else step.reason or "",
        materials=materials,
        round=step.round,
        kind="" if step.actor_id else "system",
    )


def lapsed_line(window: Deadline, *, this_year: int) -> TrailLine:
    """Return the line that a window lapsed (期满): its own row says so."""
    ended_on = window.ended_on or window.effective_due
    return TrailLine(
        action="期满",
        who="系统",
        when=_day(ended_on, this_year),
        happened="",
        iso=ended_on.isoformat(),
        change="",
        detail=f"{LIMITS[LimitKind(window.kind)].label}的期限到这一天为止",
        said="",
        reason="",
        materials=0,
        round=window.round,
        kind="system",
    )


def action_words(step: CaseStep) -> str:
    """Return what a line did, as the table names it from the states it was taken in."""
    action = Action(step.action)
    row = row_of(action)
    if row is None:
        return OUTSIDE_TABLE[action]
    return (find(action, Status(step.from_status), LedgerStatus(step.from_ledger)) or row).label


def change_words(step: CaseStep) -> str:
    """Return 待受理 → 办理中; both tracks where both moved; nothing where the state stayed."""
    if not step.from_status:
        return ""
    moves: Sequence[tuple[str, str, Mapping[Any, str]]] = (
        (step.from_status, step.to_status, STATUS_LABELS),
        (step.from_ledger, step.to_ledger, LEDGER_STATUS_LABELS),
    )
    return "；".join(f"{labels[old]} → {labels[new]}" for old, new, labels in moves if old != new)


def happened_words(step: CaseStep, this_year: int) -> str:
    """Return 7月8日办理，补录 of an act that was entered on another day than it happened; else nothing."""
    day, entered_on = step.happened_on, local_date(step.entered_at)
    if day is None or day == entered_on:
        return ""
    return f"{_day(day, this_year)}办理{'，补录' if is_late_entry(day, entered_on) else ''}"


def _day(day: date, this_year: int) -> str:
    return month_day(day) if day.year == this_year else long_date(day)


def when(at: datetime, this_year: int) -> str:
    """Return 11月20日 16:42, with the year where it is not this one."""
    moment = local(at)
    return f"{_day(moment.date(), this_year)} {moment:%H:%M}"
