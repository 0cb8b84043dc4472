"""Rows that prove themselves (自证印记): a MAC in a column of their own, for what changes without a line in the log.

A mark shows a row that was written, or pointed elsewhere, behind the program's back. It does not show one that was
deleted, or put back whole: what must not vanish is sealed in the log (see `Sealed`).
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from alembic import op
from sqlalchemy import Column as NewColumn
from sqlalchemy import DateTime, LargeBinary, inspect, select, update
from sqlalchemy import column as named_column
from sqlalchemy import table as named_table
from sqlalchemy.engine import Connection

from tracker.audit.rules import canonical
from tracker.core.database import UTCDateTime
from tracker.core.encryption import record_mac

MARK = "mac"


@dataclass(frozen=True)
class Marking:
    """Which columns of a table the mark of a row covers; the mark stands in the column `mac`."""

    table: str
    columns: tuple[str, ...]

    def of(self, row: Any) -> bytes:
        """Return the mark of a row (32 bytes of HMAC-SHA-256; the key is not in the database)."""
        return record_mac(canonical([self.table, *(getattr(row, name) for name in self.columns)]))

    def holds(self, row: Any) -> bool:
        """Return whether a row has the mark that it must have."""
        return row.mac is not None and hmac.compare_digest(bytes(row.mac), self.of(row))


HEADS = Marking("audit_head", ("log_id", "size", "frontier"))
EMPTY_HEADS = ({"log_id": 1, "size": 0, "frontier": b""}, {"log_id": 2, "size": 0, "frontier": b""})


def add_marks(marking: Marking) -> None:
    """Give a table the column of marks, in a migration: what stands there now is marked as it is."""
    op.add_column(marking.table, NewColumn(MARK, LargeBinary(32), nullable=True))
    _mark_all(op.get_bind(), marking)
    with op.batch_alter_table(marking.table) as table:
        table.alter_column(MARK, existing_type=LargeBinary(32), nullable=False)


def drop_marks(marking: Marking) -> None:
    """Take the marks from a table again: an older version knows nothing of them."""
    with op.batch_alter_table(marking.table) as table:
        table.drop_column(MARK)


def mark_log() -> None:
    """Begin the heads of both logs where nothing was written yet, and mark them; find texts by their lines."""
    heads = named_table(HEADS.table, *(named_column(name) for name in HEADS.columns))
    bind = op.get_bind()
    there = set(bind.scalars(select(heads.c.log_id)))
    for head in EMPTY_HEADS:
        if head["log_id"] not in there:
            bind.execute(heads.insert().values(head))
    add_marks(HEADS)
    op.create_index("uq_audit_blob_log_id_seq", "audit_blob", ["log_id", "seq"], unique=True)


def unmark_log() -> None:
    """Undo `mark_log`; a head of nothing stays."""
    op.drop_index("uq_audit_blob_log_id_seq", "audit_blob")
    drop_marks(HEADS)


def _mark_all(connection: Connection, marking: Marking) -> None:
    described = inspect(connection)
    stored = {each["name"]: each["type"] for each in described.get_columns(marking.table)}
    key = described.get_pk_constraint(marking.table)["constrained_columns"]
    types = {name: UTCDateTime() if isinstance(stored[name], DateTime) else stored[name] for name in stored}
    columns = [named_column(name, types[name]) for name in dict.fromkeys((*key, *marking.columns))]
    table = named_table(marking.table, *columns, named_column(MARK, LargeBinary(32)))
    for row in _all(connection, select(*columns).select_from(table)):
        which = [table.c[name] == getattr(row, name) for name in key]
        connection.execute(update(table).where(*which).values({MARK: marking.of(row)}))


def _all(connection: Connection, rows: Any) -> Iterator[Any]:
    yield from connection.execute(rows).all()
