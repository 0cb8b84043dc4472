"""Whether a matter is sponsored (包案), and whether the reader may say so, for the page of a case."""

from dataclasses import dataclass

from tracker.core import clock
from tracker.key_villages.models import CaseSponsorship
from tracker.key_villages.service.sponsoring import may_sponsor, running_sponsorship
from tracker.people.rules import Permission
from tracker.web.frame.access import may, reader


@dataclass(frozen=True)
class ShownSponsorship:
    """The sponsorship of a matter, if it has one; `may_change` says that the reader may mark it, or end that."""

    row: CaseSponsorship | None
    may_change: bool


def shown_sponsorship(case_id: int) -> ShownSponsorship:
    """Return what the page of a case says of 包案, for whoever may see the page."""
    row = running_sponsorship(case_id, clock.today())
    asks = may(Permission.KEEP_VILLAGES)
    return ShownSponsorship(row, asks and may_sponsor(case_id, reader()))
