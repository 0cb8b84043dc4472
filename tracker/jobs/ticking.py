"""One run of the timer, from the gate to the ledger: the only place where what it finds is committed.

Whether there is anything is read first: most runs find nothing, and whoever writes keeps others waiting.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from tracker.cases.acts.loose_ends import tie_up
from tracker.cases.acts.superior import begin_what_is_not_watched
from tracker.cases.intake.drafts import end_drafts
from tracker.core import clock
from tracker.core.database import committed, db, rehearsed
from tracker.core.errors import log_defect
from tracker.core.pacing import Pace
from tracker.jobs import subjects
from tracker.jobs.sweeping import checked, lapsed
from tracker.reminders.gate.queries import last_good_run
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules.reach import DayCounter
from tracker.reminders.ladder.rules.rungs import Rung
from tracker.reminders.models import TickRun
from tracker.reminders.raising.behaving import behaviour_rungs, raise_behaviour
from tracker.reminders.raising.behaviours import seen
from tracker.reminders.raising.clocks import raise_due
from tracker.reminders.raising.due import due_ids
from tracker.reminders.raising.looking import look_again
from tracker.reminders.raising.tick import BATCH, Tally, Tick
from tracker.reminders.runs import service as runs
from tracker.reminders.runs.circumstances import circumstances
from tracker.reminders.runs.holding import let_go
from tracker.reminders.runs.weighing import changes_until, judged, light_ids
from tracker.working_days.queries import calendar

log = logging.getLogger(__name__)
# A batch that fails so often in a row fails for a reason that lies in no single clock.
MOST_FAILURES = 5


@dataclass
class TickReport:
    """What a run did; `sentence` says why it refused to look, or what the office should know."""

    run_id: int | None
    refused: bool = False
    held: bool = False
    sentence: str = ""
    left: int = 0
    tally: Tally = field(default_factory=Tally)


def tick(now: datetime | None = None) -> TickReport:
    """Run the timer once (到点检查). Each batch is a transaction of its own: a crash loses none and repeats none."""
    at = now or clock.now()
    with committed():
        row, gate, last = runs.opened(at)
        run_id, work = row.id, runs.tick_of(subjects.SUBJECTS, row, last, at)
        daily = runs.is_first_of_day(at)
    if not gate.open:
        return TickReport(run_id, refused=True, sentence=gate.sentence)
    tally, broken, lame = Tally(), set[int](), set[str]()
    try:
        tie_up(at, Pace())
        _look_again(at)
        for done in _batches(work, broken):
            tally.add(done)
        for done in chain(_behaviours(work, lame, daily=daily), lapsed(at), checked(work)):
            tally.add(done)
    except Exception:
        db.session.rollback()
        with committed():
            runs.failed(run_id, now or clock.now(), "运行中出错，已办的都已保存；请把日志交给维护人员。")
        raise
    _let_go(run_id, now or clock.now())
    if daily:
        with committed():
            end_drafts(at)
        with committed():
            begin_what_is_not_watched(at, limit=BATCH)
    with committed():
        ended_at, failures = now or clock.now(), len(broken) + len(lame)
        kept = runs.closed(work.subjects, run_id, tally, ended_at, swept=daily, broken=failures)
        return TickReport(kept.id, held=kept.held, sentence=kept.sentence or "", left=kept.left, tally=tally)


def _look_again(now: datetime) -> None:
    """Let every clock be looked at that a change of the ladder or the calendar asked for."""
    pace, left = Pace(), True
    while left:
        with pace.turn():
            left = look_again(subjects.SUBJECTS, pace, now=now)


def _batches(work: Tick, broken: set[int]) -> Iterator[Tally]:
    """Work through the clocks whose day has come. One that cannot be handled stops none of the others."""
    failures, pace = 0, Pace(BATCH, most=BATCH)
    while due_ids(work.subjects, work.today, limit=1, without=broken):
        try:
            with pace.turn():
                done = raise_due(work, limit=pace.rows, without=broken)
        except Exception as error:
            log_defect(log, error, "a batch of clocks, now tried one by one,")
            failures += 1
            if failures > MOST_FAILURES:
                raise
            yield from _one_by_one(work, broken)
            continue
        if not done.examined:
            return
        failures = 0
        yield done


def _one_by_one(work: Tick, broken: set[int]) -> Iterator[Tally]:
    with committed():
        ids = due_ids(work.subjects, work.today, limit=BATCH, without=broken)
    pace = Pace()
    for id_ in ids:
        try:
            with pace.turn():
                done = raise_due(work, limit=1, doubted=[id_])
        except Exception as error:
            log_defect(log, error, f"clock {id_}")
            broken.add(id_)
            continue
        yield done


def _behaviours(work: Tick, broken: set[str], *, daily: bool) -> Iterator[Tally]:
    rungs = behaviour_rungs(work, daily=False) + (behaviour_rungs(work, daily=True) if daily else [])
    for rung in rungs:
        try:
            yield from _behaviour(work, rung)
        except Exception as error:
            log_defect(log, error, f"the behaviour {rung.code}")
            broken.add(rung.code)


def _behaviour(work: Tick, rung: Rung) -> Iterator[Tally]:
    pace = Pace()
    while seen(work.subjects, rung, work.today, limit=1):
        with pace.turn():
            done = raise_behaviour(work, rung)
        if not done.examined:
            return
        yield done


def _let_go(run_id: int, now: datetime) -> None:
    """Let the notices go that waited only to be weighed, before the run is closed: broken off, the next one does."""
    ids, pace = light_ids(db.session.get_one(TickRun, run_id), now), Pace()
    while ids:
        with pace.turn():
            some, ids = ids[: pace.rows], ids[pace.rows :]
            let_go(some, run_id, now=now)


def rehearse(now: datetime) -> TickReport:
    """Do what a run would do, and undo it all: nothing is written (试运行)."""
    tally = Tally()
    with rehearsed():
        ladder = current()
        last_on = runs.day_of(last_good_run())
        work = Tick(None, now, ladder, DayCounter(calendar()), subjects.SUBJECTS, last_on)
        while (done := raise_due(work)).examined:
            tally.add(done)
        for rung in behaviour_rungs(work, daily=False) + behaviour_rungs(work, daily=True):
            tally.add(raise_behaviour(work, rung))
        sentence = judged(changes_until(circumstances(ladder)), tally.raised.total(), now)
    return TickReport(None, held=bool(sentence), sentence=sentence, tally=tally)
