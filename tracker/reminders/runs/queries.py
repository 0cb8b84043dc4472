"""Single runs of the timer, the strip 今天系统做了什么 on the home page, and what its keepers should look into."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select, union_all

from tracker.core.clock import day_bounds, local_date
from tracker.core.database import UTCDateTime, db
from tracker.notifications.models import Notice
from tracker.people.rules import Reader
from tracker.reminders.gate.rules import span
from tracker.reminders.models import (
    BROKEN_OFF,
    FAILED,
    GOOD,
    REFUSED,
    RUNNING,
    SKIPPED,
    Escalation,
    Sweep,
    TickRun,
)
from tracker.reminders.subjects.table import Subjects

# The timer looks every minute; a longer silence than this is shown in red.
SILENT_AFTER = timedelta(minutes=10)
KEPT_STATEMENTS = 256
HELD = (Notice.addressed_at.is_(None), Notice.held.is_(True))


def latest() -> TickRun | None:
    """Return the latest run, or None before the first."""
    return db.session.scalar(select(TickRun).order_by(TickRun.id.desc()).limit(1))


def run(public_id: str) -> TickRun | None:
    """Return a run, or None."""
    return db.session.scalar(select(TickRun).where(TickRun.public_id == public_id))


def broke_off(row: TickRun, now: datetime, *, is_latest: bool) -> bool:
    """Return whether a run never ended: something came after it, or it has been at work for too long (中断)."""
    silent = not is_latest or now - row.started_at > SILENT_AFTER
    return row.state == BROKEN_OFF or (row.state == RUNNING and silent)


def has_gap(row: TickRun) -> bool:
    """Return whether the silence before a run was longer than it should be."""
    return row.gap_seconds > SILENT_AFTER.total_seconds()


def checked_before(run: TickRun) -> datetime | None:
    """Return when the last check of all hints before a run came to its end (核对)."""
    ended = select(func.max(Sweep.ended_at)).where(Sweep.ended_at < run.started_at)
    return db.session.scalar(ended)


def keeper_trouble(now: datetime) -> Iterator[str]:
    """Yield what the keepers of the timer should look into, and nobody else need know: no numbers of cases."""
    wrong = TickRun.started_at > now - timedelta(days=1), TickRun.wrong_hints > 0
    if db.session.scalar(select(TickRun.id).where(*wrong).limit(1)):
        yield "有期限的检查日不对，已改正补发，请看运行记录。"
    unseen = select(Sweep.unseen).where(Sweep.ended_at.is_not(None)).order_by(Sweep.id.desc()).limit(1)
    if db.session.scalar(unseen):
        yield "有期限不知道属于什么事项，系统不能提醒，请把这句话交给维护人员。"


@dataclass(frozen=True)
class TimerDay:
    """What the timer did today, and what is wrong with it now (empty when nothing is), as one person may know it."""

    last_at: datetime | None
    raised: int
    trouble: tuple[str, ...]


def today(subjects: Subjects, now: datetime, reader: Reader) -> TimerDay:
    """Return what the system did today (今天系统做了什么). One small query.

    How many clocks it looked at and how much left the house are numbers of everything there is: nobody is shown them.
    """
    rows = db.session.execute(_of_today(subjects, local_date(now), reader), {"now": now}).all()
    good = [row.ended_at for row in rows if row.state in GOOD and row.ended_at]
    last = rows[-1] if rows else None
    return TimerDay(
        last_at=good[-1] if good else None,
        raised=last.raised_today if last is not None else 0,
        trouble=tuple(_trouble(now, last, good[-1] if good else None)),
    )


@lru_cache(maxsize=KEPT_STATEMENTS)
def _of_today(subjects: Subjects, day: date, reader: Reader) -> Select[Any]:
    """The latest run and the last good one; what today's raised, whether notices are held or found nobody.

    Kept by its reader and the day: everybody's first page asks it, and building it takes longer than it.
    """
    newest = select(TickRun.id).order_by(TickRun.id.desc()).limit(1)
    known = subjects.notices_counted_for(reader)
    of_today = select(TickRun.id).where(TickRun.started_at >= day_bounds(day)[0])
    raised = (
        select(func.count())
        .select_from(Escalation)
        .where(Escalation.run_id.in_(of_today), Escalation.state != SKIPPED)
        .where(subjects.escalations_counted_for(reader))
    )
    nobody = exists().where(
        *(Notice.addressed_at.is_(None), Notice.held.is_(False), Notice.tried_at.is_not(None)),
        *(Notice.not_before <= bindparam("now", type_=UTCDateTime), known),
    )
    return (
        select(
            *(TickRun.state, TickRun.ended_at, TickRun.sentence),
            *(exists().where(*HELD, known).label("held"), nobody.label("nobody")),
            raised.scalar_subquery().label("raised_today"),
        )
        .where(
            TickRun.id.in_(
                union_all(
                    select(newest.subquery().c.id),
                    select(newest.where(TickRun.state.in_(GOOD)).subquery().c.id),
                )
            )
        )
        .order_by(TickRun.id)
    )


def _trouble(now: datetime, last: Any, good_at: datetime | None) -> Iterator[str]:
    if last is not None and last.state == REFUSED:
        yield last.sentence
    elif good_at is None:
        yield "提醒还没有运行过，到期的不会提醒。"
    elif now - good_at > SILENT_AFTER:
        yield f"提醒已经停了 {span(now - good_at)}，到期的没有人提醒。"
    elif last is not None and last.state == FAILED:
        yield "上一次运行中途出错。"
    if last is not None and last.held:
        yield "有通知等待放行。"
    if last is not None and last.nobody:
        yield "有通知找不到接收人。"
