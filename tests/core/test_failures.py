"""What people, operators and the log are told when the database or the disk fails: by its cause, never by one word."""

import errno
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pysqlite3
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from tests.client import Client
from tests.conftest import THE_DAY
from tests.databases import MIGRATIONS, TestDatabase, fast_folder, make_app, writing_engine
from tests.web.browsing import take
from tests.web.stories import CLAIM, upload
from tests.world.county import County
from tracker.cli import COMMANDS
from tracker.cli.refusals import with_sentences
from tracker.core import clock, files
from tracker.core.database import db
from tracker.core.errors import OutcomeUnknown, StorageFailure
from tracker.core.failures import BY_CODE, SCHEMA_WORDS, TOLD, Failure, failure_of
from tracker.spreadsheets.workbook import Column, write_table
from tracker.web.frame.errors import NOT_SAVED, RETRY_AFTER

READS = "/cases"
UNREACHABLE = "postgresql://tracker@127.0.0.1:1/tracker"


def coded(name: str, message: str = "王某") -> OperationalError:
    """Return what SQLAlchemy raises for an error of the driver with a code."""
    error = pysqlite3.OperationalError(message)
    error.sqlite_errorname = name
    return OperationalError("UPDATE x", {}, error)


def stored(kind: OSError) -> StorageFailure:
    failed = StorageFailure()
    failed.__cause__ = kind
    return failed


def test_every_failure_is_told_and_ends_a_command_in_its_own_way() -> None:
    assert set(TOLD) == set(Failure)
    assert len({told.exit_status for told in TOLD.values()}) == len(TOLD)
    assert not {0, 1, 2} & {told.exit_status for told in TOLD.values()}
    assert {failure for failure, told in TOLD.items() if told.passes} == {
        Failure.BUSY,
        Failure.UNREACHABLE,
        Failure.UNKNOWN_OUTCOME,
    }


def test_operators_find_every_exit_status_in_their_book() -> None:
    book = (MIGRATIONS.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    assert all(f"\n| {told.exit_status} | " in book for told in TOLD.values())


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (coded("SQLITE_BUSY_SNAPSHOT"), Failure.BUSY),
        (coded("SQLITE_FULL"), Failure.FULL),
        (coded("SQLITE_READONLY_DIRECTORY"), Failure.READ_ONLY),
        (coded("SQLITE_CANTOPEN_ISDIR"), Failure.UNREACHABLE),
        (coded("SQLITE_IOERR_FSYNC"), Failure.BROKEN),
        (coded("SQLITE_CORRUPT"), Failure.BROKEN),
        (coded("SQLITE_ERROR", "no such table: x"), Failure.NO_TABLES),
        (coded("SQLITE_ERROR", "table x has no column named y"), Failure.OTHER_VERSION),
        (stored(OSError(errno.ENOSPC, "")), Failure.FULL),
        (stored(OSError(errno.EROFS, "")), Failure.READ_ONLY),
        (stored(OSError(errno.EIO, "")), Failure.BROKEN),
        (stored(FileNotFoundError(errno.ENOENT, "")), Failure.MISSING_FILE),
        (OSError(errno.ENOSPC, ""), Failure.FULL),
        (OSError(errno.EPIPE, ""), None),
        (ValueError(), None),
        (OutcomeUnknown(), Failure.UNKNOWN_OUTCOME),
    ],
)
def test_the_code_decides(error: BaseException, failure: Failure | None) -> None:
    assert failure_of(error) is failure


def test_no_code_is_in_the_table_twice_in_another_sense() -> None:
    assert set(BY_CODE.values()) | set(SCHEMA_WORDS.values()) <= set(Failure)


def told_to(client: Client, path: str = READS) -> Failure:
    """Return which failure a page speaks of; fails the test where it has no number or says more than it may."""
    answer = client.get(path)
    data = client.get(path, headers={"Accept": "application/json"})
    found = next(failure for failure, told in TOLD.items() if f"<h1>{told.title}</h1>" in answer.text)
    told = TOLD[found]
    assert answer.status_code == data.status_code == told.status
    assert answer.headers["X-Request-ID"] in answer.text
    assert ("Retry-After" in answer.headers) is told.passes
    assert (answer.headers.get("Retry-After"), told.title in data.json["error"]) in (
        (str(RETRY_AFTER), True),
        (None, True),
    )
    assert ("一分钟" in answer.text) is told.passes
    assert NOT_SAVED in answer.text
    return found


@pytest.fixture
def clerk(app: Flask, county: County) -> Client:
    """Give the browser of the acceptor."""
    return county.browser("acceptor")


def classified(clerk: Client, county: County) -> str:
    """Return a matter that papers can be added to."""
    case = county.register()
    assert take(clerk, case, CLAIM.action, CLAIM.filled(county, county.case(case))).status_code == 303
    return case


def changed(statement: str) -> None:
    with writing_engine().begin() as connection:
        connection.execute(text(statement))


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("there", "back", "failure"),
    [
        (
            "ALTER TABLE user_session RENAME COLUMN seen_at TO noted_at",
            "ALTER TABLE user_session RENAME COLUMN noted_at TO seen_at",
            Failure.OTHER_VERSION,
        ),
        ("ALTER TABLE post RENAME TO place_held", "ALTER TABLE place_held RENAME TO post", Failure.NO_TABLES),
    ],
)
def test_another_schema_is_told(
    clerk: Client, caplog: pytest.LogCaptureFixture, there: str, back: str, failure: Failure
) -> None:
    changed(there)
    try:
        with caplog.at_level(logging.ERROR):
            assert told_to(clerk) is failure
    finally:
        changed(back)
    assert any(code in caplog.text for code in ("SQLITE_ERROR", "42703", "42P01"))
    assert str(failure) in caplog.text


@pytest.mark.sqlite
def test_a_full_disk_is_told(clerk: Client, county: County) -> None:
    """By the database itself: it may not have a page more."""
    case = county.register()
    assert clerk.get(f"/cases/{case}").status_code == 200
    db.session.rollback()
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA max_page_count={driver.execute('PRAGMA page_count').fetchone()[0]}")
        connection.rollback()
    told: list[Failure] = []
    for _ in range(200):
        if clerk.get(f"/cases/{case}").status_code != 200:
            told.append(told_to(clerk, f"/cases/{case}"))
            break
    assert told == [Failure.FULL]
    assert clerk.get("/cases").status_code == 200, "lists are still read"


@pytest.mark.sqlite
def test_a_file_that_can_only_be_read_is_told(database: TestDatabase, county: County) -> None:
    case = county.register()
    name = database.app.config["SESSION_COOKIE_NAME"]
    cookie = county.browser("acceptor").get_cookie(name)
    assert cookie
    url = f"sqlite:///file:{db.engine.url.database}?mode=ro&uri=true"
    app = make_app(
        database.data, str(db.engine.url), SQLALCHEMY_DATABASE_URI=url, TRACKER_NOW=THE_DAY.strftime("%Y-%m-%dT%H:%M")
    )
    client = app.test_client()
    client.set_cookie(name, cookie.value)
    assert client.get("/cases").status_code == 200
    assert told_to(client, f"/cases/{case}") is Failure.READ_ONLY  # type: ignore[arg-type]


def test_a_server_that_is_not_there_is_told(database: TestDatabase) -> None:
    app = make_app(database.data, UNREACHABLE)
    assert told_to(app.test_client(), "/calendar/x.ics") is Failure.UNREACHABLE  # type: ignore[arg-type]


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk take nothing more, as /dev/full does."""

    def sync(_file: int) -> None:
        with Path("/dev/full").open("wb", buffering=0) as device:
            device.write(b"x")

    monkeypatch.setattr(files.os, "fsync", sync)


def test_an_upload_to_a_full_disk_is_told(clerk: Client, county: County, full: None, database: TestDatabase) -> None:
    case = classified(clerk, county)
    answer = take(clerk, case, "note", {"reason": "补充材料。", "files": [upload("说明.pdf")]})
    assert (answer.status_code, TOLD[Failure.FULL].title in answer.text) == (507, True)
    assert [path for path in (database.data / "attachments").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (coded("SQLITE_BUSY"), Failure.BUSY),
        (ProgrammingError("SELECT 王某", {}, Exception("王某")), Failure.UNREACHABLE),
        (OSError(errno.ENOSPC, "王某"), Failure.FULL),
    ],
)
def test_a_command_ends_with_the_sentence_of_its_failure(error: Exception, failure: Failure, app: Flask) -> None:
    def fails() -> None:
        raise error

    ended = app.test_cli_runner().invoke(with_sentences(click.Command("try", callback=fails), long=False), [])
    assert ended.exit_code == TOLD[failure].exit_status
    assert TOLD[failure].operators in ended.stderr
    assert "王某" not in ended.output


def test_a_defect_of_a_command_stays_one(app: Flask) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    ended = app.test_cli_runner().invoke(with_sentences(click.Command("try", callback=fails), long=True), [])
    assert isinstance(ended.exception, ZeroDivisionError)


def test_every_command_ends_like_that(app: Flask) -> None:
    ours = {name: command for name, command in app.cli.commands.items() if command.callback.__module__ != "flask.cli"}
    assert {name for name, command in ours.items() if command not in COMMANDS} == {"db"}
    assert {command.callback.__code__.co_qualname for command in COMMANDS} == {"with_sentences.<locals>.told"}


def verified(folder: Path, url: str) -> tuple[int, bool]:
    """Return how `flask verify-audit` ends, and whether it says that there are no tables."""
    app = make_app(folder, url)
    with app.app_context():
        ended = app.test_cli_runner().invoke(args=["verify-audit"])
    return ended.exit_code, "还没有建表" in ended.output


def test_verify_says_no_tables_only_where_there_are_none() -> None:
    folder = fast_folder("empty")
    assert verified(folder, f"sqlite:///{folder / 'tracker.db'}") == (TOLD[Failure.NO_TABLES].exit_status, True)
    assert verified(folder, UNREACHABLE) == (TOLD[Failure.UNREACHABLE].exit_status, False)


def test_a_table_that_does_not_fit_leaves_no_file(tmp_path: Path) -> None:
    target = tmp_path / "台账.xlsx"
    target.write_bytes(b"the one of yesterday")

    def rows() -> Iterator[list[str]]:
        yield ["一"]
        raise OSError(errno.ENOSPC, "no space")

    with pytest.raises(OSError, match="no space"):
        write_table(target, "台账", [Column("名称")], rows(), notes=(), by="系统", at=clock.now())
    assert [path.name for path in tmp_path.iterdir()] == ["台账.xlsx"]
    assert target.read_bytes() == b"the one of yesterday"
    with pytest.raises(OSError, match="No space"), Path("/dev/full").open("wb") as device:
        write_table(device, "台账", [Column("名称")], [["一"]], notes=(), by="系统", at=clock.now())
