"""A calendar changes in turns: broken off at any of them it goes on to the same end, and nobody sees a half of it."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select

from tests.databases import Ids, TestDatabase
from tests.jobs.test_ticking import PROJECT, environment
from tests.supervision.test_calendar_change import FIRST, a_proposal, run_days, started
from tests.world.county import County
from tests.world.county import build as build_county
from tracker import audit
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.lifecycle.stepping import refresh_next_due
from tracker.cases.record.models import Case, CaseStep, RecountedCase, RecountedClock
from tracker.core import clock, pacing
from tracker.core.clock import at_local
from tracker.core.database import Model, committed, db
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import extend_clock, start_clock, stop_clock
from tracker.jobs import calendar as changing
from tracker.jobs import scheduler
from tracker.notifications.models import Notice
from tracker.people.models import User
from tracker.reminders.models import Escalation
from tracker.supervision.calendar import change as turns
from tracker.supervision.calendar.change import Terms, carry_on, start_change
from tracker.supervision.calendar.preview import preview
from tracker.supervision.calendar.rules.change_phases import Phase
from tracker.supervision.papers.models import SupervisionOrder
from tracker.working_days.models import CalendarChange, CalendarDay, CalendarYear
from tracker.working_days.queries import calendar, unfinished_change
from tracker.working_days.rules import YearStatus
from tracker.working_days.service import UNDER_WAY, seed_known_years

NOW = at_local(date(2027, 2, 7))
LIMITS_OF_A_TURN = ("CASES_COUNTED", "CASES_MOVED", "CASES_TOLD", "RUNGS_CORRECTED", "ROWS_CLEARED")
RECORDS = (Deadline, Case, CaseStep, Escalation, Notice, SupervisionOrder, CalendarYear, CalendarDay, CalendarChange)
# What differs from one run to the next without meaning anything.
ACCIDENTAL = {"id", "public_id", "edition", "seen_line", "counted_on"}


def build() -> Ids:
    """Build the county with clocks that move, that settle, that ended, and a letter that went out too early."""
    ids = build_county()
    county = County(ids, lambda: pytest.fail("nobody browses here"))
    with clock.frozen(at_local(date(2026, 12, 9))):
        for _ in range(2):
            started(county, LimitKind.HANDLING, date(2026, 12, 9))
        started(county, LimitKind.HANDLING, date(2027, 1, 16))
        _, ended = started(county, LimitKind.HANDLING, date(2026, 12, 10))
        with committed():
            stop_clock(ended, on=date(2027, 2, 5), met=True, by_action="test")
            audit.record(Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=ended.case_id)
        started(county, LimitKind.ACCEPTANCE, date(2027, 1, 21))
        with committed():
            for case in db.session.scalars(select(Case)):
                refresh_next_due(case)
                audit.record(Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=case.id)
    run_days(date(2027, 2, 4), date(2027, 2, 6))
    return ids


@pytest.fixture
def ready(app: Flask, database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestDatabase]:
    """Give the world before the change, where every turn does the least it can."""
    database.start_from(build)
    in_least_turns(monkeypatch)
    with app.app_context(), clock.frozen(NOW):
        yield database


def in_least_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "STRETCH", 0)
    monkeypatch.setattr(pacing, "BREATH", 0)
    for name in LIMITS_OF_A_TURN:
        monkeypatch.setattr(turns, name, 1)


def begin(by: User | None = None) -> None:
    with committed():
        start_change(a_proposal(FIRST), by=by, now=NOW)


def turn() -> bool:
    """Do one turn as another process would: nothing is left of the one before."""
    with Pace().turn():
        return carry_on(Pace(), Terms(), now=clock.now())


def finish() -> int:
    """Go on to the end; return in how many turns."""
    count = 0
    while turn():
        count += 1
    return count


def until(phase: Phase) -> None:
    """Go on to the first turn of a phase."""
    while (change := unfinished_change()) is not None and change.phase != phase:
        turn()


def known() -> dict[str, list[str]]:
    """Return everything that is kept of cases, clocks, rungs, notices and the calendar, and what the log says."""
    db.session.expire_all()
    found = {model.__tablename__: sorted(map(_facts, db.session.scalars(select(model)))) for model in RECORDS}
    lines = select(AuditEvent.kind, AuditEvent.case_id, AuditEvent.actor_id, AuditEvent.at_utc)
    events = db.session.execute(lines.where(AuditEvent.kind != Event.DATES_RECOUNTED.value)).all()
    of_cases = lines.where(AuditEvent.kind == Event.DATES_RECOUNTED.value, AuditEvent.case_id.is_not(None))
    return found | {"log": sorted(map(str, [*events, *db.session.execute(of_cases).all()]))}


def _facts(row: Model) -> str:
    names = [each.key for each in inspect(type(row)).column_attrs if each.key not in ACCIDENTAL]
    return str([(name, getattr(row, name)) for name in names])


@pytest.fixture
def uninterrupted(ready: TestDatabase) -> dict[str, list[str]]:
    """Give what is known after a change that nobody broke off, and put the world back before it."""
    begin()
    finish()
    found = known()
    db.session.remove()
    ready.start_from(build)
    return found


def test_a_turn_that_fails_is_done_again_and_the_end_is_the_same(
    ready: TestDatabase, uninterrupted: dict[str, list[str]]
) -> None:
    """Each turn fails once, when its work is done and not committed: as it is where the process is killed."""
    begin()
    broken = 0
    while unfinished_change():
        before = known()
        with pytest.raises(ZeroDivisionError), Pace().turn():
            carry_on(Pace(), Terms(), now=NOW)
            raise ZeroDivisionError
        assert known() == before, "nothing is half written"
        assert verify().wrong is None
        turn()
        broken += 1
    assert broken > 15
    assert known() == uninterrupted
    assert db.session.scalars(select(RecountedClock)).all() == db.session.scalars(select(RecountedCase)).all() == []
    assert verify().wrong is None


def test_what_is_not_gone_on_with_is_not_the_same(ready: TestDatabase, uninterrupted: dict[str, list[str]]) -> None:
    """The negative control: broken off before the last turns, the comparison sees it."""
    begin()
    phases = set()
    while turn():
        change = unfinished_change()
        if change is None:
            break
        phases.add(change.phase)
        assert known() != uninterrupted, change.phase
    assert phases == {phase.value for phase in Phase}
    assert known() == uninterrupted


def shown() -> set[date]:
    """Return the days that lists show: of the moving clocks and of their cases."""
    moving = select(Deadline.effective_due).where(Deadline.subject == "case", Deadline.ended_on.is_(None))
    nearest = select(Case.next_due_on).where(Case.next_due_on < LATER)
    return {*db.session.scalars(moving.where(Deadline.effective_due < LATER)), *db.session.scalars(nearest)}


LATER = date(2027, 3, 1)
OLD_DAYS, NEW_DAYS = {date(2027, 2, 5), date(2027, 2, 8)}, {date(2027, 2, 15)}


@pytest.mark.both_databases
def test_lists_show_the_old_days_until_everything_is_counted(
    ready: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the new ones in one turn, where what moves fits into one."""
    monkeypatch.setattr(turns, "CASES_MOVED", 100)
    begin()
    seen, loaded = [shown()], [calendar().status(2027)]
    while turn():
        seen.append(shown())
        loaded.append(calendar().status(2027))
        assert verify().wrong is None
    letters = {order.reply_by for order in db.session.scalars(select(SupervisionOrder))}
    assert [days - letters for days in seen] == [OLD_DAYS] * loaded.count(YearStatus.NOT_LOADED) + [
        NEW_DAYS
    ] * loaded.count(YearStatus.OFFICIAL)
    assert loaded.count(YearStatus.NOT_LOADED) > 3
    assert loaded.count(YearStatus.OFFICIAL) > 3


# What people do in the middle


def of_case(number: int) -> Case:
    return db.session.scalars(select(Case).order_by(Case.id).offset(number).limit(1)).one()


def starts(case: Case) -> None:
    start_clock(LimitKind.ACCEPTANCE, case_id=case.id, subject="case", subject_id=case.id, started_on=date(2027, 1, 26))


def ends(case: Case) -> None:
    for row in running_of(case):
        stop_clock(row, on=clock.today(), met=True, by_action="test")


def extends(case: Case) -> None:
    for row in running_of(case):
        extend_clock(row, 3, on=clock.today())


def steps(case: Case) -> None:
    """Change the case alone, as many steps do."""
    case.version += 1


def running_of(case: Case) -> list[Deadline]:
    own = (Deadline.case_id == case.id, Deadline.ended_on.is_(None), Deadline.kind == LimitKind.HANDLING.value)
    return list(db.session.scalars(select(Deadline).where(*own)))


@pytest.mark.both_databases
@pytest.mark.parametrize("phase", list(Phase))
def test_acts_in_the_middle_end_up_right(ready: TestDatabase, phase: Phase) -> None:
    """By the new calendar where a clock runs, untouched where it ended."""
    begin()
    until(phase)
    ended = acted((ends, 0), (extends, 1), (steps, 2), (starts, 3))
    finish()
    all_is_right(ended)


@pytest.mark.long
@pytest.mark.parametrize("act", [starts, ends, extends, steps])
def test_an_act_between_any_two_turns_ends_up_right(ready: TestDatabase, act: Callable[[Case], None]) -> None:
    begin()
    for after in range(finish()):
        db.session.remove()
        ready.start_from(build)
        begin()
        for _ in range(after):
            turn()
        ended = acted((act, 0))
        finish()
        all_is_right(ended)


def acted(*acts: tuple[Callable[[Case], None], int]) -> dict[int, tuple[date, int]]:
    """Let people act on cases; return the dates of what has ended."""
    for act, number in acts:
        with committed():
            case = of_case(number)
            act(case)
            db.session.flush()
            refresh_next_due(case)
            audit.record(Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=case.id)
    return ended_clocks()


def all_is_right(ended: dict[int, tuple[date, int]]) -> None:
    """Hold every date against a count of its own."""
    assert preview(a_proposal(FIRST), today=clock.today()).changes == ()
    for case in db.session.scalars(select(Case)):
        kept = case.next_due_on
        refresh_next_due(case)
        assert kept == case.next_due_on
    db.session.rollback()
    assert ended_clocks().items() >= ended.items()
    assert verify().wrong is None


def ended_clocks() -> dict[int, tuple[date, int]]:
    rows = select(Deadline).where(Deadline.ended_on.is_not(None), Deadline.subject == "case")
    return {row.id: (row.effective_due, row.revision) for row in db.session.scalars(rows)}


def test_without_reading_the_log_an_act_in_the_middle_ends_up_wrong(
    ready: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(turns, "count_acts", lambda seen, recount: (seen, False))
    begin()
    until(Phase.SWITCHING)
    with committed():
        steps(of_case(0))
        audit.record(Event.CASE_CORRECTED, by=None, now=clock.now())
    finish()
    assert verify().wrong is not None


# Several at once, and other days


def test_nobody_begins_a_second_change(ready: TestDatabase) -> None:
    begin()
    turn()
    with pytest.raises(DomainError, match=UNDER_WAY), committed():
        start_change(a_proposal(FIRST), by=None, now=NOW)
    with pytest.raises(DomainError, match=UNDER_WAY), committed():
        seed_known_years(now=NOW)
    finish()
    begin()
    assert unfinished_change(), "once it is done, another can begin"


@pytest.mark.both_databases
def test_two_who_begin_at_once(ready: TestDatabase) -> None:
    gate, refused = threading.Barrier(2), list[str]()
    app = ready.app
    db.session.remove()

    def starts_one() -> None:
        with app.app_context():
            gate.wait()
            try:
                changing.change_calendar(a_proposal(FIRST), seen=None, by=None, now=NOW)
            except DomainError as error:
                refused.append(error.message)

    threads = [threading.Thread(target=starts_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    finished = db.session.scalars(select(CalendarChange)).all()
    assert len(finished) + len(refused) == 2
    assert all(change.finished_at for change in finished)
    assert preview(a_proposal(FIRST), today=clock.today()).changes == ()
    assert verify().wrong is None


@pytest.mark.both_databases
def test_two_who_go_on_at_once_take_turns(ready: TestDatabase, uninterrupted: dict[str, list[str]]) -> None:
    begin()
    app, failed = ready.app, list[BaseException]()
    db.session.remove()

    def goes_on() -> None:
        with app.app_context():
            try:
                changing.go_on(NOW)
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=goes_on) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert known() == uninterrupted
    assert verify().wrong is None


@pytest.mark.parametrize("phase", [Phase.COUNTING, Phase.SWITCHING])
def test_a_change_that_goes_on_the_next_day_moves_the_dates_on_that_day(ready: TestDatabase, phase: Phase) -> None:
    begin()
    turn()
    turn()
    until(phase)
    with clock.frozen(NOW + timedelta(days=1)):
        finish()
    revised = set(db.session.scalars(select(Deadline.revised_on).where(Deadline.revision == 2)))
    assert revised == {date(2027, 2, 8)}
    assert verify().wrong is None


def test_whose_act_it_is_stays_on_the_record_also_where_the_timer_goes_on(ready: TestDatabase) -> None:
    by = db.session.scalars(select(User).where(User.username == "supervisor")).one()
    begin(by)
    job = next(job for job in scheduler.JOBS if job.name == "日历变更")
    job.work()
    assert unfinished_change() is None
    kinds = (Event.CALENDAR_CHANGE_STARTED, Event.CALENDAR_LOADED, Event.DATES_RECOUNTED, Event.RUNG_CORRECTED)
    lines = db.session.execute(
        select(AuditEvent.kind, AuditEvent.actor_id, AuditEvent.actor_role).where(
            AuditEvent.kind.in_([*kinds, Event.CALENDAR_CHANGE_FINISHED])
        )
    ).all()
    by_person = {(kind, role) for kind, actor_id, role in lines if actor_id == by.id}
    assert by_person == {(kind, "阳城县·督查员") for kind in (*kinds, Event.CALENDAR_CHANGE_FINISHED)}


def test_the_timer_does_nothing_where_nothing_is_under_way(ready: TestDatabase) -> None:
    lines = select(func.count()).select_from(AuditEvent)
    before = db.session.scalar(lines)
    assert changing.go_on()
    assert db.session.scalar(lines) == before


def test_a_page_works_on_it_for_seconds_and_leaves_the_rest(ready: TestDatabase) -> None:
    applied = changing.change_calendar(a_proposal(FIRST), seen=None, by=None, now=NOW, seconds=0)
    assert not applied.finished
    assert unfinished_change() is not None
    assert changing.go_on(NOW)


def test_who_saves_meanwhile_gets_his_turn(ready: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "BREATH", 0.11)
    app, saved, over = ready.app, list[int](), threading.Event()
    db.session.remove()

    def saves() -> None:
        with app.app_context():
            while not over.is_set():
                with committed():
                    audit.record(Event.CLOCK_CONFIRMED, by=None, now=NOW)
                saved.append(1)
                over.wait(0.03)

    thread = threading.Thread(target=saves)
    thread.start()
    try:
        changing.change_calendar(a_proposal(FIRST), seen=None, by=None, now=NOW)
    finally:
        over.set()
        thread.join(30)
    assert len(saved) > 10
    assert verify().wrong is None


# A process that is really killed

IN_A_PROCESS = """
from datetime import datetime
from tests.supervision.test_calendar_turns import LIMITS_OF_A_TURN, NOW, turn, turns
from tracker import create_app
from tracker.core import clock, pacing
pacing.STRETCH = pacing.BREATH = 0
for name in LIMITS_OF_A_TURN:
    setattr(turns, name, 1)
with create_app().app_context(), clock.frozen(NOW):
    while turn():
        print("done", flush=True)
"""


@pytest.mark.long
def test_a_process_that_is_killed_again_and_again_comes_to_the_same_end(
    ready: TestDatabase, uninterrupted: dict[str, list[str]]
) -> None:
    begin()
    db.session.remove()
    killed = 0
    for lines in count(1):
        process = subprocess.Popen(
            [sys.executable, "-c", IN_A_PROCESS],
            cwd=PROJECT,
            env=environment(ready.app, PYTHONPATH=str(PROJECT)),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        process.wait(30)
        process.stdout.close()
        assert verify().wrong is None
        db.session.rollback()
        if "" in said:
            break
        killed += 1
    assert killed > 3
    assert known() == uninterrupted
