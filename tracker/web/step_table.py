"""ACTION_FORMS: every act of the lifecycle with its form and the call that takes it. A test proves it complete."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tracker.cases.models import Case
from tracker.cases.queries.scope import visible_case_numbered
from tracker.cases.rules.actions import Action
from tracker.cases.rules.codes import AssignmentMode, Level, LookBackResult, MatterClass, Result, Route, ServiceMethod
from tracker.cases.rules.grounds import RefusalGround
from tracker.cases.service import answers, close_out, office, records, reviews, sidetracks, unit
from tracker.cases.service.accused import AccusedEntry
from tracker.core.database import db
from tracker.core.errors import DomainError, NotFound
from tracker.places.queries import place_of, resolve_village, successor
from tracker.reminders.ladder.rules.rungs import Level as OrderLevel
from tracker.supervision.models import Instruction, SupervisionOrder
from tracker.supervision.rules.phrases import is_task, worded
from tracker.supervision.service import instructions, orders
from tracker.web import step_forms as forms
from tracker.web.access import reader

Given = dict[str, Any]
Take = Callable[[Case, Any, Given], object]
MOST_PEOPLE = 99999
# Fields that send the id of a row; the acts call it <name>_id.
IDS = frozenset({"department", "handler", "lead_official", "task_of"})
CODES: dict[str, Callable[[str], object]] = {
    "matter_class": MatterClass,
    "route": Route,
    "level": Level,
    "ground": RefusalGround,
    "days": int,
}


@dataclass(frozen=True)
class ActionForm:
    """The form of one act and the call that takes it: given who acts, when, on which version — and why, with what."""

    form: type[forms.StepForm]
    take: Take


def _value(form: Any, name: str) -> tuple[str, Any]:
    """Return a field as its act wants it; nothing typed is None."""
    data = form[name].data
    if name in IDS:
        return f"{name}_id", int(data) if data else None
    if data and name in CODES:
        return name, CODES[name](data)
    return name, data if isinstance(data, bool) else data or None


def _values(form: Any, *names: str) -> dict[str, Any]:
    return dict(_value(form, name) for name in names)


def _act(act: Callable[..., object], *names: str, reason_as: str = "reason", **fixed: Any) -> Take:
    """Return the call of an act that takes the named fields; `reason_as` is what it calls the reason."""

    def take(case: Case, form: Any, given: Given) -> object:
        sent = {reason_as if name == "reason" else name: value for name, value in given.items()}
        return act(case, **_values(form, *names), **fixed, **sent)

    return take


def _assign(mode: AssignmentMode) -> Take:
    def take(case: Case, form: Any, given: Given) -> object:
        names = ("department", "handler", "lead_official", "delivered_on", "letter_no")
        due_on = form.due_on.data if "due_on" in form else None
        return office.assign(case, office.AssignmentOrder(mode=mode, due_on=due_on, **_values(form, *names)), **given)

    return take


def _with_notice(act: Callable[..., object], *names: str) -> Take:
    def take(case: Case, form: Any, given: Given) -> object:
        method = ServiceMethod(form.method.data) if form.method.data else None
        notice = unit.Notice(method=method, **_values(form, "document_no", "served_on", "served_to"))
        return act(case, notice, **_values(form, *names), **given)

    return take


def _opinion(case: Case, form: Any, given: Given) -> None:
    opinion = answers.Opinion(form.document_no.data, form.signer.data, form.basis.data, form.text.data)
    points = {
        point.id: answers.PointAnswer(Result(form[f"result-{point.id}"].data), form[f"answer-{point.id}"].data)
        for point in case.demand_points
        if f"result-{point.id}" in form
    }
    answers.issue_opinion(case, opinion, points, **given)


def _deliver(case: Case, form: Any, given: Given) -> None:
    method = ServiceMethod(form.method.data)
    delivery = answers.Delivery(form.served_on.data, method, form.served_to.data, form.proof.data or None)
    answers.deliver(case, delivery, **given)


def _carry_out(case: Case, form: Any, given: Given) -> None:
    notes = {p.id: form[f"note-{p.id}"].data for p in case.demand_points if f"note-{p.id}" in form}
    answers.carry_out(case, notes, carried_out_on=form.carried_out_on.data, **given)


def _merge(case: Case, form: Any, given: Given) -> None:
    try:
        into = visible_case_numbered(form.into.data, reader())
    except NotFound:
        raise DomainError("没有这个编号的信访件，或者您无权查看，请核对。", field="into") from None
    records.merge(case, into, **given)


def _set_place(case: Case, form: Any, given: Given) -> None:
    picked = form.village.data
    try:
        place = successor(place_of(picked.key)) if picked.key else resolve_village(picked.text, field="village")
    except NotFound:
        raise DomainError("没有这个村（社区），请重新选择。", field="village") from None
    records.set_place(case, place.id, **given)


def _add_accused(case: Case, form: Any, given: Given) -> None:
    positions = form.accused_position.data
    entries = [
        AccusedEntry(name, positions[row] if row < len(positions) else None)
        for row, name in enumerate(form.accused_name.data)
        if name
    ]
    records.add_accused(case, entries, **given)


def _correct(case: Case, form: Any, given: Given) -> None:
    count = form.people_count.data
    if not (count.isascii() and count.isdigit() and 1 <= int(count) <= MOST_PEOPLE):
        raise DomainError(f"人数应为 1 至 {MOST_PEOPLE}。", field="people_count")
    changes = _values(form, "title", "summary", "urgency", "election_type", "election_stage", "place_note")
    changes |= {
        "people_count": int(count),
        "category_id": int(form.category_id.data) if form.category_id.data else None,
    }
    records.correct(case, changes, new_points=[text for text in form.new_points.data if text], **given)


def _look_back_again(case: Case, form: Any, given: Given) -> None:
    close_out.look_back(case, result=LookBackResult(form.result.data), **given)


def _issue(case: Case, form: Any, given: Given) -> None:
    level = OrderLevel(form.level.data) if "level" in form else OrderLevel.URGE
    orders.issue(case, level=level, reply_by=form.reply_by.data, **_values(form, "department"), **given)


def _on_order(act: Callable[..., object]) -> Take:
    def take(_case: Case, form: Any, given: Given) -> object:
        # The form offered only orders of this case, and takes no other.
        return act(db.session.get_one(SupervisionOrder, int(form.order.data)), **given)

    return take


def _instruct(case: Case, form: Any, given: Given) -> None:
    words = worded(form.phrase.data, form.words.data)
    if not words:
        raise DomainError("请写明批示内容，或者选一句常用批示。", field="words")
    task = (
        {"due_on": form.due_on.data, **_values(form, "task_of")} if is_task(form.phrase.data, form.words.data) else {}
    )
    instructions.instruct(case, reason=words, **task, **given)


def _report_instruction(_case: Case, form: Any, given: Given) -> None:
    instructions.report(db.session.get_one(Instruction, int(form.instruction.data)), **given)


_triage = _act(office.triage, "matter_class", "route", "level")
_A, _F = Action, ActionForm
ACTION_FORMS: dict[Action, ActionForm] = {
    # Office
    _A.TRIAGE: _F(forms.TriageForm, _triage),
    _A.RECLASSIFY: _F(forms.TriageForm, _triage),
    _A.CORRECT: _F(forms.CorrectForm, _correct),
    _A.SET_PLACE: _F(forms.PlaceForm, _set_place),
    _A.NAME_ACCUSED: _F(forms.AccusedForm, _add_accused),
    _A.RAISE_LEVEL: _F(forms.RaiseLevelForm, _act(office.raise_level, "level")),
    _A.ASSIGN: _F(forms.AssignForm, _assign(AssignmentMode.ASSIGNMENT)),
    _A.REFER: _F(forms.ReferForm, _assign(AssignmentMode.REFERRAL)),
    _A.UPHOLD_OBJECTION: _F(forms.ReasonForm, _act(office.uphold_objection)),
    _A.REFUSE_OBJECTION: _F(forms.ReasonForm, _act(office.refuse_objection)),
    _A.CHANGE_LEAD: _F(forms.LeadForm, _act(office.change_lead, "lead_official")),
    _A.DIVERT: _F(forms.DivertForm, _act(records.divert, "organ", "document_no", "served_on")),
    _A.WITHDRAW: _F(forms.WithdrawForm, _act(records.withdraw)),
    _A.MERGE: _F(forms.MergeForm, _merge),
    _A.UNDO_MERGE: _F(forms.ReasonForm, _act(records.undo_merge)),
    _A.VOID: _F(forms.ReasonForm, _act(records.void)),
    # Unit
    _A.SIGN_FOR: _F(forms.SignForForm, _act(unit.sign_for, "handler")),
    _A.OBJECT: _F(forms.ReasonForm, _act(unit.file_objection)),
    _A.CHANGE_HANDLER: _F(forms.HandlerForm, _act(unit.change_handler, "handler")),
    _A.ACCEPT: _F(forms.AcceptForm, _with_notice(unit.accept)),
    _A.NOT_ACCEPT: _F(forms.NotAcceptForm, _with_notice(unit.not_accept, "ground", "organ")),
    _A.NO_LONGER_ACCEPT: _F(forms.NoLongerAcceptForm, _with_notice(unit.no_longer_accept, "ground")),
    _A.EXTEND: _F(forms.ExtendForm, _act(unit.extend, "days", "document_no", "served_on")),
    _A.NOTE: _F(forms.NoteForm, _act(unit.note)),
    _A.ISSUE_OPINION: _F(forms.OpinionForm, _opinion),
    _A.DELIVER: _F(forms.DeliverForm, _deliver),
    _A.CARRY_OUT: _F(forms.CarryOutForm, _carry_out),
    # Other units, elections, discipline, leaders
    _A.ASSIST: _F(forms.AssistForm, _act(sidetracks.assist, "department", "due_on", reason_as="task")),
    _A.ASSIST_FEEDBACK: _F(forms.NoteForm, _act(sidetracks.assist_feedback)),
    _A.ASSIGN_VALIDITY: _F(
        forms.AssignValidityForm, _act(sidetracks.assign_validity, "department", "handler", "due_on")
    ),
    _A.CONCLUDE_VALIDITY: _F(forms.NoteForm, _act(sidetracks.conclude_validity)),
    _A.MARK_VOTE_BUYING: _F(forms.ReasonForm, _act(sidetracks.mark_vote_buying)),
    _A.UNMARK_VOTE_BUYING: _F(forms.ReasonForm, _act(sidetracks.unmark_vote_buying)),
    _A.REPORT_LEADERS: _F(forms.ReportForm, _act(sidetracks.report_to_leaders, reason_as="text")),
    _A.READ_REPORT: _F(forms.PlainForm, _act(sidetracks.read_report)),
    _A.TRANSFER_DISCIPLINE: _F(
        forms.TransferForm, _act(sidetracks.transfer_discipline, "organ", "materials_list", "handed_over_on")
    ),
    _A.RECEIPT_DISCIPLINE: _F(
        forms.ReceiptForm, _act(sidetracks.receipt_discipline, "receipt_no", "received_by", "received_on")
    ),
    # Supervision
    _A.ANSWER_ORDER: _F(forms.AnswerOrderForm, _on_order(orders.answer)),
    _A.REPORT_INSTRUCTION: _F(forms.ReportInstructionForm, _report_instruction),
    _A.INSTRUCT: _F(forms.InstructForm, _instruct),
    _A.URGE: _F(forms.UrgeForm, _issue),
    _A.SUPERVISE: _F(forms.SuperviseForm, _issue),
    _A.WITHDRAW_ORDER: _F(forms.WithdrawOrderForm, _on_order(orders.withdraw)),
    # Review
    _A.REQUEST_REVIEW: _F(
        forms.RequestReviewForm, _act(reviews.request_review, "organ", "requested_on", "received_on")
    ),
    _A.CONCLUDE_REVIEW: _F(forms.ConcludeReviewForm, _act(reviews.conclude_review, "result", "concluded_on")),
    _A.REMIT: _F(forms.RemitForm, _act(reviews.conclude_review, "concluded_on", result="revoked")),
    # Close-out
    _A.CONFIRM_FILE: _F(forms.FileForm, _act(close_out.confirm_file, "note")),
    _A.APPLY_CLOSE_OUT: _F(forms.OpinionLineForm, _act(close_out.apply_for_close_out)),
    _A.CONFIRM_CLOSE_OUT: _F(forms.OpinionLineForm, _act(close_out.confirm_close_out)),
    _A.CALL_BACK: _F(forms.CallBackForm, _act(close_out.call_back, "called_on", "reached", "satisfaction")),
    _A.CHECK_CLOSE_OUT: _F(forms.OpinionLineForm, _act(close_out.check_close_out)),
    _A.SIGN_CLOSE_OUT: _F(forms.OpinionLineForm, _act(close_out.sign_close_out)),
    _A.RETURN_CLOSE_OUT: _F(forms.ReasonForm, _act(close_out.return_close_out)),
    _A.LOOK_BACK_HOLDS: _F(forms.ReasonForm, _act(close_out.look_back, result=LookBackResult.HOLDS)),
    _A.LOOK_BACK_REOPENS: _F(forms.LookBackForm, _look_back_again),
    _A.REOPEN: _F(forms.ReasonForm, _act(close_out.reopen)),
}
