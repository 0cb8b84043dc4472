"""Who petitions (信访人): encrypted, masked in lists, opened on the record. No person is kept across cases."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import Model, Sealed, UTCDateTime
from tracker.core.encryption import Encrypted


class Petitioner(Sealed, Model):
    """One petitioner of one case: the main one (position 0), a representative or a co-signer (代表人、联名人)."""

    __tablename__ = "petitioner"
    __table_args__ = (Index("ix_petitioner_case_id_position", "case_id", "position", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("petition_case.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str | None] = mapped_column(Encrypted("petitioner.name"))
    name_key: Mapped[str | None] = mapped_column(String(32), index=True)
    identity_no: Mapped[str | None] = mapped_column(Encrypted("petitioner.identity_no"))
    identity_key: Mapped[str | None] = mapped_column(String(32), index=True)
    phone: Mapped[str | None] = mapped_column(Encrypted("petitioner.phone"))
    phone_key: Mapped[str | None] = mapped_column(String(32), index=True)
    address: Mapped[str | None] = mapped_column(Encrypted("petitioner.address"))


class PetitionerCorrection(Sealed, Model):
    """What a petitioner was registered as before a correction (更正前): only the fields that were changed.

    `fields` names them, for an empty value may have been the wrong one.
    """

    __tablename__ = "petitioner_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    petitioner_id: Mapped[int] = mapped_column(ForeignKey("petitioner.id"), index=True)
    corrected_at: Mapped[datetime] = mapped_column(UTCDateTime)
    corrected_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    fields: Mapped[str] = mapped_column(String(60))
    name: Mapped[str | None] = mapped_column(Encrypted("petitioner_correction.name"))
    identity_no: Mapped[str | None] = mapped_column(Encrypted("petitioner_correction.identity_no"))
    phone: Mapped[str | None] = mapped_column(Encrypted("petitioner_correction.phone"))
    address: Mapped[str | None] = mapped_column(Encrypted("petitioner_correction.address"))
