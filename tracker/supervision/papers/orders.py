"""催办单、督办单 and the papers above, issued by hand: steps of the lifecycle with their own clocks (条例第四十条)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select

from tracker.cases.access.scope import matter_of
from tracker.cases.lifecycle.rules.actions import Action, Station
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.lifecycle.rules.step_rows import About
from tracker.cases.lifecycle.step_clocks import Owed, Taking, begin
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Assignment, Case, OrderDraft
from tracker.cases.record.numbering import next_paper_no
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.counting import SUPERSEDED
from tracker.deadlines.hints import look_tomorrow
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import stop_clock
from tracker.notifications.service import announce
from tracker.people.models import Department, User
from tracker.people.queries import active_departments, chains, people_of
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.rungs import LEVELS, ORDER_LEVELS, Recipient, RungLevel
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.rules.signing import AUTHORITY_KINDS, SIGNER, may_sign, signer_words
from tracker.working_days.queries import calendar

SUBJECT = "order"
NOBODY_THERE = "承办单位已经撤销或者没有在岗人员，发不出催办、督办：请先重新交办。"
SUPERSEDED_WORDS, POINTLESS_WORDS = "到期未回复，已由后一份代替", "不再需要回复"


def issue(
    case: Case,
    *,
    by: User,
    now: datetime,
    level: RungLevel,
    reason: str,
    reply_by: date | None,
    department_id: int | None = None,
    version: int | None = None,
) -> SupervisionOrder:
    """Issue a 催办单, or a 督办单 that its issuer may sign, to the unit that has the case.

    Raises DomainError where no reply day is named, where somebody else must sign, or where the unit still has time to
    answer the last one: a second letter never goes out before the first one's own deadline. Afterwards the new letter
    takes the place of the first.
    """
    action = action_of(level)
    with taking(case, action, by=by, now=now, version=version, reason=reason) as step:
        check_reply_day(step, reply_by)
        if level in SIGNER and not may_sign(SIGNER[level], held_by(step)):
            raise DomainError(
                f"{LEVELS[level].paper}由{signer_words(SIGNER[level])}签发，请先拟稿送签。", field="level"
            )
        department = addressed(step, level, department_id)
        return issued_by(step, level, department, text=step.reason or "", reply_by=reply_by)


def action_of(level: RungLevel) -> Action:
    """Return the act that issues or drafts a paper of a level. Raises DomainError for what is no paper."""
    if level not in ORDER_LEVELS:
        raise DomainError("请选择发催办单还是督办单。", field="level")
    return Action.URGE if level is RungLevel.URGE else Action.SUPERVISE


def held_by(step: Taking) -> frozenset[Station]:
    """Return where the person who takes a step stands."""
    return stations(step.reader, step.file.position)


def check_reply_day(step: Taking, reply_by: date | None) -> None:
    """Refuse a paper without a day of reply, or with one that is over. Raises DomainError."""
    if reply_by is None or reply_by < step.today:
        raise DomainError("请指定回复期限，不能早于今天。", field="reply_by")


def issued_by(
    step: Taking, level: RungLevel, department: Department, *, text: str, reply_by: date | None, **links: Any
) -> SupervisionOrder:
    """Write a paper of today with its number and its clock; it takes the place of what was not answered in time.

    Raises DomainError where the unit still has time to answer the last one, or has no people left since it was drafted.
    """
    if department.id not in people_of([department.id], step.today):
        raise DomainError(NOBODY_THERE)
    out = still_out(step.case.id, department.id, step.today)
    if out:
        raise DomainError(out)
    waiting = unanswered([step.case.id]).get((step.case.id, department.id), [])
    step.earlier = [_owed(earlier) for earlier, _ in waiting]
    order = SupervisionOrder(
        kind=level.value,
        number=_next_number(step, level),
        **about(step.case.id),
        **links,
        office_id=step.case.office_id,
        department_id=department.id,
        text=text,
        issued_at=step.now,
        issued_by_id=step.by.id,
        reply_by=reply_by,
    )
    db.session.add(order)
    db.session.flush()
    step.about, step.due_on = [_owed(order, _handler_id(step.case))], reply_by
    clock = begin(step, LimitKind.ORDER_REPLY)
    db.session.flush()
    step.facts.update(
        paper=LEVELS[level].paper, number=order.number, department=department.name, reply_by=long_date(order.reply_by)
    )
    if level is not RungLevel.LIABILITY:
        _tell_unit(order, clock.id, step.now)
    return order


def _next_number(step: Taking, level: RungLevel) -> str:
    closed = step.file.matter.numbers_closed
    return next_paper_no(step.now, step.case.office_id, LEVELS[level].series, closed=closed)


def answer(
    order: SupervisionOrder,
    *,
    by: User,
    now: datetime,
    reason: str,
    materials: Sequence[Material] = (),
    version: int | None = None,
) -> None:
    """Answer an order in writing (回复督办); it stops the order's clock. Only the unit it was sent to answers.

    Raises Forbidden.
    """
    given: dict[str, Any] = {"version": version, "reason": reason, "materials": materials}
    with taking(order.case, Action.ANSWER_ORDER, by=by, now=now, **given) as step:
        _refuse_over(step, order)
        if answering_department(order) not in step.reader.chain_ids:
            raise Forbidden("应由收到催办、督办的单位回复；追责建议的结果由信访部门登记。")
        order.reply, order.replied_at, order.replied_by_id = step.reason, now, by.id
        step.about = [_owed(order)]
        look_tomorrow(step.case.id, now)
        step.facts.update(number=order.number)
        announce(
            f"order-reply:{order.id}",
            now=now,
            days=calendar(),
            source="reply",
            source_id=order.id,
            case_id=order.case_id,
            **_to_issuer(order),
            heading="督办回复",
            why=f"{order.number}{LEVELS[RungLevel(order.kind)].paper}已经回复。",
            asked="请看回复；不满意的可以再次督办。",
        )


def withdraw(order: SupervisionOrder, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Withdraw an order that was sent wrongly (撤回督办); it stays on the record."""
    with taking(order.case, Action.WITHDRAW_ORDER, by=by, now=now, version=version, reason=reason) as step:
        _refuse_over(step, order)
        order.withdrawn_at, order.withdrawn_because = now, step.reason
        step.about = [_owed(order)]
        look_tomorrow(step.case.id, now)
        step.facts.update(number=order.number)


def about(case_id: int) -> dict[str, Any]:
    """Return what says that a paper is about a case."""
    return {"subject": "case", "subject_id": case_id, "case_id": case_id}


def unanswered(case_ids: Collection[int]) -> dict[tuple[int | None, int], list[tuple[SupervisionOrder, Deadline]]]:
    """Return the orders that wait for a reply, with their clocks, by case and unit."""
    rows = db.session.execute(
        select(SupervisionOrder, Deadline)
        .join(Deadline, and_(Deadline.subject == SUBJECT, Deadline.subject_id == SupervisionOrder.id))
        .where(SupervisionOrder.case_id.in_(case_ids), Deadline.ended_on.is_(None))
        .order_by(SupervisionOrder.id)
    )
    found: dict[tuple[int | None, int], list[tuple[SupervisionOrder, Deadline]]] = {}
    for order, clock in rows:
        found.setdefault((order.case_id, order.department_id), []).append((order, clock))
    return found


def supersede(clock: Deadline, *, on: date) -> None:
    """End the clock of an order that was not answered in time: a later one takes its place (以后一份为准)."""
    stop_clock(clock, on=on, met=False, by_action=SUPERSEDED)


def unanswered_words(clock: Deadline | None) -> str:
    """Return why an order that was neither answered nor withdrawn waits no more."""
    return SUPERSEDED_WORDS if clock is not None and clock.ended_by == SUPERSEDED else POINTLESS_WORDS


def owed_by_unit(order: SupervisionOrder, handler_id: int | None) -> dict[str, Any]:
    """Return who owes the clock of an order, and what it is about."""
    return {
        "subject": SUBJECT,
        "subject_id": order.id,
        "owner_department_id": order.department_id,
        "owner_user_id": handler_id,
    }


def units_of(case: Case, today: date) -> list[Department]:
    """Return the units that have the case now: the handling one first, then side tracks'; else the office.

    A unit without people is none of them, nor one that is complained of or stands below one: a paper would tell it of
    the case (第三十条).
    """
    rows = db.session.scalars(
        select(Assignment).where(Assignment.case_id == case.id, Assignment.ended_on.is_(None)).order_by(Assignment.id)
    )
    given = sorted(rows, key=lambda row: (row.id != case.assignment_id, row.id))
    people = people_of([row.department_id for row in given], today)
    units = list(dict.fromkeys(row.department for row in given if row.department_id in people))
    complained_of = matter_of(case).accused_department_ids
    if complained_of:
        above = chains([unit.id for unit in units])
        units = [unit for unit in units if not above[unit.id] & complained_of]
    return units or [case.office]


def answering_department(order: SupervisionOrder) -> int:
    """Return who records the reply: the unit itself; of a 追责建议 the office, its addressee is outside the matter."""
    return order.office_id if order.kind == RungLevel.LIABILITY else order.department_id


def authorities_of(case: Case, today: date) -> list[Department]:
    """Return where a 追责建议 can go (第四十条第三款): never to a unit that has the case, nor one complained of."""
    having = {unit.id for unit in units_of(case, today)} | {case.office_id}
    found = [unit for unit in active_departments(today, AUTHORITY_KINDS) if unit.id not in having]
    people = people_of([unit.id for unit in found], today)
    barred = having | matter_of(case).accused_department_ids
    above = chains([unit.id for unit in found])
    return [unit for unit in found if unit.id in people and not above[unit.id] & barred]


def addressed(step: Taking, level: RungLevel, department_id: int | None) -> Department:
    """Return the unit a paper goes to: one that has the case, not the issuer's own nor one above it.

    A 追责建议 goes to the organ that has authority over the persons, never to the unit itself. Raises DomainError.
    """
    if level is RungLevel.LIABILITY:
        organ = next((u for u in authorities_of(step.case, step.today) if u.id == department_id), None)
        if organ is None:
            raise DomainError("追责建议送对有关人员有管理权限的机关、单位，不发给承办单位自己。", field="organ")
        return organ
    units = others_with(step.case, step.reader, step.today)
    found = units[0] if department_id is None else next((u for u in units if u.id == department_id), None)
    if found is None:
        raise DomainError("只能发给正在办理、协办或者调查本件的单位。", field="department")
    return found


def others_with(case: Case, reader: Reader, today: date) -> list[Department]:
    """Return the units that a person may send a paper to, the handling one first.

    Raises DomainError where nobody is left but their own unit and those above it.
    """
    units = [unit for unit in units_of(case, today) if unit.id not in reader.chain_ids]
    if not units:
        raise DomainError(NOBODY_THERE)
    return units


def still_out(case_id: int, department_id: int, today: date) -> str | None:
    """Return which letter a unit still has time to answer; None where the next one may go out (domain.md §2.3)."""
    earlier = unanswered([case_id]).get((case_id, department_id), [])
    waiting = next((order for order, _ in earlier if order.reply_by >= today), None)
    if waiting is None:
        return None
    return f"{waiting.number}的回复期限是{long_date(waiting.reply_by)}，到期以前不再发第二份；确需改发的请先撤回。"


def _handler_id(case: Case) -> int | None:
    return case.assignment.handler_id if case.assignment else None


def _owed(order: SupervisionOrder, handler_id: int | None = None) -> Owed:
    """Return an order with who owes its reply; the answer to a 追责建议 is followed up by the office."""
    liability = order.kind == RungLevel.LIABILITY
    return Owed(About.ORDER, order.id, answering_department(order), None if liability else handler_id)


def _refuse_over(step: Taking, order: SupervisionOrder) -> None:
    if step.clock_about(About.ORDER, order.id) is None or order.replied_at or order.withdrawn_at:
        raise DomainError(f"{order.number}已经回复、撤回或者不再需要回复。")


def _to_issuer(order: SupervisionOrder) -> dict[str, Any]:
    """Return who is told of the reply: the person who drafted the paper, else the one who issued it."""
    drafter = db.session.scalar(select(OrderDraft.drafted_by_id).where(OrderDraft.order_id == order.id))
    told = drafter or order.issued_by_id
    return {"user_id": told} if told else {"told": Recipient.SUPERVISOR.value}


def _tell_unit(order: SupervisionOrder, clock_id: int, now: datetime) -> None:
    form = LEVELS[RungLevel(order.kind)]
    for post in (Recipient.OWNER, Recipient.UNIT_HEAD):
        announce(
            f"order:{order.id}:{post.value}",
            now=now,
            days=calendar(),
            source=SUBJECT,
            source_id=order.id,
            case_id=order.case_id,
            deadline_id=clock_id,
            told=post.value,
            heading=form.label,
            why=f"{long_date(local_date(now))}发来{order.number}{form.paper}。",
            asked="请按要求办理并书面回复。",
            reply_by=order.reply_by,
            at_once=True,
        )
