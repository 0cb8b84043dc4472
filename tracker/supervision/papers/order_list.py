"""Lists of 催办单 and 督办单: those that wait for a reply, those that are late, those of one sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from tracker.cases.lifecycle.order_drafts import signers
from tracker.cases.lifecycle.rules.actions import Station
from tracker.cases.record.leads import led_by
from tracker.cases.record.models import Assignment, Case, OrderDraft
from tracker.cases.record.models.drafted import still_waits
from tracker.cases.record.rules.codes import LedgerStatus
from tracker.cases.record.rules.holding import GONE
from tracker.core import clock
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, is_counted, shown_all
from tracker.people.rules import DepartmentKind, Reader, Role, area
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.ladder.rules.rungs import LEVELS, LevelForm, RungLevel
from tracker.reminders.subjects.answers import SubjectWords
from tracker.reminders.subjects.table import Subjects
from tracker.supervision.papers import orders
from tracker.supervision.papers.models import SupervisionOrder

PAGE_SIZE = 50


class Orders(StrEnum):
    """Which orders a list has."""

    WAITING = "waiting"
    LATE = "late"
    ANSWERED = "answered"
    ALL = "all"


ORDERS_LABELS = {Orders.WAITING: "待回复", Orders.LATE: "逾期未回复", Orders.ANSWERED: "已回复", Orders.ALL: "全部"}


@dataclass(frozen=True)
class ListedOrder:
    """One order with its clock and the words of what it is about, ready for a list."""

    order: SupervisionOrder
    words: SubjectWords
    form: LevelForm
    clock: ShownClock | None
    state: str

    @property
    def light(self) -> str:
        """The mark beside the words: of the level's lamp."""
        return self.form.lamp


@dataclass(frozen=True)
class OrderPage:
    """One page of a list of orders."""

    rows: Sequence[ListedOrder]
    number: int
    total: int


# Its clock runs; what is replied to or withdrawn is named too, because what is open has an index of its own.
_WAITS = (
    *(SupervisionOrder.replied_at.is_(None), SupervisionOrder.withdrawn_at.is_(None), Deadline.ended_on.is_(None)),
)


def _of_clock() -> ColumnElement[bool]:
    return and_(Deadline.subject == orders.SUBJECT, Deadline.subject_id == SupervisionOrder.id)


def _which(which: Orders, today: date) -> tuple[ColumnElement[bool], ...]:
    if which is Orders.WAITING:
        return _WAITS
    if which is Orders.LATE:
        return (*_WAITS, Deadline.effective_due < today, is_counted())
    return (SupervisionOrder.replied_at.is_not(None),) if which is Orders.ANSWERED else ()


def _narrowed(subjects: Subjects, statement: Any, reader: Reader, which: Orders, today: date) -> Any:
    """Orders about what the reader may see; each has one clock."""
    joined = statement.join(Deadline, _of_clock())
    return joined.where(subjects.papers_known_to(SupervisionOrder, reader), *_which(which, today))


def order_page(
    subjects: Subjects,
    reader: Reader,
    today: date,
    *,
    which: Orders = Orders.WAITING,
    page: int = 1,
    size: int = PAGE_SIZE,
    sent_at: datetime | None = None,
    now: datetime | None = None,
) -> OrderPage:
    """Return a page of orders, those to be answered first in front; `sent_at` narrows to one sending of one's own."""
    mine = (SupervisionOrder.issued_at == sent_at, SupervisionOrder.issued_by_id == reader.user_id) if sent_at else ()
    columns = _narrowed(subjects, select(SupervisionOrder, Deadline), reader, which, today).where(*mine)
    order = (Deadline.ended_on.is_not(None), Deadline.effective_due, SupervisionOrder.id)
    if which in (Orders.ANSWERED, Orders.ALL) and not sent_at:
        order = (SupervisionOrder.issued_at.desc(), SupervisionOrder.id.desc())  # type: ignore[assignment]
    found = db.session.execute(
        columns.options(
            joinedload(SupervisionOrder.department),
            joinedload(SupervisionOrder.issued_by),
            joinedload(Deadline.owner_department),
            joinedload(Deadline.owner),
        )
        .order_by(*order)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    total = db.session.scalar(
        _narrowed(subjects, select(func.count()).select_from(SupervisionOrder), reader, which, today).where(*mine)
    )
    clocks = shown_all([deadline for _, deadline in found], today, now=now) if found else []
    words = subjects.words({_about(row) for row, _ in found})
    rows = [_listed(row, own, clock, words[_about(row)]) for (row, own), clock in zip(found, clocks, strict=True)]
    return OrderPage(rows, page, total or 0)


def order_counts(subjects: Subjects, reader: Reader, today: date) -> dict[Orders, int]:
    """Return how many orders wait, and how many of them are late. Two queries."""
    counting = select(func.count()).select_from(SupervisionOrder)
    return {
        which: db.session.scalar(_narrowed(subjects, counting, reader, which, today)) or 0
        for which in (Orders.WAITING, Orders.LATE)
    }


def drafts_of(subjects: Subjects, reader: Reader) -> list[tuple[OrderDraft, SubjectWords]]:
    """Return the drafts that wait for a signature of this person (待我签发), the oldest first. Two queries."""
    heads = [post for post in reader.posts if post.role is Role.DEPARTMENT_HEAD]
    offices = {
        id_ for post in heads if post.department_kind is DepartmentKind.PETITION_OFFICE for id_ in post.scope_ids
    }
    areas = {Station.PRINCIPAL_LEADER: area(reader, Role.PRINCIPAL_LEADER), Station.OFFICE_HEAD: offices}
    leads = any(post.role in (Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER) for post in reader.posts)
    if not leads and not offices:
        return []
    mine: list[ColumnElement[bool]] = [OrderDraft.office_id.in_(sorted(ids)) for ids in areas.values() if ids]
    mine.append(led_by(reader.user_id))
    waits = (still_waits(), Case.ledger_status != LedgerStatus.CLOSED.value)
    rows = db.session.scalars(
        select(OrderDraft)
        .join(Case, Case.id == OrderDraft.case_id)
        .where(*waits, Case.status.not_in(sorted(GONE)), or_(*mine), subjects.papers_known_to(OrderDraft, reader))
        .options(
            joinedload(OrderDraft.department),
            joinedload(OrderDraft.drafted_by),
            joinedload(OrderDraft.case).joinedload(Case.assignment).joinedload(Assignment.lead_official),
            joinedload(OrderDraft.case).joinedload(Case.lead_official),
        )
        .order_by(OrderDraft.id)
    ).all()
    today = clock.today()

    def stands(row: OrderDraft, station: Station) -> bool:
        if station is Station.LEAD_OFFICIAL:
            return row.case.lead is not None and row.case.lead.id == reader.user_id
        return row.office_id in areas.get(station, ())

    to_sign = [row for row in rows if any(stands(row, station) for station in signers(row, today))]
    words = subjects.words({Ref(row.subject, row.subject_id) for row in to_sign})
    return [(row, words[Ref(row.subject, row.subject_id)]) for row in to_sign]


def _about(row: SupervisionOrder) -> Ref:
    return Ref(row.subject, row.subject_id)


def _listed(row: SupervisionOrder, own: Deadline, clock: ShownClock, words: SubjectWords) -> ListedOrder:
    form = LEVELS[RungLevel(row.kind)]
    if row.withdrawn_at:
        state = "已撤回"
    elif row.replied_at:
        state = "已回复"
    elif not clock.running:
        state = orders.unanswered_words(own)
    else:
        state = "逾期未回复" if clock.late else "待回复"
    return ListedOrder(row, words, form, clock, state)
