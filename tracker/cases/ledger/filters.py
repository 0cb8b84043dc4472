"""The filters of the ledger (台账筛选), one row for each: read from an address, written back to one, shown as chips.

Whatever stands in the address gives a page: a value that is unknown or malformed is left out, with a sentence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from tracker.cases.ledger import finding
from tracker.cases.ledger.conditions import (
    ANSWERED_CONDITIONS,
    MINE_CONDITIONS,
    PROVISIONAL,
    STATE_CONDITIONS,
    Clause,
    Counted,
    LedgerReader,
    Reference,
    assigned,
    at_ledger,
    at_office,
    at_status,
    counted_in,
    due_within,
    given_to,
    in_category,
    in_edition,
    in_place,
    is_code,
    known_to,
    not_history,
    unchecked_for,
)
from tracker.cases.ledger.groups import (
    ANSWERED_LABELS,
    HISTORY_LABELS,
    MINE_LABELS,
    NO_CATEGORY,
    NO_PLACE,
    NO_UNIT,
    REPEAT_LABELS,
    STATE_LABELS,
    Answered,
    History,
    OwnMatters,
    Repeat,
    StateGroup,
)
from tracker.cases.ledger.kinds import (
    LONGER_THAN,
    LONGEST_WORDS,
    Control,
    Filter,
    Refused,
    counted,
    day,
    filter_of,
    mark,
    named,
    one_of,
    text,
    within,
)
from tracker.cases.ledger.rules import EDITION_LABELS, ReportEdition
from tracker.cases.ledger.sealing import opened, sealed
from tracker.cases.ledger.words import words_in_case
from tracker.cases.record.categories.queries import category_choices
from tracker.cases.record.finality import FINALIZED
from tracker.cases.record.leads import led_by
from tracker.cases.record.models import Assignment, Case
from tracker.cases.record.rules.codes import (
    CHANNEL_LABELS,
    LEDGER_STATUS_LABELS,
    LEVEL_LABELS,
    MATTER_CLASS_LABELS,
    PURPOSE_LABELS,
    STATUS_LABELS,
    URGENCY_LABELS,
    Channel,
    Confidentiality,
    LedgerStatus,
    MatterClass,
    Purpose,
    Status,
    Urgency,
)
from tracker.cases.record.rules.elections import ELECTION_TYPE_LABELS, ElectionType
from tracker.core.text import clean_line
from tracker.people.queries import all_department_choices
from tracker.people.rules import Reader
from tracker.petitioners.rules import numbers_in

KNOWN = "known"
WORDS = "words"


@dataclass(frozen=True)
class Filters:
    """What a list of cases is narrowed to; every field left alone narrows nothing. `problems` are sentences.

    Addresses, chips and the log follow the order of the fields, the form that of their `form` numbers.
    """

    words: str = text(
        "查找",
        hint="编号、标题、正文、村、承办单位；姓名、电话、证件号须写全，只在您可以查看身份的件里找",
        form=1,
        shown=lambda words: numbers_in(words).masked,
        where=lambda words, asking: words_in_case(words, asking.reader),
    )
    state: StateGroup | None = one_of(
        "台账", STATE_LABELS, form=2, where=lambda state, asking: STATE_CONDITIONS[state](asking)
    )
    status: Status | None = one_of("程序", STATUS_LABELS, form=5, where=at_status)
    ledger_status: LedgerStatus | None = one_of("销号", LEDGER_STATUS_LABELS, form=None, where=at_ledger)
    mine: OwnMatters | None = one_of(
        "与我有关", MINE_LABELS, form=4, where=lambda mine, asking: MINE_CONDITIONS[mine](asking)
    )
    due_within: int | None = within("到期", form=3, where=due_within)
    unchecked: int | None = within(
        "未检查", form=21, where=unchecked_for, shown=lambda days: f"超过 {days} 日", offered=LONGER_THAN
    )
    provisional: bool = mark("期限暂定", form=19, where=PROVISIONAL)
    answered: Answered | None = one_of(
        "答复", ANSWERED_LABELS, form=16, where=lambda answered, asking: ANSWERED_CONDITIONS[answered]
    )
    channel: Channel | None = one_of("信访形式", CHANNEL_LABELS, form=8, where=is_code(Case.channel))
    matter_class: MatterClass | None = one_of("类别", MATTER_CLASS_LABELS, form=9, where=is_code(Case.matter_class))
    purpose: Purpose | None = one_of("信访目的", PURPOSE_LABELS, form=None, where=is_code(Case.purpose))
    category: Reference | None = named(
        "内容分类",
        finding.category,
        choices=partial(category_choices, key="public_id"),
        nothing=NO_CATEGORY,
        form=10,
        where=in_category,
    )
    place: Reference | None = named(
        "属地",
        finding.place,
        control=Control.PLACE,
        nothing=NO_PLACE,
        hint="乡镇或村，可写名称、首字母、代码",
        form=7,
        where=in_place,
    )
    department: Reference | None = named(
        "承办单位", finding.department, choices=all_department_choices, nothing=NO_UNIT, form=6, where=given_to
    )
    handler: Reference | None = named(
        "承办人",
        finding.person,
        form=None,
        where=lambda person, asking: assigned(Assignment.handler_id == person.row.id),
    )
    lead_official: Reference | None = named(
        "领办领导",
        finding.person,
        form=None,
        where=lambda person, asking: led_by(person.row.id),
    )
    election_type: ElectionType | None = one_of(
        "选举类型", ELECTION_TYPE_LABELS, form=11, where=is_code(Case.election_type)
    )
    vote_buying: bool = mark("贿选", form=12, where=Case.vote_buying.is_(True))
    urgency: Urgency | None = one_of("紧急程度", URGENCY_LABELS, form=13, where=is_code(Case.urgency))
    level: Confidentiality | None = one_of("保密级别", LEVEL_LABELS, form=None, where=is_code(Case.level))
    received_from: date | None = day("收到不早于", form=14, where=lambda day, asking: Case.received_on >= day)
    received_to: date | None = day("收到不晚于", form=15, where=lambda day, asking: Case.received_on <= day)
    repeat: Repeat | None = one_of(
        "初件、重件",
        REPEAT_LABELS,
        form=17,
        where=lambda repeat, asking: (
            Case.original_id.is_(None) if repeat is Repeat.FIRST else Case.original_id.is_not(None)
        ),
    )
    finalized: bool = mark("已终结", form=20, where=FINALIZED)
    reopened: bool = mark("重新办理过", form=None, where=Case.round > 1)
    history: History | None = one_of(
        "历史件",
        HISTORY_LABELS,
        form=18,
        where=lambda history, asking: Case.import_run_id.is_not(None) if history is History.ONLY else not_history(),
    )
    office: Reference | None = named("登记机关", finding.department, form=None, where=at_office)
    edition: ReportEdition | None = one_of("版本", EDITION_LABELS, form=None, where=in_edition)
    counted: Counted | None = counted("统计", finding.department, where=counted_in)
    problems: tuple[str, ...] = field(default=(), compare=False)
    # For whom addresses are written: what they seal only this person opens again.
    asker: int = field(default=0, compare=False)

    @classmethod
    def parse(cls, args: Mapping[str, str], *, today: date, asker: int = 0) -> "Filters":
        """Read the filters of an address (`request.args`); costs a query for each thing that it names."""
        found: dict[str, Any] = {}
        problems: list[str] = []
        words = opened(clean_line(args.get(WORDS) or ""), asker)
        if words is None:
            problems.append("“查找”里的电话、证件号只有查找的人自己能再打开，请重新输入。")
        for name, row in FILTERS.items():
            written = (words or "") if name == WORDS else clean_line(args.get(name) or "")
            if not written:
                continue
            try:
                found[name] = row.read(written, today)
            except Refused as refused:
                problems.append(f"“{row.label}”{refused}")
        if WORDS in found and len(words or "") > LONGEST_WORDS:
            problems.append(f"查找的内容最多 {LONGEST_WORDS} 字，已按前 {LONGEST_WORDS} 字查找。")
        since, until = found.get("received_from"), found.get("received_to")
        if since and until and since > until:
            problems.append("收到日期的起始日晚于截止日，所以没有符合的件。")
        return cls(**found, problems=tuple(problems), asker=asker)

    def pairs(self) -> list[tuple[str, str]]:
        """Return what an address says, in the order of the filters, without what is left alone."""
        return [(name, self._written(name, value)) for name, value in self.chosen()]

    def _written(self, name: str, value: Any) -> str:
        return sealed(value, self.asker) if name == WORDS else FILTERS[name].written(value)

    def to_query(self) -> str:
        """Return the query string of an address, without the question mark."""
        return urlencode(self.pairs())

    def chosen(self) -> Iterator[tuple[str, Any]]:
        """Yield the filters that narrow, with their values."""
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name in FILTERS and value != each.default:
                yield each.name, value

    def without(self, name: str) -> "Filters":
        """Return the filters without one of them."""
        default: Any = next(each.default for each in fields(self) if each.name == name)
        return replace(self, **{name: default})

    def chips(self) -> list["Chip"]:
        """Return the chosen filters as chips, each with the query that is left when it is taken away."""
        return [
            Chip(name, FILTERS[name].label, FILTERS[name].shown(value), self.without(name).to_query())
            for name, value in self.chosen()
        ]

    def clauses(self, asking: LedgerReader) -> dict[str, Clause]:
        """Return what each chosen filter means in the database, by its name. A count and its list use the same ones."""
        return {name: FILTERS[name].where(value, asking) for name, value in self.chosen()}


# Each filter by its name in addresses.
FILTERS: dict[str, Filter] = {each.name: filter_of(each) for each in fields(Filters) if "filter" in each.metadata}


def filters_on_form() -> dict[str, Filter]:
    """Return the filters that the form asks for, by their names, in its order: those used most come first."""
    shown = [(row.form, name) for name, row in FILTERS.items() if row.form is not None]
    return {name: FILTERS[name] for _, name in sorted(shown, key=lambda each: each[0])}


@dataclass(frozen=True)
class Chip:
    """One chosen filter, and the query string without it."""

    name: str
    label: str
    value: str
    query: str


def conditions(filters: Filters, reader: Reader, today: date) -> dict[str, Clause]:
    """Return what each chosen filter of a list means, by its name, and last what the reader may see at all.

    Last, because SQLite looks at conditions in their order, and that one takes the longest to look at.
    """
    return filters.clauses(LedgerReader(reader, today)) | {KNOWN: known_to(reader)}
