"""Two people at the same moment, on both databases."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import Clock
from tests.people.factories import make_department, make_user
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, TooManyTries
from tracker.people import queries, service
from tracker.people.models import AuthThrottle, User
from tracker.people.rules import Role
from tracker.people.service.sign_in import TRIES_PER_ACCOUNT

pytestmark = pytest.mark.both_databases


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Run acts in threads that start together; return what became of each."""
    start, said = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                with committed():
                    act()
            except DomainError as error:
                said.append(type(error).__name__)
            else:
                said.append("done")

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(said)


def test_two_administrators_cannot_disable_each_other(app: Flask) -> None:
    with app.app_context(), committed():
        office = make_department()
        for name in ("first", "second"):
            make_user(name, roles=[(Role.ADMINISTRATOR, office)])

    def disable(username: str, by: str) -> None:
        user, actor = queries.account_named(username), queries.account_named(by)
        assert user
        assert actor
        service.disable_user(user, by=actor, now=Clock.now())

    said = at_once(app, lambda: disable("first", "second"), lambda: disable("second", "first"))
    assert said == ["DomainError", "done"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(User.disabled_at.is_(None))) == 1


def test_tries_at_once_are_counted_exactly(app: Flask) -> None:
    def attempt() -> None:
        service.begin_attempt("lixm", "192.0.2.7", now=Clock.now())

    said = at_once(app, *[attempt] * (TRIES_PER_ACCOUNT + 3))
    assert said == [TooManyTries.__name__] * 3 + ["done"] * TRIES_PER_ACCOUNT
    with app.app_context():
        assert set(db.session.scalars(select(AuthThrottle.failures))) == {TRIES_PER_ACCOUNT}
