"""包案: hard matters that a leader sponsors."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.cases.record.models import Case
from tracker.core.database import UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.core.enclosing import CaseText
from tracker.people.models import User


class CaseSponsorship(SealedLater, Model):
    """包案: a matter that its lead official (领办领导) sponsors from a day, perhaps to a day, both inclusive; and why.

    Who sponsors is not kept here: it is whoever leads the matter. So it gives nobody access.
    """

    __tablename__ = "case_sponsorship"
    __table_args__ = (Index("ix_case_sponsorship_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    reason: Mapped[str] = mapped_column(CaseText("case_sponsorship.reason"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    end_reason: Mapped[str | None] = mapped_column(CaseText("case_sponsorship.end_reason"))

    case: Mapped[Case] = relationship()
    given_by: Mapped[User] = relationship()
