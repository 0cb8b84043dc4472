"""Into which lines a table divides places: townships of the one county they lie in, else counties, by code."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from tracker.core.database import db
from tracker.places.models import Place
from tracker.places.queries.tree import branches, subtree_ids
from tracker.places.rules import COUNTY_LEVEL, TOWN_LEVEL


@dataclass(frozen=True)
class Division:
    """One line: the township or county, and all that lies in it or was merged into it."""

    place: Place
    place_ids: frozenset[int]


@dataclass(frozen=True)
class Divided:
    """The lines in the order of their codes; `by` is 乡镇 or 县."""

    by: str
    lines: tuple[Division, ...]


def divided(place_ids: Collection[int]) -> Divided:
    """Return the lines for a table of what lies in places; a closed township is one while something lies there."""
    counties = _counties(place_ids)
    if len(counties) != 1:
        return Divided("县", tuple(Division(each, subtree_ids(each)) for each in counties))
    below: dict[int, set[int]] = {}
    for place_id, town_id in branches(counties[0]):
        below.setdefault(town_id, set()).add(place_id)
    rows = select(Place).where(Place.parent_id == counties[0].id, Place.level == TOWN_LEVEL).order_by(Place.code)
    lines = [Division(town, frozenset(below.get(town.id, ()))) for town in db.session.scalars(rows)]
    held = set(place_ids)
    return Divided("乡镇", tuple(each for each in lines if each.place.closed_on is None or each.place_ids & held))


def _counties(place_ids: Collection[int]) -> list[Place]:
    """Return the counties in which places lie, or into which they were merged, in the order of their codes."""
    above = aliased(Place)
    line = select(Place.id, Place.parent_id, Place.merged_into_id).where(Place.id.in_(place_ids))
    tree = line.cte("above", recursive=True)
    joined = or_(above.id == tree.c.parent_id, above.id == tree.c.merged_into_id)
    tree = tree.union(select(above.id, above.parent_id, above.merged_into_id).join(tree, joined))
    rows = select(Place).where(Place.id.in_(select(tree.c.id)), Place.level == COUNTY_LEVEL).order_by(Place.code)
    return list(db.session.scalars(rows))
