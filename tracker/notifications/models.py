"""A notice is what a post must be told; a delivery is one copy of it for one person by one way (发件箱)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import UNSEALED, Model, Sealed, SealedLater, UTCDateTime, constant, partial_index, public_id
from tracker.core.enclosing import CaseText
from tracker.notifications.rules import DeliveryState
from tracker.people.models import User


class Notice(Sealed, Model):
    """通知: written in the transaction of the fact it tells, for a post (`told`) or a named person (`user_id`).

    `key` is unique: the same fact tells the same post once. `source` is that fact; `subject` and `subject_id` say what
    it is about (a case also by `case_id`), and are empty where it is about the person alone. The words stay as they
    were sent. Nobody is addressed before `not_before`, nor while it is `held`; `addressed_at` says when the post was
    resolved to people, or, with `dropped_because`, why it no longer needed telling. `tried_at`: nobody was found then,
    it is tried again.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_case_id", "case_id"),
        Index("ix_notice_source", "source", "source_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    source: Mapped[str] = mapped_column(String(16))
    source_id: Mapped[int]
    subject: Mapped[str | None] = mapped_column(String(20))
    subject_id: Mapped[int | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("petition_case.id"))
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"))
    told: Mapped[str | None] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    heading: Mapped[str] = mapped_column(CaseText("notice.heading", 40))
    why: Mapped[str] = mapped_column(CaseText("notice.why", 300))
    asked: Mapped[str] = mapped_column(CaseText("notice.asked", 300))
    reply_by: Mapped[date | None]
    urgent: Mapped[bool] = mapped_column(default=False)
    at_once: Mapped[bool] = mapped_column(default=False)
    awaits_answer: Mapped[bool] = mapped_column(default=False)
    late: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    held: Mapped[bool] = mapped_column(default=False)
    tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime, info=UNSEALED)
    addressed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    dropped_because: Mapped[str | None] = mapped_column(String(60))

    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="notice", order_by="Delivery.id")


partial_index("ix_notice_awaiting", Notice.case_id, where=Notice.awaits_answer.is_(True))
partial_index("ix_notice_unaddressed", Notice.held, Notice.not_before, where=Notice.addressed_at.is_(None))


class Delivery(SealedLater, Model):
    """One copy of a notice for one person by one way (消息、邮件、群机器人): the state of its sending.

    A copy in the inbox is delivered as soon as it is written. A copy that leaves the machine is leased by a sender,
    sent outside any transaction under a `message_id` that never changes, and tried again later where that failed: until
    `lease_until` it is being sent. What became of it, and when it was opened, is on the record (谁在何时知道).
    `address_refused`: the server knew no such recipient, so the address must be corrected before it is sent again.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "user_id", "channel"),
        Index("ix_delivery_state_not_before", "state", "not_before"),
        Index("ix_delivery_user_id_channel_opened_at", "user_id", "channel", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    channel: Mapped[str] = mapped_column(String(8))
    because: Mapped[str] = mapped_column(String(100))
    confidential: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10))
    not_before: Mapped[datetime] = mapped_column(UTCDateTime, info=UNSEALED)
    attempts: Mapped[int] = mapped_column(default=0, info=UNSEALED)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime, info=UNSEALED)
    lease_owner: Mapped[str | None] = mapped_column(String(40), info=UNSEALED)
    message_id: Mapped[str | None] = mapped_column(String(120), info=UNSEALED)
    last_error: Mapped[str | None] = mapped_column(String(200), info=UNSEALED)
    address_refused: Mapped[bool] = mapped_column(default=False, info=UNSEALED)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    notice: Mapped[Notice] = relationship(back_populates="deliveries")
    user: Mapped[User] = relationship()


# What could not be sent is little beside what was.
DEAD = Delivery.state == constant(DeliveryState.DEAD.value)
partial_index("ix_delivery_dead", Delivery.not_before, where=DEAD)


class WayState(Model):
    """How a way out of the machine does (发送方式): since when it does not work and why, when it is tried again.

    What fails because the way is down (连不上、登录被拒) is kept here and not on the copies that wait for it. `tries`
    counts failures in a row; a way without a row has never been tried.
    """

    __tablename__ = "way_state"

    way: Mapped[str] = mapped_column(String(8), primary_key=True)
    down_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str | None] = mapped_column(String(200))
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
