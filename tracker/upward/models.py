"""重大事项上报: what is reported upward, the matters that it is about, and the trail."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.cases.record.models import Case
from tracker.core.database import UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.core.encryption import Encrypted
from tracker.people.models import Department, User
from tracker.places.models import Place


class UpwardReport(SealedLater, Model):
    """专报、舆情、请示: what an office tells or asks the level above, with the moments of its way.

    `discovered_at` is when the office learned of it, `reported_at` when it went out, `received_at` when the level above
    had it. Of a 请示 `wanted_by` is the day by which a decision is needed. The texts are encrypted whatever they say:
    a matter that they are about may become closed. There is no number of the program's: a gap would tell.
    """

    __tablename__ = "upward_report"
    __table_args__ = (Index("ix_upward_report_office_id", "office_id", "discovered_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(Encrypted("upward_report.title"))
    said: Mapped[str] = mapped_column(Encrypted("upward_report.said"))
    source: Mapped[str | None] = mapped_column(Encrypted("upward_report.source"))
    organ: Mapped[str] = mapped_column(String(100))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    discovered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    wanted_by: Mapped[date | None]
    reported_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    document_no: Mapped[str | None] = mapped_column(String(60))
    received_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    received_by: Mapped[str | None] = mapped_column(String(100))
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None] = mapped_column(String(100))
    ruling: Mapped[str | None] = mapped_column(Encrypted("upward_report.ruling"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Department] = relationship()
    place: Mapped[Place | None] = relationship()
    entered_by: Mapped[User] = relationship(foreign_keys=[entered_by_id])
    links: Mapped[list["UpwardLink"]] = relationship(back_populates="report", order_by="UpwardLink.id")

    @property
    def linked(self) -> list["UpwardLink"]:
        """The links that stand."""
        return [each for each in self.links if each.ended_at is None]


class UpwardLink(SealedLater, Model):
    """A matter that a report is about (关联信访事项); until `ended_at` where it was linked by mistake."""

    __tablename__ = "upward_link"
    __table_args__ = (
        Index("ix_upward_link_report_id", "report_id"),
        Index("ix_upward_link_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("upward_report.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    linked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    report: Mapped[UpwardReport] = relationship(back_populates="links")
    case: Mapped[Case] = relationship()


class UpwardLine(SealedLater, Model):
    """A line of the trail (过程): who did what, when it happened and when it was entered, in which post."""

    __tablename__ = "upward_line"
    __table_args__ = (Index("ix_upward_line_report_id", "report_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("upward_report.id"))
    act: Mapped[str] = mapped_column(String(20))
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    acting_as: Mapped[str] = mapped_column(String(200))
    told: Mapped[str | None] = mapped_column(Encrypted("upward_line.told"))
    said: Mapped[str | None] = mapped_column(Encrypted("upward_line.said"))

    by: Mapped[User] = relationship()
