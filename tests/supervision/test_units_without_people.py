"""No paper of supervision goes to a unit without people: the office and its leaders are told."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.people.factories import make_department
from tests.reminders.test_raising import START, at, run_days
from tests.world.county import County
from tests.world.matters import Matter
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people import queries, service
from tracker.people.models import Department
from tracker.people.rules import DepartmentKind
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.models import RAISED, Escalation
from tracker.supervision.papers import drafting, orders
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.selection import selection

CLOSED_ON = date(2026, 11, 10)


@pytest.fixture
def matter(county: County) -> Matter:
    """Give a matter that is with its unit since the start."""
    with clock.frozen(at(START)):
        return Matter(county, received_on=START).until("sign_for")


def close(county: County, department: Department) -> None:
    """Close a unit on a day before its first letter is due."""
    with clock.frozen(at(CLOSED_ON)), committed():
        service.close_department(
            department, valid_to=CLOSED_ON, successor=None, by=county.admin, now=clock.now(), reason="机构改革"
        )


def letters() -> list[int]:
    return [order.department_id for order in db.session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.id))]


def test_the_ladder_writes_to_a_unit_that_has_people(matter: Matter) -> None:
    """Control: without the closing the letter goes to the unit."""
    run_days(START, date(2026, 11, 18))
    assert letters() == [matter.county.civil.id]


def test_the_ladder_writes_to_no_closed_unit_but_tells_the_leaders(matter: Matter) -> None:
    county = matter.county
    close(county, county.civil)
    run_days(START, date(2026, 11, 23))
    assert letters() == []
    raised = db.session.scalars(select(Escalation.rung).where(Escalation.state == RAISED).order_by(Escalation.id)).all()
    assert {"short-urge", "short-blue"} <= set(raised), "the rungs are raised, without a paper"
    blue = db.session.scalars(select(Notice).where(Notice.heading == "逾期提醒")).all()
    assert {notice.told for notice in blue} == {"unit_head", "lead"}


def test_the_ladder_writes_to_no_unit_whose_last_people_left(matter: Matter) -> None:
    """The same in small: a unit that is valid, and in which nobody works."""
    county = matter.county
    with clock.frozen(at(CLOSED_ON)), committed():
        for person in (county.handler, county.colleague, county.unit_head):
            service.disable_user(person, by=county.admin, now=clock.now(), reason="调离")
    run_days(START, date(2026, 11, 18))
    assert letters() == []


def test_a_letter_is_owed_by_nobody_who_left(matter: Matter) -> None:
    county = matter.county
    with clock.frozen(at(CLOSED_ON)), committed():
        service.disable_user(county.handler, by=county.admin, now=clock.now(), reason="调离")
    run_days(START, date(2026, 11, 18))
    [(_, clock_)] = orders.unanswered([matter.case.id])[matter.case.id, county.civil.id]
    assert clock_.owner_user_id is None


def test_nobody_urges_a_closed_unit_by_hand(matter: Matter) -> None:
    county = matter.county
    close(county, county.civil)
    with clock.frozen(at(date(2026, 11, 12))):
        assert [unit.id for unit in orders.units_of(matter.case, clock.today())] == [county.office.id]
        with pytest.raises(DomainError, match="没有在岗人员"), committed():
            orders.issue(
                matter.case,
                by=county.office_head,
                now=clock.now(),
                level=RungLevel.URGE,
                reason="请抓紧办理。",
                reply_by=date(2026, 11, 20),
            )
        reader = queries.reader_for(county.office_head, clock.today())
        asked = [matter.case.public_id]
        found = selection(asked, by=county.office_head, reader=reader, today=clock.today(), now=clock.now())
        assert [each.refused for each in found.refused] == [orders.NOBODY_THERE]
        assert CaseFile(matter.case, reader).case.assignment is not None


def test_a_draft_to_a_unit_that_closed_since_is_not_signed(matter: Matter) -> None:
    county = matter.county
    asked = {"reason": "请说明。", "reply_by": date(2026, 11, 20)}
    with clock.frozen(at(date(2026, 11, 9))), committed():
        row = drafting.draft(matter.case, by=county.supervisor, now=clock.now(), level=RungLevel.INTERVIEW, **asked)
    close(county, county.civil)
    with clock.frozen(at(date(2026, 11, 12))):
        with pytest.raises(DomainError, match="没有在岗人员"), committed():
            drafting.sign(row, by=county.leader, now=clock.now())
        with committed():
            drafting.refuse(row, by=county.supervisor, now=clock.now(), reason="单位已经撤销。")
    assert letters() == []


@pytest.mark.both_databases
def test_units_without_people_are_the_closed_and_the_empty(county: County) -> None:
    with committed():
        empty = make_department("县空转局", kind=DepartmentKind.BUREAU, parent=county.county)
    close(county, county.land)
    found = set(db.session.scalars(queries.without_people(clock.today())))
    assert {empty.id, county.land.id} <= found
    assert not {county.civil.id, county.office.id, county.county.id} & found
    assert queries.people_of([county.land.id, empty.id], clock.today()) == {}
    assert county.handler.id in queries.people_of([county.civil.id], clock.today())[county.civil.id]
    assert tick(clock.now()).refused is False
