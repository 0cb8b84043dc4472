"""Whom one mention means: the people it names, else who held the title, else the unit it stands in. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.cases.access.naming.directory import Holding, OfficeDirectory
from tracker.cases.access.naming.hits import Hit, Kind
from tracker.cases.access.naming.lexicon import FORMERLY, SURNAMES_OR_WORDS


@dataclass(frozen=True)
class Match:
    """The users and units that a mention may mean; neither where it is an open question (待核实)."""

    user_ids: frozenset[int] = frozenset()
    department_ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether anybody in the system may be meant."""
        return bool(self.user_ids or self.department_ids)

    def __or__(self, other: "Match") -> "Match":
        """Both together."""
        return Match(self.user_ids | other.user_ids, self.department_ids | other.department_ids)


@dataclass(frozen=True)
class PostDays:
    """In which days a post must have been held to be meant: from the event, or its receipt, to the receipt."""

    since: date
    until: date


def meaning_of(
    text: str, hits: Sequence[Hit], directory: OfficeDirectory, days: PostDays, *, surname: str = ""
) -> Match:
    """Return whom the hits of one mention mean together; `surname` is that of a name written beside it."""
    units = frozenset().union(*(hit.ids for hit in hits if hit.kind is Kind.UNIT))
    people = frozenset().union(*(hit.ids for hit in hits if hit.kind is Kind.NAME))
    offices = [hit for hit in hits if hit.kind is Kind.OFFICE]
    elsewhere = any(hit.kind is Kind.STRANGE for hit in hits)
    if people:
        return Match(people) | _beside(people, offices, units, directory, days)
    if elsewhere and not units:
        return Match()
    since = None if _formerly(text) else days.since
    held = [each for each in directory.holdings if each.tenure.held(since, days.until)]
    found = Match()
    for hit in offices:
        found |= _holders(hit, units, held, directory, surname=surname)
    for hit in hits:
        if hit.kind is Kind.COVERED and units:
            found |= Match(
                frozenset(h.user_id for h in held if h.unit_id in units and directory.surnamed(h.user_id, hit.surname))
            )
    return found or Match(department_ids=units)


def _beside(
    people: Iterable[int], offices: Sequence[Hit], units: frozenset[int], directory: OfficeDirectory, days: PostDays
) -> Match:
    """Return the unit too where the person named never held a post in the unit that is written with a title."""
    within = {each.unit_id for each in directory.holdings if each.user_id in people}
    return Match(department_ids=units) if offices and units and not within & units else Match()


def _formerly(text: str) -> bool:
    return any(word in text for word in FORMERLY)


def _holders(
    hit: Hit, units: frozenset[int], held: Sequence[Holding], directory: OfficeDirectory, *, surname: str
) -> Match:
    """Return who held a written title: in the unit that is written, else in the area, where surname or title tell."""
    bearing = [each for each in held if each.bears(hit.title)]
    if units:
        bearing = [each for each in bearing if each.unit_id in units] or _by_unit_in_title(hit, units, held, directory)
    else:
        bearing = [each for each in bearing if each.unit_id in directory.in_area]
    surnames = [name for name in (hit.surname, surname) if name]
    fitting = [each for each in bearing if _fits(each, surnames, directory)] if surnames else []
    if not fitting and not surname and (not hit.surname or hit.surname in SURNAMES_OR_WORDS):
        # Without a surname a title names who holds it: in its unit, or where one person alone does.
        fitting = bearing if units or len({each.user_id for each in bearing}) == 1 else []
    return Match(frozenset(each.user_id for each in fitting))


def _fits(held: Holding, surnames: Sequence[str], directory: OfficeDirectory) -> bool:
    return all(directory.surnamed(held.user_id, surname) for surname in surnames)


def _by_unit_in_title(
    hit: Hit, units: frozenset[int], held: Sequence[Holding], directory: OfficeDirectory
) -> list[Holding]:
    """Return who bears the unit in the title elsewhere: the 组织部部长 sits in the county's leadership."""
    words = [word for word, ids in directory.unit_words.items() if ids & units]
    return [each for each in held if any(each.bears(f"{word}{hit.title}") for word in words)]
