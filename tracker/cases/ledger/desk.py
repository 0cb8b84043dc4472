"""工作台: what waits for a person, by the seats they hold. A count opens its list: both use the same filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select

from tracker.cases.ledger.filters import Filters, conditions
from tracker.cases.ledger.groups import History, OwnMatters, StateGroup
from tracker.cases.ledger.rows import LedgerRow, rows_of
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.core.database import db
from tracker.people.rules import DepartmentKind, HeldPost, Reader, Role, does_case_work

NEAREST = 10
KEPT_STATEMENTS = 256
RED, AMBER, PLAIN = "red", "amber", ""


class Seat(StrEnum):
    """From where a person looks at the cases: their role, and whether their department is a petition office."""

    OFFICE = "office"
    HANDLER = "handler"
    HEAD = "head"
    LEADER = "leader"
    PRINCIPAL = "principal"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class DeskCount:
    """One number on the desk: its words, the list behind it, its tone where it is not zero; a `rare` one hides zero."""

    label: str
    filters: Filters
    tone: str = PLAIN
    rare: bool = False


def _dates(mine: OwnMatters | None = None) -> tuple[DeskCount, ...]:
    return (
        DeskCount("逾期", Filters(state=StateGroup.OVERDUE, mine=mine), RED),
        DeskCount("今日到期", Filters(due_within=0, mine=mine), AMBER),
        DeskCount("3 日内", Filters(due_within=3, mine=mine), AMBER),
        DeskCount("7 日内", Filters(due_within=7, mine=mine)),
    )


def _at(status: Status, mine: OwnMatters | None = None) -> Filters:
    """Cases at a state of the procedure; history rows wait for nobody."""
    return Filters(status=status, mine=mine, history=History.WITHOUT)


BUCKETS: dict[Seat, tuple[DeskCount, ...]] = {
    Seat.OFFICE: (
        *_dates(),
        DeskCount("待分类", _at(Status.REGISTERED)),
        DeskCount("待交办", _at(Status.TRIAGED)),
        DeskCount("退回待裁定", _at(Status.OBJECTED), AMBER),
        DeskCount("待送达", _at(Status.OPINION_ISSUED)),
        DeskCount("待销号审核", Filters(ledger_status=LedgerStatus.CONFIRMED)),
        DeskCount("属地待定", Filters(state=StateGroup.UNPLACED)),
        DeskCount("待重新交办", Filters(state=StateGroup.UNIT_GONE), RED, rare=True),
        DeskCount("待更换领办领导", Filters(state=StateGroup.LEAD_GONE), AMBER, rare=True),
    ),
    Seat.HANDLER: (
        *_dates(OwnMatters.HANDLING),
        DeskCount("待签收", _at(Status.ASSIGNED, OwnMatters.UNIT)),
        DeskCount("待受理", _at(Status.SIGNED_FOR, OwnMatters.HANDLING)),
        DeskCount("待答复", _at(Status.ACCEPTED, OwnMatters.HANDLING)),
        DeskCount("待送达", _at(Status.OPINION_ISSUED, OwnMatters.HANDLING)),
        DeskCount("办结未销号", Filters(state=StateGroup.FINISHED, mine=OwnMatters.HANDLING)),
        DeskCount("退回补办", Filters(ledger_status=LedgerStatus.RETURNED, mine=OwnMatters.HANDLING), AMBER),
    ),
    Seat.HEAD: (
        *_dates(OwnMatters.UNIT),
        DeskCount("待签收", _at(Status.ASSIGNED, OwnMatters.UNIT)),
        DeskCount("待受理", _at(Status.SIGNED_FOR, OwnMatters.UNIT)),
        DeskCount("待答复", _at(Status.ACCEPTED, OwnMatters.UNIT)),
        DeskCount("待审核", Filters(ledger_status=LedgerStatus.REQUESTED, mine=OwnMatters.UNIT), AMBER),
        DeskCount("退回补办", Filters(ledger_status=LedgerStatus.RETURNED, mine=OwnMatters.UNIT)),
        DeskCount("待改派", Filters(state=StateGroup.HANDLER_GONE, mine=OwnMatters.UNIT), RED, rare=True),
    ),
    Seat.LEADER: (
        DeskCount("待我签批", Filters(mine=OwnMatters.TO_SIGN), AMBER),
        *_dates(OwnMatters.LEADING),
        DeskCount("领办在办", Filters(state=StateGroup.OPEN, mine=OwnMatters.LEADING)),
    ),
    Seat.PRINCIPAL: (
        DeskCount("贿选等重大件未阅", Filters(mine=OwnMatters.UNREAD), RED),
        DeskCount("待我签批", Filters(mine=OwnMatters.TO_SIGN), AMBER),
        DeskCount("领办逾期", Filters(state=StateGroup.OVERDUE, mine=OwnMatters.LEADING), RED),
        *_dates(),
        DeskCount("贿选在办", Filters(state=StateGroup.OPEN, vote_buying=True), AMBER),
    ),
    Seat.SUPERVISOR: (
        *_dates(),
        DeskCount("办结未销号超过 15 日", Filters(state=StateGroup.FINISHED_LONG), AMBER),
        DeskCount("回头看到期", Filters(state=StateGroup.LOOK_BACK), AMBER),
        DeskCount("待销号审核", Filters(ledger_status=LedgerStatus.CONFIRMED)),
    ),
}
# Whose matters the nearest dates are: of people who work on some, their own; of the others, all they may see.
NEAREST_OF: dict[Seat, OwnMatters | None] = {
    Seat.OFFICE: None,
    Seat.SUPERVISOR: None,
    Seat.PRINCIPAL: None,
    Seat.HEAD: OwnMatters.UNIT,
    Seat.LEADER: OwnMatters.LEADING,
    Seat.HANDLER: OwnMatters.HANDLING,
}
SEAT_LABELS: dict[Seat, str] = {
    Seat.OFFICE: "信访部门",
    Seat.HANDLER: "本人承办",
    Seat.HEAD: "本单位承办",
    Seat.LEADER: "本人领办",
    Seat.PRINCIPAL: "主要领导",
    Seat.SUPERVISOR: "督查",
}
_SEATS = {
    Role.REGISTRAR: Seat.OFFICE,
    Role.ACCEPTOR: Seat.OFFICE,
    Role.HANDLER: Seat.HANDLER,
    Role.DEPARTMENT_HEAD: Seat.HEAD,
    Role.LEAD_OFFICIAL: Seat.LEADER,
    Role.PRINCIPAL_LEADER: Seat.PRINCIPAL,
    Role.SUPERVISOR: Seat.SUPERVISOR,
}


@dataclass(frozen=True)
class CountedBucket:
    """A bucket with its number; `query` is the address of its list in the ledger, `seat` where it belongs."""

    seat: str
    label: str
    count: int
    query: str
    tone: str


def seats(reader: Reader) -> tuple[Seat, ...]:
    """Return the seats a person holds, in the order of the table; who keeps the system or the log holds none."""
    if not (reader.active and does_case_work(reader)):
        return ()
    held = {seat for post in reader.posts if (seat := _seat(post))}
    return tuple(seat for seat in Seat if seat in held)


def _seat(post: HeldPost) -> Seat | None:
    if post.role is Role.DEPARTMENT_HEAD and post.department_kind is DepartmentKind.PETITION_OFFICE:
        return Seat.OFFICE
    return _SEATS.get(post.role)


def buckets(reader: Reader, *, today: date) -> list[CountedBucket]:
    """Return the numbers of the desk (zero is shown as 0, but of rare ones), seat by seat; no list twice. One query."""
    asked = _asked(seats(reader))
    if not asked:
        return []
    found = db.session.execute(_counting(reader, today, db.session.get_bind().dialect.name)).one()
    return [
        CountedBucket(SEAT_LABELS[seat], bucket.label, count, filters.to_query(), bucket.tone if count else PLAIN)
        for (filters, (seat, bucket)), count in zip(asked.items(), found, strict=True)
        if count or not bucket.rare
    ]


def _asked(held: Sequence[Seat]) -> dict[Filters, tuple[Seat, DeskCount]]:
    asked: dict[Filters, tuple[Seat, DeskCount]] = {}
    for seat in held:
        for bucket in BUCKETS[seat]:
            asked.setdefault(bucket.filters, (seat, bucket))
    return asked


@lru_cache(maxsize=KEPT_STATEMENTS)
def _counting(reader: Reader, today: date, _dialect: str) -> Select[Any]:
    """Return the query of all numbers, kept for the day: building it takes longer than running it."""
    filters = _asked(seats(reader))
    return select(
        *(
            select(func.count(Case.id)).where(*conditions(each, reader, today).values()).scalar_subquery()
            for each in filters
        )
    )


def nearest_filters(reader: Reader) -> Filters:
    """Return the list of which the desk shows the beginning: open matters, one's own where one works on some."""
    held = seats(reader)
    wide = [seat for seat in held if NEAREST_OF[seat] is None]
    mine = NEAREST_OF[held[0]] if held and not wide else None
    return Filters(state=StateGroup.OPEN, mine=mine)


def nearest(reader: Reader, *, today: date, limit: int = NEAREST, now: datetime | None = None) -> Sequence[LedgerRow]:
    """Return the matters that fall due first (最近到期), overdue ones before them all."""
    if not seats(reader):
        return []
    which = conditions(nearest_filters(reader), reader, today).values()
    ids = db.session.scalars(
        select(Case.id).where(*which, Case.next_due_on.is_not(None)).order_by(Case.next_due_on, Case.id).limit(limit)
    ).all()
    return rows_of(ids, today, now=now)
