"""A control table (进度控制表), worked on by the people of the county, for the tests."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from tests.key_villages.working import TODAY
from tests.world.county import County
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.models import Deadline
from tracker.key_villages.models import ControlLine, ControlTable, ControlTask
from tracker.key_villages.service import controlling
from tracker.key_villages.service.controlling import TaskPlan

TITLE = "阳城县第十三届村（居）民委员会换届"


def day(ahead: int) -> date:
    """Return the day so many days after that of the tests."""
    return TODAY + timedelta(days=ahead)


def plan(county: County, **changes: Any) -> TaskPlan:
    """Return a task of ten days around today, which the handler of the civil bureau answers for."""
    given: dict[str, Any] = {
        "phase": "选民登记",
        "name": "选民登记、入户核对",
        "first_on": day(-5),
        "last_on": day(4),
        "participants": "登记员 612 人",
        "requirement": "遗漏、重复逐户说明",
        "organiser": "各乡镇",
        "department_id": county.ids["civil"],
        "user_id": county.ids["handler"],
    }
    return TaskPlan(**{**given, **changes})


def opened(county: County, *plans: TaskPlan, title: str = TITLE) -> ControlTable:
    """Open a control table of the office with some tasks."""
    with committed():
        table = controlling.open_table(county.office, title=title, by=county.acceptor, now=clock.now())
        for each in plans:
            controlling.add_task(table, each, by=county.acceptor, now=clock.now())
        return table


def task_named(name: str) -> ControlTask:
    """Return a task by its name, read afresh."""
    db.session.expire_all()
    return db.session.scalars(select(ControlTask).where(ControlTask.name == name)).one()


def lines() -> list[ControlLine]:
    """Return the whole trail."""
    return list(db.session.scalars(select(ControlLine).order_by(ControlLine.id)))


def clocks() -> list[Deadline]:
    """Return the clocks of tasks."""
    return list(db.session.scalars(select(Deadline).where(Deadline.subject == "control_task").order_by(Deadline.id)))
