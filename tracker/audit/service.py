"""Appending to the log: the last thing an action does, inside its own transaction."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol

from flask import current_app, g, has_request_context
from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import aliased

from tracker.audit.events import Event
from tracker.audit.marking import HEADS
from tracker.audit.models import AuditBlob, AuditEvent, AuditHead
from tracker.audit.rules import LATE_SEALS, appended, canonical, leaf_hash
from tracker.core.clock import local_date
from tracker.core.database import LATER, Model, SealedInPart, SealedLater, db, take_unrecorded
from tracker.core.encryption import KEY_NUMBER, encrypt, record_mac
from tracker.core.errors import LogBroken, WriteWithoutRecord

ACTS = 1
READINGS = 2
SEAL_HEX = 24
# What a line says of the size of the other log: so neither can be cut without the other showing it.
OTHER_SIZE = "other_log"
# The columns of an event that its leaf hash covers, in their order.
COVERED = (
    *("log_id", "seq", "at_utc", "kind", "case_id", "actor_id", "actor_role", "on_behalf_of", "node", "request_id"),
    *("payload", "key_id"),
)
_OTHER = aliased(AuditHead)
_HEAD = (
    select(AuditHead, select(_OTHER.size).where(_OTHER.log_id == bindparam("other_id")).scalar_subquery())
    .where(AuditHead.log_id == bindparam("log_id"))
    .with_for_update(of=AuditHead)
    .execution_options(populate_existing=True)
)


class Actor(Protocol):
    """Who acts: a user, or nobody (the system itself)."""

    id: int

    def acting_as(self, day: date) -> str:
        """Return the posts the person held on the day of the act, as the log keeps them."""


def record(
    event: Event,
    *,
    by: Actor | None,
    now: datetime,
    case_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
    text: str | None = None,
    rows: Sequence[Model] = (),
) -> AuditEvent:
    """Write one event to the log of acts, with a seal of every sealed row changed since the last event.

    `rows` are further ones: those that a statement changed, and those of a table that is sealed in part.

    `payload` holds identifiers and codes only; what is about a subject that is no case names it there, by its kind and
    its id under `subject`. `text` (a reason) is kept encrypted beside the log.
    """
    content = {**(payload or {}), **_seals([*take_unrecorded(), *rows])}
    return _append(ACTS, event, by=by, now=now, case_id=case_id, content=content, text=text)


def record_reading(
    event: Event,
    *,
    by: Actor | None,
    now: datetime,
    case_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
    text: str | None = None,
) -> AuditEvent:
    """Write one event to the log of readings (谁看过): browsing never queues behind acts."""
    return _append(READINGS, event, by=by, now=now, case_id=case_id, content=dict(payload or {}), text=text)


@dataclass(frozen=True)
class LogEntry:
    """One of many events written together: its case, what it says, and the sealed rows that belong to it.

    `seals` are those of rows that a statement changed: by the row's name, as `seal_of` gives them.
    """

    case_id: int | None
    payload: Mapping[str, Any]
    rows: Sequence[Model] = ()
    seals: Mapping[str, str] = field(default_factory=dict)


def lock_log() -> None:
    """Take the log's lock before anything else of a long action, so that it waits for nobody while holding it.

    People take it last. Who takes it first may afterwards only lock rows that are free (SKIP LOCKED).
    """
    _locked_head(ACTS)


def record_all(event: Event, entries: Sequence[LogEntry], *, by: Actor | None, now: datetime) -> None:
    """Write many events of one kind at once, each with the seals of its own rows; the log is locked and moved once.

    Raises WriteWithoutRecord where a sealed row was changed that belongs to none of them.
    """
    changed = {id(row): row for row in take_unrecorded()}
    head, other = _locked_head(ACTS)
    for entry in entries:
        own = [changed.pop(id(row)) for row in entry.rows if id(row) in changed]
        seals = _seals(own)
        content = {**entry.payload, **seals, "seals": {**seals.get("seals", {}), **entry.seals}}
        _add(head, event, by=by, now=now, case_id=entry.case_id, content={**content, OTHER_SIZE: other})
    if changed:
        names = {type(row).__name__ for row in changed.values()}
        raise WriteWithoutRecord(f"changed without a line in the log: {', '.join(sorted(names))}")
    db.session.flush()


def _seals(rows: Sequence[Model]) -> dict[str, dict[str, str]]:
    """Return the seals of rows as a line says them: those of later tables apart, where older versions do not look."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        apart = isinstance(row, SealedLater | SealedInPart)
        found.setdefault(LATE_SEALS if apart else "seals", {})[f"{row.__tablename__}:{row_key(row)}"] = row_seal(row)
    return found


def row_key(row: Model) -> str:
    """Return the primary key of a row as the log writes it."""
    return ",".join(str(part) for part in inspect(row).identity or ())


def row_seal(row: Model) -> str:
    """Return the keyed seal over every fact of a row (24 hex digits of HMAC-SHA-256); see `Sealed`."""
    first, later = facts_of(type(row))
    return seal_of(type(row), {key: getattr(row, key) for key in (*first, *later)})


def seal_of(kind: type[Model], values: Any) -> str:
    """Return the seal of a row of a table from the values of its columns."""
    first, later = facts_of(kind)
    return facts_seal(kind.__tablename__, values, first, later)


def facts_seal(
    table: str,
    values: Mapping[str, Any],
    always: Sequence[str],
    where_set: Sequence[str],
    mac: Callable[[bytes], bytes] = record_mac,
) -> str:
    """Return the seal of a row from its values: columns sealed whatever they hold, and those sealed where set."""
    facts = {key: values[key] for key in always} | {
        key: values[key] for key in where_set if values.get(key) is not None
    }
    return mac(canonical([table, facts])).hex()[:SEAL_HEX]


@cache
def facts_of(kind: type[Model]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns of a table that are sealed always, and those that are sealed where set."""
    sealed = {each.key: each.columns[0].info.get("sealed", True) for each in inspect(kind).column_attrs}
    return tuple(key for key, how in sealed.items() if how is True), tuple(
        key for key, how in sealed.items() if how == LATER["sealed"]
    )


def entry_of(event: Any) -> bytes:
    """Return what the leaf hash of an event covers: all its columns but the hashes themselves."""
    return canonical([getattr(event, name) for name in COVERED])


def event_mac(event: Any) -> bytes:
    """Return the MAC of an event; its key is not in the database."""
    return record_mac(mac_message(event.leaf, event.log_id, event.seq))


def mac_message(leaf: bytes, log_id: int, seq: int) -> bytes:
    """Return what the MAC of an event covers."""
    return b"event" + leaf + log_id.to_bytes(2) + seq.to_bytes(8)


def _append(
    log_id: int,
    kind: Event,
    *,
    by: Actor | None,
    now: datetime,
    case_id: int | None,
    content: dict[str, Any],
    text: str | None,
) -> AuditEvent:
    ciphertext = encrypt(text, context="audit_blob.ciphertext") if text else None
    if ciphertext:
        content["text_sha256"] = hashlib.sha256(ciphertext).hexdigest()
    head, content[OTHER_SIZE] = _locked_head(log_id)
    event = _add(head, kind, by=by, now=now, case_id=case_id, content=content)
    if ciphertext:
        db.session.add(AuditBlob(log_id=log_id, seq=event.seq, ciphertext=ciphertext))
    db.session.flush()
    return event


def _add(
    head: AuditHead, kind: Event, *, by: Actor | None, now: datetime, case_id: int | None, content: dict[str, Any]
) -> AuditEvent:
    """Add one event behind the head, which is locked, and move the head."""
    event = event_after(head, kind, by=by, now=now, case_id=case_id, content=content)
    db.session.add(event)
    move_head(head, event)
    return event


def event_after(
    head: AuditHead, kind: Event, *, by: Actor | None, now: datetime, case_id: int | None, content: Mapping[str, Any]
) -> AuditEvent:
    """Return the event that comes next in a log, with its hash and its MAC."""
    event = AuditEvent(
        log_id=head.log_id,
        seq=head.size + 1,
        at_utc=now,
        kind=kind.value,
        case_id=case_id,
        actor_id=by.id if by else None,
        actor_role=by.acting_as(local_date(now))[:200] if by else "系统",
        on_behalf_of=None,
        node=current_app.config.get("TRACKER_NODE", "1"),
        request_id=g.get("request_id") if has_request_context() else None,
        payload=canonical(content),
        key_id=KEY_NUMBER,
    )
    event.leaf = leaf_hash(entry_of(event))
    event.mac = event_mac(event)
    return event


def move_head(head: AuditHead, event: AuditEvent) -> None:
    """Move the head of a log behind an event, and mark it."""
    head.frontier = appended(bytes(head.frontier), head.size, event.leaf)
    head.size += 1
    head.mac = HEADS.of(head)


def _locked_head(log_id: int) -> tuple[AuditHead, int]:
    """Lock the head of a log; return it with the size that the other log is known to have.

    Raises LogBroken where it is gone, or was written without the key: a line behind it would make that good.
    """
    found = db.session.execute(_HEAD, {"log_id": log_id, "other_id": ACTS + READINGS - log_id}).one_or_none()
    if found is None or not HEADS.holds(found[0]):
        raise LogBroken(log_id)
    return found[0], found[1] or 0
