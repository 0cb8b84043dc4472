"""What the office enters into LAW: editions, articles whose text is not held, and grounds of the region's own rules."""

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


class LocalGround(Sealed, Model):
    """Whether a ground that only a region's own rules have holds from a day on, and where it stands (地方规定的理由).

    `title` and `article` are those of the region's rules; both empty where it holds no more. Never changed: of the rows
    of a ground that hold on a day the one that began last holds, of two that began together the later one.
    """

    __tablename__ = "local_ground"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    ground: Mapped[str] = mapped_column(String(30))
    in_force: Mapped[bool]
    title: Mapped[str] = mapped_column(String(60))
    article: Mapped[str] = mapped_column(String(40))
    since: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))

    set_by: Mapped[User] = relationship()
