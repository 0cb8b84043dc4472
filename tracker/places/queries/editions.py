"""What importing a file would do, asked before it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from tracker.core.database import db
from tracker.places.models import Place, PlaceVersion
from tracker.places.rules import EditionPlan, Known, PlaceLine, import_plan, read_file

# Provinces, cities and counties that come with the program: statistical codes of 2023 (china-division 2.7.0, MIT).
SHIPPED = Path(__file__).resolve().parent.parent / "shipped" / "shanxi_province_city_county.csv"

COLUMNS = (
    Place.id,
    Place.code,
    Place.name,
    Place.level,
    Place.parent_id,
    Place.valid_from,
    Place.closed_on,
    Place.merged_into_id,
)


@cache
def shipped_rows() -> tuple[PlaceLine, ...]:
    """Return the province, cities and counties that come with the program."""
    return read_file(SHIPPED.read_bytes()).rows


def plan(rows: Iterable[PlaceLine], *, as_of: date) -> EditionPlan:
    """Return what importing the rows would change (读入预览); raises FileRefused with sentences by row."""
    return import_plan(rows, known_places(), as_of=as_of, above=shipped_rows())


@dataclass(frozen=True, slots=True)
class PlaceEdition:
    """One import: what it was called, as of when, how many places it renamed."""

    source: str
    as_of: date
    changes: int


def editions() -> list[PlaceEdition]:
    """Return what was imported (已读入的版本), the latest first."""
    rows = db.session.execute(
        select(PlaceVersion.source, PlaceVersion.valid_from, func.count())
        .where(PlaceVersion.manual.is_(False))
        .group_by(PlaceVersion.source, PlaceVersion.valid_from)
        .order_by(func.max(PlaceVersion.id).desc())
    )
    return [PlaceEdition(*row) for row in rows]


def known_places() -> list[Known]:
    """Return every place with its latest version and what the last imported edition said of it."""
    listed: dict[int, tuple[str, str, str | None]] = {}
    latest: dict[int, tuple[int, date, bool]] = {}
    versions = select(
        PlaceVersion.place_id,
        PlaceVersion.id,
        PlaceVersion.valid_from,
        PlaceVersion.manual,
        PlaceVersion.code,
        PlaceVersion.name,
        PlaceVersion.parent_code,
    ).order_by(PlaceVersion.id)
    for place_id, version_id, valid_from, manual, code, name, parent_code in db.session.execute(versions):
        latest[place_id] = (version_id, valid_from, manual)
        if not manual:
            listed[place_id] = (code, name, parent_code)
    return [_known(row, latest.get(row.id), listed.get(row.id)) for row in db.session.execute(select(*COLUMNS))]


def _known(row: Any, latest: tuple[int, date, bool] | None, listed: tuple[str, str, str | None] | None) -> Known:
    version_id, valid_from, manual = latest or (None, row.valid_from, True)
    return Known(
        id=row.id,
        version_id=version_id,
        code=row.code,
        name=row.name,
        level=row.level,
        parent_id=row.parent_id,
        valid_from=valid_from,
        closed_on=row.closed_on,
        merged=row.merged_into_id is not None,
        manual=manual,
        listed=listed,
    )
