"""On which devices a person has signed in (登录过的设备)."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.core.database import db
from tracker.people.models import KnownDevice, User
from tracker.people.rules import token_hash


def knows(username: str, token: str) -> bool:
    """Return whether the account of a name has signed in on the device of a token."""
    here = (User.username == username, KnownDevice.token_hash == token_hash(token), KnownDevice.ended_at.is_(None))
    return db.session.scalar(select(KnownDevice.id).join(User, User.id == KnownDevice.user_id).where(*here)) is not None


def devices_of(user_id: int) -> Sequence[KnownDevice]:
    """Return the devices of a person, the one last used first."""
    theirs = (KnownDevice.user_id == user_id, KnownDevice.ended_at.is_(None))
    return db.session.scalars(select(KnownDevice).where(*theirs).order_by(KnownDevice.last_at.desc())).all()
