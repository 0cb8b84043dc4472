"""How long anybody waits for the database: never for ever. What takes long says so with `unhurried()`.

SQLite has one writer at a time. The threads of a process queue for it in memory, in the order in which they came, and
only the first asks the file. Few may wait for long: the other threads stay free for those who only read.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from flask import has_request_context
from psycopg import errors

# Seconds that an act waits for others who write; that the note of a reading does; that a long command does.
PATIENCE, READING_PATIENCE, LONG_PATIENCE = 10.0, 3.0, 60.0
# A thread that serves pages and waits longer than a moment needs one of the places of its process; a job does not.
MOMENT, PLACES = 0.5, 2
# Of PostgreSQL: to connect; for a lock; for one statement; between two statements of one transaction.
CONNECT, LOCK, STATEMENT, IDLE = 5, 3, 15, 30
# A server that says nothing for longer than any statement may take has gone, whatever the network believes.
SILENCE = 20.0
# A machine that went away is noticed by the network: unanswered bytes after 10 s, a still line after 5 + 3 × 5 s.
NETWORK = {
    "connect_timeout": CONNECT,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_unhurried: ContextVar[bool] = ContextVar("unhurried", default=False)


@contextmanager
def unhurried() -> Iterator[None]:
    """Let transactions that begin inside wait and work long: migrations, imports, exports, the check of the log."""
    token = _unhurried.set(True)
    try:
        yield
    finally:
        _unhurried.reset(token)


def limits() -> str:
    """Return what a transaction of PostgreSQL says of its own limits as it begins; "" for the usual ones."""
    if not _unhurried.get():
        return ""
    lock = f"SET LOCAL lock_timeout = '{LONG_PATIENCE:.0f}s'"
    return f"{lock}; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that gives up a server which holds the line and says nothing."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Consume what the driver does, for as long as any statement may take."""
        try:
            return super().wait(gen, interval, timeout or (None if _unhurried.get() else SILENCE))
        except errors._WaitTimeout:
            self.pgconn.finish()
            raise


def connect_bounded(_dialect: object, _record: object, arguments: list[Any], named: dict[str, Any]) -> Any:
    """Open a connection to PostgreSQL with limits on everything (for SQLAlchemy's event `do_connect`)."""
    own = f"-c lock_timeout={LOCK}s -c statement_timeout={STATEMENT}s -c idle_in_transaction_session_timeout={IDLE}s"
    options = f"{own} {named.pop('options', '')}".strip()
    return BoundedConnection.connect(*arguments, **{**NETWORK, **named, "options": options})


class Turns:
    """Whose turn it is to write, among the threads of this process."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._places = threading.BoundedSemaphore(PLACES)

    @contextmanager
    def turn(self, patience: float) -> Iterator[float]:
        """Wait for one's turn; give the patience that is left for the file, none where the turn did not come."""
        patience = LONG_PATIENCE if _unhurried.get() else patience
        until = time.monotonic() + patience
        mine = self._one.acquire(timeout=min(patience, MOMENT)) or self._waited(patience - MOMENT)
        try:
            yield max(0.0, until - time.monotonic()) if mine else 0.0
        finally:
            if mine:
                self._one.release()

    def _waited(self, seconds: float) -> bool:
        """Wait on, a thread that serves pages only in one of the few places; say whether the turn came."""
        if seconds <= 0:
            return False
        if not has_request_context():
            return self._one.acquire(timeout=seconds)
        if not self._places.acquire(blocking=False):
            return False
        try:
            return self._one.acquire(timeout=seconds)
        finally:
            self._places.release()


TURNS = Turns()
