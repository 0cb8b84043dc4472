"""A matter goes over from a unit that cannot act any more to another (接办); its clocks keep their days.

After 条例第二十四条第二款.

By the office, which chooses the unit (重新交办), or by itself, where the closed unit has a successor (继续行使职权).
"""

from collections.abc import Iterable
from datetime import date, datetime

from tracker.cases.access.named_readers import add_named_reader
from tracker.cases.acts.accused import conflicts_of
from tracker.cases.acts.office import holds_post, refuse_deserted
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import About
from tracker.cases.lifecycle.step_clocks import Owed, Taking
from tracker.cases.lifecycle.stepping import taking
from tracker.cases.record.models import Assignment, Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core.database import db
from tracker.core.errors import DomainError
from tracker.deadlines.models import Deadline
from tracker.people.models import Department, User
from tracker.people.rules import valid_on

# Why an assignment ended (Assignment.ended_because): another unit goes on with it.
WENT_OVER = "went_over"
# What is owed by the unit as the one that has the matter, not as the addressee of a paper.
OWED_BY_UNIT = frozenset({About.CASE.value, About.ASSIGNMENT.value, About.INSTRUCTION.value})


def reassign(
    case: Case,
    *,
    by: User,
    now: datetime,
    department_id: int,
    reason: str,
    handler_id: int | None = None,
    version: int | None = None,
) -> None:
    """Give a matter of a closed or empty unit to another (重新交办): it stands where it stood, and no day is lost.

    Raises DomainError for a unit that cannot have it, or a handler who does not work there.
    """
    with taking(case, Action.REASSIGN, by=by, now=now, version=version, reason=reason) as step:
        old = case.assignment
        department = db.session.get(Department, department_id)
        if old is None or department is None or not _is_valid(department, step.today):
            raise DomainError("请选择现行有效的承办单位。", field="department")
        refuse_deserted(department, step.today)
        handler = db.session.get(User, handler_id) if handler_id else None
        if handler is not None and (not handler.is_active or not holds_post(handler, department.id, step.today)):
            raise DomainError(f"{handler.name}现在不在{department.short_name}任职，请另选承办人。", field="handler")
        conflicts = conflicts_of(case, step.file.matter, department.id, [handler.id] if handler else [], step.today)
        if conflicts:
            raise DomainError("；".join(conflicts), field="department")
        _let_read(step, handler)
        step.about = _unanswered(step, old.department_id)
        go_over(case, old, department, handler, clocks=step.clocks, today=step.today)
        step.facts.update(
            former=old.department.name,
            department=department.name,
            handler=handler.name if handler else "",
            lead_official=old.lead_official.name if old.lead_official else "",
        )


def _let_read(step: Taking, handler: User | None) -> None:
    """Put the handler of an accusation on its named list. Raises DomainError where none is named: nobody could read."""
    if step.case.level != Confidentiality.ACCUSATION:
        return
    if handler is None:
        raise DomainError("检举控告件只有知悉名单上的人能看，请指定承办人。", field="handler")
    add_named_reader(step.case, handler.id, because="承办人", by=step.by, now=step.now)


def _is_valid(department: Department, today: date) -> bool:
    return valid_on(today, valid_from=department.valid_from, valid_to=department.valid_to)


def _unanswered(step: Taking, department_id: int) -> list[Owed]:
    """Return the papers that the old unit was to answer: nobody is left to do so."""
    return [
        Owed(About.ORDER, clock.subject_id, department_id)
        for clock in step.clocks
        if clock.subject == About.ORDER.value and clock.owner_department_id == department_id
    ]


def go_over(
    case: Case,
    old: Assignment,
    department: Department,
    handler: User | None,
    *,
    clocks: Iterable[Deadline],
    today: date,
) -> Assignment:
    """Let another unit take the place of the old one in an assignment, with what the old one owes.

    The day of delivery stays that of the old one: from it the clocks count.
    """
    old.ended_on, old.ended_because = today, WENT_OVER
    new = Assignment(
        case_id=case.id,
        round=old.round,
        track=old.track,
        mode=old.mode,
        department_id=department.id,
        handler_id=handler.id if handler else None,
        lead_official_id=old.lead_official_id,
        assigned_on=today,
        delivered_on=old.delivered_on,
        due_on=old.due_on,
        proposal=old.proposal,
    )
    db.session.add(new)
    db.session.flush()
    if case.assignment_id == old.id:
        case.assignment_id, case.assignment = new.id, new
    for clock in clocks:
        if clock.ended_on is None:
            _owe(clock, old, new)
    return new


def _owe(clock: Deadline, old: Assignment, new: Assignment) -> None:
    if clock.owner_department_id != old.department_id or clock.subject not in OWED_BY_UNIT:
        return
    if clock.subject == About.ASSIGNMENT.value:
        if clock.subject_id != old.id:
            return
        clock.subject_id = new.id
    clock.owner_department_id, clock.owner_user_id = new.department_id, new.handler_id
