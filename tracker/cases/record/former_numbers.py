"""原编号: the open numbers of matters that became closed later; each still finds its matter."""

from sqlalchemy import ColumnElement, select, union_all
from sqlalchemy.orm import aliased

from tracker.cases.record.models import Case, TransferredNumber
from tracker.cases.record.rules.series import register_no
from tracker.core.database import db

_Numbered = aliased(Case)


def bears(number: str) -> ColumnElement[bool]:
    """Return the condition on `Case` that it has a number, or had it before it became closed (已转出).

    Both are looked up by their keys: PostgreSQL would read every matter for one of two conditions.
    """
    now = select(_Numbered.id).where(_Numbered.register_no == number)
    former = select(TransferredNumber.case_id).where(TransferredNumber.number == number)
    return Case.id.in_(union_all(now, former))


def former_number(case: Case) -> str:
    """Return the open number that a matter had before it became closed (原编号); "" where it had none."""
    now = register_no(case.register_no)
    if now is None or not now.closed:
        return ""
    return db.session.scalar(select(TransferredNumber.number).where(TransferredNumber.case_id == case.id)) or ""
