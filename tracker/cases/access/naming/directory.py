"""Who can be meant: people by every name they bore, posts by their titles and days, units by what letters call them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from tracker.cases.access.naming.folding import SHORTEST_BY_SOUND, folded, spelt
from tracker.cases.access.naming.lexicon import BESIDE_THEM, HEADS_BY_ENDING, LEADING_THE_AREA
from tracker.core.text import syllables
from tracker.people.rules import ROLE_LABELS, DepartmentKind, Role, Tenure

SHORTEST_BARE = 3
_AREA_ENDINGS = "县市区旗"
K = TypeVar("K")


@dataclass(frozen=True)
class Holding:
    """One post that somebody held, and by which titles letters call it."""

    tenure: Tenure
    titles: tuple[str, ...]

    @property
    def user_id(self) -> int:
        """Who held it."""
        return self.tenure.user_id

    @property
    def unit_id(self) -> int:
        """In which unit."""
        return self.tenure.unit_id

    def bears(self, title: str) -> bool:
        """Return whether a written title may be this post's: 局长 is not 副局长, 股长 may be 社会救助股股长."""
        return any(
            own == title or (own.endswith(title) and not own.removesuffix(title).endswith("副")) for own in self.titles
        )


@dataclass(frozen=True)
class CalledUnit:
    """One unit: its own names, and in the area of the office also what letters call it."""

    id: int
    kind: DepartmentKind
    own: frozenset[str]
    called: frozenset[str]
    in_area: bool


@dataclass(frozen=True)
class OfficeDirectory:
    """Everybody a letter may mean, as one petition office knows them. `names`: every name of each person, folded."""

    names: Mapping[int, tuple[str, ...]]
    holdings: tuple[Holding, ...]
    units: tuple[CalledUnit, ...]
    area_names: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def by_name(self) -> dict[str, set[int]]:
        """People by the exact name, now or formerly (曾用名)."""
        return _turned((name, id_) for id_, names in self.names.items() for name in names)

    @cached_property
    def by_sound(self) -> dict[tuple[str, ...], set[int]]:
        """People by the sound of a name."""
        return _turned((syllables(name), id_) for id_, names in self.names.items() for name in names)

    @cached_property
    def by_letters(self) -> dict[str, set[int]]:
        """People by their name in letters (拼音)."""
        return _turned(
            (letters, id_)
            for id_, names in self.names.items()
            for name in names
            if len(name) >= 2
            for letters in spelt(name)
        )

    @cached_property
    def name_sizes(self) -> tuple[int, ...]:
        """The lengths that names have."""
        return tuple(sorted({len(name) for name in self.by_name if len(name) >= 2}))

    @cached_property
    def sound_sizes(self) -> tuple[int, ...]:
        """The lengths of names that are compared by sound inside a text."""
        return tuple(size for size in self.name_sizes if size >= SHORTEST_BY_SOUND)

    @cached_property
    def unit_words(self) -> dict[str, set[int]]:
        """Units by what letters call them; its own name is nobody else's."""
        own = _turned((word, unit.id) for unit in self.units for word in unit.own if len(word) >= 2)
        called = _turned((word, unit.id) for unit in self.units if unit.in_area for word in unit.called)
        return called | own

    @cached_property
    def words_in_text(self) -> dict[str, set[int]]:
        """The same without the bare names of areas (阳城县), which in a running text are addresses."""
        return {word: ids for word, ids in self.unit_words.items() if len(word) > 4 or word[-1] not in _AREA_ENDINGS}

    @cached_property
    def titles(self) -> frozenset[str]:
        """Every title of a post (职务) as it is written there."""
        return frozenset(title for holding in self.holdings for title in holding.titles if len(title) >= 2)

    @cached_property
    def in_area(self) -> frozenset[int]:
        """The units of the office's area."""
        return frozenset(unit.id for unit in self.units if unit.in_area)

    def surnamed(self, user_id: int, surname: str) -> bool:
        """Return whether one of a person's names begins so, by sign or by sound."""
        sound = syllables(surname)
        return any(syllables(name[: len(surname)]) == sound for name in self.names.get(user_id, ()))


def _turned(pairs: Iterable[tuple[K, int]]) -> dict[K, set[int]]:
    found: dict[K, set[int]] = {}
    for key, id_ in pairs:
        found.setdefault(key, set()).add(id_)
    return found


def titles_of(title: str, role: Role, kind: DepartmentKind, unit_names: Iterable[str]) -> tuple[str, ...]:
    """Return by what a post is called: its own titles, and where it has only the role's name those of such a post."""
    own = [part for part in folded(title).replace("，", "、").replace(",", "、").split("、") if part]
    if title != ROLE_LABELS[role]:
        return tuple(own)
    if kind is DepartmentKind.LEADERSHIP:
        own += LEADING_THE_AREA if role is Role.PRINCIPAL_LEADER else ()
        own += BESIDE_THEM if role is Role.LEAD_OFFICIAL else ()
    elif role is Role.DEPARTMENT_HEAD:
        ends = {name.removesuffix("人民政府")[-1:] for name in unit_names}
        own += [head for end in sorted(ends) for head in HEADS_BY_ENDING.get(end, ())]
    return tuple(own)


def called(name: str, short_name: str, kind: DepartmentKind, area_names: Iterable[str]) -> frozenset[str]:
    """Return what letters of the area call a unit: 民政局 for 阳城县民政局, 县委 for the county's leaders."""
    full, short = folded(name), folded(short_name)
    if kind is DepartmentKind.LEADERSHIP:
        return _leaders_called(full, short)
    if kind is DepartmentKind.TOWNSHIP:
        return _township_called(full, short)
    areas = sorted(area_names, key=len, reverse=True)
    bare = {_without_area(word.removeprefix("中共"), areas) for word in (full, short)}
    bare |= {word.removesuffix("分局") + "局" for word in bare if word.endswith("分局")}
    if kind is DepartmentKind.DISCIPLINE:
        bare |= {"纪委", "监委", "纪委监委", "纪检委", "监察委"}
    if kind is DepartmentKind.PETITION_OFFICE:
        bare |= {"信访办", "信访部门"}
    wanted = {word for word in bare if len(word) >= SHORTEST_BARE or word in ("纪委", "监委")}
    return frozenset({full, short, full.removeprefix("中共"), *wanted})


def _leaders_called(full: str, short: str) -> frozenset[str]:
    found = {full, full.removeprefix("中共")}
    if short[-1:] in _AREA_ENDINGS:
        level = short[-1]
        for area in (short, level):
            found |= {
                f"{area}{organ}" for organ in ("委", "政府", "人民政府", f"委{level}政府", f"委{area}政府", "委常委")
            }
    return frozenset(found)


def _township_called(full: str, short: str) -> frozenset[str]:
    stem = short.removesuffix("人民政府").removesuffix("政府")
    found = {full, short, stem}
    found |= {stem + organ for organ in ("人民政府", "政府", "党委", "党委政府", "党政")}
    if len(stem) > 2:
        found |= {stem[:-1] + organ for organ in ("政府", "党委")}
    return frozenset(found)


def _without_area(word: str, areas: Iterable[str]) -> str:
    """Leave out the area before a name, once or twice: 阳城县民政局, 县委组织部."""
    for _ in range(2):
        for area in areas:
            if word.startswith(area) and len(word) - len(area) >= SHORTEST_BARE:
                word = word.removeprefix(area)
                break
    return word
