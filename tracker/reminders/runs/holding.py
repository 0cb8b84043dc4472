"""What waits for a person after a silence or a wrong clock: releasing notices (放行), confirming the clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, select, update

from tracker import audit
from tracker.audit import Event, installation
from tracker.core.clock import local_date
from tracker.core.database import Model, db, locked
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.deadlines.models import Deadline
from tracker.notifications.models import Notice
from tracker.notifications.service import working_time
from tracker.reminders.gate.queries import believed
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.models import CONFIRMED, REFUSED, RUNG, WITHDRAWN, Escalation, TickRun
from tracker.reminders.runs.queries import HELD, latest
from tracker.reminders.subjects.table import Subjects
from tracker.working_days.queries import calendar

WRONG_CLOCK = "时钟错误，撤销"
_Row = TypeVar("_Row", bound=Model)


def release(run: TickRun, *, by: audit.Actor, now: datetime, pace: Pace) -> int:
    """Let the notices of a run go out that waited because the timer had stood still (放行); return how many.

    They still wait for working time. Turn by turn: broken off, the others are still held, and releasing the run again
    goes on with them. Raises DomainError where nothing waits.
    """
    run_id, ids, count, done, ended = run.id, held_ids([run.id]), 0, 0, False
    if not run.held and not ids:
        raise DomainError("这次运行没有等待放行的通知，可能已经有人放行。")
    while not ended:
        with pace.turn():
            row, some = locked(db.session.get_one(TickRun, run_id)), ids[done : done + pace.rows]
            released = _released(some, now)
            count, done = count + released, done + len(some)
            ended = done == len(ids)
            if ended and (row.held or count):
                row.held, row.released_at, row.released_by_id = False, now, by.id
            elif not released:
                continue
            audit.record(Event.NOTICES_RELEASED, by=by, now=now, payload={"run": run_id, "notices": released})
    return count


def _released(notice_ids: Sequence[int], now: datetime) -> int:
    """Let some notices go as soon as it is working time; return how many still waited."""
    notices, days = _still_held(notice_ids), calendar()
    for notice in notices:
        notice.held = False
        notice.not_before = max(notice.not_before, now if notice.urgent else working_time(now, days))
    return len(notices)


def let_go(notice_ids: Sequence[int], run_id: int, *, now: datetime) -> None:
    """Let some notices go that have waited only to be weighed with a run, as the system's own act."""
    notices = _still_held(notice_ids)
    for notice in notices:
        notice.held = False
    if notices:
        audit.record(Event.NOTICES_RELEASED, by=None, now=now, payload={"run": run_id, "notices": len(notices)})


def held_ids(run_ids: Sequence[int]) -> list[int]:
    """Return the notices of runs that are held, oldest first."""
    raised = select(Escalation.id).where(Escalation.run_id.in_(run_ids))
    of_runs = (Notice.source == RUNG, Notice.source_id.in_(raised))
    return list(db.session.scalars(select(Notice.id).where(*HELD, *of_runs).order_by(Notice.id)))


def _still_held(notice_ids: Sequence[int]) -> Sequence[Notice]:
    still = select(Notice).where(Notice.id.in_(notice_ids), *HELD)
    return db.session.scalars(_afresh(still.order_by(Notice.id))).all()


def confirm_clock(subjects: Subjects, *, by: audit.Actor, now: datetime, pace: Pace) -> int:
    """Say that the clock is right as it is now (确认时钟), where it was doubted; the next run is measured by it.

    Of a database that was restored or copied it says that it is to send from here (放行).

    What was raised under a clock that ran ahead is withdrawn, with its letters and the notices nobody has received;
    it is raised again when its day comes. Turn by turn, and the last one confirms: broken off, the clock is still
    doubted, nothing is raised, and confirming it again goes on. Returns how many rungs were withdrawn. Raises
    DomainError where nobody doubts the clock.
    """
    if not _doubted(now):
        raise DomainError("时钟没有疑问，不需要确认时钟。")
    wrong = select(Escalation.id).where(Escalation.raised_at > now, Escalation.state != WITHDRAWN)
    ids, count, done, ended = list(db.session.scalars(wrong.order_by(Escalation.id))), 0, 0, False
    while not ended:
        with pace.turn():
            some = ids[done : done + pace.rows]
            count, done = count + _withdrawn(subjects, some, by=by, now=now), done + len(some)
            ended = done == len(ids)
            if ended and _doubted(now):
                _confirm(by=by, now=now, withdrawn=count)
    return count


def _doubted(now: datetime) -> bool:
    last = latest()
    return (last is not None and last.state == REFUSED) or not believed(now).open


def _confirm(*, by: audit.Actor, now: datetime, withdrawn: int) -> None:
    if believed(now).copied:
        installation.release(by=by, now=now)
    run = TickRun(started_at=now, ended_at=now, state=CONFIRMED)
    db.session.add(run)
    db.session.flush()
    audit.record(Event.CLOCK_CONFIRMED, by=by, now=now, payload={"run": run.id, "withdrawn": withdrawn}, rows=[run])


def _withdrawn(subjects: Subjects, ids: Sequence[int], *, by: audit.Actor, now: datetime) -> int:
    """Withdraw some rungs, unless somebody has; return how many. What they are about is locked before them."""
    wrong = select(Escalation).where(Escalation.id.in_(ids), Escalation.state != WITHDRAWN).order_by(Escalation.id)
    about = subjects.about_rungs(db.session.scalars(wrong).all())
    for of, things in subjects.by_kind(about.values()):
        of.lock(things)
    ahead = db.session.scalars(_afresh(wrong)).all()
    if ahead:
        _withdraw(subjects, ahead, by=by, now=now)
    return len(ahead)


def _withdraw(subjects: Subjects, escalations: Sequence[Escalation], *, by: audit.Actor, now: datetime) -> None:
    rows: dict[int, list[Model]] = {row.id: [row] for row in escalations}
    unread = (Notice.source == RUNG, Notice.source_id.in_(rows), Notice.addressed_at.is_(None))
    for notice in db.session.scalars(_afresh(select(Notice).where(*unread).order_by(Notice.id))):
        notice.addressed_at, notice.dropped_because = now, WRONG_CLOCK
        rows[notice.source_id].append(notice)
    letters = subjects.letters.withdraw(Escalation.id.in_(rows), rows, now, WRONG_CLOCK)
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
    again = update(Deadline).where(Deadline.id.in_({row.deadline_id for row in escalations}))
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
