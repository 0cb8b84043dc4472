"""An outcome that nobody knows is said to be unknown, and to send the same form again makes nothing twice.

A line between the program and PostgreSQL is cut at the commit: before the server hears of it, or after it has done it
and before it can say so. The other half of the truth is a line cut before the commit: then nothing is saved.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pysqlite3
import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.engine import make_url

from tests.client import Client
from tests.conftest import THE_DAY
from tests.databases import TestDatabase, make_app
from tests.web.browsing import filled, form_of, take
from tests.web.stories import CLAIM
from tests.world.county import County
from tracker.cases.record.models import CaseStep
from tracker.core import database as core_database
from tracker.core.database import db
from tracker.web.frame.errors import AGAIN, LOOK_FIRST, NOT_SAVED

UNKNOWN = "可能没有保存"


class Line:
    """A line to a server that can be cut: as soon as some words are sent, before or after they are answered."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.cut_at, self.answered = b"", False
        self.cuts = 0
        self._heard = threading.Event()
        self._open = socket.create_server(("127.0.0.1", 0))
        self.port = self._open.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, words: bytes, *, answered: bool) -> None:
        """Cut the line once, when these words pass."""
        self.cut_at, self.answered = words, answered
        self._heard.clear()

    def close(self) -> None:
        """Take no more calls."""
        self._open.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._open.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.server)
                threading.Thread(target=self._to_server, args=(client, server), daemon=True).start()
                threading.Thread(target=self._to_client, args=(client, server), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self.cut_at and self.cut_at in data:
                    self._cut(client, server, data)
                else:
                    server.sendall(data)
        _hang_up(client, server)

    def _cut(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        """Let nothing more through to the client; the server hears the words, and answers them, or it does not."""
        self.cut_at, self.cuts = b"", self.cuts + 1
        _hang_up(client)
        if self.answered:
            server.sendall(data)
            assert self._heard.wait(20)

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                self._heard.set()
                client.sendall(data)
        _hang_up(client, server)
        client.close()
        server.close()


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(database: TestDatabase) -> Iterator[Line]:
    """Give a line to the server of the tests; SQLite has none."""
    if database.name != "postgresql":
        pytest.skip("there is no line to a file")
    url = make_url(database.app.config["SQLALCHEMY_DATABASE_URI"])
    made = Line(f"{url.query['host']}/.s.PGSQL.5432")
    yield made
    made.close()


@pytest.fixture
def case(county: County) -> str:
    """Give a matter that notes can be added to."""
    case = county.register()
    take(county.browser("acceptor"), case, CLAIM.action, CLAIM.filled(county, county.case(case)))
    return case


@pytest.fixture
def beyond(line: Line, database: TestDatabase, county: County, case: str) -> Iterator[Client]:
    """Give the acceptor's browser at a program that reaches the server by the line."""
    url = make_url(database.app.config["SQLALCHEMY_DATABASE_URI"]).set(query={}, host="127.0.0.1", port=line.port)
    app = make_app(
        database.data, url.render_as_string(hide_password=False), TRACKER_NOW=THE_DAY.strftime("%Y-%m-%dT%H:%M")
    )
    yield like(app, county.browser("acceptor"))
    with app.app_context():
        db.engine.dispose()


def like(app: Flask, browser: Client) -> Client:
    """Return the same browser at another program."""
    name = app.config["SESSION_COOKIE_NAME"]
    cookie, other = browser.get_cookie(name), app.test_client()
    assert cookie
    other.set_cookie(name, cookie.value)
    return other  # type: ignore[return-value]


def notes() -> int:
    found = db.session.scalar(select(func.count()).where(CaseStep.action == "note"))
    db.session.rollback()
    return found or 0


@pytest.mark.both_databases
@pytest.mark.parametrize("stored", [True, False])
def test_a_line_cut_at_the_commit_leaves_it_open(line: Line, beyond: Client, case: str, stored: bool) -> None:
    address = f"/cases/{case}/steps/note"
    sent = filled(form_of(beyond.get(address), address), {"reason": "补充材料。"})
    line.cut(b"COMMIT", answered=stored)
    answer = beyond.post(address, data=sent)
    assert line.cuts == 1
    assert (answer.status_code, AGAIN in answer.text, NOT_SAVED in answer.text) == (503, True, False)
    assert UNKNOWN in answer.text
    assert notes() == int(stored)
    again = beyond.post(address, data=sent)
    assert again.status_code == 303
    assert notes() == 1


@pytest.mark.both_databases
def test_a_line_cut_before_the_commit_saved_nothing(line: Line, beyond: Client, case: str) -> None:
    address = f"/cases/{case}/steps/note"
    sent = filled(form_of(beyond.get(address), address), {"reason": "补充材料。"})
    line.cut(b"INSERT INTO case_step", answered=True)
    answer = beyond.post(address, data=sent)
    assert line.cuts == 1
    assert (answer.status_code, NOT_SAVED in answer.text, UNKNOWN in answer.text) == (503, True, False)
    assert notes() == 0
    assert beyond.post(address, data=sent).status_code == 303
    assert notes() == 1


@pytest.mark.both_databases
def test_a_whole_line_says_nothing_of_it(line: Line, beyond: Client, case: str) -> None:
    """The control: it is the cut that makes the difference."""
    assert take(beyond, case, "note", {"reason": "补充材料。"}).status_code == 303
    assert (line.cuts, notes()) == (0, 1)


@pytest.mark.sqlite
def test_a_disk_that_fails_at_the_commit_leaves_it_open(case: str, county: County) -> None:
    address, browser = f"/cases/{case}/steps/note", county.browser("acceptor")
    sent = filled(form_of(browser.get(address), address), {"reason": "补充材料。"})

    def fails(_connection: object) -> None:
        error = pysqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        raise core_database.DBAPIError.instance("COMMIT", {}, error, pysqlite3.Error)

    event.listen(db.engine, "commit", fails, once=True)
    answer = browser.post(address, data=sent)
    assert (answer.status_code, AGAIN in answer.text) == (503, True)
    assert browser.post(address, data=sent).status_code == 303
    assert notes() == 1


@pytest.mark.both_databases
def test_a_form_without_a_token_asks_to_look_first(line: Line, beyond: Client) -> None:
    page = beyond.get("/account")
    sent = filled(form_of(page, "/account/email"), {"email": "lixm@xf.example"})
    assert sent.pop("submission"), "every form has one; a page of an older version sends none"
    line.cut(b"COMMIT", answered=True)
    answer = beyond.post("/account/email", data=sent)
    assert (answer.status_code, LOOK_FIRST in answer.text, AGAIN in answer.text) == (503, True, False)
