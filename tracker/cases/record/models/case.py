"""The case itself, its demand points, who is accused in it, who may see it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker.cases.record.rules.codes import DECIDED_SUBJECT, RESULTS_TO_CARRY_OUT, LedgerStatus, Urgency
from tracker.cases.record.rules.holding import GONE
from tracker.core.database import (
    LATER,
    UNSEALED,
    Model,
    Sealed,
    SealedLater,
    UTCDateTime,
    constant,
    partial_index,
    public_id,
)
from tracker.core.enclosing import CaseText
from tracker.core.encryption import KEY_NUMBER, Encrypted, blind_index
from tracker.people.models import Department, User
from tracker.petitioners.models import Petitioner
from tracker.places.models import Place

if TYPE_CHECKING:
    from tracker.cases.record.models.handling import Assignment


class Category(Sealed, Model):
    """内容分类, two levels; editable data with years of validity."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    name: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    position: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    parent: Mapped["Category | None"] = relationship(remote_side="Category.id")


class OfficeCode(Model):
    """What stands for an office in its numbers (机关代号): nothing for the first that gave one, then 2, 3, …"""

    __tablename__ = "office_code"

    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(4), unique=True)


class RegisterCounter(Model):
    """The last number of a series (编号系列): taken with the row locked, so no number is shared or skipped."""

    __tablename__ = "register_counter"

    office_id: Mapped[int] = mapped_column(ForeignKey("office_code.office_id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    closed: Mapped[bool] = mapped_column(primary_key=True)
    last: Mapped[int]


class Case(Sealed, Model):
    """A petition matter (信访事项). Procedure and ledger are two tracks with their own dates (domain.md §2).

    `village_id` empty means 属地待定. `next_due_on` is the nearest effective due date of the running duties: kept on
    the row by the same transaction that changes a clock, so that lists can be sorted by it. `lead_official_id` is who
    leads it where no unit has it; the assignment of a unit names its own (`lead`). `version` grows by one with each
    act. `key_number` says with which key its personal data is encrypted.
    """

    __tablename__ = "petition_case"
    __table_args__ = (
        Index("ix_petition_case_office_due", "office_id", "next_due_on"),
        Index("ix_petition_case_ledger_status", "ledger_status", "next_due_on"),
        Index("ix_petition_case_status", "status", "import_run_id", "level", "office_id", "registered_by_id"),
        Index("ix_petition_case_village_id_received_on", "village_id", "received_on"),
        # In the ledger's other order, with everything that filters ask for: counting reads the index alone.
        Index(
            "ix_petition_case_received_on_id",
            *("received_on", "id", "level", "office_id", "registered_by_id", "ledger_status", "status", "channel"),
            *("purpose", "matter_class", "election_type", "vote_buying", "category_id", "village_id", "original_id"),
            *("import_run_id", "round"),
        ),
        Index("ix_petition_case_next_due_on_id", "next_due_on", "id", "level", "office_id", "registered_by_id"),
        Index("ix_petition_case_answered_on", "answered_on"),
        Index("ix_petition_case_closed_on", "closed_on"),
        Index("ix_petition_case_registered_by_id_id", "registered_by_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    register_no: Mapped[str] = mapped_column(String(20), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    received_on: Mapped[date]

    channel: Mapped[str] = mapped_column(String(12))
    posted_on: Mapped[date | None]
    received_by: Mapped[str | None] = mapped_column(CaseText("petition_case.received_by", 40))
    hotline_no: Mapped[str | None] = mapped_column(CaseText("petition_case.hotline_no", 40))
    source_no: Mapped[str | None] = mapped_column(CaseText("petition_case.source_no", 60))
    superior_office: Mapped[str | None] = mapped_column(CaseText("petition_case.superior_office", 60))
    superior_no: Mapped[str | None] = mapped_column(CaseText("petition_case.superior_no", 60))
    superior_due_on: Mapped[date | None]

    title: Mapped[str] = mapped_column(CaseText("petition_case.title", 200))
    summary: Mapped[str] = mapped_column(CaseText("petition_case.summary"))
    purpose: Mapped[str] = mapped_column(String(16))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    people_count: Mapped[int] = mapped_column(default=1)
    anonymous: Mapped[bool] = mapped_column(default=False)
    village_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place_note: Mapped[str | None] = mapped_column(CaseText("petition_case.place_note", 100))
    occurred_on: Mapped[date | None]
    election_type: Mapped[str | None] = mapped_column(String(16))
    election_stage: Mapped[str | None] = mapped_column(String(20))
    vote_buying: Mapped[bool] = mapped_column(default=False)
    urgency: Mapped[str] = mapped_column(String(8), default="normal")
    level: Mapped[str] = mapped_column(String(12), default="ordinary")

    matter_class: Mapped[str | None] = mapped_column(String(12))
    route: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(24), default="registered")
    ledger_status: Mapped[str] = mapped_column(String(24), default="open")
    round: Mapped[int] = mapped_column(default=1)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id", use_alter=True))
    lead_official_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), info=LATER)
    accepted_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(String(16))
    closed_on: Mapped[date | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    next_due_on: Mapped[date | None]

    original_id: Mapped[int | None] = mapped_column(ForeignKey("petition_case.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("petition_case.id"))
    merge_order: Mapped[int | None]
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    import_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    key_number: Mapped[int] = mapped_column(default=KEY_NUMBER, server_default="1")
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Department] = relationship(foreign_keys=[office_id])
    registered_by: Mapped[User | None] = relationship(foreign_keys=[registered_by_id])
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])
    category: Mapped[Category | None] = relationship()
    village: Mapped[Place | None] = relationship()
    assignment: Mapped["Assignment | None"] = relationship(foreign_keys=[assignment_id], post_update=True)
    lead_official: Mapped[User | None] = relationship(foreign_keys=[lead_official_id])
    original: Mapped["Case | None"] = relationship(foreign_keys=[original_id], remote_side="Case.id")
    merged_into: Mapped["Case | None"] = relationship(foreign_keys=[merged_into_id], remote_side="Case.id")
    demand_points: Mapped[list["DemandPoint"]] = relationship(order_by="DemandPoint.position")
    petitioners: Mapped[list[Petitioner]] = relationship(order_by=Petitioner.position)
    accused: Mapped[list["AccusedParty"]] = relationship(order_by="AccusedParty.id")

    @property
    def lead(self) -> User | None:
        """The lead official (领办领导): of the unit's assignment, or of the matter itself where no unit has it."""
        return self.assignment.lead_official if self.assignment is not None else self.lead_official

    @property
    def promises(self) -> list["DemandPoint"]:
        """The demands that were supported and are still to be carried out (待落实)."""
        return [point for point in self.demand_points if point.is_promise]

    @property
    def is_serious(self) -> bool:
        """Whether it must be reported to the main leaders: vote buying, or major and urgent (条例第二十五条)."""
        return self.vote_buying or self.urgency == Urgency.URGENT

    @property
    def is_history(self) -> bool:
        """Whether this is an imported history row: it sends nothing and starts no live clock."""
        return self.import_run_id is not None


# 在办: what the office still has to bring to its 销号. A list carries this very condition, and is found by its indexes.
IN_HAND = and_(
    Case.ledger_status != constant(LedgerStatus.CLOSED.value),
    Case.status.not_in(constant(sorted(status.value for status in GONE))),
    Case.import_run_id.is_(None),
)
partial_index(
    "ix_petition_case_in_hand_due",
    # With everything that counts ask for: they read the index alone.
    *(Case.next_due_on, Case.id, Case.level, Case.office_id, Case.registered_by_id, Case.assignment_id, Case.status),
    *(Case.ledger_status, Case.import_run_id, Case.village_id, Case.vote_buying, Case.urgency),
    where=IN_HAND,
)
partial_index("ix_petition_case_in_hand_received", Case.received_on, Case.id, where=IN_HAND)
partial_index("ix_petition_case_in_hand_registrar", Case.registered_by_id, Case.next_due_on, Case.id, where=IN_HAND)
# Few matters are repeats, merged or of the past: to find those that are none, nobody should walk these.
partial_index("ix_petition_case_original_id", Case.original_id, where=Case.original_id.is_not(None))
partial_index("ix_petition_case_merged_into_id", Case.merged_into_id, where=Case.merged_into_id.is_not(None))
# Who leads what no unit has.
partial_index(
    "ix_petition_case_lead_official_id",
    *(Case.lead_official_id, Case.assignment_id, Case.id),
    where=Case.lead_official_id.is_not(None),
)
partial_index("ix_petition_case_import_run_id", Case.import_run_id, where=Case.import_run_id.is_not(None))


class TransferredNumber(SealedLater, Model):
    """An open number whose matter became closed later (已转出): it stays in the open list as a line of its own.

    The matter has another since, of the closed series. Where it became closed before there were such lines it has kept
    this one.
    """

    __tablename__ = "transferred_number"

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), unique=True)


class DemandPoint(Sealed, Model):
    """诉求点: one thing asked for; each gets its own answer, and support must be carried out (条例第三十二条)."""

    __tablename__ = "demand_point"
    __table_args__ = (UniqueConstraint("case_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(CaseText("demand_point.text", 500))
    result: Mapped[str | None] = mapped_column(String(16))
    answer: Mapped[str | None] = mapped_column(CaseText("demand_point.answer"))
    answered_on: Mapped[date | None]
    carried_out_on: Mapped[date | None]
    carried_out_note: Mapped[str | None] = mapped_column(CaseText("demand_point.carried_out_note", 500))

    @property
    def is_promise(self) -> bool:
        """Whether it was supported and is still to be carried out (待落实)."""
        return self.result in RESULTS_TO_CARRY_OUT and self.carried_out_on is None


class AccusedParty(Sealed, Model):
    """被反映人 or 被反映单位: the name is encrypted; a match with a user or a unit blocks them (条例第三十条)."""

    __tablename__ = "accused_party"
    __table_args__ = (
        Index("ix_accused_party_user_id_status", "user_id", "status", "case_id"),
        Index("ix_accused_party_department_id_status", "department_id", "status", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"), index=True)
    name: Mapped[str] = mapped_column(Encrypted("accused_party.name"))
    name_key: Mapped[str | None] = mapped_column(String(32), index=True)
    position_held: Mapped[str | None] = mapped_column(Encrypted("accused_party.position_held"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    status: Mapped[str | None] = mapped_column(String(12))
    # 原文: the sentence in which a letter names them, where nobody typed them into the field.
    quoted: Mapped[str | None] = mapped_column(Encrypted("accused_party.quoted"), info=LATER)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def is_matched(self) -> bool:
        """Whether it may mean a user or a unit of the system."""
        return self.user_id is not None or self.department_id is not None

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet whom it means (待核实)."""
        return self.status not in DECIDED_SUBJECT

    @validates("name")
    def _keep_key(self, _column: str, name: str) -> str:
        """Keep the keyed hash of a name beside it: the same accused is found again without opening any name."""
        self.name_key = blind_index("accused_party.name", name)
        return name


class NamedReader(Sealed, Model):
    """One person on the named list of an accusation (检举控告知悉名单); rank gives nothing."""

    __tablename__ = "named_reader"
    __table_args__ = (
        Index("ix_named_reader_user_id_ended_at", "user_id", "ended_at", "case_id"),
        Index("ix_named_reader_case_id_user_id", "case_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    because: Mapped[str] = mapped_column(String(60))
    masked: Mapped[bool | None] = mapped_column(info=LATER)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
