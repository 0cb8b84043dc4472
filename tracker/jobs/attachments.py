"""The attachments of older versions (附件加密): files in the clear are encrypted in turns, plain hashes keyed."""

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from tracker import audit
from tracker.audit import Event
from tracker.cases.intake.uploads import remove_unneeded
from tracker.cases.record.models import Attachment, ImportRun
from tracker.core import clock
from tracker.core.database import committed, constant, db
from tracker.core.files import KEYED, encrypt_in_place, in_the_clear, lies_in_the_clear, name_of

# Seconds of one turn of the timer; nothing of the database is held meanwhile.
TURN = 20.0
# Rows in one transaction.
ROWS = 200


@dataclass(frozen=True)
class Encrypting:
    """How many files were encrypted now, how many are left in the clear, and how many of these had been changed."""

    done: int
    left: int
    changed: int = 0


def encrypt_attachments(now: datetime | None = None, *, seconds: float = TURN) -> Encrypting:
    """Encrypt files that lie in the clear for some time; what is left follows in the next turn.

    A file whose content is no longer what was stored is left as it is, for the check to show.
    """
    ends, done, left, changed = time.monotonic() + seconds, 0, 0, 0
    for file in in_the_clear():
        if time.monotonic() > ends:
            left += 1
        elif encrypt_in_place(file):
            done += 1
        else:
            left, changed = left + 1, changed + 1
    key_hashes(now or clock.now())
    return Encrypting(done, left, changed)


def key_hashes(now: datetime) -> None:
    """Write keyed hashes for the plain ones of older versions (散列加密钥), where the file is not in the clear.

    Whoever has a copy of the database and a letter could tell by a plain one whether it was handed in. Each turn is an
    act of its own, with the new seals of its rows; what is broken off is gone on with.
    """
    for hash_of in (Attachment.sha256, ImportRun.file_sha256):
        last: int | None = 0
        while last is not None:
            last = _key_some(hash_of, last, now)


def _key_some(hash_of: InstrumentedAttribute[str], after: int, now: datetime) -> int | None:
    """Do so for some rows of a table behind one of them; return the last that was looked at, None at the end."""
    model = hash_of.class_
    # Hexadecimal digits come before the letter of keyed ones.
    plain = select(model).where(hash_of < constant(KEYED), model.id > after).order_by(model.id).limit(ROWS)
    if db.session.scalar(plain.with_only_columns(model.id).limit(1)) is None:
        return None
    with committed() as session:
        rows = session.scalars(plain.with_for_update()).all()
        keyed = [row for row in rows if not lies_in_the_clear(getattr(row, hash_of.key))]
        for row in keyed:
            setattr(row, hash_of.key, name_of(getattr(row, hash_of.key)))
        if keyed:
            audit.record(Event.HASHES_KEYED, by=None, now=now, payload={"rows": len(keyed)})
        return rows[-1].id if rows else None


def remove_uploads(now: datetime | None = None) -> int:
    """Remove uploads that belong to nothing (清理上传)."""
    return remove_unneeded(now or clock.now())
