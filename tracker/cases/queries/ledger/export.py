"""Every row of a list for a spreadsheet (导出台账): no limit, petitioners masked, a fixed number of rows in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from tracker.cases.models import Assignment, Case, Category, DemandPoint
from tracker.cases.queries.ledger.filters import Filters, conditions
from tracker.cases.queries.ledger.pages import SORTS, usual_sort
from tracker.cases.queries.ledger.rows import LedgerRow, rows_of
from tracker.cases.rules.codes import (
    ELECTION_STAGE_LABELS,
    LEDGER_STATUS_LABELS,
    MATTER_CLASS_LABELS,
    PURPOSE_LABELS,
    RESULT_LABELS,
    ROUTE_LABELS,
)
from tracker.core.database import db
from tracker.people.models import User
from tracker.people.rules import Reader

BATCH = 500


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One line of the spreadsheet, in the order of EXPORT_COLUMNS; dates are dates, numbers numbers."""

    number: str
    received_on: date
    channel: str
    petitioner: str
    people: int
    title: str
    summary: str
    demand_points: str
    purpose: str
    category: str
    sub_category: str
    county: str
    town: str
    village: str
    election: str
    election_stage: str
    vote_buying: str
    repeat: str
    matter_class: str
    route: str
    state: str
    ledger_state: str
    unit: str
    handler: str
    lead_official: str
    assigned_on: date | None
    feedback_due_on: date | None
    accepted_on: date | None
    duty: str
    due_on: date | None
    due_words: str
    answered_on: date | None
    answer: str
    result: str
    closed_on: date | None
    closed_by: str
    rounds: int
    history: str


EXPORT_COLUMNS: dict[str, str] = {
    "number": "登记编号",
    "received_on": "收到日期",
    "channel": "信访形式",
    "petitioner": "信访人",
    "people": "信访人数",
    "title": "标题",
    "summary": "概况",
    "demand_points": "诉求点",
    "purpose": "信访目的",
    "category": "内容分类（一级）",
    "sub_category": "内容分类（二级）",
    "county": "县（市、区）",
    "town": "乡镇（街道）",
    "village": "村（社区）",
    "election": "选举类型",
    "election_stage": "选举环节",
    "vote_buying": "贿选",
    "repeat": "初件、重件",
    "matter_class": "类别",
    "route": "途径",
    "state": "状态",
    "ledger_state": "销号",
    "unit": "承办单位",
    "handler": "承办人",
    "lead_official": "领办领导",
    "assigned_on": "交办日期",
    "feedback_due_on": "反馈时限",
    "accepted_on": "受理日期",
    "duty": "正在计算的期限",
    "due_on": "到期日",
    "due_words": "期限情况",
    "answered_on": "答复日期",
    "answer": "是否按期答复",
    "result": "办理结果",
    "closed_on": "销号日期",
    "closed_by": "销号签批人",
    "rounds": "办理轮次",
    "history": "历史件",
}

_parent = aliased(Category)
_handler, _lead, _closer = aliased(User), aliased(User), aliased(User)
_COLUMNS = (
    *(Case.id, Case.summary, Case.purpose, Case.election_stage, Case.vote_buying, Case.original_id, Case.matter_class),
    *(Case.route, Case.ledger_status, Case.accepted_on, Case.answered_on, Case.result, Case.closed_on, Case.round),
    *(Case.import_run_id, Category.name.label("category"), _parent.name.label("parent_category")),
    *(Assignment.assigned_on, Assignment.due_on, Assignment.department_id),
    *(_handler.name.label("handler"), _lead.name.label("lead_official"), _closer.name.label("closed_by")),
)
_JOINED = (
    select(*_COLUMNS)
    .outerjoin(Category, Category.id == Case.category_id)
    .outerjoin(_parent, _parent.id == Category.parent_id)
    .outerjoin(Assignment, Assignment.id == Case.assignment_id)
    .outerjoin(_handler, _handler.id == Assignment.handler_id)
    .outerjoin(_lead, _lead.id == Assignment.lead_official_id)
    .outerjoin(_closer, _closer.id == Case.closed_by_id)
)


def export_rows(reader: Reader, filters: Filters, *, sort: str = "", today: date) -> Iterator[ExportRow]:
    """Give every row of a list, in its order. What is listed is settled when the first row is asked for."""
    order = SORTS[sort if sort in SORTS else usual_sort(filters)].columns
    which = conditions(filters, reader, today).values()
    ids = db.session.scalars(select(Case.id).where(*which).order_by(*order)).all()
    for start in range(0, len(ids), BATCH):
        yield from export_batch(ids[start : start + BATCH], today)


def export_batch(ids: Sequence[int], today: date) -> Iterator[ExportRow]:
    """Give the rows of these cases, in their order, at a fixed number of queries."""
    more = {row.id: row for row in db.session.execute(_JOINED.where(Case.id.in_(ids)))}
    points = _points(ids)
    for row in rows_of(ids, today):
        yield _export_row(row, more[row.id], points.get(row.id, ""))


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


def _export_row(row: LedgerRow, more: Any, points: str) -> ExportRow:
    place, running, answer = row.place, row.running, row.answer
    return ExportRow(
        number=row.number,
        received_on=row.received_on,
        channel=row.channel,
        petitioner=row.petitioner,
        people=row.people,
        title=row.title,
        summary=more.summary,
        demand_points=points,
        purpose=_word(PURPOSE_LABELS, more.purpose),
        category=more.parent_category or more.category or "",
        sub_category=more.category if more.parent_category else "",
        county=place.county if place else "",
        town=place.town if place else "",
        village=place.village if place else row.place_words,
        election=row.election,
        election_stage=_word(ELECTION_STAGE_LABELS, more.election_stage),
        vote_buying="是" if more.vote_buying else "",
        repeat="重件" if more.original_id else "初件",
        matter_class=_word(MATTER_CLASS_LABELS, more.matter_class),
        route=_word(ROUTE_LABELS, more.route),
        state=row.state,
        ledger_state=_word(LEDGER_STATUS_LABELS, more.ledger_status),
        unit=row.given_to,
        handler=more.handler or "",
        lead_official=more.lead_official or "",
        assigned_on=more.assigned_on,
        feedback_due_on=more.due_on,
        accepted_on=more.accepted_on,
        duty=running.name if running else "",
        due_on=running.on if running else None,
        due_words=running.words if running else "",
        answered_on=more.answered_on,
        answer=answer.words if answer else "",
        result=_word(RESULT_LABELS, more.result),
        closed_on=more.closed_on,
        closed_by=more.closed_by or "",
        rounds=more.round,
        history="是" if more.import_run_id else "",
    )
