"""People for the tests of pages."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.client import Client
from tests.people.factories import make_department, make_user, sign_in
from tracker import create_app
from tracker.core.database import committed
from tracker.people.rules import Role
from tracker.web.frame import refusals


@pytest.fixture
def people(session: Session) -> list[Role]:
    """Make one person for each role, named by it, and one without a post."""
    with committed():
        office = make_department()
        make_user("nobody")
        for role in Role:
            make_user(role.value, roles=[(role, office)])
    return list(Role)


@pytest.fixture
def administrator(client: Client, session: Session) -> Client:
    """Give a browser in which an administrator is signed in: admin of 县信访局."""
    with committed():
        make_user("admin", "张管理", roles=[(Role.ADMINISTRATOR, make_department())])
    sign_in(client, "admin")
    return client


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody be refused as often as a crawl of every address takes."""
    monkeypatch.setattr(refusals, "REFUSALS", replace(refusals.REFUSALS, tries=1_000_000))


@pytest.fixture
def bare(tmp_path: Path) -> Flask:
    """Give an application without tables, to which a test may add views."""
    app = create_app({"TRACKER_ENV": "test", "TRACKER_DATA": tmp_path, "SECRET_KEY": "x" * 40})
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app
