"""The directory of one petition office, read from the database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tracker.cases.access.naming.directory import CalledUnit, Holding, OfficeDirectory, called, titles_of
from tracker.cases.access.naming.folding import folded
from tracker.people.queries import every_name, every_tenure, every_unit
from tracker.people.rules import DepartmentKind, Tenure


def directory_of(office_id: int) -> OfficeDirectory:
    """Return whom letters to an office may mean: people, posts, units by every name. Three queries."""
    return directory_from(office_id, every_unit(), every_name(), every_tenure())


def directory_from(
    office_id: int, rows: Sequence[Any], people: Mapping[int, Sequence[str]], tenures: Iterable[Tenure]
) -> OfficeDirectory:
    """Return the same from what was read: rows of units (id, name, short_name, kind, parent_id), names, posts."""
    parents = {row.id: row.parent_id for row in rows}
    area, names = _area(office_id, parents), _area_names(office_id, rows, parents)
    units = {
        row.id: CalledUnit(
            row.id,
            DepartmentKind(row.kind),
            own=frozenset({folded(row.name), folded(row.short_name)}),
            called=called(row.name, row.short_name, DepartmentKind(row.kind), names),
            in_area=row.id in area,
        )
        for row in rows
    }
    holdings = tuple(
        Holding(held, titles_of(held.title, held.role, units[held.unit_id].kind, units[held.unit_id].own))
        for held in tenures
    )
    every = {id_: tuple(map(folded, known)) for id_, known in people.items()}
    return OfficeDirectory(every, holdings, tuple(units.values()), names)


def _area(office_id: int, parents: dict[int, int | None]) -> set[int]:
    """Return the departments above the office, and everything below the nearest of them."""
    top = parents.get(office_id) or office_id
    area = {top}
    while more := {id_ for id_, parent_id in parents.items() if parent_id in area} - area:
        area |= more
    return area | set(_above(office_id, parents))


def _above(office_id: int, parents: dict[int, int | None]) -> list[int]:
    line, here = [], parents.get(office_id)
    while here is not None and here not in line:
        line.append(here)
        here = parents.get(here)
    return line


def _area_names(office_id: int, rows: Sequence[Any], parents: dict[int, int | None]) -> frozenset[str]:
    """Return how the area is written before the name of a unit: 阳城县, 阳城, 县, 县委."""
    above = set(_above(office_id, parents))
    names: set[str] = set()
    for row in rows:
        short = folded(row.short_name)
        if row.id in above and len(short) > 1:
            names |= {short, short[:-1], short[-1], f"{short}委", f"{short[-1]}委"}
    return frozenset(name for name in names if name)
