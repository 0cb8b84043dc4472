"""The ladder in force, and the editions before it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.supervision.models import LadderEdition
from tracker.supervision.rules.ladder import LADDER, Rung
from tracker.supervision.rules.ladder_json import from_json


@dataclass(frozen=True)
class Ladder:
    """The table in force; `edition_id` is None for the one that the program comes with."""

    edition_id: int | None
    rungs: tuple[Rung, ...]

    def rung(self, code: str) -> Rung | None:
        """Return the rung of a code; None where the table has it no more."""
        return next((rung for rung in self.rungs if rung.code == code), None)


def current() -> Ladder:
    """Return the ladder in force: the latest edition, else the table of the program."""
    latest = db.session.scalar(select(LadderEdition).order_by(LadderEdition.id.desc()).limit(1))
    return Ladder(latest.id, from_json(latest.rungs)) if latest else Ladder(None, LADDER)


def editions() -> list[LadderEdition]:
    """Return every edition that was adopted, the latest first."""
    rows = select(LadderEdition).options(joinedload(LadderEdition.adopted_by)).order_by(LadderEdition.id.desc())
    return list(db.session.scalars(rows))
