"""Pages of the ledger: which cases, in which order, how many there are."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from tracker.cases.access.closed_texts import MOST_READ, closed_texts
from tracker.cases.ledger.conditions import Clause, in_hand, known_to
from tracker.cases.ledger.filters import Filters, conditions
from tracker.cases.ledger.groups import StateGroup
from tracker.cases.ledger.rows import LedgerRow, rows_of
from tracker.cases.ledger.transferred import (
    DESCENDING,
    TransferredLine,
    lines_of_page,
    transferred,
    transferred_numbers,
    with_lines,
)
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import LedgerStatus
from tracker.cases.record.rules.holding import GONE
from tracker.cases.record.search import is_common
from tracker.core.database import db, only_filtering
from tracker.people.rules import Reader

PAGE_SIZE = 50
# Up to here the number of cases is exact; beyond, the page says 以上 instead of counting on.
COUNTED_TO = 10_000
LAST_PAGE = 20_000
DEFAULT_SORT = "due"


@dataclass(frozen=True)
class Sort:
    """An order of the ledger. `id` settles every tie, so that pages neither overlap nor skip."""

    label: str
    columns: tuple[Any, ...]


SORTS: dict[str, Sort] = {
    "due": Sort("期限由近到远", (Case.next_due_on.asc().nulls_last(), Case.id)),
    "-due": Sort("期限由远到近", (Case.next_due_on.desc().nulls_last(), Case.id.desc())),
    "received": Sort("收到日期由近到远", (Case.received_on.desc(), Case.id.desc())),
    "-received": Sort("收到日期由远到近", (Case.received_on, Case.id)),
    "number": Sort("编号由小到大", (Case.register_no,)),
    "-number": Sort("编号由大到小", (Case.register_no.desc(),)),
}


@dataclass(frozen=True)
class LedgerPage:
    """One page of a list. `total` is exact unless `total_is_floor`; `problems` are sentences about the request.

    `lines` are the rows with what left the open numbers among them (已转出), which counts as no matter.
    """

    rows: Sequence[LedgerRow]
    number: int
    sort: str
    total: int
    total_is_floor: bool
    has_next: bool
    problems: tuple[str, ...] = ()
    lines: Sequence[LedgerRow | TransferredLine] = ()

    @property
    def total_words(self) -> str:
        """共 132 件, or 10000 件以上."""
        return f"{self.total} 件以上" if self.total_is_floor else f"共 {self.total} 件"

    @property
    def first(self) -> int:
        """The number of the first row; 0 on an empty page."""
        return (self.number - 1) * PAGE_SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row."""
        return (self.number - 1) * PAGE_SIZE + len(self.rows)


def page(
    reader: Reader, filters: Filters, *, sort: str = "", page: int = 1, today: date, now: datetime | None = None
) -> LedgerPage:
    """Return one page of the ledger as this person may see it. Five queries, whatever stands on it, or six.

    An unknown order is replaced by the usual one with a sentence; a page past the end is empty and says so.
    """
    which = conditions(filters, reader, today)
    problems = list(filters.problems)
    if sort and sort not in SORTS:
        problems.append(f"没有“{sort[:20]}”这种排序，已按{SORTS[usual_sort(filters)].label}排列。")
    order = sort if sort in SORTS else usual_sort(filters)
    number = min(max(page, 1), LAST_PAGE)
    found, following = _ids(_walked(which, filters).values(), SORTS[order].columns, number)
    has_next = following is not None
    total = _total(which.values(), number, len(found), has_next)
    if filters.words and closed_texts(reader).cut:
        problems.append(f"您在知悉名单上的检举控告件超过 {MOST_READ} 件，只查找了最近登记的 {MOST_READ} 件的内容。")
    if not found and number > 1:
        problems.append(f"第 {number} 页没有内容了，请往前翻。")
    rows = rows_of(found, today, now=now)
    lines = lines_of_page(
        transferred_numbers(filters, reader),
        order,
        first=found[0] if found and number > 1 else None,
        following=following,
    )
    return LedgerPage(
        rows=rows,
        lines=_lines(rows, lines, order) if found or number == 1 else (),
        number=number,
        sort=order,
        total=min(total, COUNTED_TO),
        total_is_floor=total > COUNTED_TO,
        has_next=has_next,
        problems=tuple(problems),
    )


def _lines(rows: Sequence[LedgerRow], lines: Select[Any] | None, sort: str) -> Sequence[LedgerRow | TransferredLine]:
    """Return the rows of a page with the lines that stand on it, where they stand."""
    if lines is None:
        return rows
    if sort not in DESCENDING:
        return [*rows, *transferred(lines)]
    by_id = {row.id: row for row in rows}
    placed = with_lines(select(Case.id).where(Case.id.in_(by_id)), lines, sort)
    return [each if isinstance(each, TransferredLine) else by_id[each] for each in placed]


def usual_sort(filters: Filters) -> str:
    """Return the order of a list nobody sorted: what falls due first; what is closed, latest first."""
    closed = filters.state is StateGroup.CLOSED or filters.ledger_status is LedgerStatus.CLOSED
    return "received" if closed else DEFAULT_SORT


def _walked(which: dict[str, Clause], filters: Filters) -> dict[str, Clause]:
    """Where the words of a search are common, walk the list in its order instead of sorting all that has them."""
    if "words" in which and is_common(filters.words):
        return which | {"words": only_filtering(which["words"])}
    return which


def _ids(which: Iterable[Clause], order: Iterable[Any], number: int) -> tuple[list[int], int | None]:
    """Return the matters of a page, and the one that the next begins with; None on the last."""
    statement = select(Case.id).where(*which).order_by(*order).offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1)
    found = list(db.session.scalars(statement))
    return found[:PAGE_SIZE], next(iter(found[PAGE_SIZE:]), None)


def _total(which: Iterable[Clause], number: int, found: int, has_next: bool) -> int:
    """Return how many there are: on the last page one knows without counting."""
    if not has_next and (found or number == 1):
        return (number - 1) * PAGE_SIZE + found
    return _counted(which)


def _counted(which: Iterable[Clause]) -> int:
    """Count the cases, and no further than one past what is told exactly."""
    some = select(Case.id).where(*which).limit(COUNTED_TO + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def village_cases(
    reader: Reader, place_ids: Collection[int], *, page: int = 1, today: date, now: datetime | None = None
) -> LedgerPage:
    """Return the cases of villages (a village with what was merged into it): open ones first, then the latest."""
    which = [Case.village_id.in_(place_ids), known_to(reader)]
    open_first = case((in_hand(), 0), else_=1)
    number = min(max(page, 1), LAST_PAGE)
    found, following = _ids(which, (open_first, Case.received_on.desc(), Case.id.desc()), number)
    has_next = following is not None
    total = _total(which, number, len(found), has_next)
    return LedgerPage(rows_of(found, today, now=now), number, "", min(total, COUNTED_TO), total > COUNTED_TO, has_next)


@dataclass(frozen=True)
class PlaceCount:
    """How many matters a village has, as far as the reader may know: all, in hand, late, struck off."""

    total: int = 0
    open: int = 0
    overdue: int = 0
    closed: int = 0


def place_counts(reader: Reader, place_ids: Collection[int], *, today: date) -> dict[int, PlaceCount]:
    """Return the counts of villages by id; a village without matters is missing. Merged and void ones do not count."""
    closed = Case.ledger_status == LedgerStatus.CLOSED.value
    late = and_(in_hand(), Case.next_due_on < today)
    columns = (func.count(), _count_if(in_hand()), _count_if(late), _count_if(closed))
    rows = db.session.execute(
        select(Case.village_id, *columns)
        .where(Case.village_id.in_(place_ids), Case.status.not_in(sorted(GONE)), known_to(reader))
        .group_by(Case.village_id)
    )
    return {village_id: PlaceCount(*counts) for village_id, *counts in rows if village_id is not None}


def _count_if(holds: Clause) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((holds, 1), else_=0)), 0)
