"""Checking the log and the rows it seals."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, RowMapping, func, select, tuple_

from tracker.audit import checkpoints
from tracker.audit.events import Event
from tracker.audit.keys import wrong_key
from tracker.audit.marking import HEADS, MARK, Marking
from tracker.audit.models import AuditBlob, AuditCheckpoint, AuditEvent, AuditHead
from tracker.audit.rules import LATE_SEALS, appended, leaf_hash, root
from tracker.audit.service import ACTS, OTHER_SIZE, READINGS, entry_of, event_mac, facts_of, seal_of
from tracker.audit.signing import Checkpoint
from tracker.core import clock
from tracker.core.database import Base, Model, Sealed, SealedInPart, db
from tracker.core.encryption import CannotDecrypt
from tracker.core.errors import DomainError

BATCH = 2000
KEYS_AT_ONCE = 200
LOG_NAMES = {ACTS: "办理日志", READINGS: "查阅日志"}


# What else must agree with the log, said by the floors above it: a sentence for each thing that does not.
Check = Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Verified:
    """What a whole check found: counts, and the first wrong row in words (None: everything agrees)."""

    events: int
    rows: int
    wrong: str | None


class _Wrong(Exception):
    """The first row that does not agree."""


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
    seals: dict[str, str] = {}
    seen, rows = dict[int, _Seen](), 0
    begin = dict.fromkeys((ACTS, READINGS), 0)
    try:
        noted = [*held, *_kept_checkpoints()]
        frontiers = _begun_at(since, begin)
        for log_id in (ACTS, READINGS):
            seen[log_id] = _check_log(log_id, seals, noted, begin[log_id], frontiers[log_id])
        _check_both(seen, whole=since is None)
        rows = _check_named(seals) if since is not None else _check_rows(seals)
        _check_marks()
        for check in also:
            for sentence in check():
                raise _Wrong(sentence)
    except _Wrong as wrong:
        return Verified(_read(seen, begin), rows, str(wrong))
    return Verified(_read(seen, begin), rows, None)


def _read(seen: Mapping[int, "_Seen"], begin: Mapping[int, int]) -> int:
    return sum(each.size - begin[log_id] for log_id, each in seen.items())


def _begun_at(since: AuditCheckpoint | None, begin: dict[int, int]) -> dict[int, bytes]:
    """Return with which frontiers the logs go on behind a checkpoint, and set the sizes it knows of."""
    if since is None:
        return {ACTS: b"", READINGS: b""}
    note = checkpoints.read(since.note)
    frontiers = {ACTS: bytes(since.acts_frontier), READINGS: bytes(since.readings_frontier)}
    if (root(frontiers[ACTS]), root(frontiers[READINGS])) != (note.acts_root, note.readings_root):
        raise _Wrong(f"保存的存证（audit_checkpoint 第 {since.id} 行）与它的签名不符")
    begin.update({ACTS: note.acts, READINGS: note.readings})
    return frontiers


def _see_one_moment() -> None:
    """Read everything as it stood at one moment, while others go on writing: on SQLite every reading does."""
    session = db.session()
    if not session.in_transaction() and session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


@dataclass
class _Seen:
    """What a log was found to hold: its lines, those with a text, and the size it knows of the other log."""

    size: int = 0
    texts: int = 0
    other: int = 0


def _kept_checkpoints() -> Iterator[Checkpoint]:
    for row in db.session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.id)).all():
        try:
            yield checkpoints.read(row.note)
        except DomainError as refused:
            raise _Wrong(f"保存的存证（audit_checkpoint 第 {row.id} 行）：{refused}") from None


def _noted_of(log_id: int, noted: Sequence[Checkpoint]) -> dict[int, list[tuple[bytes, datetime]]]:
    """Return what checkpoints say of one log: by its size, the root and the moment."""
    found: dict[int, list[tuple[bytes, datetime]]] = {}
    for each in noted:
        size, said = (each.acts, each.acts_root) if log_id == ACTS else (each.readings, each.readings_root)
        found.setdefault(size, []).append((said, each.at))
    return found


def _check_log(
    log_id: int, seals: dict[str, str], noted: Sequence[Checkpoint], begin: int = 0, frontier: bytes = b""
) -> _Seen:
    said = {size: roots for size, roots in _noted_of(log_id, noted).items() if size > begin}
    seen, name = _Seen(size=begin), f"{LOG_NAMES[log_id]}（audit_event log_id={log_id}）"
    for batch in _batches(log_id, begin):
        texts: dict[int, str] = {}
        for event in batch:
            where = f"{name}第 {event.seq} 行"
            if event.seq != seen.size + 1:
                raise _Wrong(f"{name}第 {seen.size + 1} 行缺失")
            leaf = leaf_hash(entry_of(event))
            if leaf != bytes(event.leaf):
                raise _Wrong(f"{where}内容与其散列不符")
            if event_mac(event) != bytes(event.mac):
                raise _Wrong(f"{where}印记不符，可能被重写")
            says = json.loads(event.payload)
            _take_seals(seals, says, where, whole=begin == 0)
            if "text_sha256" in says:
                texts[event.seq] = says["text_sha256"]
            seen.other = max(seen.other, says.get(OTHER_SIZE, 0))
            frontier, seen.size = appended(frontier, seen.size, leaf), event.seq
            for noted_root, moment in said.pop(seen.size, ()):
                if root(frontier) != noted_root:
                    raise _Wrong(f"{name}与 {_moment(moment)} 的存证不符：以前的内容被重写")
        _check_texts(log_id, batch[0].seq, batch[-1].seq, texts)
        seen.texts += len(texts)
    _check_head(log_id, seen.size, frontier)
    if longer := max(said, default=0):
        when = _moment(said[longer][0][1])
        raise _Wrong(f"{name}只有 {seen.size} 行，{when} 的存证记有 {longer} 行：末尾被删，或者整库换成了旧的")
    return seen


def _moment(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}"


def _check_head(log_id: int, size: int, frontier: bytes) -> None:
    name, head = LOG_NAMES[log_id], db.session.get(AuditHead, log_id, populate_existing=True)
    if head is None:
        raise _Wrong(f"{name}表头缺失")
    if (head.size, bytes(head.frontier)) != (size, frontier):
        raise _Wrong(f"{name}表头记 {head.size} 行，实有 {size} 行或根散列不符：末尾可能被删")
    if not HEADS.holds(head):
        raise _Wrong(f"{name}表头的印记不符：末尾可能被删，或被重写")


def _check_both(seen: Mapping[int, _Seen], *, whole: bool) -> None:
    """Compare what each log knows of the other's size with what is there; no text stands beside no line."""
    for log_id, other in ((ACTS, READINGS), (READINGS, ACTS)):
        if seen[other].size < seen[log_id].other:
            told = f"{LOG_NAMES[log_id]}记它有过 {seen[log_id].other} 行"
            raise _Wrong(f"{LOG_NAMES[other]}只有 {seen[other].size} 行，{told}：末尾被删")
    held = (db.session.scalar(select(func.count()).select_from(AuditBlob)) or 0) if whole else None
    if whole and held != sum(each.texts for each in seen.values()):
        raise _Wrong("audit_blob 有不属于任何一行日志的内容")


def _take_seals(seals: dict[str, str], says: Mapping[str, Any], where: str, *, whole: bool) -> None:
    """Keep the last seal of each row: from an act, or from a migration, which says what the row's seal was before.

    Where the log is not read from its beginning, what a row's seal was before may be unknown.
    """
    for name, old in says.get("seals_before", {}).items():
        if seals.pop(name, None if whole else old) != old:
            raise _Wrong(f"{_words(name)}的行在程序换版以前与日志所记不符（{where}）")
    first = says.get("first_seals", {})
    if again := next((name for name in first if name in seals), None):
        raise _Wrong(f"{_words(again)}的行已有印记，又被当作首次加盖（{where}）")
    seals.update(first)
    seals.update(says.get("seals", {}))
    seals.update(says.get(LATE_SEALS, {}))


def _words(name: str) -> str:
    return name.replace(":", " 表主键 ")


def _batches(log_id: int, begin: int) -> Iterator[Sequence[Row[Any]]]:
    """Read a log in its order behind a line, some lines at a time, without making objects of them."""
    of_log = select(*AuditEvent.__table__.columns).where(AuditEvent.log_id == log_id)
    lines, last = of_log.order_by(AuditEvent.seq).limit(BATCH), begin
    while batch := db.session.execute(lines.where(AuditEvent.seq > last)).all():
        yield batch
        last = batch[-1].seq


def _check_texts(log_id: int, first: int, last: int, expected: Mapping[int, str]) -> None:
    """Compare the texts beside some lines with the hashes in them: none missing, none changed, none too many."""
    beside = (AuditBlob.log_id == log_id, AuditBlob.seq >= first, AuditBlob.seq <= last)
    rows = db.session.execute(select(AuditBlob.seq, AuditBlob.ciphertext).where(*beside).order_by(AuditBlob.seq))
    held = {seq: hashlib.sha256(ciphertext).hexdigest() for seq, ciphertext in rows}
    for seq in sorted(held.keys() | expected.keys()):
        if held.get(seq) != expected.get(seq):
            what = "缺失" if seq not in held else "与日志不符"
            raise _Wrong(f"{LOG_NAMES[log_id]}第 {seq} 行的附文（audit_blob）{what}")


def _check_rows(seals: dict[str, str]) -> int:
    checked = 0
    for model in sealed_models():
        key = [column.key for column in model.__mapper__.primary_key]
        for row in _rows(model):
            name = ",".join(str(row[str(each)]) for each in key)
            seal = seals.pop(f"{model.__tablename__}:{name}", None)
            if seal is None and issubclass(model, SealedInPart):
                continue
            if seal != seal_of(model, row):
                raise _Wrong(f"{model.__tablename__} 表主键 {name} 的行与日志所记不符：在程序之外被改动")
            checked += 1
    if seals:
        raise _Wrong(f"{_words(next(iter(seals)))} 的行已不存在：在程序之外被删除")
    return checked


def _check_named(seals: Mapping[str, str]) -> int:
    """Compare the rows that are named, by their keys."""
    by_table: dict[str, list[str]] = {}
    for name in seals:
        table, _, key = name.partition(":")
        by_table.setdefault(table, []).append(key)
    checked = 0
    for model in sealed_models():
        names = by_table.get(model.__tablename__, [])
        for start in range(0, len(names), KEYS_AT_ONCE):
            checked += _check_some(model, names[start : start + KEYS_AT_ONCE], seals)
    return checked


def _check_some(model: type[Model], names: Sequence[str], seals: Mapping[str, str]) -> int:
    table, columns = model.__tablename__, model.__mapper__.primary_key
    keys = [
        tuple(column.type.python_type(part) for column, part in zip(columns, name.split(","), strict=True))
        for name in names
    ]
    found = set()
    for row in _rows(model, tuple_(*columns).in_(keys)):
        name = ",".join(str(row[str(column.key)]) for column in columns)
        if seal_of(model, row) != seals[f"{table}:{name}"]:
            raise _Wrong(f"{table} 表主键 {name} 的行与日志所记不符：在程序之外被改动")
        found.add(name)
    if gone := next((name for name in names if name not in found), None):
        raise _Wrong(f"{table} 表主键 {gone} 的行已不存在：在程序之外被删除")
    return len(found)


def _rows(model: type[Model], *which: ColumnElement[bool]) -> Iterator[RowMapping]:
    """Stream the sealed columns of a table in the order of its key."""
    key, facts = model.__mapper__.primary_key, [getattr(model, name) for kind in facts_of(model) for name in kind]
    rows = select(*facts).where(*which).order_by(*key)
    with closing(db.session.execute(rows, execution_options={"yield_per": BATCH})) as result:
        try:
            yield from result.mappings()
        except CannotDecrypt as failure:
            raise _Wrong(f"{model.__tablename__} 表有一行的密文被改动（{failure}）") from None


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
                    raise _Wrong(f"{marking.table} 表主键 {row[0]} 的行没有本程序的印记：在程序之外写入或改动")


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
