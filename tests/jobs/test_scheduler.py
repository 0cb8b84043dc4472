"""The timer waits by the monotonic clock: whatever is done to the clock on the wall, it wakes again at its pace."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from apscheduler.schedulers import base
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from tracker.core import clock
from tracker.jobs import scheduler as timer
from tracker.jobs.scheduler import Job, prepared

PROJECT = Path(__file__).resolve().parents[2]
PACE = 0.2


class Wall(datetime):
    """A clock on the wall that somebody moves."""

    off = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Return what the wall shows."""
        return datetime.now(tz) + cls.off


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> type[Wall]:
    """Let the scheduler read a wall clock that the test can move."""
    monkeypatch.setattr(Wall, "off", timedelta(0))
    monkeypatch.setattr(base, "datetime", Wall)
    monkeypatch.setattr(clock, "datetime", Wall)
    return Wall


@contextmanager
def running(scheduler: BlockingScheduler) -> Iterator[None]:
    """Let a scheduler work beside the test."""
    thread = threading.Thread(target=scheduler.start)
    thread.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)
        thread.join(10)
        assert not thread.is_alive()


def runs_after(app: Flask, wall: type[Wall], leap: timedelta, *, wanted: int = 4, within: float = 20) -> int:
    """Return how often a job of a fifth of a second has run after the clock leapt, once it is enough or time is up."""
    done = list[float]()
    scheduler = prepared(app, (Job("数一数", PACE, lambda: done.append(time.monotonic())),))
    with running(scheduler):
        _wait(lambda: len(done) > 2, within)
        wall.off += leap
        before = len(done)
        _wait(lambda: len(done) >= before + wanted, within)
        return len(done) - before


def _wait(enough: Callable[[], bool], within: float) -> None:
    ends = time.monotonic() + within
    while not enough() and time.monotonic() < ends:
        time.sleep(0.02)


LEAPS = [timedelta(seconds=-60), timedelta(days=-1), timedelta(hours=1), timedelta(days=1)]


@pytest.mark.parametrize("leap", LEAPS, ids=str)
def test_a_leap_of_the_clock_does_not_stop_the_timer(app: Flask, wall: type[Wall], leap: timedelta) -> None:
    assert runs_after(app, wall, leap) >= 4


def test_a_scheduler_that_waits_by_the_wall_is_caught(
    app: Flask, wall: type[Wall], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(timer.SteadyScheduler, "_process_jobs", base.BaseScheduler._process_jobs)
    assert runs_after(app, wall, timedelta(seconds=-60), within=8 * PACE) <= 1


def test_ten_years_ahead_are_not_counted_run_by_run(
    app: Flask, wall: type[Wall], monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = list[timedelta]()
    sound = base.Job._get_run_times

    def measured(job: base.Job, now: datetime) -> list[datetime]:
        behind.append(now - job.next_run_time)
        return sound(job, now) if behind[-1] < timedelta(days=1) else []

    monkeypatch.setattr(base.Job, "_get_run_times", measured)
    assert runs_after(app, wall, timedelta(days=3653), within=3) >= 4
    assert max(behind) < timedelta(seconds=10)


WAITING = """
import threading, time
from tracker import create_app
from tracker.jobs import scheduler
app = create_app()
scheduler.JOBS = (scheduler.Job("等一等", 60, lambda: (print("at work", flush=True), time.sleep(2))),)
scheduler.run(app)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_who_asks_twice_to_stop_sees_no_traceback(app: Flask, number: signal.Signals) -> None:
    given = {"TRACKER_DATA": str(app.config["TRACKER_DATA"]), "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING],
        cwd=PROJECT,
        env={**os.environ, **given, "TRACKER_ENV": "test", "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        for _ in range(3):
            process.send_signal(number)
            time.sleep(0.2)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert "Traceback" not in said
    assert process.returncode == 0


def test_a_signal_takes_no_lock(app: Flask) -> None:
    """It may come while the thread that hears it hands out a job, with the lock of the pool in its hand."""
    scheduler = prepared(app, (Job("数一数", PACE, lambda: None),))
    pool = scheduler._lookup_executor("default")._pool
    asking = threading.Thread(target=scheduler.ask_to_stop, daemon=True)
    with pool._shutdown_lock, scheduler._jobstores_lock, scheduler._executors_lock:
        asking.start()
        asking.join(5)
        assert not asking.is_alive()
