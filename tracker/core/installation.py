"""Which installation this is (安装标识): a random mark in the data folder, made once, which no backup carries.

A database notes the mark of the folder it is at home in (`audit/installation`); beside another one it is a copy.
"""

import hmac
import secrets
from pathlib import Path

from flask import current_app

from tracker.core.encryption import make_secret

NAME = "installation"


def mark() -> str:
    """Return the mark of the data folder; "" where it has none."""
    try:
        return _file().read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def settle_mark() -> None:
    """Give the data folder its mark where it has none; several that start at once agree on one."""
    file = _file()
    if not file.exists():
        make_secret(file, secrets.token_urlsafe(16).encode())


def bind_cookies() -> None:
    """Let cookies hold in this installation only: who was signed in elsewhere signs in anew beside a copy."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    current_app.config["SECRET_KEY"] = hmac.new(key, mark().encode(), "sha256").hexdigest()


def renew_mark() -> None:
    """Give the data folder another mark: what is put into it now was at home elsewhere."""
    _file().unlink(missing_ok=True)
    settle_mark()


def _file() -> Path:
    return Path(current_app.config["TRACKER_DATA"]) / NAME
