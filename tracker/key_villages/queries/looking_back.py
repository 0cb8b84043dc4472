"""What people see of looks back (回头看): of one village, those that wait, what they found, and the samples."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.core.drawing import drawn
from tracker.core.errors import NotFound
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, shown_all
from tracker.key_villages.access import keeps, visible_to
from tracker.key_villages.models import LookBackSample, VillageEntry, VillageLookBack
from tracker.key_villages.rules.looking_back import (
    LOOK_BACK_LABELS,
    OCCASION_LABELS,
    RESULT_LABELS,
    LookBackStage,
    Occasion,
    VillageResult,
)
from tracker.key_villages.service.look_back_clocks import LOOK_BACK
from tracker.people.rules import Reader

BACK_AGAIN = (VillageResult.RECURRED.value, VillageResult.NEW.value)


@dataclass(frozen=True)
class ShownLookBack:
    """A look back as pages show it, with its clock while it waits."""

    row: VillageLookBack
    clock: ShownClock | None

    @property
    def occasion(self) -> str:
        """Why it is done."""
        return OCCASION_LABELS[Occasion(self.row.occasion)]

    @property
    def words(self) -> str:
        """Its result, or how far it is."""
        if self.row.result is not None:
            return RESULT_LABELS[VillageResult(self.row.result)]
        return LOOK_BACK_LABELS[LookBackStage(self.row.stage)]

    @property
    def stable(self) -> bool:
        """Whether the village was found to be stable."""
        return self.row.result == VillageResult.STABLE


@dataclass(frozen=True)
class LookBacks:
    """All looks back that a reader may see: those that wait, those done, and how many villages came back (反弹)."""

    waiting: Sequence[ShownLookBack]
    done: Sequence[ShownLookBack]
    samples: Sequence[LookBackSample]

    @property
    def came_back(self) -> int:
        """How many found that something came back or is new (反弹)."""
        return sum(each.row.result in BACK_AGAIN for each in self.done)


def of_entry(entry: VillageEntry, *, today: date, now: datetime) -> list[ShownLookBack]:
    """Return the looks back at a village: those that wait first, the nearest day first, then the latest."""
    asked = select(VillageLookBack).where(VillageLookBack.entry_id == entry.id)
    return _in_order(_shown(list(db.session.scalars(asked)), today, now))


def look_backs_for(reader: Reader, *, today: date, now: datetime) -> LookBacks:
    """Return the looks back at the villages that a reader may see."""
    asked = select(VillageLookBack).join(VillageLookBack.entry).where(visible_to(reader, today))
    rows = list(db.session.scalars(asked.options(joinedload(VillageLookBack.entry))))
    found = _in_order(_shown([row for row in rows if row.stage != LookBackStage.DROPPED], today, now))
    samples = db.session.scalars(select(LookBackSample).order_by(LookBackSample.id.desc()))
    return LookBacks(
        waiting=[each for each in found if each.row.stage == LookBackStage.PLANNED],
        done=[each for each in found if each.row.stage == LookBackStage.DONE],
        samples=[each for each in samples if keeps(reader, each.office_id)],
    )


def _in_order(rows: list[ShownLookBack]) -> list[ShownLookBack]:
    waiting = [each for each in rows if each.row.stage == LookBackStage.PLANNED]
    over = [each for each in rows if each.row.stage != LookBackStage.PLANNED]
    nearest = sorted(waiting, key=lambda each: (each.row.due_on, each.row.id))
    return nearest + sorted(over, key=lambda each: (each.row.looked_on or date.min, each.row.id), reverse=True)


def _shown(rows: Collection[VillageLookBack], today: date, now: datetime) -> list[ShownLookBack]:
    ids = [row.id for row in rows]
    about = (Deadline.subject == LOOK_BACK, Deadline.subject_id.in_(ids), Deadline.ended_on.is_(None))
    clocks = db.session.scalars(select(Deadline).where(*about).order_by(Deadline.id)).all()
    by_id = {row.subject_id: shown for shown, row in zip(shown_all(clocks, today, now=now), clocks, strict=True)}
    return [ShownLookBack(row, by_id.get(row.id)) for row in rows]


@dataclass(frozen=True)
class SamplePage:
    """A sample: what was drawn, and what the recorded seed draws from the recorded pool now."""

    sample: LookBackSample
    rows: Sequence[ShownLookBack]
    again: Sequence[str]

    @property
    def same(self) -> bool:
        """Whether drawing it again gives the same villages."""
        return set(self.again) == {each.row.entry.number for each in self.rows}


def sample_page(public_id: str, reader: Reader, *, today: date, now: datetime) -> SamplePage:
    """Return the page of a sample, for who keeps the ledger of its office; raises NotFound."""
    sample = db.session.scalar(select(LookBackSample).where(LookBackSample.public_id == public_id))
    if sample is None or not keeps(reader, sample.office_id):
        raise NotFound
    rows = list(db.session.scalars(select(VillageLookBack).where(VillageLookBack.sample_id == sample.id)))
    again = drawn(sample.pool.splitlines(), sample.seed, sample.size)
    return SamplePage(sample, _shown(rows, today, now), again)
