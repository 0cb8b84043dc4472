"""Whether the database is at home (安装标识): beside another data folder it is a copy, and sends nothing."""

from datetime import datetime

from sqlalchemy import inspect, select

from tracker.audit.events import Event
from tracker.audit.models import INSTALLATIONS, Installation
from tracker.audit.service import Actor, record
from tracker.core.database import committed, db
from tracker.core.installation import mark, settle_mark


def note_home(*, now: datetime) -> None:
    """Note where a database is that has noted nothing yet: after the migration that made it, or brought it so far."""
    if not inspect(db.engine).has_table(Installation.__tablename__):
        return
    with committed() as session:
        if session.scalar(select(Installation.id).limit(1)) is None:
            session.add(_here(now))


def release(*, by: Actor, now: datetime) -> None:
    """Let a restored or copied database be at home here (放行): it sends again."""
    db.session.add(_here(now))
    record(Event.COPY_RELEASED, by=by, now=now)


def _here(now: datetime) -> Installation:
    settle_mark()
    row = Installation(mark=mark(), noted_at=now)
    row.mac = INSTALLATIONS.of(row)
    return row
