"""A timer that stood still misses nothing and repeats nothing (promises P9, P10): compared with a plain oracle."""

import random
import signal
import threading
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.commands import script_in_a_copy
from tests.reminders.oracle import by_day, days_of, should_be_recorded
from tests.world.clocks import make_clocks, recorded
from tests.world.county import County
from tracker.audit.queries import verify
from tracker.cases.record.models import OrderDraft
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.jobs import ticking
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.reminders.ladder.rules import reach
from tracker.reminders.models import RAISED, Escalation
from tracker.reminders.raising import due
from tracker.working_days.queries import calendar

BEGIN = date(2026, 5, 4)
# How long the timer stands still, one after the other: an hour to forty days.
PAUSES = tuple(timedelta(hours=hours) for hours in (1, 24, 30, 72, 24, 240, 1, 960, 24))


def expected(clock_ids: list[int], until: date) -> set[tuple[int, int, str]]:
    """Return what the oracle says of all the clocks."""
    days = calendar()
    rows = db.session.scalars(select(Deadline).where(Deadline.id.in_(clock_ids)))
    return {key for row in rows for key in should_be_recorded(row, until, days)}


@pytest.mark.long
def test_over_two_thousand_clocks_the_record_is_that_of_a_timer_that_never_stopped(county: County) -> None:
    found = after_every_pause(county, 2000)
    assert len(found) > 4000
    assert len({key[0] for key in found}) > 1900


@pytest.mark.both_databases
def test_after_every_pause_the_record_is_that_of_a_timer_that_never_stopped(county: County) -> None:
    assert len(after_every_pause(county, 150)) > 300


def after_every_pause(county: County, clocks: int) -> set[tuple[int, int, str]]:
    """Let the timer stand still again and again, and compare with the oracle after each pause."""
    with clock.frozen(at_local(BEGIN)):
        clock_ids = make_clocks(county, clocks, begin=BEGIN, span=40)
    now = at_local(BEGIN + timedelta(days=20), 9)
    tick(now)
    rows, calendar_ = db.session.scalars(select(Deadline).where(Deadline.id.in_(clock_ids))), calendar()
    days = {key: day for row in rows for key, day in days_of(row, calendar_).items()}
    assert recorded(clock_ids) == by_day(days, clock.local_date(now))
    for pause in PAUSES:
        now += pause
        report = tick(now)
        assert not report.refused
        found = recorded(clock_ids)
        assert found == by_day(days, clock.local_date(now)), f"after {pause}"
    assert verify().wrong is None
    return found


def test_one_notice_for_each_clock_and_late_ones_say_so(county: County) -> None:
    with clock.frozen(at_local(BEGIN)):
        clock_ids = make_clocks(county, 200, begin=BEGIN, span=10, ended=0)
    tick(at_local(BEGIN + timedelta(days=10), 9))
    before = set(db.session.scalars(select(Escalation.id)))
    now = at_local(BEGIN + timedelta(days=40), 9)
    tick(now)
    fresh = [
        row
        for row in db.session.scalars(select(Escalation).where(Escalation.state == RAISED))
        if row.id not in before and row.deadline_id in clock_ids
    ]
    assert max(Counter(row.deadline_id for row in fresh).values()) == 1
    assert {row.late for row in fresh if row.reached_on < clock.local_date(now)} == {True}
    told = db.session.execute(
        select(Notice.source, Notice.source_id, Notice.told, func.count()).group_by(
            Notice.source, Notice.source_id, Notice.told
        )
    )
    assert {count for *_, count in told} == {1}


def test_a_timer_that_only_looks_at_today_is_caught(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: equality of the days instead of “has come” loses what fell into the pause."""
    with clock.frozen(at_local(BEGIN)):
        clock_ids = make_clocks(county, 60, begin=BEGIN, span=10)
    sound = reach.look

    def only_today(watched, ladder, today, days, **known):  # type: ignore[no-untyped-def]
        rungs = tuple(rung for rung in ladder if reach.reached_on(rung, watched, days) == today) if watched else ()
        return sound(watched, [r for r in rungs if watched.kind in r.kinds], today, days, **known)

    monkeypatch.setattr("tracker.reminders.raising.clocks.look", only_today)
    for days in (20, 50):
        tick(at_local(BEGIN + timedelta(days=days), 9))
    assert recorded(clock_ids) != expected(clock_ids, BEGIN + timedelta(days=50))


def race(app: Flask, tickers: int, now: datetime) -> list[BaseException]:
    """Let several tickers start at the same instant."""
    failures: list[BaseException] = []
    gate = threading.Barrier(tickers)

    def run() -> None:
        with app.app_context():
            gate.wait()
            try:
                tick(now)
            except BaseException as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(tickers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


@pytest.mark.both_databases
@pytest.mark.parametrize("count", [80, pytest.param(2000, marks=pytest.mark.long)])
def test_four_tickers_over_many_due_rungs_raise_each_once(
    app: Flask, county: County, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(ticking, "BATCH", min(ticking.BATCH, count // 5))
    with clock.frozen(at_local(BEGIN)):
        clock_ids = make_clocks(county, count, begin=BEGIN - timedelta(days=60), span=1, ended=0)
    now = at_local(BEGIN + timedelta(days=60), 9)
    db.session.commit()
    failures = race(app, 4, now)
    assert failures == []
    rows = db.session.scalars(select(Escalation).where(Escalation.deadline_id.in_(clock_ids))).all()
    raised = [row for row in rows if row.state == RAISED]
    assert len(raised) == len({row.deadline_id for row in raised}) == count
    assert recorded(clock_ids) == expected(clock_ids, clock.local_date(now))
    keys = Counter(db.session.scalars(select(Notice.key)))
    assert max(keys.values()) == 1
    assert set(db.session.scalars(select(Notice.source_id).where(Notice.source == "rung"))) >= {r.id for r in raised}
    letters = Counter(db.session.scalars(select(OrderDraft.escalation_id)))
    assert max(letters.values()) == 1, "the red letters wait for their signer, each once"
    assert verify().wrong is None


KILLED = """
import os, signal, sys
from datetime import datetime
from tracker import create_app
from tracker.core import database
from tracker.jobs.ticking import tick
after = int(sys.argv[1])
app = create_app()
with app.app_context():
    def count(*_):
        global after
        after -= 1
        if after == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    from sqlalchemy import event
    event.listen(database.db.engine, "before_cursor_execute", count)
    tick(datetime.fromisoformat(sys.argv[2]))
"""


def test_kill_9_loses_and_repeats_nothing(app: Flask, county: County) -> None:
    kill_and_recover(app, county, clocks=100, kills=2)


@pytest.mark.long
def test_kill_9_at_any_point_loses_and_repeats_nothing(app: Flask, county: County) -> None:
    kill_and_recover(app, county, clocks=2000, kills=30)


def kill_and_recover(app: Flask, county: County, *, clocks: int, kills: int) -> None:
    """Kill a running timer again and again, then let one run to its end."""
    with clock.frozen(at_local(BEGIN)):
        clock_ids = make_clocks(county, clocks, begin=BEGIN - timedelta(days=30), span=20, cases=3)
    now = at_local(BEGIN + timedelta(days=20), 9)
    db.session.commit()
    given = {"TRACKER_DATA": str(app.config["TRACKER_DATA"]), "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
    chance, killed = random.Random(7), 0
    for _ in range(kills):
        after = str(chance.randrange(2, 60))
        done = script_in_a_copy(KILLED, after, now.isoformat(), **given, TRACKER_ENV="test")
        killed += done.returncode == -signal.SIGKILL
    assert killed >= kills - 1
    tick(now)
    assert recorded(clock_ids) == expected(clock_ids, clock.local_date(now))
    raised = db.session.scalars(select(Escalation).where(Escalation.state == RAISED)).all()
    sources = Counter(db.session.scalars(select(Notice.source_id).where(Notice.source == "rung")))
    assert set(sources) == {row.id for row in raised}
    assert due.waiting(clock.local_date(now)) == 0
    assert verify().wrong is None
