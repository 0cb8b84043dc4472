"""台账: lists of cases with filters, counts and pages. Every list and every count is narrowed by `visible_to`."""

from tracker.cases.ledger.export import EXPORT_COLUMNS, Cell, export_rows
from tracker.cases.ledger.filters import FILTERS, WORDS, Chip, Filters, filters_on_form
from tracker.cases.ledger.pages import (
    COUNTED_TO,
    DEFAULT_SORT,
    PAGE_SIZE,
    SORTS,
    LedgerPage,
    PlaceCount,
    page,
    place_counts,
    village_cases,
)
from tracker.cases.ledger.rows import LedgerRow

__all__ = [
    "COUNTED_TO",
    "Cell",
    "DEFAULT_SORT",
    "EXPORT_COLUMNS",
    "FILTERS",
    "PAGE_SIZE",
    "SORTS",
    "WORDS",
    "Chip",
    "Filters",
    "LedgerPage",
    "LedgerRow",
    "PlaceCount",
    "export_rows",
    "filters_on_form",
    "page",
    "place_counts",
    "village_cases",
]
