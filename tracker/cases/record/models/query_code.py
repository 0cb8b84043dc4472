"""What a petitioner asks after the matter with (查询码)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import Model, SealedLater, UTCDateTime, partial_index
from tracker.people.models import User


class QueryCode(SealedLater, Model):
    """A code that was given out on the slip of a matter (查询码): only its keyed hash is kept, the code nowhere.

    One of a matter is good at a time; a new one ends the one before it.
    """

    __tablename__ = "query_code"
    __table_args__ = (Index("ix_query_code_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    code_key: Mapped[str] = mapped_column(String(32), unique=True)
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    given_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    given_by: Mapped[User] = relationship()


partial_index("uq_query_code_good", QueryCode.case_id, where=QueryCode.ended_at.is_(None), unique=True)
