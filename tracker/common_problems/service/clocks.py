"""The clocks of common problems and of suggestions to improve (整改、反馈采纳情况), and who is told."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.common_problems.models import CommonLine, CommonProblem, ImprovementAdvice
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import start_clock, stop_clock
from tracker.notifications.service import announce
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.working_days.queries import calendar

PROBLEM, ADVICE = "common_problem", "improvement_advice"
Thing = CommonProblem | ImprovementAdvice


def clocks_of(row: Thing) -> list[Deadline]:
    """Return the clocks of a common problem or a suggestion to improve, the first one first."""
    subject = ADVICE if isinstance(row, ImprovementAdvice) else PROBLEM
    of_thing = (Deadline.subject == subject, Deadline.subject_id == row.id)
    return list(db.session.scalars(select(Deadline).where(*of_thing).order_by(Deadline.id)))


def begin_problem(row: CommonProblem, *, on: date) -> None:
    """Start the clock of a common problem up to its day."""
    start_clock(
        LimitKind.COMMON_PROBLEM,
        case_id=None,
        subject=PROBLEM,
        subject_id=row.id,
        started_on=min(on, row.due_on),
        due_on=row.due_on,
        owner_department_id=row.department_id,
        owner_user_id=row.user_id,
    )


def begin_advice(row: ImprovementAdvice) -> Deadline:
    """Start the clock of the answer to a suggestion to improve, from the day it was sent."""
    return start_clock(
        LimitKind.IMPROVEMENT_REPLY,
        case_id=None,
        subject=ADVICE,
        subject_id=row.id,
        started_on=row.sent_on,
        owner_department_id=row.department_id,
        owner_user_id=row.user_id,
    )


def end(row: Thing, *, on: date, met: bool, act: str) -> None:
    """End the clock of a thing that runs."""
    for clock in clocks_of(row):
        if clock.ended_on is None:
            stop_clock(clock, on=max(on, clock.started_on), met=met, by_action=act)


def tell(thing: Thing, line: CommonLine, *, owner: bool, heading: str, asked: str, now: datetime) -> None:
    """Tell whoever owes a thing, or the office; a person is not told of what they did."""
    about = (ADVICE if isinstance(thing, ImprovementAdvice) else PROBLEM, thing.id)
    row = thing.problem if isinstance(thing, ImprovementAdvice) else thing
    if owner and thing.user_id == line.by_id:
        return
    whom: dict[str, Any] = {"user_id": thing.user_id} if owner else {"told": Recipient.OFFICE.value}
    announce(
        f"common:{line.id}:{'owner' if owner else 'office'}",
        now=now,
        days=calendar(),
        source="common",
        source_id=line.id,
        about=about,
        heading=heading,
        why=f"共性问题{row.number}：{row.text}"[:300],
        asked=asked,
        **whom,
    )
