"""Who answers for a village, and its plans."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.people.models import User
from tracker.people.rules import valid_on
from tracker.places.models import Place


class VillageDuty(SealedLater, Model):
    """包保: what somebody answers for in a village from a day to a day, both inclusive (包村领导、联络员 …).

    Who signs has an account; a team is in words (`words`). The duty belongs to the village, whether it stands on the
    ledger or not, and goes with it through merges.
    """

    __tablename__ = "village_duty"
    __table_args__ = (
        Index("ix_village_duty_place_id", "place_id", "ended_on"),
        Index("ix_village_duty_user_id", "user_id", "ended_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    kind: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    words: Mapped[str | None] = mapped_column(String(200))
    task: Mapped[str | None] = mapped_column(String(500))
    times: Mapped[str | None] = mapped_column(String(200))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)

    place: Mapped[Place] = relationship()
    user: Mapped[User | None] = relationship()

    def runs_on(self, day: date) -> bool:
        """Return whether it holds on a day."""
        return valid_on(day, valid_from=self.started_on, valid_to=self.ended_on)

    @property
    def who(self) -> str:
        """The person's name, or the words for a team."""
        return self.user.called if self.user else self.words or ""


class VillagePlan(SealedLater, Model):
    """一村一策、预案: one version of one of a village's plans. Each version stays; the highest is the present one."""

    __tablename__ = "village_plan"
    __table_args__ = (
        UniqueConstraint("entry_id", "number", "version", name="uq_village_plan_entry_id_number_version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    entry_id: Mapped[int] = mapped_column(ForeignKey("village_entry.id"))
    number: Mapped[int]
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    changes: Mapped[str | None] = mapped_column(String(500))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    approved_on: Mapped[date | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    used_on: Mapped[date | None]

    written_by: Mapped[User] = relationship(foreign_keys=[written_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
