"""Who may sign a paper of supervision that waits for its signature (待签发)."""

from datetime import date

from tracker.cases.lifecycle.rules.actions import Station
from tracker.cases.record.models import OrderDraft
from tracker.core.clock import local_date
from tracker.working_days.queries import calendar
from tracker.working_days.rules import add_working_days

# After so many working days what the office has not signed is also the leaders' to sign.
PASSED_ON_AFTER = 1
LEADERS = (Station.LEAD_OFFICIAL, Station.PRINCIPAL_LEADER)


def signers(draft: OrderDraft, today: date) -> frozenset[Station]:
    """Return who may sign a draft: its signer; of what waited a working day also its lead and a main leader."""
    passed_on = add_working_days(local_date(draft.drafted_at), PASSED_ON_AFTER, calendar()) <= today
    return frozenset({Station(draft.signer), *(LEADERS if passed_on else ())})
