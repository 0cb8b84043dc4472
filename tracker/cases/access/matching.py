"""Whom a written name may mean: users and units whose normalised name it bears (security.md §3).

A letter writes 润城镇镇长张建国 as often as 张建国. A name of up to four characters must be equal; in a longer text the
user's name must be contained. Units must bear the written name, or end with it within the area of the case's office.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from tracker.core.database import db
from tracker.core.text import normalise
from tracker.people.models import Department, User

LONGEST_PLAIN_NAME = 4
LONGEST_CONTAINED = 12
SHORTEST_ENDING = 3
_UNIT_ENDINGS = ("党委政府", "人民政府", "政府", "党委", "领导班子")


@dataclass(frozen=True)
class Match:
    """The users and units that one written name may mean."""

    user_ids: frozenset[int] = frozenset()
    department_ids: frozenset[int] = frozenset()


def matches(names: Iterable[str], *, office_id: int) -> dict[str, Match]:
    """Return for each written name the users and units it may mean. Two queries."""
    written = {name: normalise(name) for name in names}
    users = _users({part for key in written.values() for part in _parts(key)})
    units = db.session.execute(
        select(Department.id, Department.name, Department.short_name, Department.parent_id)
    ).all()
    area = _area(office_id, {id_: parent_id for id_, _, _, parent_id in units})
    return {
        name: Match(
            user_ids=frozenset(id_ for part in _longest(_parts(key) & users.keys()) for id_ in users[part]),
            department_ids=frozenset(
                id_
                for id_, full, short, _ in units
                if _bears(key, normalise(full), normalise(short), within_area=id_ in area)
            ),
        )
        for name, key in written.items()
    }


def may_mean_user(name: str, name_key: str) -> bool:
    """Return whether a written name may mean a user of this normalised name."""
    return name_key in _parts(normalise(name))


def may_mean_unit(name: str, *unit_keys: str) -> bool:
    """Return whether a written name may mean a unit of these normalised names, wherever it is."""
    return _bears(normalise(name), *unit_keys, within_area=True)


def _parts(key: str) -> set[str]:
    if len(key) <= LONGEST_PLAIN_NAME:
        return {key} if key else set()
    sizes = range(2, min(LONGEST_CONTAINED, len(key)) + 1)
    return {key} | {key[start : start + size] for size in sizes for start in range(len(key) - size + 1)}


def _longest(parts: set[str]) -> set[str]:
    """Leave out a name that stands inside another: 王海燕 does not mean 王海."""
    return {part for part in parts if not any(part != other and part in other for other in parts)}


def _users(parts: set[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for id_, key in db.session.execute(select(User.id, User.name_key).where(User.name_key.in_(sorted(parts)))):
        found.setdefault(key, []).append(id_)
    return found


def _bears(key: str, *unit_keys: str, within_area: bool) -> bool:
    plain = {key} | {key.removesuffix(ending) for ending in _UNIT_ENDINGS if len(key) > len(ending) + 1}
    if plain & set(unit_keys):
        return True
    return within_area and len(key) >= SHORTEST_ENDING and any(unit_key.endswith(key) for unit_key in unit_keys)


def _area(office_id: int, parents: dict[int, int | None]) -> set[int]:
    """Return the office's superior department and everything below it."""
    top = parents.get(office_id) or office_id
    area = {top}
    while more := {id_ for id_, parent_id in parents.items() if parent_id in area} - area:
        area |= more
    return area
