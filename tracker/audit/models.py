"""The log's tables (security.md §4). `audit_head` is the only row that is ever updated."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.audit.marking import Marking
from tracker.core.database import Model, UTCDateTime


class AuditEvent(Model):
    """One line of a log. `payload` is canonical JSON: identifiers, codes and row seals, no personal text."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_case_id_seq", "case_id", "log_id", "seq"),)

    log_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at_utc: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    actor_role: Mapped[str] = mapped_column(String(200))
    on_behalf_of: Mapped[int | None]
    node: Mapped[str] = mapped_column(String(40))
    request_id: Mapped[str | None] = mapped_column(String(40))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))
    key_id: Mapped[int]


class AuditHead(Model):
    """Size and Merkle peaks of a log, marked (see `marking`): locked last and shortest in every transaction.

    Both heads are begun by the migration, so that one that is missing was taken away.
    """

    __tablename__ = "audit_head"

    log_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    frontier: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))


class KeyFingerprint(Model):
    """By what a key is known again (密钥指纹): which number it has, never the key, so that a wrong file is told."""

    __tablename__ = "key_fingerprint"

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(32))
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime)


# A copy is not made to send by writing its database.
INSTALLATIONS = Marking("installation", ("mark", "noted_at"))


class Installation(Model):
    """The data folder that the database is at home in (安装标识), by its mark; the newest row counts. Marked."""

    __tablename__ = "installation"
    marking = INSTALLATIONS

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(32))
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditCheckpoint(Model):
    """A signed note of both logs at a moment (存证); its copies outside are what counts.

    The frontiers let a check begin where the note ends; their roots must be those of the note.
    """

    __tablename__ = "audit_checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    at_utc: Mapped[datetime] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(Text)
    acts_frontier: Mapped[bytes] = mapped_column(LargeBinary)
    readings_frontier: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheck(Model):
    """What a check of the record found (日志核对): the whole, or what came since a checkpoint; `wrong` in words."""

    __tablename__ = "audit_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(UTCDateTime)
    whole: Mapped[bool]
    events: Mapped[int]
    rows: Mapped[int]
    wrong: Mapped[str | None] = mapped_column(String(300))


class AuditBlob(Model):
    """Personal text that an event refers to: encrypted; the event holds the hash of the ciphertext."""

    __tablename__ = "audit_blob"
    __table_args__ = (Index("uq_audit_blob_log_id_seq", "log_id", "seq", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    log_id: Mapped[int]
    seq: Mapped[int]
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
