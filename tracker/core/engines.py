"""What is said to each database as a connection and a transaction begin, and how its refusals are called."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExceptionContext

from tracker.core.errors import WriteOutsideAct, code_of
from tracker.core.waiting import PATIENCE, connect_bounded, limits

SQLITE_FLOOR = (3, 51, 3)
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "secure_delete=ON",
    "cell_size_check=ON",
    "journal_size_limit=67108864",
    "cache_size=-32768",
)
# Bytes that SQLite needs on its disk even to read.
ROOM_TO_READ = 65_536
# The option of a connection that may write: the seconds it waits for others. How a write without it is refused.
WRITING = "writing"
READ_ONLY_CODES = ("SQLITE_READONLY", "25006")


def prepare(engine: Engine) -> None:
    """Listen to an engine: its connections, its transactions, its errors."""
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "handle_error", _name_full_disk)
    else:
        event.listen(engine, "do_connect", connect_bounded)
    event.listen(engine, "begin", _begin_sqlite if sqlite else _begin_postgresql)
    event.listen(engine, "handle_error", _refuse_write_while_reading)


def refuse_old_sqlite(app: Flask) -> None:
    """Refuse a library that corrupts databases. Raises RuntimeError."""
    module = app.config.get("SQLALCHEMY_ENGINE_OPTIONS", {}).get("module", sqlite3)
    found = tuple(int(part) for part in module.sqlite_version.split("."))
    if found < SQLITE_FLOOR:
        raise RuntimeError(
            f"SQLite {module.sqlite_version} 有会损坏数据库的缺陷，需要 {'.'.join(map(str, SQLITE_FLOOR))} 以上。"
        )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    may_write, patience = writes(connection), connection.get_execution_options().get(WRITING, PATIENCE)
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA query_only={'OFF' if may_write else 'ON'}")
    driver.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if may_write else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    """Tell the driver, which says it in the BEGIN that it sends before the first statement."""
    driver: Any = connection.connection.driver_connection
    driver.read_only = not writes(connection)
    if own := limits():
        connection.exec_driver_sql(own)


def writes(connection: Connection) -> bool:
    """Return whether the transaction of a connection may write."""
    return WRITING in connection.get_execution_options()


def _refuse_write_while_reading(failure: ExceptionContext) -> None:
    """Call a write outside an act what it is: a defect of the program, not a database that cannot be written."""
    error = failure.original_exception
    if code_of(error) in READ_ONLY_CODES and failure.connection is not None and not writes(failure.connection):
        raise WriteOutsideAct("a row was to be written outside `committed()`") from error


def _name_full_disk(failure: ExceptionContext) -> None:
    """Call a full disk by its name: without room for its index of the log SQLite cannot open a file, nor say why.

    Not at a commit: what became of that is not known then.
    """
    commits = failure.connection is not None and failure.statement is None
    error: Any = failure.original_exception
    if failure.engine is None or commits or not code_of(error).startswith("SQLITE_IOERR"):
        return
    disk = os.statvfs(Path(str(failure.engine.url.database)).parent)
    if disk.f_bavail * disk.f_frsize < ROOM_TO_READ:
        error.sqlite_errorname = "SQLITE_FULL"
