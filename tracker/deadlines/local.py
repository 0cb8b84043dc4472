"""LOCAL: the numbers that no law gives and an office sets for itself (本单位规定). One row for each."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class LocalNumber(StrEnum):
    """What an office counts by a number of its own."""

    LATE_ENTRY = "late_entry"
    BEFORE_SUPERIOR = "before_superior"


@dataclass(frozen=True)
class LocalRule:
    """A number of the office: what it is for, how many, of what, on which basis."""

    label: str
    amount: int
    unit: str
    basis: str = "本单位规定（条例未规定天数）"


LOCAL: dict[LocalNumber, LocalRule] = {
    LocalNumber.LATE_ENTRY: LocalRule(label="办理后几天以内录入的不算补录", amount=3, unit="日"),
    LocalNumber.BEFORE_SUPERIOR: LocalRule(label="反馈时限比上级要求办结日期提前的天数", amount=5, unit="日"),
}


def is_late_entry(happened_on: date | None, entered_on: date) -> bool:
    """Return whether an act was entered more than the office's days after the day it happened (补录)."""
    return happened_on is not None and (entered_on - happened_on).days > LOCAL[LocalNumber.LATE_ENTRY].amount
