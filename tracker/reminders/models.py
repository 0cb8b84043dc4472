"""What the timer keeps: editions of the ladder, rungs that were raised, the ledger of its runs (运行记录)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import (
    LATER,
    UNSEALED,
    Model,
    Sealed,
    SealedInPart,
    UTCDateTime,
    constant,
    partial_index,
    public_id,
)
from tracker.people.models import User

# What an escalation of a clock is of, and how it stands; `RUNG` is the source of its notices.
DEADLINE, RUNG = "deadline", "rung"
RAISED, SKIPPED, WITHDRAWN = "raised", "skipped", "withdrawn"
# Its paper is drafted and waits for its signer (待签发): spent when it is signed.
DRAFTED = "drafted"
# How a run of the timer stands.
RUNNING, DONE, REFUSED, CONFIRMED = "running", "done", "refused", "confirmed"
FAILED, BROKEN_OFF = "failed", "broken"
# How a run ends by whose end the next is measured.
GOOD = (DONE, CONFIRMED)


class LadderEdition(Sealed, Model):
    """The ladder as an office adopted it (督办阶梯): the whole table each time; the latest edition is in force.

    `decided`: the limits and behaviours that existed when it was adopted; older editions keep none (`DECIDED_BEFORE`).
    """

    __tablename__ = "ladder_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    adopted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    adopted_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    reason: Mapped[str] = mapped_column(Text)
    rungs: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    decided: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True), info=LATER)

    adopted_by: Mapped[User] = relationship()


class Escalation(Sealed, Model):
    """A rung of the ladder that was reached (升级记录): once for each subject, revision of its date, and rung.

    `subject` is "deadline" for a clock, else what the behaviour was seen on (step, case, objection). `reached_on` is
    the rung's day, `due_on` the date as it stood; `late` (迟发): noticed after that day. A rung that was passed
    during a pause is kept as skipped; one whose paper waits for its signer is drafted, and raised when it is signed.
    What was raised under a clock that ran ahead can be withdrawn, and only then raised again.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("subject", "subject_id", "revision", "rung"),
        Index("ix_escalation_case_id_raised_at", "case_id", "raised_at"),
        Index("ix_escalation_run_id", "run_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    revision: Mapped[int]
    rung: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("petition_case.id"))
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("tick_run.id"))
    level: Mapped[str] = mapped_column(String(12))
    reached_on: Mapped[date]
    due_on: Mapped[date | None]
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    late: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10))
    skipped_because: Mapped[str | None] = mapped_column(String(60))
    corrected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class TickRun(SealedInPart, Model):
    """One run of the timer (运行记录), or several quiet ones in a row (`ticks`): what it saw, raised, skipped and left.

    `state`: running, done, refused (the clock cannot be right), failed, or broken (中断: the process was ended).
    `raised` counts by rung, `skipped` by reason. `lapsed` counts windows that ended (期满), `wrong_hints` the clocks
    whose hint would have hidden them. `held`: its notices wait until somebody releases them. `ran_under`: a mark
    for each `Thing` that the run stood on; runs of older programs kept none.

    What a run did is on the record where it raised something, ended windows, held back its notices or broke down; the
    many others prove nothing. What happens to a run later (released, sent) is on the record elsewhere.
    """

    __tablename__ = "tick_run"
    __table_args__ = (Index("ix_tick_run_started_at", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
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
    lapsed: Mapped[int] = mapped_column(default=0, server_default="0")
    wrong_hints: Mapped[int] = mapped_column(default=0, server_default="0")
    sent: Mapped[int] = mapped_column(default=0, info=UNSEALED)
    failed: Mapped[int] = mapped_column(default=0, info=UNSEALED)
    next_on: Mapped[date | None]
    held: Mapped[bool] = mapped_column(default=False, info=UNSEALED)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime, info=UNSEALED)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), info=UNSEALED)
    sentence: Mapped[str | None] = mapped_column(String(200))
    ran_under: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))


# At most a few have not ended: they are looked for by every run.
partial_index("ix_tick_run_running", TickRun.id, where=TickRun.state == constant(RUNNING))
# Few wait for somebody's word (等待放行).
partial_index("ix_tick_run_held", TickRun.id, where=TickRun.held.is_(True))


class Sweep(Model):
    """The nightly check of every hint (核对): how far it has come, what it found. A new one begins each day.

    `after_id` is the key of the last clock that was checked. `unseen` are running duties of no case: nobody is told of
    them.
    """

    __tablename__ = "sweep"

    id: Mapped[int] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    after_id: Mapped[int] = mapped_column(default=0)
    checked: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    unseen: Mapped[int] = mapped_column(default=0)
