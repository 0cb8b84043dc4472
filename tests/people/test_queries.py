"""Who is asking, and lists of people."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.people.factories import make_department, make_user
from tracker import audit
from tracker.core.database import committed, db
from tracker.core.errors import NotFound
from tracker.people import queries, service
from tracker.people.models import Department, User
from tracker.people.rules import IDLE_LIMIT, LONGEST_SESSION, DepartmentKind, Role, session_lives

pytestmark = pytest.mark.both_databases


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Collect the statements sent meanwhile."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def town(session: Session) -> Department:
    with committed():
        top = make_department("阳城县", kind=DepartmentKind.LEADERSHIP)
        return make_department("润城镇", kind=DepartmentKind.TOWNSHIP, parent=top)


@pytest.fixture
def person(town: Department) -> User:
    with committed():
        station = make_department("润城镇民政所", kind=DepartmentKind.OTHER, parent=town)
        return make_user("sunl", "孙丽", roles=[(Role.DEPARTMENT_HEAD, town), (Role.HANDLER, station)])


def test_a_reader_costs_two_queries(session: Session, town: Department, person: User, clock: Clock) -> None:
    session.expire_all()
    assert person.id
    with counted_queries() as sent:
        reader = queries.reader_for(person, clock.today())
    assert len(sent) <= 2, sent
    station = town.id + 1
    assert reader.active
    assert [(post.role, post.scope_ids) for post in reader.posts] == [
        (Role.DEPARTMENT_HEAD, {town.id, station}),
        (Role.HANDLER, {station}),
    ]


def test_a_reader_without_posts(session: Session, clock: Clock) -> None:
    with committed():
        nobody = make_user("nobody")
    assert queries.reader_for(nobody, clock.today()).posts == ()


def test_posts_count_on_their_days_only(person: User, town: Department, clock: Clock) -> None:
    with committed():
        service.give_post(
            person,
            department=town,
            role=Role.REGISTRAR,
            started_on=clock.today() + timedelta(days=1),
            by=None,
            now=clock.now(),
        )
    assert not queries.reader_for(person, clock.today()).holds(Role.REGISTRAR)
    assert queries.reader_for(person, clock.today() + timedelta(days=1)).holds(Role.REGISTRAR)
    assert queries.reader_for(person, date(2019, 12, 31)).posts == ()


def test_a_live_session_costs_one_query(session: Session, person: User, clock: Clock) -> None:
    with committed():
        token = service.start_session(person, now=clock.now())
    session.expunge_all()
    with counted_queries() as sent:
        found = queries.live_session(service.token_hash(token), clock.now())
        assert found is not None
        assert found[1].acting_as(clock.today()) == "润城镇·承办单位负责人、润城镇民政所·承办人"
    assert len(sent) == 1, sent
    assert queries.live_session(service.token_hash("another"), clock.now()) is None


def test_a_disabled_person_has_no_session_however_it_came(session: Session, person: User, clock: Clock) -> None:
    with committed():
        token = service.start_session(person, now=clock.now())
    assert queries.live_session(service.token_hash(token), clock.now()) is not None
    with committed():
        person.disabled_at = clock.now()
        audit.record(audit.Event.USER_DISABLED, by=None, now=clock.now())
    assert queries.live_session(service.token_hash(token), clock.now()) is None


def test_the_token_is_not_in_the_table(session: Session, person: User, clock: Clock) -> None:
    with committed():
        token = service.start_session(person, now=clock.now())
    (row,) = queries.sessions_of(person.id, clock.now())
    assert token not in (row.token_hash, str(row.id))
    assert len(row.token_hash) == 64


@pytest.mark.parametrize(
    ("idle", "age", "lives"),
    [
        (timedelta(0), timedelta(0), True),
        (IDLE_LIMIT - timedelta(seconds=1), IDLE_LIMIT, True),
        (IDLE_LIMIT, IDLE_LIMIT, False),
        (timedelta(0), LONGEST_SESSION - timedelta(seconds=1), True),
        (timedelta(0), LONGEST_SESSION, False),
    ],
)
def test_how_long_a_session_lives(idle: timedelta, age: timedelta, lives: bool) -> None:
    now = Clock.now()
    assert session_lives(now, started_at=now - age, seen_at=now - idle) is lives


def test_people_are_found_by_part_of_name_or_username(person: User, clock: Clock) -> None:
    with committed():
        make_user("sun.wu", "孙　悟空")
        make_user("zhu_bj", "猪八戒")
    for words, names in {
        "": ["孙 悟空", "孙丽", "猪八戒"],
        "孙": ["孙 悟空", "孙丽"],
        "孙悟空": ["孙 悟空"],
        "SUN.": ["孙 悟空"],
        "_": ["猪八戒"],
        "%": [],
        "没有这个人": [],
    }.items():
        found = queries.users(1, words, today=clock.today())
        assert sorted(user.name for user in found.users) == names, words
        assert found.total == len(names)


def test_a_page_of_people_shows_the_posts_of_today(person: User, clock: Clock) -> None:
    with committed():
        make_user("free", "赵闲")
    with counted_queries() as sent:
        found = queries.users(1, today=clock.today())
        shown = {user.name: [p.department.name for p in found.posts_by_user.get(user.id, [])] for user in found.users}
    assert shown == {"孙丽": ["润城镇", "润城镇民政所"], "赵闲": []}
    assert len(sent) == 3, sent


def test_pages_of_people(session: Session, clock: Clock) -> None:
    with committed():
        for number in range(queries.PAGE_SIZE + 1):
            make_user(f"n{number:03}", f"甲{number:03}")
    assert len(queries.users(1, today=clock.today()).users) == queries.PAGE_SIZE
    assert [user.name for user in queries.users(2, today=clock.today()).users] == ["甲050"]
    assert queries.users(999_999, today=clock.today()).users == []


def test_disabled_people_hold_nothing(person: User, town: Department, clock: Clock) -> None:
    assert [post.user.name for post in queries.holders(Role.DEPARTMENT_HEAD, [town.id], clock.today())] == ["孙丽"]
    assert queries.holders(Role.DEPARTMENT_HEAD, [town.id + 1], clock.today()) == []
    assert len(queries.staff_of(town, today=clock.today())) == 1
    assert queries.staff_of(town, today=clock.today(), role=Role.HANDLER) == []
    assert queries.staff_numbers(clock.today()) == {town.id: 1, town.id + 1: 1}
    with committed():
        other = make_user("boss")
        service.disable_user(person, by=other, now=clock.now())
    assert queries.holders(Role.DEPARTMENT_HEAD, [town.id], clock.today()) == []
    assert queries.staff_of(town, today=clock.today()) == []
    assert queries.staff_numbers(clock.today()) == {}
    assert [user.name for user in queries.users(1, today=clock.today(), disabled=True).users] == ["孙丽"]


def test_unknown_addresses_are_not_found(session: Session) -> None:
    for find in (queries.user_by_public_id, queries.post_by_public_id, queries.department_by_public_id):
        with pytest.raises(NotFound):
            find("x" * 22)
