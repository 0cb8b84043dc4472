"""Who may see what is reported upward, and who does it: one rule, as SQL and for one.

Whoever may not know of a matter that it is about does not learn that there is such a report either (条例第三十条).
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select

from tracker.cases.access.scope import may_know
from tracker.cases.record.models import Case
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.rules import Reader, Role, area, does_case_work
from tracker.upward.models import UpwardLink, UpwardReport

Clause = ColumnElement[bool]
KEPT_CLAUSES = 256
KEEPING = (Role.ACCEPTOR, Role.SUPERVISOR)
LEADING = (Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER)


def reports_for(reader: Reader) -> frozenset[int]:
    """Return the units in whose name a person reports: the area of clerks and supervisors, and what they head."""
    if not reader.active or not does_case_work(reader):
        return frozenset()
    heads = {post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD}
    return area(reader, *KEEPING) | heads


@lru_cache(maxsize=KEPT_CLAUSES)
def upward_visible_to(reader: Reader) -> Clause:
    """Return the condition on `UpwardReport` for those a person may see: of their units, and about no hidden matter."""
    if not reader.active or not does_case_work(reader):
        return false()
    offices = reports_for(reader) | area(reader, *LEADING)
    hidden = exists(
        select(UpwardLink.id)
        .join(Case, Case.id == UpwardLink.case_id)
        .where(UpwardLink.report_id == UpwardReport.id, UpwardLink.ended_at.is_(None), ~may_know(reader))
    )
    mine = or_(UpwardReport.office_id.in_(sorted(offices)), UpwardReport.entered_by_id == reader.user_id)
    return and_(mine, ~hidden)


def known_upward(reader: Reader) -> Select[Any]:
    """Return the ids of what a person may see."""
    return select(UpwardReport.id).where(upward_visible_to(reader))


def upward_of(public_id: str, reader: Reader) -> UpwardReport:
    """Return what was reported upward by its address: unknown and hidden answer alike. Raises NotFound."""
    asked = select(UpwardReport).where(UpwardReport.public_id == public_id, upward_visible_to(reader))
    found: UpwardReport | None = db.session.scalar(asked)
    if found is None:
        raise NotFound
    return found


def may_report(report: UpwardReport, reader: Reader) -> bool:
    """Say whether a person acts on a report."""
    return report.office_id in reports_for(reader)
