"""Units that end while nobody works: closed with and without a successor, left by their people, their accounts shut.

`benchmarks.neglect --only endings` lets them end one after the other, and proves by lists: nothing is sent or given to
a unit in which nobody works, nor told to a person who is gone; and what such a unit owes reaches somebody who is there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select

from tracker.cases.record.models import Assignment, OrderDraft
from tracker.core.clock import local_date
from tracker.core.database import committed, db
from tracker.deadlines.models import Deadline
from tracker.notifications.models import Delivery, Notice
from tracker.people import service
from tracker.people.models import Department, Post, User
from tracker.people.rules import Role
from tracker.supervision.papers.models import SupervisionOrder

Way = Callable[[Department, User, datetime], None]


def closed(into: str = "") -> Way:
    """Close a unit (撤销), with a successor or without."""

    def close(unit: Department, by: User, now: datetime) -> None:
        successor = named(into) if into else None
        last_day = local_date(now) - timedelta(days=1)
        service.close_department(unit, valid_to=last_day, successor=successor, by=by, now=now, reason="机构改革")

    return close


def left(*roles: Role) -> Way:
    """Let everybody of a unit leave (离任), or who holds some of its posts."""

    def leave(unit: Department, by: User, now: datetime) -> None:
        for post in _posts(unit, local_date(now)):
            if not roles or post.role in roles:
                service.end_post(post, last_day=local_date(now) - timedelta(days=1), by=by, now=now, reason="调离")

    return leave


def shut(unit: Department, by: User, now: datetime) -> None:
    """Shut the accounts of everybody of a unit (停用); their posts stay."""
    for post in _posts(unit, local_date(now)):
        service.disable_user(post.user, by=by, now=now, reason="调离")


@dataclass(frozen=True)
class Ending:
    """On which day which unit ends, and how."""

    day: int
    unit: str
    way: Way


ENDINGS: tuple[Ending, ...] = (
    Ending(5, "县民政局", closed()),
    Ending(12, "县自然资源局", closed(into="县农业农村局")),
    Ending(20, "县水务局", left()),
    Ending(28, "县住建局", shut),
    Ending(35, "县人社局", closed(into="县水务局")),
    Ending(45, "县农业农村局", left()),
    Ending(55, "北留镇", closed()),
    Ending(65, "县信访局", left(Role.ACCEPTOR)),
    Ending(80, "润城镇", shut),
)


@dataclass
class Ended:
    """What ended on the way: the people and units that are gone, and the clocks that were owed by such a unit."""

    people: dict[int, date] = field(default_factory=dict)
    units: dict[int, date] = field(default_factory=dict)
    clocks: dict[int, date] = field(default_factory=dict)

    def end(self, ending: Ending, now: datetime) -> set[int]:
        """Let a unit end; return the running clocks that it owed, where nobody stays in it."""
        unit, today = named(ending.unit), local_date(now)
        owed = select(Deadline.id).where(Deadline.owner_department_id == unit.id, Deadline.ended_on.is_(None))
        before, clocks = {post.user_id for post in _posts(unit, today)}, set(db.session.scalars(owed))
        with committed():
            ending.way(unit, db.session.scalars(select(User).where(User.username == "admin")).one(), now)
        staying = {post.user_id for post in _posts(unit, today)}
        gone = before - staying
        assert gone, f"nobody of {unit.short_name} left"
        self.people |= dict.fromkeys(gone, today)
        if staying:
            return set()
        self.units[unit.id] = today
        self.clocks |= dict.fromkeys(clocks, today)
        return clocks

    def faults(self) -> Iterator[str]:
        """Yield what was sent, drafted or given to a unit after its people left, and what was told to somebody gone."""
        given = select(Assignment.department_id, Assignment.assigned_on, Assignment.case_id)
        papers = select(SupervisionOrder.department_id, SupervisionOrder.issued_at, SupervisionOrder.number)
        drafts = select(OrderDraft.department_id, OrderDraft.drafted_at, OrderDraft.case_id)
        for what, statement in (("given", given), ("a paper to", papers), ("a draft to", drafts)):
            for unit_id, at, named_ in db.session.execute(statement):
                on = local_date(at) if isinstance(at, datetime) else at
                if unit_id in self.units and on >= self.units[unit_id]:
                    yield f"{what} {db.session.get_one(Department, unit_id).short_name} on {on}: {named_}"
        told = select(Delivery.user_id, Delivery.delivered_at, Notice.heading).join(Delivery.notice)
        for user_id, at, heading in db.session.execute(told.where(Delivery.delivered_at.is_not(None))):
            if user_id in self.people and local_date(at) >= self.people[user_id]:
                yield f"told {db.session.get_one(User, user_id).name} on {local_date(at)}: {heading}"


def named(short_name: str) -> Department:
    """Return a unit by its short name."""
    return db.session.scalars(select(Department).where(Department.short_name == short_name)).one()


def _posts(unit: Department, today: date) -> list[Post]:
    """Return the posts of a unit held today by somebody who may sign in."""
    rows = db.session.scalars(select(Post).where(Post.department_id == unit.id).order_by(Post.id))
    return [post for post in rows if post.runs_on(today) and post.user.is_active]
