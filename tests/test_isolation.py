"""The fixtures keep their promises: real commits in a test, nothing left for the next."""

import socket
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.databases import TestDatabase
from tracker.core import clock as core_clock
from tracker.core.database import committed, db

pytestmark = pytest.mark.both_databases

SCRATCH = "INSERT INTO audit_head (log_id, size, frontier, mac) VALUES (77, 1, :frontier, :frontier)"
COUNT = "SELECT count(*) FROM audit_head WHERE log_id = 77"


def count_elsewhere(app: Flask) -> int:
    """Count the scratch rows as another person's request would."""
    with app.app_context():
        return int(db.session.scalar(text(COUNT)) or 0)


@pytest.mark.parametrize("turn", [1, 2])
def test_rows_are_committed_in_a_test_and_gone_in_the_next(app: Flask, session: Session, turn: int) -> None:
    assert session.scalar(text(COUNT)) == 0, turn
    session.rollback()
    with committed():
        session.execute(text(SCRATCH), {"frontier": b""})
    assert count_elsewhere(app) == 1


def test_a_failed_action_leaves_nothing(app: Flask, session: Session) -> None:
    with pytest.raises(ZeroDivisionError), committed():
        session.execute(text(SCRATCH), {"frontier": b""})
        raise ZeroDivisionError
    assert count_elsewhere(app) == 0


def test_a_savepoint_rolls_back_alone(app: Flask, session: Session) -> None:
    with committed():
        session.execute(text(SCRATCH), {"frontier": b""})
        inner = session.begin_nested()
        session.execute(text("UPDATE audit_head SET size = 2 WHERE log_id = 77"))
        inner.rollback()
    assert session.scalar(text("SELECT size FROM audit_head WHERE log_id = 77")) == 1


@pytest.mark.parametrize("turn", [1, 2])
def test_files_go_too(database: TestDatabase, turn: int) -> None:
    left = database.data / "attachments" / "ab"
    assert not left.exists(), turn
    left.mkdir(parents=True)
    (left / "abcd").write_bytes(b"x")


def test_each_run_is_on_the_database_it_names(database: TestDatabase, session: Session) -> None:
    assert session.get_bind().dialect.name == database.name
    assert inspect(session.get_bind()).has_table("audit_event")


@pytest.mark.sqlite
def test_sqlite_runs_as_served(session: Session) -> None:
    assert session.scalar(text("PRAGMA synchronous")) == 2
    assert session.scalar(text("PRAGMA foreign_keys")) == 1
    assert session.scalar(text("PRAGMA journal_mode")) == "wal"


def test_the_clock_stands_still_in_every_thread(clock: Clock) -> None:
    seen = []
    thread = threading.Thread(target=lambda: seen.append(core_clock.now()))
    clock.forward(days=3)
    thread.start()
    thread.join()
    assert core_clock.local(seen[0]).isoformat() == "2026-11-24T09:00:00+08:00"


def test_no_test_reaches_the_network() -> None:
    with socket.socket() as probe, pytest.raises(AssertionError, match="network"):
        probe.connect(("192.0.2.1", 80))


def test_the_keys_of_a_test_are_its_own(database: TestDatabase) -> None:
    project = Path(__file__).resolve().parent.parent
    assert project not in database.data.parents
