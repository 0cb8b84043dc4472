"""The second factor (两步验证): codes that change every half minute (TOTP, RFC 6238). The only user of pyotp and segno.

A secret is made here, drawn for a telephone, and kept encrypted; what a telephone then shows is compared here. Codes
for the day on which the telephone is lost (备用码) are made here too, and only their keyed hashes are kept.
"""

import hmac
from collections.abc import Collection
from datetime import datetime

import pyotp
import segno

from tracker.core.encryption import blind_index
from tracker.people.passwords import LETTERS, one_time

STEP_SECONDS = 30
# The clock of a telephone may be a step off, and typing takes time (RFC 6238 §5.2).
STEPS_OFF = 1
DIGITS = 6
ISSUER = "信访销号台账"
RECOVERY_CODES = 10


def new_secret() -> str:
    """Return a secret of 160 bits in base32, as authenticators take it."""
    return pyotp.random_base32(32)


def in_groups(text: str) -> str:
    """Return a secret in groups of four, for typing it by hand."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def drawn(secret: str, username: str) -> tuple[str, int]:
    """Return the QR code of a secret as the path of an SVG, a square of side 1 for each dark module, and its width."""
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=4))
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return "".join(dark), len(rows)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the step (of STEP_SECONDS since 1970) whose code this is, near a moment; None where it is none's."""
    code, present = code.replace(" ", ""), int(now.timestamp()) // STEP_SECONDS
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    near = range(present - STEPS_OFF, present + STEPS_OFF + 1)
    # All are compared, so that the time tells nothing.
    found = [step for step in near if hmac.compare_digest(totp.at(step * STEP_SECONDS), code)]
    return max(found, default=None)


def new_recovery_codes() -> list[str]:
    """Return codes of 59 bits each, in groups as they are written down: abcd-efgh-jkmn."""
    return [one_time() for _ in range(RECOVERY_CODES)]


def recovery_hash(user_id: int, code: str) -> str:
    """Return what is kept of a recovery code: a keyed hash, the key of which is not in the database."""
    folded = "".join(each for each in code.casefold() if each in LETTERS)
    return blind_index("second_factor.recovery", f"{user_id}|{folded}") or ""


def recovery_left(kept: Collection[str], user_id: int, code: str) -> list[str] | None:
    """Return the hashes that are left after a recovery code was used; None where it is none of them."""
    hashed = recovery_hash(user_id, code)
    return [each for each in kept if each != hashed] if hashed in kept else None
