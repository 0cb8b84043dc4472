"""The heart of the timer: rungs that are reached become escalations, notices and letters, each once (到点提醒、升级).

One call is one transaction over a batch of clocks, the oldest date first. The counters of papers and the log are locked
in the order in which people lock them, and after them only free cases: the timer never stands in a circle.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import update

from tracker import audit
from tracker.audit import Event
from tracker.cases.rules.actions import Action
from tracker.cases.service.numbering import hold_series, next_paper_nos
from tracker.cases.service.stepping import system_line
from tracker.core.database import Model, db
from tracker.core.dates import long_date
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.rules import NEVER
from tracker.deadlines.service import start_clock
from tracker.notifications.service import announce
from tracker.people.queries import names_of_departments
from tracker.reminders.ladder.rules.reach import PASSED, Look, Reached, look, reply_by
from tracker.reminders.ladder.rules.rungs import ANSWERING, ISSUED_BY_LADDER, LEVELS, Level
from tracker.reminders.ladder.rules.wording import letter, why_clock
from tracker.reminders.models import Escalation
from tracker.supervision.models import SupervisionOrder
from tracker.supervision.queries import due
from tracker.supervision.queries.due import DEADLINE, RAISED, SKIPPED, WITHDRAWN, DueClock
from tracker.supervision.service.orders import about, owed_by_unit, supersede, unanswered
from tracker.supervision.service.tick import BATCH, Tally, Tick

Kept = dict[tuple[int, int], dict[str, Escalation]]


def raise_due(
    tick: Tick, *, limit: int = BATCH, doubted: Collection[int] | None = None, without: Collection[int] = ()
) -> Tally:
    """Look at the clocks whose day has come and write what is due for them; return what was done.

    `doubted` are looked at instead, whatever their hints say; `without` leaves some out. Nothing examined means that
    nothing is left (or that somebody works on the rest just now).
    """
    hold_series(tick.today.year, {LEVELS[level].series for level in ISSUED_BY_LADDER})
    audit.lock_log()
    clocks = due.due_clocks(tick.today, limit=limit, doubted=doubted, without=without)
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
    notes, letters = due.first_notes(watched), due.letters_out(clocks, tick.today)
    return [
        (
            each,
            look(
                each.watched,
                tick.ladder.rungs,
                tick.today,
                tick.days,
                known={
                    rung: row.state == RAISED
                    for rung, row in kept.get((each.watched.id, each.watched.revision), {}).items()
                    if row.state != WITHDRAWN
                },
                noted_on=notes.get(each.watched.id),
                not_before=letters.get(each.watched.id),
            ),
        )
        for each in clocks
    ]


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
class _Case:
    """What is written for one clock: its escalations, the one that is told, and everything that hangs on it."""

    clock: DueClock
    rows: list[Escalation] = field(default_factory=list)
    told: tuple[Reached, Escalation] | None = None
    passed: tuple[Level, ...] = ()
    order: SupervisionOrder | None = None
    more: list[Model] = field(default_factory=list)


class _Writing:
    """Writes a batch in few statements: escalations, then letters, then their clocks and the notices, then the log."""

    def __init__(self, tick: Tick, kept: Kept) -> None:
        self.tick, self.kept = tick, kept
        self.cases: list[_Case] = []
        self.raised: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.late = self.wrong = 0

    def note(self, clock: DueClock, seen: Look) -> None:
        """Take in what a look at one clock found. A wrong hint has hidden what was reached before today: it is late."""
        hidden = clock.watched.ended_on is None and clock.hint > seen.wanted_on(self.tick.today)
        self.wrong += hidden
        if seen.raise_now is None and not seen.record:
            return
        case = _Case(clock, passed=tuple(each.rung.level for each in seen.record if each.because == PASSED))
        for each in seen.record:
            case.rows.append(self._escalation(clock, each, SKIPPED, hidden=hidden))
            self.skipped[each.because] += 1
        if seen.raise_now is not None:
            row = self._escalation(clock, seen.raise_now, RAISED, hidden=hidden)
            case.rows.append(row)
            case.told = (seen.raise_now, row)
            self.raised[seen.raise_now.rung.code] += 1
            self.late += row.late
        self.cases.append(case)

    def write(self) -> None:
        """Write everything, and the log last."""
        db.session.add_all(row for case in self.cases for row in case.rows)
        db.session.flush()
        issuing = self._to_issue()
        self._issue_all(issuing)
        db.session.flush()
        names = names_of_departments({case.clock.department_id for case in issuing})
        for case in issuing:
            self._open_order(case, names)
        for case in self.cases:
            if case.told:
                self._tell(case, *case.told)
        if self.cases:
            audit.record_all(Event.RUNG_REACHED, [_entry(case) for case in self.cases], by=None, now=self.tick.now)

    def _escalation(self, clock: DueClock, reached: Reached, state: str, *, hidden: bool) -> Escalation:
        watched = clock.watched
        row = self.kept.get((watched.id, watched.revision), {}).get(reached.rung.code)
        if row is None:
            row = Escalation(
                subject=DEADLINE,
                subject_id=watched.id,
                revision=watched.revision,
                rung=reached.rung.code,
                case_id=watched.case_id,
                deadline_id=watched.id,
            )
        row.run_id, row.level, row.reached_on = self.tick.run_id, reached.rung.level.value, reached.on
        row.due_on, row.raised_at, row.state = watched.due_on, self.tick.now, state
        row.late = self.tick.is_late(reached.on) or (hidden and reached.on < self.tick.today)
        row.skipped_because = reached.because or None
        row.corrected_at = None
        return row

    def _to_issue(self) -> list[_Case]:
        """Return for whom a letter goes out: one unit has one letter of a case at a time, the highest of the day.

        What it has not answered in time is superseded by it; while it still has time, no second letter goes out.
        """
        wanted = [case for case in self.cases if case.told and case.told[0].rung.issues]
        waiting = unanswered({case.clock.watched.case_id for case in wanted})
        issuing: dict[tuple[int, int], _Case] = {}
        for case in sorted(wanted, key=_height, reverse=True):
            key = (case.clock.watched.case_id, case.clock.department_id)
            earlier = waiting.get(key, [])
            if key in issuing or any(order.reply_by >= self.tick.today for order, _ in earlier):
                continue
            issuing[key] = case
            for _, clock in earlier:
                supersede(clock, on=self.tick.today)
                case.more.append(clock)
        return list(issuing.values())

    def _issue_all(self, issuing: list[_Case]) -> None:
        by_series: dict[str, list[_Case]] = {}
        for case in issuing:
            reached, _ = case.told or _never()
            by_series.setdefault(LEVELS[reached.rung.level].series, []).append(case)
        for series, cases in sorted(by_series.items()):
            numbers = next_paper_nos(self.tick.today.year, series, len(cases))
            for case, number in zip(cases, numbers, strict=True):
                self._issue(case, number)

    def _issue(self, case: _Case, number: str) -> None:
        reached, row = case.told or _never()
        watched, rung = case.clock.watched, reached.rung
        wanted = reply_by(rung, watched, self.tick.ladder.rungs, self.tick.today, self.tick.days)
        order = SupervisionOrder(
            kind=rung.level.value,
            number=number,
            **about(watched.case_id),
            escalation_id=row.id,
            about_deadline_id=watched.id,
            office_id=case.clock.office_id,
            department_id=case.clock.department_id,
            text=letter(watched.kind, watched.due_on, rung.asked),
            issued_at=self.tick.now,
            reply_by=wanted,
        )
        db.session.add(order)
        case.order = order

    def _open_order(self, case: _Case, names: dict[int, str]) -> None:
        order, clock = case.order or _never(), case.clock
        level = Level(order.kind)
        reply_clock = start_clock(
            LimitKind.ORDER_REPLY,
            case_id=order.case_id,
            started_on=self.tick.today,
            round_no=clock.round,
            due_on=order.reply_by,
            **owed_by_unit(order, clock.user_id),
        )
        action = Action.URGE if level is Level.URGE else Action.SUPERVISE
        facts = {
            "paper": LEVELS[level].paper,
            "number": order.number,
            "department": names.get(order.department_id, ""),
            "reply_by": long_date(order.reply_by),
        }
        trail = system_line(clock.watched.case_id, clock, action, at=self.tick.now, reason=order.text, facts=facts)
        db.session.add(trail)
        case.more += [order, reply_clock, trail]

    def _tell(self, case: _Case, reached: Reached, row: Escalation) -> None:
        rung, watched = reached.rung, case.clock.watched
        wanted = case.order.reply_by if case.order else None
        if wanted is None:
            wanted = reply_by(rung, watched, self.tick.ladder.rungs, self.tick.today, self.tick.days)
        facts: dict[str, Any] = {
            "case_id": watched.case_id,
            "deadline_id": watched.id,
            "why": why_clock(watched.kind, watched.due_on, self.tick.today, passed=case.passed),
            "reply_by": wanted,
        }
        case.more += tell(self.tick, row, reached, facts)


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
            source="rung",
            source_id=row.id,
            told=post.value,
            heading=LEVELS[rung.level].label,
            asked=rung.asked,
            at_once=rung.at_once,
            awaits_answer=post in ANSWERING and rung.level is not Level.REMIND,
            late=row.late,
            held=tick.hold,
            **facts,
        )
        for post in rung.told
    ]


def _height(case: _Case) -> tuple[int, date]:
    """Return how high the rung stands that a case is told of."""
    reached, _ = case.told or _never()
    return reached.rank


def _entry(case: _Case) -> audit.Entry:
    told = case.told[1] if case.told else None
    payload = {
        "deadline": case.clock.watched.id,
        "revision": case.clock.watched.revision,
        "raised": told.rung if told else None,
        "late": bool(told and told.late),
        "skipped": sorted(row.rung for row in case.rows if row is not told),
        "order": case.order.number if case.order else None,
    }
    return audit.Entry(case.clock.watched.case_id, payload, [*case.rows, *case.more])


def _never() -> Any:
    raise RuntimeError("a letter without a raised rung")
