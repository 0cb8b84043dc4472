"""The tree of places: labels, children, ancestors, counts, names as they were."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased

from tracker.core.database import db, read_once
from tracker.core.errors import NotFound
from tracker.places.models import Place, PlaceVersion
from tracker.places.rules import TOWN_LEVEL, VILLAGE_LEVEL

SEPARATOR = " · "
_parent, _grandparent = aliased(Place), aliased(Place)
_LABELS = (
    select(Place.id, Place.level, Place.short_name, _parent.short_name, _grandparent.short_name)
    .outerjoin(_parent, _parent.id == Place.parent_id)
    .outerjoin(_grandparent, _grandparent.id == _parent.parent_id)
    .where(Place.id.in_(bindparam("place_ids", expanding=True)))
)
_OF_CODE = select(Place).where(Place.code == bindparam("code"))
NO_SUCH_PLACE = "没有这个地方，请从列表里重新选择。"


@dataclass(frozen=True, slots=True)
class Label:
    """How a place is always shown: village, town and county, as far as it lies below them."""

    village: str = ""
    town: str = ""
    county: str = ""

    @property
    def text(self) -> str:
        """阳城县 · 润城镇 · 上庄村."""
        return SEPARATOR.join(part for part in (self.county, self.town, self.village) if part)

    @property
    def name(self) -> str:
        """The place's own name: 上庄村."""
        return self.village or self.town or self.county

    @property
    def above(self) -> str:
        """Where it lies: 阳城县 · 润城镇; empty for a county."""
        return SEPARATOR.join(part for part in (self.county, self.town) if part and part != self.name)


def place_of(public_id: str) -> Place:
    """Return the place of an address; raises NotFound."""
    found = db.session.scalar(select(Place).where(Place.public_id == public_id))
    if found is None:
        raise NotFound(NO_SUCH_PLACE)
    return found


def by_code(code: str) -> Place | None:
    """Return the place that has a code, or else the last one that had it (曾用代码)."""
    found: Place | None = db.session.scalar(_OF_CODE, {"code": code})
    if found is not None:
        return found
    once = select(PlaceVersion.place_id).where(PlaceVersion.code == code).order_by(PlaceVersion.id.desc()).limit(1)
    return db.session.get(Place, db.session.scalar(once) or 0)


def label_of(level: int, name: str, parent: str | None, grandparent: str | None) -> Label:
    """Return the label of a place from its own name and the two names above it."""
    if level == VILLAGE_LEVEL:
        return Label(name, parent or "", grandparent or "")
    if level == TOWN_LEVEL:
        return Label("", name, parent or "")
    return Label("", "", name)


def labels(place_ids: Iterable[int]) -> dict[int, Label]:
    """Return the labels of many places, in one query."""
    wanted = set(place_ids)
    if not wanted:
        return {}
    rows = db.session.execute(_LABELS, {"place_ids": wanted})
    return {place_id: label_of(level, name, above, over) for place_id, level, name, above, over in rows}


def place_label(place: Place) -> Label:
    """Return the label of one place: 阳城县 · 润城镇 · 上庄村."""
    return labels([place.id])[place.id]


def ancestors(place: Place) -> list[Place]:
    """Return the places above one, the province first."""
    above = select(Place.id, Place.parent_id).where(Place.id == place.parent_id).cte("above", recursive=True)
    above = above.union_all(select(Place.id, Place.parent_id).join(above, Place.id == above.c.parent_id))
    return list(db.session.scalars(select(Place).join(above, Place.id == above.c.id).order_by(Place.level)))


def children(place: Place) -> list[Place]:
    """Return the places one level down, open ones first, in the order of their codes."""
    return list(
        db.session.scalars(
            select(Place).where(Place.parent_id == place.id).order_by(Place.closed_on.is_not(None), Place.code)
        )
    )


def subtree_ids(place: Place) -> frozenset[int]:
    """Return the ids of a place, of everything below it, and of everything merged into those: read once for a page."""
    return read_once(f"places below {place.id}", lambda: _subtree_ids(place))


def _subtree_ids(place: Place) -> frozenset[int]:
    below = select(Place.id).where(Place.id == place.id).cte("below", recursive=True)
    below = below.union(
        select(Place.id).join(below, or_(Place.parent_id == below.c.id, Place.merged_into_id == below.c.id))
    )
    return frozenset(db.session.scalars(select(below.c.id)))


def branches(place: Place) -> list[tuple[int, int]]:
    """Return pairs of an id and the child of the place it belongs to: below it, or merged into what is below it."""
    first, below = aliased(Place), aliased(Place)
    tree = select(first.id.label("id"), first.id.label("branch")).where(first.parent_id == place.id)
    branch = tree.cte("branch", recursive=True)
    joined = or_(below.parent_id == branch.c.id, below.merged_into_id == branch.c.id)
    branch = branch.union(select(below.id, branch.c.branch).join(branch, joined))
    return [(place_id, child_id) for place_id, child_id in db.session.execute(select(branch.c.id, branch.c.branch))]


def merged_places(place: Place) -> list[Place]:
    """Return the places that were merged into one (已并入的村), the latest first."""
    return list(
        db.session.scalars(
            select(Place).where(Place.merged_into_id == place.id).order_by(Place.closed_on.desc(), Place.code)
        )
    )


def successor(place: Place) -> Place:
    """Return the place that a merged place belongs to now, through every merge; an open place itself."""
    seen = {place.id}
    while place.merged_into is not None and place.merged_into_id not in seen:
        place = place.merged_into
        seen.add(place.id)
    return place


def versions(place: Place) -> list[PlaceVersion]:
    """Return the history of names and codes, the latest first."""
    rows = select(PlaceVersion).where(PlaceVersion.place_id == place.id).order_by(PlaceVersion.id.desc())
    return list(db.session.scalars(rows))


def name_on(place: Place, day: date) -> str:
    """Return what a place was called on a day (时称); before its first record, the first name known."""
    return _name_on(list(reversed(versions(place))), day) or place.name


def former_names(wanted: Iterable[tuple[int, date]]) -> dict[tuple[int, date], str]:
    """Return the name on the day (时称) for the pairs of place and day whose name is another today. One query."""
    pairs = set(wanted)
    history: dict[int, list[PlaceVersion]] = {}
    rows = select(PlaceVersion).where(PlaceVersion.place_id.in_({place_id for place_id, _day in pairs}))
    for version in db.session.scalars(rows.order_by(PlaceVersion.id)):
        history.setdefault(version.place_id, []).append(version)
    names = {(i, day): _name_on(history[i], day) for i, day in pairs if i in history}
    return {pair: name for pair, name in names.items() if name != history[pair[0]][-1].name}


def _name_on(history: Sequence[PlaceVersion], day: date) -> str:
    in_force = [v for v in history if v.valid_from <= day and (v.valid_to is None or day <= v.valid_to)]
    earlier = in_force or [v for v in history if v.valid_from <= day]
    found = (earlier or history[:1])[-1:]
    return found[0].name if found else ""


@dataclass(frozen=True, slots=True)
class County:
    """A county with towns, and how many towns and villages are open in it."""

    place: Place
    city: str
    towns: int
    villages: int


def counties() -> list[County]:
    """Return the counties of which towns are known, with counts."""
    county, town, village = aliased(Place), aliased(Place), aliased(Place)
    city = aliased(Place)
    rows = db.session.execute(
        select(county, city.short_name, func.count(town.id.distinct()), func.count(village.id))
        .join(town, (town.parent_id == county.id) & (town.level == TOWN_LEVEL) & town.closed_on.is_(None))
        .outerjoin(village, (village.parent_id == town.id) & village.closed_on.is_(None))
        .outerjoin(city, city.id == county.parent_id)
        .group_by(county.id, city.id)
        .order_by(county.code)
    )
    return [County(place, name or "", towns, villages) for place, name, towns, villages in rows]


def villages_by_town(county: Place) -> dict[int, list[Place]]:
    """Return the open villages of a county by the id of their town, in the order of their codes."""
    town = aliased(Place)
    rows = db.session.scalars(
        select(Place)
        .join(town, town.id == Place.parent_id)
        .where(town.parent_id == county.id, Place.closed_on.is_(None))
        .order_by(Place.code)
    )
    found: dict[int, list[Place]] = {}
    for village in rows:
        found.setdefault(village.parent_id or 0, []).append(village)
    return found
