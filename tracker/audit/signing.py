"""Checkpoints as text (存证): what both logs held at a moment, signed, to be held outside.

The form is that of signed notes (C2SP tlog-checkpoint): the first three lines are a checkpoint of the log of acts, the
rest its extensions, then an empty line and the signature. `tracker/audit/verifier.py` reads it without the program.
"""

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime

from tracker.core.encryption import is_signed, public_of, sign
from tracker.core.errors import DomainError

ORIGIN = "xinfang-ledger"
HASH = "sha256"
SIGNED_BY = "— "
_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_AT = "%Y-%m-%dT%H:%M:%SZ"
DIGITS = 12


@dataclass(frozen=True)
class Checkpoint:
    """Sizes and root hashes of both logs at a moment."""

    acts: int
    acts_root: bytes
    readings: int
    readings_root: bytes
    at: datetime

    @property
    def text(self) -> str:
        """Return what is signed."""
        acts, readings = (b64encode(root).decode() for root in (self.acts_root, self.readings_root))
        at = self.at.astimezone(UTC).strftime(_AT)
        return f"{ORIGIN}\n{self.acts}\n{acts}\nreadings {self.readings} {readings}\nat {at}\nhash {HASH}\n"

    @property
    def digits(self) -> str:
        """Return the first digits by which people know it again on paper: they tell neither size nor place."""
        return digits_of(self.text)


def digits_of(said: str) -> str:
    """Return the first digits of the hash of what is signed, in groups of four."""
    found = hashlib.sha256(said.encode()).hexdigest()[:DIGITS]
    return " ".join(found[start : start + 4] for start in range(0, DIGITS, 4))


def receipt_text(number: str, leaf: bytes) -> bytes:
    """Return what the signature of a receipt (登记凭据) covers; it can be taken for no checkpoint."""
    return f"{ORIGIN} receipt\n{number}\n{leaf.hex()}\n".encode()


def public_key(seed: bytes) -> str:
    """Return the public key as verifiers take it: name+key id+algorithm and key in base64."""
    raw = _ED25519 + public_of(seed)
    return f"{ORIGIN}+{_key_id(raw).hex()}+{b64encode(raw).decode()}"


def signed(said: str, seed: bytes) -> str:
    """Return a text with its signature, as a note."""
    key_id = _key_id(_ED25519 + public_of(seed))
    return f"{said}\n{SIGNED_BY}{ORIGIN} {b64encode(key_id + sign(seed, said.encode())).decode()}\n"


def read_note(note: str, key: str) -> Checkpoint:
    """Return the checkpoint of a note. Raises DomainError where it is none, or the key did not sign it."""
    said, _, signatures = note.replace("\r\n", "\n").partition("\n\n")
    said += "\n"
    try:
        raw = b64decode(key.split("+", 2)[2], validate=True)
        lines = [line.split(" ") for line in signatures.splitlines() if line.startswith(SIGNED_BY)]
        wanted = [b64decode(line[2], validate=True) for line in lines if line[1] == ORIGIN]
        signature = next(each[_KEY_ID_BYTES:] for each in wanted if each[:_KEY_ID_BYTES] == _key_id(raw))
        found = _read(said)
    except (ValueError, IndexError, StopIteration):
        raise DomainError("这不是本系统的存证，或者不完整，读不出来。") from None
    if not is_signed(raw[1:], said.encode(), signature):
        raise DomainError("存证的签名不符：被改动过，或者不是用本系统的密钥签的。")
    return found


def _read(said: str) -> Checkpoint:
    origin, acts, acts_root, readings, at, algorithm, end = said.split("\n")
    _, size, readings_root = readings.split(" ")
    if (origin, algorithm, end) != (ORIGIN, f"hash {HASH}", ""):
        raise ValueError(origin)
    roots = (b64decode(acts_root, validate=True), b64decode(readings_root, validate=True))
    moment = datetime.strptime(at, f"at {_AT}").replace(tzinfo=UTC)
    return Checkpoint(int(acts), roots[0], int(size), roots[1], moment)


def _key_id(raw: bytes) -> bytes:
    return hashlib.sha256(ORIGIN.encode() + b"\n" + raw).digest()[:_KEY_ID_BYTES]
