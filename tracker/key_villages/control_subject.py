"""A task of a control table (进度控制表) as the timer sees it: its row of SUBJECTS."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from tracker.core.clock import local_date
from tracker.core.database import Model, db
from tracker.deadlines.models import Deadline
from tracker.key_villages.control_access import known_tasks, owed_or_left, table_visible_to
from tracker.key_villages.models import ControlLine, ControlTable, ControlTask
from tracker.key_villages.service.control_records import TASK
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.subjects.answers import Free, Issued, Standing, Subject, SubjectWords

PAGE = "control.task"
Ids = Collection[int]


def _rows(some: Ids) -> Select[Any]:
    return select(ControlTask).where(ControlTask.id.in_(some)).order_by(ControlTask.id)


def _lock(some: Ids) -> None:
    db.session.execute(_rows(some).with_for_update(of=ControlTask, key_share=True)).all()


def _free(some: Ids) -> dict[int, Free]:
    rows = db.session.scalars(_rows(some).with_for_update(of=ControlTask, skip_locked=True, key_share=True)).all()
    return {row.id: Free(row.table.office_id, 1, False, frozenset(), None) for row in rows}


def _noted(some: Ids) -> dict[int, list[date]]:
    rows = db.session.execute(
        select(ControlLine.task_id, ControlLine.entered_at)
        .where(ControlLine.task_id.in_(some))
        .order_by(ControlLine.entered_at)
    )
    found: dict[int, list[date]] = {}
    for id_, at in rows:
        found.setdefault(id_ or 0, []).append(local_date(at))
    return found


def _units(some: Ids) -> dict[int, int]:
    return {row.id: row.department_id or row.table.office_id for row in db.session.scalars(_rows(some))}


def _standing(id_: int, clock: Deadline | None, _seen: Ref | None) -> Standing:
    """Return how people stand towards a task: who answers for it owes it, else the office."""
    task = db.session.get_one(ControlTask, id_)
    office = task.table.office
    return Standing(
        office=office,
        unit=(clock.owner_department if clock else None) or task.department or office,
        owner=task.user,
        leads=(),
        may_know=lambda reader: _may_know(reader, task),
        number=task.name,
        gone="已取消" if task.cancelled_on else "",
        over="已完成" if task.finished_on else "",
        confidential=False,
        open_to_group=True,
        awaited=frozenset,
        hangs=frozenset,
        last=(),
        last_label="",
    )


def _may_know(reader: Reader, task: ControlTask) -> bool:
    seen = select(ControlTable.id).where(ControlTable.id == task.table_id, table_visible_to(reader))
    return db.session.scalar(seen) is not None


def _wrote(issued: Sequence[Issued], _at: datetime) -> list[list[Model]]:
    """Leave nothing with the task: the ladder issues no paper about one."""
    return [[] for _ in issued]


def _words(ids: Ids) -> Mapping[int, SubjectWords]:
    rows = db.session.scalars(_rows(ids)).all()
    return {row.id: SubjectWords("控制表", row.name, PAGE, row.public_id, True) for row in rows}


def _of_offices(offices: frozenset[int]) -> ColumnElement[bool]:
    return ControlTask.table_id.in_(select(ControlTable.id).where(ControlTable.office_id.in_(offices)))


CONTROL_TASK = Subject(
    kind=TASK,
    parts=frozenset(),
    column=None,
    lock=_lock,
    free=_free,
    noted=_noted,
    units=_units,
    standing=_standing,
    known=known_tasks,
    listed=known_tasks,
    counted=lambda _reader: select(ControlTask.id),
    live=lambda: select(ControlTask.id).where(ControlTask.finished_on.is_(None), ControlTask.cancelled_on.is_(None)),
    own=lambda reader, today: owed_or_left(ControlTask, _of_offices, reader, today),
    open_to={},
    words=_words,
    wrote=_wrote,
    refreshed=lambda _ids: {},
    watches={},
)
