"""What a word of a search may be: a part of the text, of the name of a place or unit, a person's exact name or number.

A number (电话、证件号) is as good as an opened identity: who looks for it learns whose matter has it. So it finds only
matters whose petitioners the reader may open, beside what its digits find as words for everybody.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, union, union_all

from tracker.cases.access.closed_texts import closed_texts
from tracker.cases.access.scope import identity_open_to
from tracker.cases.record.former_numbers import bears
from tracker.cases.record.models import AccusedParty, Assignment, Case
from tracker.cases.record.rules.series import register_no
from tracker.cases.record.search import matching, words_of
from tracker.core.database import constant, db
from tracker.core.encryption import blind_index
from tracker.people.models import Department
from tracker.people.rules import Reader
from tracker.petitioners.models import Petitioner
from tracker.petitioners.queries import cases_of_number, person_keys
from tracker.petitioners.rules import numbers_in
from tracker.places.models import Place, PlaceVersion


def words_in_case(words: str, reader: Reader) -> ColumnElement[bool]:
    """Return the condition that a case has what is looked for: its words, or somebody's numbers beside other words.

    Whether anybody has such a number is not asked beforehand: the search takes the same way for one that nobody has.
    """
    found, asked = _every_word(words, reader), numbers_in(words)
    if not asked.numbers:
        return found
    theirs: list[ColumnElement[bool]] = [Case.id.in_(cases_of_number(number)) for number in asked.numbers]
    if words_of(asked.rest):
        theirs.append(_every_word(asked.rest, reader))
    also = select(Case.id).where(*theirs, identity_open_to(reader))
    return Case.id.in_(union_all(select(Case.id).where(found), also))


def _every_word(words: str, reader: Reader) -> ColumnElement[bool]:
    """Return the condition that every word is in the case: in its text, in the name of its village, town or county, now
    or before, in that of the unit that has it, open or closed, or as the exact name of a petitioner or accused, where
    the reader may open those.

    Two queries tell beforehand which words are names at all: most are not, and need only the text. The texts of the
    accusations that the reader knows are read themselves.
    """
    asked = words_of(words)
    keys = {word: (person_keys(word).name, blind_index("accused_party.name", word)) for word in asked}
    borne, (places, units) = _names_borne(keys.values()), _places_and_units_named(asked)
    closed = closed_texts(reader) if asked else None
    also: dict[str, Select[int]] = {}
    for word in asked:
        queries = [_in_place(word)] * (word in places)
        queries += [_with_unit(word)] * (word in units)
        queries += [_bearing(*keys[word], reader)] * bool(borne.intersection(keys[word]))
        if register_no(word.upper()):
            queries.append(select(Case.id).where(bears(word.upper())))
        if closed and (read := closed.holding(word)):
            queries.append(select(Case.id).where(Case.id.in_(constant(read))))
        if queries:
            also[word] = select(union_all(*queries).subquery().c.id)
    return matching(words, also=also)


def _names_borne(keys: Iterable[tuple[str | None, str | None]]) -> set[str | None]:
    """Return which of the keyed hashes are names of anybody."""
    people, accused = ([key for key in column if key] for column in zip(*keys, strict=True))
    return set(
        db.session.scalars(
            union(
                select(Petitioner.name_key).where(Petitioner.name_key.in_(people)),
                select(AccusedParty.name_key).where(AccusedParty.name_key.in_(accused)),
            )
        )
    )


def _bearing(person_key: str | None, accused_key: str | None, reader: Reader) -> Select[int]:
    people = select(Petitioner.case_id).where(Petitioner.name_key == person_key)
    accused = select(AccusedParty.case_id).where(AccusedParty.name_key == accused_key)
    return select(Case.id).where(Case.id.in_(union(people, accused)), identity_open_to(reader))


def _places_and_units_named(words: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return which of the words stand in the name of a place, and which in that of a unit."""
    asked = list(words)
    places = (select(literal(word), literal(0)).where(exists(select(Place.id).where(_named(word)))) for word in asked)
    units = (
        select(literal(word), literal(1)).where(exists(select(Department.id).where(_called(word)))) for word in asked
    )
    found: tuple[set[str], set[str]] = (set(), set())
    for word, kind in db.session.execute(union_all(*places, *units)):
        found[kind].add(word)
    return found


def _named(word: str) -> ColumnElement[bool]:
    once = select(PlaceVersion.place_id).where(func.lower(PlaceVersion.name).contains(word, autoescape=True))
    return or_(func.lower(Place.name).contains(word, autoescape=True), Place.id.in_(once))


def _called(word: str) -> ColumnElement[bool]:
    names = (Department.name, Department.short_name)
    return or_(*(func.lower(name).contains(word, autoescape=True) for name in names))


def _with_unit(word: str) -> Select[int]:
    """Return the cases that the units of a name have (承办单位)."""
    given = select(Assignment.id).where(Assignment.department_id.in_(select(Department.id).where(_called(word))))
    return select(Case.id).where(Case.assignment_id.in_(given))


def _in_place(word: str) -> Select[int]:
    """Return the cases of the places of a name, of what lies below them and of what was merged into those."""
    below = select(Place.id).where(_named(word)).cte(recursive=True)
    further = or_(Place.parent_id == below.c.id, Place.merged_into_id == below.c.id)
    below = below.union(select(Place.id).join(below, further))
    return select(Case.id).where(Case.village_id.in_(select(below.c.id)))
