"""Carrying out a change of the calendar: the page and the command start it, and the next to come goes on with it."""

import time
from dataclasses import dataclass
from datetime import datetime

from tracker.audit import Actor
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, StaleVersion
from tracker.core.pacing import Pace
from tracker.supervision.calendar.change import Terms, carry_on, start_change
from tracker.supervision.calendar.preview import CalendarPreview, preview
from tracker.working_days.models import CalendarChange
from tracker.working_days.queries import unfinished_change
from tracker.working_days.rules import Proposal
from tracker.working_days.service import UNDER_WAY

STALE = "预览以后，日历或者有的期限又变了。下面是按现在的情况重新算的，请看清后再应用。"


@dataclass(frozen=True)
class Applied:
    """What a change of the calendar does: the preview it carries out, and, where it is done, how many dates moved."""

    preview: CalendarPreview
    moved: int
    finished: bool


def change_calendar(
    proposal: Proposal, *, seen: str | None, by: Actor | None, now: datetime, seconds: float | None = None
) -> Applied:
    """Load a year and count every running clock again, as it was previewed (应用); see `go_on` for `seconds`.

    `seen` is the fingerprint of the preview that somebody looked at; None where nobody did (the command line).
    Raises StaleVersion where the calendar or a clock has changed since, DomainError beside another change.
    """
    if is_under_way():
        raise DomainError(UNDER_WAY)
    shown = preview(proposal, today=clock.local_date(now))
    if seen not in (None, shown.fingerprint):
        raise StaleVersion(STALE)
    with committed():
        change_id = start_change(proposal, by=by, now=now).id
    finished = go_on(now, seconds=seconds)
    moved = db.session.get_one(CalendarChange, change_id).moved
    return Applied(shown, moved, finished)


def go_on(now: datetime | None = None, *, seconds: float | None = None) -> bool:
    """Go on with the change under way, for some seconds or to its end; return whether nothing is left.

    Two who go on at once take turns.
    """
    pace, terms, began = Pace(), Terms(), time.monotonic()
    while is_under_way():
        if seconds is not None and time.monotonic() - began >= seconds:
            return False
        with pace.turn():
            carry_on(pace, terms, now=now or clock.now())
    return True


def is_under_way() -> bool:
    """Return whether there is anything to go on with; it waits for no writer."""
    return unfinished_change() is not None
