"""Checking the log and the rows it seals."""

import hashlib
import json
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select

from tracker.audit.events import Event
from tracker.audit.keys import wrong_key
from tracker.audit.models import AuditBlob, AuditEvent, AuditHead
from tracker.audit.rules import appended, leaf_hash, root
from tracker.audit.service import ACTS, READINGS, entry_of, event_mac, row_key, row_seal
from tracker.core.database import Base, Model, Sealed, db
from tracker.core.encryption import CannotDecrypt

BATCH = 2000
_Row = TypeVar("_Row", bound=Model)
LOG_NAMES = {ACTS: "办理日志", READINGS: "查阅日志"}


@dataclass(frozen=True)
class Verified:
    """What a whole check found: counts, and the first wrong row in words (None: everything agrees)."""

    events: int
    rows: int
    wrong: str | None


class _Wrong(Exception):
    """The first row that does not agree."""


def verify() -> Verified:
    """Check the keys, every event, the heads, the sealed texts and every sealed row (日志校验); name what is wrong."""
    if unlike := wrong_key():
        return Verified(0, 0, unlike)
    seals: dict[str, str] = {}
    events = rows = 0
    try:
        for log_id in (ACTS, READINGS):
            events += _check_log(log_id, seals)
        _check_texts()
        rows = _check_rows(seals)
    except _Wrong as wrong:
        return Verified(events, rows, str(wrong))
    return Verified(events, rows, None)


def _check_log(log_id: int, seals: dict[str, str]) -> int:
    frontier, size = b"", 0
    for event in _stream(log_id):
        where = f"{LOG_NAMES[log_id]}（audit_event log_id={log_id}）第 {event.seq} 行"
        if event.seq != size + 1:
            raise _Wrong(f"{LOG_NAMES[log_id]}（audit_event log_id={log_id}）第 {size + 1} 行缺失")
        leaf = leaf_hash(entry_of(event))
        if leaf != bytes(event.leaf):
            raise _Wrong(f"{where}内容与其散列不符")
        if event_mac(event) != bytes(event.mac):
            raise _Wrong(f"{where}印记不符，可能被重写")
        _take_seals(seals, json.loads(event.payload), where)
        frontier, size = appended(frontier, size, leaf), event.seq
    head = db.session.get(AuditHead, log_id)
    if head is not None and (head.size, bytes(head.frontier)) != (size, frontier):
        raise _Wrong(f"{LOG_NAMES[log_id]}表头记 {head.size} 行，实有 {size} 行或根散列不符：末尾可能被删")
    if head is None and size:
        raise _Wrong(f"{LOG_NAMES[log_id]}表头缺失")
    return size


def _take_seals(seals: dict[str, str], says: Mapping[str, Any], where: str) -> None:
    """Keep the last seal of each row: from an act, or from a migration, which says what the row's seal was before."""
    for name, old in says.get("seals_before", {}).items():
        if seals.pop(name, None) != old:
            raise _Wrong(f"{_words(name)}的行在程序换版以前与日志所记不符（{where}）")
    first = says.get("first_seals", {})
    if again := next((name for name in first if name in seals), None):
        raise _Wrong(f"{_words(again)}的行已有印记，又被当作首次加盖（{where}）")
    seals.update(first)
    seals.update(says.get("seals", {}))


def _words(name: str) -> str:
    return name.replace(":", " 表主键 ")


def _stream(log_id: int) -> Iterator[AuditEvent]:
    last = 0
    while True:
        batch = db.session.scalars(
            select(AuditEvent)
            .where(AuditEvent.log_id == log_id, AuditEvent.seq > last)
            .order_by(AuditEvent.seq)
            .limit(BATCH)
        ).all()
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].seq
        db.session.expunge_all()


def _check_texts() -> None:
    with closing(_rows(AuditBlob)) as blobs:
        for blob in blobs:
            event = db.session.get(AuditEvent, (blob.log_id, blob.seq))
            held = json.loads(event.payload).get("text_sha256") if event else None
            if held != hashlib.sha256(bytes(blob.ciphertext)).hexdigest():
                raise _Wrong(f"audit_blob 第 {blob.id} 行与日志不符")


def _check_rows(seals: dict[str, str]) -> int:
    checked = 0
    for model in sealed_models():
        with closing(_rows(model)) as rows:
            for row in rows:
                name = f"{model.__tablename__}:{row_key(row)}"
                if seals.pop(name, None) != row_seal(row):
                    raise _Wrong(f"{model.__tablename__} 表主键 {row_key(row)} 的行与日志所记不符：在程序之外被改动")
                checked += 1
    if seals:
        raise _Wrong(f"{_words(next(iter(seals)))} 的行已不存在：在程序之外被删除")
    return checked


def _rows(model: type[_Row]) -> Generator[_Row, None, None]:
    """Stream a table in the order of its key; close it when leaving early."""
    key = model.__mapper__.primary_key
    result = db.session.scalars(select(model).order_by(*key).execution_options(yield_per=BATCH))
    try:
        yield from result
    except CannotDecrypt as failure:
        raise _Wrong(f"{model.__tablename__} 表有一行的密文被改动（{failure}）") from None
    finally:
        result.close()


def sealed_models() -> list[type[Model]]:
    """Return every sealed table's model, in the order of their names."""
    models: list[type[Model]] = [mapper.class_ for mapper in Base.registry.mappers]
    return sorted((model for model in models if issubclass(model, Sealed)), key=lambda model: model.__tablename__)


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
