"""Counting running clocks again after the calendar changed (重新计算期限), each changed date on the record."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Actor, Event
from tracker.cases.models import Case, CaseStep
from tracker.cases.rules.actions import Action
from tracker.cases.service.stepping import system_line
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import nearest_duty
from tracker.deadlines.service import TermCounter, recount
from tracker.working_days.queries import calendar

CASES_AT_ONCE = 500


@dataclass
class _Counted:
    """The running clocks of a case: which of them changed, and from which day to which the moved ones went."""

    clocks: list[Deadline]
    changed: list[Deadline]
    moved: list[tuple[Deadline, date, date]]


def lock_cases(case_ids: Collection[int]) -> None:
    """Lock cases until the end of the transaction, in the order of their keys.

    Call it before anything is written to the log: people lock their case first and the log last.
    """
    for ids in _batches(case_ids):
        some = select(Case.id).where(Case.id.in_(ids)).order_by(Case.id)
        db.session.execute(some.with_for_update(key_share=True)).all()


def recount_cases(case_ids: Collection[int], *, because: str, by: Actor | None, now: datetime) -> int:
    """Count the running clocks of cases again by the calendar as it is now; return how many dates moved.

    A clock that ended keeps its dates: time that was used is never rewritten. A day that the petitioner was told
    never moves earlier. `because` stands in the trail of each case whose date moved.
    """
    terms = TermCounter(calendar())
    return sum(_recount_batch(ids, terms, because, by=by, now=now) for ids in _batches(case_ids))


def _recount_batch(ids: Sequence[int], terms: TermCounter, because: str, *, by: Actor | None, now: datetime) -> int:
    found = {id_: _counted(clocks, terms, local_date(now)) for id_, clocks in _running_of(ids).items()}
    moved = {id_: each for id_, each in found.items() if each.moved}
    settled = [row for each in found.values() if not each.moved for row in each.changed]
    entries = [_entry(case, moved[case.id], because, now) for case in _fresh(moved)]
    if settled:
        entries.append(audit.Entry(None, {"settled": len(settled)}, settled))
    if entries:
        audit.record_all(Event.DATES_RECOUNTED, entries, by=by, now=now)
    return sum(len(each.moved) for each in moved.values())


def _running_of(case_ids: Sequence[int]) -> dict[int, list[Deadline]]:
    running = select(Deadline).where(Deadline.case_id.in_(case_ids), Deadline.ended_on.is_(None)).order_by(Deadline.id)
    clocks: dict[int, list[Deadline]] = {}
    for row in db.session.scalars(running.execution_options(populate_existing=True)):
        clocks.setdefault(row.case_id or 0, []).append(row)
    return clocks


def _fresh(case_ids: Collection[int]) -> Sequence[Case]:
    cases = select(Case).where(Case.id.in_(case_ids)).order_by(Case.id)
    return db.session.scalars(cases.execution_options(populate_existing=True)).all()


def _counted(clocks: list[Deadline], terms: TermCounter, today: date) -> _Counted:
    before = {row.id: row.effective_due for row in clocks}
    changed = [row for row in clocks if recount(row, terms, on=today)]
    moved = [(row, before[row.id], row.effective_due) for row in changed if row.effective_due != before[row.id]]
    return _Counted(clocks, changed, moved)


def _entry(case: Case, counted: _Counted, because: str, now: datetime) -> audit.Entry:
    """Keep the nearest day on the case, write its line of the trail, and return what the log says of it."""
    nearest = nearest_duty(counted.clocks)
    case.next_due_on = nearest.effective_due if nearest else None
    trail = _trail(case, counted, because, now)
    db.session.add(trail)
    days = {str(row.id): [old.isoformat(), new.isoformat()] for row, old, new in counted.moved}
    return audit.Entry(case.id, {"moved": days}, [*counted.changed, case, trail])


def _trail(case: Case, counted: _Counted, because: str, now: datetime) -> CaseStep:
    moved = [[LIMITS[LimitKind(row.kind)].label, long_date(old), long_date(new)] for row, old, new in counted.moved]
    return system_line(case.id, case, Action.RECOUNT, at=now, reason=because, facts={"moved": moved})


def _batches(ids: Collection[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(ids)
    return (ordered[first : first + CASES_AT_ONCE] for first in range(0, len(ordered), CASES_AT_ONCE))
