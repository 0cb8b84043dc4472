"""What a unit owes for a report (报送) as the timer sees it: its row of SUBJECTS."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select

from tracker.cases.access.rules import hands_out
from tracker.core.database import Model, db
from tracker.deadlines.models import Deadline
from tracker.people.queries import without_people
from tracker.people.rules import Reader, Role
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.subjects.answers import Free, Issued, Standing, Subject, SubjectWords
from tracker.reports.issues.access import filings_visible_to, known_filings
from tracker.reports.issues.models import Report, ReportFiling
from tracker.reports.issues.service import FILING
from tracker.reports.issues.titles import title_of

PAGE = "reports.filing"
Ids = Collection[int]


def _rows(some: Ids) -> Select[Any]:
    return select(ReportFiling).where(ReportFiling.id.in_(some)).order_by(ReportFiling.id)


def _lock(some: Ids) -> None:
    db.session.execute(_rows(some).with_for_update(of=ReportFiling, key_share=True)).all()


def _free(some: Ids) -> dict[int, Free]:
    rows = db.session.scalars(_rows(some).with_for_update(of=ReportFiling, skip_locked=True, key_share=True)).all()
    return {row.id: Free(row.report.office_id, 1, False, frozenset(), None) for row in rows}


def _standing(id_: int, _clock: Deadline | None, _seen: Ref | None) -> Standing:
    """Return how people stand towards it: the unit owes it, whoever sits there."""
    filing = db.session.get_one(ReportFiling, id_)
    return Standing(
        office=filing.report.office,
        unit=filing.department,
        owner=None,
        leads=(),
        may_know=lambda reader: _may_know(reader, filing),
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


def _may_know(reader: Reader, filing: ReportFiling) -> bool:
    seen = select(ReportFiling.id).where(ReportFiling.id == filing.id, filings_visible_to(reader))
    return db.session.scalar(seen) is not None


def _wrote(issued: Sequence[Issued], _at: datetime) -> list[list[Model]]:
    """Leave nothing with the report: the ladder issues no paper about one."""
    return [[] for _ in issued]


def _words(ids: Ids) -> Mapping[int, SubjectWords]:
    rows = db.session.scalars(_rows(ids)).all()
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
    lock=_lock,
    free=_free,
    noted=lambda _some: {},
    units=lambda some: {row.id: row.department_id for row in db.session.scalars(_rows(some))},
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
    wrote=_wrote,
    refreshed=lambda _ids: {},
    watches={},
)
