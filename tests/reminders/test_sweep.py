"""The hint decides nothing (核对): each night every one is computed anew, and what a wrong one hid is raised late."""

import random
import signal
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import event, func, select, update

from tests.commands import script_in_a_copy
from tests.databases import Ids, writing
from tests.reminders.oracle import should_be_recorded
from tests.reminders.test_downtime import KILLED, race
from tests.world.clocks import make_clocks, recorded
from tests.world.county import County
from tests.world.county import build as build_county
from tests.world.matters import Matter
from tracker import audit
from tracker.audit import Event
from tracker.audit.queries import verify
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.deadlines.limits import DUTIES, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.rules import NEVER
from tracker.deadlines.service import start_clock
from tracker.jobs import sweeping
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules.reach import DayCounter
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.models import RAISED, Escalation, Sweep, TickRun
from tracker.reminders.raising import checking as hints
from tracker.reminders.raising import clocks as raising
from tracker.reminders.raising import due
from tracker.supervision.papers import orders
from tracker.supervision.papers.models import SupervisionOrder
from tracker.working_days.queries import calendar

BEGIN = date(2026, 5, 4)
START = date(2026, 11, 2)
ONE = timedelta(days=1)
# More than eight of each kind of duty.
CLOCKS = 120
SILENCED = date(2099, 1, 1)


def build_clocks() -> Ids:
    """Build the county with clocks of every kind, and let the timer look at them ten days after they began."""
    ids = build_county()
    with clock.frozen(at_local(BEGIN)):
        made = make_clocks(County(ids, current_app.test_client), CLOCKS, begin=BEGIN, span=8, ended=0)  # type: ignore[arg-type]
    later = at_local(BEGIN + 10 * ONE)
    with clock.frozen(later):
        tick(later)
    return ids | {f"clock {number}": id_ for number, id_ in enumerate(made)}


IMAGES = {"clocks": build_clocks}


@pytest.fixture
def clocks(county: County) -> list[int]:
    """Give clocks of every kind; the timer has looked at them ten days after they began."""
    return [county.ids[f"clock {number}"] for number in range(CLOCKS)]


def silence(day: date | None = SILENCED) -> None:
    """Put every hint to a day, as a hand in the database or a program of another version might."""
    running = update(Deadline).where(Deadline.ended_on.is_(None), Deadline.kind.in_(DUTIES))
    writing().execute(running.values(look_on=day))
    db.session.commit()


def expected(ids: list[int], until: date) -> set[tuple[int, int, str]]:
    days = calendar()
    rows = db.session.scalars(select(Deadline).where(Deadline.id.in_(ids)))
    return {key for row in rows for key in should_be_recorded(row, until, days)}


def last_run() -> TickRun:
    row = db.session.scalars(select(TickRun).order_by(TickRun.id.desc())).first()
    assert row is not None
    return row


def sweeps() -> list[Sweep]:
    return list(db.session.scalars(select(Sweep).order_by(Sweep.id).execution_options(populate_existing=True)))


@pytest.mark.both_databases
@pytest.mark.parametrize("day", [SILENCED, NEVER, None], ids=["2099", "never", "missing"])
def test_a_wrong_hint_silences_nothing(clocks: list[int], day: date | None) -> None:
    """Attack S6: five days of a silenced ladder; the record is that of a timer whose hints were right."""
    silence(day)
    for days in range(11, 16):
        now = at_local(BEGIN + days * ONE)
        tick(now)
        assert recorded(clocks) == expected(clocks, clock.local_date(now))
    assert verify().wrong is None


def test_without_the_sweep_it_would(clocks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr("tracker.jobs.ticking.checked", lambda _work: iter(()))
    silence()
    tick(at_local(BEGIN + 15 * ONE))
    assert recorded(clocks) != expected(clocks, BEGIN + 15 * ONE)


def test_what_a_wrong_hint_hid_comes_late_and_says_so(county: County) -> None:
    with clock.frozen(at_local(START)):
        row = Matter(county, received_on=START).until("assign").clock(LimitKind.ACCEPTANCE)
    assert row
    tick(at_local(START))
    urged = row.effective_due + ONE
    for days in range(1, (urged - START).days + 3):
        silence()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tracker.jobs.ticking.checked", lambda _work: iter(()))
            tick(at_local(START + days * ONE))
    report = tick(at_local(urged + 3 * ONE))
    told = db.session.scalars(select(Escalation).where(Escalation.deadline_id == row.id, Escalation.state == RAISED))
    raised = [(each.reached_on, each.late) for each in told if each.rung == "short-urge"]
    assert raised == [(urged, True)]
    assert db.session.scalars(select(Notice.late).where(Notice.deadline_id == row.id)).all()[-1]
    assert report.tally.wrong > 0


@pytest.mark.both_databases
def test_the_run_says_how_many_hints_were_wrong(clocks: list[int]) -> None:
    owed = select(func.count()).select_from(Deadline).where(Deadline.ended_on.is_(None), Deadline.kind.in_(DUTIES))
    running, at_rest = db.session.scalar(owed), db.session.scalar(owed.where(Deadline.look_on == NEVER))
    assert running
    assert at_rest, "of some all is said: they need no day"
    silence()
    tick(at_local(BEGIN + 12 * ONE))
    ended = select(func.count()).select_from(Deadline).where(Deadline.ended_on == BEGIN + 12 * ONE)
    found = sweeps()[-1].wrong
    assert last_run().wrong_hints == found
    assert running - at_rest - (db.session.scalar(ended) or 0) <= found <= running - at_rest
    assert sweeps()[-1].checked == running


def test_right_hints_are_left_alone_and_nobody_is_alarmed(clocks: list[int]) -> None:
    for days in range(11, 40, 3):
        now = at_local(BEGIN + days * ONE)
        tick(now)
        assert last_run().wrong_hints == 0, now
        assert recorded(clocks) == expected(clocks, clock.local_date(now))


def test_a_clock_without_a_hint_is_looked_at_in_the_next_minute(county: County) -> None:
    """Operations F2: a program of another version writes none; the check of the night need not come first."""
    with clock.frozen(at_local(START)):
        row = Matter(county, received_on=START).until("assign").clock(LimitKind.ACCEPTANCE)
    assert row
    late = at_local(row.effective_due + ONE, 8)
    tick(late)
    with clock.frozen(at_local(START)):
        other = Matter(county, received_on=START).until("assign").clock(LimitKind.ACCEPTANCE)
    assert other
    writing().execute(update(Deadline).where(Deadline.id == other.id).values(look_on=None))
    db.session.commit()
    assert due.waiting(row.effective_due + ONE) > 0
    tick(late + timedelta(minutes=1))
    db.session.expire_all()
    assert other.look_on
    assert RAISED in db.session.scalars(select(Escalation.state).where(Escalation.deadline_id == other.id)).all()
    assert due.waiting(row.effective_due + ONE) == 0
    assert last_run().wrong_hints == 1


def test_a_duty_of_which_all_is_said_is_not_asked_again(clocks: list[int]) -> None:
    for days in (60, 110, 160, 210):
        assert not tick(at_local(BEGIN + days * ONE)).refused
    tick(at_local(BEGIN + 210 * ONE, 10))
    assert last_run().examined == 0
    assert db.session.scalar(select(func.count()).select_from(Deadline).where(Deadline.look_on == NEVER))
    assert due.next_look(BEGIN + 210 * ONE) != NEVER


def test_it_is_done_once_a_day(clocks: list[int]) -> None:
    now = at_local(BEGIN + 11 * ONE)
    for minutes in range(3):
        tick(now + timedelta(minutes=minutes))
    assert [clock.local_date(each.begun_at) for each in sweeps()] == [BEGIN + 10 * ONE, BEGIN + 11 * ONE]
    assert all(each.ended_at for each in sweeps())


def test_it_goes_on_in_the_next_run_where_time_was_up(clocks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    silence()
    monkeypatch.setattr(sweeping, "STRIDE", max(clocks) // 8)
    now, places, left = at_local(BEGIN + 12 * ONE), list[int](), list[float]()
    monkeypatch.setattr(sweeping, "SPELL", 0.0)
    for minutes in range(60):
        tick(now + timedelta(minutes=minutes))
        places.append(sweeps()[-1].after_id)
        left.append(len(expected(clocks, clock.local_date(now)) - recorded(clocks)))
        if sweeps()[-1].ended_at:
            break
    assert len(places) > 1
    assert places == sorted(places)
    assert left[-1] == 0
    assert verify().wrong is None


def test_broken_off_in_the_middle_it_goes_on(clocks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    silence()
    now, sound, done = at_local(BEGIN + 20 * ONE), sweeping.raise_due, list[int]()
    monkeypatch.setattr(sweeping, "STRIDE", 40)

    def dies(*args: Any, **more: Any) -> Any:
        done.append(1)
        if len(done) == 3:
            raise KeyboardInterrupt
        return sound(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "raise_due", dies)
        with pytest.raises(KeyboardInterrupt):
            tick(now)
    assert 0 < sweeps()[-1].after_id < max(clocks)
    tick(now + timedelta(minutes=1))
    assert recorded(clocks) == expected(clocks, clock.local_date(now))
    assert [each.ended_at is None for each in sweeps()] == [False, False]
    assert verify().wrong is None
    states = db.session.scalars(select(TickRun.state).order_by(TickRun.id)).all()
    assert states == ["done", "broken", "done"], "a run that was broken off is kept as such"


@pytest.mark.long
def test_kill_9_in_the_middle_loses_and_repeats_nothing(app: Flask, clocks: list[int]) -> None:
    silence()
    now = at_local(BEGIN + 20 * ONE)
    given = {"TRACKER_DATA": str(app.config["TRACKER_DATA"]), "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
    chance = random.Random(3)
    for _ in range(5):
        after = str(chance.randrange(30, 60))
        done = script_in_a_copy(KILLED, after, now.isoformat(), **given, TRACKER_ENV="test")
        assert done.returncode == -signal.SIGKILL
    tick(now)
    assert recorded(clocks) == expected(clocks, clock.local_date(now))
    assert verify().wrong is None


@pytest.mark.both_databases
def test_two_timers_at_once_do_it_once(app: Flask, clocks: list[int]) -> None:
    silence()
    now = at_local(BEGIN + 20 * ONE)
    assert race(app, 2, now) == []
    tick(now + timedelta(minutes=1))
    assert recorded(clocks) == expected(clocks, clock.local_date(now))
    rows = db.session.scalars(select(Escalation).where(Escalation.state == RAISED)).all()
    assert len({(row.subject_id, row.revision, row.rung) for row in rows}) == len(rows)
    assert verify().wrong is None


def test_one_bad_clock_hides_none_of_the_others(clocks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    silence()
    now, sound = at_local(BEGIN + 20 * ONE), raising.look
    bad = min(expected(clocks, clock.local_date(now)) - recorded(clocks))[0]

    def breaks(watched: Any, *args: Any, **known: Any) -> Any:
        if watched.id == bad:
            raise ZeroDivisionError
        return sound(watched, *args, **known)

    monkeypatch.setattr(raising, "look", breaks)
    tick(now)
    left = expected(clocks, clock.local_date(now)) - recorded(clocks)
    assert {key[0] for key in left} == {bad}


@pytest.mark.both_databases
def test_a_clock_of_no_case_is_counted_and_told(clocks: list[int], county: County) -> None:
    with committed():
        start_clock(LimitKind.OFFICE_REFERRAL, case_id=None, subject="village", subject_id=1, started_on=BEGIN)
        audit.record(Event.DATES_RECOUNTED, by=None, now=clock.now())
    tick(at_local(BEGIN + 11 * ONE))
    assert sweeps()[-1].unseen == 1


def test_it_reads_no_row_of_a_clock_as_an_object(clocks: list[int]) -> None:
    made = list[object]()
    event.listen(Deadline, "load", lambda row, _context: made.append(row))
    db.session.expunge_all()
    checker = hints.Checker(SUBJECTS, current().rungs, DayCounter(calendar()), BEGIN + 11 * ONE)
    assert checker.stretch(0, hints.last_clock()).checked >= len(clocks)
    assert made == []


def test_an_answered_letter_holds_nothing_back_after_the_night(county: County) -> None:
    """Whoever answers in time frees what waited for his reply; no hint keeps it back until the reply day."""
    with clock.frozen(at_local(START)):
        matter = Matter(county, received_on=START).until("assign")
    row = matter.clock(LimitKind.ACCEPTANCE)
    assert row
    tick(at_local(START))
    day = row.effective_due + ONE
    with committed():
        asked: dict[str, Any] = {"level": RungLevel.URGE, "reply_by": day + 20 * ONE, "reason": "请尽快告知是否受理。"}
        letter = orders.issue(matter.case, by=county.supervisor, now=at_local(day, 8), **asked)
    tick(at_local(day, 9))
    tick(at_local(day + 8 * ONE, 9))
    assert db.session.scalar(select(func.count()).select_from(SupervisionOrder)) == 1, "the letter holds the others"
    with committed():
        orders.answer(letter, by=county.handler, now=at_local(day + 8 * ONE, 10), reason="已经告知。")
    tick(at_local(day + 8 * ONE, 11))
    assert db.session.scalar(select(func.count()).select_from(SupervisionOrder)) == 1
    tick(at_local(day + 9 * ONE, 0, 1))
    assert last_run().wrong_hints == 0
    assert db.session.scalar(select(func.count()).select_from(SupervisionOrder)) == 2
