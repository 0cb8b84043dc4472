"""How much a database looks at: the steps of SQLite's virtual machine, counted by its own progress handler."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.plans.work import STRIDE
from tracker.core.database import db


class Steps:
    """The steps that were taken so far."""

    taken = 0

    def more(self) -> int:
        """Count one stride; 0 lets the statement go on."""
        self.taken += STRIDE
        return 0


@contextmanager
def steps() -> Iterator[Steps]:
    """Count the steps of SQLite that the session takes inside; what waits to be written is written before."""
    db.session.flush()
    connection, counted = db.session.connection().connection.driver_connection, Steps()
    assert connection is not None
    connection.set_progress_handler(counted.more, STRIDE)
    try:
        yield counted
    finally:
        connection.set_progress_handler(None, STRIDE)
