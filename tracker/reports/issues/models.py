"""日报、周报、年度报告: the report of a period, its frozen numbers, who may read it, what each unit filed."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.people.models import Department, User


class Report(SealedLater, Model):
    """一期: the report of an office on a period in an edition, drafted, then issued or cancelled.

    A draft keeps no number. Issuing writes `body` (the sentences), the rows of `ReportNumber`, the number within its
    series and year, and the first digits of the log's head; nothing of these changes afterwards. Units file until
    `cut_off_at`. `campaign_on` is the day on which the election work began (换届工作开始), where it is reported on.
    """

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    kind: Mapped[str] = mapped_column(String(20))
    edition: Mapped[str] = mapped_column(String(20))
    since: Mapped[date]
    until: Mapped[date]
    cut_off_at: Mapped[datetime] = mapped_column(UTCDateTime)
    campaign_on: Mapped[date | None]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    year: Mapped[int | None]
    number: Mapped[int | None]
    body: Mapped[str | None] = mapped_column(Text)
    log_head: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Department] = relationship()
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    issued_by: Mapped[User | None] = relationship(foreign_keys=[issued_by_id])

    @property
    def is_draft(self) -> bool:
        """Whether it is neither issued nor cancelled."""
        return self.issued_at is None and self.cancelled_at is None


_LIVE = Report.cancelled_at.is_(None)
# Of a period one report of a kind and an edition.
Index(
    "uq_report_live",
    *(Report.office_id, Report.kind, Report.edition, Report.since),
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
Index("uq_report_number", Report.office_id, Report.kind, Report.edition, Report.year, Report.number, unique=True)


class ReportNumber(SealedLater, Model):
    """A number of an issued report: what it counts and how many there were, its query, the ids of its rows.

    `rows` are ids of `kind`, as `rules.kinds.packed` writes them. Written once, with the issue.
    """

    __tablename__ = "report_number"
    __table_args__ = (UniqueConstraint("report_id", "code", name="uq_report_number_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    code: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    query: Mapped[str] = mapped_column(Text)
    count: Mapped[int]
    rows: Mapped[str] = mapped_column(Text)


class ReportReader(SealedLater, Model):
    """报送对象: somebody who is named to read a confidential report (内部版)."""

    __tablename__ = "report_reader"
    __table_args__ = (UniqueConstraint("report_id", "user_id", name="uq_report_reader_user"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))

    user: Mapped[User] = relationship()


class ReportFiling(SealedLater, Model):
    """报送: what a unit owes for a report, also where nothing happened (零报告). Not filed is no zero (未报).

    `zero` and `said` are what it filed, `filed_at` when it first did.
    """

    __tablename__ = "report_filing"
    __table_args__ = (
        UniqueConstraint("report_id", "department_id", name="uq_report_filing_unit"),
        Index("ix_report_filing_department_id", "department_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    zero: Mapped[bool | None]
    said: Mapped[str | None] = mapped_column(String(1000))
    filed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    acting_as: Mapped[str | None] = mapped_column(String(200))

    report: Mapped[Report] = relationship()
    department: Mapped[Department] = relationship()
    filed_by: Mapped[User | None] = relationship()

    @property
    def is_late(self) -> bool:
        """Whether it was filed after the cut-off (迟报)."""
        return self.filed_at is not None and self.filed_at > self.report.cut_off_at
