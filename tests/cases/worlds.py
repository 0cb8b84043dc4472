"""Small made-up worlds: departments, people with posts, cases with all that decides who may know of them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from tests.databases import writing
from tracker.cases.record.models import AccusedParty, Assignment, Case, NamedReader
from tracker.cases.record.rules.codes import Confidentiality, LedgerStatus, SubjectStatus
from tracker.core.database import db
from tracker.people.models import Department, Post, User
from tracker.people.queries import reader_for
from tracker.people.rules import EXCLUSIVE_ROLES, DepartmentKind, Reader, Role

TODAY = date(2026, 11, 21)
BEFORE, LATER = date(2025, 1, 1), date(2027, 1, 1)
NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
Row = dict[str, Any]
# What gives more to read is drawn more often.
ROLES = (*Role, *(role for role in Role if role not in EXCLUSIVE_ROLES))
KINDS = (*DepartmentKind, *(DepartmentKind.PETITION_OFFICE,) * 3)


@dataclass(frozen=True)
class World:
    """The rows of a world, by table; identifiers count from 1. Cases `with_unit` lie with the first of their units."""

    departments: Sequence[Row]
    users: Sequence[Row]
    posts: Sequence[Row]
    cases: Sequence[Row]
    assignments: Sequence[Row]
    accused: Sequence[Row]
    named_readers: Sequence[Row]
    with_unit: Sequence[int]

    def write(self) -> None:
        """Write the rows; the caller rolls them back."""
        tables = (
            (Department, self.departments),
            (User, self.users),
            (Post, self.posts),
            (Case, self.cases),
            (Assignment, self.assignments),
            (AccusedParty, self.accused),
            (NamedReader, self.named_readers),
        )
        session = writing()
        for model, rows in tables:
            if rows:
                session.connection().execute(insert(model), list(rows))
        first = select(func.min(Assignment.id)).where(Assignment.case_id == Case.id).correlate(Case).scalar_subquery()
        session.execute(update(Case).where(Case.id.in_(self.with_unit)).values(assignment_id=first))

    def readers(self) -> list[Reader]:
        """Return everybody as the access rules see him today."""
        return [reader_for(user, TODAY) for user in db.session.scalars(select(User).order_by(User.id))]


@dataclass
class Draws:
    """Where the choices of a world come from: hypothesis, or a seeded generator."""

    pick: Any
    number: Any

    def one(self, choices: Sequence[Any]) -> Any:
        """Choose one."""
        return self.pick(choices)

    def maybe(self, choices: Sequence[Any]) -> Any:
        """Choose one or nothing."""
        return self.pick([None, *choices])

    def count(self, most: int) -> range:
        """Choose how many."""
        return range(self.number(most))


def made(draw: Draws, *, departments: int, users: int, cases: int, ties: int) -> World:
    """Make a world; `ties` is how many assignments, accused and named readers a case has at most."""
    department_ids, user_ids, case_ids = (range(1, size + 1) for size in (departments, users, cases))
    return World(
        departments=[_department(draw, id_) for id_ in department_ids],
        users=[_user(draw, id_) for id_ in user_ids],
        posts=[_post(draw, id_, department_ids) for id_ in user_ids for _ in draw.count(3)],
        cases=[_case(draw, id_, department_ids, user_ids) for id_ in case_ids],
        assignments=[_assignment(draw, id_, department_ids, user_ids) for id_ in case_ids for _ in draw.count(ties)],
        accused=[_accused(draw, id_, department_ids, user_ids) for id_ in case_ids for _ in draw.count(ties)],
        named_readers=[_named(draw, id_, user_ids) for id_ in case_ids for _ in draw.count(ties)],
        with_unit=[id_ for id_ in case_ids if draw.one([*[False] * 7, True])],
    )


def _department(draw: Draws, id_: int) -> Row:
    earlier = range(1, id_)
    return {
        "id": id_,
        "name": f"单位{id_}",
        "short_name": f"单位{id_}",
        "kind": draw.one([kind.value for kind in KINDS]),
        "parent_id": draw.maybe(earlier),
        "valid_from": BEFORE,
        "valid_to": draw.one([None, None, None, BEFORE]),
        "successor_id": draw.maybe(earlier) if draw.one([False, False, False, True]) else None,
    }


def _user(draw: Draws, id_: int) -> Row:
    return {
        "id": id_,
        "username": f"u{id_}",
        "name": f"人员{id_}",
        "name_key": f"人员{id_}",
        "password_hash": "-",
        "created_at": NOW,
        "disabled_at": draw.one([None, None, None, None, NOW]),
    }


def _post(draw: Draws, user_id: int, departments: range) -> Row:
    return {
        "user_id": user_id,
        "department_id": draw.one(departments),
        "role": draw.one([role.value for role in ROLES]),
        "title": "",
        "started_on": draw.one([BEFORE, BEFORE, BEFORE, LATER]),
        "ended_on": draw.one([None, None, None, LATER, BEFORE]),
    }


def _case(draw: Draws, id_: int, departments: range, users: range) -> Row:
    return {
        "id": id_,
        "register_no": f"XF-2026-{id_:06d}",
        "office_id": draw.one(departments),
        "registered_at": NOW,
        "registered_by_id": draw.maybe(users),
        "lead_official_id": draw.one(users),
        "received_on": TODAY,
        "channel": "letter",
        "title": "",
        "summary": "",
        "purpose": "appeal",
        "level": draw.one([level.value for level in Confidentiality]),
        "ledger_status": draw.one([status.value for status in LedgerStatus]),
        "anonymous": draw.one([False, False, True]),
    }


def _assignment(draw: Draws, case_id: int, departments: range, users: range) -> Row:
    because = draw.one([None, None, "closed", "closed", "objection"])
    return {
        "case_id": case_id,
        "track": "handling",
        "mode": "assignment",
        "department_id": draw.one(departments),
        "handler_id": draw.maybe(users),
        "lead_official_id": draw.maybe(users),
        "assigned_on": TODAY,
        "delivered_on": TODAY,
        "ended_on": TODAY if because else draw.one([None, None, TODAY]),
        "ended_because": because,
    }


def _accused(draw: Draws, case_id: int, departments: range, users: range) -> Row:
    return {
        "case_id": case_id,
        "name": "某某",
        "user_id": draw.maybe(users),
        "department_id": draw.maybe(departments) if draw.one([False, False, True]) else None,
        "status": draw.one([status.value for status in SubjectStatus] + [None]),
    }


def _named(draw: Draws, case_id: int, users: range) -> Row:
    user_id = draw.one(users)
    return {
        "case_id": case_id,
        "user_id": user_id,
        "because": "",
        "masked": True if (case_id + user_id) % 2 else None,
        "added_at": NOW,
        "ended_at": draw.one([None, None, NOW]),
    }


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a small world."""
    source = Draws(pick=lambda choices: draw(st.sampled_from(choices)), number=lambda most: draw(st.integers(0, most)))
    return made(source, departments=5, users=4, cases=6, ties=2)


def dense_world(seed: int = 4) -> World:
    """Return one large world in which every relation and every denial occurs many times."""
    chance = random.Random(seed)
    source = Draws(pick=lambda choices: chance.choice(list(choices)), number=lambda most: chance.randint(0, most))
    return made(source, departments=8, users=50, cases=200, ties=6)
