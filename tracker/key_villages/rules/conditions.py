"""What must hold before an act, as predicates over named facts; each returns the sentence that says why not. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.core.dates import long_date
from tracker.key_villages.rules.acts import Condition, VillageAct
from tracker.key_villages.rules.checklist import VillageFacts, VillageItem, applying, check_list


@dataclass(frozen=True)
class GateFacts:
    """What the conditions of an act read.

    `me` is who acts, `signed` the signatures since the thing was last worked on, `of_the_unit` whether the person
    belongs to the unit that owes the problem, `applicant_heads` whether whoever applied heads it. `village` and
    `worked_here` are read only where an act asks for them. `decided_by` decided that the thing stands on the ledger,
    `worked_on` says whether anything was done there since.
    """

    me: int
    signed: Sequence[tuple[VillageAct, int | None]]
    of_the_unit: bool
    applicant_heads: bool
    village: Callable[[], VillageFacts]
    decided_by: int | None
    worked_on: bool
    of_a_finding: bool
    worked_here: Callable[[], bool]
    election_on: date | None
    today: date


def _not_signed_yet(facts: GateFacts) -> str:
    mine = any(by == facts.me for _act, by in facts.signed)
    return "申请、审核、核对、签批应由不同的人办理，您在本轮已经办理过一项。" if mine else ""


def _not_of_the_unit(facts: GateFacts) -> str:
    return "核对的人不能是责任单位的人，请由信访部门其他人核对。" if facts.of_the_unit else ""


def _owner_is_head(facts: GateFacts) -> str:
    return "" if facts.applicant_heads else "申请人不是责任单位负责人，应由责任单位负责人审核。"


def _lacking(items: list[VillageItem]) -> str:
    missing = [f"{item.label}（{item.beside}）" for item in items if not item.holds]
    return f"还不能办理：{'；'.join(missing)}。" if missing else ""


def _nothing_done(facts: GateFacts) -> str:
    sentence = "这个村已经列入问题或者办理过，不是误入，请逐个销号后申请整村销号。"
    return sentence if facts.worked_on else ""


def _not_the_decider(facts: GateFacts) -> str:
    return "决定列入的人不能自己撤列，应由另一人决定。" if facts.decided_by == facts.me else ""


def _not_of_a_finding(facts: GateFacts) -> str:
    return "这个问题是督导发现转来的，不能撤列，请解决后申请销号。" if facts.of_a_finding else ""


def _not_worked_on(facts: GateFacts) -> str:
    return "办理过这个村的人不能回头看，请由没有办过的人回头看。" if facts.worked_here() else ""


def _election_set(facts: GateFacts) -> str:
    if facts.election_on is None:
        return "还没有定选举日，请先定选举日。"
    return f"选举日是{long_date(facts.election_on)}，还没有到。" if facts.election_on > facts.today else ""


CONDITIONS: dict[Condition, Callable[[GateFacts], str]] = {
    Condition.NOT_SIGNED_YET: _not_signed_yet,
    Condition.NOT_OF_THE_UNIT: _not_of_the_unit,
    Condition.OWNER_IS_HEAD: _owner_is_head,
    Condition.PROBLEMS_AND_CASES: lambda facts: _lacking(applying(facts.village())),
    Condition.LIST_FULL: lambda facts: _lacking(check_list(facts.village())),
    Condition.NOTHING_DONE: _nothing_done,
    Condition.NOT_THE_DECIDER: _not_the_decider,
    Condition.ELECTION_SET: _election_set,
    Condition.NOT_OF_A_FINDING: _not_of_a_finding,
    Condition.NOT_WORKED_ON: _not_worked_on,
}


def failing(conditions: Sequence[Condition], facts: GateFacts) -> str:
    """Return why the first condition that fails does; "" where all hold."""
    return next(filter(None, (CONDITIONS[each](facts) for each in conditions)), "")
