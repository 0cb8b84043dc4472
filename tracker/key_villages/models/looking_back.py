"""回头看: looks back at villages, planned or done, and the samples by which some were drawn."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.key_villages.models.ledger import VillageEntry, VillageProblem
from tracker.key_villages.rules.looking_back import LookBackStage
from tracker.people.models import User


class LookBackSample(SealedLater, Model):
    """随机抽查: a draw from the villages that were struck off that day. `pool` has their numbers, one a line."""

    __tablename__ = "look_back_sample"
    __table_args__ = (Index("ix_look_back_sample_office_id", "office_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    seed: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    pool: Mapped[str] = mapped_column(Text)
    drawn_on: Mapped[date]
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))

    drawn_by: Mapped[User] = relationship()


class VillageLookBack(SealedLater, Model):
    """回头看: one look back at a village, in which round of its stay, on which occasion, until when, what it found.

    `gaps`, `unresolved` and `incomplete` are numbers (程序漏洞、未处理、处理不彻底), each with its words. It is
    about the village: nothing is kept of a person's mood.
    """

    __tablename__ = "village_look_back"
    __table_args__ = (Index("ix_village_look_back_entry_id", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    entry_id: Mapped[int] = mapped_column(ForeignKey("village_entry.id"))
    round: Mapped[int]
    occasion: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date]
    planned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("look_back_sample.id"))
    stage: Mapped[str] = mapped_column(String(20), default=LookBackStage.PLANNED.value)
    looked_on: Mapped[date | None]
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    gaps: Mapped[int | None]
    gaps_words: Mapped[str | None] = mapped_column(String(500))
    unresolved: Mapped[int | None]
    unresolved_words: Mapped[str | None] = mapped_column(String(500))
    incomplete: Mapped[int | None]
    incomplete_words: Mapped[str | None] = mapped_column(String(500))
    result: Mapped[str | None] = mapped_column(String(20))
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("village_problem.id"))

    entry: Mapped[VillageEntry] = relationship()
    sample: Mapped[LookBackSample | None] = relationship()
    looked_by: Mapped[User | None] = relationship()
    problem: Mapped[VillageProblem | None] = relationship()
