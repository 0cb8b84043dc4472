"""What the night costs with many running clocks: the check of every hint, and windows that lapse (核对、期满).

    .venv/bin/python -m benchmarks.sweep --folder DIR

Each row is measured in a process of its own, while another process writes one small row after the other: its longest
wait is the longest that anybody waited for the timer. `wrong` hints lie in the year 2099; some of them
have a rung to raise. `lapsed` windows have ended since the last run.
"""

import argparse
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from multiprocessing.synchronize import Event as Signal
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from benchmarks.calendar_change import write
from benchmarks.fill import TODAY, application
from benchmarks.tick import NOW, fill
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs import sweeping
from tracker.jobs.ticking import tick
from tracker.people.models import User
from tracker.reminders.models import Sweep

# Cases in hand with three clocks each, hints that are wrong, windows that lapsed.
SIZES = ((10_000, 0, 0), (100_000, 0, 0), (100_000, 1_000, 0), (100_000, 0, 10_000))
SILENCED = date(2099, 1, 1)


def windows(count: int) -> Iterator[dict[str, Any]]:
    """Give windows for review whose last day was yesterday."""
    last = TODAY - timedelta(days=1)
    for case_id in range(1, count + 1):
        yield {
            "case_id": case_id,
            "subject": "case",
            "subject_id": case_id,
            "kind": LimitKind.REVIEW_WINDOW.value,
            "started_on": last - timedelta(days=30),
            "amount": 30,
            "unit": "day",
            "nominal_due": last,
            "effective_due": last,
            "first_due": last,
        }


def spread() -> None:
    """Let the clocks fall due on a thousand different days, as those of real matters do."""
    with committed() as session:
        for day in range(1000):
            due_on = TODAY + timedelta(days=40 + day)
            dates = {"effective_due": due_on, "nominal_due": due_on, "started_on": due_on - timedelta(days=60)}
            hint = {"look_on": min(TODAY + timedelta(days=5), due_on - timedelta(days=30))}
            session.execute(update(Deadline).where(Deadline.id % 1000 == day), dates | hint)


def spoil(wrong: int) -> None:
    """Let some hints lie; one in ten of their clocks is due tomorrow, the others in weeks."""
    soon = select(Deadline.id).order_by(Deadline.id)
    with committed() as session:
        for first, due_on in ((0, TODAY + timedelta(days=1)), (wrong // 10, None)):
            until = wrong // 10 if first == 0 else wrong
            ids = session.scalars(soon.offset(first).limit(until - first)).all()
            values: dict[str, Any] = {"look_on": SILENCED} | ({"effective_due": due_on} if due_on else {})
            session.execute(update(Deadline).where(Deadline.id.in_(ids)), values)


def others(url: str, data: Path, ready: Signal, stop: Signal, longest: Any) -> None:
    """Write one small row after the other, and keep the longest wait."""
    with application(url, data).app_context():
        while not stop.is_set():
            began = time.perf_counter()
            with committed() as session:
                session.execute(update(User).where(User.id == 1).values(name=User.name))
            if ready.is_set():
                longest.value = max(longest.value, time.perf_counter() - began)
            ready.set()
            time.sleep(0.01)


def measure(count: int, wrong: int, lapsed: int, url: str, data: Path) -> None:
    """Fill, let one night pass while somebody else writes, and print one line."""
    sweeping.SPELL = 3600.0
    with application(url, data).app_context():
        fill(count, 0)
        spread()
        with clock.frozen(NOW - timedelta(days=1)):
            tick()
        spoil(wrong)
        with committed():
            write(Deadline, windows(lapsed))
        db.session.remove()
        db.engine.dispose()
        context = multiprocessing.get_context("spawn")
        ready, stop, longest = context.Event(), context.Event(), context.Value("d", 0.0)
        other = context.Process(target=others, args=(url, data, ready, stop, longest))
        other.start()
        ready.wait()
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        wall, cpu = time.perf_counter(), time.process_time()
        tally = tick(NOW).tally
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        stop.set()
        other.join()
        checked = db.session.scalar(select(Sweep.checked).order_by(Sweep.id.desc()).limit(1))
        clocks = db.session.scalar(select(func.count()).select_from(Deadline))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"{clocks:>9} {checked:>9} {tally.wrong:>7} {tally.raised.total():>7} {tally.lapsed:>7} {wall:>8.2f}"
            f" {cpu:>8.2f} {longest.value:>9.3f} {peak / 1024:>9.0f} {(peak - base) / 1024:>9.0f}",
            flush=True,
        )


def main() -> None:
    """Measure every size, or the one given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--size", nargs=3, type=int, metavar=("CASES", "WRONG", "LAPSED"))
    given = parser.parse_args()
    if given.size:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            measure(*given.size, f"sqlite:///{folder}/tracker.db", Path(folder))
        return
    print("   clocks   checked   wrong  raised  lapsed   wall s    cpu s  waited s   peak MB  of it tick")
    for size in SIZES:
        command = [sys.executable, "-m", "benchmarks.sweep", "--size", *map(str, size)]
        command += ["--folder", str(given.folder)] if given.folder else []
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
