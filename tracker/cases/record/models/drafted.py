"""Papers of supervision that wait for their signer (拟稿待签发)."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, and_, exists, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.cases.record.models.case import Case
from tracker.core.clock import local_date
from tracker.core.database import UNSEALED, Model, Sealed, UTCDateTime, partial_index, public_id
from tracker.core.enclosing import CaseText
from tracker.deadlines.models import Deadline
from tracker.people.models import Department, User


class OrderDraft(Sealed, Model):
    """A 督办单 or a paper above it as it was drafted: what it would say, to whom, who has to sign it (条例第三十九条).

    It has no number and asks nothing of anybody outside until it is signed: then `order_id` is the paper. Drafted by a
    person, or by the ladder (`drafted_by_id` empty). `signer` is the station that signs, `asked_id` the leader who was
    asked, where one was named. Decided without a paper it was refused or taken back, `refused_because` says why.
    `subject` and `subject_id` say what it is about, a case also by `case_id`.
    """

    __tablename__ = "order_draft"
    __table_args__ = (Index("ix_order_draft_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("petition_case.id"))
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("escalation.id"))
    about_deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    text: Mapped[str] = mapped_column(CaseText("order_draft.text"))
    reply_by: Mapped[date]
    drafted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    signer: Mapped[str] = mapped_column(String(20))
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    refused_because: Mapped[str | None] = mapped_column(CaseText("order_draft.refused_because"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("supervision_order.id"))

    case: Mapped[Case] = relationship()
    about_deadline: Mapped[Deadline | None] = relationship()
    office: Mapped[Department] = relationship(foreign_keys=[office_id])
    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    drafted_by: Mapped[User | None] = relationship(foreign_keys=[drafted_by_id])
    asked: Mapped[User | None] = relationship(foreign_keys=[asked_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def waits(self) -> bool:
        """Whether it waits for its signer: it is not decided, and the clock that it is about still runs, late."""
        clock = self.about_deadline
        past = clock is not None and (clock.ended_on is not None or clock.effective_due >= local_date(self.drafted_at))
        return self.decided_at is None and not past


def still_waits() -> ColumnElement[bool]:
    """Return the same as a condition."""
    past = or_(Deadline.ended_on.is_not(None), Deadline.effective_due >= OrderDraft.drafted_at)
    return and_(OrderDraft.decided_at.is_(None), ~exists().where(Deadline.id == OrderDraft.about_deadline_id, past))


partial_index("ix_order_draft_waiting", OrderDraft.case_id, where=OrderDraft.decided_at.is_(None))
