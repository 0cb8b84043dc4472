"""读入: the runs that brought villages from sheets, by their mark."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func, select

from tracker.core.database import db
from tracker.key_villages.models import VillageEntry
from tracker.key_villages.rules.codes import VillageStage


@dataclass(frozen=True)
class VillagesRun:
    """A run: its mark, how many villages it brought, how many are withdrawn; addresses name it by one of them."""

    mark: str
    public_id: str
    villages: int
    withdrawn: int

    @property
    def undone(self) -> bool:
        """Whether it was taken back as a whole."""
        return self.withdrawn == self.villages


def village_runs(office_ids: Collection[int]) -> list[VillagesRun]:
    """Return the runs that brought villages to some offices, the latest first."""
    withdrawn = func.sum(case((VillageEntry.stage == VillageStage.WITHDRAWN.value, 1), else_=0))
    mark = VillageEntry.imported_as
    rows = db.session.execute(
        select(mark, func.min(VillageEntry.public_id), func.count(), withdrawn)
        .where(mark.is_not(None), VillageEntry.office_id.in_(office_ids))
        .group_by(mark)
        .order_by(mark.desc())
    )
    return [VillagesRun(mark, public_id, villages, int(gone)) for mark, public_id, villages, gone in rows]
