"""Texts that lie open or enclosed (密存): of a closed matter all is ciphertext, of others it stands as typed.

In the column of a text stands what was typed, or `OPENING` and the envelope (`core.encryption`) in base64. What was
typed and begins with `OPENING` is itself enclosed, so that nobody can type an envelope. In Python a text is the same
either way, and so is the seal of its row. Which rows are enclosed is said in one place, `cases/record/at_rest`.
"""

import json
from base64 import b64decode, b64encode
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from tracker.core.encryption import CannotDecrypt, decrypt, encrypt

OPENING = "⟦密⟧"


class Enclosed(str):
    """A text that is to be stored as ciphertext."""


class EnclosedFacts(dict[str, Any]):
    """Facts that are to be stored as ciphertext."""


def enclosed(value: Any, *, closed: bool) -> Any:
    """Return a text, or facts, marked to be stored as ciphertext, or as they are; nothing stays nothing."""
    if value is None:
        return None
    if isinstance(value, dict):
        return EnclosedFacts(value) if closed else dict(value)
    return Enclosed(value) if closed else str(value)


def lock_up(value: str, *, context: str) -> str:
    """Return what stands in the column of an enclosed text."""
    return OPENING + b64encode(encrypt(str(value), context=context)).decode()


def take_out(stored: str, *, context: str) -> str:
    """Return what an enclosed text says; raises CannotDecrypt where it was altered or moved from another column."""
    try:
        return decrypt(b64decode(stored[len(OPENING) :], validate=True), context=context)
    except ValueError:
        raise CannotDecrypt(context) from None


class CaseText(TypeDecorator[str]):
    """A text of a matter; `context` is "table.column". With `always`, it is enclosed whatever the matter is.

    An envelope is longer than what it holds: on PostgreSQL the column has no `length` of its own (forms have theirs);
    SQLite keeps none of any column.
    """

    impl = Text
    cache_ok = True

    def __init__(self, context: str, length: int | None = None, *, always: bool = False) -> None:
        super().__init__()
        self.context = context
        self.length = length
        self.always = always
        if length is not None:
            self.impl = String(length).with_variant(Text(), "postgresql")  # type: ignore[assignment]

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        shut = self.always or isinstance(value, Enclosed) or value.startswith(OPENING)
        return lock_up(value, context=self.context) if shut else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return what it says; raises CannotDecrypt for what was altered, or lies open where it never may."""
        if value is None:
            return None
        if value.startswith(OPENING):
            return take_out(value, context=self.context)
        if self.always:
            raise CannotDecrypt(self.context)
        return value


class CaseFacts(TypeDecorator[dict[str, Any]]):
    """Facts of a matter, in JSON: an object as it is, or the text of an envelope, which no facts can be."""

    impl = JSON
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context
        self.always = False

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> Any:
        if isinstance(value, EnclosedFacts):
            return lock_up(json.dumps(value, ensure_ascii=False), context=self.context)
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:
        if isinstance(value, str):
            found: dict[str, Any] = json.loads(take_out(value, context=self.context))
            return found
        return value  # type: ignore[no-any-return]
