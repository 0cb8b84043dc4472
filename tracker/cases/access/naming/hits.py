"""Where a text names somebody: units, people, titles, covered names, in the order they stand. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from tracker.cases.access.naming.directory import OfficeDirectory
from tracker.cases.access.naming.lexicon import (
    COMMON_OFFICES,
    COMPOUND_SURNAMES,
    LEADING,
    OFFICES,
    STAFFING,
    SURNAMES,
)
from tracker.core.text import is_cjk, syllables

# Organs that are no unit of ours: named with a wrong they are asked for.
_STRANGE_ORGAN = re.compile(
    r"镇政府|镇党委|乡政府|乡党委|街道办事处|街道办|村委会|村两委|村支部|村委|居委会|派出所|公安局|法院|检察院|"
    r"县政府|县委|市政府|市委|区政府|区委|管委会|教育局|国土局|城管局|卫生局|财政局|工商局|税务局|林业局|卫健局|审计局"
)
_VILLAGE_OFFICE = re.compile(r"村(?:民)?(?:委会)?(?:副)?(?:干部|书记|支书|主任|会计|长)$")


class Kind(IntEnum):
    """What a stretch of text names; of two that overlap the longer stays, of equal ones the first kind."""

    NAME = 0
    UNIT = 1
    OFFICE = 2
    COVERED = 3
    LEADING = 4
    STAFFING = 5
    STRANGE = 6


@dataclass(frozen=True)
class Hit:
    """One stretch of a folded text. `ids`: users of a name, units of a unit; `surname` before a title or 某."""

    kind: Kind
    start: int
    end: int
    ids: frozenset[int] = frozenset()
    surname: str = ""
    title: str = ""

    @property
    def is_common(self) -> bool:
        """Whether it is a title that others than officials bear, without anything to tell whose."""
        return self.kind is Kind.OFFICE and self.title in COMMON_OFFICES


@lru_cache(maxsize=64)
def _any_of(words: frozenset[str]) -> re.Pattern[str] | None:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first))) if words else None


_OFFICES, _LEADING, _STAFFING = frozenset(OFFICES), frozenset(LEADING), frozenset(STAFFING)


def hits_in(text: str, directory: OfficeDirectory, *, entry: bool = False) -> list[Hit]:
    """Return what a folded text names, in order, none overlapping. `entry`: it is the field 被反映人, nothing else."""
    found = [
        *_units(text, directory, entry=entry),
        *_names(text, directory, entry=entry),
        *_offices(text, directory),
        *_covered(text, directory),
        *(Hit(Kind.LEADING, *m.span()) for m in _matches(_LEADING, text)),
        *(Hit(Kind.STAFFING, *m.span()) for m in _matches(_STAFFING, text)),
        *(Hit(Kind.STRANGE, *m.span()) for m in _STRANGE_ORGAN.finditer(text)),
    ]
    return _apart(found)


def _apart(found: Iterable[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (hit.kind is not Kind.NAME, hit.start - hit.end, hit.kind, hit.start)):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _matches(words: frozenset[str], text: str) -> Iterator[re.Match[str]]:
    pattern = _any_of(words)
    return pattern.finditer(text) if pattern else iter(())


def _units(text: str, directory: OfficeDirectory, *, entry: bool) -> Iterator[Hit]:
    words = directory.unit_words if entry else directory.words_in_text
    for m in _matches(frozenset(words), text):
        start = m.start()
        for area in sorted(directory.area_names, key=len, reverse=True):
            if text[:start].endswith(area):
                start -= len(area)
                break
        foreign = entry and 2 <= start <= 3 and m.group()[0] in "县市区" and not text.startswith(("我们", "咱们"))
        yield Hit(Kind.STRANGE if foreign else Kind.UNIT, 0 if foreign else start, m.end(), frozenset(words[m.group()]))


def _names(text: str, directory: OfficeDirectory, *, entry: bool) -> Iterator[Hit]:
    for size in directory.name_sizes:
        for start in range(len(text) - size + 1):
            if ids := directory.by_name.get(text[start : start + size]):
                yield Hit(Kind.NAME, start, start + size, frozenset(ids))
    sound = syllables(text)
    sizes = (size for size in directory.name_sizes if size == len(text)) if entry and len(text) <= 4 else ()
    for size in sizes or directory.sound_sizes:
        for start in range(len(text) - size + 1):
            same = all(is_cjk(character) for character in text[start : start + size])
            if same and (ids := directory.by_sound.get(sound[start : start + size])):
                yield Hit(Kind.NAME, start, start + size, frozenset(ids))
    for m in re.finditer(r"[a-zü]{4,}", text):
        if ids := directory.by_letters.get(m.group()):
            yield Hit(Kind.NAME, *m.span(), frozenset(ids))


def surname_before(text: str, end: int) -> str:
    """Return the surname that stands before a place of a text, or nothing."""
    if text[max(0, end - 2) : end] in COMPOUND_SURNAMES:
        return text[end - 2 : end]
    return text[end - 1 : end] if text[end - 1 : end] in SURNAMES else ""


def _offices(text: str, directory: OfficeDirectory) -> Iterator[Hit]:
    for m in (*_matches(_OFFICES, text), *_matches(directory.titles, text)):
        if text[m.end() : m.end() + 1] == "会":
            continue
        start, title = m.start(), m.group()
        if text[:start].endswith("副"):
            start, title = start - 1, f"副{title}"
        surname = "" if title.startswith("村") else surname_before(text, start)
        yield Hit(Kind.OFFICE, start - len(surname), m.end(), surname=surname, title=title)


def _covered(text: str, directory: OfficeDirectory) -> Iterator[Hit]:
    """Yield 张某, 张某某, and 张某军 with whom it fits."""
    for m in re.finditer(r"某{1,2}", text):
        surname = surname_before(text, m.start())
        if not surname:
            continue
        last = text[m.end() : m.end() + 1]
        fitting = frozenset(
            id_
            for id_, names in directory.names.items()
            for name in names
            if last and len(name) == len(surname) + 2 and name.startswith(surname) and name.endswith(last)
        )
        end = m.end() + 1 if fitting else m.end()
        kind = Kind.NAME if fitting else Kind.COVERED
        yield Hit(kind, m.start() - len(surname), end, fitting, surname=surname)
