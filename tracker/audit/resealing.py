"""The one door for changing sealed rows in a migration (更换印记).

A seal covers the columns that a table had when it was written. A migration that adds, drops or refills one of them
says what the seals covered and what they will cover, and makes its change in between:

    with reseal(op.get_bind(), revision, was=WAS, now=NOW):
        …

Three entries of an event's payload carry it: `seals_before` (the seal that the log had of a row until then), `seals`
(the one it has from then on, read by older versions too), and `first_seals` (the one of a row that had none: its past
is unproven). A row in `seals_before` alone is no longer sealed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    MetaData,
    String,
    Table,
    and_,
    false,
    inspect,
    select,
    text,
    true,
)
from sqlalchemy import column as named_column
from sqlalchemy import table as named_table
from sqlalchemy.engine import Connection, RowMapping

from tracker.audit.events import Event
from tracker.audit.marking import HEADS, MARK
from tracker.audit.models import AuditHead
from tracker.audit.rules import last_seals
from tracker.audit.service import ACTS, event_after, facts_seal, move_head
from tracker.core import clock
from tracker.core.database import Base, UTCDateTime
from tracker.core.enclosing import CaseFacts, CaseText
from tracker.core.encryption import CannotDecrypt, Encrypted
from tracker.core.errors import DomainError

# Rows checked, and written into one event, at once; lines of the log read at once.
ROWS = 200
LINES = 500
WAY_OUT = "已停止，什么也没有改。"
_EVENTS, _HEADS = Base.metadata.tables["audit_event"], Base.metadata.tables["audit_head"]
# The last seal of every row, beside the tables while the door is open: no register is too large for it.
_KEPT = Table(
    "kept_seal",
    MetaData(),
    Column("of_table", String(60), primary_key=True),
    Column("row_key", String(60), primary_key=True),
    Column("seal", String(24)),
    Column("unproven", Boolean, nullable=False),
    Column("checked", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
)
_KEEP = (
    "INSERT INTO kept_seal (of_table, row_key, seal, unproven, checked)"
    " VALUES (:of_table, :row_key, :seal, :unproven, :checked)"
    " ON CONFLICT (of_table, row_key) DO UPDATE SET seal = excluded.seal, unproven = excluded.unproven"
)


class CannotReseal(DomainError):
    """A row does not agree with the log, or going back would lose what the log proves: the migration is undone."""


@dataclass(frozen=True)
class Sealing:
    """What the seals of a table cover at one revision, in names of columns: a migration knows no models.

    `always` is sealed whatever it holds, `where_set` only where it holds something (see `LATER`). Of these, `encrypted`
    is stored as ciphertext and sealed as what it says. `in_part`: a row without a seal has none afterwards either.
    """

    table: str
    always: tuple[str, ...]
    where_set: tuple[str, ...] = ()
    encrypted: tuple[str, ...] = ()
    in_part: bool = False

    def without(self, *names: str) -> "Sealing":
        """Return the sealing without some columns."""
        always = tuple(name for name in self.always if name not in names)
        where_set = tuple(name for name in self.where_set if name not in names)
        return replace(self, always=always, where_set=where_set)

    def also(self, *always: str, where_set: Sequence[str] = ()) -> "Sealing":
        """Return the sealing with more columns."""
        return replace(self, always=(*self.always, *always), where_set=(*self.where_set, *where_set))


@contextmanager
def reseal(
    connection: Connection | None, migration: str, *, was: Sequence[Sealing], now: Sequence[Sealing]
) -> Iterator[None]:
    """Let a migration change sealed rows; each gets, in the log, its new seal behind the old one.

    On the way in every row of the tables in `was` must agree with its last seal; on the way out every row of the tables
    in `now` is sealed. A table only in `now` is sealed for the first time; one only in `was` no longer is. On the way
    down a migration says it the other way round. Raises CannotReseal, with nothing changed: where a row does not agree,
    where the change lost a row, where a table whose rows were sealed by acts would no longer be.
    """
    if connection is None:
        raise CannotReseal("这次换版要核对每一行的印记，不能只打印语句，请连着数据库执行。")
    _lock(connection, [sealing.table for sealing in was])
    _refuse_seals_ahead(connection)
    log = _Log(connection, migration)
    _KEPT.create(connection)
    _keep_last_seals(connection, {sealing.table for sealing in was})
    for sealing in was:
        _check(connection, sealing)
    _refuse_missing(connection, _KEPT.c.checked.is_(false()), "在程序之外被删除")
    yield
    for sealing in now:
        _write(connection, sealing, log)
    _release(connection, {sealing.table for sealing in was} - {sealing.table for sealing in now}, log)
    _refuse_missing(connection, true(), "换版时丢失")
    log.close()
    _KEPT.drop(connection)


def _lock(connection: Connection, tables: Sequence[str]) -> None:
    """Let nobody change the rows until the end (SQLite holds the whole file); rows first, the log last."""
    if tables and connection.dialect.name == "postgresql":
        quoted = ", ".join(connection.dialect.identifier_preparer.quote(table) for table in sorted(tables))
        connection.exec_driver_sql(f"LOCK TABLE {quoted} IN SHARE ROW EXCLUSIVE MODE")


def _refuse_seals_ahead(connection: Connection) -> None:
    """Refuse while seals wait in a table of their own to be written with rows: they would be those of before."""
    for (_, table), columns in inspect(connection).get_multi_columns().items():
        waiting = any(column["name"] == "seal" for column in columns)
        if (
            waiting
            and connection.execute(select(named_column("seal")).select_from(named_table(table)).limit(1)).first()
        ):
            raise CannotReseal(f"表 {table} 里有算好、还没写入的印记（日历变更没有办完），{WAY_OUT}请办完再换版。")


class _Log:
    """The log of acts, locked: takes events until it is closed."""

    def __init__(self, connection: Connection, migration: str) -> None:
        self.connection = connection
        self.migration = migration
        there = {column["name"] for column in inspect(connection).get_columns(HEADS.table)}
        self.is_marked = MARK in there
        kept = [column for column in _HEADS.columns if column.name in there]
        row = connection.execute(select(*kept).where(_HEADS.c.log_id == ACTS).with_for_update()).one_or_none()
        if self.is_marked and not (row and HEADS.holds(row)):
            raise CannotReseal(f"办理日志的表头缺失，或在程序之外被改动，{WAY_OUT}")
        self.is_new = row is None
        self.head = AuditHead(**row._mapping) if row else AuditHead(log_id=ACTS, size=0, frontier=b"")

    def add(self, kind: Event, says: Mapping[str, Any]) -> None:
        """Write one event, where there is something to say."""
        content = {name: told for name, told in says.items() if told}
        if not content:
            return
        content["migration"] = self.migration
        event = event_after(self.head, kind, by=None, now=clock.now(), case_id=None, content=content)
        values = {column.name: getattr(event, column.name) for column in _EVENTS.columns}
        # What is empty is left out: an older log may not have the column yet.
        self.connection.execute(_EVENTS.insert().values({k: v for k, v in values.items() if v is not None}))
        move_head(self.head, event)

    def close(self) -> None:
        """Write the head."""
        values = {"size": self.head.size, "frontier": self.head.frontier}
        if self.is_marked:
            values[MARK] = self.head.mac
        if not self.is_new:
            self.connection.execute(_HEADS.update().where(_HEADS.c.log_id == ACTS).values(values))
        elif self.head.size:
            self.connection.execute(_HEADS.insert().values(log_id=ACTS, **values))


def _keep_last_seals(connection: Connection, tables: set[str]) -> None:
    """Read the log of acts from its beginning, some lines at a time."""
    after = 0
    lines = select(_EVENTS.c.seq, _EVENTS.c.payload).where(_EVENTS.c.log_id == ACTS).order_by(_EVENTS.c.seq)
    while read := connection.execute(lines.where(_EVENTS.c.seq > after).limit(LINES)).all():
        after = read[-1].seq
        last = [(name.partition(":"), how) for name, how in last_seals(bytes(line.payload) for line in read).items()]
        rows = [_kept_row(table, key, how) for (table, _, key), how in last if table in tables]
        if rows:
            connection.execute(text(_KEEP), rows)
    connection.execute(_KEPT.delete().where(_KEPT.c.seal.is_(None)))


def _kept_row(table: str, key: str, how: tuple[str, bool] | None) -> dict[str, object]:
    seal, unproven = how or (None, False)
    return {"of_table": table, "row_key": key, "seal": seal, "unproven": unproven, "checked": False}


def _of(table: str, keys: Sequence[str]) -> ColumnElement[bool]:
    return and_(_KEPT.c.of_table == table, _KEPT.c.row_key.in_(keys))


def _check(connection: Connection, sealing: Sealing) -> None:
    for seals in _seals(connection, sealing):
        kept = _kept(connection, sealing.table, list(seals))
        for key, seal in seals.items():
            if key not in kept and sealing.in_part:
                continue
            if key not in kept or kept[key][0] != seal:
                raise CannotReseal(f"{sealing.table} 表主键 {key} 的行与日志所记不符：在程序之外被改动，{WAY_OUT}")
        connection.execute(_KEPT.update().where(_of(sealing.table, list(seals))).values(checked=True))


def _kept(connection: Connection, table: str, keys: Sequence[str]) -> dict[str, tuple[str, bool]]:
    rows = connection.execute(select(_KEPT.c.row_key, _KEPT.c.seal, _KEPT.c.unproven).where(_of(table, keys)))
    return {key: (seal, unproven) for key, seal, unproven in rows}


def _seals(connection: Connection, sealing: Sealing) -> Iterator[dict[str, str]]:
    """Yield the seals of a table's rows as they stand, by their keys, some at a time."""
    described = inspect(connection)
    stored = {column["name"]: column["type"] for column in described.get_columns(sealing.table)}
    key = described.get_pk_constraint(sealing.table)["constrained_columns"]
    names = dict.fromkeys((*key, *sealing.always, *sealing.where_set))
    columns = [named_column(name, _type(sealing, name, stored[name])) for name in names]
    rows = select(*columns).select_from(named_table(sealing.table)).order_by(*(named_column(name) for name in key))
    with closing(connection.execute(rows, execution_options={"yield_per": ROWS})) as result:
        try:
            for part in result.mappings().partitions():
                yield {",".join(str(row[name]) for name in key): _seal(sealing, row) for row in part}
        except CannotDecrypt:
            raise CannotReseal(f"{sealing.table} 表有一行的密文被改动，或者密钥不对，{WAY_OUT}") from None


def _seal(sealing: Sealing, row: RowMapping) -> str:
    return facts_seal(sealing.table, {name: row[name] for name in row}, sealing.always, sealing.where_set)


def _type(sealing: Sealing, name: str, stored: Any) -> Any:
    """Return the type by which a column says what is sealed: an instant in UTC, the text of a ciphertext.

    Any text may be that of a closed matter, and enclosed.
    """
    context = f"{sealing.table}.{name}"
    if name in sealing.encrypted:
        return Encrypted(context)
    if isinstance(stored, DateTime):
        return UTCDateTime()
    if isinstance(stored, JSON):
        return CaseFacts(context)
    return CaseText(context) if isinstance(stored, String) else stored


def _write(connection: Connection, sealing: Sealing, log: _Log) -> None:
    for seals in _seals(connection, sealing):
        kept = _kept(connection, sealing.table, list(seals))
        by_name = {key: f"{sealing.table}:{key}" for key in seals}
        changed = [key for key in seals if key in kept and kept[key][0] != seals[key]]
        log.add(
            Event.ROWS_RESEALED,
            {
                "seals_before": {by_name[key]: kept[key][0] for key in changed},
                "seals": {by_name[key]: seals[key] for key in changed if not kept[key][1]},
                "first_seals": {by_name[key]: seals[key] for key in changed if kept[key][1]},
            },
        )
        new = () if sealing.in_part else [key for key in seals if key not in kept]
        log.add(Event.ROWS_FIRST_SEALED, {"first_seals": {by_name[key]: seals[key] for key in new}})
        connection.execute(_KEPT.delete().where(_of(sealing.table, list(seals))))


def _release(connection: Connection, tables: set[str], log: _Log) -> None:
    """Take the seals from tables that were sealed by a migration alone: an older version knows nothing of them."""
    for table in sorted(tables):
        own = _KEPT.c.of_table == table
        if connection.scalar(select(_KEPT.c.row_key).where(own, _KEPT.c.unproven.is_(false())).limit(1)):
            raise CannotReseal(f"表 {table} 换版以后有过改动，旧版本无法核对，{WAY_OUT}请用换版前的备份恢复。")
        some = select(_KEPT.c.row_key, _KEPT.c.seal).where(own).order_by(_KEPT.c.row_key).limit(ROWS)
        while rows := connection.execute(some).all():
            log.add(Event.ROWS_RESEALED, {"seals_before": {f"{table}:{key}": seal for key, seal in rows}})
            connection.execute(_KEPT.delete().where(_of(table, [key for key, _ in rows])))


def _refuse_missing(connection: Connection, which: ColumnElement[bool], because: str) -> None:
    row = connection.execute(select(_KEPT.c.of_table, _KEPT.c.row_key).where(which).limit(1)).first()
    if row:
        raise CannotReseal(f"{row.of_table} 表主键 {row.row_key} 的行已不存在：{because}，{WAY_OUT}")
