"""Reading what a letter says of officials: who is named with a wrong, who is only asked or addressed. Pure.

A unit that owes a service is no accused: it counts where a wrong is said of it itself. A person or a post counts where
a wrong stands beside it, where it is what the letter is about (反映…), or where the letter is an accusation.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from tracker.cases.access.naming.directory import OfficeDirectory
from tracker.cases.access.naming.folding import folded
from tracker.cases.access.naming.hits import Hit, Kind, hits_in, surname_before
from tracker.cases.access.naming.lexicon import (
    ACCUSING,
    BEFORE_ADDRESSED,
    BEHIND_ADDRESSED,
    BETWEEN,
    BRIBED,
    COMPLAINED,
    NAMING_NOBODY_ALONE,
    NO_NAMES,
    NOT_ACCUSING,
    SURNAMES,
    WRONGS,
)
from tracker.cases.access.naming.meaning import Match, PostDays, meaning_of

LONGEST_WORDS, LONGEST_QUOTED, AROUND = 60, 120, 40
GAP, LONGEST_PLAIN_NAME = 8, 4
# How far, in characters, a wrong may stand behind or before whom it is said of.
BEHIND, BEFORE, DIRECTLY = 25, 10, 8
_SENTENCE = re.compile(r"[。！？!?；;\n]+")
_BREAK = re.compile(r"[,，、:：]|村|社区|以及|和")
_VILLAGE = re.compile(r"村|社区")


@dataclass(frozen=True)
class Mention:
    """Who is named with a wrong (指名反映): the words, the sentence they stand in, whom they may mean."""

    words: str
    quoted: str
    match: Match


def entry_meaning(name: str, position: str, directory: OfficeDirectory, days: PostDays) -> Match:
    """Return whom an entry of the fields 被反映人, 职务 may mean; nobody: it is an open question."""
    key, post = folded(name), folded(position)
    hits = _plain_name(key, _without_village(key, hits_in(key, directory, entry=True)))
    if not any(hit.kind is Kind.NAME for hit in hits):
        hits = [*hits, *hits_in(post, directory, entry=True)] if post != key else hits
    found = meaning_of(key + post, hits, directory, days, surname=_surname_of(key, hits))
    whole = frozenset(
        unit.id for unit in directory.units if unit.in_area and len(key) > 2 and any(o.endswith(key) for o in unit.own)
    )
    return found or Match(department_ids=whole)


def _without_village(key: str, hits: Sequence[Hit]) -> list[Hit]:
    """Leave out the unit before a village: 润城镇上庄村支书 serves the village."""
    return [hit for hit in hits if hit.kind is not Kind.UNIT or not _VILLAGE.search(key[hit.end :])]


def _plain_name(key: str, hits: list[Hit]) -> list[Hit]:
    """Leave out a name that is a part of a short one: 王海燕 does not mean 王海."""
    if len(key) > LONGEST_PLAIN_NAME or any(hit.kind is not Kind.NAME for hit in hits):
        return hits
    return [hit for hit in hits if hit.end - hit.start == len(key)]


def _surname_of(key: str, hits: Sequence[Hit]) -> str:
    """Return the surname of a full name that nobody in the system bears: 高强, with his post beside it."""
    plain = 2 <= len(key) <= 4 and not any(hit.end <= len(key) for hit in hits[:1])
    return surname_before(key, 1) if plain else ""


def accusing_words(text: str) -> str:
    """Return the sentence in which a text accuses (举报、检举、控告、揭发), or nothing."""
    for sentence in _sentences(text):
        plain = _without(sentence, NOT_ACCUSING)
        if any(word in plain for word in ACCUSING):
            at = min(sentence.find(word) for word in ACCUSING if word in sentence)
            return _around(sentence, at, at + 2)
    return ""


def mentions_in(text: str, directory: OfficeDirectory, days: PostDays, *, accusing: bool = False) -> list[Mention]:
    """Return who is named with a wrong in a text, each once; in an accusation everybody who is not only addressed."""
    found: dict[str, Mention] = {}
    for sentence in _sentences(text):
        for mention in _in_sentence(sentence, directory, days, accusing=accusing):
            found.setdefault(mention.words, mention)
    return list(found.values())


def may_name(text: str) -> bool:
    """Return whether a text says a wrong, accuses or complains at all: where not, nobody needs to be looked up."""
    plain = folded(text)
    return bool(_wrongs().search(plain)) or any(word in plain for word in (*ACCUSING, *COMPLAINED))


def _sentences(text: str) -> Iterator[str]:
    yield from filter(None, (folded(part) for part in _SENTENCE.split(text)))


def _in_sentence(sentence: str, directory: OfficeDirectory, days: PostDays, *, accusing: bool) -> Iterator[Mention]:
    wrongs = [m.span() for m in _wrongs().finditer(sentence)]
    if not accusing and not may_name(sentence):
        return
    hits = hits_in(sentence, directory)
    for group in _groups(sentence, hits):
        if _counts(sentence, group, wrongs, accusing=accusing):
            start, end = group[0].start, group[-1].end
            meant = meaning_of(sentence[max(0, start - 2) : end], group, directory, days)
            yield Mention(sentence[start:end][:LONGEST_WORDS], _around(sentence, start, end), meant)
    yield from _strangers(sentence, hits)


@cache
def _wrongs() -> re.Pattern[str]:
    return re.compile("|".join(sorted(WRONGS, key=len, reverse=True)))


def _groups(sentence: str, hits: Sequence[Hit]) -> Iterator[list[Hit]]:
    """Yield the hits that name one person together: 县民政局 + 局长 + 张建军."""
    group: list[Hit] = []
    for hit in hits:
        if group and not _belongs(sentence, group[-1], hit):
            yield group
            group = []
        group.append(hit)
    if group:
        yield group


def _belongs(sentence: str, last: Hit, hit: Hit) -> bool:
    between = sentence[last.end : hit.start]
    if len(between) > GAP or _BREAK.search(between):
        return False
    if last.kind in (Kind.UNIT, Kind.STRANGE):
        if hit.title.startswith("村"):
            return False
        return not _wrongs().search(between)
    return len(between) <= 1 and hit.kind in (Kind.NAME, Kind.COVERED, Kind.OFFICE)


def _counts(sentence: str, group: Sequence[Hit], wrongs: Sequence[tuple[int, int]], *, accusing: bool) -> bool:
    start, end = group[0].start, group[-1].end
    if _addressed(sentence, start, end) or sentence[start:end] in NAMING_NOBODY_ALONE:
        return False
    only_unit = all(hit.kind in (Kind.UNIT, Kind.STRANGE) for hit in group)
    if only_unit:
        return any(end <= at <= end + DIRECTLY for at, _ in wrongs) or _about(sentence, start, ACCUSING)
    if accusing or (_about(sentence, start, (*ACCUSING, *COMPLAINED)) and not all(map(_is_anybody, group))):
        return True
    return any(end <= at <= end + BEHIND or start - BEFORE <= until <= start for at, until in wrongs)


def _is_anybody(hit: Hit) -> bool:
    return hit.is_common or hit.kind is Kind.STAFFING


def _about(sentence: str, start: int, words: Sequence[str]) -> bool:
    """Return whether the mention is what the letter accuses or complains of: 反映县民政局局长…"""
    return sentence[:start].endswith(tuple(words))


def _addressed(sentence: str, start: int, end: int) -> bool:
    behind, before = sentence[end : end + 6], sentence[:start]
    if behind.startswith(BRIBED):
        return False
    if behind.startswith(tuple(BEHIND_ADDRESSED)) or (not before and behind[:1] in ("", ":", "：", ",", "，")):
        return True
    for word in sorted(BETWEEN, key=len, reverse=True):
        before = before.removesuffix(word)
    return before.endswith(tuple(BEFORE_ADDRESSED))


# 吴用贪污: somebody whom nothing else tells, directly before a wrong or behind the word that accuses.
_ANY_SURNAME = f"[{''.join(sorted(SURNAMES))}]"
_NAME_BEFORE_WRONG = re.compile(
    r"(?:^|[,，、:：]|反映|举报|控告|检举|揭发|村民|支书|书记|主任|会计|组长|队长|干部)"
    rf"({_ANY_SURNAME}[\u4e00-\u9fff]{{1,2}}|[老小]{_ANY_SURNAME})"
    rf"(?:等人|等|利用职务|利用职权|身为|长期|多次)?(?={'|'.join(WRONGS)})"
)


def _strangers(sentence: str, hits: Sequence[Hit]) -> Iterator[Mention]:
    for m in _NAME_BEFORE_WRONG.finditer(sentence):
        start, end = m.span(1)
        if m.group(1)[:2] not in NO_NAMES and all(hit.end <= start or end <= hit.start for hit in hits):
            yield Mention(m.group(1), _around(sentence, start, end), Match())


def _without(sentence: str, words: Sequence[str]) -> str:
    for word in words:
        sentence = sentence.replace(word, "")
    return sentence


def _around(sentence: str, start: int, end: int) -> str:
    """Return what stands around a place, so that who decides reads why it was asked (原文)."""
    first, last = max(0, start - AROUND), min(len(sentence), end + AROUND)
    return ("…" if first else "") + sentence[first:last][:LONGEST_QUOTED] + ("…" if last < len(sentence) else "")
