"""The page of a control table (进程图和进度控制表): its tasks by phase, the chart, the counts; and that of one task."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.key_villages.control_access import may_act, table_visible_to
from tracker.key_villages.models import ControlLine, ControlTable, ControlTask
from tracker.key_villages.rules.control import (
    TASK_ACTS,
    Axis,
    Bar,
    ControlAct,
    TaskDays,
    TaskState,
    bar,
)
from tracker.key_villages.service.control_records import days_of
from tracker.people.rules import Reader


@dataclass(frozen=True)
class TaskRow:
    """A task as table and chart show it; the chart has no cancelled one."""

    task: ControlTask
    days: TaskDays
    state: TaskState
    words: str
    late: int
    bar: Bar | None

    @property
    def finished_late(self) -> bool:
        """Whether it was finished after its limit."""
        return self.state is TaskState.DONE and self.late > 0


@dataclass(frozen=True)
class TaskPhase:
    """A phase with its tasks, by their first days."""

    name: str
    rows: Sequence[TaskRow]


@dataclass(frozen=True)
class ControlPage:
    """A control table on a day. `rows` has every task but those that were cancelled, `others` the earlier tables."""

    table: ControlTable
    rows: Sequence[TaskRow]
    cancelled: Sequence[TaskRow]
    axis: Axis | None
    others: Sequence[ControlTable]
    today: date

    def count(self, state: TaskState) -> int:
        """Return how many tasks are in a state."""
        return len(self.chosen(state))

    def chosen(self, state: TaskState | None) -> Sequence[TaskRow]:
        """Return the tasks of a state, or all that were not cancelled."""
        if state is TaskState.CANCELLED:
            return self.cancelled
        return [row for row in self.rows if state is None or row.state is state]

    @property
    def day(self) -> tuple[int, int] | None:
        """The day of the campaign that today is, and how many it has; None outside it."""
        if not self.rows:
            return None
        first, last = min(row.days.first_on for row in self.rows), max(row.days.last_on for row in self.rows)
        return ((self.today - first).days + 1, (last - first).days + 1) if first <= self.today <= last else None


def phases(rows: Sequence[TaskRow]) -> list[TaskPhase]:
    """Return tasks by phase: the phase that begins first stands first, the first task of each too."""
    found: dict[str, list[TaskRow]] = {}
    for row in sorted(rows, key=lambda each: each.task.id):
        found.setdefault(row.task.phase, []).append(row)
    made = [TaskPhase(name, sorted(own, key=lambda each: each.days.first_on)) for name, own in found.items()]
    return sorted(made, key=lambda phase: phase.rows[0].days.first_on)


def tables(reader: Reader) -> list[ControlTable]:
    """Return the control tables that a person may see, the latest first."""
    asked = select(ControlTable).where(table_visible_to(reader)).options(joinedload(ControlTable.office))
    return list(db.session.scalars(asked.order_by(ControlTable.id.desc())))


def control_page(table: ControlTable, others: Sequence[ControlTable], today: date) -> ControlPage:
    """Return the page of a table on a day; a few statements, however many tasks it has."""
    asked = select(ControlTask).where(ControlTask.table_id == table.id).order_by(ControlTask.id)
    tasks = db.session.scalars(asked.options(joinedload(ControlTask.user))).all()
    live = [days_of(task) for task in tasks if task.cancelled_on is None]
    axis = Axis.over(live, today) if live else None
    rows = [_row(task, axis, today) for task in tasks]
    return ControlPage(
        table=table,
        rows=[row for row in rows if row.state is not TaskState.CANCELLED],
        cancelled=[row for row in rows if row.state is TaskState.CANCELLED],
        axis=axis,
        others=[each for each in others if each.id != table.id],
        today=today,
    )


def _row(task: ControlTask, axis: Axis | None, today: date) -> TaskRow:
    days = days_of(task)
    state = days.state(today)
    drawn = bar(days, axis, today) if axis is not None and state is not TaskState.CANCELLED else None
    return TaskRow(task, days, state, days.words(today), days.days_late(today), drawn)


def sources(table: ControlTable) -> list[ControlTable]:
    """Return the tables of the same office whose tasks can be copied into this one."""
    has_tasks = exists().where(ControlTask.table_id == ControlTable.id, ControlTask.cancelled_on.is_(None))
    own = (ControlTable.office_id == table.office_id, ControlTable.id != table.id, has_tasks)
    return list(db.session.scalars(select(ControlTable).where(*own).order_by(ControlTable.id.desc())))


@dataclass(frozen=True)
class TaskPage:
    """One task: how it stands, what the reader may do, what was done about it."""

    row: TaskRow
    acts: Sequence[ControlAct]
    trail: Sequence[ControlLine]


def task_page(task: ControlTask, reader: Reader, today: date) -> TaskPage:
    """Return the page of a task, for a reader who may see it."""
    lines = select(ControlLine).where(ControlLine.task_id == task.id).options(joinedload(ControlLine.by))
    row = _row(task, None, today)
    acts = [act for act, states in TASK_ACTS.items() if row.state in states and may_act(reader, task, act)]
    return TaskPage(row, acts, db.session.scalars(lines.order_by(ControlLine.id.desc())).all())
