"""How reports are called: 信访工作周报（11月21日至11月27日），信访工作周报第 48 期."""

from tracker.cases.ledger.rules import Span
from tracker.core.dates import month_day
from tracker.reports.issues.models import Report
from tracker.reports.rules.kinds import REPORTS, ReportKind


def title_of(report: Report) -> str:
    """Return the title of a report with its days."""
    kind = ReportKind(report.kind)
    return f"{REPORTS[kind].title}（{short_days(kind, Span(report.since, report.until))}）"


def short_days(kind: ReportKind, span: Span) -> str:
    """Return the days of a report in short: 2026年, 11月27日, 11月21日至11月27日."""
    if kind is ReportKind.ANNUAL:
        return f"{span.until.year}年"
    return month_day(span.until) if span.since == span.until else f"{month_day(span.since)}至{month_day(span.until)}"
