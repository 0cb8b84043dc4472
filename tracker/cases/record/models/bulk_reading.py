"""That somebody read unusually much in a short time (大量查阅)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import Model, SealedLater, UTCDateTime
from tracker.people.models import User


class BulkReading(SealedLater, Model):
    """An alarm (大量查阅告警): who, what kind of reading, from when to when, and how many it was at least.

    Which matters were read stands in the log alone, and not even their exact number here.
    """

    __tablename__ = "bulk_reading"
    __table_args__ = (Index("ix_bulk_reading_raised_at", "raised_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    kind: Mapped[str] = mapped_column(String(20))
    at_least: Mapped[int]
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()
