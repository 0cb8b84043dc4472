"""Pausing clocks in tests: each act with its line in the log, as the steps of law will do it."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from tests.conftest import Clock
from tracker import audit
from tracker.audit import Event
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.models import Deadline, DeadlinePause
from tracker.deadlines.service import pause, resume

HEARD, ARTICLE = "听证期间", "条例第三十六条"
_Done = TypeVar("_Done")


def recorded(act: Callable[[], _Done]) -> _Done:
    """Do something to a clock, in one transaction with its line in the log."""
    with committed():
        done = act()
        db.session.flush()
        audit.record(Event.DATES_RECOUNTED, by=None, now=clock.now())
    return done


def paused(row: Deadline, first_on: date, *, reason: str = HEARD) -> DeadlinePause:
    """Pause a clock from a day on."""
    return recorded(lambda: pause(row, first_on, reason=reason, basis=ARTICLE, today=clock.today()))


def resumed(lasting: DeadlinePause, on: date) -> None:
    """Let a clock go on from a day on."""
    recorded(lambda: resume(lasting, on, today=clock.today()))


def at(wall: Clock, day: date) -> None:
    """Put the clock on the wall to a day, at the same time of day."""
    wall.set(wall.now() + (day - wall.today()))
