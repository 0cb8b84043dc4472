"""The whole ledger for the keeper of the machine (整本导出); what no reader may know without being named stays out."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.cases.models import Case
from tracker.cases.queries.ledger.conditions import Asking
from tracker.cases.queries.ledger.export import BATCH, ExportRow, export_batch
from tracker.cases.queries.ledger.filters import Filters
from tracker.cases.queries.ledger.pages import SORTS
from tracker.cases.rules.codes import Level
from tracker.core.database import db
from tracker.people.rules import Reader

NOBODY = Reader(user_id=0, active=False, posts=())
WITHHELD = "检举控告件，不显示内容"
# What remains of an accusation: that there is one, since when, and whether it is struck off.
SHOWN_OF_ACCUSATIONS = frozenset({"number", "received_on", "state", "ledger_state", "closed_on", "rounds", "history"})


def whole_ledger(filters: Filters, *, sort: str = "number", today: date) -> Iterator[ExportRow]:
    """Give every row there is, accusations without their content. For commands only: a page goes by `export_rows`."""
    clauses = filters.clauses(Asking(NOBODY, today)).values()
    ids = db.session.scalars(select(Case.id).where(*clauses).order_by(*SORTS[sort].columns)).all()
    secret = set(db.session.scalars(select(Case.register_no).where(*clauses, Case.level == Level.ACCUSATION.value)))
    for start in range(0, len(ids), BATCH):
        for row in export_batch(ids[start : start + BATCH], today):
            yield _withheld(row) if row.number in secret else row


def _withheld(row: ExportRow) -> ExportRow:
    empty: dict[str, Any] = {
        each.name: _nothing(getattr(row, each.name)) for each in fields(row) if each.name not in SHOWN_OF_ACCUSATIONS
    }
    return replace(row, **{**empty, "title": WITHHELD})


def _nothing(value: object) -> str | int | None:
    if isinstance(value, str):
        return ""
    return 0 if isinstance(value, int) else None
