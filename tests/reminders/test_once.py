"""Nothing lost, nothing twice: moved dates, editions of the ladder, odd days, two timers, writers beside the timer."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.databases import writing
from tests.reminders.oracle import should_be_recorded
from tests.reminders.rungs import rung, without
from tests.world.clocks import make_clocks
from tests.world.county import County
from tests.world.matters import Matter, an_entry
from tracker import audit
from tracker.audit import Event
from tracker.audit.queries import verify
from tracker.cases.acts import sidetracks
from tracker.cases.intake.registration import register
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Channel
from tracker.core import clock, pacing
from tracker.core.clock import at_local
from tracker.core.database import WRITING, committed, db
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import keep_clock, start_clock
from tracker.jobs import ticking
from tracker.jobs.notices import write_all_digests
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people.models import User
from tracker.reminders.ladder.rules.moments import When
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.ladder.rules.rungs import LADDER, Recipient, Rung, RungLevel
from tracker.reminders.ladder.service import adopt
from tracker.reminders.models import RAISED, Escalation, TickRun
from tracker.reminders.raising import behaving, due
from tracker.reminders.raising.behaviours import seen
from tracker.supervision.messages import digest_service as digest
from tracker.supervision.papers import orders
from tracker.supervision.papers.models import SupervisionOrder
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Unit

START = date(2026, 11, 2)
ONE = timedelta(days=1)


def matter_of(county: County, last: str = "assign") -> Matter:
    with clock.frozen(at_local(START)):
        return Matter(county, received_on=START).until(last)


def rungs_of(row: Deadline) -> list[tuple[int, str, str]]:
    """Return what was recorded for a clock, in order: revision, rung, state."""
    found = select(Escalation).where(Escalation.deadline_id == row.id).order_by(Escalation.id)
    return [(each.revision, each.rung, each.state) for each in db.session.scalars(found)]


def put_in_force(*rungs: Rung, on: date) -> None:
    by = db.session.scalars(select(User).where(User.username == "supervisor")).one()
    with committed():
        adopt(rungs, by=by, now=at_local(on, 8), reason="本县做法。")


def move(row: Deadline, due_on: date, on: date) -> None:
    """Move a date as an extension or a new calendar does: another revision."""
    with committed():
        row.effective_due, row.revision, row.revised_on, row.look_on = due_on, row.revision + 1, on, on
        audit.record(Event.DATES_RECOUNTED, by=None, now=at_local(on, 9), case_id=row.case_id)


# ── Dates that move, tables that change ──


def test_each_of_several_revisions_of_a_day_may_tell(county: County) -> None:
    """Peers remember one reminder a day and lose the second (zammad 4348)."""
    row = matter_of(county).clock(LimitKind.ACCEPTANCE)
    assert row
    tick(at_local(START))
    today = row.effective_due - ONE
    tick(at_local(today, 9))
    for hour in (10, 11):
        move(row, row.effective_due + ONE, today)
        tick(at_local(today, hour))
        tick(at_local(today, hour, 30))
    tick(at_local(row.effective_due - ONE, 9))
    told = [(revision, rung) for revision, rung, state in rungs_of(row) if state == RAISED]
    assert (1, "short-soon") in told
    assert (3, "short-soon") in told
    assert max(Counter(told).values()) == 1
    assert verify().wrong is None


def test_a_rung_that_a_new_table_brings_is_found_also_by_clocks_that_slept(county: County) -> None:
    row = matter_of(county, "sign_for").clock(LimitKind.FEEDBACK)
    assert row
    tick(at_local(START))
    assert row.look_on
    assert row.look_on > START + 10 * ONE, "nothing to say for weeks"
    early = Rung(
        "early", (LimitKind.FEEDBACK,), When.BEFORE, 70, Unit.DAY, RungLevel.REMIND, (Recipient.OWNER,), "请早作安排。"
    )
    put_in_force(*LADDER, early, on=START + 4 * ONE)
    tick(at_local(START + 4 * ONE, 9))
    assert (1, "early", RAISED) in rungs_of(row)


def test_a_kind_without_a_rung_is_looked_at_once_it_has_one(county: County) -> None:
    row = matter_of(county).clock(LimitKind.ACCEPTANCE)
    assert row
    tick(at_local(START))
    writing().execute(update(Deadline).where(Deadline.id == row.id).values(look_on=None))
    db.session.commit()
    put_in_force(*LADDER, on=START + ONE)
    tick(at_local(row.effective_due + ONE, 9))
    assert "short-urge" in [rung for _, rung, state in rungs_of(row) if state == RAISED]


def test_a_table_without_a_rung_that_was_raised_goes_on_above_it(county: County) -> None:
    row = matter_of(county).clock(LimitKind.ACCEPTANCE)
    assert row
    tick(at_local(START))
    tick(at_local(row.effective_due + ONE, 9))
    put_in_force(*without("short-urge"), on=row.effective_due + ONE)
    for days in range(1, 9):
        tick(at_local(row.effective_due + days * ONE, 10))
    told = [rung for _, rung, state in rungs_of(row) if state == RAISED]
    assert told[-2:] == ["short-urge", "short-blue"]


def test_a_letter_to_one_unit_holds_up_no_other(county: County) -> None:
    matter = matter_of(county, "accept")
    with clock.frozen(at_local(START)):
        with committed():
            sidetracks.assist(
                matter.case,
                by=county.acceptor,
                now=clock.now(),
                department_id=county.land.id,
                due_on=START + 8 * ONE,
                task="请提供地籍资料。",
            )
        tick(clock.now())
    with clock.frozen(at_local(START + 8 * ONE)), committed():
        orders.issue(
            matter.case,
            by=county.checker,
            now=clock.now(),
            level=RungLevel.URGE,
            reason="请抓紧。",
            reply_by=START + 20 * ONE,
            department_id=county.civil.id,
        )
    tick(at_local(START + 9 * ONE, 9))
    letters = db.session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.id)).all()
    assert [letter.department_id for letter in letters] == [county.civil.id, county.land.id]


# ── Odd days ──


@pytest.mark.parametrize("begin", [date(2028, 2, 27), date(2099, 12, 1), date(2026, 2, 1)], ids=str)
def test_leap_day_next_century_and_spring_festival(county: County, begin: date) -> None:
    matter = matter_of(county)
    with clock.frozen(at_local(begin)), committed():
        row = start_clock(
            LimitKind.HANDLING, case_id=matter.case.id, subject="case", subject_id=matter.case.id, started_on=begin
        )
        audit.record(Event.DATES_RECOUNTED, by=None, now=clock.now())
    with committed():
        db.session.add(TickRun(started_at=at_local(begin), ended_at=at_local(begin), state="confirmed"))
    for days in (1, 29, 30, 31, 45, 57, 60, 61, 90, 140):
        now = at_local(begin + days * ONE, 0)
        assert not tick(now).refused
        found = {(row.id, revision, rung) for revision, rung, _ in rungs_of(row)}
        assert found == should_be_recorded(row, clock.local_date(now), calendar())
    assert max(Counter(rung for _, rung, _ in rungs_of(row)).values()) == 1


def test_a_day_before_the_last_run_is_refused_and_repeats_nothing(county: County) -> None:
    matter_of(county)
    late = at_local(START + 16 * ONE, 9)
    tick(late)
    before = len(db.session.scalars(select(Escalation)).all())
    assert tick(late - 10 * ONE).refused
    assert not tick(late + timedelta(minutes=1)).refused
    assert len(db.session.scalars(select(Escalation)).all()) == before


def test_a_run_over_midnight_looked_at_the_day_on_which_it_began(county: County) -> None:
    """It ended on the 18th and saw the 17th: of the 18th it knows nothing."""
    matter = matter_of(county)
    day = date(2026, 11, 18)
    with committed():
        began, ended = at_local(day, 0) - timedelta(minutes=1), at_local(day, 0) + timedelta(minutes=5)
        db.session.add(TickRun(started_at=began, ended_at=ended, state="done"))
    tick(at_local(day + 2 * ONE, 9))
    urge = select(Escalation).where(Escalation.rung == "short-urge", Escalation.case_id == matter.case.id)
    assert db.session.scalars(urge).one().late


def test_the_daily_look_goes_by_the_latest_run_not_by_one_that_ran_ahead(session: Session) -> None:
    now = at_local(START, 9)
    with committed():
        ahead = now + 30 * ONE
        db.session.add(TickRun(started_at=ahead, ended_at=ahead, state="done", swept=True))
        db.session.flush()
        db.session.add(TickRun(started_at=now, ended_at=now, state="confirmed"))
    swept = [db.session.get_one(TickRun, tick(now + timedelta(minutes=m)).run_id).swept for m in (1, 2)]
    assert swept == [True, False]


def test_a_clock_that_had_ended_before_it_was_entered_tells_nobody(county: County) -> None:
    """Old matters (历史件) keep their lateness; also a new table wakes none of them."""
    matter = matter_of(county)
    with committed():
        began, ended = START - 200 * ONE, START - 100 * ONE
        subject = {"case_id": matter.case.id, "subject": "case", "subject_id": matter.case.id}
        row = keep_clock(LimitKind.HANDLING, **subject, started_on=began, ended_on=ended)  # type: ignore[arg-type]
        audit.record(Event.DATES_RECOUNTED, by=None, now=at_local(START))
    put_in_force(*LADDER, on=START)
    tick(at_local(START, 9))
    assert rungs_of(row) == []


# ── More than a batch ──


@pytest.mark.both_databases
def test_what_was_seen_is_worked_through_batch_by_batch(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the first of them is somebody's just now."""
    monkeypatch.setattr(ticking, "BATCH", 2)
    monkeypatch.setattr(ticking, "raise_behaviour", partial(behaving.raise_behaviour, limit=2))
    matters = [matter_of(county, "accept") for _ in range(5)]
    with clock.frozen(at_local(START, 10)):
        for matter in matters:
            with committed():
                entry = an_entry(channel=Channel.VISIT, original_id=matter.case.id)
                register(entry, office=county.office, by=county.registrar, now=clock.now())
    again = rung("came-again")
    free, taken = behaving._free, matters[0].case.id
    with monkeypatch.context() as patch:
        patch.setattr(behaving, "_free", lambda of, about: free(of, about) - {Ref("case", taken)})
        tick(at_local(START, 11))
    assert [each.about.id for each in seen(SUBJECTS, again, START, limit=9)] == [taken]
    tick(at_local(START, 12))
    assert seen(SUBJECTS, again, START, limit=9) == []


# ── Several at once ──


@pytest.mark.both_databases
def test_a_timer_that_forgets_what_it_raised_is_stopped_by_the_key(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of P9: without its memory the same rung comes again, and only the unique key refuses it."""
    row = matter_of(county).clock(LimitKind.ACCEPTANCE)
    assert row
    now = at_local(row.effective_due + ONE, 9)
    tick(now)
    before = (len(rungs_of(row)), len(db.session.scalars(select(Notice)).all()))
    monkeypatch.setattr(due, "recorded", lambda _clocks: {})
    writing().execute(update(Deadline).where(Deadline.id == row.id).values(look_on=START))
    db.session.commit()
    report = tick(now + timedelta(minutes=1))
    assert "1 项检查出错" in report.sentence
    assert (len(rungs_of(row)), len(db.session.scalars(select(Notice)).all())) == before


def at_once(app: Flask, *works: Callable[[], object]) -> list[BaseException]:
    """Do several things at the same instant; return what failed."""
    failures: list[BaseException] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                work()
            except BaseException as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failures


@pytest.mark.both_databases
def test_two_timers_write_one_digest_a_person(app: Flask, county: County) -> None:
    matter_of(county, "sign_for")
    now = at_local(START + ONE, 9)
    db.session.commit()
    assert at_once(app, *[lambda: write_all_digests(now)] * 3) == []
    keys = list(db.session.scalars(select(Notice.key).where(Notice.source == "digest")))
    assert len(keys) == len(set(keys)) > 3
    assert verify().wrong is None


def test_people_are_asked_about_without_holding_the_file(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    matter_of(county, "sign_for")
    db.session.commit()
    asked, sound = [], digest.anything_for

    def noted(*args: Any, **known: Any) -> bool:
        asked.append(db.session.connection().get_execution_options().get(WRITING, False))
        return sound(*args, **known)

    monkeypatch.setattr(digest, "anything_for", noted)
    assert write_all_digests(at_local(START + ONE, 9)) > 3
    assert set(asked) == {False}


@pytest.mark.both_databases
def test_a_tick_a_digest_a_ladder_and_urging_at_once(app: Flask, county: County) -> None:
    cases = [matter_of(county).case.id for _ in range(6)]
    now = at_local(START + 16 * ONE, 9)
    db.session.commit()

    refused: list[str] = []

    def urges() -> None:
        by = db.session.scalars(select(User).where(User.username == "checker")).one()
        for case_id in cases:
            try:
                with committed():
                    case, reply_by = db.session.get_one(Case, case_id), clock.local_date(now) + 3 * ONE
                    orders.issue(case, by=by, now=now, level=RungLevel.URGE, reason="请抓紧。", reply_by=reply_by)
            except DomainError as error:
                refused.append(error.message)

    def adopts() -> None:
        put_in_force(*LADDER, on=START + 16 * ONE)

    def ticks() -> None:
        tick(now)

    def digests() -> None:
        write_all_digests(now)

    assert at_once(app, ticks, ticks, digests, urges, adopts) == []
    tick(now + timedelta(minutes=2))
    letters = Counter(db.session.scalars(select(SupervisionOrder.case_id).where(SupervisionOrder.kind == "urge")))
    assert letters == dict.fromkeys(cases, 1), "one unit has one letter of a case at a time"
    assert all("不再发第二份" in sentence for sentence in refused)
    assert due.waiting(clock.local_date(now)) == 0
    assert verify().wrong is None


@pytest.mark.both_databases
def test_who_saves_while_the_timer_works_gets_his_turn(
    app: Flask, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause after each batch here, whatever a batch takes on this machine: in each of them somebody else writes."""
    monkeypatch.setattr(pacing, "STRETCH", 0)
    begin = date(2026, 5, 4)
    with clock.frozen(at_local(begin)):
        make_clocks(county, 60, begin=begin - 70 * ONE, span=2, ended=0, cases=5)
    db.session.commit()
    turns: list[int] = []
    over = threading.Event()

    def saves() -> None:
        while not over.is_set():
            with committed():
                audit.record(Event.CLOCK_CONFIRMED, by=None, now=at_local(begin, 9))
            turns.append(1)
            time.sleep(0.05)

    def works() -> None:
        try:
            tick(at_local(begin, 9))
        finally:
            over.set()

    assert at_once(app, saves, works) == []
    assert len(turns) >= 4
