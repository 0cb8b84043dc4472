"""What the office enters into LAW: editions the program does not know, and articles whose text it does not hold."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import UNSEALED, Model, Sealed, UTCDateTime, public_id
from tracker.people.models import User


class LawEntry(Sealed, Model):
    """An edition of a statute (`provision` None), or where a provision stands in one. Never changed: a later row holds.

    `source` and `provision` are keys of the table, `edition` is the name of the edition, `since` the day from which it
    is in force, `reason` where the office has it from.
    """

    __tablename__ = "law_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    source: Mapped[str] = mapped_column(String(20))
    edition: Mapped[str] = mapped_column(String(40))
    since: Mapped[date | None]
    provision: Mapped[str | None] = mapped_column(String(30))
    article: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(500))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))

    entered_by: Mapped[User] = relationship()
