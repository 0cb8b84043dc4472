"""What one tick of the timer costs with many running clocks: seconds and peak memory, by how many are due.

    .venv/bin/python -m benchmarks.tick --folder DIR

Each size is measured in a process of its own. Of the clocks that are due today, four in ten go to the first letter
(催办单 with its own clock), the others to a reminder; all others have their next look ahead of them.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, insert, select

from benchmarks.calendar_change import cases, write
from benchmarks.county import make_county
from benchmarks.fill import SEED, TODAY, application
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs.ticking import tick
from tracker.reminders.models import Escalation, Sweep

# Cases in hand, clocks that are due now.
SIZES = ((10_000, 1_000), (100_000, 0), (100_000, 1_000), (100_000, 2_000), (100_000, 4_000))
CLOCKS = 3
NOW = clock.at_local(TODAY)
KINDS = (LimitKind.HANDLING, LimitKind.FEEDBACK, LimitKind.VALIDITY)


def clocks(count: int, due: int, office_id: int) -> Iterator[dict[str, Any]]:
    """Give the running clocks of the cases; `due` of them reach a rung today, on cases of their own."""
    due_cases = range(1, count + 1, count // due) if due else range(0)
    today = dict(zip(due_cases[:due], range(due), strict=True))
    for case_id in range(1, count + 1):
        for number, kind in enumerate(KINDS):
            ahead = TODAY + timedelta(days=40)
            if number == 0 and case_id in today:
                letter = today[case_id] % 10 < 4
                yield _clock(case_id, kind, office_id, TODAY - timedelta(days=1) if letter else TODAY, look_on=TODAY)
            else:
                yield _clock(case_id, kind, office_id, ahead, look_on=TODAY + timedelta(days=5))


def _clock(case_id: int, kind: LimitKind, office_id: int, due_on: date, *, look_on: date) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "subject": "case",
        "subject_id": case_id,
        "kind": kind.value,
        "owner_department_id": office_id,
        "started_on": due_on - timedelta(days=60),
        "amount": 60,
        "unit": "day",
        "nominal_due": due_on,
        "effective_due": due_on,
        "first_due": due_on,
        "look_on": look_on,
    }


def fill(count: int, due: int) -> None:
    """Write the cases and clocks; what was reached earlier is on record already."""
    office_id = make_county(Random(SEED)).office.id
    with committed():
        # Received evenly over a year, as matters are.
        spread = ({**row, "received_on": TODAY - timedelta(days=row["id"] % 365)} for row in cases(count, office_id))
        write(Case, spread)
        write(Deadline, clocks(count, due, office_id))
    with committed() as session:
        due_clocks = session.execute(
            select(Deadline.id, Deadline.case_id, Deadline.effective_due).where(Deadline.look_on == TODAY)
        )
        earlier = [
            _earlier(row, rung)
            for row in due_clocks
            for rung in (
                "work-half",
                "work-quarter",
                "work-soon",
                *(("work-today",) if row.effective_due < TODAY else ()),
            )
        ]
        if earlier:
            session.execute(insert(Escalation), earlier)


def _earlier(row: Any, rung: str) -> dict[str, Any]:
    return {
        "subject": "deadline",
        "subject_id": row.id,
        "revision": 1,
        "rung": rung,
        "case_id": row.case_id,
        "deadline_id": row.id,
        "level": "remind",
        "reached_on": TODAY,
        "raised_at": NOW,
        "state": "raised",
        "late": False,
    }


def measure(count: int, due: int, url: str, data: Path) -> None:
    """Fill, tick once, and print one line."""
    with application(url, data).app_context():
        fill(count, due)
        db.session.remove()
        tick(NOW - timedelta(days=1))  # the first run of all asks what is asked once a day
        with committed() as session:  # the check of the night is measured by benchmarks.sweep
            session.add(Sweep(begun_at=NOW, ended_at=NOW, after_id=0, checked=0, wrong=0, unseen=0))
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        wall, cpu = time.perf_counter(), time.process_time()
        report = tick(NOW)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        running = db.session.scalar(select(func.count()).select_from(Deadline))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"{count:>9} {running:>9} {due:>7} {report.tally.examined:>9} {report.tally.raised.total():>7}"
            f" {wall:>8.2f} {cpu:>8.2f} {peak / 1024:>9.0f} {(peak - base) / 1024:>9.0f}",
            flush=True,
        )


def main() -> None:
    """Measure every size, or the one given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--size", nargs=2, type=int, metavar=("CASES", "DUE"))
    given = parser.parse_args()
    if given.size:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            measure(*given.size, f"sqlite:///{folder}/tracker.db", Path(folder))
        return
    print("    cases    clocks     due  examined  raised  wall s   cpu s   peak MB  of it tick")
    for size in SIZES:
        command = [sys.executable, "-m", "benchmarks.tick", "--size", *map(str, size)]
        command += ["--folder", str(given.folder)] if given.folder else []
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
