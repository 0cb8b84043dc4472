"""The databases a test runs on: made once by the migrations, put back to that state after each test.

Tests really commit, as the program does; nothing is wrapped in a transaction that is rolled back later. So
locks, savepoints, several connections and a server in another thread behave in a test as they do in an office.
"""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, text

from tests.client import Client
from tests.postgres import Server
from tracker import create_app
from tracker.core.database import db

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
SECRET_KEY = "only for tests, and longer than thirty-two characters"
ROOM_IN_MEMORY = 512 * 1024 * 1024
KEPT_IN_DATA = {"keys"}


def fast_folder(name: str) -> Path:
    """Make a folder, in memory where there is room: SQLite waits for the disk at every commit."""
    memory = Path("/dev/shm")
    in_memory = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_IN_MEMORY
    return Path(tempfile.mkdtemp(prefix=f"tracker-{name}-", dir=memory if in_memory else None))


def make_app(data: Path, url: str) -> Flask:
    """Make the application on a database as it is."""
    settings = {"TRACKER_ENV": "test", "TRACKER_DATA": data, "DATABASE_URL": url, "SECRET_KEY": SECRET_KEY}
    app = create_app(settings)
    app.test_client_class = Client
    return app


def migrate(app: Flask) -> None:
    """Bring the application's database to the newest migration."""
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))


class TestDatabase:
    """An application with its database and its folder of files."""

    __test__ = False
    name: str
    app: Flask

    def __init__(self, data: Path, url: str) -> None:
        self.data = data
        self.app = make_app(data, url)
        migrate(self.app)

    def reset(self) -> None:
        """Put database and files back to the state after the migrations."""
        for entry in self.data.iterdir():
            if entry.is_dir() and entry.name not in KEPT_IN_DATA:
                shutil.rmtree(entry)

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        with self.app.app_context():
            db.engine.dispose()

    def close(self) -> None:
        """Close the database and remove the folder."""
        self.dispose()
        shutil.rmtree(self.data, ignore_errors=True)


class SqliteDatabase(TestDatabase):
    """A file; put back by writing the migrated file again."""

    name = "sqlite"

    def __init__(self) -> None:
        data = fast_folder(self.name)
        self.file = data / "tracker.db"
        super().__init__(data, f"sqlite:///{self.file}")
        self.dispose()
        self.migrated = self.file.read_bytes()

    def reset(self) -> None:
        """Write the migrated file again."""
        super().reset()
        self.dispose()
        for ending in ("-wal", "-shm", "-journal"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        self.file.unlink()
        self.file.write_bytes(self.migrated)


class PostgresDatabase(TestDatabase):
    """A database on a real server; put back by emptying the tables that have rows and filling in the migrations' own.

    Triggers and foreign keys rest meanwhile: the log refuses to be emptied, and the order of tables does not matter.
    """

    name = "postgresql"

    def __init__(self, server: Server) -> None:
        url = server.create_database("tracker_test")
        super().__init__(fast_folder(self.name), url.render_as_string(hide_password=False))
        with self.app.app_context(), db.engine.begin() as connection:
            tables = _tables(connection)
            self.seeded = [table for table in tables if _has_rows(connection, table)]
            connection.execute(text("CREATE SCHEMA migrated"))
            for table in self.seeded:
                connection.execute(text(f"CREATE TABLE migrated.{table} AS TABLE public.{table}"))
            self.empty_all = _emptying(tables, self.seeded)

    def reset(self) -> None:
        """Empty what has rows."""
        super().reset()
        with self.app.app_context(), db.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(self.empty_all))


def _tables(connection: Connection) -> list[str]:
    names = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    return list(connection.scalars(text(names)))


def _has_rows(connection: Connection, table: str) -> bool:
    return bool(connection.scalar(text(f"SELECT EXISTS (SELECT FROM public.{table})")))


def _emptying(tables: Iterable[str], seeded: Iterable[str]) -> str:
    """Return one block that looks into each table first: that is far quicker than to empty every one."""
    steps = [f"IF EXISTS (SELECT FROM public.{table}) THEN DELETE FROM public.{table}; END IF;" for table in tables]
    steps += [f"INSERT INTO public.{table} TABLE migrated.{table};" for table in seeded]
    return f"DO $$ BEGIN {' '.join(steps)} END $$"
