"""What people type: cleaned for storing, normalised for comparing, cut for searching."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from tracker.core.errors import DomainError

_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
_SEPARATING = re.compile("[\\s·•・.]+")
_RUN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[A-Za-z0-9]+")


def clean(text: str) -> str:
    """Return typed text as it is stored: NFC, one kind of line break, no control or direction marks.

    Control characters would kill an export, NUL a PostgreSQL insert, direction marks disguise a file name.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", _INVISIBLE.sub("", text))).strip()


def clean_line(text: str) -> str:
    """Return typed text of one line: cleaned, with every run of white space as one space."""
    return " ".join(clean(text).split())


def worded(text: str, what: str, longest: int, field: str) -> str:
    """Return a text without blanks around it; raises DomainError at its field where it is empty or too long."""
    said = text.strip()
    if not 1 <= len(said) <= longest:
        raise DomainError(f"请填写{what}（1 至 {longest} 个字）。", field=field)
    return said


def normalise(text: str) -> str:
    """Return text for comparing: NFKC, lower case, without spaces, separators and invisible marks (李　四 = 李四)."""
    folded = unicodedata.normalize("NFKC", _CONTROL.sub("", _INVISIBLE.sub("", text))).casefold()
    return _SEPARATING.sub("", folded)


def is_cjk(character: str) -> bool:
    """Return whether a character is a Chinese one."""
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"


def words(text: str) -> list[str]:
    """Return the runs of Chinese characters and of letters and digits, NFKC, lower case."""
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def grams(text: str) -> Iterator[str]:
    """Yield the search grams of a text: two characters for Chinese (and the last one), whole words otherwise."""
    for run in words(text):
        if not is_cjk(run[0]):
            yield run
            continue
        for start in range(len(run) - 1):
            yield run[start : start + 2]
        yield run[-1]


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    return str(lazy_pinyin(character)[0]) if is_cjk(character) else character


def syllables(text: str) -> tuple[str, ...]:
    """Return the sound of a text without tones, one syllable for each character (张建君 = 張建軍)."""
    return tuple(_syllable(character) for character in text)


def pinyin_initials(text: str) -> str:
    """Return the first letters of the pinyin (润城镇 → rcz), for pickers."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors=lambda s: s)).casefold()[:64]
