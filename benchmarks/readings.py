"""What it takes to note who reads (查阅日志), when many read at once: `python -m benchmarks.readings`.

Eight threads note readings as fast as they can, in one process, on a SQLite file on this disk: queueing in memory for
the turn to write, as the program does, and each asking the file by itself.
"""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from benchmarks.fill import application
from tracker import audit
from tracker.core import clock, database
from tracker.core.database import committed

THREADS, SECONDS = 8, 5.0


class NoTurns:
    """Everybody asks the file."""

    @contextmanager
    def turn(self, patience: float) -> Iterator[float]:
        """Give all the patience there is."""
        yield patience


def readings(app: Flask) -> tuple[int, list[float]]:
    """Return how many readings were noted, and how long each took."""
    took: list[float] = []
    until = time.perf_counter() + SECONDS

    def read() -> None:
        with app.app_context():
            while (began := time.perf_counter()) < until:
                with committed():
                    audit.record_reading(audit.Event.CASE_READ, by=None, now=clock.now())
                took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=read) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(took), sorted(took)


def main() -> None:
    """Measure both."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        app = application(f"sqlite:///{Path(folder).absolute() / 'tracker.db'}", Path(folder))
        turns = database.TURNS
        for label, chosen in (("in turn", turns), ("each by itself", NoTurns()), ("in turn", turns)):
            database.TURNS = chosen  # type: ignore[assignment]
            count, took = readings(app)
            middle, late, last = took[count // 2], took[count * 99 // 100], took[-1]
            print(f"{label}: {count / SECONDS:.0f}/s, p50 {middle * 1000:.1f} ms, p99 {late * 1000:.1f} ms, "
                  f"slowest {last * 1000:.0f} ms", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
