"""What a form carries to notice that somebody else saved meanwhile."""

from tracker.audit.service import row_seal
from tracker.people.models import Department, User


def version_of(row: User | Department) -> str:
    """Return what a form carries to notice that somebody else saved meanwhile."""
    return row_seal(row)
