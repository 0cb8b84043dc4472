"""The behaviour rungs of the ladder: raised once for each thing that was seen (行为触发)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from tracker import audit
from tracker.audit import Event
from tracker.cases.models import Case
from tracker.core.database import Model, db
from tracker.reminders.ladder.rules.reach import PASSED, Reached
from tracker.reminders.ladder.rules.rungs import Rung
from tracker.reminders.ladder.rules.wording import why_behaviour
from tracker.reminders.models import Escalation
from tracker.supervision.queries.behaviours import DAILY, Seen, day_of, seen
from tracker.supervision.queries.due import RAISED, SKIPPED, WITHDRAWN
from tracker.supervision.service.raising import tell
from tracker.supervision.service.tick import BATCH, Tally, Tick

Key = tuple[str, int, int]


def behaviour_rungs(tick: Tick, *, daily: bool) -> list[Rung]:
    """Return the behaviour rungs in force: those of events, or those that are asked once a day."""
    return [
        rung
        for rung in tick.ladder.rungs
        if rung.active and rung.behaviour is not None and (rung.behaviour in DAILY) is daily
    ]


def raise_behaviour(tick: Tick, rung: Rung, *, limit: int = BATCH) -> Tally:
    """Write what one behaviour rung has to say now; of several things seen in one case the last is told."""
    audit.lock_log()
    known = ((each, day_of(rung, each.on, tick.days)) for each in seen(rung, tick.today, limit=limit))
    reached = [(each, on) for each, on in known if on <= tick.today]
    free = _free({each.case_id for each, _ in reached})
    last = {each.case_id: each for each, _ in reached}
    withdrawn = _withdrawn(rung, [each for each, _ in reached])
    rows = [
        (each, _escalation(tick, rung, each, on, withdrawn, passed=last[each.case_id] is not each))
        for each, on in reached
        if each.case_id in free
    ]
    db.session.add_all(row for _, row in rows)
    db.session.flush()
    entries = [_entry(tick, rung, each, row) for each, row in rows]
    if entries:
        audit.record_all(Event.RUNG_REACHED, entries, by=None, now=tick.now)
    raised = [row for _, row in rows if row.state == RAISED]
    return Tally(
        len(rows),
        Counter({rung.code: len(raised)} if raised else {}),
        Counter({PASSED: len(rows) - len(raised)} if len(rows) > len(raised) else {}),
        sum(row.late for row in raised),
    )


def _escalation(
    tick: Tick, rung: Rung, each: Seen, on: date, withdrawn: dict[Key, Escalation], *, passed: bool
) -> Escalation:
    key = (each.subject, each.subject_id, each.revision)
    row = withdrawn.get(key) or Escalation(
        subject=each.subject, subject_id=each.subject_id, revision=each.revision, rung=rung.code, case_id=each.case_id
    )
    row.run_id, row.level, row.reached_on, row.raised_at = tick.run_id, rung.level.value, on, tick.now
    row.state, row.skipped_because = (SKIPPED, PASSED) if passed else (RAISED, None)
    row.late = tick.is_late(on)
    return row


def _entry(tick: Tick, rung: Rung, each: Seen, row: Escalation) -> audit.Entry:
    notices = _notices(tick, row, Reached(rung, row.reached_on), each) if row.state == RAISED else []
    payload = {"subject": [each.subject, each.subject_id], "rung": rung.code, "state": row.state, "late": row.late}
    return audit.Entry(each.case_id, payload, [row, *notices])


def _free(case_ids: set[int]) -> set[int]:
    """Lock the cases that nobody works on just now; the others come with the next run."""
    statement = select(Case.id).where(Case.id.in_(case_ids)).with_for_update(skip_locked=True, key_share=True)
    return set(db.session.scalars(statement))


def _withdrawn(rung: Rung, found: Sequence[Seen]) -> dict[Key, Escalation]:
    rows = db.session.scalars(
        select(Escalation).where(
            Escalation.rung == rung.code,
            Escalation.state == WITHDRAWN,
            Escalation.subject_id.in_([each.subject_id for each in found]),
        )
    )
    return {(row.subject, row.subject_id, row.revision): row for row in rows}


def _notices(tick: Tick, row: Escalation, found: Reached, each: Seen) -> list[Model]:
    wanted = None
    if found.rung.reply_days is not None:
        wanted = tick.days.working_days_from(tick.today, found.rung.reply_days)
    facts = {"case_id": each.case_id, "why": why_behaviour(found.rung, each.on), "reply_by": wanted}
    return tell(tick, row, found, facts)
