"""Notices, people with mail addresses, and what sending is given from above in its plainest form."""

from datetime import datetime
from typing import Any

from tests.people.factories import make_department, make_user
from tracker import audit
from tracker.audit import Event
from tracker.core.clock import SHANGHAI
from tracker.core.database import committed, db
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import Addressee, Message, Resolved
from tracker.notifications.service import announce
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.people.service import change_email
from tracker.working_days.queries import calendar

MONDAY = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


def make_people(count: int) -> list[User]:
    """Make handlers who have a mail address."""
    with committed():
        office = make_department()
        people = [make_user(f"handler{n}", roles=[(Role.HANDLER, office)]) for n in range(count)]
        for person in people:
            change_email(person, f"{person.username}@example.gov.cn", by=person, now=MONDAY)
    return people


def make_notices(count: int, people: list[User], *, now: datetime = MONDAY, **facts: Any) -> list[Notice]:
    """Write notices, for each person in turn."""
    plain = {"source": "rung", "heading": "催办", "why": "昨天到期", "asked": "请今天办理", "at_once": True}
    days = calendar()
    with committed():
        start = db.session.query(Notice).count()
        made = [
            announce(
                f"test:{start + n}",
                now=now,
                days=days,
                source_id=n,
                user_id=people[n % len(people)].id if people else None,
                **{**plain, **facts},
            )
            for n in range(count)
        ]
        audit.record(Event.RUNG_REACHED, by=None, now=now)
    return made


def to_its_person(notice: Notice, *, now: datetime) -> Resolved:
    """Resolve a notice to the person it names; one that names nobody finds nobody."""
    person = db.session.get(User, notice.user_id) if notice.user_id else None
    return Resolved((Addressee(person.id, "您是承办人", email=person.email),) if person else ())


def plainly(delivery: Delivery, *, now: datetime) -> Message | None:
    """Compose what the notice says."""
    notice = delivery.notice
    return Message(f"【{notice.heading}】", f"{notice.why}，{notice.asked}。", f"https://xf.example.gov.cn/{notice.id}")
