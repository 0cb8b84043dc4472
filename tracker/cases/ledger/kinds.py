"""The kinds of filters: how each is read from an address, shown to people, written back and asked for by a form."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from tracker.cases.ledger.conditions import Clause, Counted, LedgerReader, Reference
from tracker.cases.ledger.groups import NOTHING
from tracker.cases.ledger.rules import COHORT_WORDS, Cohort, CohortPart, Span
from tracker.cases.record.search import words_of
from tracker.core.dates import Meaning, in_range, long_date, parse_date
from tracker.core.errors import DomainError

LONGEST_WORDS = 100
LONGEST_WITHIN = 365
# What a form offers for days until something falls due; an address may ask for any number of them.
WITHIN = (("0", "今日到期"), ("3", "3 日内"), ("7", "7 日内"), ("15", "15 日内"), ("30", "30 日内"))
# The same for days since a matter was looked at.
LONGER_THAN = tuple((str(days), f"超过 {days} 日") for days in (7, 15, 30, 60, 90))

# answered.held.20260101.20260331, and of one unit its public id behind it.
_COUNTED = re.compile(
    r"(?P<cohort>[a-z_]{1,40})\.(?P<part>[a-z]{1,10})\.(?P<since>\d{8})\.(?P<until>\d{8})(?:\.(?P<unit>[\w-]{1,40}))?",
    re.ASCII,
)

Code = TypeVar("Code", bound=StrEnum)
Where = Callable[[Any, LedgerReader], Clause]
Choices = Callable[[date], Sequence[tuple[str, Any]]]


class Control(StrEnum):
    """How a form asks for a filter."""

    TEXT = "text"
    CHOICE = "choice"
    MARK = "mark"
    DAY = "day"
    PLACE = "place"


class Refused(Exception):
    """A value that is left out, with the sentence that says so."""


class Find(Protocol):
    """Finds what an address names: the word for it and its row, or None."""

    def __call__(self, key: str, /) -> tuple[str, Any] | None: ...


@dataclass(frozen=True)
class Filter:
    """All there is to know of one filter (筛选项); a field of `Filters` carries it and gives it its name in addresses.

    `form` is its place on the form: of two with the same number, the earlier in the table stands first; None leaves it
    to links and commands. `choices` are what a select offers on a day.
    """

    label: str
    read: Callable[[str, date], Any]
    where: Where
    form: int | None
    control: Control
    shown: Callable[[Any], str] = str
    written: Callable[[Any], str] = str
    choices: Choices = lambda _today: ()
    hint: str = ""


def filter_of(each: Any) -> Filter:
    """Return the row that a field of `Filters` carries; raises KeyError where it carries none."""
    row: Filter = each.metadata["filter"]
    return row


def _row(default: object, row: Filter) -> Any:
    return field(default=default, metadata={"filter": row})


def text(
    label: str,
    *,
    where: Callable[[str, LedgerReader], Clause],
    form: int | None,
    hint: str,
    shown: Callable[[str], str],
) -> str:
    """Words to search for (查找)."""

    def read(text: str, _today: date) -> str:
        if not words_of(text):
            raise Refused("里没有可以查找的字，已忽略。")
        return text[:LONGEST_WORDS]

    filled: str = _row("", Filter(label, read, where, form, Control.TEXT, shown, hint=hint))
    return filled


def one_of(
    label: str, labels_by_code: Mapping[Code, str], *, where: Callable[[Code, LedgerReader], Clause], form: int | None
) -> Code | None:
    """A code with its word: only the codes of the list. Raises TypeError where a code has no word."""
    wordless = set(type(next(iter(labels_by_code)))) - set(labels_by_code)
    if wordless:
        raise TypeError(f"{label}: no word for {', '.join(sorted(wordless))}")
    by_text = {str(code): code for code in labels_by_code}

    def read(text: str, _today: date) -> Code:
        if text not in by_text:
            raise Refused(f"没有“{text[:20]}”这一项，已忽略。")
        return by_text[text]

    def choices(_today: date) -> list[tuple[str, str]]:
        return list(labels_by_code.items())

    shown = labels_by_code.__getitem__
    chosen: Code | None = _row(None, Filter(label, read, where, form, Control.CHOICE, shown, choices=choices))
    return chosen


def mark(label: str, *, where: Clause, form: int | None) -> bool:
    """A mark that is set or not."""

    def read(text: str, _today: date) -> bool:
        if text != "1":
            raise Refused(f"只能选或者不选，“{text[:20]}”已忽略。")
        return True

    row = Filter(
        label, read, lambda _value, _asking: where, form, Control.MARK, lambda _value: "是", lambda _value: "1"
    )
    marked: bool = _row(False, row)
    return marked


def day(label: str, *, where: Callable[[date, LedgerReader], Clause], form: int | None) -> date | None:
    """A day on which something happened, in any of the ways people write one."""

    def read(text: str, today: date) -> date:
        try:
            return parse_date(text, today, Meaning.HAPPENED)
        except DomainError as error:
            raise Refused(f"：{error.message}") from None

    named: date | None = _row(None, Filter(label, read, where, form, Control.DAY, long_date, date.isoformat))
    return named


def within(
    label: str,
    *,
    where: Callable[[int, LedgerReader], Clause],
    form: int | None,
    shown: Callable[[int], str] = lambda days: f"{days} 日内到期" if days else "今日到期",
    offered: Sequence[tuple[str, str]] = WITHIN,
) -> int | None:
    """A number of days from today on; 0 is today itself. With `shown` and `offered`: another number of days."""

    def read(text: str, _today: date) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= LONGEST_WITHIN):
            raise Refused(f"应为 0 至 {LONGEST_WITHIN} 的整数，“{text[:20]}”已忽略。")
        return int(text)

    row = Filter(label, read, where, form, Control.CHOICE, shown, choices=lambda _today: offered)
    days: int | None = _row(None, row)
    return days


def counted(label: str, find_unit: Find, *, where: Callable[[Counted, LedgerReader], Clause]) -> Counted | None:
    """What a number of a report counts: only links write it."""

    def read(text: str, _today: date) -> Counted:
        found = _COUNTED.fullmatch(text)
        unit = find_unit(found["unit"]) if found and found["unit"] else None
        if found is None or (found["unit"] and unit is None):
            raise Refused("不是报表上的数字，已忽略。")
        try:
            days = [in_range(date.fromisoformat(found[each])) for each in ("since", "until")]
            cohort, part = Cohort(found["cohort"]), CohortPart(found["part"])
        except (ValueError, DomainError):
            raise Refused("不是报表上的数字，已忽略。") from None
        if not COHORT_WORDS[cohort].of(part):
            raise Refused("不是报表上的数字，已忽略。")
        return Counted(cohort, part, Span(*days), Reference(found["unit"], *unit) if unit else None)

    row = Filter(label, read, where, None, Control.TEXT, lambda value: value.words)
    value: Counted | None = _row(None, row)
    return value


def named(
    label: str,
    find: Find,
    *,
    where: Callable[[Reference, LedgerReader], Clause],
    form: int | None,
    control: Control = Control.CHOICE,
    choices: Choices = lambda _today: (),
    nothing: str = "",
    hint: str = "",
) -> Reference | None:
    """A row named by its address; `nothing` are the words for having none, where that can be asked for.

    `Reference.row` is then None, and `where` has to say what that means.
    """

    def read(text: str, _today: date) -> Reference:
        if nothing and text == NOTHING:
            return Reference(NOTHING, nothing, None)
        found = find(text)
        if found is None:
            raise Refused("在系统里找不到，已忽略。")
        return Reference(text, *found)

    def offered(today: date) -> list[tuple[str, Any]]:
        return [(NOTHING, nothing), *choices(today)] if nothing else list(choices(today))

    row = Filter(
        label, read, where, form, control, lambda value: value.label, lambda value: value.key, offered, hint=hint
    )
    reference: Reference | None = _row(None, row)
    return reference
