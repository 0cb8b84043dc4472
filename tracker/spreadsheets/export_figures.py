"""Exporting figures (导出统计): every number of the page, with period, edition, counting rule, who and when."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from tracker.cases.ledger.rules import COHORT_WORDS, Cohort
from tracker.core.dates import long_date
from tracker.reports.queries import Figure
from tracker.reports.rules.indicators import GROUP_LABELS, INDICATORS, SMALL, UNIT_LABELS
from tracker.reports.statistics import Statistics
from tracker.spreadsheets.workbook import Column, Written, write_table

TITLE = "信访统计"
COLUMNS = (
    *(Column("部分", 14), Column("项目", 30), Column("分项", 16), Column("单位", 8)),
    *(Column("分子", 10), Column("分母或件数", 12), Column("比例", 10)),
    *(Column("上期", 10), Column("去年同期", 10), Column("口径", 50, wraps=True), Column("依据", 26, wraps=True)),
)


def export_figures(found: Statistics, target: Path | BinaryIO, *, by: str, now: datetime) -> Written:
    """Write the figures of a period, a row for each number. The caller records it before a byte leaves.

    Raises OSError.
    """
    notes = [
        ("期间", found.period.words),
        ("版本", found.edition),
        ("属地", found.which.place.label if found.which.place else "全部"),
        ("登记机关", found.which.office.label if found.which.office else "全部"),
        ("比例", f"分母不足 {SMALL} 的不算；件、批次、人次、起分别统计，不相加"),
    ]
    return write_table(target, TITLE, COLUMNS, _rows(found), notes=notes, by=by, at=now)


def _rows(found: Statistics) -> Iterator[list[Any]]:
    compared = {each.shown.cohort: each for each in found.compared}
    for shown in found.shown():
        beside = compared.get(shown.cohort)
        others = [(n.count if n else None) for n in (beside.before, beside.last_year)] if beside else [None, None]
        own = _numbers(shown.figure) if shown.is_share else [None, shown.figure.of.count, ""]
        group = GROUP_LABELS[shown.row.group]
        yield [group, shown.row.label, "", shown.unit, *own, *others, shown.counting, shown.basis]
    for cohort, numbers in found.trend.items():
        unit = UNIT_LABELS[INDICATORS[cohort].unit]
        for month, number in zip(found.months, numbers, strict=True):
            label = f"{month.since.year}年{month.since.month}月"
            yield ["按月", COHORT_WORDS[cohort].all, label, unit, None, number.count, "", None, None, "", ""]
    for label, figure in found.answered_by_unit:
        yield ["按单位", INDICATORS[Cohort.ANSWERED].label, label, "件", *_numbers(figure), None, None, "", ""]
    for label, number in found.late_by_unit:
        yield ["按单位", f"{long_date(found.today)}逾期", label, "件", None, number.count, "", None, None, "", ""]
    for line in (*found.places.lines, found.places.foot):
        for column, number in zip(found.places.columns, line.numbers, strict=True):
            yield ["内容分类", column, line.label, "件", None, number.count, "", None, None, "", ""]


def _numbers(figure: Figure) -> list[Any]:
    return [figure.held.count, figure.of.count, figure.fraction.share]
