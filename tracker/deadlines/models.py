"""One row for each clock: a deadline is a thing of its own; and that all are to be looked at again."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import LATER, UNSEALED, Model, Sealed, UTCDateTime, partial_index, public_id
from tracker.people.models import Department, User

RUNNING = "ended_on IS NULL"


def _only(condition: str) -> dict[str, Any]:
    """Return what makes an index hold only some rows: what history grows is not in it."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Deadline(Sealed, Model):
    """A clock (期限): what it is for, when it began, when it falls due, what ended it.

    `nominal_due` is the counted day, `effective_due` the day after rolling over rest days (民法典第二百零三条);
    `first_due` stays as first told. A limit in hours (小时) ends at `due_at`, of which `effective_due` is the day,
    and keeps the moment of its end. `paused_on` is the first day of the pause that lasts, `excluded_days` how many
    days those take that are over: both follow the rows of `DeadlinePause`. `ended_on` with `met` says that the act
    it waited for was done (lateness is frozen there); ended without `met` means that it became pointless. `revision`
    grows with each change of date, on `revised_on`. `look_on` is a hint for the timer: the next day on which this
    clock may raise something; NEVER where all is said. A running duty without one is looked at at once, and each
    night every hint is checked (核对).

    `claimed_on` is the day of an act that was entered after the last day with a day inside it (补录), `claimed_days`
    the days of such an extension; entered at `claimed_at`. Until somebody outside the unit has confirmed it the clock
    runs on; `claim_upheld` is what they found. All four stay (deadlines/claims).
    """

    __tablename__ = "deadline"
    __table_args__ = (
        Index("ix_deadline_case_id_ended_on", "case_id", "ended_on", "effective_due"),
        Index("ix_deadline_owner_department_id_ended_on", "owner_department_id", "ended_on", "effective_due"),
        Index("ix_deadline_subject", "subject", "subject_id"),
        # What fell due in a period: figures begin at its days.
        Index("ix_deadline_kind_effective_due", "kind", "effective_due"),
        Index("ix_deadline_running", "kind", "effective_due", **_only(RUNNING)),
        # What a person has in hand: asked when they leave. (With a partial index SQLite forgets those below it.)
        Index("ix_deadline_owner_user_id_ended_on", "owner_user_id", "ended_on"),
        Index("ix_deadline_without_hint", "kind", "effective_due", **_only(f"{RUNNING} AND look_on IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("petition_case.id"))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    round: Mapped[int] = mapped_column(default=1)
    owner_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    owner_user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    started_on: Mapped[date]
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(12))
    extension_days: Mapped[int] = mapped_column(default=0)
    excluded_days: Mapped[int] = mapped_column(default=0)
    nominal_due: Mapped[date]
    effective_due: Mapped[date]
    first_due: Mapped[date]
    provisional: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    revised_on: Mapped[date | None] = mapped_column(info=LATER)
    look_on: Mapped[date | None] = mapped_column(info=UNSEALED)
    ended_on: Mapped[date | None]
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime, info=LATER)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime, info=LATER)
    paused_on: Mapped[date | None] = mapped_column(info=LATER)
    met: Mapped[bool] = mapped_column(default=False)
    ended_by: Mapped[str | None] = mapped_column(String(40))
    claimed_on: Mapped[date | None] = mapped_column(info=LATER)
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, info=LATER)
    claimed_days: Mapped[int | None] = mapped_column(info=LATER)
    claim_upheld: Mapped[bool | None] = mapped_column(info=LATER)

    owner_department: Mapped[Department | None] = relationship(foreign_keys=[owner_department_id])
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_user_id])


# What the timer has to look at is little beside what has ended.
partial_index("ix_deadline_look_on", Deadline.look_on, Deadline.effective_due, where=Deadline.look_on.is_not(None))


class DeadlinePause(Sealed, Model):
    """Days that a clock leaves out (期间不计), from `first_on` to the day before `resumed_on`, empty while it lasts.

    `reason` names the days (听证期间), `basis` the article on which they do not count. Of a clock one pause at a time
    lasts; days that several share count once.
    """

    __tablename__ = "deadline_pause"
    __table_args__ = (Index("ix_deadline_pause_deadline_id", "deadline_id", "first_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"))
    first_on: Mapped[date]
    resumed_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(40))
    basis: Mapped[str] = mapped_column(String(80))

    deadline: Mapped[Deadline] = relationship()


Index(
    "ix_deadline_pause_lasting", DeadlinePause.deadline_id, unique=True, **_only("resumed_on IS NULL")
)  # one at a time


class OwnLimit(Sealed, Model):
    """The office's own number for a limit that law leaves open (本单位规定), valid from a day on. Never changed.

    Of the rows of a kind that hold on a day the one that began last holds, of two that began together the later one.
    """

    __tablename__ = "own_limit"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    kind: Mapped[str] = mapped_column(String(30))
    amount: Mapped[int]
    since: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))

    set_by: Mapped[User] = relationship()


class LookAgain(Model):
    """That every running clock is to be looked at again, and up to which it was done: gone when all are."""

    __tablename__ = "look_again"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    after_id: Mapped[int] = mapped_column(default=0)
