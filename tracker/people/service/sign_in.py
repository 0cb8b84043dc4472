"""Signing in (登录): attempts counted before they are tried, sessions begun, refusals noted.

The order of an attempt: `begin_attempt` commits, the password is compared without a transaction, then `sign_in` or
`refuse_attempt` commits. Counting first keeps the limits exact when many attempts come at once.
"""

import ipaddress
from datetime import datetime

from tracker import audit
from tracker.core.database import locked
from tracker.core.errors import DomainError
from tracker.people.models import User
from tracker.people.passwords import PasswordHash
from tracker.people.queries.devices import knows
from tracker.people.service.devices import note_device
from tracker.people.service.second_factor import prove
from tracker.people.service.sessions import Ending, end_session, start_session
from tracker.people.service.throttle import Bucket, count, forget, sweep, uncount

TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 30
TRIES_PER_DEVICE = 10
TOO_MANY = "登录失败的次数太多，请等 {minutes} 分钟再试。"
ELSEWHERE = f"{TOO_MANY}在以前登录过的电脑、手机上可以照常登录。"
ACCOUNT = Bucket("account", TRIES_PER_ACCOUNT, ELSEWHERE)
ADDRESS = Bucket("address", TRIES_PER_ADDRESS, ELSEWHERE)
DEVICE = Bucket("device", TRIES_PER_DEVICE, TOO_MANY)
REFUSED = "用户名或密码不对，请核对后再试。"


def begin_attempt(username: str, address: str, *, now: datetime, device: str = "") -> None:
    """Count an attempt; raises TooManyTries with the wait in minutes.

    On a device on which the person has signed in before (登录过的设备) their own tries count there, and nowhere else:
    whoever guesses elsewhere cannot shut them out. All others count against the account and the address. Names that
    no account has are counted alike, so the limits tell nothing.
    """
    if device and knows(username, device):
        count(DEVICE, _on(device, username), now=now)
        return
    count(ACCOUNT, username, now=now)
    count(ADDRESS, _network(address), now=now)


def refuse_attempt(user_id: int | None, *, now: datetime) -> None:
    """Note a refused attempt in the log of readings, without what was typed (登录被拒)."""
    payload = {"user": user_id} if user_id else {}
    audit.record_reading(audit.Event.SIGN_IN_REFUSED, by=None, now=now, payload=payload)


def sign_in(
    user: User,
    *,
    address: str,
    tried_hash: str,
    now: datetime,
    renewed_hash: PasswordHash | None = None,
    device: str = "",
    device_name: str = "",
    code: str = "",
) -> str:
    """Begin a session after a right password and return its token (登录); the device is known from then on.

    `tried_hash` is the hash that the password was compared with: where account or password changed meanwhile, the
    attempt is refused like a wrong one. `code` is that of the second factor, where the account has one.
    Raises DomainError, always with the same sentence but for a wrong code, which only who knows the password is told.
    """
    locked(user)
    if not user.is_active or user.password_hash != tried_hash:
        raise DomainError(REFUSED)
    prove(user, code, now=now)
    if renewed_hash:
        user.password_hash = renewed_hash
    _take_back(user.username, address, device)
    sweep(now)
    known = note_device(user, device, name=device_name, now=now) if device else None
    token = start_session(user, device=known, now=now)
    audit.record(audit.Event.SIGNED_IN, by=user, now=now, payload={"user": user.id})
    return token


def prove_again(
    user: User,
    *,
    token: str,
    tried_hash: str,
    code: str,
    address: str,
    device: str,
    device_name: str,
    now: datetime,
) -> str:
    """Begin a session anew for who proved again that it is they (再次验证身份); return its token.

    The password was compared with `tried_hash`; who has a second factor gives its code instead. The session of `token`
    ends. Raises DomainError where the account changed meanwhile, and for a wrong code.
    """
    locked(user)
    if not user.is_active or user.password_hash != tried_hash:
        raise DomainError(REFUSED)
    prove(user, code, now=now, field="proof")
    _take_back(user.username, address, device)
    end_session(token, because=Ending.PROVED_AGAIN, now=now)
    fresh = start_session(user, device=note_device(user, device, name=device_name, now=now), now=now)
    audit.record(audit.Event.PROVED_AGAIN, by=user, now=now, payload={"user": user.id})
    return fresh


def _take_back(username: str, address: str, device: str) -> None:
    """Take back what a try counted that was right."""
    if device and knows(username, device):
        forget(DEVICE, _on(device, username))
    else:
        forget(ACCOUNT, username)
        uncount(ADDRESS, _network(address))


def forget_failures(username: str) -> None:
    """Open an account again that too many wrong passwords had closed."""
    forget(ACCOUNT, username)


def _on(device: str, username: str) -> str:
    return f"{device}|{username}"


def _network(address: str) -> str:
    """Return what an address counts as; IPv6 counts by its /64, which one household or attacker holds whole."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64 if parsed.version == 6 else 32), strict=False))
