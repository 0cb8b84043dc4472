"""PARAMETERS: how each filter of the ledger is called, read from an address, shown to people and written back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.cases.models import Category
from tracker.cases.queries.ledger.groups import (
    ANSWERED_LABELS,
    HISTORY_LABELS,
    MINE_LABELS,
    REPEAT_LABELS,
    STATE_LABELS,
)
from tracker.cases.rules.codes import (
    CHANNELS,
    ELECTION_TYPE_LABELS,
    LEDGER_STATUS_LABELS,
    LEVEL_LABELS,
    MATTER_CLASS_LABELS,
    PURPOSE_LABELS,
    STATUS_LABELS,
    URGENCY_LABELS,
)
from tracker.cases.search import words_of
from tracker.core.database import Model, db
from tracker.core.dates import long_date, parse_date
from tracker.core.errors import DomainError, NotFound
from tracker.people.models import User
from tracker.people.queries import department_by_public_id
from tracker.places.queries import place_label, place_of

LONGEST_WORDS = 100
LONGEST_WITHIN = 365
# How an address asks for what has no unit, or no place.
NOTHING = "none"
NO_UNIT, NO_PLACE = "尚未交给承办单位", "属地待定"
CHANNEL_LABELS = {channel: form.label for channel, form in CHANNELS.items()}


@dataclass(frozen=True)
class Reference:
    """A department, person, place or category named by a filter: how the address writes it, and what chips show."""

    key: str
    label: str
    row: Any = field(compare=False, repr=False)


class Refused(Exception):
    """A value that is left out, with the sentence that says so."""


@dataclass(frozen=True)
class Parameter:
    """How one filter is called, read from text, shown to people and written into an address."""

    label: str
    read: Callable[[str, date], Any]
    shown: Callable[[Any], str] = str
    written: Callable[[Any], str] = str


def _one_of(label: str, labels_by_code: Mapping[Any, str]) -> Parameter:
    """A code with its word: only the codes of the list."""
    by_text = {str(code): code for code in labels_by_code}

    def read(text: str, _today: date) -> Any:
        if text not in by_text:
            raise Refused(f"没有“{text[:20]}”这一项，已忽略。")
        return by_text[text]

    return Parameter(label, read, labels_by_code.__getitem__)


def _mark(label: str) -> Parameter:
    """A mark that is set or not."""

    def read(text: str, _today: date) -> bool:
        if text != "1":
            raise Refused(f"只能选或者不选，“{text[:20]}”已忽略。")
        return True

    return Parameter(label, read, lambda _value: "是", lambda _value: "1")


def _day(label: str) -> Parameter:
    def read(text: str, today: date) -> date:
        try:
            return parse_date(text, today)
        except DomainError as error:
            raise Refused(f"：{error.message}") from None

    return Parameter(label, read, long_date, date.isoformat)


def _read_words(text: str, _today: date) -> str:
    if not words_of(text):
        raise Refused("里没有可以查找的字，已忽略。")
    return text[:LONGEST_WORDS]


def _read_within(text: str, _today: date) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= LONGEST_WITHIN):
        raise Refused(f"应为 0 至 {LONGEST_WITHIN} 的整数，“{text[:20]}”已忽略。")
    return int(text)


def _shown_within(days: int) -> str:
    return f"{days} 日内到期" if days else "今日到期"


def _named(label: str, find: Callable[[str], tuple[str, Model] | None], *, nothing: str = "") -> Parameter:
    """A row named by its address; `nothing` are the words for having none, where that can be asked for."""

    def read(text: str, _today: date) -> Reference:
        if nothing and text == NOTHING:
            return Reference(NOTHING, nothing, None)
        found = find(text)
        if found is None:
            raise Refused("在系统里找不到，已忽略。")
        return Reference(text, *found)

    return Parameter(label, read, lambda reference: reference.label, lambda reference: reference.key)


def _department(public_id: str) -> tuple[str, Model] | None:
    try:
        row = department_by_public_id(public_id)
    except NotFound:
        return None
    return row.short_name, row


def _person(public_id: str) -> tuple[str, Model] | None:
    row = db.session.scalar(select(User).where(User.public_id == public_id))
    return (row.name, row) if row else None


def _place(public_id: str) -> tuple[str, Model] | None:
    try:
        row = place_of(public_id)
    except NotFound:
        return None
    return place_label(row).text, row


def _category(number: str) -> tuple[str, Model] | None:
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    row = db.session.get(Category, int(number))
    return (row.name, row) if row else None


# One row for each filter: its name in addresses, its label, how it is read.
PARAMETERS: dict[str, Parameter] = {
    "words": Parameter("查找", _read_words),
    "state": _one_of("台账", STATE_LABELS),
    "status": _one_of("程序", STATUS_LABELS),
    "ledger_status": _one_of("销号", LEDGER_STATUS_LABELS),
    "mine": _one_of("与我有关", MINE_LABELS),
    "due_within": Parameter("到期", _read_within, _shown_within),
    "provisional": _mark("期限暂定"),
    "answered": _one_of("答复", ANSWERED_LABELS),
    "channel": _one_of("信访形式", CHANNEL_LABELS),
    "matter_class": _one_of("类别", MATTER_CLASS_LABELS),
    "purpose": _one_of("信访目的", PURPOSE_LABELS),
    "category": _named("内容分类", _category),
    "place": _named("属地", _place, nothing=NO_PLACE),
    "department": _named("承办单位", _department, nothing=NO_UNIT),
    "handler": _named("承办人", _person),
    "lead_official": _named("领办领导", _person),
    "election_type": _one_of("选举类型", ELECTION_TYPE_LABELS),
    "vote_buying": _mark("贿选"),
    "urgency": _one_of("紧急程度", URGENCY_LABELS),
    "level": _one_of("密级", LEVEL_LABELS),
    "received_from": _day("收到不早于"),
    "received_to": _day("收到不晚于"),
    "repeat": _one_of("初件、重件", REPEAT_LABELS),
    "reopened": _mark("重新办理过"),
    "history": _one_of("历史件", HISTORY_LABELS),
}
