"""What a request costs and holds before its view begins, and the log of readings."""

import json

import pytest
from flask import Flask, request
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from tests.client import Client
from tests.databases import TestDatabase, writing_engine
from tests.people.factories import make_department, make_user, sign_in
from tracker import audit
from tracker.audit.models import AuditEvent
from tracker.core.database import committed, db
from tracker.people.models import User
from tracker.people.rules import Permission, Role
from tracker.web.frame.access import actor, may, reader, recorded_reading, signed_in
from tracker.web.frame.security import csrf


@pytest.fixture
def clerk(session: Session) -> User:
    with committed():
        return make_user("lixm", "李晓梅", roles=[(Role.REGISTRAR, make_department())])


@pytest.fixture
def sent(app: Flask) -> list[str]:
    """Collect every statement sent to the database."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def readings() -> int:
    return db.session.scalar(select(func.count()).where(AuditEvent.log_id == 2)) or 0


def put(app: Flask, patch: pytest.MonkeyPatch, view: object) -> None:
    """Serve a view at /account instead of the page."""
    patch.setitem(app.view_functions, "account.page", signed_in(view))  # type: ignore[type-var]


def test_knowing_who_asks_costs_two_queries(
    client: Client, clerk: User, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def view() -> str:
        assert may(Permission.REGISTER_CASES)
        assert not may(Permission.MANAGE_PEOPLE)
        return f"{actor().name} {actor().posts} {reader().user_id}"

    put(client.application, monkeypatch, view)
    sign_in(client, clerk)
    user_id = clerk.id
    sent.clear()
    assert client.get("/account").text == f"李晓梅 县信访局·登记员 {user_id}"
    asked = [statement for statement in sent if not statement.startswith("BEGIN")]
    assert len(asked) == 2, asked


def test_a_reading_request_takes_no_write_lock(client: Client, clerk: User, sent: list[str]) -> None:
    sign_in(client, clerk)
    assert any("IMMEDIATE" in s for s in sent) is (db.engine.dialect.name == "sqlite")
    sent.clear()
    assert client.get("/account").status_code == 200
    assert not any("IMMEDIATE" in statement or "UPDATE" in statement for statement in sent)


def test_pages_are_read_while_another_writes(client: Client, clerk: User, database: TestDatabase) -> None:
    sign_in(client, clerk)
    with client.application.app_context(), writing_engine().connect() as writer:
        writer.execute(text("UPDATE audit_head SET size = size"))
        assert client.get("/account").status_code == 200
        writer.rollback()


def test_no_transaction_is_open_while_the_body_arrives(
    client: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, clerk)
    open_then = []
    protect = csrf.protect

    def look(*given: object, **more: object) -> None:
        if request.method == "POST":
            open_then.append(db.session().in_transaction())
        protect(*given, **more)

    monkeypatch.setattr(csrf, "protect", look)
    client.submit("/account/sessions/end", page="/account/password")
    assert open_then == [False]


def test_a_reading_is_on_the_record_before_the_page(
    client: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def view() -> str:
        recorded_reading(audit.Event.CASE_READ, case_id=7, payload={"part": "head"})
        seen.append(readings())
        return "the page"

    put(client.application, monkeypatch, view)
    sign_in(client, clerk)
    assert client.get("/account").text == "the page"
    assert seen == [1]
    row = db.session.scalars(select(AuditEvent).where(AuditEvent.log_id == 2)).one()
    kept = (row.kind, row.case_id, row.actor_id, row.actor_role, json.loads(row.payload)["part"])
    assert kept == ("case.read", 7, clerk.id, "县信访局·登记员", "head")
    assert len(row.request_id or "") == 16


def test_what_cannot_be_recorded_is_not_shown(client: Client, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def view() -> str:
        recorded_reading(audit.Event.CASE_READ, case_id=7)
        return "the page"

    def full(*_given: object, **_more: object) -> None:
        raise OSError("disk full")

    put(client.application, monkeypatch, view)
    monkeypatch.setattr(audit, "record_reading", full)
    monkeypatch.setitem(client.application.config, "PROPAGATE_EXCEPTIONS", False)
    sign_in(client, clerk)
    answer = client.get("/account")
    assert answer.status_code == 500
    assert "the page" not in answer.text


def test_a_page_that_fails_after_it_was_recorded_stays_recorded(
    client: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def view() -> str:
        recorded_reading(audit.Event.CASE_READ, case_id=7)
        raise OSError("the disk is gone")

    put(client.application, monkeypatch, view)
    monkeypatch.setitem(client.application.config, "PROPAGATE_EXCEPTIONS", False)
    sign_in(client, clerk)
    assert client.get("/account").status_code == 500
    assert readings() == 1


def test_nothing_a_form_says_names_the_asker(client: Client, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers and fields that other programs trust are not looked at."""
    put(client.application, monkeypatch, lambda: str(actor().id))
    headers = {"X-Forwarded-User": "admin", "X-Remote-User": "admin", "Authorization": "Basic YWRtaW46YWRtaW4="}
    assert client.get("/account?user_id=1", headers=headers).status_code == 303
    sign_in(client, clerk)
    assert client.get("/account?user_id=77", headers=headers).text == str(clerk.id)
