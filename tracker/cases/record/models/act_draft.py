"""Drafts of acts that a head signs (拟稿)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.cases.record.rules.drafted import DraftStage
from tracker.core.database import LATER, Model, Sealed, UTCDateTime
from tracker.core.enclosing import CaseText
from tracker.core.encryption import Encrypted
from tracker.people.models import User


class ActDraft(Sealed, Model):
    """What the form of an act said when it was drafted (拟稿), until the head signs it or returns it (签发、退回修改).

    `act` is what is drafted; `content` the fields of its form as JSON, by name and in words, encrypted. It is never
    changed: a new version takes its place. Of a serious matter the head refers it to the main leaders, one of whom
    approves it (审批). `outcome` says how it ended (`record/rules/drafted`), and by whom; the system ends what an act
    made pointless.
    """

    __tablename__ = "act_draft"
    __table_args__ = (Index("ix_act_draft_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    round: Mapped[int]
    act: Mapped[str] = mapped_column(String(32))
    content: Mapped[str] = mapped_column(Encrypted("act_draft.content"))
    drafted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    referred_at: Mapped[datetime | None] = mapped_column(UTCDateTime, info=LATER)
    referred_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), info=LATER)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime, info=LATER)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), info=LATER)
    outcome: Mapped[str | None] = mapped_column(String(12))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    returned_because: Mapped[str | None] = mapped_column(CaseText("act_draft.returned_because"))

    drafted_by: Mapped[User] = relationship(foreign_keys=[drafted_by_id])
    referred_by: Mapped[User | None] = relationship(foreign_keys=[referred_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
    ended_by: Mapped[User | None] = relationship(foreign_keys=[ended_by_id])

    @property
    def stage(self) -> DraftStage:
        """How far it is on its way to the signature."""
        if self.approved_at is not None:
            return DraftStage.APPROVED
        return DraftStage.DRAFTED if self.referred_at is None else DraftStage.REFERRED
