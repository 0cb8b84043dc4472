"""Serious matters (重大事项): vote buying and urgent ones, with who was told, and who has read it when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from tracker.cases.ledger.filters import Filters, conditions
from tracker.cases.ledger.groups import StateGroup
from tracker.cases.ledger.rows import LedgerRow, rows_of
from tracker.cases.record.models import Case, LeaderReport, LeaderReportReceipt
from tracker.cases.record.rules.codes import Urgency
from tracker.core.database import db
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import Way
from tracker.people.models import User
from tracker.people.rules import Reader

SHOWN = 20
VOTE_BUYING = Filters(state=StateGroup.OPEN, vote_buying=True)
URGENT = Filters(state=StateGroup.OPEN, urgency=Urgency.URGENT)


@dataclass(frozen=True)
class Receipt:
    """One person who was told of a matter, and when they first read it; None: not yet (未阅)."""

    name: str
    told_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Serious:
    """One serious matter with its receipts, the earliest told first."""

    case: LedgerRow
    receipts: Sequence[Receipt]

    @property
    def unread(self) -> int:
        """How many of those told have not read it."""
        return sum(receipt.read_at is None for receipt in self.receipts)


def serious(reader: Reader, today: date, *, limit: int = SHOWN, now: datetime | None = None) -> list[Serious]:
    """Return the serious matters in hand that fall due first."""
    narrowed = conditions(Filters(state=StateGroup.OPEN), reader, today).values()
    either = or_(Case.vote_buying.is_(True), Case.urgency == Urgency.URGENT.value)
    order = (Case.next_due_on.asc().nulls_last(), Case.id)
    ids = list(db.session.scalars(select(Case.id).where(*narrowed, either).order_by(*order).limit(limit)))
    receipts = _receipts(ids)
    return [Serious(row, receipts.get(row.id, ())) for row in rows_of(ids, today, now=now)]


def _receipts(case_ids: Sequence[int]) -> dict[int, Sequence[Receipt]]:
    """Return who was told of each case: by the report to the leaders, or by an urgent notice. Two queries."""
    found: dict[tuple[int, int], Receipt] = {}
    for case_id, user_id, receipt in (*_reported(case_ids), *_noticed(case_ids)):
        known = found.get((case_id, user_id))
        found[case_id, user_id] = _first_read(known, receipt) if known else receipt
    by_case: dict[int, list[Receipt]] = {}
    for (case_id, _), receipt in sorted(found.items(), key=lambda item: item[1].told_at):
        by_case.setdefault(case_id, []).append(receipt)
    return {case_id: tuple(receipts) for case_id, receipts in by_case.items()}


def _first_read(one: Receipt, other: Receipt) -> Receipt:
    read = [at for at in (one.read_at, other.read_at) if at]
    return Receipt(one.name, min(one.told_at, other.told_at), min(read, default=None))


def _reported(case_ids: Sequence[int]) -> Iterable[tuple[int, int, Receipt]]:
    rows = db.session.execute(
        select(LeaderReport.case_id, User.id, User.name, LeaderReport.reported_at, LeaderReportReceipt.read_at)
        .join(LeaderReportReceipt, LeaderReportReceipt.report_id == LeaderReport.id)
        .join(User, User.id == LeaderReportReceipt.user_id)
        .where(LeaderReport.case_id.in_(case_ids))
    )
    return [(case_id, user_id, Receipt(name, told, read)) for case_id, user_id, name, told, read in rows]


def _noticed(case_ids: Sequence[int]) -> Iterable[tuple[int, int, Receipt]]:
    rows = db.session.execute(
        select(Notice.case_id, User.id, User.name, Delivery.delivered_at, Delivery.opened_at)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .join(User, User.id == Delivery.user_id)
        .where(
            Notice.case_id.in_(case_ids),
            or_(Notice.urgent.is_(True), Notice.awaits_answer.is_(True)),
            Delivery.channel == Way.INBOX,
            Delivery.delivered_at.is_not(None),
        )
    )
    return [
        (case_id, user_id, Receipt(name, told, read))
        for case_id, user_id, name, told, read in rows
        if case_id is not None and told is not None
    ]
