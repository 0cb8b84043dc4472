"""A snapshot of the database in a file, and back: SQLite by VACUUM INTO, PostgreSQL by its own programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, Engine

from tracker.core.database import db
from tracker.core.errors import DomainError
from tracker.core.files import copy
from tracker.core.programs import run

FILES = {"sqlite": "tracker.db", "postgresql": "tracker.dump"}


@contextmanager
def taken(folder: Path) -> Iterator[Connection]:
    """Write the database as it is at one moment into a folder, and give a connection that sees just that.

    Raises DomainError where the program that must do it is not there, or fails.
    """
    engine, file = db.engine, folder / FILES[db.engine.dialect.name]
    if engine.dialect.name == "sqlite":
        _vacuum_into(engine, file)
        taken_now = create_engine(URL.create("sqlite", database=str(file)), module=engine.dialect.dbapi)
        with taken_now.connect() as connection:
            yield connection
        taken_now.dispose()
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        name = connection.scalar(text("SELECT pg_export_snapshot()"))
        _run("pg_dump", "--format=custom", f"--snapshot={name}", f"--file={file}")
        yield connection


def put_back(folder: Path) -> None:
    """Fill the empty database from a snapshot, all of it or nothing.

    Raises DomainError where the snapshot is of the other kind of database, or the program fails.
    """
    file = folder / FILES[db.engine.dialect.name]
    if not file.exists():
        raise DomainError("这份备份是另一种数据库的（SQLite、PostgreSQL），请核对 DATABASE_URL。")
    if db.engine.dialect.name == "postgresql":
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(file))
        return
    place = Path(str(db.engine.url.database))
    db.session.remove()
    db.engine.dispose()
    draft = place.with_name(f"{place.name}.restoring")
    copy(file, draft)
    for ending in ("-wal", "-shm"):
        place.with_name(place.name + ending).unlink(missing_ok=True)
    draft.replace(place)


def _vacuum_into(engine: Engine, file: Path) -> None:
    raw = engine.raw_connection()
    try:
        driver: Any = raw.driver_connection
        driver.execute("PRAGMA query_only=OFF")
        driver.execute("VACUUM INTO ?", (str(file),))
    finally:
        raw.close()


def _run(program: str, *arguments: str) -> None:
    url = db.engine.url
    address = url.set(drivername="postgresql", password=None).render_as_string()
    run(program, f"--dbname={address}", *arguments, **({"PGPASSWORD": url.password} if url.password else {}))
