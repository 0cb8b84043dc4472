"""指名: whom a matter complains of, in the field 被反映人 and in its title and text; one function for all who ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tracker.cases.access.naming.directory import OfficeDirectory
from tracker.cases.access.naming.known import directory_of
from tracker.cases.access.naming.lexicon import ACCUSING
from tracker.cases.access.naming.meaning import Match, PostDays
from tracker.cases.access.naming.reading import accusing_words, entry_meaning, may_name, mentions_in
from tracker.core.errors import DomainError
from tracker.core.text import clean_line, normalise

LONGEST_NAME = 60


@dataclass(frozen=True)
class AccusedEntry:
    """One 被反映人 or 被反映单位 as typed: a name, a post (职务), or both."""

    name: str
    position_held: str | None = None


@dataclass(frozen=True)
class Told:
    """What a matter says of officials: the fields, the texts; `accusing` where purpose or class is accusation.

    Posts are counted from `since`, the day of the event or of the receipt, to `until`, the day it is read.
    """

    since: date
    until: date
    entries: Sequence[AccusedEntry] = ()
    texts: Sequence[str] = ()
    accusing: bool = False


def since_event(occurred_on: date | None, received_on: date) -> date:
    """Return from which day on posts count: the event, or the receipt where nobody knows the day of the event."""
    return min(occurred_on, received_on) if occurred_on else received_on


@dataclass(frozen=True)
class NamedOne:
    """One who is named, whom that may mean, and the sentence it was read in (原文) where nobody typed it."""

    name: str
    position_held: str | None
    match: Match
    quoted: str | None = None


@dataclass(frozen=True)
class NamedAccused:
    """The 被反映人 of a matter, each with the users and units that may be meant."""

    named: tuple[NamedOne, ...] = field(default=())

    @property
    def shuts_out(self) -> bool:
        """Whether anybody in the system is meant."""
        return any(each.match for each in self.named)


@dataclass(frozen=True)
class NamedBefore:
    """What was written down before: every name, and whom those mean of whom nobody said that they are not meant."""

    names: tuple[str, ...] = ()
    meant: Match = Match()


NOTHING_KNOWN = NamedBefore()


def whom_it_means(
    told: Told, *, office_id: int, known: NamedBefore = NOTHING_KNOWN, directory: OfficeDirectory | None = None
) -> NamedAccused:
    """Return who is complained of, whoever is known already passed over. Three queries, or `directory`.

    Raises DomainError for a name too long.
    """
    keys = {normalise(name) for name in known.names}
    fresh = _fresh(told.entries, keys)
    if not fresh and not told.accusing and not any(map(may_name, told.texts)):
        return NamedAccused()
    people, days = directory or directory_of(office_id), PostDays(told.since, told.until)
    found = [
        NamedOne(entry.name, entry.position_held, entry_meaning(entry.name, entry.position_held or "", people, days))
        for entry in fresh
    ]
    meant = known.meant
    for each in found:
        meant |= each.match
    for text in told.texts:
        for mention in mentions_in(text, people, days, accusing=told.accusing):
            if _is_new(mention.words, mention.match, meant, keys):
                found.append(NamedOne(mention.words, None, mention.match, mention.quoted))
                keys.add(normalise(mention.words))
                meant |= mention.match
    return NamedAccused(tuple(found))


def read_row(told: Told, *, office_id: int, directory: OfficeDirectory) -> NamedAccused:
    """Return whom an imported row complains of, and the word that accuses where nothing else says what it is.

    The word is an open question like any other, under its own name: the row is closed until somebody has looked.
    """
    asked = next(filter(None, map(accusing_words, told.texts)), "")
    if told.accusing or not asked:
        return whom_it_means(told, office_id=office_id, directory=directory)
    named = whom_it_means(replace(told, accusing=True), office_id=office_id, directory=directory).named
    word = next(each for each in ACCUSING if each in asked)
    return NamedAccused((NamedOne(word, None, Match(), asked), *named))


def is_word(name: str) -> bool:
    """Return whether a name is only the word that accuses (举报、检举、控告、揭发): nobody is named by it."""
    return name in ACCUSING


def _is_new(words: str, match: Match, meant: Match, keys: Collection[str]) -> bool:
    """Return whether a mention says more than what is known: other people, or a name that none of the others holds."""
    key = normalise(words)
    if key in keys:
        return False
    if match:
        return not (match.user_ids <= meant.user_ids and match.department_ids <= meant.department_ids)
    return all(key not in other and other not in key for other in keys)


def _fresh(entries: Sequence[AccusedEntry], known: set[str]) -> list[AccusedEntry]:
    """Return the entries that say something new, cleaned; a post without a name stands for the name."""
    fresh = []
    for entry in entries:
        name, position = clean_line(entry.name), clean_line(entry.position_held or "")
        if len(name) > LONGEST_NAME or len(position) > LONGEST_NAME:
            raise DomainError(f"被反映人的姓名（单位名称）、职务各不超过 {LONGEST_NAME} 字。", field="accused")
        cleaned = AccusedEntry(name, position or None) if name else AccusedEntry(position)
        key = normalise(cleaned.name)
        if key and key not in known:
            known.add(key)
            fresh.append(cleaned)
    return fresh
