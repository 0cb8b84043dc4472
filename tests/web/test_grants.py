"""What widens access needs a second administrator, a wait, and is told: nobody gives himself anything (三员分立)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.client import Client
from tests.conftest import Clock
from tests.people.factories import PASSWORD, sign_in
from tests.world.county import County
from tracker import audit
from tracker.audit import Event
from tracker.audit.queries import verify
from tracker.cases.access import widening
from tracker.cases.access.rules import ACCESS, Relation
from tracker.cases.record.models import Case, NamedReader
from tracker.cases.record.rules.codes import Confidentiality, Purpose
from tracker.core import clock as core_clock
from tracker.core.database import committed
from tracker.jobs.granting import carry_out_grants
from tracker.jobs.notices import send_notices
from tracker.notifications.models import Notice
from tracker.people import queries
from tracker.people.models import GrantRequest, Post, User
from tracker.people.rules import WIDENING_ROLES, Role
from tracker.people.service.posts import stop_post

FIRST, OWN = "槐花开满院子的五月天", "晒谷场上的九月黄昏天"
ACCUSATION = {"purpose": Purpose.ACCUSATION, "title": "反映村干部侵占", "summary": "会计侵占补偿款。"}


@pytest.fixture
def accusation(county: County) -> str:
    """Register an accusation: from now on the office works."""
    return county.register("acceptor", **ACCUSATION)


def ghost(county: County) -> User:
    admin = county.browser("admin")
    made = admin.submit("/people/new", {"name": "游影", "username": "ghost", "password": FIRST})
    assert made.status_code == 303
    browser = county.new_client()
    sign_in(browser, "ghost", FIRST)
    own_password(browser, FIRST)
    found = queries.account_named("ghost")
    assert found
    return found


def ask_post(county: County, person: User, **changes: str) -> Any:
    data = {
        "department": county.office.public_id,
        "role": Role.ACCEPTOR.value,
        "started_on": "2020-01-01",
        "handles_accusations": "y",
        "reason": "人手不够。",
        **changes,
    }
    return county.browser("admin").submit(f"/people/{person.public_id}/posts/new", data)


def only(session: Session) -> GrantRequest:
    session.expire_all()
    return session.scalars(select(GrantRequest)).one()


def approve(county: County, request: GrantRequest, by: str = "security") -> object:
    return county.browser(by).submit(f"/grants/{request.public_id}/approve", {"note": "与周局长当面核对。"})


def own_password(browser: Client, first: str) -> None:
    answer = browser.submit("/account/password", {"old": first, "password": OWN, "again": OWN})
    assert answer.status_code == 303, answer.text


def test_a_ghost_account_reads_nothing(
    county: County, accusation: str, session: Session, new_client: Callable[[], Client]
) -> None:
    person = ghost(county)
    assert ask_post(county, person).status_code == 303
    assert session.scalars(select(Post).where(Post.user_id == person.id)).all() == []
    later = county.register("acceptor", **ACCUSATION)
    browser = new_client()
    sign_in(browser, "ghost", OWN)
    for address in (accusation, later):
        assert browser.get(f"/cases/{address}").status_code in (403, 404)
    assert person.id not in session.scalars(select(NamedReader.user_id)).all()
    assert verify().wrong is None


def test_a_password_is_not_taken_over(
    county: County, accusation: str, session: Session, new_client: Callable[[], Client], clock: Clock
) -> None:
    admin, whom = county.browser("admin"), county.acceptor
    answer = admin.submit(f"/people/{whom.public_id}/password", {"reason": "忘了密码。"})
    assert answer.status_code == 303
    assert "等安全管理员批准" in admin.get(answer.location).text
    assert handed_out(county, only(session)).status_code == 422, "nobody approved it"
    assert county.browser("acceptor").get(f"/cases/{accusation}").status_code == 200, "her own session goes on"
    send_notices()
    for who in ("acceptor", "office_head"):
        assert "有人申请扩大权限" in county.browser(who).get("/inbox").text
    told = {each.user_id for each in session.scalars(select(Notice).where(Notice.source == "widening"))}
    assert told == {county.acceptor.id, county.office_head.id}
    request = only(session)
    assert approve(county, request, by="admin").status_code == 403
    page = county.browser("acceptor").get("/account").text
    assert f"/grants/{request.public_id}/object" in page
    assert county.browser("stranger").get(f"/grants/{request.public_id}/object").status_code == 404
    county.browser("acceptor").submit(f"/grants/{request.public_id}/object", {"note": "不是我要求的。"})
    assert only(session).outcome == "withdrawn"
    assert approve(county, only(session)).status_code == 422
    clock.forward(days=3)
    carry_out_grants()
    county.end_sessions()
    assert handed_out(county, only(session)).status_code == 422
    sign_in(new_client(), "acceptor")
    assert verify().wrong is None


def test_what_two_agree_on_works_after_the_wait_and_not_for_the_past(
    county: County, accusation: str, session: Session, clock: Clock
) -> None:
    person = ghost(county)
    ask_post(county, person)
    assert "待批准" in county.browser("security").get("/people").text
    assert approve(county, only(session)).status_code == 303
    clock.forward(hours=23)
    carry_out_grants()
    assert only(session).outcome is None
    county.end_sessions()
    assert "生效" in county.browser("admin").get("/people").text
    clock.forward(hours=2)
    carry_out_grants()
    carry_out_grants()
    request = only(session)
    assert request.outcome == "done"
    post = session.scalars(select(Post).where(Post.user_id == person.id)).one()
    assert post.started_on == core_clock.today(), "not 2020: it begins when it works"
    assert post.handles_accusations
    case = session.scalars(select(Case).where(Case.public_id == accusation)).one()
    readers = session.scalars(select(NamedReader.user_id).where(NamedReader.case_id == case.id)).all()
    assert person.id not in readers, "the list of an accusation of before stays as it was"
    later = county.register("acceptor", **ACCUSATION, received_on=core_clock.today())
    case = session.scalars(select(Case).where(Case.public_id == later)).one()
    assert person.id in session.scalars(select(NamedReader.user_id).where(NamedReader.case_id == case.id)).all()
    assert verify().wrong is None


def handed_out(county: County, request: GrantRequest, by: str = "security") -> Any:
    return county.browser(by).submit(f"/grants/{request.public_id}/password", page="/people")


def test_a_reset_is_handed_out_by_who_approved_and_known_to_nobody_before(
    county: County, accusation: str, session: Session, new_client: Callable[[], Client], clock: Clock
) -> None:
    county.browser("admin").submit(f"/people/{county.handler.public_id}/password", {"reason": "忘了。"})
    approve(county, only(session))
    assert handed_out(county, only(session)).status_code == 422, "the wait is not over"
    clock.forward(hours=25)
    carry_out_grants()
    assert only(session).outcome is None, "no timer gives anybody a password"
    county.end_sessions()
    assert handed_out(county, only(session), by="admin").status_code == 403
    page = county.browser("security").get("/people").text
    assert "可以发放" in page
    shown = handed_out(county, only(session)).text
    made = re.search(r'<p class="secret"><code>([a-z0-9-]{14})</code>', shown)
    assert made
    assert only(session).outcome == "done"
    again = handed_out(county, only(session))
    assert (again.status_code, made[1] in again.text) == (422, False)
    for who, address in (("admin", "/people"), ("admin", f"/people/{county.handler.public_id}"), ("auditor", "/log")):
        assert made[1] not in county.browser(who).get(address).text
    assert new_client().sign_in("handler", PASSWORD).status_code != 303
    browser = new_client()
    sign_in(browser, "handler", made[1])
    assert browser.get("/cases").location == "/account/password", "nothing before their own"
    own_password(browser, made[1])
    assert new_client().sign_in("handler", made[1]).status_code != 303
    assert verify().wrong is None


@pytest.mark.both_databases
def test_who_approves_their_own_hands_nothing_out(county: County, accusation: str, session: Session) -> None:
    with committed():
        request = widening.ask_password(county.handler, reason="忘了。", by=county.admin, now=core_clock.now())
        request.approved_by_id, request.approved_at = county.security.id, core_clock.now()
        request.takes_effect_at, request.asked_by_id = core_clock.now(), county.security.id
        audit.record(Event.GRANT_APPROVED, by=county.security, now=core_clock.now(), payload={})
    answer = handed_out(county, only(session))
    assert (answer.status_code, "另一位安全管理员" in answer.text) == (422, True)


def test_whose_first_password_others_know_is_given_nothing(
    county: County, accusation: str, session: Session, new_client: Callable[[], Client]
) -> None:
    admin = county.browser("admin")
    admin.submit("/people/new", {"name": "游影", "username": "ghost", "password": FIRST})
    person = queries.account_named("ghost")
    assert person
    answer = ask_post(county, person)
    assert (answer.status_code, "还没有改掉初始密码" in answer.text) == (422, True)
    assert session.scalars(select(GrantRequest)).all() == []
    browser = new_client()
    sign_in(browser, "ghost", FIRST)
    own_password(browser, FIRST)
    assert ask_post(county, person).status_code == 303


def test_nobody_approves_what_they_gain_by(county: County, accusation: str, session: Session) -> None:
    county.browser("admin").submit(f"/people/{county.security.public_id}/password", {"reason": "忘了。"})
    assert session.scalars(select(GrantRequest)).all() == [], "the only one who approves is the person"


def test_who_is_missing_is_said_and_nothing_is_waived(county: County, accusation: str, session: Session) -> None:
    with committed():
        stop_post(county.security.posts[0], last_day=core_clock.today() - timedelta(days=1), now=core_clock.now())
        widening.note_keeper(county.security.posts[0], now=core_clock.now())
    person = ghost(county)
    answer = ask_post(county, person)
    assert answer.status_code == 422
    assert "没有别的安全管理员可以批准" in answer.text
    assert session.scalars(select(Post).where(Post.user_id == person.id)).all() == []
    page = county.browser("admin").get("/people").text
    assert "没有人担任安全管理员：须两个人的权限变更没有人批准" in page


def test_an_ordinary_post_works_at_once_and_a_reason_is_asked_of_the_others(
    county: County, accusation: str, session: Session
) -> None:
    person = ghost(county)
    plain = {"role": Role.HANDLER.value, "handles_accusations": "", "department": county.land.public_id, "reason": ""}
    assert ask_post(county, person, **plain).status_code == 303
    assert [post.role for post in queries.user_by_public_id(person.public_id).posts] == ["handler"]
    missing = ask_post(county, county.registrar, reason="")
    assert missing.status_code == 422
    assert "请写明理由" in missing.text
    assert re.search(r'value="2020-01-01"', missing.text), "what was typed stays"


def test_before_the_first_registration_it_is_free(county: County, session: Session) -> None:
    person = ghost(county)
    ask_post(county, person)
    assert session.scalars(select(Post).where(Post.user_id == person.id)).one().handles_accusations
    assert session.scalars(select(GrantRequest)).all() == []


def test_a_refusal_and_a_request_twice(county: County, accusation: str, session: Session) -> None:
    person = ghost(county)
    ask_post(county, person)
    assert "已有同样的申请" in ask_post(county, person).text
    request = only(session)
    county.browser("security").submit(f"/grants/{request.public_id}/end", {"note": "没有这个人。"})
    assert only(session).outcome == "refused"
    assert ask_post(county, person).status_code == 303


def test_what_cannot_be_done_any_more_says_so(county: County, accusation: str, session: Session, clock: Clock) -> None:
    person = ghost(county)
    ask_post(county, person)
    approve(county, only(session))
    county.browser("admin").submit(f"/people/{person.public_id}/disable", {"reason": "查无此人。"})
    clock.forward(hours=25)
    carry_out_grants()
    request = only(session)
    assert (request.outcome, "已经停用" in (request.note or "")) == ("failed", True)


@pytest.mark.both_databases
def test_a_disabled_account_that_reads_is_not_enabled_by_one(
    county: County, accusation: str, session: Session, clock: Clock
) -> None:
    admin, here = county.browser("admin"), f"/people/{county.checker.public_id}"
    admin.submit(f"{here}/disable", {"reason": "借调。"})
    admin.submit(f"{here}/enable", page=here)
    session.expire_all()
    assert not county.checker.is_active
    approve(county, only(session))
    clock.forward(hours=25)
    carry_out_grants()
    session.expire_all()
    assert county.checker.is_active


def test_every_post_that_opens_identities_by_itself_waits() -> None:
    by_post = {
        Relation.OFFICE_DESK: {Role.ACCEPTOR, Role.DEPARTMENT_HEAD},
        Relation.OFFICE_SUPERVISOR: {Role.SUPERVISOR},
        Relation.CALLER: {Role.SUPERVISOR},
        Relation.UNIT_HEAD: {Role.DEPARTMENT_HEAD},
        Relation.PRINCIPAL_LEADER: {Role.PRINCIPAL_LEADER},
        Relation.OFFICE_REGISTRAR: {Role.REGISTRAR},
        Relation.UNIT_STAFF: {Role.HANDLER},
    }
    opening = {row.relation for row in ACCESS if row.opens or Confidentiality.ACCUSATION in row.reads}
    needing = set().union(*(roles for relation, roles in by_post.items() if relation in opening))
    assert needing <= WIDENING_ROLES
    assert {Role.REGISTRAR, Role.HANDLER}.isdisjoint(WIDENING_ROLES)
