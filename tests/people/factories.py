"""Departments, people and sign-in for every test, made by the services that the office uses.

Call inside `with committed():`, or with the `session` fixture: the client commits what the test arranged.
"""

import secrets
from collections.abc import Iterable
from datetime import date
from itertools import count

from werkzeug.test import TestResponse

from tests.client import Client, settle
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.people import passwords, service
from tracker.people.models import Department, User
from tracker.people.rules import DepartmentKind, Role
from tracker.web.frame.access import TOKEN
from tracker.web.frame.device import TOKEN_BYTES

PASSWORD = "梧桐树下 2026 年的约定"
SINCE = date(2020, 1, 1)
_numbers = count(1)


def make_department(
    name: str = "县信访局",
    *,
    kind: DepartmentKind = DepartmentKind.PETITION_OFFICE,
    parent: Department | None = None,
    short_name: str = "",
    valid_from: date = SINCE,
) -> Department:
    """Set up a department that has been there since 2020."""
    return service.create_department(
        name=name, short_name=short_name, kind=kind, parent=parent, valid_from=valid_from, by=None, now=clock.now()
    )


def make_user(
    username: str = "",
    name: str = "",
    *,
    roles: Iterable[tuple[Role, Department]] = (),
    password: str = PASSWORD,
    must_change_password: bool = False,
) -> User:
    """Make a person with posts held since 2020; what is not given is made up."""
    number = next(_numbers)
    username, name = username or f"user{number}", name or f"张{number}"
    user = service.create_user(
        username=username,
        name=name,
        password_hash=passwords.accepted(password, username=username, name=name),
        must_change_password=must_change_password,
        by=None,
        now=clock.now(),
    )
    for role, department in roles:
        service.give_post(user, department=department, role=role, started_on=SINCE, by=None, now=clock.now())
    return user


def let_in(client: Client, user_id: int) -> None:
    """Give a browser the session that the form of 登录 would begin, for a test of something else."""
    settle()
    with client.application.app_context():
        user, device = db.session.get_one(User, user_id), secrets.token_urlsafe(TOKEN_BYTES)
        tried = {"address": "127.0.0.1", "tried_hash": user.password_hash, "device": device, "device_name": "浏览器"}
        with committed():
            token = service.sign_in(user, **tried, now=clock.now())
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    client.set_cookie("device", device)


def sign_in(client: Client, user: User | str, password: str = PASSWORD) -> TestResponse:
    """Sign a browser in as somebody; fails the test where that is refused."""
    answer = client.sign_in(user if isinstance(user, str) else user.username, password)
    assert answer.status_code == 303, f"sign-in answers {answer.status}: {answer.text}"
    return answer
