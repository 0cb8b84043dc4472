"""批示: what a leader writes on a case; with a named person and a day it is a task with its own clock."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from tracker.cases.access.rules import may_see
from tracker.cases.access.scope import matter_of
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import About
from tracker.cases.lifecycle.step_clocks import Owed, Taking, begin
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Case
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.notifications.service import announce
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Role
from tracker.supervision.papers.models import Instruction
from tracker.supervision.papers.orders import about
from tracker.working_days.queries import calendar

SUBJECT = "instruction"


def instruct(
    case: Case,
    *,
    by: User,
    now: datetime,
    reason: str,
    task_of_id: int | None = None,
    due_on: date | None = None,
    materials: Sequence[Material] = (),
    version: int | None = None,
) -> Instruction:
    """Write an instruction (批示); with a person and a day it becomes their task, which falls due and is escalated.

    Raises DomainError where only one of the two is named, or the person may not know of the case.
    """
    given: dict[str, Any] = {"version": version, "reason": reason, "materials": materials}
    with taking(case, Action.INSTRUCT, by=by, now=now, **given) as step:
        person = _person(step, task_of_id, due_on)
        row = Instruction(
            **about(step.case.id),
            by_id=by.id,
            at=now,
            text=step.reason or "",
            task_of_id=task_of_id,
            due_on=due_on,
        )
        db.session.add(row)
        db.session.flush()
        if person is not None and due_on is not None:
            step.about = [Owed(About.INSTRUCTION, row.id, _department_id(person, step), person.id)]
            step.due_on = due_on
            clock = begin(step, LimitKind.INSTRUCTION)
            db.session.flush()
            step.facts.update(task_of=person.name, due_on=long_date(due_on))
            _tell(row, clock.id, by, now)
        return row


def report(
    row: Instruction,
    *,
    by: User,
    now: datetime,
    reason: str,
    materials: Sequence[Material] = (),
    version: int | None = None,
) -> None:
    """Report how an instruction was carried out (报告批示落实情况), by the named person or the head of their unit.

    Raises DomainError for one that waits for no report, Forbidden for anybody else.
    """
    given: dict[str, Any] = {"version": version, "reason": reason, "materials": materials}
    with taking(row.case, Action.REPORT_INSTRUCTION, by=by, now=now, **given) as step:
        clock = step.clock_about(About.INSTRUCTION, row.id)
        if clock is None or row.done_at:
            raise DomainError("这条批示已经报告，或者不再需要报告。")
        heads = {post.department_id for post in step.reader.posts if post.role is Role.DEPARTMENT_HEAD}
        if by.id != row.task_of_id and clock.owner_department_id not in heads:
            raise Forbidden("应由批示指定的人，或者他的单位负责人报告。")
        row.done_at, row.done_by_id, row.report = now, by.id, step.reason
        step.about = [Owed(About.INSTRUCTION, row.id, clock.owner_department_id, clock.owner_user_id)]
        step.facts.update(leader=row.by.name)
        announce(
            f"instruction-report:{row.id}",
            now=now,
            days=calendar(),
            source="report",
            source_id=row.id,
            case_id=row.case_id,
            user_id=row.by_id,
            heading="批示落实",
            why="您的批示已经报告落实情况。",
            asked="请阅。",
        )


def _person(step: Taking, task_of_id: int | None, due_on: date | None) -> User | None:
    if task_of_id is None and due_on is None:
        return None
    if task_of_id is None:
        raise DomainError("写了落实时限的，请指定由谁落实。", field="task_of")
    if due_on is None or due_on < step.today:
        raise DomainError("请写明落实时限，不能早于今天。", field="due_on")
    person = db.session.get(User, task_of_id)
    if person is None or not may_see(reader_for(person, step.today), matter_of(step.case)):
        raise DomainError("这个人不在本件的知悉范围内，请指定承办单位或者信访部门的人。", field="task_of")
    return person


def _department_id(person: User, step: Taking) -> int:
    units = reader_for(person, step.today).department_ids
    handling = step.case.assignment.department_id if step.case.assignment else step.case.office_id
    return handling if handling in units else min(units)


def _tell(row: Instruction, clock_id: int, by: User, now: datetime) -> None:
    announce(
        f"instruction:{row.id}",
        now=now,
        days=calendar(),
        source=SUBJECT,
        source_id=row.id,
        case_id=row.case_id,
        deadline_id=clock_id,
        user_id=row.task_of_id,
        heading="批示",
        why=f"{by.name}对本件作了批示，请您落实。",
        asked="请按批示办理，到期前报告落实情况。",
        reply_by=row.due_on,
        at_once=True,
    )
