"""人大代表建议: suggestions, the units that work on them, answers, talks and inspections, promises, and the trail."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import UNSEALED, Model, SealedLater, UTCDateTime, public_id
from tracker.core.encryption import Encrypted
from tracker.people.models import Department, User
from tracker.suggestions.rules.codes import PromiseStage, SuggestionStage, UnitPart


class DeputySuggestion(SealedLater, Model):
    """建议: what deputies suggest, as its 转办函 brings it. `number` is ours, `suggestion_no` that of the congress.

    Deputies act in public: their names are plain, how to reach them is not kept. The text is encrypted whatever it
    says: what turns out to complain of somebody must not lie open. `assigned_on` is the day of 交办, from which three
    months run, six where `lengthened_on`. What its paper does not say stays empty.
    """

    __tablename__ = "deputy_suggestion"
    __table_args__ = (
        Index("ix_deputy_suggestion_office_id", "office_id", "stage"),
        Index("ix_deputy_suggestion_leader_id", "leader_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    title: Mapped[str] = mapped_column(String(200))
    transfer_letter: Mapped[str | None] = mapped_column(String(200))
    suggestion_no: Mapped[str | None] = mapped_column(String(40))
    congress: Mapped[str] = mapped_column(String(100))
    session: Mapped[str | None] = mapped_column(String(100))
    lead_deputy: Mapped[str | None] = mapped_column(String(60))
    joint_deputies: Mapped[str | None] = mapped_column(String(1000))
    content: Mapped[str | None] = mapped_column(Encrypted("deputy_suggestion.content"))
    assigned_on: Mapped[date]
    lengthened_on: Mapped[date | None]
    key_on: Mapped[date | None]
    committee: Mapped[str | None] = mapped_column(String(100))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    stage: Mapped[str] = mapped_column(String(20), default=SuggestionStage.IN_HAND.value)
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Department] = relationship()
    leader: Mapped[User | None] = relationship(foreign_keys=[leader_id])
    entered_by: Mapped[User] = relationship(foreign_keys=[entered_by_id])
    units: Mapped[list["SuggestionUnit"]] = relationship(back_populates="suggestion", order_by="SuggestionUnit.id")
    answers: Mapped[list["SuggestionAnswer"]] = relationship(
        back_populates="suggestion", order_by="SuggestionAnswer.id"
    )
    records: Mapped[list["SuggestionRecord"]] = relationship(
        back_populates="suggestion", order_by="SuggestionRecord.happened_on, SuggestionRecord.id"
    )
    promises: Mapped[list["SuggestionPromise"]] = relationship(
        back_populates="suggestion", order_by="SuggestionPromise.id"
    )

    @property
    def lead(self) -> "SuggestionUnit":
        """The unit that answers now (主办)."""
        return next(each for each in reversed(self.units) if each.part == UnitPart.LEAD and each.ended_on is None)

    @property
    def helping(self) -> list["SuggestionUnit"]:
        """The units that help now (会办)."""
        return [each for each in self.units if each.part == UnitPart.ASSIST and each.ended_on is None]

    @property
    def given(self) -> list["SuggestionAnswer"]:
        """The answers that stand, the first one first."""
        return [each for each in self.answers if each.struck_at is None]

    @property
    def last_answer(self) -> "SuggestionAnswer | None":
        """The answer that stands now."""
        return self.given[-1] if self.given else None


class SuggestionUnit(SealedLater, Model):
    """承办单位: a unit and its person, since they were given it; until `ended_on` where it was given back or away."""

    __tablename__ = "suggestion_unit"
    __table_args__ = (
        Index("ix_suggestion_unit_suggestion_id", "suggestion_id"),
        Index("ix_suggestion_unit_department_id", "department_id"),
        Index("ix_suggestion_unit_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("deputy_suggestion.id"))
    part: Mapped[str] = mapped_column(String(10))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    given_on: Mapped[date]
    ended_on: Mapped[date | None]
    helped_on: Mapped[date | None]
    helped: Mapped[str | None] = mapped_column(String(1000))

    suggestion: Mapped[DeputySuggestion] = relationship(back_populates="units")
    department: Mapped[Department] = relationship()
    owner: Mapped[User] = relationship()


class SuggestionAnswer(SealedLater, Model):
    """答复: what the unit answered on a day, signed by whom, with which result; then what the deputy says of it."""

    __tablename__ = "suggestion_answer"
    __table_args__ = (Index("ix_suggestion_answer_suggestion_id", "suggestion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("deputy_suggestion.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    answered_on: Mapped[date]
    document_no: Mapped[str | None] = mapped_column(String(60))
    result: Mapped[str | None] = mapped_column(String(1))
    signed_by: Mapped[str | None] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    opinion: Mapped[str | None] = mapped_column(String(20))
    heard_on: Mapped[date | None]
    said: Mapped[str | None] = mapped_column(String(1000))
    struck_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    suggestion: Mapped[DeputySuggestion] = relationship(back_populates="answers")
    department: Mapped[Department] = relationship()


class SuggestionRecord(SealedLater, Model):
    """面商、督查: what happened on a day, who led it, who was there, what was said or found.

    `rank`: of a talk, whether a head led it. `struck_at` where it was entered by mistake.
    """

    __tablename__ = "suggestion_record"
    __table_args__ = (Index("ix_suggestion_record_suggestion_id", "suggestion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("deputy_suggestion.id"))
    kind: Mapped[str] = mapped_column(String(12))
    happened_on: Mapped[date]
    led_by: Mapped[str] = mapped_column(String(100))
    rank: Mapped[str | None] = mapped_column(String(10))
    present: Mapped[str | None] = mapped_column(String(200))
    found: Mapped[str] = mapped_column(String(1000))
    struck_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    suggestion: Mapped[DeputySuggestion] = relationship(back_populates="records")


class SuggestionPromise(SealedLater, Model):
    """承诺事项: what an answer promised, which unit and person keep it until when; tracked across years to its end."""

    __tablename__ = "suggestion_promise"
    __table_args__ = (
        Index("ix_suggestion_promise_suggestion_id", "suggestion_id"),
        Index("ix_suggestion_promise_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("deputy_suggestion.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    promised_on: Mapped[date]
    due_on: Mapped[date]
    kept_on: Mapped[date | None]
    proof: Mapped[str | None] = mapped_column(String(1000))
    stage: Mapped[str] = mapped_column(String(10), default=PromiseStage.OPEN.value)
    version: Mapped[int] = mapped_column(default=1)

    suggestion: Mapped[DeputySuggestion] = relationship(back_populates="promises")
    department: Mapped[Department] = relationship()
    owner: Mapped[User] = relationship()


class SuggestionLine(SealedLater, Model):
    """过程: one act on a suggestion or a promise of it. Only that it was taken back is written later.

    `kept` is what stood in the text before a correction; who keeps the suggestions reads it, nobody else.
    """

    __tablename__ = "suggestion_line"
    __table_args__ = (
        Index("ix_suggestion_line_suggestion_id", "suggestion_id", "id"),
        Index("ix_suggestion_line_promise_id", "promise_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("deputy_suggestion.id"))
    promise_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion_promise.id"))
    act: Mapped[str] = mapped_column(String(20))
    from_stage: Mapped[str | None] = mapped_column(String(20))
    to_stage: Mapped[str | None] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    acting_as: Mapped[str] = mapped_column(String(200))
    happened_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    said: Mapped[str | None] = mapped_column(Encrypted("suggestion_line.said"))
    told: Mapped[str | None] = mapped_column(Text)
    kept: Mapped[str | None] = mapped_column(Encrypted("suggestion_line.kept"))
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    by: Mapped[User] = relationship()
    promise: Mapped[SuggestionPromise | None] = relationship()
