"""The named list of an accusation (检举控告知悉名单)."""

from datetime import datetime

from sqlalchemy import select

from tracker.cases.models import Case, NamedReader
from tracker.core.database import db
from tracker.people.models import User


def running_named_readers(case: Case) -> list[NamedReader]:
    """Return who is on the named list now, in the order they came."""
    return list(
        db.session.scalars(
            select(NamedReader)
            .where(NamedReader.case_id == case.id, NamedReader.ended_at.is_(None))
            .order_by(NamedReader.id)
        )
    )


def add_named_reader(case: Case, user_id: int, *, because: str, by: User | None, now: datetime) -> None:
    """Put one person on the named list (知悉名单), once; the caller writes the log."""
    if all(row.user_id != user_id for row in running_named_readers(case)):
        db.session.add(
            NamedReader(
                case_id=case.id, user_id=user_id, because=because, added_at=now, added_by_id=by.id if by else None
            )
        )
        db.session.flush()
