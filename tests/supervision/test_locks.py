"""The timer and the long actions of an office never stand in a circle with somebody who works on a case."""

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from tests.databases import writing
from tests.world.county import County
from tests.world.matters import Matter
from tracker import audit
from tracker.audit import Event
from tracker.audit.queries import verify
from tracker.cases.record.models import Case
from tracker.core import clock, pacing
from tracker.core.clock import at_local
from tracker.core.database import committed, db, locked
from tracker.core.pacing import Pace
from tracker.deadlines import hints
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline, LookAgain
from tracker.deadlines.queries import next_due_on, running
from tracker.deadlines.service import stop_clock
from tracker.jobs.calendar import change_calendar
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people.models import User
from tracker.reminders.ladder.rules.rungs import LADDER
from tracker.reminders.ladder.service import adopt
from tracker.reminders.models import RAISED, WITHDRAWN, Escalation, TickRun
from tracker.reminders.raising import due, looking
from tracker.reminders.runs import holding
from tracker.supervision.papers.models import SupervisionOrder
from tracker.working_days.notices import shipped_notices
from tracker.working_days.rules import NoticeDay
from tracker.working_days.service import proposed

pytestmark = pytest.mark.both_databases

START = date(2026, 11, 2)
DUE = date(2026, 11, 17)  # on which the unit should have said whether it accepts the case
LATE = at_local(date(2026, 11, 18), 9)


WAITING_HERE = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
LOOKED = select(Deadline.look_on).where(Deadline.ended_on.is_(None))


class AtWork:
    """Somebody whose step on a case has changed its clock and waits with its line of the log for `go`."""

    def __init__(self, app: Flask, kind: LimitKind = LimitKind.ACCEPTANCE) -> None:
        self.app, self.kind = app, kind
        self.ready, self.go = threading.Event(), threading.Event()
        self.failures: list[BaseException] = []
        self.thread = threading.Thread(target=self._act)
        self.thread.start()
        assert self.ready.wait(20)

    def _act(self) -> None:
        try:
            with self.app.app_context(), committed():
                case = locked(db.session.scalars(select(Case).order_by(Case.id).limit(1)).one())
                row = db.session.scalars(
                    select(Deadline).where(Deadline.case_id == case.id, Deadline.kind == self.kind)
                ).one()
                stop_clock(row, on=clock.local_date(LATE), met=True, by_action="accept")
                db.session.flush()
                self.ready.set()
                self.go.wait(20)
                audit.record(Event.CASE_CORRECTED, by=None, now=LATE, case_id=case.id)
        except BaseException as error:
            self.failures.append(error)
        finally:
            self.ready.set()

    def end(self) -> list[BaseException]:
        """Let the step come to its end, and return what went wrong."""
        self.go.set()
        self.thread.join(30)
        assert not self.thread.is_alive()
        return self.failures


def beside(app: Flask, action: Callable[[], object]) -> list[BaseException]:
    """Let an action begin while somebody is at work on a case, then let him finish; return what failed."""
    failures: list[BaseException] = []

    def run() -> None:
        with app.app_context():
            try:
                action()
            except BaseException as error:
                failures.append(error)
            finally:
                db.session.remove()

    person = AtWork(app)
    other = threading.Thread(target=run)
    other.start()
    _until_it_waits(other)
    failures += person.end()
    other.join(30)
    assert not other.is_alive()
    return failures


def _until_it_waits(other: threading.Thread) -> None:
    """Wait until an action stands before a lock, or is done: PostgreSQL says so, on SQLite it waits in Python.

    However busy the machine is, the action must have met the person at work before that one ends.
    """
    ends = time.monotonic() + 20
    while other.is_alive() and time.monotonic() < ends:
        other.join(0.05)
        with db.engine.connect() as beside_both:
            if beside_both.dialect.name != "postgresql":
                other.join(0.6)
                return
            if beside_both.scalar(text(WAITING_HERE)):
                return


@pytest.fixture
def county(county: County) -> County:
    """Give the county with two matters whose clocks run late."""
    with clock.frozen(at_local(START)):
        for _ in range(2):
            Matter(county, received_on=START).until("assign")
    db.session.commit()
    return county


def supervisor() -> User:
    return db.session.scalars(select(User).where(User.username == "supervisor")).one()


def adopts() -> None:
    with committed():
        adopt(LADDER, by=supervisor(), now=LATE, reason="本县做法。")


def changes_the_calendar() -> None:
    """Make a holiday of the day on which both units should answer."""
    days = (*shipped_notices()[2026].days, NoticeDay(DUE, False, "试验假期"))
    change_calendar(proposed(2026, days, source="更正"), seen=None, by=None, now=LATE)


ACTIONS = [adopts, changes_the_calendar, lambda: tick(LATE)]


@pytest.mark.parametrize("action", ACTIONS, ids=["ladder", "calendar", "tick"])
def test_nobody_waits_in_a_circle(app: Flask, county: County, action: Callable[[], object]) -> None:
    assert beside(app, action) == []
    assert verify().wrong is None


def test_with_the_log_first_there_is_a_circle(
    app: Flask, county: County, monkeypatch: pytest.MonkeyPatch, database: object
) -> None:
    """The negative control: whoever takes the log before the cases meets people who do the opposite."""
    monkeypatch.setattr(
        "tracker.supervision.calendar.change.lock_cases", lambda case_ids: case_ids and audit.lock_log()
    )
    failed = beside(app, changes_the_calendar)
    assert bool(failed) == (db.session.get_bind().dialect.name == "postgresql")


def test_what_somebody_ends_while_the_calendar_changes_stays_as_it_ended(app: Flask, county: County) -> None:
    assert beside(app, changes_the_calendar) == []
    rows = db.session.scalars(select(Deadline).where(Deadline.kind == LimitKind.ACCEPTANCE).order_by(Deadline.id))
    ended, running_on = rows.all()
    assert (ended.effective_due, ended.revision, ended.met) == (DUE, 1, True)
    assert (running_on.effective_due, running_on.revision) == (DUE + timedelta(days=1), 2)
    assert verify().wrong is None


def test_a_case_that_somebody_answers_in_the_same_second_is_not_urged(app: Flask, county: County) -> None:
    assert beside(app, lambda: tick(LATE)) == []
    tick(LATE + timedelta(minutes=1))
    rows = db.session.scalars(select(Escalation).where(Escalation.rung == "short-urge").order_by(Escalation.case_id))
    assert [row.state for row in rows] == ["skipped", RAISED]
    assert len(db.session.scalars(select(SupervisionOrder)).all()) == 1
    assert verify().wrong is None


def test_confirming_the_clock_while_the_unit_answers(app: Flask, county: County) -> None:
    """What was raised ahead is withdrawn; the step that comes at the same time keeps what it wrote."""
    with committed():
        db.session.add(TickRun(started_at=LATE, ended_at=LATE, state="confirmed"))
    tick(LATE)
    right = LATE - timedelta(days=3)
    assert tick(right).refused
    db.session.commit()

    def confirms() -> None:
        holding.confirm_clock(SUBJECTS, by=supervisor(), now=right, pace=Pace())

    assert beside(app, confirms) == []
    states = set(db.session.scalars(select(Escalation.state).where(Escalation.raised_at > right)))
    assert states == {WITHDRAWN}
    for case in db.session.scalars(select(Case).order_by(Case.id).offset(1)):
        assert case.next_due_on is not None
        assert case.next_due_on == next_due_on(running(case.id))
    assert verify().wrong is None


def test_confirming_and_releasing_at_once_leave_a_true_record(app: Flask, county: County) -> None:
    with committed():
        db.session.add(TickRun(started_at=at_local(START), ended_at=at_local(START), state="done"))
    tick(LATE)
    run = db.session.scalars(select(TickRun).where(TickRun.held.is_(True))).one()
    run_id, right, failures = run.id, LATE - timedelta(days=3), list[BaseException]()
    assert tick(right).refused
    db.session.commit()
    gate = threading.Barrier(2)

    def release() -> None:
        holding.release(db.session.get_one(TickRun, run_id), by=supervisor(), now=LATE, pace=Pace())

    def confirm() -> None:
        holding.confirm_clock(SUBJECTS, by=supervisor(), now=right, pace=Pace())

    def run_one(action: Callable[[], object]) -> None:
        with app.app_context():
            try:
                db.session.scalars(select(TickRun)).all()
                gate.wait()
                action()
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=run_one, args=(action,)) for action in (release, confirm)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert db.session.scalars(select(Notice).where(Notice.held.is_(True), Notice.dropped_because.is_(None))).all() == []
    assert verify().wrong is None


def asked_to_look_again(pace: Pace, *, after: int = 0) -> int:
    """Ask for a look at every running clock and do what was asked; return in how many turns.

    The numbers of PostgreSQL go on from test to test: `after` passes over those that no clock has.
    """
    for number, row in enumerate(db.session.scalars(select(Deadline)).all()):
        day = None if number % 2 else date(2099, 12, 31)
        writing().execute(update(Deadline).where(Deadline.id == row.id).values(look_on=day))
    db.session.commit()
    with committed() as session:
        hints.ask_to_look_again(LATE)
        session.execute(update(LookAgain).values(after_id=after))
    for turns in count(1):
        with pace.turn():
            if not looking.look_again(SUBJECTS, pace, now=LATE):
                return turns
    raise AssertionError


def test_every_running_clock_is_looked_at_again(county: County) -> None:
    """Also those of a kind that had no rung, and those far away."""
    assert asked_to_look_again(Pace()) == 1
    assert set(db.session.scalars(LOOKED)) == {clock.local_date(LATE)}
    assert db.session.scalars(select(LookAgain)).all() == []


def test_a_look_at_everything_goes_on_where_it_was_broken_off(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "STRETCH", 0)
    monkeypatch.setattr(pacing, "BREATH", 0)
    monkeypatch.setattr(looking, "IDS_AT_ONCE", 1)
    ids = db.session.scalars(select(Deadline.id).order_by(Deadline.id)).all()
    assert asked_to_look_again(Pace(), after=ids[0] - 1) == ids[-1] - ids[0] + 2 > 2
    assert set(db.session.scalars(LOOKED)) == {clock.local_date(LATE)}


def test_the_next_tick_looks_at_what_was_asked_for(county: County) -> None:
    with committed() as session:
        session.execute(update(Deadline).values(look_on=date(2099, 12, 31)))
        hints.ask_to_look_again(LATE)
    looked = tick(LATE).tally
    assert looked.examined >= len(db.session.scalars(LOOKED).all()) > 0
    assert looked.wrong == 0, "the nightly check finds nothing wrong any more"
    assert due.waiting(clock.local_date(LATE)) == 0
