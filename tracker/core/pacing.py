"""Long work in short turns: others who wait to write get the database after one of them.

SQLite lets one person write at a time, and a waiting writer asks again every tenth of a second. So a turn is measured
by the time it holds the lock, not by its rows, and after it there is a pause in which others are heard.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tracker.core.database import committed

# Seconds of work at a time, and the pause after them: longer than a tenth, so that everybody has asked once.
STRETCH, BREATH = 0.2, 0.11


class Pace:
    """The rhythm of one long work. `rows` is how many rows fit into the next turn, learnt from the last one."""

    def __init__(self, rows: int = 1, *, most: int = 1000) -> None:
        self.rows, self._most = rows, most
        self._began = self._worked = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Run one transaction of the work, after a pause where a stretch is half over; it counts from the lock on."""
        if self._worked >= STRETCH / 2:
            time.sleep(BREATH)
            self._worked = 0.0
        with committed() as session:
            session.connection()
            self._began = time.monotonic()
            yield
        self._learn(time.monotonic() - self._began)

    @property
    def spent(self) -> bool:
        """Whether this turn has held the lock long enough: its work goes on in the next one."""
        return self._worked + time.monotonic() - self._began >= STRETCH

    def _learn(self, took: float) -> None:
        self._worked += took
        fitting = int(self.rows * STRETCH / took) if took > 0 else self._most
        self.rows = max(1, min(fitting, self.rows * 2, self._most))
