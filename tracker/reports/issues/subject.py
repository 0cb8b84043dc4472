"""What a unit owes for a report (报送) as the timer sees it: its row of SUBJECTS."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select

from tracker.cases.access.rules import hands_out
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.people.queries import without_people
from tracker.people.rules import Reader, Role
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.subjects.answers import Standing, Subject, SubjectWords
from tracker.reminders.subjects.table import among
from tracker.reminders.subjects.things import Things, no_lines
from tracker.reports.issues.access import known_filings
from tracker.reports.issues.models import Report, ReportFiling
from tracker.reports.issues.service import FILING
from tracker.reports.issues.titles import title_of

PAGE = "reports.filing"
Ids = Collection[int]


THINGS = Things(ReportFiling, lambda row: row.report.office_id)


def _standing(id_: int, _clock: Deadline | None, _seen: Ref | None) -> Standing:
    """Return how people stand towards it: the unit owes it, whoever sits there."""
    filing = db.session.get_one(ReportFiling, id_)
    return Standing(
        office=filing.report.office,
        unit=filing.department,
        owner=None,
        leads=(),
        may_know=lambda reader: bool(among(known_filings(reader), [filing.id])),
        number=title_of(filing.report),
        gone="已取消" if filing.report.cancelled_at else "",
        over="已报送" if filing.filed_at else "",
        confidential=False,
        open_to_group=True,
        awaited=frozenset,
        hangs=frozenset,
        last=(),
        last_label="",
    )


def _words(ids: Ids) -> Mapping[int, SubjectWords]:
    rows = db.session.scalars(THINGS.some(ids)).all()
    return {
        row.id: SubjectWords(title_of(row.report), f"{row.department.short_name}报送", PAGE, row.public_id, True)
        for row in rows
    }


def _own(reader: Reader, today: date) -> Select[Any]:
    """Return what the units that a person heads owe; to the desk of the office also what is owed where nobody works."""
    headed = {post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD}
    mine, asking = ReportFiling.department_id.in_(sorted(headed)), hands_out(reader)
    if not asking:
        return select(ReportFiling.id).where(mine)
    theirs = ReportFiling.report_id.in_(select(Report.id).where(Report.office_id.in_(sorted(asking))))
    left = and_(ReportFiling.department_id.in_(without_people(today)), theirs)
    return select(ReportFiling.id).where(or_(mine, left))


REPORT_FILING = Subject(
    kind=FILING,
    parts=frozenset(),
    column=None,
    lock=THINGS.lock,
    free=THINGS.free,
    noted=THINGS.noted,
    units=lambda some: {row.id: row.department_id for row in db.session.scalars(THINGS.some(some))},
    standing=_standing,
    known=known_filings,
    listed=known_filings,
    counted=lambda _reader: select(ReportFiling.id),
    live=lambda: (
        select(ReportFiling.id)
        .join(Report, Report.id == ReportFiling.report_id)
        .where(ReportFiling.filed_at.is_(None), Report.cancelled_at.is_(None))
    ),
    own=_own,
    open_to={},
    words=_words,
    wrote=no_lines,
    refreshed=lambda _ids: {},
    watches={},
)
