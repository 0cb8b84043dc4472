"""The run ledger of the timer (运行记录): a row for each run that did something, one for many quiet ones in a row."""

from datetime import date, datetime

from sqlalchemy import delete, select, update

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import constant, db
from tracker.reminders.gate.queries import believed, last_good_run
from tracker.reminders.gate.rules import Gate
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules.reach import DayCounter
from tracker.reminders.models import BROKEN_OFF, DONE, FAILED, REFUSED, RUNNING, TickRun
from tracker.reminders.raising.due import next_look, waiting_by_subject
from tracker.reminders.raising.tick import Tally, Tick
from tracker.reminders.runs.circumstances import circumstances
from tracker.reminders.runs.weighing import first_since, weigh
from tracker.reminders.subjects.table import Subjects
from tracker.working_days.queries import calendar


def opened(now: datetime) -> tuple[TickRun, Gate, TickRun | None]:
    """Open a run, unless the clock cannot be believed: then it is kept as refused.

    Returns the row, what the gate said, and the last good run. One refusal after the other is one row.
    """
    _close_broken_off()
    last, found = last_good_run(), believed(now)
    gap = int(found.gap.total_seconds())
    if not found.open:
        row = _same_refusal() or TickRun(started_at=now, state=REFUSED, ticks=0)
        row.ended_at, row.ticks, row.sentence, row.gap_seconds = now, row.ticks + 1, found.sentence, gap
    else:
        given = {"held": found.hold, "sentence": found.sentence or None, "ran_under": circumstances(current())}
        row = TickRun(started_at=now, state=RUNNING, ticks=1, gap_seconds=gap, **given)
    db.session.add(row)
    db.session.flush()
    return row, found, last


def _close_broken_off() -> None:
    """Keep of runs that never ended that they were broken off (中断); one that lives after all says so at its end."""
    db.session.execute(update(TickRun).where(TickRun.state == constant(RUNNING)).values(state=BROKEN_OFF))


def _same_refusal() -> TickRun | None:
    latest = db.session.scalar(select(TickRun).order_by(TickRun.id.desc()).limit(1))
    return latest if latest is not None and latest.state == REFUSED else None


def tick_of(subjects: Subjects, row: TickRun, last: TickRun | None, now: datetime) -> Tick:
    """Return what the batches of a run share: the ladder and the calendar as they are now.

    Notices of a first run after a change wait until it is weighed.
    """
    hold = row.held or bool(first_since(row))
    return Tick(row.id, now, current(), DayCounter(calendar()), subjects, day_of(last), hold)


def day_of(run: TickRun | None) -> date | None:
    """Return the day that a run looked at: that of its beginning, also where it ended after midnight."""
    return local_date(run.started_at) if run else None


def is_first_of_day(now: datetime) -> bool:
    """Return whether no run of today has asked what is asked once a day; the latest counts, not one that ran ahead."""
    swept = select(TickRun.started_at).where(TickRun.swept.is_(True)).order_by(TickRun.id.desc()).limit(1)
    latest = db.session.scalar(swept)
    return latest is None or local_date(latest) != local_date(now)


def closed(subjects: Subjects, run_id: int, tally: Tally, now: datetime, *, swept: bool, broken: int = 0) -> TickRun:
    """Close a run with what it did, weighed where it is the first after a change.

    Clocks that no subject answers for are left, and the run says so: nobody could be told of them.

    A quiet one is added to the quiet one before it, of the same day.
    """
    row = db.session.get_one(TickRun, run_id)
    row.ended_at, row.state, row.swept = now, DONE, swept
    row.examined, row.raised, row.skipped, row.late = (
        tally.examined,
        dict(tally.raised),
        dict(tally.skipped),
        tally.late,
    )
    row.lapsed, row.wrong_hints = tally.lapsed, tally.wrong
    left = waiting_by_subject(local_date(now))
    row.left, row.next_on = sum(left.values()), next_look(local_date(now))
    weigh(row, now)
    if broken:
        row.sentence = f"有 {broken} 项检查出错，下次再试；请把日志交给维护人员。"
    if unknown := sorted(left.keys() - set(subjects.kinds)):
        row.sentence = f"有期限不知道属于什么事项（{'、'.join(unknown)}），没有提醒；请把这句话交给维护人员。"[:200]
    _on_record(row, now)
    return _joined(row) if _is_quiet(row) and not swept else row


def _on_record(row: TickRun, now: datetime) -> None:
    """Seal in the log a run that did something, or broke down; the many others prove nothing."""
    if row.raised or row.lapsed or row.held or row.state == FAILED:
        said = {"run": row.id, "state": row.state}
        audit.record(audit.Event.RUN_ENDED, by=None, now=now, payload=said, rows=[row])


def note_sent(*, sent: int, failed: int) -> None:
    """Add to the latest run what left the house after it (已发出、没有发成); a timer may close it at the same time."""
    latest = select(TickRun.id).order_by(TickRun.id.desc()).limit(1).scalar_subquery()
    added = {"sent": TickRun.sent + sent, "failed": TickRun.failed + failed}
    statement = update(TickRun).where(TickRun.id == latest).values(added)
    db.session.execute(statement.execution_options(synchronize_session=False))


def failed(run_id: int, now: datetime, sentence: str) -> None:
    """Keep a run that broke down."""
    row = db.session.get_one(TickRun, run_id)
    row.ended_at, row.state, row.sentence = now, FAILED, sentence
    db.session.flush()
    _on_record(row, now)


def _is_quiet(row: TickRun) -> bool:
    told = row.raised or row.skipped or row.lapsed or row.wrong_hints or row.sent or row.failed
    return not (told or row.left or row.held or row.sentence)


def _joined(row: TickRun) -> TickRun:
    before = db.session.scalar(
        select(TickRun).where(TickRun.id < row.id).order_by(TickRun.id.desc()).limit(1).with_for_update()
    )
    if before is None or before.state != DONE or before.swept or not _is_quiet(before) or before.ended_at is None:
        return row
    if local_date(before.started_at) != local_date(row.started_at):
        return row
    if (row.started_at - before.ended_at).total_seconds() > LONGEST_JOIN or before.ran_under != row.ran_under:
        return row
    before.ended_at, before.ticks, before.next_on = row.ended_at, before.ticks + row.ticks, row.next_on
    before.examined += row.examined
    db.session.execute(delete(TickRun).where(TickRun.id == row.id))
    db.session.expunge(row)
    return before


# A longer silence than this is shown as a gap, not hidden inside a row.
LONGEST_JOIN = 600
