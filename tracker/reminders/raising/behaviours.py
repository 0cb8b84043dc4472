"""What is not a date but deserves a word (行为触发): what was seen of it and not told yet, asked of the subjects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, exists, select

from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.moments import Behaviour
from tracker.reminders.ladder.rules.reach import DayCounter, Ref
from tracker.reminders.ladder.rules.rungs import Rung
from tracker.reminders.models import WITHDRAWN, Escalation
from tracker.reminders.subjects.answers import Watch, until
from tracker.reminders.subjects.table import Subjects
from tracker.working_days.rules import Unit


@dataclass(frozen=True, slots=True)
class Seen:
    """A behaviour that was seen: on what, of which thing, since when."""

    seen_on: Ref
    revision: int
    about: Ref
    on: date


def seen(subjects: Subjects, rung: Rung, today: date, *, limit: int) -> list[Seen]:
    """Return what a behaviour rung has to say that was not recorded yet, the oldest first.

    `on` is the day it was seen; the caller counts the rung's days from it. Only what is at least that many calendar
    days old is returned: working days are never fewer.
    """
    if rung.behaviour is None:
        return []
    thing, watch = subjects.watching(rung.behaviour)
    asked = until(at_local(today - timedelta(days=rung.number) + timedelta(days=1), 0))
    rows = db.session.execute(_untold(watch), {**asked, "rung": rung.code, "most": limit})
    return [
        Seen(Ref(watch.seen_on, row.subject_id), row.revision, Ref(thing.kind, row.thing_id), _day(row.at))
        for row in rows
    ]


@cache
def _untold(watch: Watch) -> Select[*tuple[Any, ...]]:
    """Return the statement of what was seen and not recorded yet: every run asks it of every behaviour."""
    columns = watch.statement().subquery()
    told = exists().where(
        Escalation.subject == watch.seen_on,
        Escalation.subject_id == columns.c.subject_id,
        Escalation.revision == columns.c.revision,
        Escalation.rung == bindparam("rung"),
        Escalation.state != WITHDRAWN,
    )
    oldest = select(columns).where(~told).order_by(columns.c.at, columns.c.subject_id)
    return oldest.limit(bindparam("most", type_=Integer))


def days_seen(subjects: Subjects, behaviour: Behaviour, last: date, reader: Reader) -> dict[date, int]:
    """Return on which days until `last` a behaviour was seen, and how often: told or not, as far as it still shows.

    Only what figures count for a reader.
    """
    thing, watch = subjects.watching(behaviour)
    asked, columns = until(at_local(last + timedelta(days=1), 0)), watch.statement().subquery()
    counts = subjects.seen_counted_for(thing, watch, columns, reader)
    found: dict[date, int] = {}
    for (at,) in db.session.execute(select(columns.c.at).where(counts), asked):
        found[_day(at)] = found.get(_day(at), 0) + 1
    return found


def day_of(rung: Rung, seen_on: date, days: DayCounter) -> date:
    """Return the day on which a behaviour rung is reached after the behaviour was seen."""
    if rung.unit == Unit.WORKING_DAY:
        return days.working_days_from(seen_on, rung.number)
    return seen_on + timedelta(days=rung.number)


def _day(at: date) -> date:
    return local_date(at) if isinstance(at, datetime) else at


def withdrawn(rung: Rung, found: Sequence[Seen]) -> dict[tuple[Ref, int], Escalation]:
    """Return the withdrawn rungs among what was seen, by what it was seen on and revision: they are raised again."""
    rows = db.session.scalars(
        select(Escalation).where(
            Escalation.rung == rung.code,
            Escalation.state == WITHDRAWN,
            Escalation.subject_id.in_([each.seen_on.id for each in found]),
        )
    )
    return {(Ref(row.subject, row.subject_id), row.revision): row for row in rows}
