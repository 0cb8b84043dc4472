"""What one asks about one matter, and another decides (件的申请)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.cases.record.models.case import Case
from tracker.core.database import UNSEALED, Model, Sealed, UTCDateTime, public_id
from tracker.core.enclosing import CaseText
from tracker.people.models import User


class CaseRequest(Sealed, Model):
    """A request about one matter that another person decides (紧急查阅、列入知悉名单、降低保密级别), with its reason.

    `case_id` is None where no matter has the number that was asked for: who asks is answered alike, and nobody can
    approve it. `until` is the end of what an approval lets somebody read; None where it ends by itself no more.
    """

    __tablename__ = "case_request"
    __table_args__ = (
        Index("ix_case_request_case_id", "case_id"),
        Index("ix_case_request_asked_by_id_asked_at", "asked_by_id", "asked_at"),
        Index("ix_case_request_kind_asked_at", "kind", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    kind: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("petition_case.id"))
    number: Mapped[str] = mapped_column(CaseText("case_request.number", always=True))
    reason: Mapped[str] = mapped_column(CaseText("case_request.reason", always=True))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved: Mapped[bool | None]
    note: Mapped[str | None] = mapped_column(CaseText("case_request.note", always=True))
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
