"""整村销号核对单: what the seal of a village still needs, from figures alone. Pure."""

from dataclasses import dataclass
from datetime import date

from tracker.core.dates import month_day
from tracker.key_villages.rules.codes import VillageKind


@dataclass(frozen=True)
class DoneShare:
    """How many of how many are done; nothing at all counts as done."""

    done: int
    all: int

    @property
    def full(self) -> bool:
        """Whether nothing is left."""
        return self.done == self.all

    @property
    def words(self) -> str:
        """5 / 6."""
        return f"{self.done} / {self.all}"


@dataclass(frozen=True)
class VillageFacts:
    """What decides whether a village can be struck off.

    Problems that were withdrawn and matters that left the open register count in no share. `result_on` is the day on
    which the result of the election was reported; `sponsor_came_on` that of the sponsor's last visit of this round,
    `signed` how many signed before the sponsor.
    """

    kind: VillageKind
    problems: DoneShare
    cases: DoneShare
    findings: DoneShare
    election_on: date | None
    result_on: date | None
    sponsor_came_on: date | None
    signed: int = 0


@dataclass(frozen=True)
class VillageItem:
    """One line of the check list: what is asked, whether it holds, and what stands beside it."""

    label: str
    holds: bool
    beside: str


# Before the sponsor signs, three have: who applied, the township, the office.
BEFORE_THE_SPONSOR = 3


def check_list(facts: VillageFacts) -> list[VillageItem]:
    """Return the check list of a village but for the last signature."""
    return [
        *applying(facts),
        VillageItem("督导整改都已复核", facts.findings.full, facts.findings.words),
        VillageItem(
            "换届选举已完成，结果当日已报", facts.result_on is not None or _no_election(facts), _election(facts)
        ),
        VillageItem("包村领导到村核实", facts.sponsor_came_on is not None, _day(facts.sponsor_came_on, "尚未到村")),
        VillageItem(
            "联络员申请，乡镇、信访部门核对",
            facts.signed >= BEFORE_THE_SPONSOR,
            f"{min(facts.signed, BEFORE_THE_SPONSOR)} / {BEFORE_THE_SPONSOR}",
        ),
    ]


def applying(facts: VillageFacts) -> list[VillageItem]:
    """Return what must hold before anybody may apply: an entry without any problem never was worked on."""
    listed = facts.problems.full and facts.problems.all > 0
    return [
        VillageItem("每个问题都已销号", listed, facts.problems.words if facts.problems.all else "没有列出问题"),
        VillageItem("关联信访都已销号", facts.cases.full, facts.cases.words),
    ]


def _no_election(facts: VillageFacts) -> bool:
    """Say whether there is no election to wait for: no day is set, and the village is none that has still to elect."""
    return facts.kind is not VillageKind.NOT_ELECTED and facts.election_on is None


def _election(facts: VillageFacts) -> str:
    if _no_election(facts):
        return "入账前已换届" if facts.kind is VillageKind.ELECTED else "没有待办的选举"
    if facts.election_on is None:
        return "未定选举日"
    if facts.result_on is None:
        return f"{month_day(facts.election_on)}选举"
    late = (facts.result_on - facts.election_on).days
    return f"{month_day(facts.election_on)}" + (f"，结果迟报 {late} 天" if late > 0 else "")


def _day(day: date | None, none: str) -> str:
    return month_day(day) if day else none
