"""Whether the hints of running duties can be true (核对): computed again from clock, ladder, calendar and record.

Columns only, a stretch of keys at a time, without a lock. What letters hold back is not asked here: what is doubted
for it is looked at properly, and found to be in order.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from tracker.core.database import db, only_filtering
from tracker.deadlines.counting import pauses_of
from tracker.deadlines.limits import DUTIES, LimitKind
from tracker.deadlines.models import Deadline
from tracker.reminders.ladder.rules.reach import DayCounter, Ref, Watched, look
from tracker.reminders.ladder.rules.rungs import Rung
from tracker.reminders.models import DEADLINE, RAISED, WITHDRAWN, Escalation
from tracker.reminders.subjects.table import Subjects
from tracker.working_days.rules import Pause

_DECIDING = (
    *(Deadline.kind, Deadline.started_on, Deadline.effective_due, Deadline.nominal_due),
    *(Deadline.revised_on, Deadline.paused_on),
)
_OTHERS = (Deadline.id, Deadline.subject, Deadline.subject_id, Deadline.revision, Deadline.look_on)
Known = tuple[tuple[str, bool], ...]


@dataclass
class Stretch:
    """What was found in a stretch of keys: how many hints, which cannot be true, how many clocks nobody answers for."""

    checked: int = 0
    doubted: list[int] = field(default_factory=list)
    unseen: int = 0


def last_clock() -> int:
    """Return the highest key of a clock."""
    return db.session.scalar(select(func.max(Deadline.id))) or 0


@dataclass
class Checker:
    """Checks hints as of a day, and remembers what it computed: many clocks are alike in all that decides."""

    subjects: Subjects
    ladder: tuple[Rung, ...]
    days: DayCounter
    today: date
    _wanted: dict[tuple[Any, ...], date] = field(default_factory=dict)

    def stretch(self, after: int, until: int) -> Stretch:
        """Check the running duties whose keys lie after one and not after another."""
        found, known = Stretch(), _known(after, until)
        rows = db.session.execute(
            select(*_DECIDING, *_OTHERS, Deadline.excluded_days).where(
                Deadline.id > after,
                Deadline.id <= until,
                only_filtering(Deadline.ended_on.is_(None)),
                only_filtering(Deadline.kind.in_(DUTIES)),
            )
        ).all()
        pauses = pauses_of(rows)
        for row in rows:
            found.checked += 1
            if row.subject not in self.subjects.kinds:
                found.unseen += 1
            elif row.look_on is None or row.look_on > self._wanted_on(
                row, known.get((row.id, row.revision), ()), pauses.get(row.id, ())
            ):
                found.doubted.append(row.id)
        return found

    def _wanted_on(self, row: Any, known: Known, pauses: tuple[Pause, ...]) -> date:
        key = (*row[: len(_DECIDING)], known, pauses)
        wanted = self._wanted.get(key)
        if wanted is None:
            clock = Watched(
                row.id,
                LimitKind(row.kind),
                Ref(row.subject, row.subject_id),
                row.started_on,
                row.effective_due,
                row.revision,
                row.revised_on,
                paused_on=row.paused_on,
                pauses=pauses,
                counted_on=row.nominal_due,
            )
            seen = look(clock, self.ladder, self.today, self.days, known=dict(known))
            wanted = self._wanted[key] = seen.wanted_on(self.today)
        return wanted


def _known(after: int, until: int) -> dict[tuple[int, int], Known]:
    """Return which rungs are recorded of the clocks in a stretch, by clock and revision; whether each was raised."""
    found: dict[tuple[int, int], Known] = {}
    rows = db.session.execute(
        select(Escalation.subject_id, Escalation.revision, Escalation.rung, Escalation.state)
        .where(Escalation.subject == DEADLINE, Escalation.subject_id > after, Escalation.subject_id <= until)
        .order_by(Escalation.subject_id, Escalation.revision, Escalation.rung)
    )
    for id_, revision, rung, state in rows:
        if state != WITHDRAWN:
            found[id_, revision] = (*found.get((id_, revision), ()), (rung, state == RAISED))
    return found
