"""Whose ledger of difficult villages a person keeps."""

from tracker.key_villages.control_access import kept_by
from tracker.people.models import Department
from tracker.web.frame.access import reader
from tracker.web.frame.offices import offices_among, the_office


def offices_kept() -> list[Department]:
    """Return the offices whose ledger the person keeps, their own before others; perhaps none."""
    return offices_among(kept_by(reader()))


def office_kept() -> Department:
    """Return the office whose ledger the person keeps; raises DomainError for none or several."""
    return the_office(kept_by(reader()))
