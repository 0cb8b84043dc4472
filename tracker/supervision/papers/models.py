"""What supervision keeps: orders, instructions, feeds."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.cases.record.models import Case
from tracker.core.database import UNSEALED, Model, Sealed, UTCDateTime, partial_index, public_id
from tracker.core.enclosing import CaseText
from tracker.people.models import Department, User


class SupervisionOrder(Sealed, Model):
    """催办单 or 督办单 (条例第四十条): text, number of the year, issuer, day of reply, and the unit's reply.

    `subject` and `subject_id` say what it is about, a case also by `case_id`. Issued by a person, or by the ladder in
    the office's name (`issued_by_id` empty). Its own clock is the Deadline of kind `order_reply` with subject "order";
    ended without a reply it was withdrawn or became pointless.
    """

    __tablename__ = "supervision_order"
    __table_args__ = (Index("ix_supervision_order_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    kind: Mapped[str] = mapped_column(String(12))
    number: Mapped[str] = mapped_column(String(30), unique=True)
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("petition_case.id"))
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("escalation.id"))
    about_deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    text: Mapped[str] = mapped_column(CaseText("supervision_order.text"))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    reply_by: Mapped[date]
    reply: Mapped[str | None] = mapped_column(CaseText("supervision_order.reply"))
    replied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_because: Mapped[str | None] = mapped_column(CaseText("supervision_order.withdrawn_because"))

    case: Mapped[Case] = relationship()
    office: Mapped[Department] = relationship(foreign_keys=[office_id])
    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    issued_by: Mapped[User | None] = relationship(foreign_keys=[issued_by_id])
    replied_by: Mapped[User | None] = relationship(foreign_keys=[replied_by_id])


partial_index(
    "ix_supervision_order_waiting",
    *(SupervisionOrder.department_id, SupervisionOrder.reply_by, SupervisionOrder.case_id),
    where=SupervisionOrder.replied_at.is_(None) & SupervisionOrder.withdrawn_at.is_(None),
)


class Instruction(Sealed, Model):
    """批示 of a leader: the words; where it names a person and a day it is a task with its own clock.

    `subject` and `subject_id` say what it is about, a case also by `case_id`.
    The clock is the Deadline of kind `instruction` with subject "instruction". One without a task is 已阅.
    """

    __tablename__ = "instruction"
    __table_args__ = (
        Index("ix_instruction_case_id", "case_id"),
        Index("ix_instruction_by_id_at", "by_id", "at"),
        Index("ix_instruction_task_of_id_done_at", "task_of_id", "done_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("petition_case.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    text: Mapped[str] = mapped_column(CaseText("instruction.text"))
    task_of_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    report: Mapped[str | None] = mapped_column(CaseText("instruction.report"))

    case: Mapped[Case] = relationship()
    by: Mapped[User] = relationship(foreign_keys=[by_id])
    task_of: Mapped[User | None] = relationship(foreign_keys=[task_of_id])
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])


class CalendarFeed(Sealed, Model):
    """日历订阅: a secret address for one's own due dates; only its hash is kept, and it can be ended at any time."""

    __tablename__ = "calendar_feed"
    __table_args__ = (Index("ix_calendar_feed_user_id_ended_at", "user_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()
