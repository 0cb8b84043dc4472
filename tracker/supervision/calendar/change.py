"""Applying a calendar that was looked at (应用日历变更), turn by turn: counted aside, switched on, then told.

Until everything is counted every list shows the old dates; then the dates move and the year becomes the calendar. Each
turn is a transaction and keeps how far it came, so the next to come goes on: the page, the command or the timer.
Locks are taken in everybody's order: the cases, then the log.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tracker import audit
from tracker.audit import Actor, Event
from tracker.audit.queries import head
from tracker.audit.service import ACTS
from tracker.cases.acts.recounting import (
    COUNTED,
    MOVED,
    Recount,
    count_acts,
    count_aside,
    count_of_cases,
    forget,
    lock_cases,
    move,
    next_cases,
    running_cases,
    tell,
)
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.deadlines.counting import TermCounter
from tracker.deadlines.hints import ask_to_look_again
from tracker.supervision.calendar.correcting import correct
from tracker.supervision.calendar.preview import count_of_running_cases, last_rung, wrong_rungs
from tracker.supervision.calendar.rules.change_phases import Phase
from tracker.working_days.models import CalendarChange
from tracker.working_days.queries import calendar_with, edition, proposal_of, unfinished_change
from tracker.working_days.rules import Proposal
from tracker.working_days.service import UNDER_WAY, hold_known_years, load_year

# How much is done between two looks at the time.
CASES_COUNTED, CASES_MOVED, CASES_TOLD, RUNGS_CORRECTED, ROWS_CLEARED = 100, 200, 20, 10, 1000
Progress = dict[str, Any]


def start_change(proposal: Proposal, *, by: Actor | None, now: datetime) -> CalendarChange:
    """Put on the record that a year is to be loaded, by whom; nothing moves yet. Raises DomainError beside another."""
    if unfinished_change():
        raise DomainError(UNDER_WAY)
    change = CalendarChange(
        year=proposal.year,
        status=proposal.status.value,
        source=proposal.source,
        days=[[day.date.isoformat(), day.is_working, day.name] for day in proposal.days],
        started_at=now,
        started_by_id=by.id if by else None,
        acting_as=by.acting_as(local_date(now))[:200] if by else "",
        unfinished=True,
        phase=Phase.COUNTING.value,
        total=count_of_running_cases(),
        seen_line=head(ACTS)[0],
        counted_on=local_date(now),
        progressed_at=now,
    )
    db.session.add(change)
    try:
        db.session.flush()
    except IntegrityError:
        raise DomainError(UNDER_WAY) from None
    payload = {"change": change.id, "year": change.year, "status": change.status, "days": len(change.days)}
    audit.record(Event.CALENDAR_CHANGE_STARTED, by=by, now=now, payload=payload)
    hold_known_years(now=now)
    return change


@dataclass
class Starter:
    """Who started a change: what follows is their act, also where the timer writes it."""

    id: int
    posts: str

    def acting_as(self, day: date) -> str:
        """Return the posts that person held when starting it."""
        return self.posts


class Terms:
    """What terms come to by the calendar that is to be, kept from turn to turn while that stays the same."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[int, str], TermCounter] | None = None

    def of(self, change: CalendarChange) -> TermCounter:
        """Return the counter of a change."""
        key = (change.id, edition())
        if self._kept is None or self._kept[0] != key:
            self._kept = key, TermCounter(calendar_with(proposal_of(change)))
        return self._kept[1]


@dataclass(frozen=True)
class _Turn:
    """One turn of a change: the row, what clocks are counted by, the instant, and how long it may take."""

    change: CalendarChange
    recount: Recount
    now: datetime
    pace: Pace


def carry_on(pace: Pace, terms: Terms, *, now: datetime) -> bool:
    """Do one turn of the change under way, in the caller's transaction; say whether there was anything to do."""
    change = unfinished_change()
    if change is None or not locked(change).unfinished:
        return False
    by = Starter(change.started_by_id, change.acting_as) if change.started_by_id else None
    because = f"{change.year} 年放假安排有变化：{change.source}"
    recount = Recount(change.id, terms.of(change), local_date(now), because, by)
    progress = PHASES[Phase(change.phase)](_Turn(change, recount, now, pace))
    statement = update(CalendarChange).where(CalendarChange.id == change.id)
    db.session.execute(statement.values(progressed_at=now, **progress))
    return True


def _count(turn: _Turn) -> Progress:
    """Count cases aside; a count of an earlier day begins again, because a moved date is a revision of its day."""
    change, after, done = turn.change, turn.change.after_id, turn.change.done
    if change.counted_on != turn.recount.on:
        return _from_the_beginning(turn)
    while ids := running_cases(after=after, limit=CASES_COUNTED):
        count_aside(ids, turn.recount)
        after, done = ids[-1], done + len(ids)
        if turn.pace.spent:
            return {"after_id": after, "done": done}
    return {"phase": Phase.SWITCHING, "after_id": 0, "done": 0, "total": count_of_cases(COUNTED)}


def _from_the_beginning(turn: _Turn) -> Progress:
    return {"phase": Phase.COUNTING, "after_id": 0, "done": 0, "counted_on": turn.recount.on}


def _switch(turn: _Turn) -> Progress:
    """Move everything that was counted, in one turn where it can be, and make the year the calendar with the last."""
    if turn.change.counted_on != turn.recount.on:
        return _from_the_beginning(turn)
    moving = _moved_on(turn)
    if moving.pop("left"):
        return moving
    change = turn.change
    change.switched_at = turn.now
    proposal = proposal_of(change)
    year, days, status = proposal.year, proposal.days, proposal.status
    load_year(year, days, source=proposal.source, by=turn.recount.by, now=turn.now, status=status)
    ask_to_look_again(turn.now)
    return moving | {"phase": Phase.TELLING, "done": 0, "total": count_of_cases(MOVED)}


def _moved_on(turn: _Turn) -> Progress:
    """Move the counted cases until the turn is spent; every act that stands in the log is counted in before."""
    seen, done, moved, left = turn.change.seen_line, turn.change.done, turn.change.moved, True
    while left:
        seen, more = count_acts(seen, turn.recount)
        if not more:
            ids = next_cases(COUNTED, CASES_MOVED)
            lock_cases(ids)
            seen = _all_acts(seen, turn)
            moved += move(ids, turn.recount, now=turn.now) if ids else 0
            done, left = done + len(ids), bool(next_cases(COUNTED, 1))
        if turn.pace.spent:
            break
    return {"seen_line": seen, "done": done, "moved": moved, "left": left}


def _all_acts(seen: int, turn: _Turn) -> int:
    more = True
    while more:
        seen, more = count_acts(seen, turn.recount)
    return seen


def _tell(turn: _Turn) -> Progress:
    """Write the trail of what moved. An act that began by the old calendar and ended after the switch is moved too."""
    moving = _moved_on(turn)
    if moving.pop("left"):
        return moving
    done = turn.change.done
    while ids := next_cases(MOVED, CASES_TOLD):
        tell(ids, turn.recount, now=turn.now)
        done += len(ids)
        if turn.pace.spent:
            return moving | {"done": done}
    return moving | {"phase": Phase.CORRECTING, "after_id": 0, "done": 0, "total": last_rung()}


def _correct(turn: _Turn) -> Progress:
    """Correct the rungs that the new calendar makes too early, in the order they were raised."""
    after, corrected, last = turn.change.after_id, turn.change.corrected, last_rung()
    while after < last:
        ours = {each.case_id for each in wrong_rungs(after=after)[0][:RUNGS_CORRECTED]}
        lock_cases(ours)
        wrong, upto = wrong_rungs(after=after)
        some = [each for each in wrong if each.case_id in ours][:RUNGS_CORRECTED]
        if wrong and not some:
            continue
        correct(some, by=turn.recount.by, now=turn.now)
        corrected += len(some)
        after = some[-1].escalation_id if some and some[-1] is not wrong[-1] else upto
        if turn.pace.spent:
            return {"after_id": after, "done": min(after, last), "corrected": corrected}
    return {"phase": Phase.CLEARING, "after_id": 0, "done": 0, "total": 0, "corrected": corrected}


def _clear(turn: _Turn) -> Progress:
    """Throw away the scratch, and say that the change is done, unless another act is found that ended late."""
    seen = _all_acts(turn.change.seen_line, turn)
    if next_cases(COUNTED, 1):
        return {"seen_line": seen, "phase": Phase.TELLING}
    while forget(ROWS_CLEARED):
        if turn.pace.spent:
            return {"seen_line": seen}
    change = turn.change
    change.finished_at, change.unfinished = turn.now, None
    payload = {"change": change.id, "year": change.year, "moved": change.moved, "corrected": change.corrected}
    audit.record(Event.CALENDAR_CHANGE_FINISHED, by=turn.recount.by, now=turn.now, payload=payload)
    return {"seen_line": seen}


PHASES: dict[Phase, Callable[[_Turn], Progress]] = {
    Phase.COUNTING: _count,
    Phase.SWITCHING: _switch,
    Phase.TELLING: _tell,
    Phase.CORRECTING: _correct,
    Phase.CLEARING: _clear,
}
