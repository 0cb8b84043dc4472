"""Merkle arithmetic of RFC 9162 §2.1 and the canonical form of what is hashed. Pure."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from json.encoder import encode_basestring
from typing import Any

HASH_BYTES = 32
# Seals of tables that came into the record after the first release: older versions do not read them.
LATE_SEALS = "late_seals"


def canonical(value: Any) -> bytes:
    """Return the one byte form of a value (JSON with sorted keys; dates in ISO, instants in UTC, bytes in hex)."""
    return _written(value).encode()


def _written(value: Any) -> str:
    """Write what lines and rows are made of by its type, as a check does millions of times; the rest by JSON."""
    write = _writers.get(type(value))
    return write(value) if write else _encoder().encode(value)


def _object(value: dict[Any, Any]) -> str:
    if not all(type(key) is str for key in value):
        return _encoder().encode(value)
    return "{" + ",".join([f"{encode_basestring(key)}:{_written(value[key])}" for key in sorted(value)]) + "}"


_writers: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    int: int.__repr__,
    str: encode_basestring,
    bytes: lambda value: f'"{value.hex()}"',
    datetime: lambda value: f'"{instant(value)}"',
    date: lambda value: f'"{value.isoformat()}"',
    list: lambda value: "[" + ",".join([_written(each) for each in value]) + "]",
    dict: _object,
}


def instant(value: datetime) -> str:
    """Return the one form of an instant."""
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return f"{value.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    raise TypeError(f"no canonical form for {type(value).__name__}")


@cache
def _encoder() -> json.JSONEncoder:
    """Make it once."""
    return json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def leaf_hash(entry: bytes) -> bytes:
    """Return H(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return H(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Tree:
    """A tree that grows by a leaf at a time: its peaks, oldest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, frontier: bytes, size: int) -> "Tree":
        """Return the tree of a frontier."""
        return cls(size, [frontier[i : i + HASH_BYTES] for i in range(0, len(frontier), HASH_BYTES)])

    @property
    def frontier(self) -> bytes:
        """The peaks, one after the other."""
        return b"".join(self.peaks)

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        self.size = rest = self.size + 1
        while not rest & 1:
            leaf = node_hash(self.peaks.pop(), leaf)
            rest >>= 1
        self.peaks.append(leaf)


def appended(frontier: bytes, size: int, leaf: bytes) -> bytes:
    """Return the frontier (peaks, oldest first) of a tree of `size` leaves after one more leaf."""
    tree = Tree.of(frontier, size)
    tree.add(leaf)
    return tree.frontier


def root(frontier: bytes) -> bytes:
    """Return the root hash of a frontier; the empty tree has the hash of nothing."""
    peaks = [frontier[i : i + HASH_BYTES] for i in range(0, len(frontier), HASH_BYTES)]
    if not peaks:
        return hashlib.sha256(b"").digest()
    folded = peaks.pop()
    while peaks:
        folded = node_hash(peaks.pop(), folded)
    return folded


def subtree_root(leaves: memoryview, start: int, end: int) -> bytes:
    """Return the root of the leaves from `start` to `end` (exclusive), 32 bytes each (RFC 9162 §2.1.1)."""
    tree = Tree()
    for index in range(start, end):
        tree.add(bytes(leaves[index * HASH_BYTES : (index + 1) * HASH_BYTES]))
    return root(tree.frontier)


def _split(size: int) -> int:
    """Return the largest power of two below a size."""
    return int(1 << (size - 1).bit_length() - 1)


def inclusion_proof(leaves: memoryview, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root of the first `size` leaves (RFC 9162 §2.1.3)."""
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(subtree_root(leaves, middle, end))
            end = middle
        else:
            path.append(subtree_root(leaves, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(leaves: memoryview, first: int, size: int) -> list[bytes]:
    """Return the hashes that show the first leaves to be the beginning of more (RFC 9162 §2.1.4)."""
    start, end, whole, path = 0, size, True, []
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(subtree_root(leaves, middle, end))
            end = middle
        else:
            path.append(subtree_root(leaves, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(subtree_root(leaves, start, end))
    return path[::-1]


def last_seals(payloads: Iterable[bytes]) -> dict[str, tuple[str, bool] | None]:
    """Return the last seal of every row that lines of the log name, and whether no older version read one of it.

    Such are those of migrations, and of tables that came into the record later. None stands for a row that is no
    longer sealed. The lines come in their order.
    """
    last: dict[str, tuple[str, bool] | None] = {}
    for payload in payloads:
        says = json.loads(payload)
        last |= dict.fromkeys(says.get("seals_before", {}))
        last |= {name: (seal, True) for name, seal in says.get("first_seals", {}).items()}
        last |= {name: (seal, False) for name, seal in says.get("seals", {}).items()}
        last |= {name: (seal, True) for name, seal in says.get(LATE_SEALS, {}).items()}
    return last
