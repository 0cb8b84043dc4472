"""Errors that a person can read: every sentence here is shown to the user as it is."""

import errno
import logging
import traceback
from collections.abc import Mapping


class DomainError(Exception):
    """A refused action, with the Chinese sentence that says why and what to do.

    `field` names the form field the sentence belongs to; `status` is the HTTP status of the answer.
    """

    status = 422

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    @property
    def errors(self) -> dict[str, str]:
        """The sentences by field; the empty name stands for the whole form."""
        return {self.field or "": self.message}


class FieldErrors(DomainError):
    """Several fields are wrong at once."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("；".join(errors.values()))
        self._errors = dict(errors)

    @property
    def errors(self) -> dict[str, str]:
        return dict(self._errors)


class NotFound(DomainError):
    """What was asked for does not exist, or the reader may not know that it does."""

    status = 404

    def __init__(self, message: str = "没有找到，或者您无权查看。") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The reader's posts do not allow this action."""

    status = 403


class StaleVersion(DomainError):
    """Somebody else acted since the page was opened (页面已过期)."""

    status = 409


class TooManyTries(DomainError):
    """Too many attempts in a short time."""

    status = 429


class WriteWithoutRecord(RuntimeError):
    """A transaction changed a sealed row without writing to the log: a defect in the program, never the user's."""


class WriteOutsideAct(RuntimeError):
    """Something was to be written outside `committed()`, or an act began inside another: a defect in the program."""


class StorageFailure(Exception):
    """The disk did not take or give a file; the error of the system is its cause."""


class FileChanged(StorageFailure):
    """A file is no longer what was stored: its content has another hash."""


class LogBroken(Exception):
    """The head of the log is gone, or was written without the key: nothing more may be written behind it."""


class OutcomeUnknown(Exception):
    """The connection was lost while an act was being committed: it may be stored, or not."""


def code_of(error: BaseException) -> str:
    """Return the code of what the database or the disk said; "" where it said nothing."""
    cause = getattr(error, "orig", None) or error.__cause__ or error
    if isinstance(cause, OSError):
        return errno.errorcode.get(cause.errno or 0, "")
    cause = getattr(cause, "orig", None) or cause
    return getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""


def log_defect(log: logging.Logger, error: BaseException, doing: str) -> None:
    """Name the kind, the code and the places of a defect in a log; its message could be personal."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " > ".join(f"{frame.name}:{frame.lineno}" for frame in frames)
    kind = f"{type(error).__name__} {code_of(error)}".rstrip()
    log.error("%s failed: %s at %s", doing, kind, places)
