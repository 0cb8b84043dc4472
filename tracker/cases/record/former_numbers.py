"""原编号: the open numbers of matters that became closed later; each still finds its matter."""

from sqlalchemy import ColumnElement, or_, select

from tracker.cases.record.models import Case, TransferredNumber
from tracker.cases.record.rules.series import register_no
from tracker.core.database import db


def bears(number: str) -> ColumnElement[bool]:
    """Return the condition on `Case` that it has a number, or had it before it became closed (已转出)."""
    former = select(TransferredNumber.case_id).where(TransferredNumber.number == number)
    return or_(Case.register_no == number, Case.id.in_(former))


def former_number(case: Case) -> str:
    """Return the open number that a matter had before it became closed (原编号); "" where it had none."""
    now = register_no(case.register_no)
    if now is None or not now.closed:
        return ""
    return db.session.scalar(select(TransferredNumber.number).where(TransferredNumber.case_id == case.id)) or ""
