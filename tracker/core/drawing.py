"""随机抽查: a random sample that anybody can draw again, from the pool and the seed that were recorded."""

from collections.abc import Collection
from hashlib import sha256
from secrets import token_hex

LONGEST_SEED = 40


def drawn(pool: Collection[str], seed: str, size: int) -> list[str]:
    """Return the numbers that a seed draws from a pool: those whose SHA-256 of “seed:number” come first.

    The same seed, pool and size always give the same; whoever has the three can draw it again without this program.
    """
    return sorted(sorted(pool), key=lambda number: sha256(f"{seed}:{number}".encode()).hexdigest())[:size]


def new_seed() -> str:
    """Return a seed that nobody chose (抽签种子): whoever could try some would take the one that draws as they like."""
    return token_hex(8)
