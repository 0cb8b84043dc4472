"""进程图和进度控制表: the tasks of a campaign by phase, and the trail of what was done about them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.people.models import Department, User


class ControlTable(SealedLater, Model):
    """控制表: one campaign of an office (一届换届) whose tasks stand in a table of their own."""

    __tablename__ = "control_table"
    __table_args__ = (Index("ix_control_table_office_id", "office_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    title: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)

    office: Mapped[Department] = relationship()
    tasks: Mapped[list["ControlTask"]] = relationship(back_populates="table", order_by="ControlTask.id")


class ControlTask(SealedLater, Model):
    """任务: what is done from a day to a day, both inclusive; who takes part, what is required, who organises it.

    `organiser` is in the words of the paper (各乡镇); `department_id` and `user_id` are who answers for it here; where
    nobody is named the office does. `planned_last_on` is the last day as it was first planned. `finished_on` and
    `cancelled_on` end it. An election day has one day.
    """

    __tablename__ = "control_task"
    __table_args__ = (
        Index("ix_control_task_table_id", "table_id"),
        Index("ix_control_task_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    table_id: Mapped[int] = mapped_column(ForeignKey("control_table.id"))
    phase: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    election: Mapped[bool] = mapped_column(default=False)
    first_on: Mapped[date]
    last_on: Mapped[date]
    planned_last_on: Mapped[date]
    participants: Mapped[str] = mapped_column(String(200))
    requirement: Mapped[str] = mapped_column(String(500))
    organiser: Mapped[str] = mapped_column(String(200))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    finished_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(1000))
    cancelled_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    table: Mapped[ControlTable] = relationship(back_populates="tasks")
    department: Mapped[Department | None] = relationship()
    user: Mapped[User | None] = relationship()

    @property
    def organised_by(self) -> str:
        """The organiser as the paper has it, with the person who answers for it."""
        return f"{self.organiser} {self.user.called}" if self.user else self.organiser


class ControlLine(SealedLater, Model):
    """控制表的过程: one act on a table or a task, written once; `told` holds what was before and after."""

    __tablename__ = "control_line"
    __table_args__ = (Index("ix_control_line_table_id", "table_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("control_table.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("control_task.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    acting_as: Mapped[str] = mapped_column(String(200))
    happened_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    said: Mapped[str | None] = mapped_column(Text)
    told: Mapped[str | None] = mapped_column(Text)

    by: Mapped[User] = relationship()
    task: Mapped[ControlTask | None] = relationship()
