"""Sessions kept on the server (会话): the cookie holds a random token, the table only its hash."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import update

from tracker.core.database import db
from tracker.people.models import SESSIONS, KnownDevice, User, UserSession
from tracker.people.rules import token_hash

SEEN_EVERY = timedelta(minutes=1)


class Ending(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"
    DISABLED = "disabled"
    POSTS_CHANGED = "posts_changed"
    ENDED_ELSEWHERE = "ended_elsewhere"
    SIGNED_IN_AGAIN = "signed_in_again"
    PROVED_AGAIN = "proved_again"
    RESTORED = "restored"
    SECOND_FACTOR = "second_factor"


def start_session(user: User, *, now: datetime, device: KnownDevice | None = None) -> str:
    """Begin a session and return its token, which is kept nowhere but in the person's cookie."""
    token = secrets.token_urlsafe(32)
    on = device.id if device else None
    row = UserSession(token_hash=token_hash(token), user_id=user.id, started_at=now, seen_at=now, device_id=on)
    row.mac = SESSIONS.of(row)
    db.session.add(row)
    return token


def note_seen(session_id: int, *, now: datetime) -> None:
    """Note that a session is in use, so that it does not end for idleness."""
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))


def end_session(token: str, *, because: Ending, now: datetime) -> None:
    """End the session of a token."""
    _end(UserSession.token_hash == token_hash(token), because=because, now=now)


def end_sessions(user: User, *, because: Ending, now: datetime) -> None:
    """End every session of a person, everywhere."""
    _end(UserSession.user_id == user.id, because=because, now=now)


def end_sessions_on(device_id: int, *, because: Ending, now: datetime) -> None:
    """End every session on a device."""
    _end(UserSession.device_id == device_id, because=because, now=now)


def end_other_sessions(user_id: int, *, kept_id: int, now: datetime) -> None:
    """End every session of a person but the one in use (结束其他会话)."""
    _end(UserSession.user_id == user_id, UserSession.id != kept_id, because=Ending.ENDED_ELSEWHERE, now=now)


def _end(*which: object, because: Ending, now: datetime) -> None:
    db.session.execute(
        update(UserSession)
        .where(UserSession.ended_at.is_(None), *which)  # type: ignore[arg-type]
        .values(ended_at=now, ended_because=because.value)
    )
