"""Passwords: what is accepted, how they are kept (argon2id), how they are compared. The only user of argon2.

Hashing takes tens of milliseconds by design: do it before a writing transaction begins, never inside.
"""

import secrets
import unicodedata
from functools import cache
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from tracker.core.errors import DomainError

PasswordHash = NewType("PasswordHash", str)
"""Only `accepted` makes one, so no service can be given a password that was not looked at."""

# Without what is easily read as something else.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
SHORTEST = 10
LONGEST = 200
FEWEST_DIFFERENT = 5
FEWEST_ADDED = 8
RULE = f"至少 {SHORTEST} 个字符，不要用姓名、用户名和常见密码。"
COMMON = (
    *("1234567890", "0123456789", "0987654321", "9876543210", "12345678910", "1234512345", "1122334455"),
    *("5201314520", "1314520520", "147258369", "123456789a", "a123456789", "q123456789", "qq123456789", "abc123456789"),
    *("qwertyuiop", "asdfghjkl", "1qaz2wsx3edc", "qazwsxedc", "q1w2e3r4t5", "zxcvbnm123", "qwerty123456", "abcdefghij"),
    *("password", "administrator", "admin123456", "admin@123", "root123456", "welcome123", "iloveyou", "letmein123"),
    *("woaizhongguo", "zhongguo", "xinfangju", "xinfang123", "tracker", "changeme", "mima123456", "xianzhengfu"),
)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def accepted(password: str, *, username: str, name: str, field: str = "password") -> PasswordHash:
    """Return the hash of a new password; raises DomainError with a sentence where it is too easy to guess."""
    password = _folded(password)
    if len(password) < SHORTEST:
        raise DomainError(f"密码太短，至少要 {SHORTEST} 个字符。", field=field)
    if len(password) > LONGEST:
        raise DomainError(f"密码太长，最多 {LONGEST} 个字符。", field=field)
    if len(set(password)) < FEWEST_DIFFERENT:
        raise DomainError("密码里的字符太单一，容易被猜中，请换一个。", field=field)
    lowered = password.casefold()
    if any(part and _is_most_of(_folded(part).casefold(), lowered) for part in (username, name)):
        raise DomainError("密码不能用姓名或用户名，请换一个。", field=field)
    if any(_is_most_of(common, lowered) for common in COMMON):
        raise DomainError("这个密码太常见，容易被猜中，请换一个。", field=field)
    return PasswordHash(_hasher(_cost()).hash(password))


def _is_most_of(part: str, password: str) -> bool:
    """Return whether nothing but a few characters was added to a known word."""
    return part in password and len(password) - len(part) < FEWEST_ADDED


def one_time() -> str:
    """Return a password of 59 bits that nobody chose (一次性密码), to be replaced at the first sign-in."""
    made = "".join(secrets.choice(LETTERS) for _ in range(12))
    return f"{made[:4]}-{made[4:8]}-{made[8:]}"


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether a password is right. Without an account (None) it takes just as long, and is never right."""
    hasher, stand_in = _hasher(_cost()), _stand_in(_cost())
    try:
        return hasher.verify(password_hash or stand_in, _folded(password)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def renewed(password_hash: str, password: str) -> PasswordHash | None:
    """Return a stronger hash of a password known to be right, where the stored one is of an older cost."""
    hasher = _hasher(_cost())
    if not hasher.check_needs_rehash(password_hash):
        return None
    return PasswordHash(hasher.hash(_folded(password)))


def _cost() -> str:
    return str(current_app.config["PASSWORD_HASH_COST"])


@cache
def _hasher(cost: str) -> PasswordHasher:
    if cost == "test":
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher()


@cache
def _stand_in(cost: str) -> str:
    return _hasher(cost).hash(secrets.token_urlsafe(16))
