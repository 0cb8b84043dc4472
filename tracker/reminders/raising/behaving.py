"""The behaviour rungs of the ladder: raised once for each thing that was seen (行为触发)."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker import audit
from tracker.audit import Event
from tracker.core.database import Model, db
from tracker.reminders.ladder.rules.reach import PASSED, Reached, Ref
from tracker.reminders.ladder.rules.rungs import Rung, heading
from tracker.reminders.ladder.rules.wording import why_behaviour
from tracker.reminders.models import RAISED, SKIPPED, Escalation
from tracker.reminders.raising.behaviours import Seen, day_of, seen, withdrawn
from tracker.reminders.raising.clocks import tell
from tracker.reminders.raising.tick import BATCH, Tally, Tick


def behaviour_rungs(tick: Tick, *, daily: bool) -> list[Rung]:
    """Return the behaviour rungs in force: those of events, or those that are asked once a day."""
    return [
        rung
        for rung in tick.ladder.rungs
        if rung.active and rung.behaviour is not None and tick.subjects.watching(rung.behaviour)[1].daily is daily
    ]


def raise_behaviour(tick: Tick, rung: Rung, *, limit: int = BATCH) -> Tally:
    """Write what one behaviour rung has to say now; of several things seen of one thing the last is told."""
    audit.lock_log()
    found = seen(tick.subjects, rung, tick.today, limit=limit)
    reached = [(each, on) for each in found if (on := day_of(rung, each.on, tick.days)) <= tick.today]
    free = _free(tick, {each.about for each, _ in reached})
    last = {each.about: each for each, _ in reached}
    again = withdrawn(rung, [each for each, _ in reached])
    rows = [
        (each, _escalation(tick, rung, each, on, again, passed=last[each.about] is not each))
        for each, on in reached
        if each.about in free
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


def _free(tick: Tick, about: set[Ref]) -> set[Ref]:
    """Lock the things that nobody works on just now; the others come with the next run."""
    return {Ref(of.kind, id_) for of, ids in tick.subjects.by_kind(about) for id_ in of.free(ids)}


def _escalation(
    tick: Tick, rung: Rung, each: Seen, on: date, again: Mapping[tuple[Ref, int], Escalation], *, passed: bool
) -> Escalation:
    row = again.get((each.seen_on, each.revision)) or Escalation(
        subject=each.seen_on.kind,
        subject_id=each.seen_on.id,
        revision=each.revision,
        rung=rung.code,
        case_id=_case_id(tick, each),
    )
    row.run_id, row.level, row.reached_on, row.raised_at = tick.run_id, rung.level.value, on, tick.now
    row.state, row.skipped_because = (SKIPPED, PASSED) if passed else (RAISED, None)
    row.late = tick.is_late(on)
    return row


def _case_id(tick: Tick, each: Seen) -> int | None:
    """Return what stands in the column of cases; None where the thing is none."""
    return each.about.id if tick.subjects.of(each.about.kind).column else None


def _entry(tick: Tick, rung: Rung, each: Seen, row: Escalation) -> audit.LogEntry:
    notices = _notices(tick, row, Reached(rung, row.reached_on), each) if row.state == RAISED else []
    payload = {"subject": list(each.seen_on), "rung": rung.code, "state": row.state, "late": row.late}
    return audit.LogEntry(_case_id(tick, each), payload, [row, *notices])


def _notices(tick: Tick, row: Escalation, found: Reached, each: Seen) -> list[Model]:
    wanted = None
    if found.rung.reply_days is not None:
        wanted = tick.days.working_days_from(tick.today, found.rung.reply_days)
    named = tick.subjects.columns(each.about)
    facts: dict[str, Any] = {**named, "why": why_behaviour(found.rung, each.on), "reply_by": wanted}
    facts["heading"] = heading(found.rung.level, paper=False)
    return tell(tick, row, found, facts)
