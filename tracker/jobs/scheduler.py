"""The timer: APScheduler only ticks. Nothing about a case is in a job; to miss a tick or to have two is harmless."""

import logging
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from tracker.core import clock
from tracker.core.database import db
from tracker.core.errors import log_defect
from tracker.core.statistics import keep_statistics
from tracker.jobs.attachments import encrypt_attachments, remove_uploads
from tracker.jobs.calendar import go_on
from tracker.jobs.granting import carry_out_grants
from tracker.jobs.notices import send_notices, write_all_digests
from tracker.jobs.ticking import tick
from tracker.jobs.verifying import checkpoint_daily, verify_daily
from tracker.jobs.watching import watch_readings

log = logging.getLogger(__name__)
# The scheduler wakes at least so often: to follow the wall, and to hear that it is asked to stop.
LONGEST_WAIT = 1.0
# A clock that is corrected a little at a time is let go so far before the plan follows it.
SLACK = timedelta(seconds=1)


@dataclass(frozen=True)
class Job:
    """One thing the timer does: how often, in seconds, and what."""

    name: str
    seconds: float
    work: Callable[[], object]


JOBS = (
    Job("定时检查", 60, tick),
    Job("每日提醒", 600, write_all_digests),
    Job("发送通知", 60, send_notices),
    Job("日历变更", 60, go_on),
    Job("权限生效", 60, carry_out_grants),
    Job("大量查阅告警", 60, watch_readings),
    Job("查询统计", 86_400, keep_statistics),
    Job("每日存证", 3_600, checkpoint_daily),
    Job("日志核对", 3_600, verify_daily),
    Job("附件加密", 600, encrypt_attachments),
    Job("清理上传", 43_200, remove_uploads),
)


class SteadyScheduler(BlockingScheduler):
    """A scheduler whose plan keeps its distance from now when the clock on the wall leaps.

    APScheduler plans by the wall: set back a day, it would sleep a day; set ahead ten years, it would count every run
    it missed. Here every leap is measured against the monotonic clock, and the plan moves with it.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._zero, self._asked_to_stop = clock.monotonic_zero(), False

    def ask_to_stop(self) -> None:
        """Let it end within a second. Takes no lock: a signal may come while this very thread holds one."""
        self._asked_to_stop = True

    def _process_jobs(self) -> float:
        if self._asked_to_stop:
            self.shutdown(wait=False)
            return 0.0
        self._follow_the_wall()
        wait: float | None = super()._process_jobs()
        return LONGEST_WAIT if wait is None else min(wait, LONGEST_WAIT)

    def _follow_the_wall(self) -> None:
        zero = clock.monotonic_zero()
        leap = zero - self._zero
        if abs(leap) < SLACK:
            return
        self._zero = zero
        log.warning("the clock leapt by %s; the timer keeps its pace", leap)
        for job in self.get_jobs():
            job.modify(next_run_time=job.next_run_time + leap)


def prepared(app: Flask, jobs: Sequence[Job]) -> SteadyScheduler:
    """Return a scheduler that does every job at once and then again and again, each never twice at a time."""
    scheduler = SteadyScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(jobs))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in jobs:
        scheduler.add_job(_guarded(app, job), name=job.name)
        scheduler.add_job(_guarded(app, job), "interval", seconds=job.seconds, name=job.name)
    return scheduler


def run(app: Flask) -> None:
    """Do every job again and again until the process is told to stop."""
    scheduler = prepared(app, JOBS)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: scheduler.ask_to_stop())
    scheduler.start()


def _guarded(app: Flask, job: Job) -> Callable[[], None]:
    """Return a job that survives its own failure: the next tick tries again."""

    def work() -> None:
        with app.app_context():
            try:
                job.work()
            except Exception as error:  # the next tick tries again
                log_defect(log, error, job.name)
            finally:
                db.session.remove()

    return work
