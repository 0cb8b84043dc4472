"""The whole ledger for the keeper of the machine (整本导出); what no reader may know without being named stays out."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select

from tracker.cases.ledger.conditions import LedgerReader
from tracker.cases.ledger.export import Cell, ExportColumn, ExportedCase, cells_of
from tracker.cases.ledger.filters import Filters
from tracker.cases.ledger.pages import SORTS
from tracker.cases.ledger.transferred import transferred_numbers, with_lines
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.people.rules import Reader

NOBODY = Reader(user_id=0, active=False, posts=())


def whole_ledger(
    filters: Filters, *, sort: str = "number", today: date, now: datetime | None = None
) -> Iterator[list[Cell]]:
    """Yield the cells of every row there is. For commands only: a page goes by `export_rows`.

    What remains of an accusation: that there is one, since when, and whether it is struck off.
    """
    clauses = filters.clauses(LedgerReader(NOBODY, today)).values()
    listed = with_lines(
        select(Case.id).where(*clauses).order_by(*SORTS[sort].columns), transferred_numbers(filters, None), sort
    )
    yield from cells_of(listed, _cell, today, now=now)


def _cell(case: ExportedCase, column: ExportColumn) -> Cell:
    value = column.value(case)
    return column.withheld(value) if case.more.level == Confidentiality.ACCUSATION else value
