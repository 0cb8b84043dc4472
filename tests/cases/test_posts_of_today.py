"""Whoever holds a post today holds it, whatever day it began or will end: named lists, the log, the trail, imports."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.people.factories import SINCE, make_department, make_user
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.models import AuditEvent
from tracker.cases.access.named_readers import running_named_readers
from tracker.cases.acts import office, sidetracks
from tracker.cases.record.models import CaseStep
from tracker.cases.record.rules.codes import Confidentiality, MatterClass, Route
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.people import service
from tracker.people.models import Department, User
from tracker.people.rules import DepartmentKind, Role

OF_THE_COUNTY = dict.fromkeys(("李晓梅", "周建国"), "举报专办岗位")


def give(person: User, unit: Department, role: Role, *, started_on: date, sealed: bool = False) -> None:
    """Give a post, accusations included or not."""
    with committed():
        service.give_post(
            person,
            department=unit,
            role=role,
            started_on=started_on,
            by=None,
            now=Clock.now(),
            handles_accusations=sealed,
        )


def leaves(person: User, last_day: date) -> None:
    """Enter the last day of a person's first post."""
    with committed():
        service.end_post(person.posts[0], last_day=last_day, by=None, now=Clock.now())


@pytest.fixture
def handlers(county: County, clock: Clock) -> dict[str, str]:
    """Give the office people of 举报专办: in post, not yet, leaving, gone; return who is to be named."""
    days = {"now": (SINCE, None), "soon": (30, None), "leaving": (SINCE, 20), "gone": (SINCE, -1)}
    for key, (start, end) in days.items():
        with committed():
            person = make_user(key, f"专办{key}")
        began = start if isinstance(start, date) else clock.today() + timedelta(days=start)
        give(person, county.office, Role.ACCEPTOR, started_on=began, sealed=True)
        if end is not None:
            leaves(person, clock.today() + timedelta(days=end))
    return {"专办now": "举报专办岗位", "专办leaving": "举报专办岗位"}


def named(matter: Matter) -> dict[str, str]:
    """Return who is on the named list of a case, and why."""
    return {row.user.name: row.because for row in running_named_readers(matter.case)}


def test_an_accusation_found_at_triage_opens_to_those_in_post_today(
    county: County, handlers: dict[str, str], clock: Clock
) -> None:
    matter = Matter(county)
    with committed():
        office.triage(
            matter.case,
            by=county.checker,
            now=clock.now(),
            matter_class=MatterClass.ACCUSATION,
            route=None,
            level=Confidentiality.ACCUSATION,
        )
    assert named(matter) == {**OF_THE_COUNTY, **handlers, "孙琳": "分类人"}


def test_registration_and_triage_name_the_same_people(county: County, handlers: dict[str, str], clock: Clock) -> None:
    registered = Matter(county, level=Confidentiality.ACCUSATION)
    assert named(registered) == {**OF_THE_COUNTY, **handlers, "赵敏": "登记人"}


def test_a_check_of_the_election_opens_to_the_unit_head_of_today(county: County, clock: Clock) -> None:
    with committed():
        coming = make_user("coming", "下任")
    give(coming, county.town, Role.DEPARTMENT_HEAD, started_on=clock.today() + timedelta(days=30))
    leaves(county.town_head, clock.today() + timedelta(days=20))
    matter = Matter(county, level=Confidentiality.ACCUSATION)
    with committed():
        matter.triage(matter_class=MatterClass.ACCUSATION, route=None)
    with committed():
        sidetracks.assign_validity(
            matter.case,
            by=county.acceptor,
            now=clock.now(),
            department_id=county.town.id,
            handler_id=None,
            due_on=clock.today() + timedelta(days=19),
        )
    assert named(matter)[county.town_head.name] == f"{county.town.short_name}承办"
    assert "下任" not in named(matter)


def test_a_person_about_to_leave_acts_in_the_post(county: County, session: Session, clock: Clock) -> None:
    matter = Matter(county)
    leaves(county.acceptor, clock.today() + timedelta(days=20))
    with committed():
        matter.triage()
    line = session.scalars(select(CaseStep).order_by(CaseStep.id.desc())).first()
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "case.stepped")).one()
    assert line is not None
    assert (line.actor_unit, event.actor_role) == (county.office.name, "县信访局·受理员")


def test_a_person_not_yet_in_post_acts_without_it(county: County, session: Session, clock: Clock) -> None:
    give(county.acceptor, county.land, Role.HANDLER, started_on=clock.today() + timedelta(days=1))
    matter = Matter(county)
    with committed():
        matter.triage()
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "case.stepped")).one()
    assert event.actor_role == "县信访局·受理员"


def test_of_two_posts_the_trail_names_the_one_that_acts(county: County, session: Session, clock: Clock) -> None:
    with committed():
        person = make_user("both", "兼职", roles=[(Role.HANDLER, county.land), (Role.ACCEPTOR, county.office)])
    matter = Matter(county)
    with committed():
        values = {"matter_class": MatterClass.CLAIM, "route": Route.PETITION}
        office.triage(matter.case, by=person, now=clock.now(), **values)  # type: ignore[arg-type]
    last = session.scalars(select(CaseStep).order_by(CaseStep.id.desc())).first()
    assert last is not None
    assert last.actor_unit == county.office.name


def test_an_administrator_who_begins_later_is_none_yet(session: Session, clock: Clock) -> None:
    with committed():
        office_ = make_department("信息中心", kind=DepartmentKind.BUREAU)
        first = make_user("first", "管理甲", roles=[(Role.ADMINISTRATOR, office_)])
        second = make_user("second", "管理乙")
    give(second, office_, Role.ADMINISTRATOR, started_on=clock.today() + timedelta(days=30))
    with pytest.raises(DomainError, match="最后一名系统管理员"), committed():
        service.end_post(first.posts[0], last_day=clock.today(), by=None, now=clock.now())
    with committed():
        service.end_post(first.posts[0], last_day=clock.today() + timedelta(days=29), by=None, now=clock.now())
