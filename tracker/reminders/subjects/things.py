"""Things that stand in a table of their own, as the timer works on them: locked by their keys, never given a letter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from tracker.core.clock import local_date
from tracker.core.database import Model, db
from tracker.reminders.subjects.answers import Free, Ids, Issued


@dataclass(frozen=True)
class Things:
    """The rows of a table that are things of one kind, each of an office.

    `told_in` is the column by which the lines of a trail name one; None where there is no trail.
    """

    model: Any
    office_id: Callable[[Any], int]
    told_in: Any = None
    round_of: Callable[[Any], int] = lambda _row: 1

    def some(self, ids: Ids) -> Select[Any]:
        """Select some of them, in the order of their keys."""
        return select(self.model).where(self.model.id.in_(ids)).order_by(self.model.id)

    def lock(self, ids: Ids) -> None:
        """Lock some of them until the end of the transaction."""
        db.session.execute(self.some(ids).with_for_update(of=self.model, key_share=True)).all()

    def free(self, ids: Ids) -> dict[int, Free]:
        """Lock those that nobody works on just now; they shut nobody out but by who may know of them."""
        unlocked = self.some(ids).with_for_update(of=self.model, skip_locked=True, key_share=True)
        rows = db.session.scalars(unlocked).all()
        return {row.id: Free(self.office_id(row), self.round_of(row), False, frozenset(), None) for row in rows}

    def noted(self, ids: Ids) -> dict[int, list[date]]:
        """Return the days of the signs of work on each: every line that a person wrote."""
        if self.told_in is None:
            return {}
        line = self.told_in.class_
        asked = select(self.told_in, line.entered_at).where(self.told_in.in_(ids)).order_by(line.entered_at)
        found: dict[int, list[date]] = {}
        for id_, at in db.session.execute(asked):
            found.setdefault(id_, []).append(local_date(at))
        return found


def no_lines(issued: Sequence[Issued], _at: datetime) -> list[list[Model]]:
    """Leave nothing with the thing: the ladder issues no paper about one."""
    return [[] for _ in issued]
