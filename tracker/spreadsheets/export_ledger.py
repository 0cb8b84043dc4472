"""Exporting the ledger (导出台账): what the reader may see, petitioners masked, filter, time and count in the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from tracker.cases.ledger import EXPORT_COLUMNS, SORTS, Cell, Filters, export_rows
from tracker.cases.ledger.whole import whole_ledger
from tracker.core.clock import local_date
from tracker.core.errors import DomainError
from tracker.people.rules import Reader
from tracker.spreadsheets.workbook import Column, Written, write_table

TITLE = "信访台账"
EVERYTHING = "全部"
WHOLE_LEDGER = "整本台账（系统导出，检举控告件不显示内容）"
OWN_SCOPE = "导出人可以查看的件"
MASKED = "信访人姓名已脱敏"


@dataclass(frozen=True)
class Exported:
    """What went into a file, for the log: how many rows, which filters (by name), how it was narrowed (in words)."""

    written: Written
    filters: tuple[str, ...]
    words: str

    @property
    def payload(self) -> dict[str, Any]:
        """What the log keeps of an export: codes and counts; the words go in encrypted."""
        return {"rows": self.written.rows, "filters": list(self.filters)}


def export(
    reader: Reader | None,
    filters: Filters,
    target: Path | BinaryIO,
    *,
    by: str,
    now: datetime,
    sort: str = "",
    most: int | None = None,
) -> Exported:
    """Write the ledger as `reader` sees it (None: the whole ledger, for commands only) and say what was written.

    The caller records it (LEDGER_EXPORTED) before a byte leaves. Raises OSError, DomainError beyond `most` rows.
    """
    today = local_date(now)
    if reader is None:
        rows = whole_ledger(filters, sort=sort if sort in SORTS else "number", today=today, now=now)
    else:
        rows = export_rows(reader, filters, sort=sort, today=today, now=now)
    scope = WHOLE_LEDGER if reader is None else OWN_SCOPE
    notes = [("筛选", filter_words(filters)), ("范围", scope), ("脱敏", MASKED)]
    columns = [Column(each.heading, each.width, wraps=each.wraps) for each in EXPORT_COLUMNS]
    written = write_table(target, TITLE, columns, _at_most(rows, most), notes=notes, by=by, at=now)
    return Exported(written, tuple(name for name, _ in filters.chosen()), filters.to_query())


def filter_words(filters: Filters) -> str:
    """Return the chosen filters in words: 答复 逾期答复；属地 润城镇."""
    return "；".join(f"{chip.label} {chip.value}" for chip in filters.chips()) or EVERYTHING


def _at_most(rows: Iterator[list[Cell]], most: int | None) -> Iterator[list[Cell]]:
    for number, row in enumerate(rows, 1):
        if most is not None and number > most:
            raise DomainError(
                f"一次最多导出 {most} 件，请先筛选再导出；整本台账请系统管理员用 flask export-ledger 导出。"
            )
        yield row
