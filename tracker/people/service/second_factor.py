"""The second factor of a person (两步验证): enabled, asked for, taken away. Nothing here commits."""

from datetime import datetime

from sqlalchemy import select

from tracker import audit
from tracker.core.database import db, locked
from tracker.core.errors import DomainError
from tracker.people.models import SecondFactor, User
from tracker.people.second_factor import new_recovery_codes, recovery_hash, recovery_left, step_of
from tracker.people.service.sessions import Ending, end_sessions

WRONG_CODE = "验证码不对，或者已经用过。请核对手机的时间，等下一个验证码再试。"


def enable_factor(user: User, *, secret: str, code: str, now: datetime) -> list[str]:
    """Enable the second factor after its first code (启用两步验证); a new telephone takes the place of the old.

    Return the recovery codes (备用码), which are shown this once. Every session of the person ends: whoever signed in
    with the password alone is out. Raises DomainError for a wrong code.
    """
    locked(user)
    step = step_of(secret, code, now)
    if step is None:
        raise DomainError(WRONG_CODE, field="factor_code")
    factor, codes = _factor_of(user) or SecondFactor(user_id=user.id), new_recovery_codes()
    factor.secret, factor.since, factor.last_step = secret, now, step
    factor.recovery = [recovery_hash(user.id, each) for each in codes]
    db.session.add(factor)
    end_sessions(user, because=Ending.SECOND_FACTOR, now=now)
    audit.record(audit.Event.SECOND_FACTOR_ENABLED, by=user, now=now, payload={"user": user.id})
    return codes


def prove(user: User, code: str, *, now: datetime, field: str = "factor_code") -> None:
    """Take a code of the telephone, or a recovery code, once; nothing to do where no second factor is enabled.

    The caller records what it was asked for. Raises DomainError for a wrong code, and for one that was used before.
    """
    factor = _factor_of(user)
    if factor is None or factor.secret is None:
        return
    step, left = step_of(factor.secret, code, now), recovery_left(factor.recovery, user.id, code)
    if step is not None and step > (factor.last_step or 0):
        factor.last_step = step
    elif left is not None:
        factor.recovery = left
        payload = {"user": user.id, "left": len(left)}
        audit.record(audit.Event.RECOVERY_CODE_USED, by=user, now=now, payload=payload)
    else:
        raise DomainError(WRONG_CODE, field=field)


def disable_factor(user: User, *, by: audit.Actor | None, now: datetime, reason: str = "") -> None:
    """Take the second factor from an account (重置两步验证): its person enables a new one at the next sign-in.

    Raises DomainError where none is enabled.
    """
    locked(user)
    factor = _factor_of(user)
    if factor is None or factor.since is None:
        raise DomainError(f"{user.name}没有启用两步验证。")
    factor.secret, factor.since, factor.recovery = None, None, []
    end_sessions(user, because=Ending.SECOND_FACTOR, now=now)
    audit.record(audit.Event.SECOND_FACTOR_RESET, by=by, now=now, payload={"user": user.id}, text=reason)


def _factor_of(user: User) -> SecondFactor | None:
    """Return the row of a person, held until the end of the transaction: a code counts once."""
    found = db.session.scalar(select(SecondFactor).where(SecondFactor.user_id == user.id))
    return locked(found) if found else None
