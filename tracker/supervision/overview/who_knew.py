"""谁在何时知道: who was told of a case, when, by which way, when they opened it and answered (追责).

Derived from notices, deliveries, the log of readings, orders and instructions; nothing is stored for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import and_, func, select

from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.audit.service import READINGS
from tracker.cases.lifecycle.positions import position_of
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.page.page import TOLD_READERS
from tracker.cases.page.trail import when
from tracker.cases.record.models import Case
from tracker.cases.subject.case import CASES
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.deadlines.models import Deadline
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import STATE_LABELS, WAY_LABELS, DeliveryState, Way
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.rungs import POST_LABELS, Recipient
from tracker.supervision.papers import instructions, orders
from tracker.supervision.papers.models import Instruction, SupervisionOrder

RUNG = "rung"
NAMED = "指名"
ANSWERED, WAITING, NOT_ASKED = "ok", "open", "none"
DONE_WORDS, OVER_WORDS = "已办结，不再要求", "期限已终止，不再要求"
# Who is to answer a paper: the person who owes it and the head of their unit, or the person named.
OBLIGED = frozenset({Recipient.OWNER.value, Recipient.UNIT_HEAD.value, None})


@dataclass(frozen=True)
class Knower:
    """One person who was told: why they, by which ways, when they opened the notice and read the case, their answer.

    Where nobody was reached yet, `name` is the post and `waits` says why.
    """

    name: str
    because: str
    ways: tuple[str, ...] = ()
    opened: str = ""
    read: str = ""
    answer: str = ""
    state: str = NOT_ASKED
    waits: str = ""


@dataclass(frozen=True)
class ToldNotice:
    """What a case gave rise to tell, once: the words, when they were written, whom they reached."""

    heading: str
    why: str
    asked: str
    written: str
    reply_by: str
    late: bool
    people: tuple[Knower, ...]


@dataclass(frozen=True)
class ToldCount:
    """How many copies of notices of a case reached somebody, and how many of them were opened."""

    copies: int
    opened: int


def may_ask(case: Case, reader: Reader) -> bool:
    """Return whether the reader is shown who knew of a case: the people who answer for it, and 主要领导."""
    return bool(stations(reader, position_of(case)) & TOLD_READERS)


def told_count(case_id: int, reader: Reader) -> ToldCount:
    """Return the count for the page of a case. One query."""
    counts = (
        select(func.count(), func.count(Delivery.opened_at))
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(Notice.case_id == case_id, Delivery.channel == Way.INBOX, CASES.notices_known_to(reader))
    )
    return ToldCount(*db.session.execute(counts).one())


@dataclass
class _Known:
    """What is known of a case besides its notices, read once; instants oldest first."""

    readings: dict[int, list[datetime]] = field(default_factory=dict)
    written: dict[int, list[datetime]] = field(default_factory=dict)
    issued: dict[int, list[datetime]] = field(default_factory=dict)
    orders: dict[int, SupervisionOrder] = field(default_factory=dict)
    order_clocks: dict[int, Deadline] = field(default_factory=dict)
    order_by_escalation: dict[int, SupervisionOrder] = field(default_factory=dict)
    tasks: dict[int, Instruction] = field(default_factory=dict)


@dataclass
class _Sent:
    """A notice with what its clock is about, and its copies by person."""

    notice: Notice
    clock: Deadline | None
    copies: dict[int, list[tuple[Delivery, str]]] = field(default_factory=dict)

    @property
    def subject(self) -> tuple[str, int]:
        """What its clock is about; nothing where it has none."""
        return (self.clock.subject, self.clock.subject_id or 0) if self.clock else ("", 0)

    @property
    def since(self) -> datetime:
        """From when on somebody who was told could answer."""
        return self.notice.addressed_at or self.notice.created_at


def who_knew(case_id: int, reader: Reader, *, today: date) -> tuple[ToldNotice, ...]:
    """Return the notices of a case that the reader may see, with the people they reached, the latest first.

    What one fact told several posts stands together. Four queries.
    """
    known, year = _known(case_id), today.year
    by_fact: dict[tuple[object, ...], list[_Sent]] = {}
    for each in _sent(case_id, reader):
        notice = each.notice
        by_fact.setdefault((notice.source, notice.source_id, notice.created_at), []).append(each)
    return tuple(_told(notices, known, year) for notices in by_fact.values())


def _sent(case_id: int, reader: Reader) -> list[_Sent]:
    found: dict[int, _Sent] = {}
    for notice, delivery, user_id, name, clock in db.session.execute(
        select(Notice, Delivery, User.id, User.name, Deadline)
        .outerjoin(Delivery, Delivery.notice_id == Notice.id)
        .outerjoin(User, User.id == Delivery.user_id)
        .outerjoin(Deadline, Deadline.id == Notice.deadline_id)
        .where(Notice.case_id == case_id, CASES.notices_known_to(reader))
        .order_by(Notice.created_at.desc(), Notice.source, Notice.source_id.desc(), Notice.id, Delivery.id)
    ):
        sent = found.setdefault(notice.id, _Sent(notice, clock))
        if delivery is not None:
            sent.copies.setdefault(user_id, []).append((delivery, name))
    return list(found.values())


def _known(case_id: int) -> _Known:
    known = _Known()
    for actor_id, at in db.session.execute(
        select(AuditEvent.actor_id, AuditEvent.at_utc)
        .where(AuditEvent.log_id == READINGS, AuditEvent.case_id == case_id, AuditEvent.kind == Event.CASE_READ)
        .order_by(AuditEvent.seq)
    ):
        known.readings.setdefault(actor_id or 0, []).append(at)
    own = and_(Deadline.subject == orders.SUBJECT, Deadline.subject_id == SupervisionOrder.id)
    for order, its_clock in db.session.execute(
        select(SupervisionOrder, Deadline).outerjoin(Deadline, own).where(SupervisionOrder.case_id == case_id)
    ):
        known.orders[order.id] = order
        if its_clock is not None:
            known.order_clocks[order.id] = its_clock
        if order.escalation_id is not None:
            known.order_by_escalation[order.escalation_id] = order
        if order.issued_by_id is not None:
            known.issued.setdefault(order.issued_by_id, []).append(order.issued_at)
    for each in db.session.scalars(select(Instruction).where(Instruction.case_id == case_id).order_by(Instruction.id)):
        known.written.setdefault(each.by_id, []).append(each.at)
        known.tasks[each.id] = each
    return known


def _told(notices: Sequence[_Sent], known: _Known, year: int) -> ToldNotice:
    first = notices[0].notice
    return ToldNotice(
        heading=first.heading,
        why=first.why,
        asked=first.asked,
        written=when(first.created_at, year),
        reply_by=long_date(first.reply_by) if first.reply_by else "",
        late=first.late,
        people=tuple(person for sent in notices for person in _people(sent, known, year)),
    )


def _people(sent: _Sent, known: _Known, year: int) -> list[Knower]:
    post = POST_LABELS[Recipient(sent.notice.told)] if sent.notice.told else NAMED
    if not sent.copies:
        return [Knower(post, "", waits=_waits(sent.notice, year))]
    return [_knower(sent, user_id, known, year) for user_id in sent.copies]


def _waits(notice: Notice, year: int) -> str:
    """Return why a notice reached nobody so far."""
    if notice.dropped_because:
        return f"没有发：{notice.dropped_because}"
    if notice.addressed_at is not None:
        return "没有送到任何人"
    if notice.tried_at is not None:
        return "还没有人能接到，继续找"
    return "等待放行" if notice.held else f"待发，{when(notice.not_before, year)} 以后"


def _knower(sent: _Sent, user_id: int, known: _Known, year: int) -> Knower:
    copies = sent.copies[user_id]
    opened = min((each.opened_at for each, _name in copies if each.opened_at), default=None)
    read = _first_since(known.readings, user_id, sent.since)
    answer, state = _answer(sent, user_id, known, year)
    return Knower(
        name=copies[0][1],
        because=copies[0][0].because.replace("您是", "").replace("指名送给您", NAMED),
        ways=tuple(_way(each, year) for each, _name in copies),
        opened=when(opened, year) if opened else "",
        read=when(read, year) if read else "",
        answer=answer,
        state=state,
    )


def _way(each: Delivery, year: int) -> str:
    """Return 站内消息 11月20日 09:00, or where a copy stands that has not arrived."""
    label = WAY_LABELS[Way(each.channel)]
    if each.delivered_at is not None:
        return f"{label} {when(each.delivered_at, year)}"
    return f"{label} {STATE_LABELS[DeliveryState(each.state)]}"


def _first_since(instants: Mapping[int, Sequence[datetime]], user_id: int, since: datetime) -> datetime | None:
    return next((at for at in instants.get(user_id, ()) if at >= since), None)


def _answer(sent: _Sent, user_id: int, known: _Known, year: int) -> tuple[str, str]:
    """Return what answered a notice: their own instruction or order where their post is to write one, else the reply.

    Nothing is asked of posts that are told for their information.
    """
    if not sent.notice.awaits_answer:
        return _reply(sent, known, year) if sent.notice.told in OBLIGED else ("", NOT_ASKED)
    for instants, done in ((known.written, "批示"), (known.issued, "发出催办、督办")):
        at = _first_since(instants, user_id, sent.since)
        if at is not None:
            return f"{when(at, year)} {done}", ANSWERED
    if sent.clock is not None and sent.clock.ended_on is not None:
        return DONE_WORDS if sent.clock.met else OVER_WORDS, NOT_ASKED
    return "未批示", WAITING


def _reply(sent: _Sent, known: _Known, year: int) -> tuple[str, str]:
    subject, subject_id = sent.subject
    order = known.orders.get(subject_id) if subject == orders.SUBJECT else None
    if order is None and sent.notice.source == RUNG:
        order = known.order_by_escalation.get(sent.notice.source_id)
    task = known.tasks.get(subject_id) if subject == instructions.SUBJECT else None
    if order is not None:
        return _order_reply(order, known.order_clocks.get(order.id), year)
    if task is not None and not task.done_at and sent.clock is not None and sent.clock.ended_on is not None:
        return OVER_WORDS, NOT_ASKED
    if task is not None:
        return (f"{when(task.done_at, year)} 报告", ANSWERED) if task.done_at else ("未报告", WAITING)
    return "", NOT_ASKED


def _order_reply(order: SupervisionOrder, clock: Deadline | None, year: int) -> tuple[str, str]:
    if order.withdrawn_at:
        return f"{when(order.withdrawn_at, year)} 撤回", NOT_ASKED
    if order.replied_at:
        return f"{when(order.replied_at, year)} 回复", ANSWERED
    if clock is not None and clock.ended_on is not None:
        return orders.unanswered_words(clock), NOT_ASKED
    return "未回复", WAITING
