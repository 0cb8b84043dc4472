"""How fast the log and the rows it seals are checked, and with how much memory.

    .venv/bin/python -m benchmarks.verify [--events 1000000]

Every line seals one row, as most acts seal one to three. The log is made in a folder of its own, which is removed.
"""

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.fill import Chain, application
from benchmarks.rows import made
from tests.people.factories import make_department, make_user
from tracker.audit import Event, queries
from tracker.audit.reading import check_log
from tracker.audit.seals import Seals
from tracker.audit.service import ACTS
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.people.models import Absence, User

PART = 20_000


class _Line:
    """A line that seals one row."""

    def __init__(self, row: object, by: User) -> None:
        self.payload, self.changed, self.text = {"absence": 1}, [row], None
        self.event, self.case_id, self.by, self.at = Event.ABSENCE_NOTED, None, by, clock.now()


def fill(events: int) -> None:
    """Write so many lines, each with its row."""
    with committed():
        user = make_user("bench", "测试")
        make_department("县信访局")
    now, day, user_id = clock.now(), clock.today(), user.id
    for start in range(1, events + 1, PART):
        with committed():
            by = db.session.get_one(User, user_id)
            chain, rows = Chain({user_id: ""}), []
            for number in range(start, min(start + PART, events + 1)):
                until = day + timedelta(days=number % 300)
                row = made(
                    Absence,
                    id=number,
                    user_id=user_id,
                    started_on=day,
                    ended_on=until,
                    noted_at=now,
                    noted_by_id=user_id,
                )
                rows.append(row)
                chain.add(_Line(row, by))  # type: ignore[arg-type]
            db.session.execute(insert(Absence), [row.values for row in rows])
            chain.write()


def peak() -> float:
    """Return the most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(check: Callable[[], Any], events: int) -> tuple[Any, str]:
    """Return what a check found, and how many lines it read in a second: on the wall, and of the processor alone."""
    wall, processor = time.perf_counter(), time.process_time()
    found = check()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return found, f"{events / wall:,.0f} lines/s, {events / processor:,.0f} for each second of one processor"


def main() -> None:
    """Fill, check the log alone, check everything; print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    events = parser.parse_args().events
    folder = Path(tempfile.mkdtemp(prefix="verify-"))
    try:
        with application(f"sqlite:///{folder / 'tracker.db'}", folder).app_context():
            fill(events)
            print(f"{events} lines, each with a row; {peak():.0f} MB after filling")
            _, said = measured(lambda: check_log(ACTS, Seals(), []), events)
            print(f"the log alone: {said}")
            db.session.rollback()
            found, said = measured(queries.verify, events)
            print(f"with rows: {said}; {found.wrong or 'agrees'}; {peak():.0f} MB at most")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
