"""Counting running clocks again by another calendar (重新计算期限): counted aside first, then moved, then told.

While cases are counted nothing changes that anybody can see. Hundreds of them are moved by a few statements, each row
with its new seal in the log; the lines of the trail follow. What people do meanwhile stands in the log of acts: every
case it names is counted afresh before it is moved.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from tracker import audit
from tracker.audit import Actor, Event
from tracker.audit.queries import acts_after
from tracker.audit.service import seal_of
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.stepping import system_line
from tracker.cases.record.models import Case, CaseStep, RecountedCase, RecountedClock
from tracker.core.database import Model, db, only_filtering
from tracker.core.dates import long_date
from tracker.deadlines.counting import NOT_COUNTED, Pauses, TermCounter, pauses_of, recounted
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import next_due_on

CASES_AT_ONCE = 500
LINES_AT_ONCE = 200
COUNTED, MOVED, TOLD = "counted", "moved", "told"
_DATES = ("nominal_due", "effective_due", "provisional", "revision", "revised_on")
_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True)
class Recount:
    """What clocks are counted again by: the terms of the other calendar, the day of new revisions, why, whose act.

    `change` is its number in the log.
    """

    change: int
    terms: TermCounter
    on: date
    because: str
    by: Actor | None


def lock_cases(case_ids: Collection[int]) -> None:
    """Lock cases until the end of the transaction, in the order of their keys.

    Call it before anything is written to the log: people lock their case first and the log last.
    """
    for ids in _batches(case_ids):
        some = select(Case.id).where(Case.id.in_(ids)).order_by(Case.id)
        db.session.execute(some.with_for_update(key_share=True)).all()


def running_cases(*, after: int, limit: int) -> list[int]:
    """Return the next cases with a running clock that is counted, by their keys."""
    counted = (Deadline.case_id > after, only_filtering(Deadline.ended_on.is_(None)), Deadline.unit.not_in(NOT_COUNTED))
    rows = select(Deadline.case_id).where(*counted).distinct().order_by(Deadline.case_id).limit(limit)
    return [id_ for id_ in db.session.scalars(rows) if id_]


def count_aside(case_ids: Collection[int], recount: Recount) -> None:
    """Count the running clocks of cases and keep what would change; what was kept of them before is counted again."""
    before = _moved_already(case_ids)
    clocks: list[dict[str, Any]] = []
    nearest: dict[int, date | None] = {}
    running = _running_of(case_ids)
    pauses = pauses_of([row for own in running.values() for row in own])
    for case_id, own in running.items():
        after: list[Any] = [_as_it_will_be(row, recount, pauses.get(row.id, ())) for row in own]
        changed = [(row, new) for row, new in zip(own, after, strict=True) if _dates(row) != _dates(new)]
        clocks += [_kept(row, new, before.get(row.id)) for row, new in changed]
        if any(row.effective_due != new.effective_due for row, new in changed):
            nearest[case_id] = next_due_on(after)
    _keep(case_ids, clocks, _cases_with(nearest))


def _moved_already(case_ids: Collection[int]) -> dict[int, Any]:
    """Return the clocks that were moved and changed again since: their trail begins where they stood before."""
    columns = (RecountedClock.clock_id, RecountedClock.due_before, RecountedClock.revision_before)
    moved = (RecountedClock.case_id.in_(case_ids), RecountedClock.state == MOVED)
    return {row.clock_id: row for row in db.session.execute(select(*columns).where(*moved))}


def _running_of(case_ids: Collection[int]) -> dict[int, list[Any]]:
    running = select(Deadline.__table__).where(Deadline.case_id.in_(case_ids), Deadline.ended_on.is_(None))
    clocks: dict[int, list[Any]] = {}
    for row in db.session.execute(running.order_by(Deadline.id)):
        clocks.setdefault(row.case_id, []).append(row)
    return clocks


def _as_it_will_be(row: Row[Any], recount: Recount, pauses: Pauses) -> SimpleNamespace:
    return SimpleNamespace(**{**row._mapping, **recounted(row, recount.terms, on=recount.on, pauses=pauses)})


def _dates(row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _DATES)


def _kept(row: Row[Any], new: SimpleNamespace, before: Any) -> dict[str, Any]:
    return {
        "clock_id": row.id,
        "case_id": row.case_id,
        "due_before": before.due_before if before else row.effective_due,
        "revision_before": before.revision_before if before else row.revision,
        **dict(zip(_DATES, _dates(new), strict=True)),
        "seal": seal_of(Deadline, vars(new)),
        "state": COUNTED,
    }


def _cases_with(nearest: dict[int, date | None]) -> list[dict[str, Any]]:
    rows = db.session.execute(select(Case.__table__).where(Case.id.in_(nearest)))
    return [
        {"case_id": row.id, "next_due_on": day, "seal": seal_of(Case, {**row._mapping, "next_due_on": day})}
        for row in rows
        if (day := nearest[row.id]) != row.next_due_on
    ]


def _keep(case_ids: Collection[int], clocks: list[dict[str, Any]], cases: list[dict[str, Any]]) -> None:
    again = RecountedClock.clock_id.in_([clock["clock_id"] for clock in clocks])
    stale = RecountedClock.case_id.in_(case_ids) & ((RecountedClock.state == COUNTED) | again)
    _execute(delete(RecountedClock).where(stale))
    _execute(delete(RecountedCase).where(RecountedCase.case_id.in_(case_ids)))
    for model, rows in ((RecountedClock, clocks), (RecountedCase, cases)):
        if rows:
            db.session.execute(insert(model), rows)


def count_acts(seen: int, recount: Recount) -> tuple[int, bool]:
    """Count the cases afresh on which people acted after a line of the log.

    Return up to which line it was read, and whether more may follow.
    """
    lines = acts_after(seen, limit=LINES_AT_ONCE)
    names = [name for _, says in lines if says.get("change") != recount.change for name in says.get("seals", {})]
    touched = _named(Case, names) & set(_cases_in(COUNTED, RecountedClock.case_id.in_(_named(Case, names))))
    for ids in _batches(_named(Deadline, names)):
        rows = db.session.scalars(select(Deadline.case_id).where(Deadline.id.in_(ids)).distinct())
        touched |= {id_ for id_ in rows if id_}
    for ids in _batches(touched):
        count_aside(ids, recount)
    return lines[-1][0] if lines else seen, len(lines) == LINES_AT_ONCE


def _named(model: type[Model], names: Iterable[str]) -> set[int]:
    """Return the keys of one table's rows among names of the log."""
    start = f"{model.__tablename__}:"
    return {int(name.removeprefix(start)) for name in names if name.startswith(start)}


def _cases_in(state: str, *which: ColumnElement[bool]) -> Sequence[int]:
    rows = select(RecountedClock.case_id).where(RecountedClock.state == state, *which).distinct()
    return db.session.scalars(rows.order_by(RecountedClock.case_id)).all()


def next_cases(state: str, limit: int) -> list[int]:
    """Return the next cases of which clocks are counted and not moved, or moved and not told."""
    rows = select(RecountedClock.case_id).where(RecountedClock.state == state).distinct()
    return list(db.session.scalars(rows.order_by(RecountedClock.case_id).limit(limit)))


def count_of_cases(state: str) -> int:
    """Return how many cases wait in a state."""
    waiting = select(func.count(RecountedClock.case_id.distinct())).where(RecountedClock.state == state)
    return db.session.scalar(waiting) or 0


def move(case_ids: Sequence[int], recount: Recount, *, now: datetime) -> int:
    """Give clocks and their cases, which are locked, the dates that were counted; return how many days moved."""
    ready = (RecountedClock.case_id.in_(case_ids), RecountedClock.state == COUNTED)
    columns = (RecountedClock.clock_id, RecountedClock.seal, RecountedClock.due_before != RecountedClock.effective_due)
    clocks = db.session.execute(select(*columns).where(*ready)).all()
    cases = db.session.execute(
        select(RecountedCase.case_id, RecountedCase.seal).where(RecountedCase.case_id.in_(case_ids))
    ).all()
    dates = {name: getattr(RecountedClock, name) for name in _DATES}
    _execute(update(Deadline).where(Deadline.id == RecountedClock.clock_id, *ready).values(**dates, look_on=recount.on))
    nearest = update(Case).where(Case.id == RecountedCase.case_id, RecountedCase.case_id.in_(case_ids))
    _execute(nearest.values(next_due_on=RecountedCase.next_due_on))
    _execute(update(RecountedClock).where(*ready).values(state=MOVED))
    _execute(delete(RecountedCase).where(RecountedCase.case_id.in_(case_ids)))
    seals = {f"{Deadline.__tablename__}:{id_}": seal for id_, seal, _ in clocks}
    seals |= {f"{Case.__tablename__}:{id_}": seal for id_, seal in cases}
    moved = sum(moves for _, _, moves in clocks)
    payload = {"change": recount.change, "clocks": len(clocks), "moved": moved}
    audit.record_all(Event.DATES_RECOUNTED, [audit.LogEntry(None, payload, seals=seals)], by=recount.by, now=now)
    return moved


def tell(case_ids: Sequence[int], recount: Recount, *, now: datetime) -> None:
    """Write the line of the trail, and of the log, for each case of which a day moved."""
    moved = _moved_days(case_ids)
    cases = db.session.scalars(select(Case).where(Case.id.in_(moved)).order_by(Case.id)).all()
    entries = [_entry(case, moved[case.id], recount, now) for case in cases]
    if entries:
        audit.record_all(Event.DATES_RECOUNTED, entries, by=recount.by, now=now)
    ready = (RecountedClock.case_id.in_(case_ids), RecountedClock.state == MOVED)
    _execute(update(RecountedClock).where(*ready).values(state=TOLD))


def _moved_days(case_ids: Sequence[int]) -> dict[int, list[Any]]:
    columns = (RecountedClock.case_id, RecountedClock.clock_id, Deadline.kind)
    days = (RecountedClock.due_before, RecountedClock.effective_due)
    rows = (
        select(*columns, *days)
        .join(Deadline, Deadline.id == RecountedClock.clock_id)
        .where(RecountedClock.case_id.in_(case_ids), RecountedClock.state == MOVED, days[0] != days[1])
    )
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(rows.order_by(RecountedClock.clock_id)):
        found.setdefault(row.case_id, []).append(row)
    return found


def _entry(case: Case, moved: list[Any], recount: Recount, now: datetime) -> audit.LogEntry:
    trail = _trail(case, moved, recount, now)
    db.session.add(trail)
    days = {str(row.clock_id): [row.due_before.isoformat(), row.effective_due.isoformat()] for row in moved}
    return audit.LogEntry(case.id, {"moved": days}, [trail])


def _trail(case: Case, moved: list[Any], recount: Recount, now: datetime) -> CaseStep:
    said = [
        [LIMITS[LimitKind(row.kind)].label, long_date(row.due_before), long_date(row.effective_due)] for row in moved
    ]
    return system_line(case.id, case, Action.RECOUNT, at=now, reason=recount.because, facts={"moved": said})


def forget(limit: int) -> int:
    """Throw away what was counted and is told; return how many rows went."""
    ids = select(RecountedClock.clock_id).order_by(RecountedClock.clock_id).limit(limit)
    return int(_execute(delete(RecountedClock).where(RecountedClock.clock_id.in_(ids))))


def _execute(statement: Any) -> int:
    result: Any = db.session.execute(statement.execution_options(**_QUIETLY))
    return int(result.rowcount)


def _batches(ids: Collection[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(ids)
    return (ordered[first : first + CASES_AT_ONCE] for first in range(0, len(ordered), CASES_AT_ONCE))
