"""销号: the decisions of the four stations, call-backs, ticks of the checklist, look-backs."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import LATER, UNSEALED, Model, Sealed, SealedLater, UTCDateTime, public_id
from tracker.core.enclosing import CaseText
from tracker.deadlines.models import Deadline
from tracker.people.models import User

# How long what a look back found of one kind may be.
FOUND = 500


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
    """回头看 after 销号: which clock it met (哪一次), what it found, and how it stands.

    `gaps`, `unresolved` and `incomplete` say what was found of each (程序漏洞、未处理的信访问题、处理不彻底); without
    words nothing was. Of a person's mood nothing is kept.
    """

    __tablename__ = "look_back"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    round: Mapped[int]
    looked_on: Mapped[date] = mapped_column(index=True)
    looked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    result: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(CaseText("look_back.note"))
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"), info=LATER)
    gaps: Mapped[str | None] = mapped_column(CaseText("look_back.gaps", FOUND), info=LATER)
    unresolved: Mapped[str | None] = mapped_column(CaseText("look_back.unresolved", FOUND), info=LATER)
    incomplete: Mapped[str | None] = mapped_column(CaseText("look_back.incomplete", FOUND), info=LATER)

    looked_by: Mapped[User] = relationship()
    deadline: Mapped[Deadline | None] = relationship()


class CaseSample(SealedLater, Model):
    """随机抽查: a draw from the matters of an office that were struck off in a period.

    `pool` has their numbers, one a line, all of them open ones. Who looks at it later is shown the draw over those that
    he may see: of what a seed draws, the part that one may see is itself what it draws from the part one may see.
    """

    __tablename__ = "case_sample"
    __table_args__ = (Index("ix_case_sample_office_id", "office_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    closed_from: Mapped[date]
    closed_to: Mapped[date]
    seed: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    pool: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    drawn_on: Mapped[date]
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))

    drawn_by: Mapped[User] = relationship()
