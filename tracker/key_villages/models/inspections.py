"""督导: rounds of inspection, the villages they went to, what they found, and what was done about it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.key_villages.models.ledger import VillageProblem
from tracker.key_villages.rules.findings import FindingStage
from tracker.people.models import Department, User
from tracker.places.models import Place


class InspectionRound(SealedLater, Model):
    """督导轮次: a team that a leader with an account takes to some villages, from its first day to its last."""

    __tablename__ = "inspection_round"
    __table_args__ = (Index("ix_inspection_round_office_id", "office_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    name: Mapped[str] = mapped_column(String(100))
    led_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    team: Mapped[str] = mapped_column(String(500))
    started_on: Mapped[date]
    ended_on: Mapped[date]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Department] = relationship()
    led_by: Mapped[User] = relationship(foreign_keys=[led_by_id])
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    stops: Mapped[list["InspectedVillage"]] = relationship(back_populates="round", order_by="InspectedVillage.id")
    findings: Mapped[list["VillageFinding"]] = relationship(back_populates="round", order_by="VillageFinding.number")

    @property
    def villages(self) -> list[Place]:
        """Where it went; a village that was entered by mistake is left out."""
        return [stop.place for stop in self.stops if stop.ended_at is None]


class InspectedVillage(SealedLater, Model):
    """到村: one village of a round, whether it stands on the ledger or not; `ended_at` where that was a mistake."""

    __tablename__ = "inspected_village"
    __table_args__ = (UniqueConstraint("round_id", "place_id", name="uq_inspected_village_round_id_place_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("inspection_round.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    round: Mapped[InspectionRound] = relationship(back_populates="stops")
    place: Mapped[Place] = relationship()


class VillageFinding(SealedLater, Model):
    """督导发现: what a round found in a village, the unit and the person who put it right, until when (限期整改).

    `reported` is what was said of the last 整改. `problem` is what it became on the ledger: then it counts as checked
    again where that is struck off.
    """

    __tablename__ = "village_finding"
    __table_args__ = (
        UniqueConstraint("round_id", "number", name="uq_village_finding_round_id_number"),
        Index("ix_village_finding_place_id", "place_id"),
        Index("ix_village_finding_department_id", "department_id"),
        Index("ix_village_finding_user_id", "user_id"),
        Index("ix_village_finding_problem_id", "problem_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    round_id: Mapped[int] = mapped_column(ForeignKey("inspection_round.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    found_on: Mapped[date]
    due_on: Mapped[date]
    found_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    stage: Mapped[str] = mapped_column(String(20), default=FindingStage.OPEN.value)
    version: Mapped[int] = mapped_column(default=1)
    reported: Mapped[str | None] = mapped_column(String(1000))
    rechecked_on: Mapped[date | None]
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("village_problem.id"))

    round: Mapped[InspectionRound] = relationship(back_populates="findings")
    place: Mapped[Place] = relationship()
    department: Mapped[Department] = relationship()
    owner: Mapped[User] = relationship(foreign_keys=[user_id])
    found_by: Mapped[User] = relationship(foreign_keys=[found_by_id])
    problem: Mapped[VillageProblem | None] = relationship()


class FindingLine(SealedLater, Model):
    """督导过程: one act on a round or on a finding. Written once, never changed."""

    __tablename__ = "finding_line"
    __table_args__ = (
        Index("ix_finding_line_round_id", "round_id", "id"),
        Index("ix_finding_line_finding_id", "finding_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("inspection_round.id"))
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("village_finding.id"))
    act: Mapped[str] = mapped_column(String(20))
    from_stage: Mapped[str | None] = mapped_column(String(20))
    to_stage: Mapped[str | None] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    acting_as: Mapped[str] = mapped_column(String(200))
    happened_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    said: Mapped[str | None] = mapped_column(Text)
    told: Mapped[str | None] = mapped_column(Text)

    by: Mapped[User] = relationship()
    finding: Mapped[VillageFinding | None] = relationship()
