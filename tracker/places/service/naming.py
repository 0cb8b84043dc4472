"""What follows from a name: what people say, its initials, what it is found by."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select

from tracker.core.database import db
from tracker.core.text import pinyin_initials
from tracker.places.models import PlaceVersion
from tracker.places.rules import search_key, short_name

_PARTS = 500


def spoken(name: str, level: int, former: Iterable[str] = ()) -> dict[str, str]:
    """Return the columns that follow from a name."""
    short = short_name(name, level)
    initials = pinyin_initials(short)
    key = search_key(name, short, initials, former)
    return {"name": name, "short_name": short, "initials": initials, "search_key": key}


def former_names(place_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return every name that places had, by their id, the latest first."""
    wanted, names = sorted(place_ids), defaultdict(list)
    for start in range(0, len(wanted), _PARTS):
        rows = select(PlaceVersion.place_id, PlaceVersion.name).order_by(PlaceVersion.id.desc())
        for place_id, name in db.session.execute(rows.where(PlaceVersion.place_id.in_(wanted[start : start + _PARTS]))):
            names[place_id].append(name)
    return names
