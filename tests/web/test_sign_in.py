"""登录 and 退出, and every way a session dies."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.client import Client
from tests.conftest import Clock
from tests.people.factories import PASSWORD, make_department, make_user, sign_in
from tests.web.naughty import STRINGS
from tracker.audit.models import AuditEvent
from tracker.core.database import committed, db
from tracker.people import passwords, queries, service
from tracker.people.models import AuthThrottle, Department, KnownDevice, User, UserSession
from tracker.people.rules import IDLE_LIMIT, LONGEST_SESSION, DepartmentKind, Role
from tracker.people.service.sign_in import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, TRIES_PER_DEVICE

NEW = "槐花开满院子的五月天"
TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')
COOKIE = "tracker"


@pytest.fixture
def office(session: Session) -> Department:
    with committed():
        top = make_department("阳城县", kind=DepartmentKind.LEADERSHIP)
        office = make_department("县信访局", parent=top)
        make_user("admin", "张管理", roles=[(Role.ADMINISTRATOR, office)])
    return office


@pytest.fixture
def clerk(office: Department) -> User:
    with committed():
        return make_user("lixm", "李晓梅", roles=[(Role.REGISTRAR, office)])


def administrator() -> User:
    found = queries.account_named("admin")
    assert found
    return found


def signed_in(client: Client) -> bool:
    """Say whether the server takes the browser for somebody."""
    return client.get("/account").status_code == 200


def kinds(session: Session, log: int) -> list[str]:
    return list(session.scalars(select(AuditEvent.kind).where(AuditEvent.log_id == log).order_by(AuditEvent.seq)))


# Signing in and out


def test_signing_in_leads_to_the_first_page(client: Client, clerk: User, session: Session) -> None:
    answer = client.sign_in(" LIXM ", PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert signed_in(client)
    assert kinds(session, 1)[-1] == "session.started"
    assert "李晓梅" in client.get("/account").text


def test_signing_out_ends_the_session_on_the_server(client: Client, clerk: User, session: Session) -> None:
    sign_in(client, clerk)
    answer = client.submit("/sign-out", page="/account")
    assert (answer.status_code, answer.location) == (303, "/sign-in?left=1")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not signed_in(client)
    assert "您已退出登录" in client.get("/sign-in?left=1").text
    assert kinds(session, 1)[-1] == "session.ended"
    assert [row.ended_because for row in session.scalars(select(UserSession))] == ["signed_out"]


def test_the_cookie_holds_no_name_and_a_new_token_each_time(client: Client, clerk: User) -> None:
    sign_in(client, clerk)
    first = client.get_cookie(COOKIE)
    assert first
    assert first.http_only
    assert first.same_site == "Lax"
    client.submit("/sign-in", {"username": "lixm", "password": PASSWORD}, page="/account")
    second = client.get_cookie(COOKIE)
    assert second
    assert first.value != second.value
    with client.session_transaction() as kept:
        assert set(kept) <= {"token", "csrf_token"}
        assert kept["token"] not in db.session.scalars(select(UserSession.token_hash)).all()


def test_a_form_token_of_before_is_worth_nothing_afterwards(client: Client, clerk: User) -> None:
    before = client.token("/sign-in")
    sign_in(client, clerk)
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 400
    assert signed_in(client)


def test_a_fixed_session_is_not_taken_over(client: Client, clerk: User) -> None:
    with client.session_transaction() as planted:
        planted["token"] = "planted by somebody else"
    sign_in(client, clerk)
    with client.session_transaction() as kept:
        assert kept["token"] != "planted by somebody else"


def test_whoever_is_signed_in_needs_no_form(client: Client, clerk: User) -> None:
    sign_in(client, clerk)
    assert client.get("/sign-in").location == "/"


def test_the_first_password_must_be_changed(client: Client, office: Department) -> None:
    with committed():
        make_user("novice", "新人", roles=[(Role.ADMINISTRATOR, office)], must_change_password=True)
    sign_in(client, "novice")
    for page in ("/account", "/people", "/departments"):
        assert client.get(page).location == "/account/password", page
    refused = client.submit("/people/new", {"name": "甲"}, page="/account/password")
    assert (refused.status_code, "请先修改初始密码" in refused.text) == (403, True)
    shown = client.get("/account/password").text
    assert "管理员给您的初始密码" in shown
    assert 'href="/people"' not in shown
    answer = client.submit("/account/password", {"old": PASSWORD, "password": NEW, "again": NEW})
    assert answer.location == "/account"
    assert client.get("/people").status_code == 200


def test_whoever_must_change_his_password_can_leave(client: Client, office: Department) -> None:
    with committed():
        make_user("novice", "新人", must_change_password=True)
    sign_in(client, "novice")
    assert client.submit("/sign-out", page="/account/password").location == "/sign-in?left=1"


# Where to go afterwards

INSIDE = ("/people", "/people?page=2&q=a", "/cases/x#part", "/村/", "/%2e%2e/x")
OUTSIDE = (
    "http://evil.example/",
    "//evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "people",
    "",
    "/\t/evil.example",
    "/\n/evil.example",
    "///evil.example",
    "http:///evil.example",
    "//[",
    "/x\u0000",
)


@pytest.mark.parametrize("wanted", INSIDE)
def test_the_page_that_was_wanted_comes_next(client: Client, clerk: User, wanted: str) -> None:
    token = client.token("/sign-in")
    data = {"username": "lixm", "password": PASSWORD, "csrf_token": token}
    answer = client.post(f"/sign-in?next={quote(wanted)}", data=data)
    assert answer.status_code == 303
    assert answer.location == quote(wanted, safe="/?=&#%")


@pytest.mark.parametrize("wanted", OUTSIDE)
def test_nobody_is_sent_elsewhere(client: Client, clerk: User, wanted: str) -> None:
    token = client.token("/sign-in")
    data = {"username": "lixm", "password": PASSWORD, "csrf_token": token}
    answer = client.post(f"/sign-in?next={quote(wanted)}", data=data)
    if answer.status_code != 400:
        assert answer.location == "/"


def test_a_page_that_needs_somebody_asks_and_comes_back(client: Client, office: Department) -> None:
    asked = client.get("/people?q=%E6%9D%8E&page=2")
    assert asked.status_code == 303
    assert asked.location == "/sign-in?next=/people?q%3D%25E6%259D%258E%26page%3D2"
    form = client.get(asked.location)
    action = re.search(r'action="([^"]+)"', form.text)
    assert action
    found = TOKEN.search(form.text)
    assert found
    token = found[0].split('value="')[1].rstrip('"')
    address = action[1].replace("&amp;", "&")
    answer = client.post(address, data={"username": "admin", "password": PASSWORD, "csrf_token": token})
    assert answer.location == "/people?q=%E6%9D%8E&page=2"


# Refusals tell nothing


def test_every_refusal_looks_the_same(new_client: Callable[[], Client], clerk: User, session: Session) -> None:
    with committed():
        gone = make_user("gone", "已停用")
        service.disable_user(gone, by=administrator(), now=Clock.now())
    new_client().sign_in("first", "makes the counter of the address")
    answers = []
    for username, password in (("lixm", "a wrong password"), ("nobo", PASSWORD), ("gone", PASSWORD)):
        client = new_client()
        sent: list[str] = []
        with Statements(sent):
            answer = client.sign_in(username, password)
        body = TOKEN.sub("", answer.text).replace(username, "name")
        headers = {name: value for name, value in answer.headers if name not in ("X-Request-ID", "Set-Cookie")}
        answers.append((answer.status_code, body, len(answer.data) - len(username), headers, len(sent)))
    assert "用户名或密码不对" in answers[0][1]
    assert answers[0][0] == 422
    assert answers[0] == answers[1] == answers[2]
    assert kinds(session, 2) == ["session.refused"] * 4


class Statements:
    """Collect the statements sent to the database meanwhile."""

    def __init__(self, sent: list[str]) -> None:
        self.sent = sent

    def _note(self, _c: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.sent.append(statement)

    def __enter__(self) -> None:
        event.listen(db.engine, "before_cursor_execute", self._note)

    def __exit__(self, *_error: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)


def test_a_hash_is_compared_whether_or_not_the_name_is_known(
    client: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda kept, typed: compared.append(kept) or matches(kept, typed))
    client.sign_in("lixm", "a wrong password")
    client.sign_in("nobody", "a wrong password")
    assert compared == [clerk.password_hash, None]


def test_no_transaction_is_open_while_hashing(client: Client, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    open_then = []
    matches = passwords.matches

    def look(kept: str | None, typed: str) -> bool:
        open_then.append(db.session().in_transaction())
        return matches(kept, typed)

    monkeypatch.setattr(passwords, "matches", look)
    client.sign_in("lixm", "a wrong password")
    sign_in(client, clerk)
    client.submit("/account/password", {"old": "wrong wrong", "password": NEW, "again": NEW})
    assert open_then == [False, False, False]


def test_too_many_tries_must_wait(client: Client, clerk: User, clock: Clock) -> None:
    for _ in range(TRIES_PER_ACCOUNT):
        assert client.sign_in("lixm", "a wrong password").status_code == 422
    answer = client.sign_in("lixm", PASSWORD)
    assert answer.status_code == 429
    assert "请等 15 分钟再试" in answer.text
    assert "lixm" in answer.text, "what was typed is kept"
    clock.forward(minutes=15)
    sign_in(client, clerk)


def test_unknown_names_must_wait_alike(client: Client, session: Session) -> None:
    answers = [client.sign_in("nobody", "x" * 12).status_code for _ in range(TRIES_PER_ACCOUNT + 1)]
    assert answers == [422] * TRIES_PER_ACCOUNT + [429]


def test_an_address_must_wait_too(app: Flask, clerk: User) -> None:
    client = app.test_client()
    token = client.token("/sign-in")
    answers = [
        client.post(
            "/sign-in",
            data={"username": f"n{number}", "password": "x" * 12, "csrf_token": token},
            environ_base={"REMOTE_ADDR": "198.51.100.3"},
        ).status_code
        for number in range(TRIES_PER_ADDRESS + 1)
    ]
    assert answers == [422] * TRIES_PER_ADDRESS + [429]
    sign_in(client, clerk)


def test_a_reset_opens_a_closed_account(client: Client, clerk: User, clock: Clock) -> None:
    for _ in range(TRIES_PER_ACCOUNT + 1):
        client.sign_in("lixm", "a wrong password")
    hashed = passwords.accepted(NEW, username="lixm", name="李晓梅")
    with committed():
        service.reset_password(clerk, password_hash=hashed, by=administrator(), now=clock.now())
    sign_in(client, clerk, NEW)


def test_success_forgets_the_failures(client: Client, clerk: User, session: Session) -> None:
    for _ in range(TRIES_PER_ACCOUNT - 1):
        client.sign_in("lixm", "a wrong password")
    sign_in(client, clerk)
    assert not any(key.startswith("account:") for key in session.scalars(select(AuthThrottle.key)))


@pytest.mark.parametrize(
    ("username", "password", "sentence"),
    [("", PASSWORD, "请填写用户名"), ("lixm", "", "请填写密码"), ("a" * 41, "x", "用户名最多 40 个字")],
)
def test_an_empty_form_says_what_is_missing(
    client: Client, clerk: User, username: str, password: str, sentence: str
) -> None:
    answer = client.sign_in(username, password)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_nothing_typed_breaks_the_form(client: Client, clerk: User, clock: Clock) -> None:
    for text in STRINGS:
        clock.forward(minutes=15)
        for username, password in ((text, "x" * 12), ("lixm", text), (text, text)):
            answer = client.sign_in(username, password)
            assert answer.status_code == 422, text
            assert "<script>alert" not in answer.text, text
            assert "onerror=alert(1)>" not in answer.text, text


def test_the_password_is_never_shown_again(client: Client, clerk: User) -> None:
    assert "a wrong password" not in client.sign_in("lixm", "a wrong password").text


# Sessions die

Deed = Callable[["Scene"], object]


class Scene:
    """A signed-in clerk with a second browser, and the administrator."""

    def __init__(self, client: Client, other: Client, clerk: User, clock: Clock) -> None:
        self.client, self.other, self.clerk, self.clock = client, other, clerk, clock

    @property
    def office(self) -> Department:
        return self.clerk.posts[0].department

    def do(self, act: Callable[[], object]) -> None:
        with committed():
            act()


def _new_hash() -> passwords.PasswordHash:
    return passwords.accepted(NEW, username="lixm", name="李晓梅")


DEATHS: dict[str, Deed] = {
    "signed out": lambda s: s.client.submit("/sign-out", page="/account"),
    "signed in again in the same browser": lambda s: s.client.submit(
        "/sign-in", {"username": "lixm", "password": PASSWORD}, page="/account"
    ),
    "own password changed here": lambda s: s.client.submit(
        "/account/password", {"old": PASSWORD, "password": NEW, "again": NEW}
    ),
    "own password changed elsewhere": lambda s: s.other.submit(
        "/account/password", {"old": PASSWORD, "password": NEW, "again": NEW}
    ),
    "ended from elsewhere": lambda s: s.other.submit("/account/sessions/end", page="/account"),
    "password reset": lambda s: s.do(
        lambda: service.reset_password(s.clerk, password_hash=_new_hash(), by=administrator(), now=s.clock.now())
    ),
    "disabled": lambda s: s.do(lambda: service.disable_user(s.clerk, by=administrator(), now=s.clock.now())),
    "post given": lambda s: s.do(
        lambda: service.give_post(
            s.clerk,
            department=s.office,
            role=Role.ACCEPTOR,
            started_on=s.clock.today(),
            by=administrator(),
            now=s.clock.now(),
        )
    ),
    "post ended": lambda s: s.do(
        lambda: service.end_post(
            s.clerk.posts[0], last_day=s.clock.today() - timedelta(days=1), by=administrator(), now=s.clock.now()
        )
    ),
    "idle too long": lambda s: s.clock.set(s.clock.now() + IDLE_LIMIT),
}


@pytest.mark.parametrize("why", [None, *DEATHS], ids=str)
def test_a_copied_cookie_dies_with_the_session(
    new_client: Callable[[], Client], clerk: User, clock: Clock, why: str | None
) -> None:
    client, other, thief = new_client(), new_client(), new_client()
    sign_in(client, clerk)
    sign_in(other, clerk)
    form_token = client.token("/account")
    cookie = client.get_cookie(COOKIE)
    assert cookie
    if why:
        DEATHS[why](Scene(client, other, clerk, clock))
    thief.set_cookie(COOKIE, cookie.value)
    assert signed_in(thief) is (why is None)
    thief.set_cookie(COOKIE, cookie.value)
    answer = thief.post("/account/sessions/end", data={"csrf_token": form_token})
    assert answer.status_code == (303 if why is None else 401)


def test_a_department_that_closes_ends_the_sessions_of_its_people(
    client: Client, office: Department, clock: Clock
) -> None:
    with committed():
        bureau = make_department("县物价局", kind=DepartmentKind.BUREAU, parent=office)
        handler = make_user("handler", roles=[(Role.HANDLER, bureau)])
    sign_in(client, handler)
    with committed():
        service.close_department(bureau, valid_to=clock.today(), successor=office, by=administrator(), now=clock.now())
    assert not signed_in(client)


def test_a_session_in_use_lives_until_its_longest_time(client: Client, clerk: User, clock: Clock) -> None:
    sign_in(client, clerk)
    started = clock.now()
    while clock.now() + timedelta(hours=3) < started + LONGEST_SESSION:
        clock.forward(hours=3)
        assert signed_in(client)
    clock.set(started + LONGEST_SESSION - timedelta(seconds=1))
    assert signed_in(client)
    clock.set(started + LONGEST_SESSION)
    assert not signed_in(client)


def test_a_session_is_noted_as_seen_once_a_minute(client: Client, clerk: User, clock: Clock) -> None:
    sign_in(client, clerk)
    for seconds, writes in ((59, 0), (1, 1), (1, 0), (60, 1)):
        clock.forward(seconds=seconds)
        sent: list[str] = []
        with Statements(sent):
            assert signed_in(client)
        assert sum(statement.startswith("UPDATE user_session") for statement in sent) == writes, seconds


def test_reading_goes_on_where_the_session_cannot_be_noted(
    client: Client, clerk: User, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, clerk)

    def full(*_given: object, **_more: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    monkeypatch.setattr(service, "note_seen", full)
    clock.forward(minutes=5)
    assert signed_in(client)


@pytest.mark.parametrize("cookie", ["", "x", "eyJ0b2tlbiI6IngifQ.aaaaaa.bbbb", "x" * 4000, "\xff"])
def test_a_forged_cookie_is_nobody(client: Client, clerk: User, cookie: str) -> None:
    client.set_cookie(COOKIE, cookie)
    assert client.get("/account").location == "/sign-in?next=/account"


def test_a_stray_remember_cookie_changes_nothing(client: Client, clerk: User) -> None:
    client.set_cookie("remember_token", "1|abcdef")
    assert not signed_in(client)
    sign_in(client, clerk)
    assert signed_in(client)


# The own account


@pytest.mark.parametrize(
    ("old", "password", "again", "sentence"),
    [
        ("", NEW, NEW, "请填写现在的密码"),
        ("not the old one", NEW, NEW, "现在的密码不对"),
        (PASSWORD, "short", "short", "密码太短"),
        (PASSWORD, NEW, NEW + "x", "两次输入的新密码不一样"),
        (PASSWORD, PASSWORD, PASSWORD, "不能和现在的密码相同"),
        (PASSWORD, "1234567890", "1234567890", "太常见"),
        (PASSWORD, "lixm123456", "lixm123456", "姓名或用户名"),
        (PASSWORD, NEW * 30, NEW * 30, "新密码最多 200 个字符"),
    ],
)
def test_a_new_password_is_looked_at(
    client: Client, clerk: User, old: str, password: str, again: str, sentence: str
) -> None:
    sign_in(client, clerk)
    answer = client.submit("/account/password", {"old": old, "password": password, "again": again})
    assert (answer.status_code, sentence in answer.text) == (422, True), answer.text
    assert signed_in(client)
    assert passwords.matches(clerk.password_hash, PASSWORD)


def test_guessing_the_old_password_is_throttled(client: Client, clerk: User) -> None:
    sign_in(client, clerk)
    given = {"old": "not the old one", "password": NEW, "again": NEW}
    answers = [client.submit("/account/password", given).status_code for _ in range(TRIES_PER_DEVICE + 1)]
    assert answers == [422] * TRIES_PER_DEVICE + [429]


def test_the_account_shows_posts_and_sessions(client: Client, new_client: Callable[[], Client], clerk: User) -> None:
    sign_in(client, clerk)
    sign_in(new_client(), clerk)
    text = client.get("/account").text
    assert "县信访局" in text
    assert "登记员" in text
    assert "2 处" in text
    assert "就是这里" in text
    assert client.submit("/account/sessions/end", page="/account").status_code == 303
    assert "1 处" in client.get("/account").text


@pytest.mark.both_databases
def test_a_device_is_known_until_it_is_forgotten(
    client: Client, new_client: Callable[[], Client], clerk: User, session: Session
) -> None:
    """退出并忘记 ends the session there, and the device is a stranger again; that of another person is not there."""
    stolen = new_client()
    sign_in(client, clerk)
    sign_in(stolen, clerk)
    here, there = session.scalars(select(KnownDevice).order_by(KnownDevice.id)).all()
    address = f"/account/devices/{there.public_id}/forget"
    page = client.get("/account").text
    assert address in page
    assert page.count("（就是这里）") == 1
    with committed():
        other = make_user("other", roles=[(Role.REGISTRAR, clerk.posts[0].department)])
    stranger = new_client()
    sign_in(stranger, other)
    assert stranger.submit(address, page="/account").status_code == 404
    assert signed_in(stolen)
    assert client.submit(address, page="/account").status_code == 303
    assert not signed_in(stolen)
    assert signed_in(client)
    assert kinds(session, 1)[-1] == "device.forgotten"
    assert client.submit(address, page="/account").status_code == 404
    for _ in range(TRIES_PER_ACCOUNT):
        new_client().sign_in("lixm", "a wrong password")
    assert stolen.sign_in("lixm", PASSWORD).status_code == 429
    client.submit("/sign-out", page="/account")
    assert client.sign_in("lixm", PASSWORD).status_code == 303, "a device that is known, after signing out too"
    assert here.ended_at is None
