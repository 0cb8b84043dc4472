"""Every row of a list for a spreadsheet (导出台账): no limit, petitioners masked, a fixed number of rows in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from tracker.cases.ledger.filters import Filters, conditions
from tracker.cases.ledger.pages import SORTS, usual_sort
from tracker.cases.ledger.rows import LedgerRow, rows_of
from tracker.cases.ledger.transferred import TransferredLine, transferred_numbers, with_lines
from tracker.cases.record.leads import LEAD_ID
from tracker.cases.record.models import Assignment, Case, Category, DemandPoint
from tracker.cases.record.rules.codes import (
    LEDGER_STATUS_LABELS,
    MATTER_CLASS_LABELS,
    PURPOSE_LABELS,
    RESULT_LABELS,
    ROUTE_LABELS,
)
from tracker.cases.record.rules.elections import ELECTION_STAGE_LABELS
from tracker.core.database import db
from tracker.people.models import User
from tracker.people.rules import Reader

BATCH = 500
Cell = str | int | date | None


@dataclass(frozen=True, slots=True)
class ExportedCase:
    """A case as the columns read it: its row in the ledger, what an export adds, its demand points in one text."""

    row: LedgerRow
    more: Any
    points: str


def _nothing(value: Cell) -> Cell:
    if isinstance(value, str):
        return ""
    return 0 if isinstance(value, int) else None


def _as_it_is(value: Cell) -> Cell:
    return value


@dataclass(frozen=True)
class ExportColumn:
    """A column of the spreadsheet (导出列): its heading, what stands in it, its width in Latin letters.

    Dates are given as dates, numbers as numbers. `withheld` is what remains of the value in the line of an accusation,
    where the whole ledger is exported: nothing, unless the column says otherwise. `of_line` is what stands in
    the line of a number that was given up (已转出).
    """

    heading: str
    value: Callable[[ExportedCase], Cell]
    width: int = 12
    wraps: bool = False
    withheld: Callable[[Cell], Cell] = _nothing
    of_line: Callable[[TransferredLine], Cell] = lambda _: None


WITHHELD = "检举控告件，不显示内容"
# The spreadsheet, from left to right.
EXPORT_COLUMNS: tuple[ExportColumn, ...] = (
    ExportColumn(
        "登记编号", lambda case: case.row.number, width=16, withheld=_as_it_is, of_line=lambda line: line.number
    ),
    ExportColumn("收到日期", lambda case: case.row.received_on, withheld=_as_it_is),
    ExportColumn("信访形式", lambda case: case.row.channel),
    ExportColumn("信访人", lambda case: case.row.petitioner),
    ExportColumn("信访人数", lambda case: case.row.people, width=8),
    ExportColumn(
        *("标题", lambda case: case.row.title, 36, True),
        withheld=lambda _: WITHHELD,
        of_line=lambda line: line.year,
    ),
    ExportColumn("概况", lambda case: case.more.summary, width=48, wraps=True),
    ExportColumn("诉求点", lambda case: case.points, width=36, wraps=True),
    ExportColumn("信访目的", lambda case: _word(PURPOSE_LABELS, case.more.purpose)),
    ExportColumn("内容分类（一级）", lambda case: case.more.parent_category or case.more.category or ""),
    ExportColumn("内容分类（二级）", lambda case: case.more.category if case.more.parent_category else ""),
    ExportColumn("县（市、区）", lambda case: case.row.place.county if case.row.place else ""),
    ExportColumn("乡镇（街道）", lambda case: case.row.place.town if case.row.place else ""),
    ExportColumn("村（社区）", lambda case: case.row.place.village if case.row.place else case.row.place_words),
    ExportColumn("选举类型", lambda case: case.row.election),
    ExportColumn("选举环节", lambda case: _word(ELECTION_STAGE_LABELS, case.more.election_stage)),
    ExportColumn("贿选", lambda case: "是" if case.more.vote_buying else ""),
    ExportColumn("初件、重件", lambda case: "重件" if case.more.original_id else "初件"),
    ExportColumn("类别", lambda case: _word(MATTER_CLASS_LABELS, case.more.matter_class)),
    ExportColumn("途径", lambda case: _word(ROUTE_LABELS, case.more.route)),
    ExportColumn("状态", lambda case: case.row.state, withheld=_as_it_is, of_line=lambda line: line.state),
    ExportColumn("销号", lambda case: _word(LEDGER_STATUS_LABELS, case.more.ledger_status), withheld=_as_it_is),
    ExportColumn("承办单位", lambda case: case.row.given_to),
    ExportColumn("承办人", lambda case: case.more.handler or ""),
    ExportColumn("领办领导", lambda case: case.more.lead_official or ""),
    ExportColumn("交办日期", lambda case: case.more.assigned_on),
    ExportColumn("反馈时限", lambda case: case.more.due_on),
    ExportColumn("受理日期", lambda case: case.more.accepted_on),
    ExportColumn("正在计算的期限", lambda case: case.row.running.name if case.row.running else ""),
    ExportColumn("到期日", lambda case: case.row.running.on if case.row.running else None),
    ExportColumn("期限情况", lambda case: case.row.running.words if case.row.running else "", width=16),
    ExportColumn("最近检查", lambda case: case.row.checked_on),
    ExportColumn("答复日期", lambda case: case.more.answered_on),
    ExportColumn("是否按期答复", lambda case: case.row.answer.words if case.row.answer else ""),
    ExportColumn("办理结果", lambda case: _word(RESULT_LABELS, case.more.result)),
    ExportColumn("销号日期", lambda case: case.more.closed_on, withheld=_as_it_is),
    ExportColumn("销号签批人", lambda case: case.more.closed_by or ""),
    ExportColumn("办理轮次", lambda case: case.more.round, width=8, withheld=_as_it_is),
    ExportColumn("历史件", lambda case: "是" if case.more.import_run_id else "", withheld=_as_it_is),
)

_parent = aliased(Category)
_handler, _lead, _closer = aliased(User), aliased(User), aliased(User)
_COLUMNS = (
    *(Case.id, Case.summary, Case.purpose, Case.election_stage, Case.vote_buying, Case.original_id, Case.matter_class),
    *(Case.route, Case.ledger_status, Case.accepted_on, Case.answered_on, Case.result, Case.closed_on, Case.round),
    *(Case.import_run_id, Case.level, Category.name.label("category"), _parent.name.label("parent_category")),
    *(Assignment.assigned_on, Assignment.due_on, Assignment.department_id),
    *(_handler.name.label("handler"), _lead.name.label("lead_official"), _closer.name.label("closed_by")),
)
_JOINED = (
    select(*_COLUMNS)
    .outerjoin(Category, Category.id == Case.category_id)
    .outerjoin(_parent, _parent.id == Category.parent_id)
    .outerjoin(Assignment, Assignment.id == Case.assignment_id)
    .outerjoin(_handler, _handler.id == Assignment.handler_id)
    .outerjoin(_lead, _lead.id == LEAD_ID)
    .outerjoin(_closer, _closer.id == Case.closed_by_id)
)


def export_rows(
    reader: Reader, filters: Filters, *, sort: str = "", today: date, now: datetime | None = None
) -> Iterator[list[Cell]]:
    """Yield the cells of every row of a list, in its order. What is listed is settled when the first is asked for."""
    order = sort if sort in SORTS else usual_sort(filters)
    which = conditions(filters, reader, today).values()
    matters = select(Case.id).where(*which).order_by(*SORTS[order].columns)
    listed = with_lines(matters, transferred_numbers(filters, reader), order)
    yield from cells_of(listed, lambda case, column: column.value(case), today, now=now)


def cells_of(
    listed: Sequence[int | TransferredLine],
    cell: Callable[[ExportedCase, ExportColumn], Cell],
    today: date,
    *,
    now: datetime | None = None,
) -> Iterator[list[Cell]]:
    """Yield the cells of these cases and lines, in their order."""
    cases = exported_cases([each for each in listed if not isinstance(each, TransferredLine)], today, now=now)
    for each in listed:
        if isinstance(each, TransferredLine):
            yield [column.of_line(each) for column in EXPORT_COLUMNS]
        else:
            case = next(cases)
            yield [cell(case, column) for column in EXPORT_COLUMNS]


def exported_cases(ids: Sequence[int], today: date, *, now: datetime | None = None) -> Iterator[ExportedCase]:
    """Yield these cases, in their order, at a fixed number of queries for each batch."""
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        more = {row.id: row for row in db.session.execute(_JOINED.where(Case.id.in_(batch)))}
        points = _points(batch)
        for row in rows_of(batch, today, now=now):
            yield ExportedCase(row, more[row.id], points.get(row.id, ""))


def _points(ids: Sequence[int]) -> dict[int, str]:
    """Return the demand points of each case, numbered, a line for each."""
    found: dict[int, str] = {}
    columns = (DemandPoint.case_id, DemandPoint.position, DemandPoint.text)
    rows = db.session.execute(select(*columns).where(DemandPoint.case_id.in_(ids)).order_by(*columns[:2]))
    for case_id, position, text in rows:
        line = f"{position}. {text}"
        found[case_id] = f"{found[case_id]}\n{line}" if case_id in found else line
    return found


def _word(labels: dict[Any, str], code: str | None) -> str:
    return labels.get(code, "") if code else ""
