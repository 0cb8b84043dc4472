"""What happens to a case: assignments, objections, documents, materials, reports, the steps themselves."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.cases.record.rules.forwarding import ForwardedTo
from tracker.core.database import LATER, UNSEALED, Model, Sealed, UTCDateTime, constant, partial_index, public_id
from tracker.core.enclosing import CaseFacts, CaseText
from tracker.core.files import KEYED
from tracker.people.models import Department, User


class Assignment(Sealed, Model):
    """A case given to a unit (转送、交办), with the named handler, the lead official and the date of its letter.

    `proposal` is what the office proposes to do in the matter (拟办意见).
    """

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_case_id", "case_id"),
        Index("ix_assignment_department_id_ended_on", "department_id", "ended_on", "ended_because", "case_id"),
        Index(
            "ix_assignment_handler_id_ended_on", "handler_id", "ended_on", "ended_because", "department_id", "case_id"
        ),
        Index("ix_assignment_lead_official_id_ended_on", "lead_official_id", "ended_on", "ended_because", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    round: Mapped[int] = mapped_column(default=1)
    track: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(12))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    lead_official_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    assigned_on: Mapped[date]
    delivered_on: Mapped[date]
    due_on: Mapped[date | None]
    signed_for_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signed_for_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    ended_on: Mapped[date | None]
    ended_because: Mapped[str | None] = mapped_column(String(24))
    conclusion: Mapped[str | None] = mapped_column(CaseText("assignment.conclusion"))
    validity_result: Mapped[str | None] = mapped_column(String(12), info=LATER)
    conclusion_no: Mapped[str | None] = mapped_column(CaseText("assignment.conclusion_no", 60), info=LATER)
    concluded_on: Mapped[date | None] = mapped_column(info=LATER)
    proposal: Mapped[str | None] = mapped_column(CaseText("assignment.proposal"), info=LATER)

    department: Mapped[Department] = relationship()
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    lead_official: Mapped[User | None] = relationship(foreign_keys=[lead_official_id])
    signed_for_by: Mapped[User | None] = relationship(foreign_keys=[signed_for_by_id])


class Objection(Sealed, Model):
    """退回异议 of a unit, and the office's ruling on it (条例第二十三条第三款)."""

    __tablename__ = "objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    reason: Mapped[str] = mapped_column(CaseText("objection.reason"))
    filed_on: Mapped[date]
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    upheld: Mapped[bool | None]
    ruled_on: Mapped[date | None]
    ruled_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    ruling: Mapped[str | None] = mapped_column(CaseText("objection.ruling"))


class Document(Sealed, Model):
    """A document of the case (文书) with its number, and its service (送达) with proof (送达回证).

    Each day is a fact of its own: signed (签发), issued as the document says (出具), first sent (发出, of mail the
    postmark), last come back (退回), sent again, served. `untold` is why nobody can be told (条例第二十三条第二款).
    `signer` and `signer_post` are who signed it (签发人), as they were called and in which post on that day.
    Older versions knew the days of issue and of service alone.
    """

    __tablename__ = "case_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(28))
    document_no: Mapped[str | None] = mapped_column(CaseText("case_document.document_no", 60))
    issued_on: Mapped[date]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    text: Mapped[str | None] = mapped_column(CaseText("case_document.text"))
    ground: Mapped[str | None] = mapped_column(String(24))
    organ: Mapped[str | None] = mapped_column(CaseText("case_document.organ", 100))
    signed_on: Mapped[date | None] = mapped_column(info=LATER)
    sent_on: Mapped[date | None] = mapped_column(info=LATER)
    served_on: Mapped[date | None]
    returned_on: Mapped[date | None] = mapped_column(info=LATER)
    resent_on: Mapped[date | None] = mapped_column(info=LATER)
    untold: Mapped[str | None] = mapped_column(CaseText("case_document.untold", 100), info=LATER)
    signer: Mapped[str | None] = mapped_column(String(40), info=LATER)
    signer_post: Mapped[str | None] = mapped_column(String(160), info=LATER)
    service_method: Mapped[str | None] = mapped_column(String(12))
    served_to: Mapped[str | None] = mapped_column(CaseText("case_document.served_to", 40, always=True))
    service_note: Mapped[str | None] = mapped_column(CaseText("case_document.service_note", 200))


class Attachment(Sealed, Model):
    """A material (材料): the file lies under its content hash; its name is data."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("case_step.id"))
    name: Mapped[str] = mapped_column(CaseText("attachment.name", 255))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    uploaded_by: Mapped[User | None] = relationship()


# What older versions wrote: hashes without the key, by which anybody knows the content again.
partial_index("ix_attachment_plain_hash", Attachment.id, where=Attachment.sha256 < constant(KEYED))


class CaseStep(Sealed, Model):
    """One line of the trail (过程): who, when, what, from → to, reason. Never changed after it is written.

    `happened_on` is the day of what it tells, `entered_at` the moment it was entered; lines of older versions have no
    day where none is known for certain. `facts` holds what the wording needs (names of units and people as they were,
    dates), in plain JSON.
    """

    __tablename__ = "case_step"
    __table_args__ = (Index("ix_case_step_case_id_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    round: Mapped[int]
    action: Mapped[str] = mapped_column(String(32))
    happened_on: Mapped[date | None] = mapped_column(info=LATER)
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    actor_name: Mapped[str] = mapped_column(String(40))
    actor_unit: Mapped[str] = mapped_column(String(100))
    from_status: Mapped[str] = mapped_column(String(24))
    to_status: Mapped[str] = mapped_column(String(24))
    from_ledger: Mapped[str] = mapped_column(String(24))
    to_ledger: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str | None] = mapped_column(CaseText("case_step.reason"))
    facts: Mapped[dict[str, Any]] = mapped_column(CaseFacts("case_step.facts"), default=dict)


class LeaderReport(Sealed, Model):
    """报告主要领导 of vote buying, and of what is major and urgent (条例第二十五条).

    `discovered_on` is when it was found out, `organs` the codes of whom else it was reported to, `received_on` the day
    on which they had it; reports of older versions know none of the three.
    """

    __tablename__ = "leader_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    text: Mapped[str] = mapped_column(CaseText("leader_report.text"))
    discovered_on: Mapped[date | None] = mapped_column(info=LATER)
    organs: Mapped[str | None] = mapped_column(String(100), info=LATER)
    received_on: Mapped[date | None] = mapped_column(info=LATER)

    receipts: Mapped[list["LeaderReportReceipt"]] = relationship(order_by="LeaderReportReceipt.id")


class LeaderReportReceipt(Sealed, Model):
    """One leader told, and when they opened it (阅知)."""

    __tablename__ = "leader_report_receipt"
    __table_args__ = (Index("ix_leader_report_receipt_user_id_read_at", "user_id", "read_at", "report_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("leader_report.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()


class Forwarding(Sealed, Model):
    """移交、转送: a matter in the hands of an organ outside, what was handed over, and the receipt.

    `forwarded_to` is a ForwardedTo: None is discipline inspection, before others were recorded. `no_receipt` is what
    proves that the organ has it where it writes no receipt. `returned_on`: it sent the matter back. `personnel` is the
    组织（人事）部门 that was told what concerns cadres (条例第三十条第二款). The table keeps the name under which its
    rows were sealed.
    """

    __tablename__ = "discipline_transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    organ: Mapped[str] = mapped_column(CaseText("discipline_transfer.organ", 100))
    materials: Mapped[str] = mapped_column(CaseText("discipline_transfer.materials"))
    handed_over_on: Mapped[date]
    handed_over_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    receipt_no: Mapped[str | None] = mapped_column(CaseText("discipline_transfer.receipt_no", 60))
    received_by: Mapped[str | None] = mapped_column(CaseText("discipline_transfer.received_by", 40))
    received_on: Mapped[date | None]
    forwarded_to: Mapped[str | None] = mapped_column(String(12), info=LATER)
    paper_no: Mapped[str | None] = mapped_column(CaseText("discipline_transfer.paper_no", 60), info=LATER)
    no_receipt: Mapped[str | None] = mapped_column(CaseText("discipline_transfer.no_receipt", 200), info=LATER)
    returned_on: Mapped[date | None] = mapped_column(info=LATER)
    return_reason: Mapped[str | None] = mapped_column(CaseText("discipline_transfer.return_reason"), info=LATER)
    personnel: Mapped[str | None] = mapped_column(CaseText("discipline_transfer.personnel", 100), info=LATER)
    personnel_told_on: Mapped[date | None] = mapped_column(info=LATER)

    @property
    def whom(self) -> ForwardedTo:
        """The kind of organ."""
        return ForwardedTo(self.forwarded_to) if self.forwarded_to else ForwardedTo.DISCIPLINE

    @property
    def waits(self) -> bool:
        """Whether the organ has it and no receipt is known."""
        return self.received_on is None and self.returned_on is None


class Review(Sealed, Model):
    """复查 or 复核 asked for by the petitioner (条例第三十五条、第三十六条), and its result.

    `round` is that in which it was asked for; `answer_round` that of the answer, where the matter was opened again
    since (重新办理).
    """

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    round: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    organ: Mapped[str] = mapped_column(CaseText("review.organ", 100))
    requested_on: Mapped[date]
    received_on: Mapped[date]
    result: Mapped[str | None] = mapped_column(String(12))
    concluded_on: Mapped[date | None] = mapped_column(index=True)
    note: Mapped[str | None] = mapped_column(CaseText("review.note"))
    served_on: Mapped[date | None] = mapped_column(info=LATER)
    service_method: Mapped[str | None] = mapped_column(String(12), info=LATER)
    served_to: Mapped[str | None] = mapped_column(CaseText("review.served_to", 40, always=True), info=LATER)
    service_note: Mapped[str | None] = mapped_column(CaseText("review.service_note", 200), info=LATER)
    answer_round: Mapped[int | None] = mapped_column(info=LATER)

    @property
    def of_round(self) -> int:
        """The round whose answer is reviewed."""
        return self.answer_round or self.round
