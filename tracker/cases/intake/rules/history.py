"""Matters that ended before they were entered (历史件): how long they took, and by what they are known again. Pure."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from tracker.cases.record.rules.codes import Channel, Purpose
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LIMITS, LimitKind

# The lawful spans an answer is measured by: told within 15 days, answered within 60 (条例第二十三条、第三十四条).
MEASURED = (LimitKind.ACCEPTANCE, LimitKind.HANDLING)
SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class DayAndHour:
    """A day, and the hour where the source gives one."""

    day: date
    hour: time | None = None


@dataclass(frozen=True)
class HistoryRow:
    """One row of an earlier ledger or platform, read and checked, ready to be entered.

    `facts` are further columns kept as they were written; `category` is 一级、二级 by name; `village_code` is a
    12-digit code, `place_note` what the source says of the place.
    """

    source_no: str | None
    received: DayAndHour
    title: str
    summary: str
    channel: Channel
    purpose: Purpose
    answered: DayAndHour | None = None
    answer: str | None = None
    petitioner_name: str | None = None
    phone: str | None = None
    address: str | None = None
    people_count: int = 1
    category: tuple[str, ...] = ()
    village_code: str | None = None
    place_note: str | None = None
    superior_office: str | None = None
    superior_no: str | None = None
    superior_due_on: date | None = None
    facts: dict[str, str] = field(default_factory=dict)


def days_taken(received: DayAndHour, answered: DayAndHour) -> int:
    """Return the whole days from receipt to answer (答复用时).

    Where both hours are known a day is full after 24 hours; where not, the difference of the dates counts.
    Raises DomainError where the answer is earlier than the receipt.
    """
    days = (answered.day - received.day).days
    if received.hour is not None and answered.hour is not None and answered.hour < received.hour:
        days -= 1
    if days < 0:
        raise DomainError("答复时间早于收到时间，请核对两个时间。")
    return days


def counted_from(received: DayAndHour, answered: DayAndHour) -> date:
    """Return the day from which a kept clock counts, so that to its end it has the whole days that were taken.

    That is the day of receipt, or the next where the answer came at an earlier hour: the last day was not full.
    """
    return answered.day - timedelta(days=days_taken(received, answered))


def took_days(row: HistoryRow) -> int | None:
    """Return the whole days that the answer of a row took; None where there is none."""
    return days_taken(row.received, row.answered) if row.answered and row.answer else None


def is_over(kind: LimitKind, days: int) -> bool:
    """Return whether a number of whole days is more than a lawful span."""
    return days > LIMITS[kind].amount


def import_key(mapping: str, row: HistoryRow) -> str:
    """Return by what a row is known again: its number in the source, or its content where it has none."""
    parts = [mapping, row.source_no or ""] if row.source_no else [mapping, "", content_key(row)]
    return _hash(parts)


def content_key(row: HistoryRow) -> str:
    """Return a hash of what a row says, white space aside: two rows of one number must agree in it."""
    said = (row.received.day.isoformat(), row.title, row.summary, row.answer or "", row.petitioner_name or "")
    return _hash([SPACE.sub("", part) for part in said])


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
