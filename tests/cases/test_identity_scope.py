"""`identity_open_to` in SQL and `may_open_identity` in Python agree, for every role, level and tie to a case."""

from collections.abc import Iterator
from itertools import product

import pytest
from sqlalchemy import select

from tests.world.county import County
from tests.world.rows import TODAY, a_case, assigned, kept, reader, user
from tracker.cases.access.rules import may_open_identity, may_see
from tracker.cases.access.scope import identity_open_to, matter_of, visible_to
from tracker.cases.record.models import AccusedParty, Case, NamedReader
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core import clock
from tracker.core.database import db
from tracker.people.models import User
from tracker.people.rules import Reader, Role

pytestmark = pytest.mark.both_databases


def arranged(county: County) -> tuple[list[User], list[Case]]:
    """Make a person for every role in every unit, and cases tied to them in every way."""
    units = (county.office, county.civil, county.land, county.county)
    people = [user(f"{role}{unit.id}", (role, unit)) for role, unit in product(Role, units)]
    people += [county.acceptor, county.handler, county.unit_head, county.lead, user("无岗")]
    disabled = user("停用", (Role.ACCEPTOR, county.office))
    disabled.disabled_at = clock.now()
    people.append(disabled)
    cases = []
    for level in Confidentiality:
        plain = a_case(county, level=level.value, registered_by_id=people[0].id)
        given = a_case(county, level=level.value)
        assigned(given, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id)
        listed = a_case(county, level=level.value)
        for person in (county.acceptor, county.handler, people[-1]):
            kept(NamedReader(case_id=listed.id, user_id=person.id, because="试", added_at=clock.now()))
        accused = a_case(county, level=level.value)
        assigned(accused, county.civil, handler_id=county.handler.id)
        kept(AccusedParty(case_id=accused.id, name="某人", user_id=county.handler.id, status="provisional"))
        kept(AccusedParty(case_id=accused.id, name="某局", department_id=county.office.id, status="confirmed"))
        cases += [plain, given, listed, accused]
    return people, cases


def pairs(people: list[User], cases: list[Case]) -> Iterator[tuple[Reader, Case]]:
    return product([reader(person) for person in people], cases)


def test_both_say_the_same(county: County) -> None:
    people, cases = arranged(county)
    open_in_sql = {
        (person.id, case_id)
        for person in people
        for case_id in db.session.scalars(select(Case.id).where(identity_open_to(reader(person))))
    }
    open_in_rules = {(r.user_id, c.id) for r, c in pairs(people, cases) if may_open_identity(r, matter_of(c))}
    assert open_in_sql == open_in_rules
    assert open_in_rules, TODAY


def test_opening_is_never_wider_than_seeing_and_sometimes_narrower(county: County) -> None:
    people, _ = arranged(county)
    narrower = 0
    for person in people:
        asking = reader(person)
        seen = set(db.session.scalars(select(Case.id).where(visible_to(asking))))
        opened = set(db.session.scalars(select(Case.id).where(identity_open_to(asking))))
        assert opened <= seen
        narrower += opened < seen
    assert narrower > 3


def test_seeing_is_wider_than_opening_in_the_rules_too(county: County) -> None:
    people, cases = arranged(county)
    assert any(may_see(r, matter_of(c)) and not may_open_identity(r, matter_of(c)) for r, c in pairs(people, cases))
