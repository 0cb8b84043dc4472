"""Entries, problems, linked matters, and the trail of what was done."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.cases.record.models import Case
from tracker.core.database import LATER, UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.key_villages.rules.codes import VillageStage
from tracker.people.models import Department, User
from tracker.places.models import Place


class VillageEntry(SealedLater, Model):
    """入账: one stay of a village on the ledger, from a person's decision to the seal (整村销号) or its withdrawal.

    `place` is the village as it was entered; after a merge what it belongs to now is asked of `places`. `round` grows
    each time it comes back (反复), `version` with each act. `election_on` is the election day, `result_at` the moment
    at which its result was reported. `struck_off_on` and `signed_by` are those of the last seal, which stays in the
    trail when the village comes back. `imported_as` is the mark of the run that read it in from a sheet.
    """

    __tablename__ = "village_entry"
    __table_args__ = (Index("ix_village_entry_place_id", "place_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(1000))
    entered_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    stage: Mapped[str] = mapped_column(String(20), default=VillageStage.OPEN.value)
    round: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    election_on: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(String(500))
    result_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    struck_off_on: Mapped[date | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    imported_as: Mapped[str | None] = mapped_column(String(20), info=LATER)

    office: Mapped[Department] = relationship()
    place: Mapped[Place] = relationship()
    decided_by: Mapped[User] = relationship(foreign_keys=[decided_by_id])
    signed_by: Mapped[User | None] = relationship(foreign_keys=[signed_by_id])
    problems: Mapped[list["VillageProblem"]] = relationship(back_populates="entry", order_by="VillageProblem.number")


# Of a village one stay at a time.
_LIVE = VillageEntry.stage.not_in((VillageStage.STRUCK_OFF.value, VillageStage.WITHDRAWN.value))
Index(
    "uq_village_entry_live",
    VillageEntry.place_id,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)


class VillageProblem(SealedLater, Model):
    """问题: one item of a village's list, with the unit and the person who owe it, its day, and its own 销号.

    `progress` is what was said last. `struck_off_on` is the day of the signature.
    """

    __tablename__ = "village_problem"
    __table_args__ = (
        UniqueConstraint("entry_id", "number", name="uq_village_problem_entry_id_number"),
        Index("ix_village_problem_department_id", "department_id"),
        Index("ix_village_problem_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    entry_id: Mapped[int] = mapped_column(ForeignKey("village_entry.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    due_on: Mapped[date]
    listed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    listed_on: Mapped[date]
    stage: Mapped[str] = mapped_column(String(20), default=VillageStage.OPEN.value)
    round: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    progress: Mapped[str | None] = mapped_column(String(1000))
    struck_off_on: Mapped[date | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    entry: Mapped[VillageEntry] = relationship(back_populates="problems")
    department: Mapped[Department] = relationship()
    owner: Mapped[User] = relationship(foreign_keys=[user_id])
    listed_by: Mapped[User | None] = relationship(foreign_keys=[listed_by_id])
    signed_by: Mapped[User | None] = relationship(foreign_keys=[signed_by_id])


class VillageLink(SealedLater, Model):
    """关联信访事项: a matter that a village stands for on the ledger, perhaps for one of its problems.

    `register_no` is its number at that moment: of one that is closed afterwards (转为检举控告) only that is shown.
    """

    __tablename__ = "village_link"
    __table_args__ = (Index("ix_village_link_entry_id", "entry_id"), Index("ix_village_link_case_id", "case_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    entry_id: Mapped[int] = mapped_column(ForeignKey("village_entry.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    register_no: Mapped[str] = mapped_column(String(40))
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("village_problem.id"))
    linked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()
    problem: Mapped[VillageProblem | None] = relationship()


class VillageLine(SealedLater, Model):
    """过程: one act on a village or on one of its problems. Written once, never changed.

    It has the day of what it tells and the moment it was entered; `told` holds what was before and after a correction.
    Without a person the timer wrote it.
    """

    __tablename__ = "village_line"
    __table_args__ = (Index("ix_village_line_entry_id", "entry_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("village_entry.id"))
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("village_problem.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    round: Mapped[int]
    from_stage: Mapped[str | None] = mapped_column(String(20))
    to_stage: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    acting_as: Mapped[str] = mapped_column(String(200))
    happened_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    said: Mapped[str | None] = mapped_column(Text)
    told: Mapped[str | None] = mapped_column(Text)

    entry: Mapped[VillageEntry] = relationship()
    by: Mapped[User | None] = relationship()
    problem: Mapped[VillageProblem | None] = relationship()
