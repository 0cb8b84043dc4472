"""The calendar as the office keeps it: which years are loaded, and the days their notices name."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Model, Sealed, UTCDateTime, public_id


class CalendarYear(Sealed, Model):
    """A year whose holidays are loaded (放假安排), with the notice it was taken from.

    `edition` changes with every load: whoever holds a calendar in memory knows by it whether it is still right.
    """

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(500))
    edition: Mapped[str] = mapped_column(String(22), default=public_id)
    loaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    loaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class CalendarDay(Sealed, Model):
    """A day that a notice names: off (放假) or worked in exchange (调休上班). Days no notice names have no row.

    `notice_year` is the year of the notice: 2018-12-29 is worked by 2019's. Rows are never deleted; a day that a
    corrected notice no longer names becomes an ordinary day without a name.
    """

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(500))
    notice_year: Mapped[int] = mapped_column(index=True)
