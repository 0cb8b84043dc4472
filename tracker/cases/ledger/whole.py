"""The whole ledger for the keeper of the machine (整本导出); what no reader may know without being named stays out."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select

from tracker.cases.ledger.conditions import LedgerReader
from tracker.cases.ledger.export import EXPORT_COLUMNS, Cell, exported_cases
from tracker.cases.ledger.filters import Filters
from tracker.cases.ledger.pages import SORTS
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core.database import db
from tracker.people.rules import Reader

NOBODY = Reader(user_id=0, active=False, posts=())


def whole_ledger(
    filters: Filters, *, sort: str = "number", today: date, now: datetime | None = None
) -> Iterator[list[Cell]]:
    """Yield the cells of every row there is. For commands only: a page goes by `export_rows`.

    What remains of an accusation: that there is one, since when, and whether it is struck off.
    """
    clauses = filters.clauses(LedgerReader(NOBODY, today)).values()
    ids = db.session.scalars(select(Case.id).where(*clauses).order_by(*SORTS[sort].columns)).all()
    for case in exported_cases(ids, today, now=now):
        secret = case.more.level == Confidentiality.ACCUSATION
        yield [column.withheld(column.value(case)) if secret else column.value(case) for column in EXPORT_COLUMNS]
