"""What another calendar would change (日历变更预览): dates that move, reminders that were wrong. Nothing is written."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, false, func, select

from tracker.audit.rules import canonical
from tracker.cases.record.models import Case, RecountedClock
from tracker.cases.subject.case import CASE
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.deadlines.counting import Dates
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import DateChange, date_changes
from tracker.deadlines.rules import is_overdue
from tracker.people.rules import Reader, does_case_work
from tracker.reminders.ladder.queries import editions, ladder_of
from tracker.reminders.ladder.rules.reach import DayCounter, Ref, Watched, reached_on
from tracker.reminders.ladder.rules.rungs import LADDER, Rung
from tracker.reminders.models import DEADLINE, DRAFTED, RAISED, Escalation
from tracker.working_days.queries import calendar, calendar_with, edition
from tracker.working_days.rules import Calendar, Proposal

ASKED_AT_ONCE = 5000
# Of the table of rungs most rows are history: this many keys are passed in one reading, and this many rungs judged.
IDS_AT_ONCE, RUNGS_AT_ONCE = 5000, 200


@dataclass(frozen=True, slots=True)
class WrongRung:
    """A rung that was raised too early by what is known now; `moved`: because the date itself moves."""

    escalation_id: int
    deadline_id: int
    case_id: int
    due_on: date
    moved: bool


@dataclass(frozen=True)
class MovedClocks:
    """Clocks of one kind that would move from one day to another."""

    label: str
    before: date
    after: date
    count: int


@dataclass(frozen=True)
class CalendarPreview:
    """What loading a year would change, as of a day; `fingerprint` is another one where any of it has changed."""

    proposal: Proposal
    today: date
    edition: str
    changes: tuple[DateChange, ...]
    wrong: tuple[WrongRung, ...]

    @cached_property
    def moved(self) -> list[DateChange]:
        """Return the clocks that would fall due on another day, the nearest first."""
        moved = [change for change in self.changes if change.moved]
        return sorted(moved, key=lambda change: (change.after.effective, change.case_id, change.id))

    @cached_property
    def case_ids(self) -> set[int]:
        """Return the cases of which any clock changes."""
        return {change.case_id for change in self.changes if change.before != change.after}

    @cached_property
    def groups(self) -> list[MovedClocks]:
        """Return the moved clocks by kind, from and to, in the order of the limits."""
        order = {kind: number for number, kind in enumerate(LIMITS)}
        counted = Counter((order[c.kind], c.kind, c.before.effective, c.after.effective) for c in self.moved)
        return [MovedClocks(LIMITS[kind].label, old, new, n) for (_, kind, old, new), n in sorted(counted.items())]

    @property
    def newly_overdue(self) -> int:
        """Return how many duties become overdue by the change."""
        return sum(not old and new for old, new in self._overdue())

    @property
    def no_longer_overdue(self) -> int:
        """Return how many duties are overdue now and would not be."""
        return sum(old and not new for old, new in self._overdue())

    def _overdue(self) -> Iterator[tuple[bool, bool]]:
        for change in self.moved:
            if LIMITS[change.kind].duty:
                yield (
                    is_overdue(change.before.effective, self.today),
                    is_overdue(change.after.effective, self.today),
                )

    @property
    def settled(self) -> int:
        """Return how many dates stop being provisional (暂定)."""
        return sum(c.before.provisional and not c.after.provisional for c in self.changes)

    @property
    def unsettled(self) -> int:
        """Return how many dates become provisional."""
        return sum(c.after.provisional and not c.before.provisional for c in self.changes)

    @property
    def held(self) -> int:
        """Return how many would move earlier but stay, because the petitioner was told (已告知，不提前)."""
        return sum(change.held for change in self.changes)

    @cached_property
    def fingerprint(self) -> str:
        """Return a short hash of everything that is shown."""
        lines = [
            [c.id, c.revision, *map(str, c.before), *map(str, c.after), c.held]
            for c in sorted(self.changes, key=lambda change: change.id)
        ]
        wrong = [each.escalation_id for each in self.wrong]
        return hashlib.sha256(canonical([self.edition, self.today.isoformat(), lines, wrong])).hexdigest()[:32]


def preview(proposal: Proposal, *, today: date) -> CalendarPreview:
    """Return what loading a year would change, without writing anything."""
    present, future = calendar(), calendar_with(proposal)
    changes = tuple(date_changes(present, future))
    moved_to = {change.id: change.after for change in changes if change.moved}
    return CalendarPreview(proposal, today, edition(), changes, tuple(_wrong_rungs(moved_to, future)))


def known_part(preview: CalendarPreview, reader: Reader) -> CalendarPreview:
    """Return the part of a preview that figures count for the person: what is hidden is not counted either.

    Who does no case work sees the numbers of what has an open number, and no case.
    """
    known = _counted({each.case_id for each in preview.changes} | {each.case_id for each in preview.wrong}, reader)
    changes = tuple(each for each in preview.changes if each.case_id in known)
    return replace(preview, changes=changes, wrong=tuple(each for each in preview.wrong if each.case_id in known))


@dataclass(frozen=True)
class MovedCase:
    """A clock that would move, with its case, for somebody who may see it."""

    public_id: str
    register_no: str
    label: str
    before: date
    after: date
    provisional: bool
    overdue: bool


def moved_cases(preview: CalendarPreview, reader: Reader, *, page: int, size: int) -> tuple[list[MovedCase], int]:
    """Return one page of the moved clocks whose cases this person may see, and how many there are."""
    known = _known({change.case_id for change in preview.moved}, reader)
    mine = [change for change in preview.moved if change.case_id in known]
    shown = mine[(page - 1) * size : page * size]
    rows = select(Case.id, Case.public_id, Case.register_no).where(Case.id.in_({change.case_id for change in shown}))
    names = {id_: (public_id, number) for id_, public_id, number in db.session.execute(rows)}
    return [_moved_case(change, *names[change.case_id], preview.today) for change in shown], len(mine)


def _moved_case(change: DateChange, public_id: str, register_no: str, today: date) -> MovedCase:
    limit, after = LIMITS[change.kind], change.after
    return MovedCase(
        public_id=public_id,
        register_no=register_no,
        label=limit.label,
        before=change.before.effective,
        after=after.effective,
        provisional=after.provisional,
        overdue=limit.duty and is_overdue(after.effective, today),
    )


def _known(case_ids: Iterable[int], reader: Reader) -> set[int]:
    """Return the cases among these that a person may see; the administrator's are none."""
    if not (reader.active and does_case_work(reader)):
        return set()
    return _among(case_ids, CASE.known(reader))


def _counted(case_ids: Iterable[int], reader: Reader) -> set[int]:
    """Return the cases among these that figures count for a person."""
    return _known(case_ids, reader) if does_case_work(reader) else _among(case_ids, CASE.counted(reader))


def _among(case_ids: Iterable[int], which: Select[Any]) -> set[int]:
    ordered, found = sorted(case_ids), set[int]()
    for first in range(0, len(ordered), ASKED_AT_ONCE):
        found.update(db.session.scalars(which.where(Case.id.in_(ordered[first : first + ASKED_AT_ONCE]))))
    return found


_RUNG_COLUMNS = (
    *(Escalation.id, Escalation.rung, Escalation.raised_at, Escalation.revision, Escalation.case_id),
    *(Deadline.id.label("deadline_id"), Deadline.kind, Deadline.started_on, Deadline.effective_due),
    Deadline.nominal_due,
)
_STANDS = (
    Escalation.subject == DEADLINE,
    Escalation.state.in_((RAISED, DRAFTED)),
    Escalation.corrected_at.is_(None),
    Deadline.ended_on.is_(None),
)


def _wrong_rungs(moved_to: dict[int, Dates], future: Calendar) -> Iterator[WrongRung]:
    """Yield the raised rungs of running clocks that would not have been reached on the day they were raised."""
    rungs = select(*_RUNG_COLUMNS).join(Deadline, Deadline.id == Escalation.deadline_id)
    rows = rungs.where(*_STANDS, Escalation.revision == Deadline.revision).order_by(Escalation.id)
    judge = _Judge(future)
    for row in db.session.execute(rows):
        moved = moved_to.get(row.deadline_id)
        due_on, counted_on = (moved.effective, moved.nominal) if moved else (row.effective_due, row.nominal_due)
        if judge.is_wrong(row, due_on, counted_on):
            yield WrongRung(row.id, row.deadline_id, row.case_id, due_on, row.deadline_id in moved_to)


def wrong_rungs(*, after: int) -> tuple[list[WrongRung], int]:
    """Return the wrong ones among the next rungs once the dates have moved, and up to which they were looked at.

    What ended meanwhile needs no correction: its duty is done.
    """
    upto, before = after + IDS_AT_ONCE, func.coalesce(RecountedClock.revision_before, Deadline.revision)
    rows = db.session.execute(
        select(
            *_RUNG_COLUMNS,
            func.coalesce(RecountedClock.effective_due, Deadline.effective_due).label("due_on"),
            func.coalesce(RecountedClock.nominal_due, Deadline.nominal_due).label("counted_on"),
            func.coalesce(RecountedClock.due_before != RecountedClock.effective_due, false()).label("moved"),
        )
        .join(Deadline, Deadline.id == Escalation.deadline_id)
        .outerjoin(RecountedClock, RecountedClock.clock_id == Deadline.id)
        .where(*_STANDS, Escalation.revision == before, Escalation.id > after, Escalation.id <= upto)
        .order_by(Escalation.id)
        .limit(RUNGS_AT_ONCE)
    ).all()
    judge = _Judge(calendar())
    wrong = [
        WrongRung(row.id, row.deadline_id, row.case_id, row.due_on, bool(row.moved))
        for row in rows
        if judge.is_wrong(row, row.due_on, row.counted_on)
    ]
    return wrong, rows[-1].id if len(rows) == RUNGS_AT_ONCE else upto


def last_rung() -> int:
    """Return the key of the latest rung."""
    return db.session.scalar(select(func.max(Escalation.id))) or 0


def count_of_running_cases() -> int:
    """Return how many cases have a running clock."""
    running = select(func.count(Deadline.case_id.distinct())).where(Deadline.ended_on.is_(None))
    return db.session.scalar(running) or 0


class _Judge:
    """Says whether a rung came too early by a calendar; each by the ladder that was in force when it was raised."""

    def __init__(self, days: Calendar) -> None:
        self._ladders, self._days = _Ladders(), DayCounter(days)

    def is_wrong(self, row: Any, due_on: date, counted_on: date) -> bool:
        """Return whether a rung would not have been reached on the day it was raised."""
        rung = self._ladders.rung(row.rung, row.raised_at)
        kind = LimitKind(row.kind)
        watched = Watched(
            row.deadline_id,
            kind,
            Ref(CASE.kind, row.case_id or 0),
            row.started_on,
            due_on,
            revision=row.revision,
            counted_on=counted_on,
        )
        return rung is not None and reached_on(rung, watched, self._days) > local_date(row.raised_at)


class _Ladders:
    """Which ladder was in force at an instant."""

    def __init__(self) -> None:
        adopted = [(row.adopted_at, ladder_of(row).rungs) for row in editions()]
        self._tables = [(since, {rung.code: rung for rung in rungs}) for since, rungs in adopted]

    def rung(self, code: str, at: datetime) -> Rung | None:
        """Return a rung as it was then."""
        return next((table for since, table in self._tables if since <= at), _BUILT_IN).get(code)


_BUILT_IN = {rung.code: rung for rung in LADDER}
