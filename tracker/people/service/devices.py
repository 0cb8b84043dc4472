"""Devices on which a person has signed in (登录过的设备): a random token in a cookie, its hash in the table.

It lets nobody in. It only says that whoever types here has signed in here before, so that guesses made elsewhere do not
count against them; it is kept apart from the session, and outlives it.
"""

from datetime import datetime

from sqlalchemy import select, update

from tracker import audit
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.models import KnownDevice, User
from tracker.people.rules import DEVICE_NAME_LENGTH, token_hash
from tracker.people.service.sessions import Ending, end_sessions_on


def note_device(user: User, token: str, *, name: str, now: datetime) -> KnownDevice:
    """Note that a person signed in on a device; one that was taken off (退出并忘记) is known again."""
    hashed = token_hash(token)
    mine = (KnownDevice.user_id == user.id, KnownDevice.token_hash == hashed)
    found = db.session.scalar(select(KnownDevice).where(*mine))
    device = found or KnownDevice(user_id=user.id, token_hash=hashed, first_at=now)
    device.name, device.last_at, device.ended_at = name[:DEVICE_NAME_LENGTH], now, None
    db.session.add(device)
    db.session.flush()
    return device


def forget_device(user: User, public_id: str, *, now: datetime) -> None:
    """Take one's device off the list and end the sessions there (退出并忘记). Raises NotFound."""
    mine = (KnownDevice.user_id == user.id, KnownDevice.public_id == public_id, KnownDevice.ended_at.is_(None))
    device = db.session.scalar(select(KnownDevice).where(*mine))
    if device is None:
        raise NotFound
    device.ended_at = now
    end_sessions_on(device.id, because=Ending.ENDED_ELSEWHERE, now=now)
    audit.record(audit.Event.DEVICE_FORGOTTEN, by=user, now=now, payload={"user": user.id, "device": device.id})


def forget_devices(user: User, *, now: datetime) -> None:
    """Take all devices of a person off the list, after a new password: who knew the old one may have signed in."""
    theirs = (KnownDevice.user_id == user.id, KnownDevice.ended_at.is_(None))
    db.session.execute(update(KnownDevice).where(*theirs).values(ended_at=now))
