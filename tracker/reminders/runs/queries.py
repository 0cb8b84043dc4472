"""运行记录: what each run of the timer saw, raised and left, and the strip 今天系统做了什么 on the home page."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, select, true, union_all

from tracker.core.clock import at_local, local_date
from tracker.core.database import db, only_filtering
from tracker.notifications.models import Notice
from tracker.people.rules import Reader, does_case_work
from tracker.reminders.gate.rules import span
from tracker.reminders.models import (
    BROKEN_OFF,
    FAILED,
    GOOD,
    REFUSED,
    RUNG,
    RUNNING,
    SKIPPED,
    Escalation,
    Sweep,
    TickRun,
)
from tracker.reminders.subjects.table import Subjects

# The timer looks every minute; a longer silence than this is shown in red.
SILENT_AFTER = timedelta(minutes=10)
_HELD = (Notice.addressed_at.is_(None), Notice.held.is_(True))


def runs(page: int, size: int) -> tuple[list[TickRun], int]:
    """Return one page of the runs, newest first, and how many there are."""
    total = db.session.scalar(select(func.count()).select_from(TickRun)) or 0
    rows = db.session.scalars(select(TickRun).order_by(TickRun.id.desc()).offset((page - 1) * size).limit(size))
    return list(rows), total


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


def held_notices(subjects: Subjects, reader: Reader) -> dict[int, int]:
    """Return how many notices of each run wait until somebody releases them: to people of case work as `raised_by`.

    A run whose notices are all about what the person may not know of stands with none.
    """
    known = subjects.escalations_known_to(reader) if does_case_work(reader) else true()
    rows = db.session.execute(
        select(Escalation.run_id, func.count().filter(known))
        .join(Notice, and_(only_filtering(Notice.source == RUNG), Notice.source_id == Escalation.id))
        .where(*_HELD)
        .group_by(Escalation.run_id)
    )
    return {run_id: number for run_id, number in rows if run_id is not None}


@dataclass
class Raised:
    """What a run raised by rung, only recorded by reason, and how much of it came late."""

    raised: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    late: int = 0


def raised_by(subjects: Subjects, rows: Sequence[TickRun], reader: Reader) -> dict[int, Raised]:
    """Return what runs raised, by run: to people of case work only of what they may see. One query.

    Who keeps the system or reads the log sees no case, and the numbers of all.
    """
    if not does_case_work(reader):
        return {row.id: Raised(Counter(row.raised), Counter(row.skipped), row.late) for row in rows}
    found = {row.id: Raised() for row in rows}
    columns = (Escalation.run_id, Escalation.rung, Escalation.state, Escalation.skipped_because, Escalation.late)
    counted = (
        select(*columns, func.count())
        .where(Escalation.run_id.in_(found), subjects.escalations_known_to(reader))
        .group_by(*columns)
    )
    for run_id, rung, state, because, late, number in db.session.execute(counted):
        run_ = found[run_id or 0]
        if state == SKIPPED:
            run_.skipped[because or ""] += number
        else:
            run_.raised[rung] += number
            run_.late += number if late else 0
    return found


def raised_today(subjects: Subjects, now: datetime, reader: Reader) -> int:
    """Return how many rungs were raised today about what a person of case work may see."""
    today_ = select(TickRun.id).where(TickRun.started_at >= at_local(local_date(now), 0))
    which = (Escalation.run_id.in_(today_), Escalation.state != SKIPPED, subjects.escalations_known_to(reader))
    return db.session.scalar(select(func.count()).select_from(Escalation).where(*which)) or 0


@dataclass(frozen=True)
class TimerDay:
    """What the timer did today, and what is wrong with it now (empty when nothing is)."""

    last_at: datetime | None
    examined: int
    raised: int
    sent: int
    left: int
    trouble: tuple[str, ...]


def today(now: datetime) -> TimerDay:
    """Return what the system did today (今天系统做了什么). One small query."""
    rows = db.session.execute(_of_today(now)).all()
    mine = [row for row in rows if row.started_at and local_date(row.started_at) == local_date(now)]
    good = [row.ended_at for row in rows if row.state in GOOD and row.ended_at]
    last = rows[-1] if rows else None
    return TimerDay(
        last_at=good[-1] if good else None,
        examined=sum(row.examined for row in mine),
        raised=sum(sum(row.raised.values()) for row in mine),
        sent=sum(row.sent for row in mine),
        left=last.left if last is not None else 0,
        trouble=tuple(_trouble(now, last, good[-1] if good else None)),
    )


def _of_today(now: datetime) -> Select[Any]:
    """The runs of today, the latest of all and the last good one; whether notices are held or found nobody."""
    midnight = at_local(local_date(now), 0)
    newest = select(TickRun.id).order_by(TickRun.id.desc()).limit(1)
    columns: tuple[Any, ...] = (
        *(TickRun.state, TickRun.started_at, TickRun.ended_at, TickRun.examined, TickRun.raised, TickRun.sent),
        *(TickRun.left, TickRun.sentence),
    )
    nobody = exists().where(
        Notice.addressed_at.is_(None), Notice.held.is_(False), Notice.tried_at.is_not(None), Notice.not_before <= now
    )
    return (
        select(*columns, exists().where(*_HELD).label("held"), nobody.label("nobody"))
        .where(
            TickRun.id.in_(
                union_all(
                    select(TickRun.id).where(TickRun.started_at >= midnight),
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
