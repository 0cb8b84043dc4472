"""Many clocks at once, on a few cases of the county, without carrying every case along its whole line."""

import random
from datetime import date, timedelta

from sqlalchemy import select

from tests.world.county import County
from tests.world.matters import Matter
from tracker import audit
from tracker.audit import Event
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.deadlines.limits import LIMITS, NOT_OF_MATTERS
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import start_clock, stop_clock
from tracker.reminders.models import Escalation
from tracker.working_days.rules import Unit

# What a matter may owe: the kinds of other things stand on no case.
DUTIES = tuple(kind for kind, limit in LIMITS.items() if limit.duty and kind not in NOT_OF_MATTERS)


def make_clocks(
    county: County, count: int, *, begin: date, span: int, seed: int = 1, cases: int = 8, ended: float = 0.2
) -> list[int]:
    """Add clocks of every kind that start within `span` days from `begin`, some ended on some day; return their ids."""
    chance = random.Random(seed)
    made = [Matter(county).until("assign").case for _ in range(cases)]
    with committed():
        rows = [_clock(chance, chance.choice(made), begin, span, ended) for _ in range(count)]
        db.session.flush()
        audit.record(Event.DATES_RECOUNTED, by=None, now=clock.now())
    return [row.id for row in rows]


def _clock(chance: random.Random, case: Case, begin: date, span: int, ended: float) -> Deadline:
    kind = chance.choice(DUTIES)
    started_on = begin + timedelta(days=chance.randrange(span))
    due_on = started_on + timedelta(days=chance.randrange(1, 45)) if LIMITS[kind].unit == Unit.FIXED else None
    owed = {"subject": "case", "subject_id": case.id}  # owed by nobody in particular: each climbs by itself
    since = {"started_at": at_local(started_on, 0)} if LIMITS[kind].unit == Unit.HOUR else {}
    row = start_clock(kind, case_id=case.id, started_on=started_on, due_on=due_on, **owed, **since)  # type: ignore[arg-type]
    if chance.random() < ended:
        stop_clock(row, on=started_on + timedelta(days=chance.randrange(60)), met=True, by_action="test")
    return row


def recorded(clock_ids: list[int]) -> set[tuple[int, int, str]]:
    """Return every rung that was recorded for the clocks, raised or skipped."""
    rows = db.session.execute(select(Escalation.subject_id, Escalation.revision, Escalation.rung))
    wanted = set(clock_ids)
    return {tuple(row) for row in rows if row.subject_id in wanted}
