"""定期督促检查: how a matter in hand is getting on, seen by somebody of the office, and what is asked of its unit."""

from datetime import datetime

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.stepping import taking
from tracker.cases.record.models import Case
from tracker.people.models import User


def check_up(case: Case, *, by: User, now: datetime, asked: str, reason: str, version: int | None = None) -> None:
    """Record a check (督促检查): what was found, and what is asked of the unit; the line of the trail is the record."""
    with taking(case, Action.CHECK_UP, by=by, now=now, version=version, reason=reason) as step:
        step.facts.update(asked=asked)
