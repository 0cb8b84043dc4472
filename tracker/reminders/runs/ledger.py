"""运行记录: the runs of a day as one person reads them.

A run that raised something splits the row of quiet ones, so rows are joined after they are counted for their reader:
nobody sees from a break in the list that something was raised of which they may not know.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import and_, func, select, union_all

from tracker.core.clock import day_bounds, local_date
from tracker.core.database import db, only_filtering
from tracker.notifications.models import Notice
from tracker.people.rules import Reader
from tracker.reminders.models import DONE, RUNG, RUNNING, SKIPPED, Escalation, TickRun
from tracker.reminders.runs.queries import HELD, has_gap
from tracker.reminders.subjects.table import Subjects


@dataclass
class Raised:
    """What a run raised by rung, only recorded by reason, and how much of it came late."""

    raised: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    late: int = 0


@dataclass
class ShownRun:
    """One line of the list: a run, or several in a row that brought its reader nothing.

    `row` is the latest of them; `held` says how many notices of it wait.
    """

    row: TickRun
    started_at: datetime
    ticks: int
    found: Raised
    held: int | None = None

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to say of it."""
        row, found = self.row, self.found
        said = row.sentence or row.wrong_hints or row.held or row.released_at or row.state != DONE or has_gap(row)
        return not (said or found.raised or found.skipped or self.held)


def first_day() -> date | None:
    """Return the day of the first run, or None before it."""
    first = db.session.scalar(select(func.min(TickRun.started_at)))
    return local_date(first) if first else None


def runs_of(subjects: Subjects, day: date, reader: Reader) -> list[ShownRun]:
    """Return the runs of a day, the latest first, quiet ones in a row as one."""
    begin, end = day_bounds(day)
    of_day = select(TickRun).where(TickRun.started_at >= begin, TickRun.started_at < end)
    rows = db.session.scalars(of_day.order_by(TickRun.id.desc())).all()
    raised, held = raised_by(subjects, rows, reader), held_notices(subjects, reader)
    shown: list[ShownRun] = []
    for row in rows:
        one = ShownRun(row, row.started_at, row.ticks, raised[row.id], held.get(row.id))
        if shown and shown[-1].quiet and one.quiet:
            shown[-1].started_at, shown[-1].ticks = one.started_at, shown[-1].ticks + one.ticks
        else:
            shown.append(one)
    return shown


def waiting_runs(subjects: Subjects, reader: Reader) -> list[tuple[TickRun, int | None]]:
    """Return the runs of any day of which something waits for release (等待放行), the latest first, with how much."""
    held = held_notices(subjects, reader)
    waits = union_all(select(TickRun.id).where(TickRun.held.is_(True)), select(TickRun.id).where(TickRun.id.in_(held)))
    ended = select(TickRun).where(TickRun.id.in_(waits), TickRun.state != RUNNING)
    rows = db.session.scalars(ended.order_by(TickRun.id.desc())).all()
    return [(row, held.get(row.id)) for row in rows]


def held_notices(subjects: Subjects, reader: Reader) -> dict[int, int]:
    """Return how many notices of each run wait until somebody releases them, as far as figures count for the person.

    A run whose notices are all about what does not count for them stands with none.
    """
    rows = db.session.execute(
        select(Escalation.run_id, func.count().filter(subjects.escalations_counted_for(reader)))
        .join(Notice, and_(only_filtering(Notice.source == RUNG), Notice.source_id == Escalation.id))
        .where(*HELD)
        .group_by(Escalation.run_id)
    )
    return {run_id: number for run_id, number in rows if run_id is not None}


def raised_by(subjects: Subjects, rows: Sequence[TickRun], reader: Reader) -> dict[int, Raised]:
    """Return what runs raised, by run, as far as figures count it for the person. One query."""
    found = {row.id: Raised() for row in rows}
    columns = (Escalation.run_id, Escalation.rung, Escalation.state, Escalation.skipped_because, Escalation.late)
    counted = (
        select(*columns, func.count())
        .where(Escalation.run_id.in_(found), subjects.escalations_counted_for(reader))
        .group_by(*columns)
    )
    for run_id, rung, state, because, late, number in db.session.execute(counted):
        run = found[run_id or 0]
        if state == SKIPPED:
            run.skipped[because or ""] += number
        else:
            run.raised[rung] += number
            run.late += number if late else 0
    return found
