"""One's own duties towards things that are no cases: for the digest, beside the list of the desk."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.cases.ledger.due import DueCell
from tracker.core.database import db
from tracker.deadlines.limits import DUTIES
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, is_counted, shown_all
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.subjects.answers import SubjectWords
from tracker.reminders.subjects.table import Subjects

MOST = 1000


@dataclass(frozen=True)
class OtherDuty:
    """A thing with its nearest duty."""

    words: SubjectWords
    due: DueCell


def other_duties(
    subjects: Subjects, reader: Reader, today: date, *, limit: int = MOST, now: datetime | None = None
) -> list[OtherDuty]:
    """Return one's own things that are no cases, with a running duty each, the nearest first.

    Nothing is asked of the database where no such kind of thing exists.
    """
    if all(thing.column for thing in subjects.things):
        return []
    duties = (Deadline.case_id.is_(None), Deadline.ended_on.is_(None), Deadline.kind.in_(DUTIES), is_counted())
    both = joinedload(Deadline.owner_department), joinedload(Deadline.owner)
    rows = db.session.scalars(
        select(Deadline)
        .where(*duties, subjects.own_clocks(reader, today))
        .order_by(Deadline.effective_due, Deadline.id)
        .limit(limit)
        .options(*both)
    ).all()
    about = subjects.about(rows)
    nearest: dict[Ref, ShownClock] = {}
    for row, clock in zip(rows, shown_all(rows, today, now=now) if rows else (), strict=True):
        nearest.setdefault(about[row.id], clock)
    words = subjects.words(nearest)
    return [OtherDuty(words[each], _due(clock)) for each, clock in nearest.items()]


def _due(clock: ShownClock) -> DueCell:
    return DueCell(clock.label, clock.due_on, clock.light, clock.date_text, clock.words, clock.provisional)
