"""催办单、督办单 that the ladder issues by itself (自动发单) or drafts: numbered, written and taken back in batches."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import OrderDraft
from tracker.cases.record.models.drafted import still_waits
from tracker.cases.record.numbering import hold_kinds, next_numbers
from tracker.cases.record.rules.series import Series
from tracker.core.clock import local_date
from tracker.core.database import Model, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import start_clock, stop_clock
from tracker.notifications.service import CASE
from tracker.people.queries import names_of_departments
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.ladder.rules.rungs import ISSUED_BY_LADDER, LEVELS
from tracker.reminders.models import Escalation
from tracker.reminders.subjects.answers import Issued, Letters, Out, Wanted
from tracker.supervision.papers.drafting import drafted_by_ladder
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.orders import SUBJECT, owed_by_unit, supersede
from tracker.supervision.papers.rules.signing import SIGNER, signer_words

_Asked = aliased(Deadline)
_OPEN = (SupervisionOrder.replied_at.is_(None), SupervisionOrder.withdrawn_at.is_(None))


def hold(year: int) -> None:
    """Lock the counters of the papers that the ladder issues, before anything else is locked."""
    hold_kinds(year, {LEVELS[level].series for level in ISSUED_BY_LADDER})


def out(today: date, about: Collection[Ref] | None) -> Out:
    """Return until when the letters that are out may be answered: about some things, or about all.

    One counts for the unit that it went to; one of the ladder also for its clock, should that change hands.
    """
    order = SupervisionOrder
    columns = (order.subject, order.subject_id, order.department_id, order.office_id, order.about_deadline_id)
    statement = select(*columns, func.max(order.reply_by)).where(*_OPEN, order.reply_by >= today).group_by(*columns)
    if about is not None:
        statement = statement.where(_about(order, about))
    by_clock: dict[int, date] = {}
    by_unit: dict[tuple[Ref, int | None], date] = {}
    for subject, subject_id, unit_id, office_id, clock_id, reply_by in db.session.execute(statement):
        if clock_id is not None:
            by_clock[clock_id] = max(reply_by, by_clock.get(clock_id, reply_by))
        for unit in (unit_id, *([None] if unit_id == office_id else [])):
            key = (Ref(subject, subject_id), unit)
            by_unit[key] = max(reply_by, by_unit.get(key, reply_by))
    return Out(by_clock, by_unit, _drafts_out(about))


def _drafts_out(about: Collection[Ref] | None) -> set[tuple[Ref, int]]:
    """Return the things and units of which a draft waits for its signer."""
    statement = select(OrderDraft.subject, OrderDraft.subject_id, OrderDraft.department_id).where(still_waits())
    if about is not None:
        statement = statement.where(_about(OrderDraft, about))
    return {(Ref(subject, id_), unit) for subject, id_, unit in db.session.execute(statement)}


def issue(wanted: Sequence[Wanted], now: datetime) -> list[Issued]:
    """Write the letters, their clocks, and the end of those they take the place of: what was not answered in time.

    Each wanted one is written: whether its time has come was asked before its rung was raised (`out`). Those that a
    person signs are drafted alone.
    """
    drafted = [each for each in wanted if each.rung.drafts]
    return [*_issue([each for each in wanted if not each.rung.drafts], now), *_draft(drafted, now)]


def _draft(wanted: Sequence[Wanted], now: datetime) -> list[Issued]:
    names = names_of_departments({each.department_id for each in wanted})
    drafts = [(each, drafted_by_ladder(each, now)) for each in wanted]
    db.session.add_all(draft for _, draft in drafts)
    db.session.flush()
    return [
        Issued(
            wanted=each,
            level=each.rung.level,
            paper=LEVELS[each.rung.level].paper,
            number="",
            department=names.get(each.department_id, ""),
            text=each.text,
            reply_by=each.reply_by,
            rows=(draft,),
            signer=signer_words(SIGNER[each.rung.level]),
        )
        for each, draft in drafts
    ]


def _issue(wanted: Sequence[Wanted], now: datetime) -> list[Issued]:
    if not wanted:
        return []
    today, waiting = local_date(now), _unanswered({each.about for each in wanted})
    for clock in (clock for each in wanted for clock in waiting.get((each.about, each.department_id), ())):
        supersede(clock, on=today)
    orders = _orders(wanted, now)
    db.session.flush()
    names = names_of_departments({each.department_id for each in wanted})
    return [
        _issued(each, order, names, waiting.get((each.about, each.department_id), ()), today) for each, order in orders
    ]


def _unanswered(about: Collection[Ref]) -> dict[tuple[Ref, int], list[Deadline]]:
    """Return the clocks of the orders that wait for a reply, by thing and unit."""
    rows = db.session.execute(
        select(SupervisionOrder, Deadline)
        .join(Deadline, _its_clock())
        .where(_about(SupervisionOrder, about), Deadline.ended_on.is_(None))
        .order_by(SupervisionOrder.id)
    )
    found: dict[tuple[Ref, int], list[Deadline]] = {}
    for order, clock in rows:
        found.setdefault((Ref(order.subject, order.subject_id), order.department_id), []).append(clock)
    return found


def _its_clock() -> ColumnElement[bool]:
    return and_(Deadline.subject == SUBJECT, Deadline.subject_id == SupervisionOrder.id)


def _about(model: type[SupervisionOrder | OrderDraft], about: Collection[Ref]) -> ColumnElement[bool]:
    """Return the condition on a paper that it is about one of some things; those of cases are found by the case."""
    cases = [ref.id for ref in about if ref.kind == CASE]
    others = [ref for ref in about if ref.kind != CASE]
    pairs = tuple_(model.subject, model.subject_id).in_(others) if others else false()
    return or_(model.case_id.in_(cases), pairs)


def _orders(going: Sequence[Wanted], now: datetime) -> list[tuple[Wanted, SupervisionOrder]]:
    year, by_series = local_date(now).year, dict[Series, list[Wanted]]()
    for each in going:
        series = Series(each.free.office_id, LEVELS[each.rung.level].series, year, each.free.closed)
        by_series.setdefault(series, []).append(each)
    orders = []
    for series, some in sorted(by_series.items()):
        numbers = next_numbers(series, len(some))
        orders += [(each, _order(each, number, now)) for each, number in zip(some, numbers, strict=True)]
    db.session.add_all(order for _, order in orders)
    return orders


def _order(wanted: Wanted, number: str, now: datetime) -> SupervisionOrder:
    return SupervisionOrder(
        kind=wanted.rung.level.value,
        number=number,
        subject=wanted.about.kind,
        subject_id=wanted.about.id,
        case_id=wanted.escalation.case_id,
        escalation_id=wanted.escalation.id,
        about_deadline_id=wanted.deadline_id,
        office_id=wanted.free.office_id,
        department_id=wanted.department_id,
        text=wanted.text,
        issued_at=now,
        reply_by=wanted.reply_by,
    )


def _issued(
    wanted: Wanted, order: SupervisionOrder, names: Mapping[int, str], ended: Iterable[Deadline], today: date
) -> Issued:
    clock = start_clock(
        LimitKind.ORDER_REPLY,
        case_id=order.case_id,
        started_on=today,
        round_no=wanted.free.round,
        due_on=order.reply_by,
        **owed_by_unit(order, wanted.user_id),
    )
    return Issued(
        wanted=wanted,
        level=wanted.rung.level,
        paper=LEVELS[wanted.rung.level].paper,
        number=order.number,
        department=names.get(order.department_id, ""),
        text=order.text,
        reply_by=order.reply_by,
        rows=(*ended, order, clock),
    )


def withdraw(which: ColumnElement[bool], among: Collection[int], now: datetime, because: str) -> dict[int, list[Model]]:
    """Withdraw the unanswered letters of raised rungs (撤回); return each with its clock, by escalation."""
    rows = db.session.execute(
        select(SupervisionOrder, Deadline)
        .join(Deadline, _its_clock())
        .where(
            SupervisionOrder.escalation_id.in_(select(Escalation.id).where(which)), *_OPEN, Deadline.ended_on.is_(None)
        )
    ).all()
    found: dict[int, list[Model]] = {}
    for order, clock in rows:
        if order.escalation_id is not None and order.escalation_id in among:
            order.withdrawn_at, order.withdrawn_because = now, because
            stop_clock(clock, on=local_date(now), met=False, by_action=Action.WITHDRAW_ORDER.value)
            found.setdefault(order.escalation_id, []).extend((order, clock))
    drafts = select(OrderDraft).where(OrderDraft.escalation_id.in_(among), OrderDraft.decided_at.is_(None))
    for draft in db.session.scalars(drafts):
        draft.decided_at, draft.refused_because = now, because
        if draft.escalation_id is not None:
            found.setdefault(draft.escalation_id, []).append(draft)
    return found


def about_running() -> ColumnElement[bool]:
    """Return the condition on a clock that it is the reply to a letter of the ladder about a clock that still runs."""
    its_clock = (_Asked.id == SupervisionOrder.about_deadline_id, _Asked.ended_on.is_(None), _Asked.paused_on.is_(None))
    letter = exists().where(SupervisionOrder.id == Deadline.subject_id, *its_clock).correlate(Deadline)
    return and_(Deadline.subject == SUBJECT, letter)


LETTERS = Letters(hold=hold, out=out, issue=issue, withdraw=withdraw, about_running=about_running)
