"""Whether the keys at hand are those of the database (密钥指纹): a wrong file is told by name, not by garbage."""

from datetime import datetime

from sqlalchemy import inspect, select

from tracker.audit.models import AuditBlob, KeyFingerprint
from tracker.core.database import committed, db
from tracker.core.encryption import KEY_NUMBER, CannotDecrypt, decrypt, fingerprints, key_file
from tracker.core.errors import DomainError

ADVICE = "请从备份恢复密钥文件夹（TRACKER_KEYS），不要改动数据库"


def wrong_key() -> str | None:
    """Return which key file is not that of the database; None where all are, or none has been noted yet."""
    known = {row.name: row.fingerprint for row in _noted()}
    unlike = [key_file(name) for name, found in fingerprints().items() if known.get(name, found) != found]
    return f"密钥文件 {'、'.join(unlike)} 不是写入本库的密钥：{ADVICE}" if unlike else None


def _noted() -> list[KeyFingerprint]:
    return list(db.session.scalars(select(KeyFingerprint).where(KeyFingerprint.number == KEY_NUMBER)))


def note_keys(*, now: datetime) -> None:
    """Note the fingerprints of keys that have none yet (登记密钥指纹), after a migration.

    Raises DomainError where a key is not the database's own: another is noted, or what was written before cannot be
    read. A database of an older version has no place for them, and keeps none.
    """
    if not inspect(db.engine).has_table(KeyFingerprint.__tablename__):
        return
    with committed() as session:
        unlike = wrong_key()
        if unlike:
            raise DomainError(f"{unlike}。")
        known = {row.name for row in _noted()}
        new = {name: found for name, found in fingerprints().items() if name not in known}
        if new:
            _try_to_read()
        session.add_all(
            KeyFingerprint(name=name, number=KEY_NUMBER, fingerprint=found, noted_at=now) for name, found in new.items()
        )


def _try_to_read() -> None:
    newest = db.session.scalar(select(AuditBlob.ciphertext).order_by(AuditBlob.id.desc()).limit(1))
    try:
        if newest is not None:
            decrypt(bytes(newest), context="audit_blob.ciphertext")
    except CannotDecrypt:
        raise DomainError(f"密钥文件 {key_file('data')} 读不出本库的内容：{ADVICE}。") from None
