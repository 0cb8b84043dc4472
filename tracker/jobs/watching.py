"""Looking who reads unusually much (大量查阅告警), each alarm in a transaction of its own."""

from datetime import datetime

from tracker.cases.access.bulk_reading import raise_alarm, unusual
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.reminders.gate.queries import believed


def watch_readings(now: datetime | None = None) -> None:
    """Raise what is due once; nothing while the clock cannot be believed. Harmless twice, and late."""
    at = now or clock.now()
    found, gate = unusual(at), believed(at)
    db.session.rollback()
    if gate.open:
        for user_id, kind in found:
            with committed():
                raise_alarm(user_id, kind, now=at)
