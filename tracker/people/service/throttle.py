"""Counting tries (限速): by what is counted, how many in which time, shared by all processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from tracker.core.database import db
from tracker.core.encryption import blind_index
from tracker.core.errors import TooManyTries
from tracker.people.models import AuthThrottle

WINDOW = timedelta(minutes=15)
SWEPT_AT_ONCE = 100


@dataclass(frozen=True)
class Bucket:
    """What is counted together: so many tries in WINDOW, then `sentence`, with the wait in `{minutes}`."""

    name: str
    tries: int
    sentence: str

    def key(self, value: str) -> str:
        """Return the key of one counter; what it counts for cannot be read from it."""
        return f"{self.name}:{blind_index('throttle', value or '?')}"


def count(bucket: Bucket, value: str, *, now: datetime) -> int:
    """Count a try and return how many there are now; raises TooManyTries, uncounted, where there were enough."""
    key = bucket.key(value)
    row = _row(key) or _new_row(key, now)
    if now - row.window_started_at >= WINDOW:
        row.window_started_at, row.failures = now, 0
    if row.failures >= bucket.tries:
        minutes = ceil((row.window_started_at + WINDOW - now) / timedelta(minutes=1))
        raise TooManyTries(bucket.sentence.format(minutes=minutes))
    row.failures += 1
    db.session.flush()
    return row.failures


def uncount(bucket: Bucket, value: str) -> None:
    """Take one try back: it was none."""
    counted = (AuthThrottle.key == bucket.key(value), AuthThrottle.failures > 0)
    db.session.execute(update(AuthThrottle).where(*counted).values(failures=AuthThrottle.failures - 1))


def forget(bucket: Bucket, value: str) -> None:
    """Forget all tries of one counter."""
    db.session.execute(delete(AuthThrottle).where(AuthThrottle.key == bucket.key(value)))


def sweep(now: datetime) -> None:
    """Delete counters whose window is over, past those that another try holds."""
    over = select(AuthThrottle.key).where(AuthThrottle.window_started_at < now - WINDOW)
    keys = db.session.scalars(over.limit(SWEPT_AT_ONCE).with_for_update(skip_locked=True)).all()
    db.session.execute(delete(AuthThrottle).where(AuthThrottle.key.in_(keys)))


def _row(key: str) -> AuthThrottle | None:
    return db.session.get(AuthThrottle, key, with_for_update=True, populate_existing=True)


def _new_row(key: str, now: datetime) -> AuthThrottle:
    """Add a counter; where another process was quicker, take its one."""
    try:
        with db.session.begin_nested():
            row = AuthThrottle(key=key, window_started_at=now, failures=0)
            db.session.add(row)
    except IntegrityError:
        found = _row(key)
        assert found is not None
        return found
    return row
