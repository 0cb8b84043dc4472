"""The databases a test runs on: made once by the migrations, put back before each test, copied from a kept image.

An image is what a builder makes in the migrated database, by the program's own services: it is built once for each
database, when the first test asks for it. The keys that sealed its rows stay in the database's folder.

Tests really commit, as the program does; nothing is wrapped in a transaction that is rolled back later. So
locks, savepoints, several connections and a server in another thread behave in a test as they do in an office.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from tests.client import Client
from tests.postgres import Server
from tracker import create_app
from tracker.core.database import WRITING, db
from tracker.core.waiting import PATIENCE

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
SECRET_KEY = "only for tests, and longer than thirty-two characters"
# What a test let PostgreSQL count of its tables says nothing of the next one's.
FORGET_STATISTICS = (
    "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
)
ROOM_IN_MEMORY = 512 * 1024 * 1024
KEPT_IN_DATA = {"keys"}

Ids = dict[str, Any]
"""Ids of rows by their keys; a builder may add what no row holds and its tests ask for."""
Builder = Callable[[], Ids]
# What a builder put into folders beside the database, by the paths inside the folder.
Files = dict[Path, bytes]


def fast_folder(name: str) -> Path:
    """Make a folder, in memory where there is room: SQLite waits for the disk at every commit."""
    memory = Path("/dev/shm")
    in_memory = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_IN_MEMORY
    return Path(tempfile.mkdtemp(prefix=f"tracker-{name}-", dir=memory if in_memory else None))


def make_app(data: Path, url: str, **more: object) -> Flask:
    """Make the application on a database as it is."""
    settings = {"TRACKER_ENV": "test", "TRACKER_DATA": data, "DATABASE_URL": url, "SECRET_KEY": SECRET_KEY}
    settings["TRACKER_KEYS"] = data / "keys"
    app = create_app({**settings, **more})
    app.test_client_class = Client
    return app


def migrate(app: Flask) -> None:
    """Bring the application's database to the newest migration."""
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))


def writing() -> Session:
    """Give the test's own session, able to write what no act would, until the test commits or rolls back."""
    session = db.session()
    if not (session.in_transaction() and WRITING in session.connection().get_execution_options()):
        session.rollback()
        session.connection(execution_options={WRITING: PATIENCE})
    return session


def writing_engine() -> Engine:
    """Give the engine for connections of one's own that write."""
    return db.engine.execution_options(**{WRITING: PATIENCE})


class TestDatabase:
    """An application with its database and its folder of files."""

    __test__ = False
    name: str
    app: Flask

    def __init__(self, data: Path, url: str) -> None:
        self.data = data
        self.app = make_app(data, url)
        migrate(self.app)
        self.migrated = self.image()
        self.built: dict[Builder, tuple[Any, Files, Ids]] = {}
        self.ids: Ids = {}

    def reset(self) -> None:
        """Put database and files back to the state after the migrations."""
        self.put_back(self.migrated)

    def start_from(self, build: Builder) -> None:
        """Put the database into what a builder makes of it as the migrations left it; keep the ids that it returns."""
        if build in self.built:
            image, files, ids = self.built[build]
            self.ids = deepcopy(ids)
            self.put_back(image)
            for path, content in files.items():
                (self.data / path).parent.mkdir(parents=True, exist_ok=True)
                (self.data / path).write_bytes(content)
            return
        self.reset()
        with self.app.app_context():
            self.ids = build()
        self.built[build] = (self.image(), self._files(), deepcopy(self.ids))

    def _files(self) -> Files:
        """Keep what stands in the folders that are emptied before each test."""
        inside = (path for path in self.data.glob("*/**/*") if path.is_file())
        relative = (path.relative_to(self.data) for path in inside)
        return {path: (self.data / path).read_bytes() for path in relative if path.parts[0] not in KEPT_IN_DATA}

    def image(self) -> Any:
        """Keep the present state."""
        raise NotImplementedError

    def put_back(self, image: Any) -> None:
        """Put the database into a state that was kept, and take away all files."""
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
    """A file; an image is its bytes."""

    name = "sqlite"

    def __init__(self) -> None:
        data = fast_folder(self.name)
        self.file = data / "tracker.db"
        super().__init__(data, f"sqlite:///{self.file}")

    def image(self) -> bytes:
        self.dispose()
        return self.file.read_bytes()

    def put_back(self, image: bytes) -> None:
        super().put_back(image)
        self.dispose()
        for ending in ("-wal", "-shm", "-journal"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        self.file.unlink()
        self.file.write_bytes(image)


class PostgresDatabase(TestDatabase):
    """A database on a real server; an image is a schema with copies of the tables that have rows.

    Put back by emptying the tables that have rows and filling in the copies. Triggers and foreign keys rest
    meanwhile: the log refuses to be emptied, and the order of tables does not matter. Numbers go on counting.
    """

    name = "postgresql"

    def __init__(self, server: Server) -> None:
        url = server.create_database("tracker_test")
        self._images = 0
        super().__init__(fast_folder(self.name), url.render_as_string(hide_password=False))

    def image(self) -> str:
        """Return the statement that brings the present state back."""
        self._images += 1
        schema = f"image_{self._images}"
        with self.app.app_context(), writing_engine().begin() as connection:
            tables = _tables(connection)
            filled = [table for table in tables if _has_rows(connection, table)]
            connection.execute(text(f"CREATE SCHEMA {schema}"))
            for table in filled:
                connection.execute(text(f"CREATE TABLE {schema}.{table} AS TABLE public.{table}"))
        return _bringing_back(schema, tables, filled)

    def put_back(self, image: str) -> None:
        super().put_back(image)
        with self.app.app_context(), writing_engine().begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(image))
            connection.execute(text(FORGET_STATISTICS))


def _tables(connection: Connection) -> list[str]:
    names = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    return list(connection.scalars(text(names)))


def _has_rows(connection: Connection, table: str) -> bool:
    return bool(connection.scalar(text(f"SELECT EXISTS (SELECT FROM public.{table})")))


def _bringing_back(schema: str, tables: Iterable[str], filled: Iterable[str]) -> str:
    """Return one block that looks into each table first: that is far quicker than to empty every one."""
    steps = [f"IF EXISTS (SELECT FROM public.{table}) THEN DELETE FROM public.{table}; END IF;" for table in tables]
    steps += [f"INSERT INTO public.{table} TABLE {schema}.{table};" for table in filled]
    return f"DO $$ BEGIN {' '.join(steps)} END $$"
