"""The heart of the timer: rungs that are reached become escalations, notices and letters, each once (到点提醒、升级).

One call is one transaction over a batch of clocks, the oldest date first. The counters of papers and the log are locked
in the order in which people lock them, and after them only free things: the timer never stands in a circle.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from tracker import audit
from tracker.audit import Event
from tracker.core.database import Model, db
from tracker.deadlines.limits import LIMITS
from tracker.deadlines.models import Deadline
from tracker.deadlines.rules import NEVER
from tracker.notifications.service import announce
from tracker.reminders.ladder.rules.moments import When
from tracker.reminders.ladder.rules.reach import PASSED, Look, Reached, Ref, look, reply_by
from tracker.reminders.ladder.rules.rungs import ANSWERING, DRAFT_SIGNER, SIGN_ASKED, TO_SIGN, RungLevel, heading
from tracker.reminders.ladder.rules.wording import letter, why_clock
from tracker.reminders.models import DEADLINE, DRAFTED, RAISED, RUNG, SKIPPED, WITHDRAWN, Escalation
from tracker.reminders.raising import due
from tracker.reminders.raising.due import DueClock
from tracker.reminders.raising.duties import Beside, beside
from tracker.reminders.raising.tick import BATCH, Tally, Tick
from tracker.reminders.subjects.answers import Issued, Wanted

Kept = dict[tuple[int, int], dict[str, Escalation]]


def raise_due(
    tick: Tick, *, limit: int = BATCH, doubted: Collection[int] | None = None, without: Collection[int] = ()
) -> Tally:
    """Look at the clocks whose day has come and write what is due for them; return what was done.

    `doubted` are looked at instead, whatever their hints say; `without` leaves some out. Nothing examined means that
    nothing is left (or that somebody works on the rest just now).
    """
    tick.subjects.letters.hold(tick.today.year)
    audit.lock_log()
    clocks = due.due_clocks(tick.subjects, tick.today, limit=limit, doubted=doubted, without=without)
    if not clocks:
        return Tally()
    kept = due.recorded(each.watched for each in clocks)
    looked = _looked(tick, clocks, kept)
    writing = _Writing(tick, kept)
    for clock, seen in looked:
        writing.note(clock, seen)
    writing.write()
    _look_again(looked)
    return Tally(len(clocks), writing.raised, writing.skipped, writing.late, wrong=writing.wrong)


def _looked(tick: Tick, clocks: list[DueClock], kept: Kept) -> list[tuple[DueClock, Look]]:
    watched = [each.watched for each in clocks]
    notes = due.first_notes(tick.subjects, watched)
    out = tick.subjects.letters.out(tick.today, {each.about for each in watched})
    letters = due.letters_out(out, clocks)

    def seen(clock: DueClock, not_before: date | None) -> Look:
        rows = kept.get((clock.watched.id, clock.watched.revision), {})
        return look(
            clock.watched,
            tick.ladder.rungs,
            tick.today,
            tick.days,
            known={rung: row.state == RAISED for rung, row in rows.items() if row.state != WITHDRAWN},
            noted_on=notes.get(clock.watched.id),
            not_before=not_before,
            follows=clock.follows,
            draft_waits=(clock.watched.about, clock.department_id) in out.drafts,
        )

    looked = [(each, seen(each, letters.get(each.watched.id))) for each in clocks]
    waits = _letters_before(tick, looked)
    return [(each, seen(each, waits[each.watched.id]) if each.watched.id in waits else found) for each, found in looked]


def _letters_before(tick: Tick, looked: Iterable[tuple[DueClock, Look]]) -> dict[int, date]:
    """Return the clocks whose letter has to wait for another to the same unit about the same thing, and until when.

    One unit has one letter about a thing at a time: the highest goes out, no rung is spent without its letter.
    """
    first: dict[tuple[Ref, int], tuple[DueClock, Reached]] = {}
    wanting = [(clock, seen.raise_now) for clock, seen in looked if seen.raise_now and _issues(clock, seen.raise_now)]
    for clock, reached in sorted(wanting, key=lambda each: each[1].rank, reverse=True):
        first.setdefault((clock.watched.about, clock.department_id), (clock, reached))
    return {
        clock.watched.id: _answered_by(tick, *first[clock.watched.about, clock.department_id]) + timedelta(days=1)
        for clock, _ in wanting
        if first[clock.watched.about, clock.department_id][0] is not clock
    }


def _issues(clock: DueClock, reached: Reached) -> bool:
    """Return whether a letter goes out with a rung: none to the office itself, nor about what an organ above owes it.

    Of these its leaders are told.
    """
    return reached.rung.issues and clock.department_id != clock.free.office_id


def _answered_by(tick: Tick, clock: DueClock, reached: Reached) -> date:
    """Return the day of reply of the letter that goes out with a rung. Raises ValueError where the rung names none."""
    wanted = reply_by(reached.rung, clock.watched, tick.ladder.rungs, tick.today, tick.days)
    if wanted is None:
        raise ValueError(f"the rung {reached.rung.code} issues a letter without a day of reply")
    return wanted


def _look_again(looked: Iterable[tuple[DueClock, Look]]) -> None:
    """Keep the hint when to look next: no fact, so it is set without a line in the log."""
    by_day: dict[date | None, list[int]] = {}
    for clock, seen in looked:
        owed = clock.watched.ended_on is None and LIMITS[clock.watched.kind].duty
        by_day.setdefault(seen.next_on or (NEVER if owed else None), []).append(clock.watched.id)
    for day, ids in by_day.items():
        statement = update(Deadline).where(Deadline.id.in_(ids)).values(look_on=day)
        db.session.execute(statement.execution_options(synchronize_session=False))


@dataclass
class _Entry:
    """What is written for one clock: its escalations, the one that is told, and everything that hangs on it."""

    clock: DueClock
    rows: list[Escalation] = field(default_factory=list)
    told: tuple[Reached, Escalation] | None = None
    passed: tuple[RungLevel, ...] = ()
    letter: Issued | None = None
    more: list[Model] = field(default_factory=list)

    def line(self) -> audit.LogEntry:
        """Return the line of the log."""
        watched, told = self.clock.watched, self.told[1] if self.told else None
        payload = {
            "deadline": watched.id,
            "revision": watched.revision,
            "raised": told.rung if told and told.state == RAISED else None,
            "drafted": told.rung if told and told.state == DRAFTED else None,
            "late": bool(told and told.late),
            "skipped": sorted(row.rung for row in self.rows if row is not told),
            "order": self.letter.number if self.letter and self.letter.number else None,
        }
        return audit.LogEntry(self.clock.case_id, payload, [*self.rows, *self.more])


class _Writing:
    """Writes a batch in few statements: escalations, then letters, then the notices, then the log."""

    def __init__(self, tick: Tick, kept: Kept) -> None:
        self.tick, self.kept = tick, kept
        self.entries: list[_Entry] = []
        self.raised: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.beside: dict[int, list[Beside]] = {}
        self.late = self.wrong = 0

    def note(self, clock: DueClock, seen: Look) -> None:
        """Take in what a look at one clock found. A wrong hint has hidden what was reached before today: it is late."""
        hidden = clock.watched.ended_on is None and clock.hint > seen.wanted_on(self.tick.today)
        self.wrong += hidden
        if seen.raise_now is None and not seen.record:
            return
        entry = _Entry(clock, passed=tuple(each.rung.level for each in seen.record if each.because == PASSED))
        for each in seen.record:
            entry.rows.append(self._escalation(clock, each, SKIPPED, hidden=hidden))
            self.skipped[each.because] += 1
        if seen.raise_now is not None:
            drafts = seen.raise_now.rung.drafts and _issues(clock, seen.raise_now)
            row = self._escalation(clock, seen.raise_now, DRAFTED if drafts else RAISED, hidden=hidden)
            entry.rows.append(row)
            entry.told = (seen.raise_now, row)
            self.raised[seen.raise_now.rung.code] += 1
            self.late += row.late
        self.entries.append(entry)

    def write(self) -> None:
        """Write everything, and the log last."""
        db.session.add_all(row for entry in self.entries for row in entry.rows)
        db.session.flush()
        self._issue()
        climbing = (e.clock.watched.id for e in self.entries if e.told and e.told[0].rung.when is When.AFTER)
        self.beside = beside(list(climbing))
        for entry in self.entries:
            if entry.told:
                self._tell(entry, *entry.told)
        if self.entries:
            audit.record_all(Event.RUNG_REACHED, [entry.line() for entry in self.entries], by=None, now=self.tick.now)

    def _escalation(self, clock: DueClock, reached: Reached, state: str, *, hidden: bool) -> Escalation:
        watched = clock.watched
        row = self.kept.get((watched.id, watched.revision), {}).get(reached.rung.code)
        if row is None:
            row = Escalation(
                subject=DEADLINE,
                subject_id=watched.id,
                revision=watched.revision,
                rung=reached.rung.code,
                case_id=clock.case_id,
                deadline_id=watched.id,
            )
        row.run_id, row.level, row.reached_on = self.tick.run_id, reached.rung.level.value, reached.on
        row.due_on, row.raised_at, row.state = watched.due_on, self.tick.now, state
        row.late = self.tick.is_late(reached.on) or (hidden and reached.on < self.tick.today)
        row.skipped_because = reached.because or None
        row.corrected_at = None
        return row

    def _issue(self) -> None:
        """Let the letters go out that rungs want, and their things keep it."""
        subjects, now = self.tick.subjects, self.tick.now
        wishes = [wish for entry in self.entries if (wish := self._wanted(entry))]
        issued = subjects.letters.issue(wishes, now) if wishes else ()
        entry_by_clock = {entry.clock.watched.id: entry for entry in self.entries}
        for each in issued:
            entry = entry_by_clock[each.wanted.deadline_id]
            entry.letter = each
            entry.more += each.rows
        for of, _ in subjects.by_kind(each.wanted.about for each in issued):
            theirs = [each for each in issued if each.wanted.about.kind == of.kind]
            for each, rows in zip(theirs, of.wrote(theirs, now), strict=True):
                entry_by_clock[each.wanted.deadline_id].more += rows

    def _wanted(self, entry: _Entry) -> Wanted | None:
        """Return the letter that the told rung of a clock wants; None where it issues none."""
        if entry.told is None or not _issues(entry.clock, entry.told[0]):
            return None
        (reached, row), clock = entry.told, entry.clock
        return Wanted(
            escalation=row,
            deadline_id=clock.watched.id,
            about=clock.watched.about,
            free=clock.free,
            department_id=clock.department_id,
            user_id=clock.user_id,
            rung=reached.rung,
            text=letter(clock.watched.kind, clock.watched.due_on, reached.rung.asked, clock.watched.claimed_on),
            reply_by=_answered_by(self.tick, clock, reached),
        )

    def _reply_by(self, reached: Reached, clock: DueClock) -> date | None:
        tick = self.tick
        return reply_by(reached.rung, clock.watched, tick.ladder.rungs, tick.today, tick.days)

    def _tell(self, entry: _Entry, reached: Reached, row: Escalation) -> None:
        watched, letter = entry.clock.watched, entry.letter
        facts: dict[str, Any] = {
            **self.tick.subjects.columns(watched.about),
            "deadline_id": watched.id,
            "heading": heading(reached.rung.level, paper=letter is not None),
            "why": why_clock(
                watched.kind,
                watched.due_on,
                self.tick.today,
                claimed_on=watched.claimed_on,
                passed=entry.passed,
                beside=[(each.kind, each.due_on, each.claimed_on) for each in self.beside.get(watched.id, ())],
            ),
            "reply_by": letter.reply_by if letter else self._reply_by(reached, entry.clock),
        }
        if row.state == DRAFTED and letter is not None:
            # Its signer alone is told; whom the rung names are told when it is signed.
            reached = replace(reached, rung=replace(reached.rung, told=(DRAFT_SIGNER,), asked=SIGN_ASKED))
            waiting = f"{letter.paper}（拟发{letter.department}）待签发：{facts['why']}"
            facts |= {"heading": TO_SIGN, "why": waiting, "reply_by": None}
        entry.more += tell(self.tick, row, reached, facts)


def tell(tick: Tick, row: Escalation, reached: Reached, facts: dict[str, Any]) -> list[Model]:
    """Write the notices of a raised rung, one for each post that is told."""
    rung = reached.rung
    return [
        announce(
            f"rung:{row.id}:{tick.run_id or 0}:{post.value}",
            now=tick.now,
            days=tick.days.calendar,
            not_before_day=reached.on,
            urgent=rung.urgent,
            source=RUNG,
            source_id=row.id,
            told=post.value,
            asked=rung.asked,
            at_once=rung.at_once,
            awaits_answer=post in ANSWERING and rung.level is not RungLevel.REMIND,
            late=row.late,
            held=tick.hold,
            **facts,
        )
        for post in rung.told
    ]
