"""Who leads a matter (领办领导), for lists in SQL: `Case.lead` says the same of one matter."""

from sqlalchemy import ColumnElement, and_, case, select, union_all
from sqlalchemy.orm import aliased

from tracker.cases.record.models import Assignment, Case

_Led = aliased(Case)
# Of a matter joined with the assignment that it has now, where it has one.
LEAD_ID = case((Case.assignment_id.is_(None), Case.lead_official_id), else_=Assignment.lead_official_id)


def led_by(user_id: int) -> ColumnElement[bool]:
    """Match what a person leads: by the assignment that the matter has now, or by the matter where no unit has it."""
    # The matter is looked up by the assignment: by what it has now, every matter would be read.
    now = and_(_Led.id == Assignment.case_id, _Led.assignment_id == Assignment.id)
    given = select(_Led.id).join(Assignment, now)
    alone = select(_Led.id).where(_Led.assignment_id.is_(None), _Led.lead_official_id == user_id)
    return Case.id.in_(union_all(given.where(Assignment.lead_official_id == user_id), alone))
