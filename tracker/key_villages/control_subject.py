"""A task of a control table (进度控制表) as the timer sees it: its row of SUBJECTS."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, select

from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.key_villages.control_access import known_tasks, owed_or_left
from tracker.key_villages.models import ControlLine, ControlTable, ControlTask
from tracker.key_villages.service.control_records import TASK
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.subjects.answers import Standing, Subject, SubjectWords
from tracker.reminders.subjects.table import among
from tracker.reminders.subjects.things import Things, no_lines

PAGE = "control.task"
Ids = Collection[int]


THINGS = Things(ControlTask, lambda row: row.table.office_id, told_in=ControlLine.task_id)


def _units(some: Ids) -> dict[int, int]:
    return {row.id: row.department_id or row.table.office_id for row in db.session.scalars(THINGS.some(some))}


def _standing(id_: int, clock: Deadline | None, _seen: Ref | None) -> Standing:
    """Return how people stand towards a task: who answers for it owes it, else the office."""
    task = db.session.get_one(ControlTask, id_)
    office = task.table.office
    return Standing(
        office=office,
        unit=(clock.owner_department if clock else None) or task.department or office,
        owner=task.user,
        leads=(),
        may_know=lambda reader: bool(among(known_tasks(reader), [task.id])),
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


def _words(ids: Ids) -> Mapping[int, SubjectWords]:
    rows = db.session.scalars(THINGS.some(ids)).all()
    return {row.id: SubjectWords("控制表", row.name, PAGE, row.public_id, True) for row in rows}


def _of_offices(offices: frozenset[int]) -> ColumnElement[bool]:
    return ControlTask.table_id.in_(select(ControlTable.id).where(ControlTable.office_id.in_(offices)))


CONTROL_TASK = Subject(
    kind=TASK,
    parts=frozenset(),
    column=None,
    lock=THINGS.lock,
    free=THINGS.free,
    noted=THINGS.noted,
    units=_units,
    standing=_standing,
    known=known_tasks,
    listed=known_tasks,
    counted=lambda _reader: select(ControlTask.id),
    live=lambda: select(ControlTask.id).where(ControlTask.finished_on.is_(None), ControlTask.cancelled_on.is_(None)),
    own=lambda reader, today: owed_or_left(ControlTask, _of_offices, reader, today),
    open_to={},
    words=_words,
    wrote=no_lines,
    refreshed=lambda _ids: {},
    watches={},
)
