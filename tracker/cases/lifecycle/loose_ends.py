"""What hangs on a unit or a person that cannot act any more: the conditions of the lists (待重新交办、待改派), in SQL.

`record/marks` says the same of one matter.
"""

from sqlalchemy import ColumnElement, and_, or_, select

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.record.marks import LEADING
from tracker.cases.record.models import IN_HAND, Assignment, Case
from tracker.core.database import Day
from tracker.people.models import Post
from tracker.people.queries import at_work, without_people

Clause = ColumnElement[bool]


def unit_gone(today: Day) -> Clause:
    """Match what lies with a unit that is closed, or in which nobody works (待重新交办)."""
    return _hanging(Action.REASSIGN, _given(Assignment.department_id.in_(without_people(today))))


def handler_gone(today: Day) -> Clause:
    """Match what lies with a handler who cannot sign in or left the unit, which has others (待改派)."""
    here = at_work(today, Post.department_id == Assignment.department_id, Post.user_id == Assignment.handler_id)
    left = (
        Assignment.handler_id.is_not(None),
        Assignment.department_id.not_in(without_people(today)),
        ~here.correlate(Assignment).exists(),
    )
    return _hanging(Action.CHANGE_HANDLER, _given(*left))


def lead_gone(today: Day) -> Clause:
    """Match what is led by somebody who cannot sign in, or leads no more (待更换领办领导)."""
    leading = at_work(today, Post.role.in_(sorted(LEADING))).with_only_columns(Post.user_id)
    of_unit = _given(Assignment.lead_official_id.is_not(None), Assignment.lead_official_id.not_in(leading))
    alone = (Case.assignment_id.is_(None), Case.lead_official_id.is_not(None), Case.lead_official_id.not_in(leading))
    return _hanging(Action.CHANGE_LEAD, or_(of_unit, and_(*alone)))


def _given(*which: Clause) -> Clause:
    """Match the matters that have such an assignment now."""
    return Case.assignment_id.in_(select(Assignment.id).where(Assignment.ended_on.is_(None), *which))


def _hanging(way_out: Action, which: Clause) -> Clause:
    """Match such matters in hand, in whose state the table has the way out."""
    rows = [row for row in STEPS if row.action is way_out]
    open_to = (
        and_(Case.status.in_(sorted(row.froms)), Case.ledger_status.in_(sorted(row.ledger_froms))) for row in rows
    )
    return and_(IN_HAND, or_(*open_to), which)
