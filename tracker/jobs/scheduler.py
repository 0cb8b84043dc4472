"""The timer: APScheduler only ticks. Nothing about a case is in a job; to miss a tick or to have two is harmless."""

import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from tracker.core.database import db, keep_statistics
from tracker.core.errors import log_defect
from tracker.jobs.notices import send_notices, write_all_digests
from tracker.jobs.ticking import tick

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """One thing the timer does: how often, in seconds, and what."""

    name: str
    seconds: int
    work: Callable[[], object]


JOBS = (
    Job("到点检查", 60, tick),
    Job("每日提醒", 600, write_all_digests),
    Job("发送通知", 60, send_notices),
    Job("查询统计", 86_400, keep_statistics),
)


def run(app: Flask) -> None:
    """Do every job at once and then again and again, each never twice at a time, until the process is told to stop."""
    scheduler = BlockingScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(JOBS))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in JOBS:
        scheduler.add_job(_guarded(app, job), name=job.name)
        scheduler.add_job(_guarded(app, job), "interval", seconds=job.seconds, name=job.name)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: _stop(scheduler, _frame))
    scheduler.start()


def _stop(scheduler: BlockingScheduler, _frame: FrameType | None) -> None:
    scheduler.shutdown(wait=False)


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
