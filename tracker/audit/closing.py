"""The door by which a migration encloses texts (密存), and takes them out again.

A seal covers what a text says, and that stays the same: no row is sealed again. As with `reseal`, a migration says in
names of tables and columns what there is; it knows no models.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, Text, bindparam, or_, select, update
from sqlalchemy.engine import Connection

from tracker.core.enclosing import OPENING, CaseFacts, CaseText, enclosed

ROWS = 200


@dataclass(frozen=True)
class Texts:
    """The texts of matters in a table, at one revision: of those at the level accusation they are enclosed.

    `facts` are in JSON; `always` are enclosed whatever the matter is. `matter` is the column that names it.
    """

    table: str
    texts: tuple[str, ...]
    facts: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    matter: str = "case_id"

    def described(self, *, typed: bool) -> Table:
        """Return the table, with its envelopes where `typed`, else as text that is read and written as it stands."""

        def context(name: str) -> str:
            return f"{self.table}.{name}"

        texts = [Column(name, CaseText(context(name)) if typed else Text()) for name in self.texts]
        always = [Column(name, CaseText(context(name), always=True) if typed else Text()) for name in self.always]
        facts = [Column(name, CaseFacts(context(name)) if typed else JSON()) for name in self.facts]
        keys = {name: Column(name, Integer) for name in ("id", self.matter)}
        return Table(self.table, MetaData(), *keys.values(), *texts, *always, *facts)


_CASES = Table("petition_case", MetaData(), Column("id", Integer), Column("level", String(12)))


def enclose(connection: Connection, *tables: Texts) -> None:
    """Write the texts of accusations as ciphertext, and any that looks like one."""
    _write_again(connection, tables, closed=True)


def take_out(connection: Connection, *tables: Texts) -> None:
    """Write them as they read. Raises CannotDecrypt for one that was altered."""
    _write_again(connection, tables, closed=False)


def _write_again(connection: Connection, tables: Sequence[Texts], *, closed: bool) -> None:
    for texts in tables:
        read, written = texts.described(typed=not closed), texts.described(typed=closed)
        names = (*texts.texts, *texts.always, *texts.facts)
        again = update(written).where(written.c.id == bindparam("row_id"))
        again = again.values({name: bindparam(f"new_{name}", type_=written.c[name].type) for name in names})
        for rows in _rows(connection, texts, read):
            connection.execute(again, [_again(row, names, closed=closed and row["shut"]) for row in rows])


def _again(row: Any, names: Sequence[str], *, closed: bool) -> dict[str, Any]:
    return {"row_id": row["id"]} | {f"new_{name}": enclosed(row[name], closed=closed) for name in names}


def _rows(connection: Connection, texts: Texts, table: Table) -> Iterator[Sequence[Any]]:
    """Read the rows that have something to enclose or to take out, some at a time, by their keys."""
    raw = texts.described(typed=False)
    accusations = select(_CASES.c.id).where(_CASES.c.level == "accusation")
    looking = [raw.c[name].startswith(OPENING) for name in (*texts.texts, *texts.always)]
    wanted = or_(raw.c[texts.matter].in_(accusations), *looking, *(raw.c[name].is_not(None) for name in texts.always))
    keys = connection.scalars(select(raw.c.id).where(wanted).order_by(raw.c.id)).all()
    read = select(*table.c, table.c[texts.matter].in_(accusations).label("shut"))
    for start in range(0, len(keys), ROWS):
        rows = connection.execute(read.where(table.c.id.in_(keys[start : start + ROWS])).order_by(table.c.id))
        yield rows.mappings().all()
