"""What the timer keeps of itself: the ledger of its runs (运行记录)."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Model, UTCDateTime

RUNNING, DONE, REFUSED, CONFIRMED, FAILED = "running", "done", "refused", "confirmed", "failed"
# How a run ends by whose end the next is measured.
GOOD = (DONE, CONFIRMED)


class TickRun(Model):
    """One run of the timer (运行记录), or several quiet ones in a row (`ticks`): what it saw, raised, skipped and left.

    `state`: running, done, refused (the clock cannot be right) or failed; a run that never ended was broken off.
    `raised` counts by rung, `skipped` by reason. `held`: its notices wait until somebody releases them.
    """

    __tablename__ = "tick_run"
    __table_args__ = (Index("ix_tick_run_started_at", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10))
    ticks: Mapped[int] = mapped_column(default=1)
    gap_seconds: Mapped[int] = mapped_column(default=0)
    swept: Mapped[bool] = mapped_column(default=False)
    examined: Mapped[int] = mapped_column(default=0)
    raised: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    skipped: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    left: Mapped[int] = mapped_column(default=0)
    late: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    next_on: Mapped[date | None]
    held: Mapped[bool] = mapped_column(default=False)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    sentence: Mapped[str | None] = mapped_column(String(200))
