"""How far a change of the calendar has come (日历变更进度), for those who keep the calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.core.database import db
from tracker.people.models import User
from tracker.supervision.calendar.rules.change_phases import PHASE_WORDS, Phase
from tracker.working_days.queries import unfinished_change

# The timer looks once a minute: a run that did nothing for so long has stopped.
STILL_AFTER = timedelta(minutes=3)


@dataclass(frozen=True)
class ChangeProgress:
    """A change under way; `percent` of its phase is done, None where that is not known.

    How many matters there are stands nowhere: that would count hidden ones. `minutes_still` is how long nobody has gone
    on with it, zero while somebody does.
    """

    year: int
    source: str
    words: str
    percent: int | None
    started_at: datetime
    started_by: str
    minutes_still: int


def change_under_way(now: datetime) -> ChangeProgress | None:
    """Return the change of the calendar that is under way."""
    change = unfinished_change()
    if change is None:
        return None
    starter = db.session.get(User, change.started_by_id) if change.started_by_id else None
    since = now - change.progressed_at
    return ChangeProgress(
        year=change.year,
        source=change.source,
        words=PHASE_WORDS[Phase(change.phase)],
        percent=change.done * 100 // change.total if change.total else None,
        started_at=change.started_at,
        started_by=starter.name if starter else "命令行",
        minutes_still=int(since.total_seconds() // 60) if since >= STILL_AFTER else 0,
    )


def standing_still(now: datetime) -> str | None:
    """Return the sentence for the first page of those who keep the calendar while a change stands still."""
    change = change_under_way(now)
    if change is None or not change.minutes_still:
        return None
    return f"{change.year}年放假安排应用到一半停住了，已停 {change.minutes_still} 分钟；请到“系统 → 节假日”点“接着办”。"
