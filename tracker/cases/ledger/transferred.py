"""已转出: the lines that open numbers leave in the ledger when their matters become closed: number, year, nothing else.

To whoever reads the whole register of the office the line is the same, whoever may open the matter and whatever became
of it: one that complains of them, one that was voided since, one that went to another organ. It has no date, place or
state of its own, so it stands in no narrowed list; in the order of numbers at its place, in any other at the end.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, null, or_, select, union_all

from tracker.cases.access.rules import registers_read
from tracker.cases.access.scope import may_know
from tracker.cases.ledger.filters import Filters
from tracker.cases.record.models import Case, TransferredNumber
from tracker.cases.record.rules.series import TRANSFERRED, register_no
from tracker.cases.record.search import words_of
from tracker.core.database import db
from tracker.people.rules import Reader

# The orders by number, and whether it falls.
DESCENDING = {"number": False, "-number": True}


@dataclass(frozen=True, slots=True)
class TransferredLine:
    """The line of one open number whose matter has another now."""

    number: str

    @property
    def year(self) -> str:
        """The year of the number."""
        parts = register_no(self.number)
        return f"{parts.year} 年" if parts else ""

    @property
    def state(self) -> str:
        """What became of it: 已转出."""
        return TRANSFERRED


def transferred_numbers(filters: Filters, reader: Reader | None) -> Select[Any] | None:
    """Return the query for the numbers of the lines of a list; None where it is narrowed by what a line has not.

    `reader` is None for the whole ledger. A matter that has kept its open number stands under it itself for who may
    know of it.
    """
    if {name for name, _ in filters.chosen()} - {"words"}:
        return None
    lines = select(TransferredNumber.number)
    own = select(Case.id).where(Case.id == TransferredNumber.case_id)
    for word in words_of(filters.words):
        lines = lines.where(TransferredNumber.number.contains(word.upper(), autoescape=True))
    if reader is None:
        return lines.where(exists(own.where(Case.register_no != TransferredNumber.number)))
    own = own.where(Case.office_id.in_(sorted(registers_read(reader))))
    return lines.where(exists(own.where(or_(Case.register_no != TransferredNumber.number, ~may_know(reader)))))


def with_lines(matters: Select[Any], lines: Select[Any] | None, sort: str) -> list[int | TransferredLine]:
    """Return the ids of matters in their order, with the lines among them or behind them.

    `matters` is the query for their ids, in its order.
    """
    if lines is None:
        return list(db.session.scalars(matters))
    if sort not in DESCENDING:
        return [*db.session.scalars(matters), *transferred(lines)]
    numbered = matters.order_by(None).with_only_columns(Case.register_no.label("number"), Case.id)
    both = union_all(numbered, lines.add_columns(null())).subquery()
    order = both.c.number.desc() if DESCENDING[sort] else both.c.number
    return [
        TransferredLine(number) if id_ is None else id_
        for number, id_ in db.session.execute(select(both).order_by(order))
    ]


def transferred(lines: Select[Any]) -> list[TransferredLine]:
    """Return lines in the order of their numbers."""
    return [TransferredLine(number) for number in db.session.scalars(lines.order_by(TransferredNumber.number))]


def lines_of_page(
    lines: Select[Any] | None, sort: str, *, first: int | None, following: int | None
) -> Select[Any] | None:
    """Return the query for the lines that stand on one page; None where none can.

    `first` is the matter that the page begins with, None on page 1; `following` that of the next page, None on the
    last.
    """
    if lines is None or (sort not in DESCENDING and following is not None):
        return None
    if sort not in DESCENDING:
        return lines
    before, after = (_number_of(first), _number_of(following))
    low, high = (after, before) if DESCENDING[sort] else (before, after)
    if low is not None:
        lines = lines.where(TransferredNumber.number > low)
    return lines if high is None else lines.where(TransferredNumber.number < high)


def _number_of(case_id: int | None) -> Any:
    return None if case_id is None else select(Case.register_no).where(Case.id == case_id).scalar_subquery()
