"""What waits for a person after a silence or a wrong clock: releasing notices (放行), confirming the clock."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, select, update

from tracker import audit
from tracker.audit import Event
from tracker.cases.models import Case
from tracker.cases.rules.actions import Action
from tracker.cases.service.recounting import lock_cases
from tracker.cases.service.stepping import refresh_next_due
from tracker.core.clock import local_date
from tracker.core.database import Model, db, locked
from tracker.core.errors import DomainError
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import stop_clock
from tracker.notifications.models import Notice
from tracker.notifications.service import working_time
from tracker.people.models import User
from tracker.reminders.gate.queries import believed
from tracker.reminders.models import CONFIRMED, REFUSED, Escalation, TickRun
from tracker.supervision.models import SupervisionOrder
from tracker.supervision.queries.due import WITHDRAWN
from tracker.supervision.queries.runs import RUNG, latest
from tracker.supervision.service.orders import SUBJECT
from tracker.working_days.queries import calendar

WRONG_CLOCK = "时钟错误，撤销"
_Row = TypeVar("_Row", bound=Model)


def release(run: TickRun, *, by: User, now: datetime) -> int:
    """Let the notices of a run go out that waited because the timer had stood still (放行); return how many.

    They still wait for working time. Raises DomainError where nothing waits.
    """
    locked(run)
    held = _of_escalations(Escalation.run_id == run.id).where(Notice.held.is_(True))
    notices = db.session.scalars(_afresh(held)).all()
    if not run.held and not notices:
        raise DomainError("这次运行没有等待放行的通知，可能已经有人放行。")
    days = calendar()
    for notice in notices:
        notice.held = False
        notice.not_before = max(notice.not_before, now if notice.urgent else working_time(now, days))
    run.held, run.released_at, run.released_by_id = False, now, by.id
    audit.record(Event.NOTICES_RELEASED, by=by, now=now, payload={"run": run.id, "notices": len(notices)})
    return len(notices)


def let_go(run_ids: Sequence[int], *, now: datetime) -> None:
    """Let the notices of runs go that have waited only to be weighed, as the system's own act."""
    notices = db.session.scalars(_afresh(_of_escalations(Escalation.run_id.in_(run_ids)).where(Notice.held.is_(True))))
    count = 0
    for notice in notices:
        notice.held = False
        count += 1
    if count:
        audit.record(Event.NOTICES_RELEASED, by=None, now=now, payload={"runs": list(run_ids), "notices": count})


def confirm_clock(*, by: User, now: datetime) -> int:
    """Say that the clock is right as it is now (确认时钟), where it was doubted; the next run is measured by it.

    What was raised under a clock that ran ahead is withdrawn, with its letters and the notices nobody has received;
    it is raised again when its day comes. Returns how many rungs were withdrawn. Raises DomainError where nobody
    doubts the clock.
    """
    last = latest()
    if (last is None or last.state != REFUSED) and believed(now).open:
        raise DomainError("时钟没有疑问，不需要确认时钟。")
    wrong = (Escalation.raised_at > now, Escalation.state != WITHDRAWN)
    lock_cases(set(db.session.scalars(select(Escalation.case_id).where(*wrong))))
    ahead = db.session.scalars(_afresh(select(Escalation).where(*wrong).order_by(Escalation.id))).all()
    if ahead:
        _withdraw(ahead, by=by, now=now)
    run = TickRun(started_at=now, ended_at=now, state=CONFIRMED)
    db.session.add(run)
    db.session.flush()
    audit.record(Event.CLOCK_CONFIRMED, by=by, now=now, payload={"run": run.id, "withdrawn": len(ahead)})
    return len(ahead)


def _withdraw(escalations: Sequence[Escalation], *, by: User, now: datetime) -> None:
    rows: dict[int | None, list[Model]] = {row.id: [row] for row in escalations}
    wrong = Escalation.raised_at > now
    for notice in db.session.scalars(_afresh(_of_escalations(wrong).where(Notice.addressed_at.is_(None)))):
        if notice.source_id in rows:
            notice.addressed_at, notice.dropped_because = now, WRONG_CLOCK
            rows[notice.source_id].append(notice)
    for order, clock in _letters(wrong):
        if order.escalation_id in rows:
            order.withdrawn_at, order.withdrawn_because = now, WRONG_CLOCK
            stop_clock(clock, on=local_date(now), met=False, by_action=Action.WITHDRAW_ORDER.value)
            rows[order.escalation_id] += [order, clock]
    _refresh_cases(rows)
    for row in escalations:
        row.state = WITHDRAWN
    entries = [
        audit.Entry(row.case_id, {"escalation": row.id, "rung": row.rung, "because": "clock"}, rows[row.id])
        for row in escalations
    ]
    audit.record_all(Event.RUNG_WITHDRAWN, entries, by=by, now=now)
    again = update(Deadline).where(Deadline.id.in_(select(Escalation.deadline_id).where(wrong)))
    db.session.execute(again.values(look_on=local_date(now)).execution_options(synchronize_session=False))


def _refresh_cases(rows: dict[int | None, list[Model]]) -> None:
    """Keep the nearest day of the cases whose letters were withdrawn; a case belongs to the line of its last letter."""
    last = {row.case_id: own for own in rows.values() for row in own if isinstance(row, SupervisionOrder)}
    for case_id, own in last.items():
        case = db.session.get_one(Case, case_id)
        refresh_next_due(case)
        own.append(case)


def _afresh(rows: Select[_Row]) -> Select[_Row]:
    """Wait for whoever changes these rows just now, then read them as they are."""
    return rows.with_for_update(key_share=True).execution_options(populate_existing=True)


def _of_escalations(which: ColumnElement[bool]) -> Select[Notice]:
    raised = select(Escalation.id).where(which)
    return select(Notice).where(Notice.source == RUNG, Notice.source_id.in_(raised)).order_by(Notice.id)


def _letters(which: ColumnElement[bool]) -> Iterator[tuple[SupervisionOrder, Deadline]]:
    """The letters of some escalations that nobody has answered or withdrawn, with their clocks."""
    rows = db.session.execute(
        select(SupervisionOrder, Deadline)
        .join(Deadline, and_(Deadline.subject == SUBJECT, Deadline.subject_id == SupervisionOrder.id))
        .where(
            SupervisionOrder.escalation_id.in_(select(Escalation.id).where(which)),
            SupervisionOrder.replied_at.is_(None),
            SupervisionOrder.withdrawn_at.is_(None),
            Deadline.ended_on.is_(None),
        )
    )
    return ((order, clock) for order, clock in rows)
