"""Accounts: made, changed, disabled, their passwords set; each with its line in the log."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.people.factories import PASSWORD, make_department, make_user
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.core.database import committed
from tracker.core.errors import DomainError, StaleVersion
from tracker.people import passwords, queries, service
from tracker.people.models import User, UserSession
from tracker.people.rules import Role

pytestmark = pytest.mark.both_databases

NEW = "槐花开满院子的五月天"


@pytest.fixture
def administrator(session: Session) -> User:
    with committed():
        office = make_department()
        return make_user("admin", "张管理", roles=[(Role.ADMINISTRATOR, office)])


@pytest.fixture
def clerk(administrator: User) -> User:
    with committed():
        return make_user("lixm", "李晓梅", roles=[(Role.REGISTRAR, administrator.posts[0].department)])


def last_event(session: Session) -> AuditEvent:
    found = session.scalar(select(AuditEvent).where(AuditEvent.log_id == 1).order_by(AuditEvent.seq.desc()).limit(1))
    assert found is not None
    return found


def open_sessions(session: Session, user: User) -> int:
    counted = select(func.count()).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    return session.scalar(counted) or 0


def make(username: str = "wangjg", name: str = "王建国", phone: str = "") -> User:
    hashed = passwords.accepted(PASSWORD, username=username, name=name)
    return service.create_user(
        username=username, name=name, phone=phone, password_hash=hashed, by=None, now=Clock.now()
    )


def test_a_new_account_must_change_its_first_password(session: Session, clock: Clock) -> None:
    with committed():
        user = make(" WangJG ", "王　建国", phone=" 0356-4222000 ")
    assert (user.username, user.name, user.name_key, user.phone) == ("wangjg", "王 建国", "王建国", "0356-4222000")
    assert user.must_change_password
    assert user.is_active
    assert user.posts == []
    assert last_event(session).kind == Event.USER_CREATED
    assert verify().wrong is None


@pytest.mark.parametrize("username", ["", "x", "李晓梅", "-abc", "a b", "a" * 41, "a/b", "a'b", "ab\n", "a@b"])
def test_a_username_is_plain(session: Session, username: str) -> None:
    with pytest.raises(DomainError) as refused, committed():
        make(username) if username != "ab\n" else make("a\nb")
    assert refused.value.field == "username"


@pytest.mark.parametrize("username", ["lixm", "LIXM", "ｌｉｘｍ"])
def test_a_username_is_taken_once(clerk: User, username: str) -> None:
    with pytest.raises(DomainError, match="已经有人用") as refused, committed():
        make(username)
    assert refused.value.field == "username"


def test_two_clerks_making_the_same_account_get_a_sentence(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look before the insert missed the other's row; the database still refuses it."""
    monkeypatch.setattr(queries, "account_named", lambda username: None)
    with pytest.raises(DomainError, match="已经有人用"), committed():
        make("lixm")


@pytest.mark.parametrize("name", ["", "　", "\u200b", "·", "梅" * 41, "\ufdfa" * 5])
def test_a_name_is_a_name(session: Session, name: str) -> None:
    with pytest.raises(DomainError) as refused, committed():
        make(name=name)
    assert refused.value.field == "name"


def test_a_correction_is_recorded(session: Session, clerk: User, administrator: User, clock: Clock) -> None:
    with committed():
        service.change_user(
            clerk, name="李晓玫", phone="", by=administrator, now=clock.now(), seen=queries.version_of(clerk)
        )
    assert (clerk.name, clerk.name_key, clerk.phone) == ("李晓玫", "李晓玫", None)
    assert last_event(session).kind == Event.USER_CHANGED
    assert last_event(session).actor_id == administrator.id


def test_a_stale_page_does_not_write_over(clerk: User, administrator: User, clock: Clock) -> None:
    seen = queries.version_of(clerk)
    with committed():
        service.change_user(clerk, name="李晓玫", phone="", by=administrator, now=clock.now(), seen=seen)
    with pytest.raises(StaleVersion), committed():
        service.change_user(clerk, name="李小梅", phone="", by=administrator, now=clock.now(), seen=seen)
    assert clerk.name == "李晓玫"


def test_disabling_ends_every_session(session: Session, clerk: User, administrator: User, clock: Clock) -> None:
    with committed():
        for _ in range(3):
            service.start_session(clerk, now=clock.now())
        service.start_session(administrator, now=clock.now())
    assert open_sessions(session, clerk) == 3
    with committed():
        service.disable_user(clerk, by=administrator, now=clock.now(), reason="调离")
    assert not clerk.is_active
    assert (open_sessions(session, clerk), open_sessions(session, administrator)) == (0, 1)
    assert last_event(session).kind == Event.USER_DISABLED
    with pytest.raises(DomainError, match="已经停用"), committed():
        service.disable_user(clerk, by=administrator, now=clock.now())


def test_enabling_gives_the_posts_back(clerk: User, administrator: User, clock: Clock) -> None:
    with pytest.raises(DomainError, match="没有停用"), committed():
        service.enable_user(clerk, by=administrator, now=clock.now())
    with committed():
        service.disable_user(clerk, by=administrator, now=clock.now())
    with committed():
        service.enable_user(clerk, by=administrator, now=clock.now())
    assert clerk.is_active
    assert queries.reader_for(clerk, clock.today()).holds(Role.REGISTRAR)


def test_nobody_disables_himself(administrator: User, clock: Clock) -> None:
    with pytest.raises(DomainError, match="自己的账号"), committed():
        service.disable_user(administrator, by=administrator, now=clock.now())


def test_the_last_administrator_stays(administrator: User, clerk: User, clock: Clock) -> None:
    with pytest.raises(DomainError, match="最后一名系统管理员"), committed():
        service.disable_user(administrator, by=clerk, now=clock.now())
    with committed():
        office = administrator.posts[0].department
        second = make_user("second", "赵管理", roles=[(Role.ADMINISTRATOR, office)])
    with committed():
        service.disable_user(administrator, by=second, now=clock.now())
    with pytest.raises(DomainError, match="最后一名系统管理员"), committed():
        service.disable_user(second, by=clerk, now=clock.now())


def test_an_administrator_who_leaves_soon_does_not_count(administrator: User, clerk: User, clock: Clock) -> None:
    with committed():
        office = administrator.posts[0].department
        second = make_user("second", "赵管理", roles=[(Role.ADMINISTRATOR, office)])
        last_day = clock.today() + timedelta(days=5)
        service.end_post(second.posts[0], last_day=last_day, by=clerk, now=clock.now())
    with pytest.raises(DomainError, match="最后一名系统管理员"), committed():
        service.disable_user(administrator, by=second, now=clock.now())


def test_a_reset_password_is_a_first_one(session: Session, clerk: User, administrator: User, clock: Clock) -> None:
    hashed = passwords.accepted(NEW, username=clerk.username, name=clerk.name)
    with committed():
        service.start_session(clerk, now=clock.now())
        service.reset_password(clerk, password_hash=hashed, by=administrator, now=clock.now(), reason="忘记密码")
    assert clerk.must_change_password
    assert clerk.password_hash == hashed
    assert open_sessions(session, clerk) == 0
    event = last_event(session)
    assert event.kind == Event.PASSWORD_CHANGED
    assert "忘记密码".encode() not in event.payload
    assert hashed.encode() not in event.payload


def test_ones_own_new_password_ends_every_session(session: Session, clerk: User, clock: Clock) -> None:
    tried = clerk.password_hash
    hashed = passwords.accepted(NEW, username=clerk.username, name=clerk.name)
    with committed():
        service.start_session(clerk, now=clock.now())
        service.change_password(clerk, tried_hash=tried, password_hash=hashed, now=clock.now())
    assert not clerk.must_change_password
    assert open_sessions(session, clerk) == 0
    with pytest.raises(StaleVersion), committed():
        service.change_password(clerk, tried_hash=tried, password_hash=hashed, now=clock.now())
