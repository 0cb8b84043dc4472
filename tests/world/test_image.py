"""The image keeps its promises: the county as its services made it, whole in the log, nothing of the test before."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.databases import TestDatabase
from tests.web.browsing import take
from tests.world.county import PEOPLE, PLACES, SEALED, UNITS, County
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Status
from tracker.people.models import Department, User


@pytest.mark.both_databases
@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_the_county_afresh_and_its_log_holds(session: Session, county: County, turn: int) -> None:
    assert verify().wrong is None
    assert session.scalar(select(func.count()).select_from(Case)) == 0, turn
    case = county.case(county.register())
    assert (case.register_no, case.office_id) == ("XF-2026-000001", county.office.id)
    assert verify().wrong is None


@pytest.mark.both_databases
def test_the_rows_are_those_of_their_keys(county: County) -> None:
    assert county.ids.keys() == UNITS.keys() | PEOPLE.keys() | PLACES.keys()
    for key, (name, role, unit) in PEOPLE.items():
        person = getattr(county, key)
        (post,) = person.posts
        assert (person.name, post.role, post.department.id) == (name, role, county.ids[unit])
        assert post.handles_accusations == (key in SEALED)
    assert [getattr(county, key).code for key in PLACES] == list(PLACES.values())


@pytest.mark.both_databases
def test_who_does_not_ask_starts_from_the_migrations(session: Session, database: TestDatabase) -> None:
    for model in (User, Department, AuditEvent):
        assert session.scalar(select(func.count()).select_from(model)) == 0


@pytest.mark.both_databases
@pytest.mark.parametrize("turn", [1, 2])
def test_a_matter_at_work_is_told_once_and_goes_on_in_every_test(county: County, at_work: str, turn: int) -> None:
    case = county.case(at_work)
    assert (case.register_no, case.status) == ("XF-2026-000001", Status.ACCEPTED), turn
    assert case.id == county.ids["case"]
    assert county.case(county.register()).register_no == "XF-2026-000002"
    assert take(county.browser("handler"), at_work, Action.NOTE, {"reason": "已到村核实。"}).status_code == 303
    assert verify().wrong is None
