"""Accounts (账号): made, changed, disabled; passwords set."""

import re
import unicodedata
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError, StaleVersion
from tracker.core.text import clean_line, normalise
from tracker.people import queries
from tracker.people.models import FormerName, User
from tracker.people.passwords import PasswordHash
from tracker.people.service.devices import forget_devices
from tracker.people.service.posts import keep_the_keepers
from tracker.people.service.sessions import Ending, end_sessions
from tracker.people.service.sign_in import forget_failures
from tracker.people.service.versions import refuse_stale

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
LONGEST_NAME = 40
LONGEST_NAME_KEY = 60
LONGEST_PHONE = 30
LONGEST_EMAIL = 120
# One plain address: what cannot start a second header or a second recipient (RFC 5321, without its rarer forms).
_EMAIL = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)
TAKEN = "已经有人用这个用户名，请换一个。"


def folded_username(text: str) -> str:
    """Return a username as it is kept and looked up: without distinction of width or case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def create_user(
    *,
    username: str,
    name: str,
    password_hash: PasswordHash,
    by: audit.Actor | None,
    now: datetime,
    phone: str = "",
    must_change_password: bool = True,
) -> User:
    """Make an account (新增人员). The password is the office's first one unless `must_change_password` is off.

    Raises DomainError where the name to sign in with is taken.
    """
    user = User(
        username=_checked_username(username),
        name=_checked_name(name),
        name_key=normalise(name),
        phone=_checked_phone(phone),
        password_hash=password_hash,
        must_change_password=must_change_password,
        created_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        raise DomainError(TAKEN, field="username") from None
    audit.record(audit.Event.USER_CREATED, by=by, now=now, payload={"user": user.id})
    return user


def _checked_username(text: str) -> str:
    username = folded_username(text)
    if not _USERNAME.fullmatch(username):
        raise DomainError("用户名用 2 到 40 个英文字母、数字、点、横线或下划线，以字母或数字开头。", field="username")
    if queries.account_named(username):
        raise DomainError(TAKEN, field="username")
    return username


def _checked_name(text: str) -> str:
    name = clean_line(text)
    if not normalise(name):
        raise DomainError("请填写姓名。", field="name")
    if len(name) > LONGEST_NAME or len(normalise(name)) > LONGEST_NAME_KEY:
        raise DomainError(f"姓名最多 {LONGEST_NAME} 个字。", field="name")
    return name


def _checked_phone(text: str) -> str | None:
    phone = clean_line(text)
    if len(phone) > LONGEST_PHONE:
        raise DomainError(f"电话最多 {LONGEST_PHONE} 个字符。", field="phone")
    return phone or None


def change_user(user: User, *, name: str, phone: str, by: audit.Actor, now: datetime, seen: str | None = None) -> None:
    """Correct a person's name and telephone (修改人员); `seen` is the version the page showed.

    The old name is kept (曾用名), for letters go on using it, and stands in the log.
    """
    locked(user)
    refuse_stale(user, seen)
    before, user.name = user.name, _checked_name(name)
    user.phone = _checked_phone(phone)
    if normalise(user.name) != user.name_key:
        db.session.add(FormerName(user_id=user.id, name=before, changed_at=now))
        user.name_key = normalise(user.name)
    words = f"原姓名：{before}" if before != user.name else None
    audit.record(audit.Event.USER_CHANGED, by=by, now=now, payload={"user": user.id}, text=words)


def change_email(user: User, email: str, *, by: audit.Actor, now: datetime) -> None:
    """Set or clear the address for notices (通知邮箱); notices about confidential matters say nothing there."""
    locked(user)
    user.email = _checked_email(email)
    payload = {"user": user.id, "email": user.email is not None}
    audit.record(audit.Event.USER_CHANGED, by=by, now=now, payload=payload)


def _checked_email(text: str) -> str | None:
    address = unicodedata.normalize("NFKC", clean_line(text))
    if not address:
        return None
    if len(address) > LONGEST_EMAIL:
        raise DomainError(f"邮箱最多 {LONGEST_EMAIL} 个字符。", field="email")
    if not _EMAIL.fullmatch(address):
        raise DomainError("邮箱写得不对，应像 zhangsan@example.com 这样，只写一个。", field="email")
    return address


def disable_user(user: User, *, by: audit.Actor, now: datetime, reason: str = "") -> None:
    """Take away the right to sign in (停用); every session of the person ends at once.

    Raises DomainError for one's own account, for one that is disabled already, and for the last administrator.
    """
    if user.id == by.id:
        raise DomainError("不能停用自己的账号，请由另一位系统管理员办理。")
    # First, and in one order for everybody: two administrators may be disabling each other.
    keep_the_keepers(without=user.posts, from_on=local_date(now))
    locked(user)
    if not user.is_active:
        raise DomainError(f"{user.name}的账号已经停用。")
    user.disabled_at = now
    end_sessions(user, because=Ending.DISABLED, now=now)
    audit.record(audit.Event.USER_DISABLED, by=by, now=now, payload={"user": user.id}, text=reason)


def enable_user(user: User, *, by: audit.Actor | None, now: datetime) -> None:
    """Give the right to sign in back (启用); the posts are as they were left.

    Raises DomainError for an account that is not disabled.
    """
    locked(user)
    if user.is_active:
        raise DomainError(f"{user.name}的账号没有停用。")
    user.disabled_at = None
    audit.record(audit.Event.USER_CHANGED, by=by, now=now, payload={"user": user.id, "enabled": True})


def reset_password(
    user: User, *, password_hash: PasswordHash, by: audit.Actor | None, now: datetime, reason: str = ""
) -> None:
    """Give somebody a first password again (重置密码), to be changed at the next sign-in; their sessions end."""
    locked(user)
    _set_password(user, password_hash, must_change=True, now=now)
    audit.record(audit.Event.PASSWORD_CHANGED, by=by, now=now, payload={"user": user.id, "reset": True}, text=reason)


def change_password(user: User, *, tried_hash: str, password_hash: PasswordHash, now: datetime) -> None:
    """Take one's own new password (修改密码); every session of the person ends, the one in use too.

    `tried_hash` is the hash that the old password was compared with: it must still be the stored one.
    Raises StaleVersion where it was changed elsewhere since.
    """
    locked(user)
    if user.password_hash != tried_hash:
        raise StaleVersion("密码刚刚在别处改过，请重新登录。")
    _set_password(user, password_hash, must_change=False, now=now)
    audit.record(audit.Event.PASSWORD_CHANGED, by=user, now=now, payload={"user": user.id})


def _set_password(user: User, password_hash: PasswordHash, *, must_change: bool, now: datetime) -> None:
    user.password_hash = password_hash
    user.must_change_password = must_change
    end_sessions(user, because=Ending.PASSWORD_CHANGED, now=now)
    forget_failures(user.username)
    forget_devices(user, now=now)
