"""The gate proven: every state that problems and villages can reach, by the product's own rows and conditions.

Abstracted: people are numbers with the parts they hold, words and days are left out, and what a village still lacks is
one fact, whether its list is full. Every way of giving parts to up to five people is explored, one person may hold
several; what a broken table lets through is found.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import pytest

from tracker.key_villages.rules import acts as table
from tracker.key_villages.rules.acts import ACTS, SIGNATURES, ActRow, Condition, GateThing, VillageAct, VillagePart
from tracker.key_villages.rules.checklist import DoneShare, VillageFacts
from tracker.key_villages.rules.codes import ENDED, VillageKind, VillageStage
from tracker.key_villages.rules.conditions import GateFacts, failing

DAY = date(2026, 11, 21)
FULL = VillageFacts(VillageKind.ELECTED, DoneShare(2, 2), DoneShare(1, 1), DoneShare(0, 0), None, None, DAY, 3)
BARE = replace(FULL, problems=DoneShare(1, 2))
W, S, A = VillagePart, VillageStage, VillageAct
MOVING = frozenset({*SIGNATURES, A.RETURN, A.WITHDRAW, A.RECUR})
SIGNING_PARTS = {
    GateThing.PROBLEM: (
        W.OWNER,
        W.UNIT_HEAD,
        W.LIAISON,
        W.KEEPER,
        W.SPONSOR,
    ),
    GateThing.VILLAGE: (W.LIAISON, W.TOWNSHIP, W.KEEPER, W.SPONSOR),
}
People = tuple[frozenset[VillagePart], ...]


@dataclass(frozen=True)
class State:
    """A problem or a village: its stage, and who signed since it was last worked on."""

    stage: VillageStage
    signed: tuple[tuple[VillageAct, int], ...] = ()


def casts(thing: GateThing) -> Iterator[People]:
    """Yield every way of giving the parts to people: each part to one of as many people as there are parts."""
    parts = SIGNING_PARTS[thing]
    seen: set[People] = set()
    for given in product(range(len(parts)), repeat=len(parts)):
        people = tuple(
            frozenset(part for part, who in zip(parts, given, strict=True) if who == i) for i in range(len(parts))
        )
        cast = tuple(sorted((each for each in people if each), key=sorted))
        if cast not in seen:
            seen.add(cast)
            yield cast


def steps(
    thing: GateThing, state: State, people: People, rows: Collection[ActRow], *, full: bool
) -> Iterator[tuple[ActRow, int, State]]:
    """Yield every act that somebody can take, and where it leads."""
    for row in rows:
        if row.thing is not thing or row.act not in MOVING or state.stage not in row.froms or row.to is None:
            continue
        for me, mine in enumerate(people):
            if row.by & mine and not failing(row.conditions, facts(state, people, me, full=full)):
                yield row, me, moved(row, state, me)


def facts(state: State, people: People, me: int, *, full: bool) -> GateFacts:
    applicant = next((by for act, by in state.signed if act is A.APPLY), None)
    return GateFacts(
        me=me,
        signed=state.signed,
        of_the_unit=W.OWNER in people[me] or W.UNIT_HEAD in people[me],
        applicant_heads=applicant is not None and W.UNIT_HEAD in people[applicant],
        village=lambda: FULL if full else BARE,
        decided_by=99,
        worked_on=True,
        of_a_finding=False,
        worked_here=lambda: False,
        election_on=None,
        today=DAY,
    )


def moved(row: ActRow, state: State, me: int) -> State:
    assert row.to is not None
    if row.to in table.AT_WORK:
        return State(row.to)
    return State(row.to, (*state.signed, (row.act, me)) if row.act in SIGNATURES else state.signed)


def explored(thing: GateThing, people: People, rows: Collection[ActRow] = ACTS, *, full: bool = True) -> set[State]:
    found, waiting = set[State](), [State(S.OPEN)]
    while waiting:
        state = waiting.pop()
        if state not in found:
            found.add(state)
            waiting += [after for _row, _me, after in steps(thing, state, people, rows, full=full)]
    return found


def broken(thing: GateThing, rows: Collection[ActRow] = ACTS, *, full: bool = True) -> list[str]:
    """Return what is wrong with the states that can be reached, for every cast."""
    wrong: list[str] = []
    for cast in casts(thing):
        # An office has a second clerk, who is nothing else here.
        people = (*cast, frozenset({W.KEEPER}))
        for state in explored(thing, people, rows, full=full):
            wrong += wrong_in(thing, state, people, rows, full=full)
    return wrong


def wrong_in(thing: GateThing, state: State, people: People, rows: Collection[ActRow], *, full: bool) -> list[str]:
    wrong = []
    if state.stage is S.STRUCK_OFF:
        if [act for act, _by in state.signed] != list(SIGNATURES):
            wrong.append(f"{thing} struck off after {state.signed}")
        if len({by for _act, by in state.signed}) != len(SIGNATURES):
            wrong.append(f"{thing} struck off by fewer than four people: {state.signed}")
        if not full and thing is GateThing.VILLAGE:
            wrong.append(f"{thing} struck off though something is lacking")
        if W.SPONSOR not in people[state.signed[-1][1]]:
            wrong.append(f"{thing} struck off by another than the sponsor")
    everybody = all(len(each) == 1 for each in people)
    if state.stage not in ENDED and everybody and full and not list(steps(thing, state, people, rows, full=full)):
        wrong.append(f"{thing} is stuck at {state}")
    return wrong


@pytest.mark.parametrize("thing", GateThing)
def test_whatever_is_reached_keeps_the_gate(thing: GateThing) -> None:
    assert len(list(casts(thing))) == {GateThing.PROBLEM: 52, GateThing.VILLAGE: 15}[thing]
    assert broken(thing) == []


def test_a_village_that_lacks_something_is_never_struck_off() -> None:
    assert broken(GateThing.VILLAGE, full=False) == []


@pytest.mark.parametrize("thing", GateThing)
def test_whoever_fills_the_parts_the_end_is_reached_where_they_are_four(thing: GateThing) -> None:
    """Nobody is stuck: with different people for the parts of the gate it opens."""
    alone = next(cast for cast in casts(thing) if all(len(each) == 1 for each in cast))
    assert any(state.stage is S.STRUCK_OFF for state in explored(thing, alone))


BROKEN = {
    "nobody asks who signed before": lambda row: replace(
        row, conditions=tuple(each for each in row.conditions if each is not Condition.NOT_SIGNED_YET)
    ),
    "the office's check is left out": lambda row: replace(row, to=S.CHECKED) if row.act is A.AGREE else row,
    "the keeper signs": lambda row: replace(row, by=row.by | {W.KEEPER}) if row.act is A.SIGN else row,
    "what was checked leads nowhere": lambda row: replace(row, froms=row.froms - {S.CHECKED}),
}


@pytest.mark.parametrize("thing", GateThing)
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_table_is_found_out(thing: GateThing, how: str) -> None:
    assert broken(thing, [BROKEN[how](row) for row in ACTS]) != []


def test_a_seal_without_the_list_is_found_out() -> None:
    def careless(row: ActRow) -> ActRow:
        lists = (Condition.LIST_FULL, Condition.PROBLEMS_AND_CASES)
        return replace(row, conditions=tuple(each for each in row.conditions if each not in lists))

    assert broken(GateThing.VILLAGE, [careless(row) for row in ACTS], full=False) != []
