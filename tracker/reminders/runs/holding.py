"""What waits for a person after a silence or a wrong clock: releasing notices (放行), confirming the clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, select, update

from tracker import audit
from tracker.audit import Event
from tracker.core.clock import local_date
from tracker.core.database import Model, db, locked
from tracker.core.errors import DomainError
from tracker.deadlines.models import Deadline
from tracker.notifications.models import Notice
from tracker.notifications.service import working_time
from tracker.people.models import User
from tracker.reminders.gate.queries import believed
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.models import CONFIRMED, REFUSED, RUNG, WITHDRAWN, Escalation, TickRun
from tracker.reminders.runs.queries import latest
from tracker.reminders.subjects.table import Subjects
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


def confirm_clock(subjects: Subjects, *, by: User, now: datetime) -> int:
    """Say that the clock is right as it is now (确认时钟), where it was doubted; the next run is measured by it.

    What was raised under a clock that ran ahead is withdrawn, with its letters and the notices nobody has received;
    it is raised again when its day comes. Returns how many rungs were withdrawn. Raises DomainError where nobody
    doubts the clock.
    """
    last = latest()
    if (last is None or last.state != REFUSED) and believed(now).open:
        raise DomainError("时钟没有疑问，不需要确认时钟。")
    wrong = (Escalation.raised_at > now, Escalation.state != WITHDRAWN)
    about = subjects.about_rungs(db.session.scalars(select(Escalation).where(*wrong)).all())
    for of, ids in subjects.by_kind(about.values()):
        of.lock(ids)
    ahead = db.session.scalars(_afresh(select(Escalation).where(*wrong).order_by(Escalation.id))).all()
    if ahead:
        _withdraw(subjects, ahead, by=by, now=now)
    run = TickRun(started_at=now, ended_at=now, state=CONFIRMED)
    db.session.add(run)
    db.session.flush()
    audit.record(Event.CLOCK_CONFIRMED, by=by, now=now, payload={"run": run.id, "withdrawn": len(ahead)})
    return len(ahead)


def _withdraw(subjects: Subjects, escalations: Sequence[Escalation], *, by: User, now: datetime) -> None:
    rows: dict[int, list[Model]] = {row.id: [row] for row in escalations}
    wrong = Escalation.raised_at > now
    for notice in db.session.scalars(_afresh(_of_escalations(wrong).where(Notice.addressed_at.is_(None)))):
        if notice.source_id in rows:
            notice.addressed_at, notice.dropped_because = now, WRONG_CLOCK
            rows[notice.source_id].append(notice)
    letters = subjects.letters.withdraw(wrong, rows, now, WRONG_CLOCK)
    for id_, changed in letters.items():
        rows[id_] += changed
    _refresh(subjects, [row for row in escalations if row.id in letters], rows)
    for row in escalations:
        row.state = WITHDRAWN
    entries = [
        audit.LogEntry(row.case_id, {"escalation": row.id, "rung": row.rung, "because": "clock"}, rows[row.id])
        for row in escalations
    ]
    audit.record_all(Event.RUNG_WITHDRAWN, entries, by=by, now=now)
    again = update(Deadline).where(Deadline.id.in_(select(Escalation.deadline_id).where(wrong)))
    db.session.execute(again.values(look_on=local_date(now)).execution_options(synchronize_session=False))


def _refresh(subjects: Subjects, escalations: Sequence[Escalation], rows: dict[int, list[Model]]) -> None:
    """Keep what hangs on the clocks of withdrawn letters; a thing belongs to the line of its last letter."""
    last = {about: id_ for id_, about in subjects.about_rungs(escalations).items()}
    for of, ids in subjects.by_kind(last):
        for id_, changed in of.refreshed(ids).items():
            rows[last[Ref(of.kind, id_)]].append(changed)


def _afresh(rows: Select[_Row]) -> Select[_Row]:
    """Wait for others who change these rows just now, then read them as they are."""
    return rows.with_for_update(key_share=True).execution_options(populate_existing=True)


def _of_escalations(which: ColumnElement[bool]) -> Select[Notice]:
    raised = select(Escalation.id).where(which)
    return select(Notice).where(Notice.source == RUNG, Notice.source_id.in_(raised)).order_by(Notice.id)
