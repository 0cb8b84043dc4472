"""销号: the decisions of the four stations, call-backs, ticks of the checklist, look-backs."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import Model, Sealed, UTCDateTime
from tracker.core.enclosing import CaseText
from tracker.people.models import User


class CloseOutDecision(Sealed, Model):
    """One decision on the way to 销号: applied, confirmed, checked, signed — or refused with reasons."""

    __tablename__ = "close_out_decision"
    __table_args__ = (Index("ix_close_out_decision_case_id_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    round: Mapped[int]
    attempt: Mapped[int]
    station: Mapped[str] = mapped_column(String(16))
    agreed: Mapped[bool]
    opinion: Mapped[str] = mapped_column(CaseText("close_out_decision.opinion"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))

    decided_by: Mapped[User] = relationship()


class CallBack(Sealed, Model):
    """回访 of the petitioner by somebody outside the handling unit."""

    __tablename__ = "call_back"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    round: Mapped[int]
    called_on: Mapped[date]
    called_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    reached: Mapped[bool]
    satisfaction: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(CaseText("call_back.note"))

    called_by: Mapped[User] = relationship()


class ChecklistTick(Sealed, Model):
    """One line of the close-out checklist that a person must vouch for."""

    __tablename__ = "checklist_tick"
    __table_args__ = (UniqueConstraint("case_id", "round", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    round: Mapped[int]
    item: Mapped[str] = mapped_column(String(24))
    ticked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ticked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    note: Mapped[str] = mapped_column(CaseText("checklist_tick.note", 200))

    ticked_by: Mapped[User] = relationship()


class LookBack(Sealed, Model):
    """回头看 after 销号."""

    __tablename__ = "look_back"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    round: Mapped[int]
    looked_on: Mapped[date]
    looked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    result: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(CaseText("look_back.note"))

    looked_by: Mapped[User] = relationship()
