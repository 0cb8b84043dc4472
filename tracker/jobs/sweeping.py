"""What the timer does beside reminding: windows that lapse, and the nightly check of every hint (期满、核对).

Both go on where they stopped, in short turns, and leave the rest to the next run after a while: no reminder waits.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from tracker.cases.acts.lapsing import lapse_windows
from tracker.core.database import committed, end_reading
from tracker.core.errors import log_defect
from tracker.core.pacing import Pace
from tracker.reminders.raising import sweeping
from tracker.reminders.raising.checking import Checker, Stretch, last_clock
from tracker.reminders.raising.clocks import raise_due
from tracker.reminders.raising.tick import BATCH, Tally, Tick

log = logging.getLogger(__name__)
# Seconds that a run gives to each of the two.
SPELL = 20.0
# Keys of clocks that are read at once.
STRIDE = 5000
# How often clocks are asked for again on whose cases somebody works.
TRIES = 5


def lapsed(now: datetime) -> Iterator[Tally]:
    """End the windows whose last day is over (期满)."""
    pace, ends = Pace(BATCH, most=BATCH), time.monotonic() + SPELL
    while done := _lapsed(now, pace):
        yield Tally(lapsed=done)
        if time.monotonic() >= ends:
            return


def _lapsed(now: datetime, pace: Pace) -> int:
    with pace.turn():
        return lapse_windows(now, limit=pace.rows)


def checked(work: Tick) -> Iterator[Tally]:
    """Check the hints of all running duties once a day, and raise what a wrong one has hidden (核对)."""
    with committed():
        sweep = sweeping.todays(work.now)
        place = (sweep.id, sweep.after_id) if sweep else None
    if place is None:
        return
    sweep_id, after = place
    checker, ends = Checker(work.subjects, work.ladder.rungs, work.days, work.today), time.monotonic() + SPELL
    while after < _last_clock():
        found = _read(checker, after, after + STRIDE)
        tally = _mended(work, found.doubted)
        yield tally
        after += STRIDE
        with committed():
            sweeping.moved(sweep_id, after, found, tally.wrong)
        if time.monotonic() >= ends:
            return
    with committed():
        sweeping.ended(sweep_id, work.now)


def _last_clock() -> int:
    found = last_clock()
    end_reading()
    return found


def _read(checker: Checker, after: int, until: int) -> Stretch:
    found = checker.stretch(after, until)
    end_reading()
    return found


def _mended(work: Tick, doubted: Sequence[int]) -> Tally:
    """Look properly at the clocks whose hints cannot be true: that sets the hint, and raises what is due."""
    tally, pace, waiting = Tally(), Pace(BATCH, most=BATCH), list(doubted)
    while waiting:
        some, waiting = waiting[: pace.rows], waiting[pace.rows :]
        for done in _looked(work, some, pace):
            tally.add(done)
    return tally


def _looked(work: Tick, ids: Sequence[int], pace: Pace) -> Iterator[Tally]:
    """Look at some clocks; where that fails, one by one, so that a bad one hides none of the others."""
    try:
        for _ in range(TRIES):
            with pace.turn():
                done = raise_due(work, limit=len(ids), doubted=ids)
            yield done
            if done.examined == len(ids):
                return
    except Exception as error:
        log_defect(log, error, f"checking the hints of {len(ids)} clocks")
        if len(ids) > 1:
            for id_ in ids:
                yield from _looked(work, [id_], pace)
