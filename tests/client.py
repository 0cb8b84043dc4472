"""A browser without a screen: requests as a person's browser would send them, form tokens included."""

import re
from collections.abc import Mapping
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tracker.core.database import db

SIGN_IN = "/sign-in"
TOKEN = re.compile(r'name="csrf_token"[^>]*\bvalue="([^"]+)"')


class Client(FlaskClient):
    """The test client; it bypasses nothing.

    Every request gets an application context of its own, hence its own database session, as when served. What the
    test arranged before is committed first, and what it holds is read afresh afterwards.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and read the whole answer."""
        settle()
        kwargs["buffered"] = True
        with self.application.app_context():
            return super().open(*args, **kwargs)

    def token(self, page: str) -> str:
        """Return the form token that a page shows."""
        answer = self.get(page, follow_redirects=True)
        found = TOKEN.search(answer.text)
        assert found, f"{page} answers {answer.status} and shows no form token"
        return found[1]

    def submit(
        self, path: str, data: Mapping[str, Any] | None = None, *, page: str | None = None, **options: Any
    ) -> TestResponse:
        """Post a form with the token of its page; `page` is where the form is shown, if not at `path` itself."""
        token = self.token(page or path)
        return self.post(path, data={**(data or {}), "csrf_token": token}, **options)

    def sign_in(self, username: str, password: str) -> TestResponse:
        """Sign in as somebody (登录)."""
        return self.submit(SIGN_IN, {"username": username, "password": password})


def settle() -> None:
    """Commit what the test's own session holds: on SQLite a request would wait for its lock."""
    if has_app_context() and db.session().in_transaction():
        db.session.commit()
