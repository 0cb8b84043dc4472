"""Checking the log and the rows it seals."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from tracker.audit import checkpoints
from tracker.audit.events import Event
from tracker.audit.keys import wrong_key
from tracker.audit.marking import MARK, Marking
from tracker.audit.models import AuditBlob, AuditCheckpoint, AuditEvent, AuditHead
from tracker.audit.reading import BATCH, LOG_NAMES, LogRead, Wrong, check_log, in_words
from tracker.audit.rules import root
from tracker.audit.seals import Seals
from tracker.audit.service import ACTS, READINGS, facts_of, facts_seal
from tracker.audit.signing import Checkpoint
from tracker.core.database import Base, Model, Sealed, SealedInPart, db
from tracker.core.encryption import CannotDecrypt, record_macs
from tracker.core.errors import DomainError

KEYS_AT_ONCE = 200


# What else must agree with the log, said by the floors above it: a sentence for each thing that does not.
Check = Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Verified:
    """What a whole check found: counts, and the first wrong row in words (None: everything agrees)."""

    events: int
    rows: int
    wrong: str | None


def verify(
    also: Sequence[Check] = (), held: Sequence[Checkpoint] = (), since: AuditCheckpoint | None = None
) -> Verified:
    """Check the keys, both logs, the texts beside them, every sealed row and every marked one (日志校验).

    Names the first that is wrong. `also` are checks of the floors above; `held` are checkpoints that were kept outside,
    with which both logs must agree as with those that are kept here. `since` a checkpoint that is kept here, only what
    the logs hold behind it is read, and the rows that it seals: its events are those counted.
    """
    _see_one_moment()
    if unlike := wrong_key():
        return Verified(0, 0, unlike)
    seals = Seals()
    seen, rows = dict[int, LogRead](), 0
    begin = dict.fromkeys((ACTS, READINGS), 0)
    try:
        noted = [*held, *_kept_checkpoints()]
        frontiers = _begun_at(since, begin)
        for log_id in (ACTS, READINGS):
            seen[log_id] = check_log(log_id, seals, noted, begin[log_id], frontiers[log_id])
        _check_both(seen, whole=since is None)
        rows = _check_named(seals) if since is not None else _check_rows(seals)
        _check_marks()
        _ask(also)
    except Wrong as wrong:
        return Verified(_read(seen, begin), rows, str(wrong))
    return Verified(_read(seen, begin), rows, None)


def _read(seen: Mapping[int, "LogRead"], begin: Mapping[int, int]) -> int:
    return sum(each.size - begin[log_id] for log_id, each in seen.items())


def _begun_at(since: AuditCheckpoint | None, begin: dict[int, int]) -> dict[int, bytes]:
    """Return with which frontiers the logs go on behind a checkpoint, and set the sizes it knows of."""
    if since is None:
        return {ACTS: b"", READINGS: b""}
    note = checkpoints.read(since.note)
    frontiers = {ACTS: bytes(since.acts_frontier), READINGS: bytes(since.readings_frontier)}
    if (root(frontiers[ACTS]), root(frontiers[READINGS])) != (note.acts_root, note.readings_root):
        raise Wrong(f"保存的存证（audit_checkpoint 第 {since.id} 行）与它的签名不符")
    begin.update({ACTS: note.acts, READINGS: note.readings})
    return frontiers


def _see_one_moment() -> None:
    """Read everything as it stood at one moment, while others go on writing: on SQLite every reading does."""
    session = db.session()
    if not session.in_transaction() and session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _kept_checkpoints() -> Iterator[Checkpoint]:
    for row in db.session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.id)).all():
        try:
            yield checkpoints.read(row.note)
        except DomainError as refused:
            raise Wrong(f"保存的存证（audit_checkpoint 第 {row.id} 行）：{refused}") from None


def _check_both(seen: Mapping[int, LogRead], *, whole: bool) -> None:
    """Compare what each log knows of the other's size with what is there; no text stands beside no line."""
    for log_id, other in ((ACTS, READINGS), (READINGS, ACTS)):
        if seen[other].size < seen[log_id].other:
            told = f"{LOG_NAMES[log_id]}记它有过 {seen[log_id].other} 行"
            raise Wrong(f"{LOG_NAMES[other]}只有 {seen[other].size} 行，{told}：末尾被删")
    held = (db.session.scalar(select(func.count()).select_from(AuditBlob)) or 0) if whole else None
    if whole and held != sum(each.texts for each in seen.values()):
        raise Wrong("audit_blob 有不属于任何一行日志的内容")


def _check_rows(seals: Seals) -> int:
    checked = 0
    for model in sealed_models():
        in_part = issubclass(model, SealedInPart)
        for key, found in _rows(model):
            seal = seals.pop(f"{model.__tablename__}:{key}")
            if seal is None and in_part:
                continue
            if seal != found:
                raise Wrong(f"{model.__tablename__} 表主键 {key} 的行与日志所记不符：在程序之外被改动")
            checked += 1
    if left := next(seals.names(), None):
        raise Wrong(f"{in_words(left)} 的行已不存在：在程序之外被删除")
    return checked


def _check_named(seals: Seals) -> int:
    """Compare the rows that are named, by their keys."""
    by_table: dict[str, list[str]] = {}
    for name in seals.names():
        table, _, key = name.partition(":")
        by_table.setdefault(table, []).append(key)
    checked = 0
    for model in sealed_models():
        names = by_table.get(model.__tablename__, [])
        for start in range(0, len(names), KEYS_AT_ONCE):
            checked += _check_some(model, names[start : start + KEYS_AT_ONCE], seals)
    return checked


def _check_some(model: type[Model], names: Sequence[str], seals: Seals) -> int:
    table, columns = model.__tablename__, model.__mapper__.primary_key
    keys = [
        tuple(column.type.python_type(part) for column, part in zip(columns, name.split(","), strict=True))
        for name in names
    ]
    found = set()
    for name, seal in _rows(model, tuple_(*columns).in_(keys)):
        if seal != seals.get(f"{table}:{name}"):
            raise Wrong(f"{table} 表主键 {name} 的行与日志所记不符：在程序之外被改动")
        found.add(name)
    if gone := next((name for name in names if name not in found), None):
        raise Wrong(f"{table} 表主键 {gone} 的行已不存在：在程序之外被删除")
    return len(found)


def _rows(model: type[Model], *which: ColumnElement[bool]) -> Iterator[tuple[str, str]]:
    """Stream the rows of a table in the order of its key: the key as the log writes it, and the seal of each."""
    (always, where_set), key, mac = facts_of(model), model.__mapper__.primary_key, record_macs()
    names = (*always, *where_set)
    at = [names.index(str(column.key)) for column in key]
    columns = model.__mapper__.column_attrs
    rows = select(*(columns[name].columns[0] for name in names)).where(*which).order_by(*key)
    with closing(db.session.execute(rows, execution_options={"yield_per": BATCH})) as result:
        try:
            for row in result:
                values = dict(zip(names, row, strict=True))
                name = ",".join([str(row[place]) for place in at])
                yield name, facts_seal(model.__tablename__, values, always, where_set, mac)
        except CannotDecrypt as failure:
            raise Wrong(f"{model.__tablename__} 表有一行的密文被改动（{failure}）") from None


def _ask(also: Sequence[Check]) -> None:
    for check in also:
        for sentence in check():
            raise Wrong(sentence)


def _check_marks() -> None:
    """Compare the mark of every row that proves itself; the heads have had theirs."""
    models: list[type[Model]] = [mapper.class_ for mapper in Base.registry.mappers]
    for model in models:
        marking: Marking | None = getattr(model, "marking", None)
        if marking is None:
            continue
        key = model.__mapper__.primary_key
        columns = dict.fromkeys((*key, *(model.__table__.c[name] for name in (*marking.columns, MARK))))
        rows = db.session.execute(select(*columns).order_by(*key), execution_options={"yield_per": BATCH})
        with closing(rows):
            for row in rows:
                if not marking.holds(row):
                    raise Wrong(f"{marking.table} 表主键 {row[0]} 的行没有本程序的印记：在程序之外写入或改动")


def sealed_models() -> list[type[Model]]:
    """Return the model of every table that is sealed, if only in part, in the order of their names."""
    models: list[type[Model]] = [mapper.class_ for mapper in Base.registry.mappers]
    return sorted(
        (model for model in models if issubclass(model, Sealed | SealedInPart)), key=lambda model: model.__tablename__
    )


def happened_after(seq: int, kinds: Collection[Event]) -> bool:
    """Return whether an act of some kinds came after a line of the log of acts."""
    later = (AuditEvent.log_id == ACTS, AuditEvent.seq > seq, AuditEvent.kind.in_([kind.value for kind in kinds]))
    return db.session.scalar(select(AuditEvent.seq).where(*later).limit(1)) is not None


def acts_after(seq: int, *, limit: int) -> list[tuple[int, dict[str, Any]]]:
    """Return the next lines of the log of acts, as their numbers and what they say."""
    after = (AuditEvent.log_id == ACTS, AuditEvent.seq > seq)
    rows = db.session.execute(
        select(AuditEvent.seq, AuditEvent.payload).where(*after).order_by(AuditEvent.seq).limit(limit)
    )
    return [(number, json.loads(payload)) for number, payload in rows]


@dataclass(frozen=True)
class EventPage:
    """One page of a log, newest first; `total` counts the lines that fit."""

    rows: list[AuditEvent]
    total: int


def events(log_id: int, *, kind: str = "", page: int = 1, size: int = 50) -> EventPage:
    """Return one page of a log, newest first, narrowed to a kind of event; the head knows how long the whole is."""
    which = [AuditEvent.log_id == log_id]
    if kind:
        which.append(AuditEvent.kind == kind)
    total = _counted(which) if kind else head(log_id)[0]
    rows = select(AuditEvent).where(*which).order_by(AuditEvent.seq.desc()).limit(size).offset((page - 1) * size)
    return EventPage(list(db.session.scalars(rows)), total)


def _counted(which: Sequence[ColumnElement[bool]]) -> int:
    return db.session.scalar(select(func.count()).select_from(AuditEvent).where(*which)) or 0


def head(log_id: int) -> tuple[int, str]:
    """Return the size of a log and its root hash (hex): what an auditor writes down."""
    found = db.session.get(AuditHead, log_id)
    return (found.size, root(bytes(found.frontier)).hex()) if found else (0, root(b"").hex())
