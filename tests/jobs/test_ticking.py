"""The timer as a process: one bad clock stops no other, a failure is kept, quiet runs are one row."""

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.world.clocks import make_clocks
from tests.world.county import County
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.jobs import ticking
from tracker.jobs.ticking import tick
from tracker.reminders.models import Escalation, TickRun
from tracker.reminders.raising import clocks as raising
from tracker.reminders.raising import due

PROJECT = Path(__file__).resolve().parents[2]
FLASK = Path(sys.executable).with_name("flask")
DAY = date(2026, 11, 16)
NOW = at_local(DAY, 9)


def environment(app: Flask, **more: str) -> dict[str, str]:
    """Return what a process of its own needs to use the test's database."""
    given = {"TRACKER_DATA": str(app.config["TRACKER_DATA"]), "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
    return {**os.environ, **given, "TRACKER_ENV": "test", "PYTHONUNBUFFERED": "1", **more}


def test_one_bad_clock_stops_no_other(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.frozen(at_local(DAY - timedelta(days=40))):
        clock_ids = make_clocks(county, 60, begin=DAY - timedelta(days=40), span=5, ended=0)
    late = select(Deadline.id).where(Deadline.id.in_(clock_ids), Deadline.effective_due < DAY).order_by(Deadline.id)
    bad, sound = db.session.scalars(late.limit(1)).one(), raising.look

    def breaks(watched, *args, **known):  # type: ignore[no-untyped-def]
        if watched.id == bad:
            raise ZeroDivisionError("王某的电话")
        return sound(watched, *args, **known)

    monkeypatch.setattr(raising, "look", breaks)
    report = tick(NOW)
    told = set(db.session.scalars(select(Escalation.deadline_id)))
    assert bad not in told
    assert len(told & set(clock_ids)) > 50
    assert (report.left, report.sentence) == (1, "有 1 项检查出错，下次再试；请把日志交给维护人员。")
    monkeypatch.setattr(raising, "look", sound)
    assert tick(NOW + timedelta(minutes=1)).left == 0
    assert bad in set(db.session.scalars(select(Escalation.deadline_id)))


@pytest.mark.both_databases
def test_a_failed_run_is_kept_and_the_next_one_goes_on(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ticking, "due_ids", lambda *_args, **_more: [1])
        patch.setattr(ticking, "raise_due", lambda *_args, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tick(NOW)
    failed = db.session.scalars(select(TickRun)).one()
    assert (failed.state, failed.sentence) == ("failed", "运行中出错，已办的都已保存；请把日志交给维护人员。")
    assert not tick(NOW + timedelta(minutes=1)).refused


@pytest.mark.both_databases
def test_quiet_runs_are_one_row_and_a_gap_is_a_new_one(session: Session) -> None:
    for minute in range(6):
        tick(NOW + timedelta(minutes=minute))
    rows = db.session.scalars(select(TickRun).order_by(TickRun.id)).all()
    assert [(row.ticks, row.swept) for row in rows] == [(1, True), (5, False)]
    tick(NOW + timedelta(minutes=30))
    latest = db.session.scalars(select(TickRun).order_by(TickRun.id.desc())).first()
    assert latest is not None
    assert (latest.ticks, latest.gap_seconds) == (1, 25 * 60)


def test_every_overdue_clock_is_handled_the_oldest_first(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Peers stop at 100 (osTicket): here all of them are done, by date."""
    monkeypatch.setattr(ticking, "BATCH", 40)
    with clock.frozen(at_local(DAY - timedelta(days=60))):
        make_clocks(county, 150, begin=DAY - timedelta(days=60), span=50, ended=0)
    looked: list[date] = []
    sound = raising.look

    def noted(watched, *args, **known):  # type: ignore[no-untyped-def]
        looked.append(watched.due_on)
        return sound(watched, *args, **known)

    monkeypatch.setattr(raising, "look", noted)
    report = tick(NOW)
    first = looked[:150]
    assert first == sorted(first)
    assert report.left == 0
    assert due.waiting(DAY) == 0


def test_the_timer_runs_until_it_is_told_to_stop(app: Flask, session: Session) -> None:
    db.session.commit()
    process = subprocess.Popen([FLASK, "run-scheduler"], cwd=PROJECT, env=environment(app))
    try:
        ends = time.monotonic() + 90
        while not db.session.scalar(select(func.count()).select_from(TickRun).where(TickRun.state == "done")):
            db.session.rollback()
            assert process.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()


@pytest.mark.parametrize(
    ("arguments", "env", "said", "code"),
    [
        (["--at", "2026-12-01T09:00"], "test", "检查  ", 0),
        (["--at", "2026-12-01T09:00", "--dry-run"], "test", "试运行，什么也不写", 0),
        (["--at", "昨天"], "test", "--at 应写成 2026-12-01T09:00，现在是“昨天”。", 1),
        (["--at", "2026-12-01T09:00"], "production", "不能改动时钟", 1),
    ],
)
def test_the_command(
    app: Flask, monkeypatch: pytest.MonkeyPatch, arguments: list[str], env: str, said: str, code: int
) -> None:
    monkeypatch.setitem(app.config, "TRACKER_ENV", env)
    done = app.test_cli_runner().invoke(args=["tick", *arguments])
    assert said in done.output
    assert done.exit_code == code
    assert done.exception is None or isinstance(done.exception, SystemExit)
