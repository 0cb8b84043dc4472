"""What decides who stands where towards a case, read from its rows."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from tracker.cases.lifecycle.rules.positions import Position
from tracker.cases.record.models import Assignment, Case
from tracker.cases.record.rules.codes import Track
from tracker.core.database import db

_SIDES = select(Assignment.department_id).where(
    Assignment.case_id == bindparam("case_id"), Assignment.ended_on.is_(None), Assignment.track != Track.HANDLING
)


def position_of(case: Case) -> Position:
    """Return what decides who stands where towards a case."""
    return position_from(case, db.session.scalars(_SIDES, {"case_id": case.id}))


def position_from(case: Case, sides: Iterable[int]) -> Position:
    """Return the same from rows that were read before; `sides` are the units of its running side tracks."""
    current = case.assignment
    return Position(
        office_id=case.office_id,
        handling_department_id=current.department_id if current else None,
        handler_id=current.handler_id if current else None,
        lead_official_id=current.lead_official_id if current else case.lead_official_id,
        side_department_ids=frozenset(sides),
        vote_buying=case.vote_buying,
    )
