"""Make a large register out of a small one: copies of every row that belongs to cases, by SQL, with keys shifted.

    .venv/bin/python -m benchmarks.copies --copies 9 --database sqlite:////DIR/tracker.db --data DIR

What stands once in an office stays as it is: people, units, places, categories, the ladder. The copies are as the
original in every share, so that a page shows, and an act touches, the same at every size. Their seals and the chain
of the log are not right: such a database measures reading and writing, never `flask verify-audit`. The tables are read
as they stand in the database, so that one of an earlier version can be multiplied too.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Column, MetaData, String, Table, func, inspect, select, text
from sqlalchemy.engine import Connection

from benchmarks.fill import set_sequences
from tracker import create_app
from tracker.audit.marking import HEADS
from tracker.audit.models import AuditHead
from tracker.audit.rules import HASH_BYTES
from tracker.cases.record import search
from tracker.core.database import WRITING, Base, db
from tracker.core.waiting import unhurried

CASE = "petition_case"
CUT = "temp.cut_for_search"
# What grows with the years although it names no case.
HISTORY = {"audit_event", "audit_blob", "submission", "tick_run", "user_session"}
# Columns that hold keys without saying of which table.
BARE_KEYS = {"audit_event.case_id", "audit_event.seq", "audit_blob.seq", "deadline.subject_id"}
BARE_KEYS |= {f"{table}.subject_id" for table in ("escalation", "notice", "supervision_order", "instruction")}
BARE_KEYS |= {"notice.source_id"}
# Words that nobody reads: any other will do. To the others, as numbers of the year, the number of the copy is added.
DRAWN = {"public_id", "token", "token_hash"}
DRAW = {"sqlite": "lower(hex(randomblob(11)))", "postgresql": "substr(md5(random()::text), 1, 22)"}
COPY = (
    "WITH RECURSIVE copies (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {copies})"
    " INSERT INTO {into} ({columns}) SELECT {values} FROM copies CROSS JOIN {table} AS original"
)


def growing(connection: Connection) -> list[Table]:
    """Return the tables that grow with the register: the cases, what belongs to them, what history adds."""
    there, metadata = set(inspect(connection).get_table_names()), MetaData()
    metadata.reflect(connection, only=[name for name in Base.metadata.tables if name in there])
    names = {CASE, *HISTORY}
    while more := {table.name for table in metadata.tables.values() if _owners(table) & names} - names:
        names |= more
    return [table for table in metadata.tables.values() if table.name in names]


def _owners(table: Table) -> set[str]:
    return {key.column.table.name for key in table.foreign_keys}


def multiply(copies: int) -> None:
    """Add so many copies of the register to itself; call it in an application context, where nobody else writes."""
    entries = list(search.entries())
    db.session.rollback()
    sqlite = db.engine.dialect.name == "sqlite"
    with _unchecked() as connection:
        tables = growing(connection)
        stride = max(_highest(connection, table) for table in tables)
        for table in tables:
            connection.exec_driver_sql(_copying(table, {each.name for each in tables}, stride, copies, connection))
        _continue_logs(connection)
        if sqlite:
            _cut_once(connection, entries)
        connection.exec_driver_sql(_copying_search(stride, copies, sqlite=sqlite))
    set_sequences()


@contextmanager
def _unchecked() -> Iterator[Connection]:
    """Give a transaction in which foreign keys and triggers rest, as long as it takes: rows come in table by table."""
    with unhurried(), db.engine.execution_options(**{WRITING: 10}).connect() as connection:
        sqlite, driver = connection.dialect.name == "sqlite", connection.connection.driver_connection
        assert driver is not None
        if sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if not sqlite:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
        if sqlite:
            driver.execute("PRAGMA foreign_keys=ON")


def _highest(connection: Connection, table: Table) -> int:
    numbers = [column for column in table.primary_key if column.type.python_type is int]
    return max((connection.scalar(select(func.max(column))) or 0 for column in numbers), default=0)


def _copying(table: Table, growing: set[str], stride: int, copies: int, connection: Connection) -> str:
    unique = {c["column_names"][0] for c in inspect(connection).get_unique_constraints(table.name)}
    dialect = connection.dialect.name
    values = [_value(column, growing, stride, column.name in unique, dialect) for column in table.columns]
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return COPY.format(copies=copies, into=table.name, table=table.name, columns=names, values=", ".join(values))


def _value(column: Column[object], growing: set[str], stride: int, unique: bool, dialect: str) -> str:
    """Return the SQL of a column of the copy: a shifted key, a word of its own, or what stands in the original."""
    own, shifted = f'original."{column.name}"', f'original."{column.name}" + n * {stride}'
    if f"{column.table.name}.{column.name}" in BARE_KEYS:
        return shifted
    if any(key.column.table.name in growing for key in column.foreign_keys):
        return shifted
    if isinstance(column.type, String) and (unique or column.primary_key):
        return DRAW[dialect] if column.name in DRAWN else f"{own} || '~' || n"
    if column.primary_key and column.name != "log_id" and not column.foreign_keys:
        return shifted
    return own


def _continue_logs(connection: Connection) -> None:
    """Set the heads of the logs to where they end now: as many peaks as such a tree has, of nothing in particular."""
    for log_id, size in connection.exec_driver_sql("SELECT log_id, max(seq) FROM audit_event GROUP BY log_id").all():
        statement = text("UPDATE audit_head SET size = :size, frontier = :frontier, mac = :mac WHERE log_id = :log_id")
        head = AuditHead(log_id=log_id, size=size, frontier=bytes(HASH_BYTES) * size.bit_count())
        said = {"size": size, "frontier": head.frontier, "mac": HEADS.of(head), "log_id": log_id}
        connection.execute(statement, said)


def _cut_once(connection: Connection, entries: Sequence[search.SearchEntry]) -> None:
    """Lay down what SQLite's index is given of each case: it keeps no text that could be copied."""
    connection.exec_driver_sql(f"CREATE TEMP TABLE {CUT} (case_id INTEGER PRIMARY KEY, grams TEXT)")
    rows = [search._back_end().row(entry) for entry in entries]
    connection.execute(text(f"INSERT INTO {CUT} (case_id, grams) VALUES (:case_id, :grams)"), rows)


def _copying_search(stride: int, copies: int, *, sqlite: bool) -> str:
    key, more = ("rowid", ("grams",)) if sqlite else ("case_id", ("folded", "grams"))
    values = ", ".join((f"original.case_id + n * {stride}", *(f"original.{name}" for name in more)))
    given = {"copies": copies, "columns": ", ".join((key, *more)), "values": values}
    return COPY.format(into="case_search", table=CUT if sqlite else "case_search", **given)


def main(arguments: list[str]) -> None:
    """Read the command line and multiply."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, required=True)
    parser.add_argument("--database", required=True, help="address of a database that benchmarks.fill made")
    parser.add_argument("--data", type=Path, required=True, help="its folder with the keys")
    given = parser.parse_args(arguments)
    settings = {"TRACKER_ENV": "test", "TRACKER_DATA": given.data, "DATABASE_URL": given.database}
    with create_app(settings).app_context():
        multiply(given.copies)


if __name__ == "__main__":
    main(sys.argv[1:])
