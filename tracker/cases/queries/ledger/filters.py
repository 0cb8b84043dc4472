"""The filters of the ledger (台账筛选): read from an address, written back to one, shown as chips.

Whatever stands in the address gives a page: a value that is unknown or malformed is left out, with a sentence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from tracker.cases.queries.ledger.groups import Answered, History, Mine, Repeat, State
from tracker.cases.queries.ledger.parameters import LONGEST_WORDS, PARAMETERS, Reference, Refused
from tracker.cases.rules.codes import Channel, ElectionType, LedgerStatus, Level, MatterClass, Purpose, Status, Urgency
from tracker.core.text import clean_line


@dataclass(frozen=True)
class Filters:
    """What a list of cases is narrowed to; every field left alone narrows nothing. `problems` are sentences."""

    words: str = ""
    state: State | None = None
    status: Status | None = None
    ledger_status: LedgerStatus | None = None
    mine: Mine | None = None
    due_within: int | None = None
    provisional: bool = False
    answered: Answered | None = None
    channel: Channel | None = None
    matter_class: MatterClass | None = None
    purpose: Purpose | None = None
    category: Reference | None = None
    place: Reference | None = None
    department: Reference | None = None
    handler: Reference | None = None
    lead_official: Reference | None = None
    election_type: ElectionType | None = None
    vote_buying: bool = False
    urgency: Urgency | None = None
    level: Level | None = None
    received_from: date | None = None
    received_to: date | None = None
    repeat: Repeat | None = None
    reopened: bool = False
    history: History | None = None
    problems: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def parse(cls, args: Mapping[str, str], *, today: date) -> "Filters":
        """Read the filters of an address (`request.args`); costs a query for each thing that it names."""
        found: dict[str, Any] = {}
        problems: list[str] = []
        for name, parameter in PARAMETERS.items():
            text = clean_line(args.get(name) or "")
            if not text:
                continue
            try:
                found[name] = parameter.read(text, today)
            except Refused as refused:
                problems.append(f"“{parameter.label}”{refused}")
        if "words" in found and len(clean_line(args.get("words") or "")) > LONGEST_WORDS:
            problems.append(f"查找的内容最多 {LONGEST_WORDS} 字，已按前 {LONGEST_WORDS} 字查找。")
        since, until = found.get("received_from"), found.get("received_to")
        if since and until and since > until:
            problems.append("收到日期的起始日晚于截止日，所以没有符合的件。")
        return cls(**found, problems=tuple(problems))

    def pairs(self) -> list[tuple[str, str]]:
        """Return what an address says, in the order of the filters, without what is left alone."""
        return [(name, PARAMETERS[name].written(value)) for name, value in self.chosen()]

    def to_query(self) -> str:
        """Return the query string of an address, without the question mark."""
        return urlencode(self.pairs())

    def chosen(self) -> Iterator[tuple[str, Any]]:
        """Give the filters that narrow, with their values."""
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name in PARAMETERS and value != each.default:
                yield each.name, value

    def without(self, name: str) -> "Filters":
        """Return the filters without one of them."""
        default: Any = next(each.default for each in fields(self) if each.name == name)
        return replace(self, **{name: default})

    def chips(self) -> list["Chip"]:
        """Return the chosen filters as chips, each with the query that is left when it is taken away."""
        return [
            Chip(name, PARAMETERS[name].label, PARAMETERS[name].shown(value), self.without(name).to_query())
            for name, value in self.chosen()
        ]


@dataclass(frozen=True)
class Chip:
    """One chosen filter, and the query string without it."""

    name: str
    label: str
    value: str
    query: str
