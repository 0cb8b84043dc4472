"""督办台: what waits for a leader's answer, where matters are late, which are serious, which orders are unanswered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from tracker.cases import ledger
from tracker.cases.access.rules import LEAD_ROLES
from tracker.cases.ledger import LedgerPage
from tracker.cases.ledger.filters import Filters, conditions
from tracker.cases.ledger.groups import OwnMatters
from tracker.cases.record.models import Case, OrderDraft
from tracker.core.database import db
from tracker.people.rules import DepartmentKind, Reader, Role
from tracker.reminders.subjects.answers import SubjectWords
from tracker.reminders.subjects.table import Subjects
from tracker.supervision.overview.late import SOON_DAYS, LateRow, LateTable, late_by_place, late_by_unit, late_total
from tracker.supervision.overview.serious import URGENT, VOTE_BUYING, Serious, serious
from tracker.supervision.overview.waiting import MyInstruction, WaitingEscalation, my_instructions, waiting
from tracker.supervision.papers.order_list import OrderPage, Orders, drafts_of, order_counts, order_page

ORDERS_SHOWN = 8
TO_SIGN, UNREAD = Filters(mine=OwnMatters.TO_SIGN), Filters(mine=OwnMatters.UNREAD)
RED, AMBER = "red", "amber"
UNCHECKED_DAYS = 30
UNCHECKED = Filters(unchecked=UNCHECKED_DAYS)


@dataclass(frozen=True)
class Number:
    """One number of the strip: `query` is the list of the ledger that it opens, `orders` the list of orders."""

    label: str
    count: int
    query: str = ""
    orders: Orders | None = None
    tone: str = ""


@dataclass(frozen=True)
class Desk:
    """Everything that stands on 督办台 for one reader, their own waiting matters aside."""

    others: Sequence[WaitingEscalation]
    mine: Sequence[MyInstruction]
    numbers: Sequence[Number]
    total: LateRow
    units: LateTable
    places: LateTable
    serious: Sequence[Serious]
    to_sign: LedgerPage
    drafts: Sequence[tuple[OrderDraft, SubjectWords]]
    orders: OrderPage
    order_counts: dict[Orders, int]
    leads: bool


def desk(subjects: Subjects, reader: Reader, *, today: date, now: datetime) -> Desk:
    """Return what stands on 督办台; every list and number is narrowed to what the reader may see."""
    total = late_total(reader, today)
    counts = order_counts(subjects, reader, today)
    return Desk(
        others=waiting(subjects, reader, today, now=now) if watches(reader) else (),
        mine=my_instructions(reader, today, now),
        numbers=_numbers(reader, total, counts, today),
        total=total,
        units=late_by_unit(reader, today),
        places=late_by_place(reader, today),
        serious=serious(reader, today, now=now),
        to_sign=ledger.page(reader, TO_SIGN, today=today, now=now),
        drafts=drafts_of(subjects, reader),
        orders=order_page(subjects, reader, today, size=ORDERS_SHOWN, now=now),
        order_counts=counts,
        leads=reader.holds(*LEAD_ROLES),
    )


def watches(reader: Reader) -> bool:
    """Return whether the person sees which leaders have not answered: supervisors, the office's head, main leaders."""
    return reader.holds(Role.SUPERVISOR, Role.PRINCIPAL_LEADER) or any(
        post.role is Role.DEPARTMENT_HEAD and post.department_kind is DepartmentKind.PETITION_OFFICE
        for post in reader.posts
    )


def _numbers(reader: Reader, total: LateRow, counts: dict[Orders, int], today: date) -> list[Number]:
    def listed(label: str, filters: Filters, tone: str = "") -> Number:
        return Number(label, _count(reader, filters, today), filters.to_query(), tone=tone)

    leading = [listed("待我签批", TO_SIGN, AMBER)] if reader.holds(*LEAD_ROLES) else []
    reading = [listed("重大事项待我阅知", UNREAD, RED)] if reader.holds(Role.PRINCIPAL_LEADER) else []
    return [
        *leading,
        *reading,
        Number("逾期", total.counts.late, total.queries["late"], tone=RED),
        Number(f"{SOON_DAYS} 日内到期", total.counts.soon, total.queries["soon"], tone=AMBER),
        listed(f"超过 {UNCHECKED_DAYS} 日未检查", UNCHECKED, AMBER),
        listed("贿选在办", VOTE_BUYING, RED),
        listed("紧急在办", URGENT, AMBER),
        Number("督办待回复", counts[Orders.WAITING], orders=Orders.WAITING),
        Number("督办逾期未回复", counts[Orders.LATE], orders=Orders.LATE, tone=RED),
    ]


def _count(reader: Reader, filters: Filters, today: date) -> int:
    which = conditions(filters, reader, today).values()
    return db.session.scalar(select(func.count(Case.id)).where(*which)) or 0
