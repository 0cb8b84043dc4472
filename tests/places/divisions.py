"""Real division codes for the tests of places: the county that the demonstration uses too."""

import csv
from collections.abc import Iterable
from datetime import date
from io import StringIO
from pathlib import Path

from tracker.core import clock
from tracker.places import queries, service
from tracker.places.models import Place
from tracker.places.rules import EditionPlan, PlaceLine, level_of, parent_code_of, read_file

PROJECT = Path(__file__).resolve().parents[2]
YANGCHENG_FILE = PROJECT / "tracker" / "demo" / "yangcheng_140522.csv"
CHANGES_FILE = Path(__file__).with_name("shanxi_town_changes_2022_to_2023.csv")
YANGCHENG = read_file(YANGCHENG_FILE.read_bytes()).rows
EDITION = date(2023, 6, 30)
NEXT_EDITION = date(2024, 6, 30)
COUNTY, TOWN, VILLAGE, NEIGHBOUR = "140522000000", "140522102000", "140522102214", "140522102215"


def load(rows: Iterable[PlaceLine], *, as_of: date = EDITION, source: str = "2023 年版") -> EditionPlan:
    """Import rows and commit, as the edges do."""
    return service.import_places(tuple(rows), source=source, as_of=as_of, by=None, now=clock.now())


def row(code: str, name: str, number: int = 0) -> PlaceLine:
    """Return a row of a file."""
    return PlaceLine(number, code, name, level_of(code), parent_code_of(code))


def changed(rows: Iterable[PlaceLine], names: dict[str, str | None]) -> tuple[PlaceLine, ...]:
    """Return the rows with other names; None leaves a row out."""
    kept = (one for one in rows if names.get(one.code, "") is not None)
    return tuple(row(one.code, names.get(one.code) or one.name, one.number) for one in kept)


def place(code: str) -> Place:
    """Return the place of a code that must be there."""
    found = queries.by_code(code)
    assert found is not None, code
    return found


def town_changes() -> list[dict[str, str]]:
    """Return what became of the towns of Shanxi between the editions of 2022 and 2023."""
    return list(csv.DictReader(StringIO(CHANGES_FILE.read_text(encoding="utf-8"))))
