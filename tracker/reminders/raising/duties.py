"""Which of several clocks of one duty leads, and which follow it (`ladder/rules/duties.ONE_DUTY`), in SQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, tuple_
from sqlalchemy.orm import aliased

from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.reminders.ladder.rules.duties import ONE_DUTY
from tracker.reminders.subjects.table import Subjects

_Other = aliased(Deadline)
# A clock that stands still says nothing, and leads nobody.
_RUNS = (_Other.ended_on.is_(None), _Other.paused_on.is_(None))


def follows(subjects: Subjects) -> ColumnElement[bool]:
    """Return the condition on a running clock that another leads: of the same duty that with the earlier last day.

    The reply to a letter of the ladder follows the clock that the letter is about.
    """
    earlier = tuple_(_Other.effective_due, _Other.id) < tuple_(Deadline.effective_due, Deadline.id)
    led = (and_(of, exists().where(*each, earlier).correlate(Deadline)) for of, each in _same_duty())
    return or_(subjects.letters.about_running(), *led)


def _same_duty() -> list[tuple[ColumnElement[bool], tuple[ColumnElement[bool], ...]]]:
    """Return for each duty the condition on a clock, and those on the others beside it: same matter, same unit."""
    found: list[tuple[ColumnElement[bool], tuple[ColumnElement[bool], ...]]] = []
    for duty in ONE_DUTY:
        kinds = sorted(kind.value for kind in duty)
        same = (_Other.case_id == Deadline.case_id, _Other.owner_department_id == Deadline.owner_department_id)
        found.append((Deadline.kind.in_(kinds), (*same, *_RUNS, _Other.kind.in_(kinds), _Other.id != Deadline.id)))
    return found


@dataclass(frozen=True, slots=True)
class Beside:
    """A clock of the same duty beside the one that leads."""

    kind: LimitKind
    due_on: date
    claimed_on: date | None


def beside(clock_ids: Collection[int]) -> dict[int, list[Beside]]:
    """Return for each clock the others of its duty that run beside it, by their last days."""
    found: dict[int, list[Beside]] = {}
    same = or_(false(), *(and_(of, *each) for of, each in _same_duty()))
    rows = (
        select(Deadline.id, _Other.kind, _Other.effective_due, _Other.claimed_on)
        .join(_Other, same)
        .where(Deadline.id.in_(clock_ids))
    )
    for id_, kind, due_on, claimed_on in db.session.execute(rows.order_by(_Other.effective_due, _Other.id)):
        found.setdefault(id_, []).append(Beside(LimitKind(kind), due_on, claimed_on))
    return found
