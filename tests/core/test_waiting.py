"""Nobody waits for ever: who writes waits in turn, who reads a case waits less, who reads a list not at all."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from contextlib import closing, contextmanager
from itertools import islice

import psycopg
import pysqlite3
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.client import Client
from tests.conftest import Clock
from tests.databases import TestDatabase, make_app
from tests.world.county import County
from tracker.core import database as core_database
from tracker.core import waiting
from tracker.core.database import db
from tracker.core.waiting import PATIENCE, PLACES, Turns, unhurried
from tracker.web.frame import access

LISTS = ("/", "/cases", "/inbox")
BUSY = "系统正忙"
# As many as one process of the server has.
THREADS = 6


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> TestDatabase:
    """Give the database on PostgreSQL."""
    database: TestDatabase = request.getfixturevalue("_postgresql")
    return database


@contextmanager
def another_writes(app: Flask) -> Iterator[None]:
    """Hold what every writer needs, from a connection that is not the program's."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        with closing(pysqlite3.connect(url.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as other:
        other.execute("SELECT log_id FROM audit_head FOR UPDATE")
        yield
        other.rollback()


@pytest.mark.both_databases
def test_a_case_page_waits_and_is_then_refused(app: Flask, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "READING_PATIENCE", 0.2)
    case, browser = county.register(), county.browser("acceptor")
    assert browser.get(f"/cases/{case}").status_code == 200
    with another_writes(app):
        answer = browser.get(f"/cases/{case}")
        assert (answer.status_code, BUSY in answer.text) == (503, True)
        assert {path: browser.get(path).status_code for path in LISTS} == dict.fromkeys(LISTS, 200)
    assert browser.get(f"/cases/{case}").status_code == 200


def eight_pages(app: Flask, county: County, case: str, pool: ThreadPoolExecutor) -> list[Future[int]]:
    """Ask for a case eight times at once."""
    browsers = [like(app, county.browser("acceptor")) for _ in range(8)]
    return [pool.submit(lambda browser=browser: browser.get(f"/cases/{case}").status_code) for browser in browsers]


def like(app: Flask, browser: Client) -> Client:
    """Return another window of the same browser."""
    name = app.config["SESSION_COOKIE_NAME"]
    cookie, other = browser.get_cookie(name), app.test_client()
    assert cookie
    other.set_cookie(name, cookie.value)
    return other  # type: ignore[return-value]


@pytest.mark.sqlite
def test_lists_answer_while_eight_case_pages_wait(app: Flask, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "READING_PATIENCE", 60.0)
    case, window = county.register(), like(app, county.browser("acceptor"))
    with ThreadPoolExecutor(THREADS) as pool:
        with another_writes(app):
            pages = eight_pages(app, county, case, pool)
            lists = [pool.submit(lambda path=path: window.get(path).status_code) for path in LISTS]
            assert [each.result(50) for each in lists] == [200] * len(LISTS)
            refused = list(islice(as_completed(pages, 50), 8 - 1 - PLACES))
            assert [page.result() for page in refused] == [503] * (8 - 1 - PLACES)
        waited = [page for page in pages if page not in refused]
        assert [page.result(50) for page in waited] == [200] * (1 + PLACES), "one asks the file, the others follow"


@pytest.mark.sqlite
def test_without_places_they_take_every_thread(app: Flask, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr(access, "READING_PATIENCE", 60.0)
    monkeypatch.setattr(waiting, "PLACES", 100)
    monkeypatch.setattr(core_database, "TURNS", Turns())
    case, window = county.register(), like(app, county.browser("acceptor"))
    with ThreadPoolExecutor(THREADS) as pool:
        with another_writes(app):
            pages = eight_pages(app, county, case, pool)
            late = pool.submit(lambda: window.get("/cases").status_code)
            assert not wait([late], timeout=2).done
        assert [page.result(50) for page in pages] == [200] * 8


@pytest.mark.sqlite
def test_a_list_does_not_wait_to_note_that_a_session_is_alive(app: Flask, county: County, clock: Clock) -> None:
    browser = county.browser("acceptor")
    clock.forward(minutes=5)
    with another_writes(app), ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: browser.get("/cases").status_code).result(PATIENCE - 1) == 200


def setting(name: str) -> str:
    shown = str(db.session.scalar(text(f"SHOW {name}")))
    db.session.rollback()
    return shown


def test_every_session_of_postgresql_has_limits(postgres: TestDatabase) -> None:
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with postgres.app.app_context():
        usual = [setting(name) for name in names]
        with unhurried():
            long = [setting(name) for name in names]
        assert usual == ["3s", "15s", "30s"] == [setting(name) for name in names]
        assert long == ["1min", "0", "0"]


def test_a_server_that_stops_answering_is_given_up(postgres: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "SILENCE", 1.0)
    with postgres.app.app_context():
        process = db.session.scalar(text("SELECT pg_backend_pid()"))
        os.kill(process, signal.SIGSTOP)
        try:
            with pytest.raises(DBAPIError) as lost:
                db.session.scalar(text("SELECT 1"))
            assert lost.value.connection_invalidated
        finally:
            os.kill(process, signal.SIGCONT)
        db.session.rollback()
        assert db.session.scalar(text("SELECT 1")) == 1


def test_a_host_that_accepts_and_says_nothing_is_given_up(
    postgres: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(waiting.NETWORK, "connect_timeout", 2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        app = make_app(postgres.data, f"postgresql://tracker@127.0.0.1:{port}/tracker")
        answer = app.test_client().get("/sign-in", headers={"Cookie": "tracker=x"})
        assert answer.status_code == 200, "the page of signing in needs no database"
        answer = app.test_client().get("/calendar/x.ics")
        assert answer.status_code == 503


def test_jobs_of_the_timer_all_wait_for_their_turn() -> None:
    """Its threads serve nobody: more of them than there are places wait, and none is turned away."""
    turns, came = waiting.Turns(), list[bool]()

    def job() -> None:
        with turns.turn(30) as left:
            came.append(left > 0)

    with turns.turn(30):
        jobs = [threading.Thread(target=job) for _ in range(waiting.PLACES + 3)]
        for each in jobs:
            each.start()
        time.sleep(waiting.MOMENT + 0.3)
    for each in jobs:
        each.join(30)
    assert came == [True] * len(jobs)
