"""Posts: given, ended, and the roles that one person may not hold together."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.people.factories import SINCE, make_department, make_user
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.people import queries, service
from tracker.people.models import Department, User, UserSession
from tracker.people.rules import KEEPERS, ROLE_LABELS, DepartmentKind, Role

APART = {Role.AUDITOR, Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR}


@pytest.fixture
def office(session: Session) -> Department:
    with committed():
        department = make_department("县信访局")
        make_user("admin", roles=[(Role.ADMINISTRATOR, department)])
    return department


@pytest.fixture
def person(office: Department) -> User:
    with committed():
        return make_user("lixm", "李晓梅")


def give(user: User, department: Department, role: Role, started_on: date = SINCE, **more: object) -> None:
    with committed():
        service.give_post(
            user,
            department=department,
            role=role,
            started_on=started_on,
            by=None,
            now=Clock.now(),
            **more,  # type: ignore[arg-type]
        )


@pytest.mark.parametrize(("first", "second"), list(combinations(Role, 2)))
def test_who_keeps_the_system_does_no_case_work(office: Department, person: User, first: Role, second: Role) -> None:
    give(person, office, first)
    if {first, second} & APART:
        with pytest.raises(DomainError, match="三员分立") as refused:
            give(person, office, second)
        assert refused.value.field == "role"
        assert len(person.posts) == 1
    else:
        give(person, office, second)
        assert len(person.posts) == 2


def test_an_ended_post_no_longer_stands_in_the_way(office: Department, person: User, clock: Clock) -> None:
    give(person, office, Role.REGISTRAR)
    last_day = date(2026, 11, 20)
    with committed():
        service.end_post(person.posts[0], last_day=last_day, by=None, now=clock.now())
    with pytest.raises(DomainError, match="三员分立"):
        give(person, office, Role.AUDITOR, started_on=last_day)
    give(person, office, Role.AUDITOR, started_on=last_day + timedelta(days=1))
    assert queries.reader_for(person, clock.today()).posts[0].role is Role.AUDITOR


def test_the_same_post_is_given_once(office: Department, person: User, clock: Clock) -> None:
    give(person, office, Role.REGISTRAR)
    with pytest.raises(DomainError, match="已经是县信访局的登记员"):
        give(person, office, Role.REGISTRAR)
    with committed():
        bureau = make_department("县民政局", kind=DepartmentKind.BUREAU, parent=office)
    give(person, bureau, Role.REGISTRAR)
    assert person.acting_as(clock.today()) == "县信访局·登记员、县民政局·登记员"


def test_a_post_names_its_title(office: Department, person: User) -> None:
    give(person, office, Role.PRINCIPAL_LEADER, title=" 县委书记 ")
    assert (person.posts[0].title, person.posts[0].role_label) == ("县委书记", "主要领导")
    with pytest.raises(DomainError, match="最多 40 个字"):
        give(person, office, Role.LEAD_OFFICIAL, title="长" * 41)


def test_no_post_for_a_disabled_person(office: Department, person: User, clock: Clock) -> None:
    administrator = queries.account_named("admin")
    assert administrator is not None
    with committed():
        service.disable_user(person, by=administrator, now=clock.now())
    with pytest.raises(DomainError, match="已经停用"):
        give(person, office, Role.REGISTRAR)


@pytest.mark.parametrize("day", [SINCE - timedelta(days=1), date(2026, 7, 1)])
def test_no_post_in_a_department_that_is_not_there(office: Department, person: User, clock: Clock, day: date) -> None:
    with committed():
        closed = make_department("县物价局", kind=DepartmentKind.BUREAU, parent=office)
        service.close_department(closed, valid_to=date(2026, 6, 30), successor=office, by=person, now=clock.now())
    give(person, closed, Role.HANDLER, started_on=date(2026, 6, 30))
    with pytest.raises(DomainError, match="不是有效的机构") as refused:
        give(person, closed, Role.HANDLER, started_on=day)
    assert refused.value.field == "department"


def test_accusations_are_no_business_of_administrators(office: Department, person: User) -> None:
    with pytest.raises(DomainError, match="检举控告"):
        give(person, office, Role.AUDITOR, handles_accusations=True)
    give(person, office, Role.ACCEPTOR, handles_accusations=True)
    assert person.posts[0].handles_accusations


def test_ending_a_post(office: Department, person: User, clock: Clock) -> None:
    give(person, office, Role.REGISTRAR, started_on=date(2026, 11, 1))
    post = person.posts[0]
    with pytest.raises(DomainError, match="早于任职日期") as refused, committed():
        service.end_post(post, last_day=date(2026, 10, 30), by=None, now=clock.now())
    assert refused.value.field == "leaves_on"
    with committed():
        service.end_post(post, last_day=clock.today(), by=None, now=clock.now())
    with pytest.raises(DomainError, match="已经在11月21日结束"), committed():
        service.end_post(post, last_day=clock.today(), by=None, now=clock.now())
    assert queries.reader_for(person, clock.today()).posts
    assert not queries.reader_for(person, clock.today() + timedelta(days=1)).posts


def test_a_post_that_never_counted(office: Department, person: User, clock: Clock) -> None:
    give(person, office, Role.REGISTRAR, started_on=clock.today())
    with committed():
        service.end_post(person.posts[0], last_day=clock.today() - timedelta(days=1), by=None, now=clock.now())
    assert not queries.reader_for(person, clock.today()).posts


@pytest.mark.parametrize("role", KEEPERS[1:])
def test_the_last_of_the_other_two_is_kept(office: Department, clock: Clock, role: Role) -> None:
    with committed():
        post = make_user(roles=[(role, office)]).posts[0]
    with pytest.raises(DomainError, match=f"这是最后一名{ROLE_LABELS[role]}"), committed():
        service.end_post(post, last_day=date(2026, 11, 20), by=None, now=clock.now())


def test_the_last_administrator_keeps_his_post(office: Department, clock: Clock) -> None:
    administrator = queries.account_named("admin")
    assert administrator is not None
    with pytest.raises(DomainError, match="最后一名系统管理员"), committed():
        service.end_post(administrator.posts[0], last_day=clock.today(), by=None, now=clock.now())


def test_whoever_gets_or_loses_a_post_signs_in_again(
    session: Session, office: Department, person: User, clock: Clock
) -> None:
    for act in (
        lambda: service.give_post(
            person, department=office, role=Role.HANDLER, started_on=SINCE, by=None, now=clock.now()
        ),
        lambda: service.end_post(person.posts[0], last_day=clock.today(), by=None, now=clock.now()),
    ):
        with committed():
            token = service.start_session(person, now=clock.now())
        assert queries.live_session(service.token_hash(token), clock.now()) is not None
        with committed():
            act()
        assert queries.live_session(service.token_hash(token), clock.now()) is None
        ended = session.query(UserSession).order_by(UserSession.id.desc()).first()
        assert ended is not None
        assert ended.ended_because == "posts_changed"
