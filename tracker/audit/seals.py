"""The last seal of every row that a log names, in little room: 13 bytes for each where its key is a number.

A check keeps a million of them at once. Keys that are no plain numbers are kept as they are.
"""

from collections.abc import Iterator, Mapping

# A seal as the log writes it has so many bytes; before them stands one that says whether there is one.
_SEAL_BYTES = 12
_ROOM = 1 + _SEAL_BYTES
_LONGEST = 19
# So many rows of a table share a block; where ids have gaps, no room is taken for what is not there.
_SHIFT = 10
_WITHIN = (1 << _SHIFT) - 1


class Seals:
    """Seals by the names of their rows (table:key)."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[str, int], bytearray] = {}
        self._others: dict[str, str] = {}

    def update(self, seals: Mapping[str, str]) -> None:
        """Keep the seals of rows, in place of earlier ones."""
        for name, seal in seals.items():
            table, _, key = name.partition(":")
            packed = _packed(seal)
            if packed is None or not _is_number(key):
                self.pop(name)
                self._others[name] = seal
                continue
            number = int(key)
            place = (table, number >> _SHIFT)
            block = self._blocks.get(place)
            if block is None:
                block = self._blocks[place] = bytearray(_ROOM << _SHIFT)
            at = (number & _WITHIN) * _ROOM
            block[at : at + _ROOM] = packed
            if self._others:
                self._others.pop(name, None)

    def get(self, name: str) -> str | None:
        """Return the seal of a row; None where it has none."""
        if name in self._others:
            return self._others[name]
        table, _, key = name.partition(":")
        if not _is_number(key):
            return None
        block = self._blocks.get((table, int(key) >> _SHIFT))
        at = (int(key) & _WITHIN) * _ROOM
        return block[at + 1 : at + _ROOM].hex() if block is not None and block[at] else None

    def pop(self, name: str) -> str | None:
        """Take the seal of a row out and return it; None where it has none."""
        found = self.get(name)
        if found is None or self._others.pop(name, None) is not None:
            return found
        table, _, key = name.partition(":")
        self._blocks[table, int(key) >> _SHIFT][(int(key) & _WITHIN) * _ROOM] = 0
        return found

    def names(self) -> Iterator[str]:
        """Yield the rows that have one."""
        yield from self._others
        for (table, high), block in self._blocks.items():
            yield from (f"{table}:{(high << _SHIFT) + low}" for low, there in enumerate(block[::_ROOM]) if there)


def _is_number(key: str) -> bool:
    """Return whether a key is a number as databases write it."""
    return key.isdecimal() and key.isascii() and len(key) < _LONGEST and (key[0] != "0" or key == "0")


def _packed(seal: str) -> bytes | None:
    """Return a seal in little room; None for what is none, and is kept as it is."""
    try:
        packed = bytes.fromhex(seal)
    except ValueError:
        return None
    return b"\x01" + packed if len(packed) == _SEAL_BYTES and packed.hex() == seal else None
