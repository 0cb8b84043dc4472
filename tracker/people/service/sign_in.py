"""Signing in (登录): attempts counted before they are tried, sessions begun, refusals noted.

The order of an attempt: `begin_attempt` commits, the password is compared without a transaction, then `sign_in` or
`refuse_attempt` commits. Counting first keeps the limits exact when many attempts come at once.
"""

import ipaddress
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from tracker import audit
from tracker.core.database import db, locked
from tracker.core.encryption import blind_index
from tracker.core.errors import DomainError, TooManyTries
from tracker.people.models import AuthThrottle, User
from tracker.people.passwords import PasswordHash
from tracker.people.service.sessions import start_session

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 30
SWEPT_AT_ONCE = 100
REFUSED = "用户名或密码不对，请核对后再试。"


def begin_attempt(username: str, address: str, *, now: datetime) -> None:
    """Count an attempt against the account and the address; raises TooManyTries with the wait in minutes.

    Names that no account has are counted alike, so the limits tell nothing.
    """
    _count(_account_key(username), TRIES_PER_ACCOUNT, now)
    _count(_address_key(address), TRIES_PER_ADDRESS, now)


def refuse_attempt(user_id: int | None, *, now: datetime) -> None:
    """Note a refused attempt in the log of readings, without what was typed (登录被拒)."""
    payload = {"user": user_id} if user_id else {}
    audit.record_reading(audit.Event.SIGN_IN_REFUSED, by=None, now=now, payload=payload)


def sign_in(
    user: User, *, address: str, tried_hash: str, now: datetime, renewed_hash: PasswordHash | None = None
) -> str:
    """Begin a session after a right password and return its token (登录).

    `tried_hash` is the hash that the password was compared with: where account or password changed meanwhile, the
    attempt is refused like a wrong one.
    Raises DomainError, always with the same sentence.
    """
    locked(user)
    if not user.is_active or user.password_hash != tried_hash:
        raise DomainError(REFUSED)
    if renewed_hash:
        user.password_hash = renewed_hash
    forget_failures(user.username)
    _uncount(_address_key(address))
    _sweep(now)
    token = start_session(user, now=now)
    audit.record(audit.Event.SIGNED_IN, by=user, now=now, payload={"user": user.id})
    return token


def forget_failures(username: str) -> None:
    """Open an account again that too many wrong passwords had closed."""
    db.session.execute(delete(AuthThrottle).where(AuthThrottle.key == _account_key(username)))


def _account_key(username: str) -> str:
    return f"account:{blind_index('throttle', username)}"


def _address_key(address: str) -> str:
    """Return the key of an address; IPv6 counts by its /64, which one household or attacker holds whole."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return f"address:{blind_index('throttle', address or '?')}"
    wide = ipaddress.ip_network((parsed, 64 if parsed.version == 6 else 32), strict=False)
    return f"address:{blind_index('throttle', str(wide))}"


def _count(key: str, limit: int, now: datetime) -> None:
    row = _row(key) or _new_row(key, now)
    if now - row.window_started_at >= WINDOW:
        row.window_started_at, row.failures = now, 0
    if row.failures >= limit:
        minutes = ceil((row.window_started_at + WINDOW - now) / timedelta(minutes=1))
        raise TooManyTries(f"登录失败的次数太多，请等 {minutes} 分钟再试。")
    row.failures += 1
    db.session.flush()


def _row(key: str) -> AuthThrottle | None:
    return db.session.get(AuthThrottle, key, with_for_update=True, populate_existing=True)


def _new_row(key: str, now: datetime) -> AuthThrottle:
    """Add a counter; where another process was quicker, take its one."""
    try:
        with db.session.begin_nested():
            row = AuthThrottle(key=key, window_started_at=now, failures=0)
            db.session.add(row)
    except IntegrityError:
        found = _row(key)
        assert found is not None
        return found
    return row


def _uncount(key: str) -> None:
    counted = (AuthThrottle.key == key, AuthThrottle.failures > 0)
    db.session.execute(update(AuthThrottle).where(*counted).values(failures=AuthThrottle.failures - 1))


def _sweep(now: datetime) -> None:
    """Delete counters whose window is over, past those that another attempt holds."""
    over = select(AuthThrottle.key).where(AuthThrottle.window_started_at < now - WINDOW)
    keys = db.session.scalars(over.limit(SWEPT_AT_ONCE).with_for_update(skip_locked=True)).all()
    db.session.execute(delete(AuthThrottle).where(AuthThrottle.key.in_(keys)))
