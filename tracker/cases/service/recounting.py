"""Counting running clocks again after the calendar changed (重新计算期限), each changed date on the record."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Actor, Event
from tracker.cases.models import Case, CaseStep
from tracker.cases.rules.actions import Action
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
class _Case:
    """A case and its running clocks: which of them changed, and from which day to which the moved ones went."""

    case: Case
    clocks: list[Deadline]
    changed: list[Deadline]
    moved: list[tuple[Deadline, date, date]]


def lock_cases(case_ids: Collection[int]) -> None:
    """Lock cases until the end of the transaction, in the order of their keys.

    Call it before anything is written to the log: people lock their case first and the log last.
    """
    for ids in _batches(case_ids):
        db.session.execute(select(Case.id).where(Case.id.in_(ids)).order_by(Case.id).with_for_update()).all()


def recount_cases(case_ids: Collection[int], *, because: str, by: Actor | None, now: datetime) -> int:
    """Count the running clocks of cases again by the calendar as it is now; return how many dates moved.

    A clock that ended keeps its dates: time that was used is never rewritten. A day that the petitioner was told
    never moves earlier. `because` stands in the trail of each case whose date moved.
    """
    terms = TermCounter(calendar())
    return sum(_recount_batch(ids, terms, because, by=by, now=now) for ids in _batches(case_ids))


def _recount_batch(ids: Sequence[int], terms: TermCounter, because: str, *, by: Actor | None, now: datetime) -> int:
    found = [_recounted(case, clocks, terms, local_date(now)) for case, clocks in _running_of(ids)]
    changed = [each for each in found if each.changed]
    moved = [each for each in changed if each.moved]
    settled = [each for each in changed if not each.moved]
    trails = [_trail(each, because, now) for each in moved]
    db.session.add_all(trails)
    entries = [
        audit.Entry(
            each.case.id,
            {"moved": {str(row.id): [old.isoformat(), new.isoformat()] for row, old, new in each.moved}},
            [*each.changed, each.case, trail],
        )
        for each, trail in zip(moved, trails, strict=True)
    ]
    if settled:
        rows = [row for each in settled for row in (*each.changed, each.case)]
        entries.append(audit.Entry(None, {"settled": sum(len(each.changed) for each in settled)}, rows))
    if entries:
        audit.record_all(Event.DATES_RECOUNTED, entries, by=by, now=now)
    return sum(len(each.moved) for each in moved)


def _running_of(ids: Sequence[int]) -> Iterator[tuple[Case, list[Deadline]]]:
    fresh = {"populate_existing": True}
    clocks: dict[int, list[Deadline]] = {}
    running = select(Deadline).where(Deadline.case_id.in_(ids), Deadline.ended_on.is_(None)).order_by(Deadline.id)
    for row in db.session.scalars(running.execution_options(**fresh)):
        clocks.setdefault(row.case_id or 0, []).append(row)
    cases = select(Case).where(Case.id.in_(ids)).order_by(Case.id).execution_options(**fresh)
    for case in db.session.scalars(cases).all():
        yield case, clocks.get(case.id, [])


def _recounted(case: Case, clocks: list[Deadline], terms: TermCounter, today: date) -> _Case:
    before = {row.id: row.effective_due for row in clocks}
    changed = [row for row in clocks if recount(row, terms, on=today)]
    if changed:
        nearest = nearest_duty(clocks)
        case.next_due_on = nearest.effective_due if nearest else None
    moved = [(row, before[row.id], row.effective_due) for row in changed if row.effective_due != before[row.id]]
    return _Case(case, clocks, changed, moved)


def _trail(each: _Case, because: str, now: datetime) -> CaseStep:
    case = each.case
    facts = {
        "moved": [[LIMITS[LimitKind(row.kind)].label, long_date(old), long_date(new)] for row, old, new in each.moved]
    }
    return CaseStep(
        case_id=case.id,
        round=case.round,
        action=Action.RECOUNT.value,
        at=now,
        actor_name="",
        actor_unit="",
        from_status=case.status,
        to_status=case.status,
        from_ledger=case.ledger_status,
        to_ledger=case.ledger_status,
        reason=because,
        facts=facts,
    )


def _batches(ids: Collection[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(ids)
    return (ordered[first : first + CASES_AT_ONCE] for first in range(0, len(ordered), CASES_AT_ONCE))
