"""What the handling unit does: 签收, 异议, 受理, 延期, 处理意见, 送达, 落实."""

from collections.abc import Sequence
from datetime import date, datetime

from tracker.cases.access.named_readers import add_named_reader
from tracker.cases.acts.accused import conflicts_of
from tracker.cases.acts.office import holds_post
from tracker.cases.acts.serving import ServedNotice, serve_notice
from tracker.cases.lifecycle.act_days import act_day, prove_late, within_window
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import Since
from tracker.cases.lifecycle.step_clocks import Taking, resume
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Assignment, Case, Objection
from tracker.cases.record.rules.codes import Confidentiality, DocumentKind
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.deadlines.claims import needs_proof
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.rules import CLAIMED_WORDS
from tracker.deadlines.service import claim_extension, extend_clock
from tracker.people.models import User
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P

# What is said of the notice of an acceptance that was taken back, in place of why nobody could be told.
UNACCEPTED = "受理已经撤销，告知书不再发出"


def sign_for(case: Case, *, by: User, now: datetime, handler_id: int | None = None, version: int | None = None) -> None:
    """Sign for the case (签收); a unit that got it without a named handler names one now."""
    with taking(case, Action.SIGN_FOR, by=by, now=now, version=version) as step:
        given = _assignment(case)
        given.signed_for_at, given.signed_for_by_id = now, by.id
        if handler_id is not None or given.handler_id is None:
            _name_handler(step, given, handler_id)


def undo_sign_for(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Take back a signature for the matter that was made by mistake (撤销签收): its clocks never stopped."""
    with taking(case, Action.UNDO_SIGN_FOR, by=by, now=now, version=version, reason=reason):
        given = _assignment(case)
        given.signed_for_at = given.signed_for_by_id = None


def change_handler(
    case: Case, *, by: User, now: datetime, handler_id: int, reason: str, version: int | None = None
) -> None:
    """Change the named handler within the unit (更换承办人); the clocks run on."""
    with taking(case, Action.CHANGE_HANDLER, by=by, now=now, version=version, reason=reason) as step:
        _name_handler(step, _assignment(case), handler_id)


def _assignment(case: Case) -> Assignment:
    if case.assignment is None:
        raise DomainError("本件现在没有承办单位。")
    return case.assignment


def _name_handler(step: Taking, given: Assignment, handler_id: int | None) -> None:
    handler = db.session.get(User, handler_id) if handler_id else None
    if handler is None:
        raise DomainError("请指定承办人。", field="handler")
    if not handler.is_active or not holds_post(handler, given.department_id, step.today):
        raise DomainError(f"{handler.name}现在不在本单位任职，请另选承办人。", field="handler")
    conflicts = conflicts_of(step.case, step.file.matter, None, [handler.id], step.today)
    if conflicts:
        raise DomainError("；".join(conflicts), field="handler")
    given.handler_id = handler.id
    step.facts.update(handler=handler.name)
    if step.case.level == Confidentiality.ACCUSATION:
        add_named_reader(step.case, handler.id, because="承办人", by=step.by, now=step.now)
    for clock in step.clocks:
        if clock.subject == "assignment" and clock.subject_id == given.id:
            clock.owner_user_id = handler.id


def file_objection(
    case: Case,
    *,
    by: User,
    now: datetime,
    reason: str,
    happened_on: date | None = None,
    proof: str | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Object that the matter is not the unit's (提出异议, 条例第二十三条第三款): 5 working days, with reasons.

    One of the last day is taken however late it is typed; typed after the window it needs its number (`proof`) or file.
    Raises DomainError for a day that cannot be or lies after the window, and for want of proof.
    """
    with taking(case, Action.OBJECT, by=by, now=now, version=version, reason=reason, materials=materials) as step:
        day = act_day(step, happened_on, "happened_on")
        if window := step.clock(LimitKind.OBJECTION):
            over = f"异议期（收到之日起 5 个工作日，{cited(P.T23_3, on=step.today)}）"
            within_window(step, window, day, field="happened_on", over=over)
            prove_late(step, window, proof, materials)
        db.session.add(
            Objection(
                case_id=case.id,
                assignment_id=_assignment(case).id,
                reason=reason,
                filed_on=day,
                filed_by_id=by.id,
            )
        )
        step.facts.update(proof=proof or "")


def accept(
    case: Case,
    notice: ServedNotice,
    *,
    by: User,
    now: datetime,
    accepted_on: date | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Accept the matter and tell the petitioner (受理告知): the 60 days count from the acceptance (条例第三十四条).

    `accepted_on` is the day it was accepted, that of the notice where none is named; typing it late wins no days.
    Raises DomainError for a day before the matter came to the unit, after today, or after its notice was sent.
    """
    with taking(case, Action.ACCEPT, by=by, now=now, version=version, materials=materials) as step:
        day = serve_notice(step, notice, on=accepted_on, field="accepted_on")
        case.accepted_on = step.dates[Since.ACCEPTED] = day
        step.facts.update(document_no=notice.document_no or "")


def undo_accept(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Take back an acceptance of which nobody outside has heard (撤销受理): the office does, for clocks move by it.

    Those of 受理 and 异议 run on from their own day as if they had never stopped; the notice stays on file, unsent.
    """
    with taking(case, Action.UNDO_ACCEPT, by=by, now=now, version=version, reason=reason) as step:
        notice = step.file.latest(DocumentKind.ACCEPTANCE_NOTICE)
        if notice is not None:
            step.facts.update(document_no=notice.document_no or "", untold=notice.untold or "")
            notice.untold = UNACCEPTED
        step.facts.update(accepted_on=long_date(case.accepted_on) if case.accepted_on else "")
        case.accepted_on = None
        resume(step, Action.ACCEPT, Action.CHECK_LATE_ENTRY)


def extend(
    case: Case,
    notice: ServedNotice,
    *,
    by: User,
    now: datetime,
    days: int,
    reason: str,
    happened_on: date | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Extend the 60 days once by at most 30, by the unit's head, told to the petitioner (延期, 条例第三十四条).

    `happened_on` is the day of the approval: one of the last day is in time, whenever it is typed; typed after it, the
    clock moves when others have confirmed it (补录，待核).
    Raises DomainError where no such clock runs, and for an approval after its days.
    """
    with taking(case, Action.EXTEND, by=by, now=now, version=version, reason=reason, materials=materials) as step:
        clock = step.clock(LimitKind.HANDLING)
        if clock is None:
            raise DomainError("本件没有正在计算的 60 日办理期限，无须延长。")
        before = clock.effective_due
        if serve_notice(step, notice, on=happened_on, text=reason) > before:
            basis = cited(P.T34, on=step.today)
            over = f"办理期限已于 {long_date(before)} 届满，届满后不能再延长（{basis}）。"
            raise DomainError(over, field="happened_on")
        if needs_proof(clock, before, step.today):
            claim_extension(clock, days, at=step.now, today=step.today)
            after = CLAIMED_WORDS
        else:
            extend_clock(clock, days, on=step.today)
            after = long_date(clock.effective_due)
        step.facts.update(days=days, before=long_date(before), after=after)


def note(
    case: Case,
    *,
    by: User,
    now: datetime,
    reason: str,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Add a work note with materials (补充办理情况)."""
    with taking(case, Action.NOTE, by=by, now=now, version=version, reason=reason, materials=materials):
        pass
