"""检查清单: templates, their editions, and the forms that were filled in by them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.key_villages.models.inspections import InspectionRound
from tracker.key_villages.models.ledger import VillageEntry
from tracker.key_villages.models.looking_back import VillageLookBack
from tracker.people.models import Department, User
from tracker.places.models import Place


class CheckTemplate(SealedLater, Model):
    """检查清单: a template of an office, used for one purpose; it begins with its first edition.

    `shipped` says which of the names it is that come with the program; `retired_at` that it is out of use (停用).
    """

    __tablename__ = "check_template"
    __table_args__ = (UniqueConstraint("office_id", "shipped", name="uq_check_template_office_id_shipped"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    shipped: Mapped[str | None] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(20))
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Department] = relationship()
    editions: Mapped[list["CheckEdition"]] = relationship(back_populates="template", order_by="CheckEdition.number")
    lines: Mapped[list["TemplateLine"]] = relationship(order_by="TemplateLine.id.desc()")

    @property
    def name(self) -> str:
        """What its latest edition calls it."""
        return self.editions[-1].title

    def edition_on(self, day: date) -> "CheckEdition | None":
        """Return the edition that is used on a day: of those that have begun the latest; None before the first."""
        return next((each for each in reversed(self.editions) if each.from_on <= day), None)


class CheckEdition(SealedLater, Model):
    """清单的一版: what it is called and asks from a day on. Written once; who issued it and why says its line."""

    __tablename__ = "check_edition"
    __table_args__ = (UniqueConstraint("template_id", "number", name="uq_check_edition_template_id_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    template_id: Mapped[int] = mapped_column(ForeignKey("check_template.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(100))
    from_on: Mapped[date]

    template: Mapped[CheckTemplate] = relationship(back_populates="editions")
    items: Mapped[list["TemplateItem"]] = relationship(order_by="TemplateItem.number")
    issued: Mapped["TemplateLine"] = relationship(viewonly=True)

    @property
    def called(self) -> str:
        """Its name with its number: 四必查（第 2 版）."""
        return f"{self.title}（第 {self.number} 版）"


class TemplateItem(SealedLater, Model):
    """检查内容: one item of an edition; `required` where it must be answered (必查)."""

    __tablename__ = "check_item"
    __table_args__ = (UniqueConstraint("edition_id", "number", name="uq_check_item_edition_id_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("check_edition.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    required: Mapped[bool]


class TemplateLine(SealedLater, Model):
    """清单的过程: one act on a template, written once; with the edition where one was issued."""

    __tablename__ = "check_line"
    __table_args__ = (Index("ix_check_line_template_id", "template_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("check_template.id"))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("check_edition.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    acting_as: Mapped[str] = mapped_column(String(200))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    said: Mapped[str] = mapped_column(Text)

    by: Mapped[User] = relationship()
    edition: Mapped[CheckEdition | None] = relationship(viewonly=True)


class FilledCheck(SealedLater, Model):
    """填写的清单: a form filled in by an edition, in a village on a day, for a round of inspection or a look back.

    Written once: a correction is a form of its own that names the one it takes the place of (`corrects_id`) and why.
    `entry_id` is the entry that the village had on the ledger then.
    """

    __tablename__ = "filled_check"
    __table_args__ = (
        UniqueConstraint("corrects_id", name="uq_filled_check_corrects_id"),
        Index("ix_filled_check_edition_id", "edition_id"),
        Index("ix_filled_check_place_id", "place_id"),
        Index("ix_filled_check_entry_id", "entry_id"),
        Index("ix_filled_check_round_id", "round_id"),
        Index("ix_filled_check_look_back_id", "look_back_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    edition_id: Mapped[int] = mapped_column(ForeignKey("check_edition.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("village_entry.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("inspection_round.id"))
    look_back_id: Mapped[int | None] = mapped_column(ForeignKey("village_look_back.id"))
    checked_on: Mapped[date]
    remarks: Mapped[str | None] = mapped_column(String(1000))
    filled_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    acting_as: Mapped[str] = mapped_column(String(200))
    filled_at: Mapped[datetime] = mapped_column(UTCDateTime)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("filled_check.id"))
    reason: Mapped[str | None] = mapped_column(String(1000))

    edition: Mapped[CheckEdition] = relationship()
    place: Mapped[Place] = relationship()
    entry: Mapped[VillageEntry | None] = relationship()
    round: Mapped[InspectionRound | None] = relationship()
    look_back: Mapped[VillageLookBack | None] = relationship()
    filled_by: Mapped[User] = relationship()
    replies: Mapped[list["CheckAnswer"]] = relationship(back_populates="filled", order_by="CheckAnswer.id")
    corrects: Mapped["FilledCheck | None"] = relationship(remote_side="FilledCheck.id", back_populates="corrected")
    corrected: Mapped["FilledCheck | None"] = relationship(back_populates="corrects", uselist=False)


class CheckAnswer(SealedLater, Model):
    """回答: what a filled form says to one item; what was not checked has no row."""

    __tablename__ = "check_answer"
    __table_args__ = (UniqueConstraint("filled_id", "item_id", name="uq_check_answer_filled_id_item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    filled_id: Mapped[int] = mapped_column(ForeignKey("filled_check.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("check_item.id"))
    reply: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(500))

    filled: Mapped[FilledCheck] = relationship(back_populates="replies")
    item: Mapped[TemplateItem] = relationship()
