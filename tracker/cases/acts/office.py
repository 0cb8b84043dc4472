"""What the petition office does: 分类, 转送、交办, 裁定, 提高保密级别, 更换领办领导."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker.cases.access.named_readers import open_named_list, open_to_lead
from tracker.cases.acts.accused import conflicts_of, read_accused
from tracker.cases.acts.hands import back_to_office
from tracker.cases.acts.renumbering import close_number
from tracker.cases.lifecycle.act_days import act_day
from tracker.cases.lifecycle.documents import Sending, issue
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import Since
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Assignment, Case, Objection
from tracker.cases.record.rules.codes import (
    ASSIGNMENT_MODE_LABELS,
    LEVEL_LABELS,
    LEVEL_ORDER,
    MATTER_CLASS_LABELS,
    ROUTE_LABELS,
    AssignmentMode,
    Confidentiality,
    MatterClass,
    Route,
    Status,
    Track,
)
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, FieldErrors
from tracker.people.models import Department, User
from tracker.people.queries import people_of
from tracker.people.rules import Role, valid_on
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P

# Why assignments end (Assignment.ended_because).
FOUND_ACCUSATION = "found_accusation"


@dataclass(frozen=True)
class AssignmentOrder:
    """交办 or 转送: to whom, by whom handled, led by whom, until when, and what the office proposes (拟办意见)."""

    mode: AssignmentMode
    department_id: int
    handler_id: int | None
    lead_official_id: int | None
    due_on: date | None
    delivered_on: date
    letter_no: str | None = None
    proposal: str | None = None


def triage(
    case: Case,
    *,
    by: User,
    now: datetime,
    matter_class: MatterClass,
    route: Route | None,
    level: Confidentiality | None = None,
    lead_official_id: int | None = None,
    reason: str | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Decide class and route (分类, 条例第二十八条至第三十一条); an accusation is sealed at once.

    `lead_official_id` is who leads it while no unit has it (领办领导). Raises DomainError where class and route do not
    go together, and for an accusation that lies with a unit; FieldErrors for a person who cannot lead.
    """
    action = Action.TRIAGE if case.status == Status.REGISTERED else Action.RECLASSIFY
    with taking(case, action, by=by, now=now, version=version, reason=reason, materials=materials) as step:
        _refuse_bad_class(matter_class, route)
        if matter_class is MatterClass.ACCUSATION and case.assignment is not None:
            raise DomainError("本件已经交给承办单位，请用“转为检举控告件”：当即收回并密封。", field="matter_class")
        case.matter_class = matter_class.value
        case.route = route.value if route else None
        raise_to(step, Confidentiality.ACCUSATION if matter_class is MatterClass.ACCUSATION else level)
        if lead_official_id is not None:
            _name_lead(step, lead_official_id)
        step.facts.update(matter_class=MATTER_CLASS_LABELS[matter_class], route=ROUTE_LABELS[route] if route else "")


def _refuse_bad_class(matter_class: MatterClass, route: Route | None) -> None:
    if matter_class is MatterClass.CLAIM and route is None:
        raise DomainError("申诉求决类事项请选择途径。", field="route")
    if matter_class is not MatterClass.CLAIM and route is not None:
        raise DomainError("只有申诉求决类事项才选途径。", field="route")


def raise_to(step: Taking, level: Confidentiality | None, *, because: str = "分类人") -> None:
    """Raise the level at once; it is never lowered here (lowering needs two people).

    `because` is what who takes the step is called on the named list of an accusation.
    """
    case = step.case
    if level is None or LEVEL_ORDER.index(level) <= LEVEL_ORDER.index(Confidentiality(case.level)):
        return
    case.level = level.value
    close_number(case)
    step.facts["level"] = LEVEL_LABELS[level]
    if level is Confidentiality.ACCUSATION:
        # Read again as what it is, an accusation: nobody it complains of is put on the list.
        read_accused(case, by=step.by, now=step.now)
        open_named_list(case, by=step.by, because=because, now=step.now)
        open_to_lead(case, by=step.by, now=step.now)


def raise_level(
    case: Case, *, by: User, now: datetime, level: Confidentiality, reason: str, version: int | None = None
) -> None:
    """Raise the level of confidentiality (提高保密级别).

    Raises DomainError for a level that is not higher.
    """
    with taking(case, Action.RAISE_LEVEL, by=by, now=now, version=version, reason=reason) as step:
        if LEVEL_ORDER.index(level) <= LEVEL_ORDER.index(Confidentiality(case.level)):
            raise DomainError("保密级别只能提高；降低须另行审批。", field="level")
        raise_to(step, level)


def seal_accusation(
    case: Case,
    *,
    by: User,
    now: datetime,
    reason: str,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Take an accusation back that was found after it had been given out (转为检举控告件, 条例第三十条).

    Every unit's part in it ends at once, with its clocks; only the named list reads on, and it can be handed over.
    """
    with taking(
        case, Action.SEAL_ACCUSATION, by=by, now=now, version=version, reason=reason, materials=materials
    ) as step:
        case.matter_class, case.route = MatterClass.ACCUSATION.value, None
        raise_to(step, Confidentiality.ACCUSATION)
        for given in step.file.assignments:
            if given.ended_on is None and given is not case.assignment:
                given.ended_on, given.ended_because = step.today, FOUND_ACCUSATION
        _end_assignment(step, because=FOUND_ACCUSATION)


def withdraw_refusal(case: Case, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Take back a wrongful 不予受理, 不再受理 or 导入 (条例第四十四条): the matter is given out again."""
    with taking(case, Action.WITHDRAW_REFUSAL, by=by, now=now, version=version, reason=reason) as step:
        _end_assignment(step, because="refusal_withdrawn")


def assign(
    case: Case,
    order: AssignmentOrder,
    *,
    by: User,
    now: datetime,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> Assignment:
    """Give the case to a unit (交办、转送) with a named handler, a lead official and dates (条例第二十二条).

    The unit's clocks count from the delivery to it, not from its click.
    """
    action = Action.ASSIGN if order.mode is AssignmentMode.ASSIGNMENT else Action.REFER
    with taking(case, action, by=by, now=now, version=version, materials=materials) as step:
        department, handler, lead = _checked_order(step, order)
        given = Assignment(
            case_id=case.id,
            round=case.round,
            track=Track.HANDLING.value,
            mode=order.mode.value,
            department_id=department.id,
            handler_id=handler.id if handler else None,
            lead_official_id=lead.id if lead else None,
            assigned_on=step.today,
            delivered_on=order.delivered_on,
            due_on=order.due_on,
            proposal=order.proposal,
        )
        db.session.add(given)
        db.session.flush()
        case.assignment_id = given.id
        case.assignment = given
        step.dates[Since.DELIVERED] = order.delivered_on
        step.due_on = order.due_on
        served = Sending(served_on=order.delivered_on)
        issue(step, document_no=order.letter_no, issued_on=order.delivered_on, sending=served)
        step.facts.update(
            mode=ASSIGNMENT_MODE_LABELS[order.mode],
            department=department.name,
            handler=handler.name if handler else "",
            lead_official=lead.name if lead else "",
            due_on=long_date(order.due_on) if order.due_on else "",
        )
    return given


def _checked_order(step: Taking, order: AssignmentOrder) -> tuple[Department, User | None, User | None]:
    errors: dict[str, str] = {}
    department = db.session.get(Department, order.department_id)
    handler = db.session.get(User, order.handler_id) if order.handler_id else None
    lead = db.session.get(User, order.lead_official_id) if order.lead_official_id else None
    if department is None or not valid_on(step.today, valid_from=department.valid_from, valid_to=department.valid_to):
        raise DomainError("请选择现行有效的承办单位。", field="department")
    refuse_deserted(department, step.today)
    _check_dates(step, order, errors)
    _check_handler(step, department, handler, errors, required=order.mode is AssignmentMode.ASSIGNMENT)
    _check_lead(step, lead, errors, required=order.mode is AssignmentMode.ASSIGNMENT)
    involved = [user.id for user in (handler, lead) if user]
    conflicts = conflicts_of(step.case, step.file.matter, department.id, involved, step.today)
    if conflicts:
        errors["department"] = "；".join(conflicts)
    if errors:
        raise FieldErrors(errors)
    return department, handler, lead


def refuse_deserted(department: Department, today: date) -> None:
    """Refuse a unit in which nobody works: nothing is sent to it. Raises DomainError."""
    if department.id not in people_of([department.id], today):
        raise DomainError(f"{department.short_name}现在没有在岗人员，请先任职，或者另选单位。", field="department")


def _check_dates(step: Taking, order: AssignmentOrder, errors: dict[str, str]) -> None:
    try:
        act_day(step, order.delivered_on, "delivered_on")
    except DomainError as error:
        errors.update(error.errors)
    if order.mode is AssignmentMode.ASSIGNMENT and order.due_on is None:
        errors["due_on"] = f"交办应当指定反馈时限（{cited(P.T22_1_3, on=step.today)}）。"
    elif order.due_on and order.due_on < order.delivered_on:
        errors["due_on"] = "反馈时限不能早于送达承办单位之日。"


def _check_handler(
    step: Taking, department: Department, handler: User | None, errors: dict[str, str], *, required: bool
) -> None:
    if handler is None:
        if required:
            errors["handler"] = "请指定承办人。"
        return
    if not handler.is_active or not holds_post(handler, department.id, step.today):
        errors["handler"] = f"{handler.name}现在不在{department.short_name}任职，请另选承办人。"


def _check_lead(step: Taking, lead: User | None, errors: dict[str, str], *, required: bool) -> None:
    if lead is None:
        if required:
            errors["lead_official"] = "请指定领办领导。"
        return
    roles = {Role(post.role) for post in lead.posts_on(step.today)}
    if not lead.is_active or not roles & {Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER}:
        errors["lead_official"] = f"{lead.name}现在不是领办领导或主要领导，请另选。"
    elif step.case.vote_buying and Role.PRINCIPAL_LEADER not in roles:
        errors["lead_official"] = "贿选案件由党政主要领导负责、牵头办理，领办领导应选主要领导。"


def holds_post(user: User, department_id: int, today: date) -> bool:
    """Return whether a person holds a post in a unit today."""
    return any(post.department_id == department_id for post in user.posts_on(today))


def uphold_objection(
    case: Case, *, by: User, now: datetime, reason: str, happened_on: date | None = None, version: int | None = None
) -> None:
    """Agree that the matter was wrongly routed (同意退回): it comes back to be assigned again.

    The office's own 15 days were kept and stay so; for giving it out again it has days of its own (本单位规定).
    """
    with taking(case, Action.UPHOLD_OBJECTION, by=by, now=now, version=version, reason=reason) as step:
        _rule(step, upheld=True, ruling=reason, on=happened_on)
        _end_assignment(step, because="objection_upheld")


def refuse_objection(
    case: Case, *, by: User, now: datetime, reason: str, happened_on: date | None = None, version: int | None = None
) -> None:
    """Refuse the objection (不同意退回): the unit keeps the case, its clocks never stopped."""
    with taking(case, Action.REFUSE_OBJECTION, by=by, now=now, version=version, reason=reason) as step:
        _rule(step, upheld=False, ruling=reason, on=happened_on)


def _rule(step: Taking, *, upheld: bool, ruling: str, on: date | None) -> None:
    """Write the ruling into the objection. Raises DomainError without one, and for a day that cannot be."""
    objection = _open_objection(step.case)
    objection.upheld, objection.ruling = upheld, ruling
    objection.ruled_on, objection.ruled_by_id = act_day(step, on, "happened_on"), step.by.id


def _open_objection(case: Case) -> Objection:
    found = db.session.scalars(
        select(Objection).where(Objection.case_id == case.id, Objection.upheld.is_(None)).order_by(Objection.id.desc())
    ).first()
    if found is None:
        raise DomainError("没有待裁定的异议。")
    return found


def _end_assignment(step: Taking, *, because: str) -> None:
    current = step.case.assignment
    if current is not None:
        current.ended_on, current.ended_because = step.happened_on or step.today, because
        step.facts["department"] = current.department.name
    back_to_office(step)


def change_lead(
    case: Case, *, by: User, now: datetime, lead_official_id: int, reason: str, version: int | None = None
) -> None:
    """Name or change the lead official (指定、更换领办领导), with a reason.

    Raises FieldErrors for a person who cannot lead the case.
    """
    with taking(case, Action.CHANGE_LEAD, by=by, now=now, version=version, reason=reason) as step:
        _name_lead(step, lead_official_id)


def _name_lead(step: Taking, lead_official_id: int) -> None:
    """Name who leads the matter: for the unit's assignment, or for the matter itself where no unit has it.

    Raises FieldErrors.
    """
    case, errors = step.case, dict[str, str]()
    lead = db.session.get(User, lead_official_id)
    _check_lead(step, lead, errors, required=True)
    if not errors and (conflicts := conflicts_of(case, step.file.matter, None, [lead_official_id], step.today)):
        errors["lead_official"] = "；".join(conflicts)
    if errors or lead is None:
        raise FieldErrors(errors or {"lead_official": "请选择领办领导。"})
    named = case if case.assignment is None else case.assignment
    named.lead_official_id, named.lead_official = lead.id, lead
    open_to_lead(case, by=step.by, now=step.now)
    step.facts.update(lead_official=lead.name)
