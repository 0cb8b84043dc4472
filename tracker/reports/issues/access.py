"""Who may draft, issue and read a report, and who files for it: one rule each, as SQL where lists are made.

Of a confidential report (内部版) nobody knows but those named to read it, and of these nobody whom one of its matters
complains of: to them it does not exist (条例第三十条).
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from tracker.cases.access.scope import concerned_in
from tracker.cases.ledger.rules import ReportEdition
from tracker.cases.record.models import Case
from tracker.core.database import constant, db
from tracker.core.errors import NotFound
from tracker.key_villages.control_access import offices_of
from tracker.people.models import Department
from tracker.people.queries import accusation_handlers, active_departments
from tracker.people.rules import DepartmentKind, Permission, Reader, Role, area, does_case_work, permissions
from tracker.reports.issues.models import Report, ReportFiling, ReportNumber, ReportReader
from tracker.reports.rules.kinds import unpacked

Clause = ColumnElement[bool]
# Who drafts in the office's name, and who signs.
KEEPING = (Role.ACCEPTOR, Role.SUPERVISOR)
SIGNING = (Role.SUPERVISOR, Role.PRINCIPAL_LEADER)
# Which units file (零报告).
FILING = frozenset({DepartmentKind.TOWNSHIP, DepartmentKind.BUREAU})


def kept_by(reader: Reader) -> frozenset[int]:
    """Return the units whose reports a person drafts: the area of clerks and supervisors, and what somebody heads."""
    return _answered_for(reader, KEEPING)


def signed_by(reader: Reader) -> frozenset[int]:
    """Return the units whose reports a person issues (签发)."""
    return _answered_for(reader, SIGNING)


def _answered_for(reader: Reader, roles: tuple[Role, ...]) -> frozenset[int]:
    if not reader.active or not does_case_work(reader):
        return frozenset()
    heads = {post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD}
    return area(reader, *roles) | heads


def handles_confidential(reader: Reader, office_id: int, today: date) -> bool:
    """Return whether a person drafts what counts accusations too (举报专办岗位)."""
    return reader.active and reader.user_id in accusation_handlers(office_id, today)


def units_that_file(office: Department, today: date) -> list[Department]:
    """Return the units that owe a report: townships and bureaus beside the office, in the order of the tree."""
    return [unit for unit in active_departments(today, FILING) if unit.parent_id == office.parent_id]


def visible_to(reader: Reader) -> Clause:
    """Return the condition on `Report` for those a person may know of; `report_of` looks further at a confidential one.

    Drafts are of those who work on them.
    """
    if not reader.active or not does_case_work(reader):
        return false()
    own = Report.office_id.in_(sorted(kept_by(reader) | signed_by(reader)))
    issued = and_(Report.issued_at.is_not(None), Report.office_id.in_(offices_of(reader)))
    reads = issued if Permission.READ_FIGURES in permissions(reader.posts) else false()
    named = Report.id.in_(select(ReportReader.report_id).where(ReportReader.user_id == reader.user_id))
    closed = Report.edition == ReportEdition.CONFIDENTIAL.value
    return or_(and_(~closed, or_(own, reads)), and_(closed, named))


def report_of(public_id: str, reader: Reader) -> Report:
    """Return the report of an address; one that the person may not see answers as one that does not exist.

    Raises NotFound.
    """
    found: Report | None = db.session.scalar(select(Report).where(Report.public_id == public_id, visible_to(reader)))
    if found is None or complains_of(found, reader):
        raise NotFound
    return found


def complains_of(report: Report, reader: Reader) -> bool:
    """Return whether a matter that a confidential report counts shuts the reader out (被反映人、被反映单位)."""
    if report.edition != ReportEdition.CONFIDENTIAL:
        return False
    packs = db.session.scalars(
        select(ReportNumber.rows).where(ReportNumber.report_id == report.id, ReportNumber.kind == "case")
    )
    ids = sorted({each for text in packs for each in unpacked(text)})
    # A draft counts whatever the office has.
    counted = Case.id.in_(constant(ids)) if ids else Case.office_id == report.office_id
    shut_out = select(Case.id).where(counted, concerned_in(reader)).limit(1)
    return db.session.scalar(shut_out) is not None


def may_file(filing: ReportFiling, reader: Reader) -> bool:
    """Return whether a person files for a unit: whoever does case work in it."""
    return reader.active and does_case_work(reader) and filing.department_id in reader.department_ids


def filings_visible_to(reader: Reader) -> Clause:
    """Return the condition on `ReportFiling` for those a person may see: of their unit, of their office's reports."""
    if not reader.active or not does_case_work(reader):
        return false()
    offices = sorted(kept_by(reader) | signed_by(reader))
    return or_(
        ReportFiling.department_id.in_(sorted(reader.department_ids)),
        ReportFiling.report_id.in_(select(Report.id).where(Report.office_id.in_(offices))),
    )


def known_filings(reader: Reader) -> Select[Any]:
    """Return the ids of the filings that a person may see."""
    return select(ReportFiling.id).where(filings_visible_to(reader))


def filing_of(public_id: str, reader: Reader) -> ReportFiling:
    """Return the filing of an address as `report_of` does; raises NotFound."""
    found: ReportFiling | None = db.session.scalar(
        select(ReportFiling).where(ReportFiling.public_id == public_id, filings_visible_to(reader))
    )
    if found is None:
        raise NotFound
    return found
