"""Weighing the first run after a change: its notices wait until it is known that they are no more than a day's."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, case, cast, func, literal, select

from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.deadlines.limits import LIMITS
from tracker.deadlines.models import Deadline
from tracker.reminders.models import DONE, RAISED, Escalation, TickRun
from tracker.reminders.runs.holding import held_ids
from tracker.reminders.runs.rules import RECENT_DAYS, Thing, changed, held_sentence, ordinary_day


def first_since(run: TickRun) -> tuple[Thing, ...]:
    """Return what has changed since the last run that ended; nothing where this is no first run after a change."""
    return changes_until(run.ran_under, before=run) if run.ran_under else ()


def changes_until(circumstances: Mapping[str, str], *, before: TickRun | None = None) -> tuple[Thing, ...]:
    """Return in what these circumstances differ from those of the last run that ended, at all or before another."""
    last = _last_done(before)
    return changed(last.ran_under if last else None, circumstances)


def weigh(run: TickRun, now: datetime) -> None:
    """Keep the notices of a first run for a person's word where they are more than a day's worth.

    Runs that broke off since the last good one are weighed with it: they have no row of their own that says so.
    """
    if sentence := _why_held(run, _weighed_with(run), now):
        run.held, run.sentence = True, sentence


def light_ids(run: TickRun, now: datetime) -> list[int]:
    """Return the notices that waited only to be weighed with a first run, where they are no more than a day's worth."""
    together = _weighed_with(run)
    return held_ids(together) if together and not _why_held(run, together, now) else []


def _weighed_with(run: TickRun) -> Sequence[int]:
    """Return the runs that are weighed together with a first run, itself the last; none where it is no first run."""
    if run.held or not first_since(run):
        return ()
    last = _last_done(run)
    since = (TickRun.id > (last.id if last else 0), TickRun.id <= run.id, TickRun.held.is_(False))
    return db.session.scalars(select(TickRun.id).where(*since)).all()


def _why_held(run: TickRun, together: Sequence[int], now: datetime) -> str:
    if not together:
        return ""
    raised = (Escalation.run_id.in_(together), Escalation.state == RAISED)
    count = db.session.scalar(select(func.count()).select_from(Escalation).where(*raised)) or 0
    return judged(first_since(run), count, now)


def judged(changes: tuple[Thing, ...], raised: int, now: datetime) -> str:
    """Return why the notices of a first run wait; "" where it brings no more than an ordinary day."""
    too_many = changes and raised > ordinary_day(_recent(now), _things_in_hand())
    return held_sentence(changes) if too_many else ""


def _last_done(before: TickRun | None) -> TickRun | None:
    done = select(TickRun).where(TickRun.state == DONE).order_by(TickRun.id.desc()).limit(1)
    return db.session.scalar(done.where(TickRun.id < before.id) if before else done)


def _recent(now: datetime) -> list[int]:
    """Return what each of the last days raised in time; runs whose notices had to wait are no measure."""
    days: dict[object, int] = {}
    rows = db.session.execute(
        select(TickRun.started_at, TickRun.raised, TickRun.late).where(
            TickRun.state == DONE,
            TickRun.held.is_(False),
            TickRun.released_at.is_(None),
            TickRun.started_at > now - timedelta(days=RECENT_DAYS),
            TickRun.started_at <= now,
        )
    )
    for started_at, raised, late in rows:
        day = local_date(started_at)
        days[day] = days.get(day, 0) + sum(raised.values()) - late
    return list(days.values())


def _things_in_hand() -> int:
    """Return of how many things a clock is running that somebody owes; a case and its papers are one."""
    duties = [kind.value for kind, limit in LIMITS.items() if limit.duty]
    running = (Deadline.ended_on.is_(None), Deadline.kind.in_(duties))
    other = case((Deadline.case_id.is_(None), Deadline.subject + literal(":") + cast(Deadline.subject_id, String)))
    counted = func.count(Deadline.case_id.distinct()) + func.count(other.distinct())
    return db.session.scalar(select(counted).where(*running)) or 0
