"""An administrator who adds or renames somebody shuts him out of the cases against him, and learns nothing of them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tests.world.county import County
from tests.world.rows import a_case
from tracker import audit
from tracker.audit.queries import verify
from tracker.cases.acts.accused import name_accused
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.record.models import AccusedParty, Case
from tracker.core.database import committed
from tracker.people.models import Department, User
from tracker.people.queries import version_of

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)


@pytest.fixture
def case(county: County) -> Case:
    with committed():
        made = a_case(county)
        entries = [AccusedEntry("上庄村会计吴用"), AccusedEntry("县供销社")]
        name_accused(made, entries, by=county.acceptor, now=NOW)
        audit.record(audit.Event.CASE_REGISTERED, by=county.acceptor, now=NOW, case_id=made.id)
    return made


def blocked(session: Session) -> list[tuple[int | None, int | None]]:
    session.expire_all()
    rows = session.execute(
        select(AccusedParty.user_id, AccusedParty.department_id).where(
            AccusedParty.status == "provisional",
            or_(AccusedParty.user_id.is_not(None), AccusedParty.department_id.is_not(None)),
        )
    )
    return [(user_id, department_id) for user_id, department_id in rows]


def test_a_new_account_of_an_accused_is_shut_out(county: County, case: Case, session: Session) -> None:
    admin = county.browser("admin")
    form = {"name": "吴用", "phone": "", "username": "wuyong", "password": "yige-henchang-de-mima"}
    answer = admin.submit("/people/new", form)
    assert answer.status_code == 303
    user = session.scalars(select(User).where(User.username == "wuyong")).one()
    assert blocked(session) == [(user.id, None)]
    assert verify().wrong is None
    page = admin.get(answer.location).text
    assert "被反映" not in page


def test_a_name_corrected_to_that_of_an_accused_is_shut_out(county: County, case: Case, session: Session) -> None:
    admin = county.browser("admin")
    stranger = county.stranger
    page = f"/people/{stranger.public_id}/edit"
    assert admin.submit(page, {"name": "吴用", "phone": "", "version": version_of(stranger)}).status_code == 303
    assert blocked(session) == [(stranger.id, None)]
    assert verify().wrong is None


def test_a_new_or_renamed_unit_is_shut_out(county: County, case: Case, session: Session) -> None:
    admin = county.browser("admin")
    form = {"name": "县供销社", "short_name": "", "kind": "bureau", "parent": "", "place_code": "", "valid_from": ""}
    assert admin.submit("/departments/new", form).status_code == 303
    new = session.scalars(select(Department).where(Department.name == "县供销社")).one()
    assert blocked(session) == [(None, new.id)]
    other = session.scalars(select(Department).where(Department.short_name == "县自然资源局")).one()
    page = f"/departments/{other.public_id}/edit"
    renamed = {**form, "name": "县供销社（新）", "short_name": "县供销社", "version": version_of(other)}
    assert admin.submit(page, renamed).status_code == 303
    assert blocked(session) == [(None, new.id), (None, other.id)]
    assert verify().wrong is None
