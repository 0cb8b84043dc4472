"""Rows written without the services: any state can be arranged, nothing is committed."""

from datetime import date, datetime
from itertools import count
from typing import Any

from tests.databases import writing
from tests.people.factories import SINCE
from tests.world.county import County
from tracker.cases.record.models import AccusedParty, Assignment, Case, Category, DemandPoint
from tracker.core import clock
from tracker.core.database import Model, db
from tracker.core.encryption import blind_index
from tracker.core.text import normalise, pinyin_initials
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.models import Department, Post, User
from tracker.people.queries import reader_for
from tracker.people.rules import DepartmentKind, Reader, Role
from tracker.petitioners.models import Petitioner
from tracker.places.models import Place

TODAY = date(2026, 11, 21)
_numbers = count(1)


def kept(row: Model) -> Any:
    """Write a row and give it back with its id."""
    session = writing()
    session.add(row)
    session.flush()
    return row


def department(name: str, kind: DepartmentKind = DepartmentKind.BUREAU, parent: Department | None = None) -> Department:
    """Make a unit."""
    row: Department = kept(
        Department(
            name=name, short_name=name, kind=kind.value, parent_id=parent.id if parent else None, valid_from=SINCE
        )
    )
    return row


def user(name: str, *posts: tuple[Role, Department]) -> User:
    """Make a person who holds posts."""
    number = next(_numbers)
    row: User = kept(
        User(
            username=f"u{number}",
            name=name,
            name_key=normalise(name),
            password_hash="-",
            created_at=datetime(2026, 1, 1, tzinfo=clock.SHANGHAI),
        )
    )
    for role, unit in posts:
        kept(Post(user_id=row.id, department_id=unit.id, role=role.value, title="", started_on=SINCE))
    return row


def reader(person: User) -> Reader:
    """Give a person as the access rules see him."""
    db.session.expire(person, ["posts"])
    return reader_for(person, TODAY)


def place(name: str, level: int, parent: Place | None = None, code: str | None = None) -> Place:
    """Make a division or a village."""
    row: Place = kept(
        Place(
            code=code or f"{next(_numbers):012d}",
            name=name,
            short_name=name,
            initials=pinyin_initials(name),
            level=level,
            parent_id=parent.id if parent else None,
            valid_from=SINCE,
        )
    )
    return row


def a_case(county: County, title: str = "反映选民登记遗漏", **values: Any) -> Case:
    """Make a case of the county's office; `points`, `names` and `accused` become rows of their own."""
    points, names, accused = (values.pop(key, ()) for key in ("points", "names", "accused"))
    number = next(_numbers)
    defaults = {
        "register_no": f"XF-2026-{number:06d}",
        "office_id": county.ids["office"],
        "registered_at": clock.now(),
        "received_on": TODAY,
        "channel": "letter",
        "title": title,
        "summary": f"{title}。",
        "purpose": "settlement",
    }
    row: Case = kept(Case(**{**defaults, **values}))
    for position, text in enumerate(points, start=1):
        kept(DemandPoint(case_id=row.id, position=position, text=text))
    for position, name in enumerate(names):
        kept(petitioner(row, position, name=name))
    for name in accused:
        kept(AccusedParty(case_id=row.id, name=name))
    return row


def assigned(case: Case, unit: Department, **values: Any) -> Assignment:
    """Give a case to a unit as its handling unit."""
    row: Assignment = kept(
        Assignment(
            case_id=case.id,
            track="handling",
            mode="assignment",
            department_id=unit.id,
            assigned_on=case.received_on,
            delivered_on=case.received_on,
            **values,
        )
    )
    case.assignment_id = row.id
    db.session.flush()
    return row


def petitioner(case: Case, position: int, **values: str) -> Petitioner:
    """Make a petitioner with the keys of what is given."""
    keys = {
        column: blind_index(f"petitioner.{name}", values.get(name))
        for name, column in (("name", "name_key"), ("identity_no", "identity_key"), ("phone", "phone_key"))
    }
    return Petitioner(
        case_id=case.id, position=position, kind="main" if position == 0 else "co_signer", **values, **keys
    )


def clock_of(case: Case, kind: LimitKind, due_on: date, **values: Any) -> Deadline:
    """Start a clock that falls due on a day, and keep the nearest running duty on the case."""
    started_on = values.pop("started_on", case.received_on)
    row: Deadline = kept(
        Deadline(
            case_id=case.id,
            subject="case",
            subject_id=case.id,
            kind=kind.value,
            started_on=started_on,
            amount=LIMITS[kind].amount,
            unit=LIMITS[kind].unit,
            nominal_due=due_on,
            effective_due=due_on,
            first_due=due_on,
            **values,
        )
    )
    if row.ended_on is None and LIMITS[kind].duty and (case.next_due_on is None or due_on < case.next_due_on):
        case.next_due_on = due_on
        db.session.flush()
    return row


def category(name: str, parent: Category | None = None) -> Category:
    """Make a category."""
    row: Category = kept(Category(name=name, parent_id=parent.id if parent else None, position=1, valid_from=SINCE))
    return row
