"""REPORTS: the reports that are issued (日报、周报、年度报告), one row for each: words, days and sections. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.cases.ledger.rules import Span
from tracker.core.dates import EARLIEST
from tracker.reports.rules.periods import DAY, PeriodKind, period_of, year_earlier

WEEK_DAYS = 7
SAME_WEEK = timedelta(days=364)
# 内部版: of a number from one to four is only said that it is so small.
TOO_FEW = 5


class ReportKind(StrEnum):
    """The kinds of reports; a further one (简报) is a further row of REPORTS."""

    DAY = "day"
    WEEK = "week"
    ANNUAL = "annual"


class ReportSection(StrEnum):
    """What a report has a section about."""

    OVERALL = "overall"
    ELECTIONS = "elections"
    FIELDS = "fields"
    COMPLAINED = "complained"
    VILLAGES = "villages"
    SUPERVISION = "supervision"
    FILED = "filed"
    CORRECTED = "corrected"


S = ReportSection
SECTION_HEADINGS: dict[ReportSection, str] = {
    S.OVERALL: "总的情况",
    S.ELECTIONS: "换届选举信访",
    S.FIELDS: "涉及领域",
    S.COMPLAINED: "被投诉较多的机关、单位",
    S.VILLAGES: "重点难点村",
    S.SUPERVISION: "督办和批示",
    S.FILED: "报送情况",
    S.CORRECTED: "更正上期",
}


@dataclass(frozen=True)
class ReportRow:
    """One kind of report: title, its words for the period and those it is compared with, its sections in their order.

    `filed`: each unit files for it (零报告). `last_year` is "" where the period before is the same.
    """

    title: str
    own: str
    before: str
    last_year: str
    filed: bool
    sections: tuple[ReportSection, ...]


_OFTEN = (S.OVERALL, S.ELECTIONS, S.VILLAGES, S.SUPERVISION, S.FILED, S.CORRECTED)
REPORTS: dict[ReportKind, ReportRow] = {
    ReportKind.DAY: ReportRow("信访工作日报", "本日", "昨日", "去年同日", True, _OFTEN),
    ReportKind.WEEK: ReportRow("信访工作周报", "本周", "上周", "去年同周", True, _OFTEN),
    # 条例第四十一条: 数据、领域、被投诉较多的单位；转送、交办、督办；建议和采纳。
    ReportKind.ANNUAL: ReportRow(
        *("信访情况年度报告", "本年", "上年", "", False),
        (S.OVERALL, S.FIELDS, S.COMPLAINED, S.ELECTIONS, S.VILLAGES, S.SUPERVISION, S.CORRECTED),
    ),
}


def report_span(kind: ReportKind, day: date, *, last_weekday: int) -> Span:
    """Return the days of the report that holds a day; a week ends with a day of the week, 1 Monday to 7 Sunday."""
    if kind is ReportKind.DAY:
        return Span(day, day)
    if kind is ReportKind.ANNUAL:
        return period_of(PeriodKind.YEAR, day).span
    until = day + (last_weekday - 1 - day.weekday()) % WEEK_DAYS * DAY
    return Span(max(EARLIEST, until - (WEEK_DAYS - 1) * DAY), until)


def span_before(kind: ReportKind, span: Span) -> Span | None:
    """Return the days of the report before (上期); None before the first year that dates can have."""
    if span.since <= EARLIEST:
        return None
    if kind is ReportKind.ANNUAL:
        return period_of(PeriodKind.YEAR, span.since - DAY).span
    return Span(max(EARLIEST, span.since - (span.until - span.since) - DAY), span.since - DAY)


def span_last_year(kind: ReportKind, span: Span) -> Span | None:
    """Return the days of the same report a year ago: of a week the same days of the week. None where there is none."""
    if kind is ReportKind.ANNUAL:
        return None
    if kind is ReportKind.WEEK:
        days = Span(span.since - SAME_WEEK, span.until - SAME_WEEK) if span.since - EARLIEST >= SAME_WEEK else None
        return days
    day = year_earlier(span.since)
    return Span(day, day) if day >= EARLIEST else None


def packed(ids: list[int]) -> str:
    """Return ids as a text, in their order, what follows on one another drawn together: 3-7,9."""
    found: list[list[int]] = []
    for each in sorted(ids):
        if found and each == found[-1][1] + 1:
            found[-1][1] = each
        else:
            found.append([each, each])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


def unpacked(text: str) -> list[int]:
    """Return the ids of a text that `packed` wrote."""
    ids: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        ids.extend(range(int(first), int(last or first) + 1))
    return ids
