"""Many clocks at once before `tests.world`, for the tests that still build their own county."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tests.cases.office import County, make_county
from tests.world.clocks import DUTIES, make_clocks, recorded
from tracker.cases.models import Case
from tracker.core.database import db

__all__ = ["DUTIES", "World", "make_world", "recorded"]


@dataclass
class World:
    """A county, its cases, and the ids of the clocks that were added."""

    county: County
    cases: list[Case]
    clock_ids: list[int]


def make_world(clocks: int, *, begin: date, span: int, **more: Any) -> World:
    """Add clocks of every kind that start within `span` days from `begin`."""
    county = make_county()
    ids = make_clocks(county, clocks, begin=begin, span=span, **more)  # type: ignore[arg-type]
    return World(county, list(db.session.scalars(select(Case))), ids)
