"""共性问题: the problem, the matters that were brought together, suggestions to improve, and the trail."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.cases.record.models import Case, Category
from tracker.common_problems.rules.acts import CommonStage
from tracker.core.database import UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.people.models import Department, User
from tracker.places.models import Place


class CommonProblem(SealedLater, Model):
    """共性问题: what several distinct matters of one kind and place have in common, seen from a day to a day.

    A unit and a person owe the measure until a day. `carried_out_on` is when it was: from then on is counted after it.
    """

    __tablename__ = "common_problem"
    __table_args__ = (
        Index("ix_common_problem_office_id", "office_id", "stage"),
        Index("ix_common_problem_department_id", "department_id"),
        Index("ix_common_problem_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    since: Mapped[date]
    until: Mapped[date]
    text: Mapped[str] = mapped_column(String(500))
    measure: Mapped[str] = mapped_column(String(1000))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    founded_on: Mapped[date]
    due_on: Mapped[date]
    carried_out_on: Mapped[date | None]
    stage: Mapped[str] = mapped_column(String(20), default=CommonStage.OPEN.value)
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Department] = relationship(foreign_keys=[office_id])
    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    owner: Mapped[User] = relationship()
    category: Mapped[Category] = relationship()
    place: Mapped[Place] = relationship()
    advices: Mapped[list["ImprovementAdvice"]] = relationship(back_populates="problem", order_by="ImprovementAdvice.id")


class CommonMatter(SealedLater, Model):
    """归并的事项: a matter with an open number that a person put with others; ended where that was a mistake."""

    __tablename__ = "common_matter"
    __table_args__ = (
        Index("ix_common_matter_problem_id", "problem_id"),
        Index("ix_common_matter_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("common_problem.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    gathered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()


class ImprovementAdvice(SealedLater, Model):
    """改进工作、完善政策的建议 (条例第四十条): to which unit, of what, and what it wrote back (采纳情况)."""

    __tablename__ = "improvement_advice"
    __table_args__ = (
        Index("ix_improvement_advice_problem_id", "problem_id"),
        Index("ix_improvement_advice_department_id", "department_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("common_problem.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    text: Mapped[str] = mapped_column(String(2000))
    sent_on: Mapped[date]
    replied_on: Mapped[date | None]
    adoption: Mapped[str | None] = mapped_column(String(10))
    reply: Mapped[str | None] = mapped_column(String(2000))
    version: Mapped[int] = mapped_column(default=1)

    problem: Mapped[CommonProblem] = relationship(back_populates="advices")
    department: Mapped[Department] = relationship()
    owner: Mapped[User] = relationship()


class CommonLine(SealedLater, Model):
    """过程: one act on a common problem or a suggestion of it. Written once, never changed."""

    __tablename__ = "common_line"
    __table_args__ = (Index("ix_common_line_problem_id", "problem_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("common_problem.id"))
    advice_id: Mapped[int | None] = mapped_column(ForeignKey("improvement_advice.id"))
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
