"""控制表的过程: the line of an act with its place in the log, the clock of a task, and who is told."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import month_day
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import start_clock, stop_clock
from tracker.key_villages.control_access import keeps
from tracker.key_villages.models import ControlLine, ControlTable, ControlTask
from tracker.key_villages.rules.control import CONTROL_LABELS, ControlAct, TaskDays
from tracker.notifications.service import announce
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.working_days.queries import calendar

TASK = "control_task"


def days_of(task: ControlTask) -> TaskDays:
    """Return the days of a task."""
    return TaskDays(task.first_on, task.last_on, task.finished_on, task.cancelled_on, task.election)


def days_words(task: ControlTask) -> str:
    """Return the days of a task in words: 11月2日至11月25日."""
    return month_day(task.first_on) + ("" if task.first_on == task.last_on else f"至{month_day(task.last_on)}")


def clocks_of(task: ControlTask) -> Sequence[Deadline]:
    """Return the clocks of a task, the first one first."""
    of_task = (Deadline.subject == TASK, Deadline.subject_id == task.id)
    return db.session.scalars(select(Deadline).where(*of_task).order_by(Deadline.id)).all()


def begin_clock(task: ControlTask) -> None:
    """Start the clock of a task up to its last day; who answers for it owes it, else the office."""
    start_clock(
        LimitKind.CONTROL_TASK,
        case_id=None,
        subject=TASK,
        subject_id=task.id,
        started_on=task.first_on,
        due_on=task.last_on,
        owner_department_id=task.department_id or task.table.office_id,
        owner_user_id=task.user_id,
    )


def end_clock(task: ControlTask, *, on: date, met: bool, act: ControlAct) -> None:
    """End the clock of a task that runs."""
    for clock in clocks_of(task):
        if clock.ended_on is None:
            stop_clock(clock, on=max(on, clock.started_on), met=met, by_action=act)


def record_line(
    table: ControlTable,
    task: ControlTask | None,
    act: ControlAct,
    *,
    by: User,
    now: datetime,
    said: str = "",
    told: Sequence[str] = (),
    happened_on: date | None = None,
) -> ControlLine:
    """Write the line of an act on a table or a task, tell whom it concerns, and write it into the log."""
    line = ControlLine(
        table_id=table.id,
        task_id=task.id if task else None,
        act=act.value,
        by_id=by.id,
        acting_as=by.acting_as(local_date(now))[:200],
        happened_on=happened_on or local_date(now),
        entered_at=now,
        said=said or None,
        told="；".join(told) or None,
    )
    db.session.add(line)
    db.session.flush()
    if task is not None:
        _tell(task, line, by, now)
        db.session.flush()
    about = [table.id, task.id if task else 0]
    audit.record(audit.Event.CONTROL_STEPPED, by=by, now=now, payload={"control": about, "act": act.value})
    return line


def _tell(task: ControlTask, line: ControlLine, by: User, now: datetime) -> None:
    """Tell who answers for a task what was done about it, and the office what others did."""
    if task.user_id is not None and task.user_id != by.id:
        _announce(task, line, now, user_id=task.user_id)
    if not keeps(reader_for(by, local_date(now)), task.table.office_id):
        _announce(task, line, now, told=Recipient.OFFICE.value)


def _announce(task: ControlTask, line: ControlLine, now: datetime, **whom: Any) -> None:
    act = ControlAct(line.act)
    announce(
        f"control:{line.id}:{whom.get('told', '')}",
        now=now,
        days=calendar(),
        source="control",
        source_id=line.id,
        about=(TASK, task.id),
        heading=CONTROL_LABELS[act],
        why=f"控制表：{task.name}，{days_words(task)}。{line.told or ''}",
        asked="请按期组织，完成后登记。" if act in (ControlAct.ADD, ControlAct.CHANGE, ControlAct.RESUME) else "",
        **whom,
    )
