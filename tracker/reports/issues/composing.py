"""What a report says now: its numbers counted, what of the issue before is counted otherwise, its sentences."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from tracker.cases.ledger.conditions import Reference
from tracker.cases.ledger.filters import Filters
from tracker.cases.ledger.rules import ReportEdition, Span
from tracker.core.clock import local, local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.own_limits import amount_on
from tracker.people.models import Department
from tracker.reports.issues import numbers as n
from tracker.reports.issues.models import Report, ReportFiling, ReportNumber
from tracker.reports.issues.numbers import ReportFigure
from tracker.reports.rules.indicators import CountUnit
from tracker.reports.rules.kinds import (
    REPORTS,
    TOO_FEW,
    ReportKind,
    ReportRow,
    ReportSection,
    report_span,
    span_before,
    span_last_year,
    unpacked,
)
from tracker.reports.rules.numbers import BEFORE, BESIDE, LAST_YEAR, NUMBERS, Value
from tracker.reports.rules.sentences import (
    Correction,
    FiledUnits,
    ReportFacts,
    SectionText,
    codes_in,
    days_words,
    sections,
    withheld,
)

CORRECTED = "_corrected"
# What the next issue looks at again.
LOOKED_AT_AGAIN = (*BESIDE, "party", "committee")


@dataclass(frozen=True)
class AskedReport:
    """Which report: of an office, on which days, in which edition; `campaign_on` where elections are reported on."""

    kind: ReportKind
    office: Department
    edition: ReportEdition
    span: Span
    campaign_on: date | None
    hour: int
    report_id: int | None = None

    @property
    def row(self) -> ReportRow:
        """Its row of REPORTS."""
        return REPORTS[self.kind]

    @property
    def which(self) -> Filters:
        """The filters that every number of it carries."""
        office = Reference(self.office.public_id, self.office.short_name, self.office)
        return Filters(edition=self.edition, office=office)

    @property
    def days(self) -> str:
        """Its days in words."""
        return days_words(self.kind, self.span, self.hour)


@dataclass(frozen=True)
class Composed:
    """A report as it would be issued now: its sections, what is withheld and why, its numbers by their codes."""

    sections: Sequence[SectionText]
    withheld: Sequence[str]
    values: Mapping[str, Value]
    figures: Mapping[str, ReportFigure]

    @property
    def body(self) -> str:
        """The sections as they are kept with the issue."""
        return json.dumps([[each.heading, each.paragraphs, each.rows] for each in self.sections], ensure_ascii=False)

    @property
    def used(self) -> list[ReportFigure]:
        """The numbers that are printed."""
        return [self.figures[code] for code in codes_of(self.sections)]


def sections_of(body: str) -> list[SectionText]:
    """Return the sections of an issue as they were kept."""
    return [
        SectionText(heading, tuple(paragraphs), tuple(tuple(row) for row in rows))
        for heading, paragraphs, rows in json.loads(body)
    ]


def codes_of(printed: Sequence[SectionText]) -> list[str]:
    """Return which numbers are printed, each once."""
    codes = [code for each in printed for paragraph in each.paragraphs for code in codes_in(paragraph)]
    codes += [row[at] for each in printed for row in each.rows for at in (2, 3, 5) if row[at]]
    return list(dict.fromkeys(codes))


def asked_of(report: Report) -> AskedReport:
    """Return which report a row is."""
    return AskedReport(
        kind=ReportKind(report.kind),
        office=report.office,
        edition=ReportEdition(report.edition),
        span=Span(report.since, report.until),
        campaign_on=report.campaign_on,
        hour=local(report.cut_off_at).hour,
        report_id=report.id,
    )


def span_on(kind: ReportKind, day: date) -> Span:
    """Return the days of the report that holds a day, by the office's day of the week."""
    return report_span(kind, day, last_weekday=amount_on(LocalNumber.REPORT_WEEKDAY, day))


def compose(asked: AskedReport, today: date) -> Composed:
    """Return what a report says now; the number of statements does not grow with the register."""
    before = issue_before(asked)
    own = _own(asked, today)
    corrections, again = _corrections(before, today) if before else ([], {})
    figures = {each.code: each for each in (*own, *_beside(asked, before, again, today), *again.values())}
    filings = _filings(asked)
    figures |= {each.code: each for each in _filed_figures(filings)}
    values = {
        code: Value(count, figures[code].unit, is_small(asked.edition, figures[code].kind, count))
        for code, count in n.counts(figures.values()).items()
    }
    told = ReportFacts(
        kind=asked.kind,
        row=asked.row,
        edition=asked.edition,
        days=asked.days,
        values=values,
        campaign=long_date(asked.campaign_on) if asked.campaign_on else "",
        fields={each.code: each.label for each in own if each.code.startswith("field_")},
        complained={each.code: each.label for each in own if each.code.startswith("unit_")},
        filed=_filed(filings),
        before=f"第 {before.number} 期" if before else "",
        corrections=corrections,
    )
    return Composed(sections(told), withheld(told), values, figures)


def is_small(edition: str, kind: str, count: int) -> bool:
    """Return whether a number of matters may not be said: in the confidential edition, from one to four."""
    return edition == ReportEdition.CONFIDENTIAL and kind == n.CASE and 0 < count < TOO_FEW


def _own(asked: AskedReport, today: date) -> list[ReportFigure]:
    """Return the numbers of the period itself."""
    made = []
    for code, row in NUMBERS.items():
        if row.campaign and asked.campaign_on is None:
            continue
        span = Span(asked.campaign_on, asked.span.until) if row.campaign and asked.campaign_on else asked.span
        made.append(n.figure_of(code, row, span, asked.which, today))
    made += n.villages(asked.office.id, asked.span)
    if ReportSection.FIELDS in asked.row.sections:
        made += n.fields(asked.span, asked.which, today)
    if ReportSection.COMPLAINED in asked.row.sections and asked.edition is ReportEdition.CONFIDENTIAL:
        made += n.complained(asked.span, asked.which, today)
    return made


def _beside(
    asked: AskedReport, before: Report | None, again: Mapping[str, ReportFigure], today: date
) -> list[ReportFigure]:
    """Return the numbers of the period before and of a year ago: of an issued one as it was issued and corrected."""
    made = []
    spans = {BEFORE: span_before(asked.kind, asked.span), LAST_YEAR: span_last_year(asked.kind, asked.span)}
    issued = {}
    if before is not None and spans[BEFORE] == Span(before.since, before.until):
        issued = {each.code: each for each in numbers_of(before.id)}
    for code in BESIDE:
        for suffix, span in spans.items():
            if span is None:
                continue
            if suffix == BEFORE and code in issued:
                kept = again.get(code + CORRECTED) or _frozen(issued[code])
                made.append(replace(kept, code=code + suffix))
            else:
                made.append(n.figure_of(code + suffix, NUMBERS[code], span, asked.which, today))
    return made


def _frozen(number: ReportNumber) -> ReportFigure:
    """Return a number of an issue as it was issued."""
    return ReportFigure(
        *(number.code, number.label, CountUnit(number.unit), number.kind, number.query),
        fixed=tuple(unpacked(number.rows)),
        value=number.count,
    )


def issue_before(asked: AskedReport) -> Report | None:
    """Return the last issue of the same series on days before (上期)."""
    series = (Report.office_id == asked.office.id, Report.kind == asked.kind, Report.edition == asked.edition)
    earlier = (Report.issued_at.is_not(None), Report.since < asked.span.since)
    return db.session.scalar(select(Report).where(*series, *earlier).order_by(Report.since.desc()).limit(1))


def numbers_of(report_id: int) -> list[ReportNumber]:
    """Return the frozen numbers of an issue."""
    return list(
        db.session.scalars(select(ReportNumber).where(ReportNumber.report_id == report_id).order_by(ReportNumber.id))
    )


def _corrections(before: Report, today: date) -> tuple[list[Correction], dict[str, ReportFigure]]:
    """Return what of the issue before is counted otherwise now, and the numbers as they should have been.

    Counted again as on the day of the issue: what fell due since changes nothing. What has become closed since stays
    in the number of an open report, for leaving it would tell of it.
    """
    assert before.issued_at is not None
    on = min(local_date(before.issued_at), today)
    frozen = {each.code: each for each in numbers_of(before.id) if each.code in LOOKED_AT_AGAIN}
    live = [n.of_query(each.code, each.label, CountUnit(each.unit), each.query, on) for each in frozen.values()]
    now = n.counts(each for each in live if each)
    found, again = [], {}
    for each in live:
        if each is None or now[each.code] == frozen[each.code].count:
            continue
        was, rows = set(unpacked(frozen[each.code].rows)), set(n.rows_behind(each))
        if before.edition == ReportEdition.OPEN:
            rows |= n.closed_among(was - rows)
        kept = replace(each, code=each.code + CORRECTED, count=None, ids=None, fixed=tuple(sorted(rows)))
        kept = replace(kept, value=n.weight_of(each.unit, kept.fixed))
        if kept.value != frozen[each.code].count:
            again[kept.code] = kept
            count = (frozen[each.code].count, kept.value, len(rows - was), len(was - rows))
            found.append(Correction(each.code, *count))
    return found, again


def _filings(asked: AskedReport) -> Sequence[ReportFiling] | None:
    """Return what each unit filed, in the order of the units; None where nobody was asked."""
    if asked.report_id is None:
        return None
    rows = select(ReportFiling).where(ReportFiling.report_id == asked.report_id).order_by(ReportFiling.id)
    return db.session.scalars(rows).all() or None


def _filed_figures(filings: Sequence[ReportFiling] | None) -> list[ReportFigure]:
    if filings is None:
        return []
    of_each = {
        "units": ("应报单位", filings),
        "filed": ("已报单位", [row for row in filings if row.filed_at]),
        "filed_zero": ("零报告", [row for row in filings if row.filed_at and row.zero]),
        "filed_late": ("迟报", [row for row in filings if row.is_late]),
        "unfiled": ("未报", [row for row in filings if not row.filed_at]),
    }
    return [
        ReportFigure(
            *(code, label, CountUnit.BODY, n.FILING, code), fixed=tuple(row.id for row in rows), value=len(rows)
        )
        for code, (label, rows) in of_each.items()
    ]


def _filed(filings: Sequence[ReportFiling] | None) -> FiledUnits | None:
    if filings is None:
        return None
    return FiledUnits(
        missing=[row.department.short_name for row in filings if not row.filed_at],
        late=[row.department.short_name for row in filings if row.is_late],
    )
