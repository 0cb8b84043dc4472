"""Around registration: drafts, one-time submissions, import runs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.database import UNSEALED, Model, Sealed, UTCDateTime, public_id
from tracker.core.encryption import Encrypted


class Draft(Model):
    """What a person typed into a form and has not sent yet (草稿), kept on the server and encrypted.

    It belongs to one form, by the `token` that the form carries; `address` is the page on which it is gone on with,
    `case_id` the case of that page.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    token: Mapped[str] = mapped_column(String(44))
    address: Mapped[str] = mapped_column(String(200))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("petition_case.id"), index=True)
    content: Mapped[str] = mapped_column(Encrypted("draft.content"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Submission(Model):
    """A form that was sent: a double click or a browser's retry finds what the first one made.

    `said` is the keyed hash of what it said: another content under the same token is another sending.
    """

    __tablename__ = "submission"

    token: Mapped[str] = mapped_column(String(44), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    location: Mapped[str] = mapped_column(String(200))
    said: Mapped[str | None] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class NotedUpload(Model):
    """A file that a person handed in (上传), until it is known whether anything keeps it; also what is counted a day.

    `name` is what the file goes by in the store.
    """

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_user_id_stored_at", "user_id", "stored_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    size: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class ImportRun(Sealed, Model):
    """One import of history (历史件读入): the file's hash, what it made, what it refused."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    mapping: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(255))
    file_sha256: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
