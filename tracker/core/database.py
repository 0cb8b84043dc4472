"""The only place that commits. One transaction for each action; no sealed row changes without a line in the log.

A session reads; only `committed()` writes, and `rehearsed()`, which undoes it all. What is written outside them is
refused by the database itself. SQLite: a writing transaction begins IMMEDIATE (nothing read inside it can be stale), a
reading one plain, so that it never waits for a writer; `synchronous=FULL`, so that a power cut loses no acknowledged
act. PostgreSQL: READ COMMITTED with row locks; reading transactions are READ ONLY.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Index,
    MetaData,
    bindparam,
    event,
    func,
    inspect,
    select,
    text,
    true,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from tracker.core.engines import WRITING, prepare, refuse_old_sqlite, writes
from tracker.core.errors import OutcomeUnknown, WriteOutsideAct, WriteWithoutRecord
from tracker.core.failures import lost_while_committing
from tracker.core.waiting import PATIENCE, TURNS

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of all tables. Never MappedAsDataclass: Flask-SQLAlchemy 3.1 on SQLAlchemy 2.1 refuses it."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(directory="migrations", render_as_batch=True, compare_type=True)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Sealed:
    """A row that belongs to the record: its every change must be followed by `audit.record` before the commit.

    A column with `info=UNSEALED` is a hint that can be computed again, not a fact. A column that came after the
    first release has `info=LATER`: it is nullable, and sealed only where it is set, so that older seals stay good.
    """


class SealedLater(Sealed):
    """A table that came into the record after the first release: older versions do not read its seals.

    So it can be used and still brought back: nothing in an older version misses the proof of a row.
    """


class SealedInPart:
    """A table of which only some rows belong to the record: those that an act hands to `audit.record`."""


UNSEALED = {"sealed": False}
LATER = {"sealed": "where set"}


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python; stored without a zone, which both databases keep alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant without a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


# A day in a condition: itself, or its place in a statement that is built once.
Day = date | ColumnElement[date]


def public_id() -> str:
    """Return an unguessable identifier for addresses (128 bits)."""
    return secrets.token_urlsafe(16)


def init_database(app: Flask) -> None:
    """Bind the application to its database and to the migrations."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        refuse_old_sqlite(app)
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        for engine in db.engines.values():
            prepare(engine)


_READ_ONCE = "what was read since rows were written"
_UNRECORDED = "rows changed since the last line of the log"
_RecordRow = TypeVar("_RecordRow", bound=Model)
_Read = TypeVar("_Read")


@event.listens_for(Session, "after_flush")
def _remember_sealed(session: Session, _context: object) -> None:
    session.info.pop(_READ_ONCE, None)
    pending = session.info.setdefault(_UNRECORDED, {})
    pending |= {id(row): row for row in session.new if isinstance(row, Sealed)}
    pending |= {id(row): row for row in session.dirty if isinstance(row, Sealed) and _changed_a_fact(row)}


def _changed_a_fact(row: object) -> bool:
    """Return whether a column was changed that is no hint."""
    attributes = cast(Any, inspect(row)).attrs
    return any(attributes[name].history.has_changes() for name in _facts(type(row)))  # type: ignore[arg-type]


@cache
def _facts(kind: type[object]) -> tuple[str, ...]:
    return tuple(each.key for each in cast(Any, inspect(kind)).column_attrs if each.columns[0].info.get("sealed", True))


@event.listens_for(Session, "before_flush")
def _refuse_deletion(session: Session, _context: object, _rows: object) -> None:
    for row in session.deleted:
        if isinstance(row, Sealed):
            raise WriteWithoutRecord(f"{type(row).__name__} rows are never deleted")


@event.listens_for(Session, "after_rollback")
def _forget_sealed(session: Session) -> None:
    session.info.pop(_UNRECORDED, None)


def take_unrecorded() -> list[Any]:
    """Return the sealed rows changed since the last call, in the order they were written (for `audit.record`)."""
    session = db.session()
    session.flush()
    return list(session.info.pop(_UNRECORDED, {}).values())


def read_once(name: str, read: Callable[[], _Read]) -> _Read:
    """Return what `read` first returned in this transaction, or since it wrote last: what all of a page asks for."""
    session = db.session()
    held = session.info.get(_READ_ONCE, {}).get(name)
    if held is None or held[0] is not session.get_transaction():
        value = read()
        held = session.info.setdefault(_READ_ONCE, {})[name] = (session.get_transaction(), value)
    return cast(_Read, held[1])


@contextmanager
def committed(*, patience: float = PATIENCE) -> Iterator[Session]:
    """Run one action in one transaction: commit at the end, roll everything back on any error.

    What was only read before is ended: rows loaded then are read afresh when they are next used. On SQLite it waits
    for others who write as many seconds as there is patience. Raises WriteWithoutRecord where a sealed row was
    changed and nothing was written to the log afterwards.
    """
    with _writing(patience) as session:
        yield session
        session.flush()
        if session.info.get(_UNRECORDED):
            changed = {type(row).__name__ for row in session.info[_UNRECORDED].values()}
            raise WriteWithoutRecord(f"changed without a line in the log: {', '.join(sorted(changed))}")
        _commit(session)


def _commit(session: Session) -> None:
    """Commit; where nobody was left to say that it is done, say that it is not known."""
    try:
        session.commit()
    except DBAPIError as error:
        if lost_while_committing(error):
            raise OutcomeUnknown from error
        raise


@contextmanager
def rehearsed() -> Iterator[Session]:
    """Run an action to see what it does, and undo it all."""
    with _writing(PATIENCE) as session:
        yield session
        session.rollback()


@contextmanager
def _writing(patience: float) -> Iterator[Session]:
    """Begin the transaction that may write; whatever goes wrong, nothing of it stays."""
    session = db.session()
    _end_what_was_read(session)
    with _turn(session, patience) as left:
        try:
            session.connection(execution_options={WRITING: left})
            yield session
        except BaseException:
            session.rollback()
            raise


def _turn(session: Session, patience: float) -> AbstractContextManager[float]:
    """Queue for the one writer of SQLite; PostgreSQL has many, and limits of its own for locks."""
    return TURNS.turn(patience) if session.get_bind().dialect.name == "sqlite" else nullcontext(patience)


def _end_what_was_read(session: Session) -> None:
    """End the transaction in which was only read; refuse what an act would lose by that."""
    if session.in_transaction() and writes(session.connection()):
        raise WriteOutsideAct("an act inside an act")
    changed = [*session.new, *session.deleted, *filter(session.is_modified, session.dirty)]
    if changed:
        raise WriteOutsideAct(f"changed outside `committed()`: {type(changed[0]).__name__}")
    session.rollback()


def end_reading() -> None:
    """End what is being read, before slow work (hashing, an upload) that needs no database."""
    db.session.rollback()


def only_filtering(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Keep SQLite from starting a search with a condition that nearly every row meets.

    Without statistics it takes any index it can use for the best one; PostgreSQL knows better by itself.
    """
    return condition.is_(true()) if db.session.get_bind().dialect.name == "sqlite" else condition


def partial_index(name: str, *columns: Any, where: ColumnElement[bool], unique: bool = False) -> Index:
    """Index only the rows that meet a condition: what waits, beside a past that only grows.

    It is found by a query that carries the same condition with the same constants, written into the statement.
    """
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def constant(value: object) -> BindParameter[Any]:
    """Write a value of the code into the statement itself, where a database must know it to choose its index."""
    return bindparam(None, value, literal_execute=True, expanding=isinstance(value, list))


def database_now() -> datetime | None:
    """Return the database server's own time; None where the file has none of its own (SQLite)."""
    if db.session.get_bind().dialect.name == "sqlite":
        return None
    found: datetime | None = db.session.scalar(select(func.clock_timestamp(type_=DateTime(timezone=True))))
    return found


def schema_revision() -> str:
    """Return the revision of the tables (Alembic's mark in the database)."""
    return str(db.session.scalar(text("SELECT version_num FROM alembic_version")))


def after_commit(action: Callable[[], None]) -> None:
    """Run something once the transaction is safely stored: a savepoint in it that ends is not yet that."""
    waits = [action]

    def run(session: Session) -> None:
        if waits and not session.in_nested_transaction():
            waits.pop()()

    event.listen(db.session(), "after_commit", run)


def forget_what_was_overwritten() -> None:
    """Bring the write-ahead log of SQLite into the file and empty it: in it stands what pages said before.

    While somebody reads it stays as it is, until this is asked again. PostgreSQL forgets by its own VACUUM.
    """
    engine = db.engine
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.driver_connection.execute("PRAGMA busy_timeout=0").close()  # type: ignore[union-attr]
            connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()  # type: ignore[union-attr]


def locked(row: _RecordRow) -> _RecordRow:
    """Lock a row until the end of the transaction and read it afresh (SQLite already holds the file).

    FOR NO KEY UPDATE: others may point at the row meanwhile, nobody may change it. Only the row itself: what was
    loaded by joins comes with it, and PostgreSQL cannot lock an outer join.
    Raises WriteOutsideAct outside `committed()`.
    """
    if not writes(db.session.connection()):
        raise WriteOutsideAct("a row was to be locked outside `committed()`")
    db.session.refresh(row, with_for_update={"of": type(row), "key_share": True})
    return row
