"""What a change of the calendar has counted and not shown yet: scratch, no part of the record."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Model


class RecountedClock(Model):
    """The dates a running clock gets when the change is switched on (重新计算期限), with the seal its row will have.

    `state` is counted, then moved (its dates are shown), then told (its line is in the trail). `due_before` and
    `revision_before` are those of the clock before the change.
    """

    __tablename__ = "recounted_clock"
    __table_args__ = (Index("ix_recounted_clock_state_case_id", "state", "case_id"),)

    clock_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"), primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    due_before: Mapped[date]
    revision_before: Mapped[int]
    nominal_due: Mapped[date]
    effective_due: Mapped[date]
    provisional: Mapped[bool]
    revision: Mapped[int]
    revised_on: Mapped[date | None]
    seal: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(8))


class RecountedCase(Model):
    """The nearest day a case gets with the dates of its clocks, with the seal its row will have."""

    __tablename__ = "recounted_case"

    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), primary_key=True, autoincrement=False)
    next_due_on: Mapped[date | None]
    seal: Mapped[str] = mapped_column(String(24))
