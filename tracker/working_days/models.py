"""The calendar as the office keeps it: which years are loaded, and the days their notices name."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import UNSEALED, Model, Sealed, UTCDateTime, public_id


class CalendarYear(Sealed, Model):
    """A year whose holidays are loaded (放假安排), with the notice it was taken from.

    `edition` changes with every load: a process that holds a calendar in memory knows by it whether it is still right.
    """

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(500))
    edition: Mapped[str] = mapped_column(String(22), default=public_id, info=UNSEALED)
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


class CalendarChange(Sealed, Model):
    """A year of holidays on its way in (日历变更): whose act it is, what is to be loaded, and how far it has come.

    `days` are [day, worked or not, name]. From `switched_at` on the year is the calendar; at `finished_at` everything
    that follows from it has been written. The other columns say how far the work is and can be lost: `unfinished` is
    set on one row at most, `seen_line` is the line of the log up to which people's acts are counted in.
    """

    __tablename__ = "calendar_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(500))
    days: Mapped[list[tuple[str, bool, str]]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    acting_as: Mapped[str] = mapped_column(String(200))
    switched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    unfinished: Mapped[bool | None] = mapped_column(unique=True, info=UNSEALED)
    phase: Mapped[str] = mapped_column(String(12), info=UNSEALED)
    after_id: Mapped[int] = mapped_column(default=0, info=UNSEALED)
    done: Mapped[int] = mapped_column(default=0, info=UNSEALED)
    total: Mapped[int] = mapped_column(default=0, info=UNSEALED)
    seen_line: Mapped[int] = mapped_column(default=0, info=UNSEALED)
    counted_on: Mapped[date] = mapped_column(info=UNSEALED)
    moved: Mapped[int] = mapped_column(default=0, info=UNSEALED)
    corrected: Mapped[int] = mapped_column(default=0, info=UNSEALED)
    progressed_at: Mapped[datetime] = mapped_column(UTCDateTime, info=UNSEALED)
