"""Looking for words in accusations (检举控告件): no index has them, their texts are read one by one.

Only those on whose named list the reader is (知悉名单) are read, the newest first, and no more than `MOST_READ`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from tracker.cases.access.scope import accusations_known_to
from tracker.cases.record.models import Case, DemandPoint
from tracker.cases.record.search import FOUND, entry_of
from tracker.core.database import db, read_once
from tracker.people.rules import Reader

MOST_READ = 2000


@dataclass(frozen=True)
class ClosedTexts:
    """What was read: the normalised fields of each matter; `cut` where there are more than are read."""

    fields: Mapping[int, tuple[str, ...]]
    cut: bool

    def holding(self, word: str) -> list[int]:
        """Return the matters that have a normalised word in one of their fields."""
        return [case_id for case_id, fields in self.fields.items() if any(word in field for field in fields)]


def closed_texts(reader: Reader) -> ClosedTexts:
    """Return the texts of the accusations that the reader knows, read once in a transaction."""
    return read_once(f"texts of the accusations known to {reader}", lambda: _read(reader))


def of_own_list(reader: Reader, *columns: Any) -> Select[Any]:
    """Return the query for the accusations on whose named list the reader is: the newest, as many as are read."""
    return select(Case.id, *columns).where(accusations_known_to(reader)).order_by(Case.id.desc()).limit(MOST_READ)


def _read(reader: Reader) -> ClosedTexts:
    rows = db.session.execute(of_own_list(reader, *FOUND).limit(MOST_READ + 1)).all()
    points: dict[int, list[str]] = {}
    if rows:
        of_these = DemandPoint.case_id.in_([row.id for row in rows])
        for case_id, text in db.session.execute(select(DemandPoint.case_id, DemandPoint.text).where(of_these)):
            points.setdefault(case_id, []).append(text)
    read = (entry_of(case_id, fields, points.get(case_id, ())) for case_id, *fields in rows[:MOST_READ])
    return ClosedTexts({entry.case_id: entry.fields for entry in read}, len(rows) > MOST_READ)
