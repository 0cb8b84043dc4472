"""What the desk (工作台) says of deputies' suggestions: for units and leaders their own, for the keepers what waits."""

from dataclasses import dataclass
from datetime import date

from tracker.people.rules import Reader, Role, does_case_work
from tracker.suggestions.access import kept_by
from tracker.suggestions.queries.lists import SuggestionFilters, counted
from tracker.suggestions.rules.codes import SuggestionStage
from tracker.suggestions.rules.groups import Mine, Promised, SuggestionDates

RED, AMBER, PLAIN = "red", "amber", ""
_OWN = (
    ("代表建议待答复", SuggestionDates.TO_ANSWER, PLAIN),
    ("代表建议逾期未答复", SuggestionDates.LATE, RED),
)


@dataclass(frozen=True)
class SuggestionCount:
    """A number on the desk that is not zero, with the filters of its list."""

    label: str
    count: int
    filters: SuggestionFilters
    tone: str


def waiting(reader: Reader, *, today: date) -> list[SuggestionCount]:
    """Return what of suggestions waits for a person; what is zero is left out: few people have any. One query."""
    if not reader.active or not does_case_work(reader):
        return []
    asked = list(dict.fromkeys(_asked(reader)))
    numbers = counted([filters for _label, filters, _tone in asked], reader, today=today)
    return [
        SuggestionCount(label, number, filters, tone)
        for (label, filters, tone), number in zip(asked, numbers, strict=True)
        if number
    ]


def _asked(reader: Reader) -> list[tuple[str, SuggestionFilters, str]]:
    found = []
    leads = reader.holds(Role.LEAD_OFFICIAL, Role.PRINCIPAL_LEADER)
    if leads or reader.holds(Role.HANDLER, Role.DEPARTMENT_HEAD):
        mine = Mine.LEADING if leads else Mine.UNIT
        found += [(label, SuggestionFilters(dates=dates, mine=mine), tone) for label, dates, tone in _OWN]
        found.append(("承诺事项逾期", SuggestionFilters(promised=Promised.LATE, mine=mine), RED))
    if kept_by(reader) and reader.holds(Role.ACCEPTOR, Role.SUPERVISOR):
        found += [
            ("代表建议待决定退回", SuggestionFilters(stage=SuggestionStage.OBJECTED), AMBER),
            ("代表建议待登记代表意见", SuggestionFilters(stage=SuggestionStage.ANSWERED), PLAIN),
            ("代表建议逾期未答复", SuggestionFilters(dates=SuggestionDates.LATE), RED),
        ]
    return found
