"""进度控制表: tables are opened; tasks are added, copied, changed, finished, cancelled, resumed, each with its line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import in_range, long_date
from tracker.core.errors import DomainError, Forbidden, StaleVersion
from tracker.core.text import worded
from tracker.deadlines.service import run_on
from tracker.key_villages.control_access import keeps, may_act
from tracker.key_villages.models import ControlTable, ControlTask
from tracker.key_villages.rules.control import CONTROL_LABELS, TASK_ACTS, TASK_LABELS, ControlAct
from tracker.key_villages.service.control_records import (
    begin_clock,
    clocks_of,
    days_of,
    days_words,
    end_clock,
    record_line,
)
from tracker.people.models import Department, User
from tracker.people.queries import reader_for
from tracker.people.rules import does_case_work

LONGEST_TITLE, LONGEST_PHASE, LONGEST_NAME, LONGEST_LINE, LONGEST_TEXT, LONGEST_SAID = 200, 40, 100, 200, 500, 1000


@dataclass(frozen=True)
class TaskPlan:
    """A task as it is planned. `organiser` is in words; unit and person are who answers for it, perhaps nobody."""

    phase: str
    name: str
    first_on: date
    last_on: date
    participants: str
    requirement: str
    organiser: str
    election: bool = False
    department_id: int | None = None
    user_id: int | None = None


# What of a plan is told when it changes.
TEXTS = {
    "phase": ("阶段", LONGEST_PHASE),
    "name": ("任务", LONGEST_NAME),
    "participants": ("参加人员", LONGEST_LINE),
    "requirement": ("要求", LONGEST_TEXT),
    "organiser": ("组织者", LONGEST_LINE),
}


def open_table(office: Department, *, title: str, by: User, now: datetime) -> ControlTable:
    """Open a control table of an office for a campaign (新建控制表). Raises Forbidden, DomainError."""
    _refuse_stranger(office.id, by, now)
    table = ControlTable(office_id=office.id, title=worded(title, "名称", LONGEST_TITLE, "title"), opened_at=now)
    db.session.add(table)
    db.session.flush()
    record_line(table, None, ControlAct.OPEN, by=by, now=now, told=[table.title])
    return table


def add_task(table: ControlTable, plan: TaskPlan, *, by: User, now: datetime) -> ControlTask:
    """Add a task to a table (加一项). Raises Forbidden, DomainError."""
    _refuse_stranger(table.office_id, by, now)
    task = _add(table, plan, local_date(now))
    record_line(table, task, ControlAct.ADD, by=by, now=now, told=[days_words(task)])
    return task


def copy_tasks(table: ControlTable, source: ControlTable, *, begins_on: date, by: User, now: datetime) -> int:
    """Copy all tasks of an earlier table with their days moved (照搬), the first to a day; return how many.

    Every day moves by the same number. Who answers for a task stays only where they still can. Raises Forbidden, and
    DomainError where the table has tasks already, or the earlier one has none.
    """
    _refuse_stranger(table.office_id, by, now)
    locked(table)
    db.session.refresh(table, ["tasks"])
    if table.tasks:
        raise DomainError("这份控制表已经有任务，不能再照搬。")
    kept = [task for task in source.tasks if task.cancelled_on is None]
    if source.office_id != table.office_id or not kept:
        raise DomainError("请选择一份有任务的控制表。", field="source")
    shift = begins_on - min(task.first_on for task in kept)
    for task in kept:
        _add(table, _moved(task, shift, local_date(now)), local_date(now))
    told = [f"照搬“{source.title}”{len(kept)} 项，日期移动 {shift.days} 天"]
    record_line(table, None, ControlAct.COPY, by=by, now=now, told=told)
    return len(kept)


def _moved(task: ControlTask, shift: timedelta, today: date) -> TaskPlan:
    able = task.user is not None and _is_able(task.user, today)
    return TaskPlan(
        phase=task.phase,
        name=task.name,
        first_on=in_range(task.first_on + shift, field="begins_on"),
        last_on=in_range(task.last_on + shift, field="begins_on"),
        participants=task.participants,
        requirement=task.requirement,
        organiser=task.organiser,
        election=task.election,
        department_id=task.department_id if able else None,
        user_id=task.user_id if able else None,
    )


@dataclass
class _Taking:
    """An act on a task that is being taken; `told` becomes the facts of its line."""

    task: ControlTask
    now: datetime
    told: list[str] = field(default_factory=list)
    happened_on: date | None = None

    @property
    def today(self) -> date:
        return local_date(self.now)


@contextmanager
def _taking(
    task: ControlTask, act: ControlAct, *, by: User, now: datetime, said: str, version: int | None
) -> Iterator[_Taking]:
    """Take an act on a task: locked, checked, with its line and its place in the log."""
    locked(task)
    if version is not None and version != task.version:
        raise StaleVersion("您打开页面以后，别人已经办理过。请看清变化后再办。")
    step = _Taking(task, now)
    if not may_act(reader_for(by, step.today), task, act):
        raise Forbidden(f"“{CONTROL_LABELS[act]}”应由信访部门（换届办）或者负责这项任务的人办理。")
    state = days_of(task).state(step.today)
    if state not in TASK_ACTS[act]:
        raise DomainError(f"这项任务现在是“{TASK_LABELS[state]}”，不能{CONTROL_LABELS[act]}。")
    words = worded(said, "情况或理由", LONGEST_SAID, "said")
    yield step
    task.version += 1
    happened_on = step.happened_on or step.today
    record_line(task.table, task, act, by=by, now=now, said=words, told=step.told, happened_on=happened_on)


def change_task(
    task: ControlTask, plan: TaskPlan, *, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Change a task, with the reason (更改); what was before stays in the trail. Another last day begins another clock.

    Raises Forbidden, DomainError, StaleVersion.
    """
    with _taking(task, ControlAct.CHANGE, by=by, now=now, said=said, version=version) as step:
        _check(plan, step.today)
        was, owed = days_words(task), (task.last_on, task.department_id, task.user_id)
        for name, (label, _longest) in TEXTS.items():
            before, after = getattr(task, name), getattr(plan, name).strip()
            if before != after:
                step.told.append(f"{label}“{before}”改为“{after}”")
        answered = task.user.name if task.user else "无"
        _write(task, plan)
        db.session.flush()
        db.session.refresh(task, ["user"])
        if was != days_words(task):
            step.told.append(f"{was}改为{days_words(task)}")
        if owed[1:] != (task.department_id, task.user_id):
            step.told.append(f"负责人 {answered} 改为 {task.user.name if task.user else '无'}")
        if not step.told:
            raise DomainError("没有改动。")
        if owed != (task.last_on, task.department_id, task.user_id):
            end_clock(task, on=step.today, met=False, act=ControlAct.CHANGE)
            begin_clock(task)


def finish_task(
    task: ControlTask, *, finished_on: date, said: str, by: User, now: datetime, version: int | None = None
) -> None:
    """Say that a task is done: on which day, and what was done (登记完成). Raises as `change_task`."""
    with _taking(task, ControlAct.FINISH, by=by, now=now, said=said, version=version) as step:
        if not task.first_on <= finished_on <= step.today:
            first = long_date(min(task.first_on, step.today))
            raise DomainError(f"完成日期应在{first}和今天之间。", field="finished_on")
        task.finished_on, task.outcome, step.happened_on = finished_on, said.strip(), finished_on
        late = days_of(task).days_late(step.today)
        step.told.append(f"{long_date(finished_on)}完成" + (f"，迟 {late} 天" if late else ""))
        end_clock(task, on=finished_on, met=True, act=ControlAct.FINISH)


def cancel_task(task: ControlTask, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Cancel a task, with the reason (取消); it leaves the chart and stays on record. Raises as `change_task`."""
    with _taking(task, ControlAct.CANCEL, by=by, now=now, said=said, version=version) as step:
        task.cancelled_on = step.today
        end_clock(task, on=step.today, met=False, act=ControlAct.CANCEL)


def resume_task(task: ControlTask, *, said: str, by: User, now: datetime, version: int | None = None) -> None:
    """Let a task go on that was finished or cancelled by mistake (恢复办理): its clock runs as if never stopped.

    Raises as `change_task`.
    """
    with _taking(task, ControlAct.RESUME, by=by, now=now, said=said, version=version) as step:
        step.told.append(f"此前“{TASK_LABELS[days_of(task).state(step.today)]}”")
        task.finished_on = task.cancelled_on = task.outcome = None
        run_on(clocks_of(task)[-1], today=step.today)


def _refuse_stranger(office_id: int, by: User, now: datetime) -> None:
    if not keeps(reader_for(by, local_date(now)), office_id):
        raise Forbidden("控制表应由信访部门（换届办）编制。")


def _add(table: ControlTable, plan: TaskPlan, today: date) -> ControlTask:
    _check(plan, today)
    task = ControlTask(table=table, planned_last_on=plan.last_on, version=1)
    _write(task, plan)
    db.session.add(task)
    db.session.flush()
    db.session.refresh(task, ["user", "department"])
    begin_clock(task)
    return task


def _write(task: ControlTask, plan: TaskPlan) -> None:
    for name in TEXTS:
        setattr(task, name, getattr(plan, name).strip())
    task.first_on, task.last_on, task.election = plan.first_on, plan.last_on, plan.election
    task.department_id, task.user_id = plan.department_id, plan.user_id


def _check(plan: TaskPlan, today: date) -> None:
    for name, (label, longest) in TEXTS.items():
        worded(getattr(plan, name), label, longest, name)
    if plan.last_on < plan.first_on:
        raise DomainError("结束日期不能早于开始日期。", field="last_on")
    if plan.election and plan.first_on != plan.last_on:
        raise DomainError("选举日只有一天，结果当天报：开始和结束应是同一天。", field="last_on")
    person = db.session.get(User, plan.user_id) if plan.user_id else None
    if plan.user_id and (person is None or not _is_able(person, today)):
        raise DomainError("请选择在岗、办理业务的人员。", field="owner")


def _is_able(person: User, today: date) -> bool:
    reader = reader_for(person, today)
    return reader.active and does_case_work(reader)
