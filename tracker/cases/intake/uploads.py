"""上传: what a person handed in is counted by the day, and removed where nothing came to keep it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select

from tracker.audit import Actor
from tracker.cases.intake.drafts import KEPT_FOR
from tracker.cases.record.models import Attachment, Draft, ImportRun, NotedUpload
from tracker.core.clock import age, day_bounds, local_date
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.core.files import MAX_BYTES, StoredFile, abandoned, name_of, stored_files

# A person hands in so much a day (Beijing): ten of the largest files.
DAILY_BYTES = 10 * MAX_BYTES
# A form that is open so long is gone on with as a draft, or not at all.
WAITS_FOR = timedelta(days=1)
# What was touched so lately may be on its way to a case, whatever the clock of a trial says.
JUST_NOW = timedelta(hours=1)


def refuse_too_much(size: int, name: str, *, by: Actor, now: datetime) -> None:
    """Refuse a file beyond the measure of the day (每日限额). Raises DomainError; `size` in bytes."""
    since, _ = day_bounds(local_date(now))
    today = select(func.sum(NotedUpload.size)).where(NotedUpload.user_id == by.id, NotedUpload.stored_at >= since)
    if (db.session.scalar(today) or 0) + size > DAILY_BYTES:
        raise DomainError(
            f"您今天上传的已到每人每天 {DAILY_BYTES >> 20} MB 的限额，没有收下“{name}”：请明天再传，或者请同事代传。",
            field="files",
        )


def note(file: StoredFile, *, by: Actor, now: datetime) -> None:
    """Note who handed in a stored file."""
    db.session.add(NotedUpload(name=file.sha256, user_id=by.id, size=file.size, stored_at=now))


def remove_unneeded(now: datetime) -> int:
    """Remove files that nothing keeps (清理上传), a day after they came, and return how many.

    One for which a draft may wait stays as long as that; what nobody is noted for, left behind by older versions, as
    long as the longest life of a draft.
    """
    kept = (select(Attachment.sha256), select(ImportRun.file_sha256))
    needed = {name_of(name) for names in kept for name in db.session.scalars(names)}
    waits = _waits(now)
    needed.update(db.session.scalars(select(NotedUpload.name).where(waits)))
    noted = set(db.session.scalars(select(NotedUpload.name)))
    db.session.rollback()
    removed = 0
    for file in stored_files():
        name = name_of(file.name)
        patience = JUST_NOW if name in noted else KEPT_FOR + WAITS_FOR
        if name not in needed and age(file.stat().st_mtime) > patience:
            file.unlink(missing_ok=True)
            removed += 1
    for draft in abandoned():
        if age(draft.stat().st_mtime) > WAITS_FOR:
            draft.unlink(missing_ok=True)
    with committed():
        db.session.execute(delete(NotedUpload).where(~waits).execution_options(synchronize_session=False))
    return removed


def _waits(now: datetime) -> ColumnElement[bool]:
    """Whether something may still come to keep an upload: its form is open, or its person has a draft of since then."""
    drafted = exists().where(Draft.user_id == NotedUpload.user_id, Draft.saved_at >= NotedUpload.stored_at)
    return or_(
        NotedUpload.stored_at >= now - WAITS_FOR, and_(NotedUpload.stored_at >= now - KEPT_FOR - WAITS_FOR, drafted)
    )
