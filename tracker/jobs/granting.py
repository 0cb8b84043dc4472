"""What was approved takes effect when its wait is over (权限生效), each in a transaction of its own."""

from datetime import datetime

from tracker.cases.access.widening import due, end_request, request_of, take_effect
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.people.rules import GrantOutcome
from tracker.reminders.gate.queries import believed


def carry_out_grants(now: datetime | None = None) -> None:
    """Let what is due take effect; nothing does while the clock cannot be believed. Harmless twice, and late."""
    at = now or clock.now()
    waited, gate = due(at), believed(at)
    db.session.rollback()
    if gate.open:
        for request_id in waited:
            _carry_out(request_id, at)


def _carry_out(request_id: int, now: datetime) -> None:
    try:
        with committed():
            take_effect(request_id, now=now)
    except DomainError as error:
        with committed():
            end_request(request_of(request_id), GrantOutcome.FAILED, note=error.message, by=None, now=now)
