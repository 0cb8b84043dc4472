"""What people see of reports: the list, one report as paper, the rows behind a number, what each unit filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import joinedload

from tracker.cases.access.scope import NUMBERS_CLOSED
from tracker.cases.ledger.conditions import Clause, known_to
from tracker.cases.ledger.rows import LedgerRow, rows_of
from tracker.cases.ledger.rules import ReportEdition
from tracker.cases.record.models import Case
from tracker.core.clock import local_date
from tracker.core.database import constant, db
from tracker.core.errors import NotFound
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.own_limits import amount_on
from tracker.key_villages.access import on_the_ledger
from tracker.key_villages.models import VillageEntry
from tracker.people.models import Department
from tracker.people.rules import Reader
from tracker.reports.issues import numbers as n
from tracker.reports.issues.access import complains_of, filings_visible_to, visible_to
from tracker.reports.issues.composing import AskedReport, asked_of, compose, is_small, numbers_of, sections_of, span_on
from tracker.reports.issues.models import Report, ReportFiling
from tracker.reports.issues.numbers import ReportFigure
from tracker.reports.rules.indicators import CountUnit
from tracker.reports.rules.kinds import ReportKind, unpacked
from tracker.reports.rules.numbers import Value
from tracker.reports.rules.sentences import SectionText

PAGE_SIZE = 50


@dataclass(frozen=True)
class ReportPaper:
    """A report as it is printed: the sections of the issue, or as they would be now; what is withheld of a draft.

    Without a `report` nobody has begun it.
    """

    kind: ReportKind
    office: Department
    report: Report | None
    sections: Sequence[SectionText]
    values: Mapping[str, Value]
    withheld: Sequence[str]
    filings: Sequence[ReportFiling]

    @property
    def missing(self) -> list[ReportFiling]:
        """Who has not filed."""
        return [each for each in self.filings if not each.filed_at]


def reports(reader: Reader, page: int) -> tuple[list[Report], int]:
    """Return a page of the reports that a person may know of, the latest first, and how many there are."""
    seen = visible_to(reader)
    confidential = select(Report).where(seen, Report.edition == ReportEdition.CONFIDENTIAL.value)
    shut = [row.id for row in db.session.scalars(confidential) if complains_of(row, reader)]
    seen = and_(seen, Report.id.not_in(shut))
    rows = select(Report).where(seen).options(joinedload(Report.issued_by), joinedload(Report.office))
    rows = _paged(rows.order_by(Report.until.desc(), Report.id.desc()), page)
    total = db.session.scalar(select(func.count()).select_from(Report).where(seen)) or 0
    return list(db.session.scalars(rows)), total


def report_paper(report: Report, today: date) -> ReportPaper:
    """Return a report as it is printed; a draft is counted now."""
    kind, filings = ReportKind(report.kind), _filings(report.id)
    if report.body is None:
        made = compose(asked_of(report), today)
        return ReportPaper(kind, report.office, report, made.sections, made.values, made.withheld, filings)
    values = {
        each.code: Value(each.count, CountUnit(each.unit), is_small(report.edition, each.kind, each.count))
        for each in numbers_of(report.id)
    }
    return ReportPaper(kind, report.office, report, sections_of(report.body), values, (), filings)


def _filings(report_id: int) -> Sequence[ReportFiling]:
    rows = select(ReportFiling).where(ReportFiling.report_id == report_id).order_by(ReportFiling.id)
    people = (joinedload(ReportFiling.department), joinedload(ReportFiling.filed_by), joinedload(ReportFiling.report))
    return db.session.scalars(rows.options(*people)).all()


def report_on(office: Department, kind: ReportKind, day: date, today: date) -> ReportPaper:
    """Return the open report of the period that holds a day, begun or not."""
    span = span_on(kind, day)
    live = (Report.office_id == office.id, Report.kind == kind.value, Report.edition == ReportEdition.OPEN.value)
    report = db.session.scalar(select(Report).where(*live, Report.until == span.until, Report.cancelled_at.is_(None)))
    if report is not None:
        return report_paper(report, today)
    hour = amount_on(LocalNumber.REPORT_HOUR, span.until)
    made = compose(AskedReport(kind, office, ReportEdition.OPEN, span, last_campaign(office.id), hour), today)
    return ReportPaper(kind, office, None, made.sections, made.values, made.withheld, ())


@dataclass(frozen=True)
class RowsPage:
    """A page of the rows behind a number, as far as the reader may see them; `beyond` says how many more there are.

    `beyond` is None where it may not be said.
    """

    label: str
    value: Value
    total: int
    beyond: int | None
    cases: Sequence[LedgerRow] = ()
    villages: Sequence[VillageEntry] = ()
    filings: Sequence[ReportFiling] = ()


def rows_page(report: Report, code: str, reader: Reader, *, page: int, now: datetime) -> RowsPage:
    """Return the rows behind a number: of an issue those that were kept. Raises NotFound for a number it has not."""
    today = local_date(now)
    figure, ids = _figure(report, code, today)
    value = Value(figure.value, figure.unit, is_small(report.edition, figure.kind, figure.value))
    if figure.kind == n.FILING:
        return _filings_page(figure, ids, value, reader)
    if figure.kind == n.VILLAGE:
        own = VillageEntry.id.in_(constant(ids)) & on_the_ledger(reader, today)
        rows = select(VillageEntry).where(own).options(joinedload(VillageEntry.place))
        total = db.session.scalar(select(func.count()).select_from(VillageEntry).where(own)) or 0
        villages = db.session.scalars(_paged(rows.order_by(VillageEntry.id), page)).all()
        return RowsPage(figure.label, value, total, len(ids) - total, villages=villages)
    return _cases_page(report, figure, ids, value, reader, page=page, now=now)


def _figure(report: Report, code: str, today: date) -> tuple[ReportFigure, list[int]]:
    if report.body is None:
        made = compose(asked_of(report), today)
        if code not in made.values:
            raise NotFound
        figure, ids = made.figures[code], n.rows_behind(made.figures[code])
        return ReportFigure(
            *(code, figure.label, figure.unit, figure.kind, figure.query), value=made.values[code].count
        ), ids
    kept = next((each for each in numbers_of(report.id) if each.code == code), None)
    if kept is None:
        raise NotFound
    figure = ReportFigure(code, kept.label, CountUnit(kept.unit), kept.kind, kept.query, value=kept.count)
    return figure, unpacked(kept.rows)


def _cases_page(
    report: Report, figure: ReportFigure, ids: list[int], value: Value, reader: Reader, *, page: int, now: datetime
) -> RowsPage:
    """Return the matters that the reader may see: of an open report only those that are open still.

    That more lie beyond a scope is said of an open report, to who does not see all that are open; what has become
    closed meanwhile is nowhere told apart from what lies beyond.
    """
    among: list[Clause] = [Case.id.in_(constant(ids))]
    if report.edition == ReportEdition.OPEN:
        among.append(~NUMBERS_CLOSED)
    own = (*among, known_to(reader))
    total = db.session.scalar(select(func.count()).select_from(Case).where(*own)) or 0
    beyond = None
    if report.edition == ReportEdition.OPEN:
        still_open = db.session.scalar(select(func.count()).select_from(Case).where(*among)) or 0
        beyond = len(ids) - total if still_open > total else 0
    shown = db.session.scalars(_paged(select(Case.id).where(*own).order_by(Case.register_no), page)).all()
    return RowsPage(figure.label, value, total, beyond, cases=rows_of(shown, local_date(now), now=now))


def _filings_page(figure: ReportFigure, ids: list[int], value: Value, reader: Reader) -> RowsPage:
    rows = select(ReportFiling).where(ReportFiling.id.in_(ids), filings_visible_to(reader))
    found = db.session.scalars(rows.options(joinedload(ReportFiling.department)).order_by(ReportFiling.id)).all()
    return RowsPage(figure.label, value, len(found), len(ids) - len(found), filings=found)


def _paged(rows: Select[Any], page: int) -> Select[Any]:
    return rows.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)


def filings_of(reader: Reader, page: int) -> tuple[list[ReportFiling], int]:
    """Return a page of what a person's units owe or filed (本单位报送), the latest first, and how many there are."""
    own = ReportFiling.department_id.in_(sorted(reader.department_ids))
    live = select(ReportFiling).join(Report).where(own, Report.cancelled_at.is_(None))
    total = db.session.scalar(select(func.count()).select_from(live.subquery())) or 0
    rows = live.options(joinedload(ReportFiling.report), joinedload(ReportFiling.department))
    found = db.session.scalars(_paged(rows.order_by(Report.until.desc(), ReportFiling.id.desc()), page))
    return list(found), total


def last_campaign(office_id: int) -> date | None:
    """Return the day on which the election work began, as the last report of an office says."""
    last = select(Report.campaign_on).where(Report.office_id == office_id, Report.cancelled_at.is_(None))
    return db.session.scalar(last.order_by(Report.opened_at.desc()).limit(1))


def others(report: Report, reader: Reader) -> list[Report]:
    """Return the last issues of the same series (往期) that a person may know of."""
    series = (Report.office_id == report.office_id, Report.kind == report.kind, Report.edition == report.edition)
    asked = select(Report).where(visible_to(reader), *series, Report.issued_at.is_not(None), Report.id != report.id)
    return list(db.session.scalars(asked.order_by(Report.until.desc()).limit(3)))
