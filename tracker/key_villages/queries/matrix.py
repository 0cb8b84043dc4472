"""三包三定 as a matrix: villages of a township, a column for each layer; what is unfilled; the history of one village.

Whether a village stands on the ledger is told only to who may see it there: for others sponsor and liaison are no
question.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.key_villages.access import visible_to
from tracker.key_villages.duty_access import towns_visible_to
from tracker.key_villages.models import VillageDuty, VillageEntry
from tracker.key_villages.rules.codes import ENDED, VillageDutyKind
from tracker.key_villages.rules.layers import COLUMNS, LAYERS
from tracker.people.rules import Reader
from tracker.places.models import Place
from tracker.places.rules import VILLAGE_LEVEL

_OVER = tuple(stage.value for stage in ENDED)


@dataclass(frozen=True)
class DutyRow:
    """A village of the matrix. `entry` is its stay on the ledger, where the reader may see that."""

    village: Place
    town: Place
    entry: VillageEntry | None
    duties: Mapping[str, Sequence[VillageDuty]]

    def held(self, kind: VillageDutyKind) -> Sequence[VillageDuty]:
        """Return who has a duty; what belongs to the ledger only where the reader sees the village there."""
        return self.duties.get(kind, ()) if self.asks(kind) else ()

    def asks(self, kind: VillageDutyKind) -> bool:
        """Say whether somebody is to have a duty: a layer always, what belongs to the ledger on the ledger."""
        return kind in LAYERS or self.entry is not None

    def lacks(self, kind: VillageDutyKind) -> bool:
        """Say whether somebody is to have a duty and nobody has."""
        return self.asks(kind) and not self.held(kind)


@dataclass(frozen=True)
class Matrix:
    """The matrix as a person may see it. `missing` counts the villages in which a column is unfilled."""

    towns: Sequence[Place]
    rows: Sequence[DutyRow]

    @property
    def missing(self) -> Counter[VillageDutyKind]:
        """How many villages lack each column."""
        return Counter(kind for row in self.rows for kind in COLUMNS if row.lacks(kind))

    def of_town(self, town: Place) -> int:
        """Return in how many villages of a township a column is unfilled."""
        return sum(any(row.lacks(kind) for kind in COLUMNS) for row in self.rows if row.town.id == town.id)

    def chosen(self, town: str, missing: VillageDutyKind | None) -> list[DutyRow]:
        """Return the villages of a township (by public id; "" all), and those that lack a column."""
        return [
            row
            for row in self.rows
            if (not town or row.town.public_id == town) and (missing is None or row.lacks(missing))
        ]


def matrix(reader: Reader, today: date) -> Matrix:
    """Return the matrix of the townships that a person may see; four statements, however many villages there are."""
    towns = db.session.scalars(select(Place).where(towns_visible_to(reader)).order_by(Place.code)).all()
    by_id = {town.id: town for town in towns}
    asked = (Place.parent_id.in_(sorted(by_id)), Place.level == VILLAGE_LEVEL, Place.closed_on.is_(None))
    villages = db.session.scalars(select(Place).where(*asked).order_by(Place.code)).all()
    ids = [village.id for village in villages]
    entries, duties = _entries(ids, reader, today), _running(ids, today)
    rows = [
        DutyRow(village, by_id[village.parent_id or 0], entries.get(village.id), duties.get(village.id, {}))
        for village in villages
    ]
    return Matrix(towns, rows)


def _entries(ids: Collection[int], reader: Reader, today: date) -> dict[int, VillageEntry]:
    live = (VillageEntry.place_id.in_(ids), VillageEntry.stage.not_in(_OVER))
    rows = db.session.scalars(select(VillageEntry).where(*live, visible_to(reader, today)))
    return {row.place_id: row for row in rows}


def _running(ids: Collection[int], today: date) -> dict[int, dict[str, list[VillageDuty]]]:
    asked = (
        select(VillageDuty)
        .where(VillageDuty.place_id.in_(ids), VillageDuty.kind.in_([kind.value for kind in COLUMNS]))
        .where(VillageDuty.started_on <= today, or_(VillageDuty.ended_on.is_(None), VillageDuty.ended_on >= today))
        .options(joinedload(VillageDuty.user))
        .order_by(VillageDuty.id)
    )
    found: dict[int, dict[str, list[VillageDuty]]] = {}
    for row in db.session.scalars(asked):
        found.setdefault(row.place_id, {}).setdefault(row.kind, []).append(row)
    return found


@dataclass(frozen=True)
class VillageDuties:
    """The duties of one village: those that run or will, and those that are over, the latest first."""

    row: DutyRow
    running: Sequence[VillageDuty]
    over: Sequence[VillageDuty]


def duties_in(village: Place, reader: Reader, today: date) -> VillageDuties:
    """Return the duties of one village with their history."""
    entry = _entries([village.id], reader, today).get(village.id)
    kinds = [kind.value for kind in (COLUMNS if entry else LAYERS)]
    asked = select(VillageDuty).where(VillageDuty.place_id == village.id, VillageDuty.kind.in_(kinds))
    rows = db.session.scalars(asked.options(joinedload(VillageDuty.user)).order_by(VillageDuty.id.desc())).all()
    over = [row for row in rows if row.ended_on is not None and row.ended_on < today]
    own = _running([village.id], today).get(village.id, {})
    row = DutyRow(village, village.parent or village, entry, own)
    return VillageDuties(row, [each for each in rows if each not in over], over)


def village_of(public_id: str, reader: Reader) -> Place | None:
    """Return a village of the matrix by its address; None where the person may not see its township."""
    asked = select(Place).where(Place.public_id == public_id, Place.level == VILLAGE_LEVEL)
    of_towns = Place.parent_id.in_(select(Place.id).where(towns_visible_to(reader)))
    found: Place | None = db.session.scalar(asked.where(of_towns))
    return found
