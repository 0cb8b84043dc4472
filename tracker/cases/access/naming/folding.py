"""Spellings made alike: width, spaces, traditional characters, sound. Pure."""

from tracker.cases.access.naming.lexicon import SIMPLIFIED
from tracker.core.text import normalise, syllables

# A name is compared by sound from this many syllables on: shorter ones sound like ordinary words.
SHORTEST_BY_SOUND = 3


def folded(text: str) -> str:
    """Return text as it is compared: normalised, traditional characters of offices made simple (張局長 = 张局长)."""
    return normalise(text).translate(SIMPLIFIED)


def spelt(name: str) -> frozenset[str]:
    """Return a name in letters as people write it: zhangjianjun, jianjunzhang."""
    sound = syllables(name)
    return frozenset({"".join(sound), "".join((*sound[1:], *sound[:1]))})
