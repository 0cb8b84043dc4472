"""Checkpoints of both logs (存证), kept here and held outside; what is proven under them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tracker.audit.events import Event
from tracker.audit.marking import HEADS
from tracker.audit.models import AuditCheck, AuditCheckpoint, AuditEvent, AuditHead
from tracker.audit.rules import consistency_proof, inclusion_proof, root
from tracker.audit.service import ACTS, READINGS, entry_of
from tracker.audit.signing import Checkpoint, digits_of, public_key, read_note, receipt_text, signed
from tracker.core.database import db
from tracker.core.encryption import sign, signing_key
from tracker.core.errors import DomainError, LogBroken

GROUP_BYTES = 4
_LATEST = select(AuditCheckpoint).order_by(AuditCheckpoint.id.desc()).limit(1)


def make(*, now: datetime, key_file: Path | None = None) -> AuditCheckpoint:
    """Sign what both logs hold now (存证) and keep the note. Raises LogBroken where a head is not as it was left."""
    seed = signing_key(key_file, make=latest() is None)
    heads = {head.log_id: head for head in db.session.scalars(select(AuditHead))}
    for log_id in (ACTS, READINGS):
        if log_id not in heads or not HEADS.holds(heads[log_id]):
            raise LogBroken(log_id)
    acts, readings = heads[ACTS], heads[READINGS]
    roots = (root(bytes(acts.frontier)), root(bytes(readings.frontier)))
    held = Checkpoint(acts.size, roots[0], readings.size, roots[1], now)
    row = AuditCheckpoint(
        at_utc=now,
        note=signed(held.text, seed),
        acts_frontier=bytes(acts.frontier),
        readings_frontier=bytes(readings.frontier),
    )
    db.session.add(row)
    db.session.flush()
    return row


def latest() -> AuditCheckpoint | None:
    """Return the last checkpoint that was made."""
    return db.session.scalar(_LATEST)


def before(at: datetime) -> AuditCheckpoint | None:
    """Return the last checkpoint that was made before an instant."""
    earlier = select(AuditCheckpoint).where(AuditCheckpoint.at_utc < at).order_by(AuditCheckpoint.id.desc()).limit(1)
    return db.session.scalar(earlier)


def last_checks() -> tuple[AuditCheck | None, AuditCheck | None]:
    """Return the last check that was made, and the last of the whole."""
    latest = select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1)
    return db.session.scalar(latest), db.session.scalar(latest.where(AuditCheck.whole.is_(True)))


def latest_digits() -> str:
    """Return the first digits of the last checkpoint, for paper; "" before the first."""
    found = latest()
    return digits_of(found.note.partition("\n\n")[0] + "\n") if found else ""


def verifying_key(key_file: Path | None = None) -> str:
    """Return the public key (公钥) that whoever checks notes is given."""
    return public_key(signing_key(key_file, make=latest() is None))


def read(note: str, key_file: Path | None = None) -> Checkpoint:
    """Read a note that was held. Raises DomainError where it was not signed with the key of this office."""
    return read_note(note, public_key(signing_key(key_file, make=False)))


@dataclass(frozen=True)
class SignedReceipt:
    """What a petitioner takes home of the log (登记凭据): the hash of the line of the registration, and a signature.

    It binds the office before the next checkpoint: whoever holds it can ask that the very line be shown in that one.
    The hash tells neither what the line says, for the seals in it are keyed, nor where it stands. Both are hexadecimal,
    in groups; the signature is "" where its key is kept elsewhere.
    """

    leaf: str
    signature: str


def receipt_of(case_id: int, number: str) -> SignedReceipt | None:
    """Return the receipt of a registration under the number that the slip shows; None where no line registered it."""
    event = _registration(case_id)
    if event is None:
        return None
    leaf = bytes(event.leaf)
    try:
        signature = sign(signing_key(make=latest() is None), receipt_text(number, leaf))
    except DomainError:
        signature = b""
    return SignedReceipt(leaf.hex(" ", GROUP_BYTES), signature.hex(" ", GROUP_BYTES))


def _registration(case_id: int) -> AuditEvent | None:
    """Return the line that registered a matter."""
    kinds = (Event.CASE_REGISTERED.value, Event.CASE_IMPORTED.value)
    which = (AuditEvent.case_id == case_id, AuditEvent.log_id == ACTS, AuditEvent.kind.in_(kinds))
    return db.session.scalars(select(AuditEvent).where(*which).order_by(AuditEvent.seq).limit(1)).first()


def proof_of_registration(case_id: int) -> dict[str, Any]:
    """Return what proves the registration of a matter under the last checkpoint (包含证明).

    Raises DomainError where it was registered after that.
    """
    found, event = latest(), _registration(case_id)
    size = read(found.note).acts if found else 0
    if found is None or event is None or event.seq > size:
        raise DomainError("这一件登记以后还没有做过存证，下一次存证以后才能证明。")
    path = inclusion_proof(_leaves(ACTS, size), event.seq - 1, size)
    entry = entry_of(event).decode()
    return {"note": found.note, "size": size, "line": event.seq, "entry": entry, "path": [each.hex() for each in path]}


def proof_of_continuation(held: Checkpoint) -> dict[str, Any]:
    """Return what proves that both logs of a held checkpoint are continued by those of the last one (接续证明).

    Raises DomainError where the last one is older, or shorter: something was cut.
    """
    found = latest()
    last = read(found.note) if found else None
    if found is None or last is None or last.acts < held.acts or last.readings < held.readings:
        raise DomainError("没有比它更新的存证，或者日志比它短：请先校验日志，再做一次存证。")
    sizes: Mapping[str, tuple[int, int, int]] = {
        "acts": (ACTS, held.acts, last.acts),
        "readings": (READINGS, held.readings, last.readings),
    }
    logs = {
        name: [each.hex() for each in consistency_proof(_leaves(log_id, size), first, size)] if 0 < first else []
        for name, (log_id, first, size) in sizes.items()
    }
    return {"note": found.note, "logs": logs}


def _leaves(log_id: int, size: int) -> memoryview:
    """Read the hashes of the first lines of a log: 32 bytes each."""
    which = (AuditEvent.log_id == log_id, AuditEvent.seq <= size)
    rows = db.session.scalars(
        select(AuditEvent.leaf).where(*which).order_by(AuditEvent.seq), execution_options={"yield_per": 5000}
    )
    return memoryview(b"".join(bytes(row) for row in rows))
