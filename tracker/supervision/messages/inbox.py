"""消息: what one was told, why it came, what is asked, by when. What one may not know of any more is not there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal_column, or_, select
from sqlalchemy.orm import aliased, contains_eager

from tracker.cases.access.scope import KEPT_CLAUSES
from tracker.cases.ledger.due import DueCell
from tracker.core import clock
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, date_text, shown_all
from tracker.deadlines.rules import Clock, light, words
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import Way
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.ladder.rules.rungs import LAMPS, Recipient
from tracker.reminders.subjects.answers import SubjectWords
from tracker.reminders.subjects.table import Subjects
from tracker.supervision.messages.same_thing import of_same_thing
from tracker.supervision.papers.models import Instruction, SupervisionOrder

PAGE_SIZE = 50
# So many unread messages are told of by matter in a digest; their number is told whole.
LOOKED_AT = 200
Clause = ColumnElement[bool]
URGENT, PLAIN = "red", "blue"
_Own = aliased(Deadline)
# What messages are grouped by: the matter, or the notice itself where it is about the person alone.
_KIND = func.coalesce(Notice.subject, literal_column("''"))
_ABOUT = func.coalesce(Notice.subject_id, Notice.id)
# Who is to answer a paper: the person who owes it and the head of their unit.
_OBLIGED = Notice.told.in_([Recipient.OWNER.value, Recipient.UNIT_HEAD.value])


class Which(StrEnum):
    """The filters of the inbox."""

    UNREAD = "unread"
    AWAITING = "awaiting"
    ALL = "all"


WHICH_LABELS = {Which.UNREAD: "未读", Which.AWAITING: "待回复", Which.ALL: "全部"}


@dataclass(frozen=True)
class ShownMessage:
    """One message, ready to be shown. `number` and `title` are empty where it is about the person alone."""

    notice_public_id: str
    heading: str
    lamp: str
    why: str
    because: str
    asked: str
    arrived_at: datetime
    unread: bool
    awaiting: bool
    late: bool
    number: str
    title: str
    clock: ShownClock | None
    reply: DueCell | None


@dataclass(frozen=True)
class MessageGroup:
    """All messages about one matter, the first one shown whole; `more` are the others, in their order."""

    first: ShownMessage
    more: tuple[ShownMessage, ...]

    @property
    def unread(self) -> bool:
        """Whether one of them is unread."""
        return any(each.unread for each in (self.first, *self.more))


@dataclass(frozen=True)
class Inbox:
    """One page of the inbox by matters, how many matters there are, and how many messages each filter has."""

    groups: Sequence[MessageGroup]
    total: int
    counts: dict[Which, int]


def unread_count(subjects: Subjects, reader: Reader) -> int:
    """Return how many messages a person has not opened. One query by the index of copies."""
    return db.session.scalar(_unread(subjects, reader, clock.today())) or 0


@lru_cache(maxsize=KEPT_CLAUSES)
def _unread(subjects: Subjects, reader: Reader, _today: date) -> Select[Any]:
    """Return that query, kept by its reader and the day: every page asks it, and building it takes longer than it."""
    mine = (*_mine(subjects, reader), Delivery.opened_at.is_(None))
    return select(func.count(Delivery.id)).join(Delivery.notice).where(*mine)


def unread_by_matter(subjects: Subjects, reader: Reader) -> dict[Ref, list[str]]:
    """Return the headings of one's unread messages by what they are about, the latest first.

    The latest `LOOKED_AT` are asked for, in one query.
    """
    rows = db.session.execute(
        select(_KIND, _ABOUT, Notice.heading)
        .select_from(Delivery)
        .join(Delivery.notice)
        .where(*_mine(subjects, reader), Delivery.opened_at.is_(None), Notice.subject.is_not(None))
        .order_by(Delivery.id.desc())
        .limit(LOOKED_AT)
    )
    found: dict[Ref, list[str]] = {}
    for kind, about, heading in rows:
        found.setdefault(Ref(kind, about), []).append(heading)
    return found


def inbox(
    subjects: Subjects, reader: Reader, which: Which, *, page: int, today: date, now: datetime | None = None
) -> Inbox:
    """Return one page of a person's messages by matters, those with something unread first, then the latest.

    A page counts matters: all messages of one stand together. What is about the person alone stands alone. Five
    queries, or six.
    """
    awaits = awaiting(subjects, reader)
    mine = (*_mine(subjects, reader), *_narrowed(which, awaits))
    matters = _matters(mine).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE).subquery()
    rows = db.session.execute(
        select(Delivery, awaits.label("awaits"), matters.c.total)
        .join(Delivery.notice)
        .join(matters, and_(matters.c.kind == _KIND, matters.c.about == _ABOUT))
        .where(*mine)
        .order_by(matters.c.rank, Delivery.opened_at.is_not(None), Delivery.id.desc())
        .options(contains_eager(Delivery.notice))
    ).all()
    notices = [row[0].notice for row in rows]
    words = subjects.words(subjects.known_among({about for n in notices if (about := _about(n))}, reader))
    clocks = _clocks({n.deadline_id for n in notices if n.deadline_id and _about(n) in words}, today, now)
    found: dict[object, list[ShownMessage]] = {}
    for row in rows:
        message = _message(row[0], bool(row[1]), words, clocks, today)
        found.setdefault(_about(row[0].notice) or row[0].notice_id, []).append(message)
    return Inbox(
        [MessageGroup(first, tuple(more)) for first, *more in found.values()],
        rows[0].total if rows else 0,
        _counts(subjects, reader, awaits),
    )


def _matters(mine: Sequence[Clause]) -> Select[Any]:
    """Return what one's messages are about in the order of the inbox: `kind`, `about`, `rank`, and the `total`."""
    latest_unread = func.max(case((Delivery.opened_at.is_(None), Delivery.id)))
    order = (latest_unread.is_(None), func.coalesce(latest_unread, func.max(Delivery.id)).desc())
    return (
        select(
            _KIND.label("kind"),
            _ABOUT.label("about"),
            func.row_number().over(order_by=order).label("rank"),
            func.count().over().label("total"),
        )
        .select_from(Delivery)
        .join(Delivery.notice)
        .where(*mine)
        .group_by(_KIND, _ABOUT)
        .order_by("rank")
    )


def message_address(subjects: Subjects, public_id: str, reader: Reader) -> SubjectWords | None:
    """Return what one's message leads to; None where it is about nothing but the person.

    Raises NotFound for the message of another, for one that does not exist, and where the thing may not be known any
    more: these three are not told apart.
    """
    statement = select(Notice).join(Delivery, Delivery.notice_id == Notice.id)
    notice = db.session.scalar(statement.where(*_mine(subjects, reader), Notice.public_id == public_id))
    if notice is None:
        raise NotFound
    about = _about(notice)
    return subjects.words([about])[about] if about else None


def _about(notice: Notice) -> Ref | None:
    """Return what a notice is about; None where it is about the person alone."""
    return Ref(notice.subject, notice.subject_id) if notice.subject and notice.subject_id else None


def readable_ids(subjects: Subjects, reader: Reader) -> list[int]:
    """Return the copies that 全部标为已读 covers: unread ones that ask for no answer."""
    unread = Delivery.opened_at.is_(None)
    statement = (
        select(Delivery.id).join(Delivery.notice).where(*_mine(subjects, reader), unread, ~awaiting(subjects, reader))
    )
    return list(db.session.scalars(statement))


def awaiting(subjects: Subjects, reader: Reader) -> Clause:
    """Return the condition on a notice that it still waits for the person's answer (待回复).

    A leader answers an escalation by 批示 (or an order, where their post issues them), a unit its 催办单 or 督办单 by
    its reply, a person a 批示 by reporting. Where the clock has ended, a later order has taken an order's place, or the
    case may not be known any more, nothing waits.
    """
    answered = or_(
        of_same_thing(Instruction, Instruction.by_id == reader.user_id, Instruction.at >= Notice.created_at),
        of_same_thing(
            SupervisionOrder,
            SupervisionOrder.issued_by_id == reader.user_id,
            SupervisionOrder.issued_at >= Notice.created_at,
        ),
    )
    over = exists().where(Deadline.id == Notice.deadline_id, Deadline.ended_on.is_not(None))
    units = sorted(reader.chain_ids)
    issued = exists().where(
        SupervisionOrder.escalation_id == Notice.source_id,
        SupervisionOrder.department_id.in_(units),
        SupervisionOrder.replied_at.is_(None),
        SupervisionOrder.withdrawn_at.is_(None),
        exists().where(_Own.subject == "order", _Own.subject_id == SupervisionOrder.id, _Own.ended_on.is_(None)),
    )
    of_my_unit = and_(Deadline.subject == "order", Deadline.owner_department_id.in_(units), _OBLIGED)
    of_mine = and_(Deadline.subject == "instruction", Deadline.owner_user_id == reader.user_id)
    owed = exists().where(Deadline.id == Notice.deadline_id, Deadline.ended_on.is_(None), or_(of_my_unit, of_mine))
    waits = or_(
        and_(Notice.awaits_answer.is_(True), ~answered, ~over), and_(Notice.source == "rung", _OBLIGED, issued), owed
    )
    return and_(waits, Notice.subject.is_not(None), subjects.notices_known_to(reader))


def _mine(subjects: Subjects, reader: Reader) -> tuple[Clause, ...]:
    """One's own copies, without those of cases that one may not know of any more: not even their number stays."""
    return Delivery.user_id == reader.user_id, Delivery.channel == Way.INBOX.value, subjects.notices_known_to(reader)


def _narrowed(which: Which, awaits: Clause) -> tuple[Clause, ...]:
    if which is Which.UNREAD:
        return (Delivery.opened_at.is_(None),)
    return (awaits,) if which is Which.AWAITING else ()


def _counts(subjects: Subjects, reader: Reader, awaits: Clause) -> dict[Which, int]:
    holds = {Which.UNREAD: Delivery.opened_at.is_(None), Which.AWAITING: awaits, Which.ALL: ~false()}
    columns = [func.coalesce(func.sum(case((holds[which], 1), else_=0)), 0) for which in Which]
    row = db.session.execute(
        select(*columns).select_from(Delivery).join(Delivery.notice).where(*_mine(subjects, reader))
    ).one()
    return dict(zip(Which, row, strict=True))


def _clocks(deadline_ids: Collection[int], today: date, now: datetime | None) -> dict[int, ShownClock]:
    if not deadline_ids:
        return {}
    rows = db.session.scalars(select(Deadline).where(Deadline.id.in_(deadline_ids)))
    return {clock.id: clock for clock in shown_all(rows, today, now=now)}


def _message(
    copy: Delivery, awaits: bool, words: Mapping[Ref, SubjectWords], clocks: dict[int, ShownClock], today: date
) -> ShownMessage:
    notice, about = copy.notice, _about(copy.notice)
    found = words.get(about) if about else None
    return ShownMessage(
        notice_public_id=notice.public_id,
        heading=notice.heading,
        lamp=URGENT if notice.urgent else LAMPS.get(notice.heading, PLAIN),
        why=notice.why,
        because=copy.because,
        asked=notice.asked,
        arrived_at=copy.delivered_at or notice.created_at,
        unread=copy.opened_at is None,
        awaiting=awaits,
        late=notice.late,
        number=found.number if found else "",
        title=found.title if found else "",
        clock=clocks.get(notice.deadline_id or 0),
        reply=_reply(notice, today) if awaits else None,
    )


def _reply(notice: Notice, today: date) -> DueCell | None:
    """The day by which an answer is wanted, as every date is shown."""
    if notice.reply_by is None:
        return None
    clock = Clock(LimitKind.ORDER_REPLY, local_date(notice.created_at), notice.reply_by)
    return DueCell(
        "回复", clock.due_on, light(clock, today), date_text(clock.due_on, today), words(clock, today), False
    )
