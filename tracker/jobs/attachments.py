"""The attachments as they lie on the disk (附件加密): what older versions stored in the clear is encrypted in turns."""

import time
from dataclasses import dataclass
from datetime import datetime

from tracker.cases.intake.uploads import remove_unneeded
from tracker.core import clock
from tracker.core.files import encrypt_in_place, in_the_clear

# Seconds of one turn of the timer; nothing of the database is held meanwhile.
TURN = 20.0


@dataclass(frozen=True)
class Encrypting:
    """How many files were encrypted now, how many are left in the clear, and how many of these had been changed."""

    done: int
    left: int
    changed: int = 0


def encrypt_attachments(_now: datetime | None = None, *, seconds: float = TURN) -> Encrypting:
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
    return Encrypting(done, left, changed)


def remove_uploads(now: datetime | None = None) -> int:
    """Remove uploads that belong to nothing (清理上传)."""
    return remove_unneeded(now or clock.now())
