"""The lifecycle, proven over every state that can be reached, and each invariant shown to fail on a broken copy.

What is executed are the product's own rows, guards, stations, access rules and clock rules; what is imagined is the
matter itself (`state`) and what the acts write (`effects`, held against the real services by `test_driven`). The law
is typed apart (`law`). The slices and the abstraction are named in `slices` and `state`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.lifecycle import cast, explore
from tests.lifecycle.effects import EFFECTS, LEFT_OUT
from tests.lifecycle.explore import Explored, Lifecycle
from tests.lifecycle.invariants import (
    INVARIANTS,
    Invariant,
    every_clock_ends,
    no_right_is_lost,
    nobody_is_forgotten,
    nobody_is_stuck,
    nothing_is_owed_after,
    only_lawful_steps,
    signed_by_three,
    the_accused_never_reads,
    without_duty,
)
from tests.lifecycle.slices import SLICES, Slice
from tests.lifecycle.state import Imagined, State
from tracker.cases.lifecycle.rules.actions import Action, Guard, Station
from tracker.cases.lifecycle.rules.clockless import WITHOUT_CLOCK
from tracker.cases.lifecycle.rules.guards import refusal
from tracker.cases.lifecycle.rules.step_rows import StepRule, Stop
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.record.rules.codes import LedgerStatus, MatterClass, Status
from tracker.deadlines.limits import NOT_OF_MATTERS, LimitKind


@cache
def explored(name: str) -> Explored:
    """Return what can be reached in a slice."""
    return _explored(SLICES[name])


def _explored(part: Slice, lifecycle: Lifecycle | None = None) -> Explored:
    lifecycle = lifecycle or part.lifecycle
    return lifecycle.explore([lifecycle.registered(part.first)])


def test_all_that_can_be_reached_keeps_the_law() -> None:
    """One test for all slices: what the next ones ask of them together is explored once, in one process."""
    wrong = []
    for name in SLICES:
        found = explored(name)
        kept = (sentence for invariant in INVARIANTS for sentence in sorted(invariant(found), key=len)[:3])
        wrong += [f"{name}: {sentence}" for sentence in kept]
        assert len(found.states) > 300, f"{name}: a slice in which hardly anything happens proves nothing"
    assert not wrong, "\n".join(wrong)


def test_the_slices_take_every_step_of_the_table() -> None:
    taken = {edge.row for name in SLICES for edge in explored(name).edges if edge.row}
    left = {row for row in STEPS if row.action not in LEFT_OUT} - taken
    assert not left, [row.label for row in left]
    assert set(EFFECTS) | LEFT_OUT == {row.action for row in STEPS}


class Asked(Imagined):
    """Facts that note which of them a guard asks for."""

    def __getattribute__(self, name: str) -> Any:
        if name in ("drafts_wait_for_me", "my_drafts_wait"):
            raise LookupError(name)
        return super().__getattribute__(name)


def test_what_is_left_out_can_change_nothing_that_is_proven() -> None:
    """An order that waits: its guards alone ask for it; signed it is an order like another; else nothing is written."""
    rows = {row.action: row for row in STEPS if row.action in LEFT_OUT | {Action.SUPERVISE}}
    sign, refuse, supervise = (rows[each] for each in (Action.SIGN_ORDER, Action.REFUSE_ORDER, Action.SUPERVISE))
    assert (sign.starts, sign.supersedes) == (supervise.starts, supervise.supersedes)
    for row in (sign, refuse):
        assert not any((row.to, row.ledger_to, row.hands, row.stops, row.cancels, row.records, row.issues, row.derives))
    assert (refuse.starts, refuse.supersedes) == ((), ())
    blind = Asked(State(), "acceptor", cast.reader("acceptor", "full"))
    asking = {guard for guard in Guard if _asks(guard, blind)}
    assert asking == {*sign.guards, *refuse.guards}
    assert all(asking.isdisjoint(row.guards) for row in STEPS if row not in (sign, refuse))
    no_facts: Any = object()
    assert refusal(rows[Action.UNDO_IMPORT].guards, no_facts), "it is refused whatever the facts"


def _asks(guard: Guard, blind: Imagined) -> bool:
    """Return whether a guard asks for an order that waits."""
    try:
        refusal((guard,), blind)
    except LookupError:
        return True
    return False


def test_every_state_of_both_tracks_and_every_clock_is_reached() -> None:
    states = [state for name in SLICES for state in explored(name).states]
    assert {state.status for state in states} == set(Status)
    assert {state.ledger for state in states} == set(LedgerStatus)
    assert {kind for state in states for kind, _about in state.clocks} == set(LimitKind) - NOT_OF_MATTERS


def _needless() -> set[tuple[Status, MatterClass | None]]:
    """Return the rows of the table of no clocks that no state asks for."""
    here = {(state.status, state.matter_class) for name in SLICES for state in without_duty(explored(name))}
    asked = {(status, each if (status, each) in WITHOUT_CLOCK else None) for status, each in here}
    return WITHOUT_CLOCK.keys() - asked


def test_every_reason_for_no_clock_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _needless()
    monkeypatch.setitem(WITHOUT_CLOCK, (Status.OBJECTED, None), "没有期限。")
    assert _needless() == {(Status.OBJECTED, None)}, "the control"


Change = Callable[[StepRule], StepRule | None]


def _without_guard(*guards: Guard) -> Change:
    return lambda row: replace(row, guards=tuple(each for each in row.guards if each not in guards))


def _without(*actions: Action) -> Change:
    return lambda row: None if row.action in actions else row


def _without_end(kind: LimitKind) -> Change:
    def change(row: StepRule) -> StepRule:
        stops = tuple(each for each in row.stops if each.kind is not kind)
        return replace(row, stops=stops, cancels=tuple(each for each in row.cancels if each.kind is not kind))

    return change


def _ending_windows(action: Action) -> Change:
    """A reopening that takes the petitioner's days away, as it once did."""

    def change(row: StepRule) -> StepRule:
        return replace(row, cancels=(*row.cancels, Stop(LimitKind.REVIEW_WINDOW))) if row.action is action else row

    return change


def _without_start(kind: LimitKind) -> Change:
    return lambda row: replace(row, starts=tuple(each for each in row.starts if each.kind is not kind))


def _also(action: Action, *, froms: Status | None = None, by: Station | None = None) -> Change:
    def change(row: StepRule) -> StepRule:
        if row.action is not action:
            return row
        return replace(row, froms=row.froms | ({froms} if froms else set()), by=row.by | ({by} if by else set()))

    return change


BROKEN: list[tuple[Invariant, str, Change]] = [
    (signed_by_three, "一人多岗", _without_guard(Guard.NOT_APPLICANT, Guard.NOT_CHECKER)),
    (signed_by_three, "检举控告", _without_guard(Guard.CHECKLIST_COMPLETE)),
    (nobody_is_stuck, "申诉求决，复查、复核", _without(Action.REFUSE_OBJECTION, Action.UPHOLD_OBJECTION)),
    (nobody_is_stuck, "建议", _without(Action.CHANGE_HANDLER)),
    (nobody_is_stuck, "建议", _without(Action.CHANGE_LEAD)),
    (nobody_is_stuck, "单位撤销，重新交办", _without(Action.REASSIGN)),
    (nobody_is_stuck, "保密级别，被反映人", _without(Action.SEAL_ACCUSATION)),
    (every_clock_ends, "申诉求决，复查、复核", _without_end(LimitKind.RULING)),
    (nothing_is_owed_after, "申诉求决，复查、复核", _without_end(LimitKind.FEEDBACK)),
    (nobody_is_forgotten, "建议", _without_start(LimitKind.ACCEPTANCE)),
    (nobody_is_forgotten, "申诉求决，再办", _without_start(LimitKind.REASSIGNMENT)),
    *(
        (no_right_is_lost, "再办，复查、复核", _ending_windows(act))
        for act in (Action.REOPEN, Action.LOOK_BACK_REOPENS)
    ),
    (no_right_is_lost, "再办，并案、作废", _without_guard(Guard.NOTHING_TO_REVIEW)),
    (only_lawful_steps, "再办，复查、复核", _without_guard(Guard.NO_REVIEW_OPEN)),
    (only_lawful_steps, "检举控告", _without_guard(Guard.NOT_ACCUSATION)),
    (only_lawful_steps, "申诉求决，复查、复核", _without_guard(Guard.NOT_EXTENDED)),
    (only_lawful_steps, "申诉求决，复查、复核", _without_guard(Guard.NO_SECOND_RETURN)),
    (only_lawful_steps, "申诉求决，复查、复核", _also(Action.ACCEPT, froms=Status.ASSIGNED)),
    *(
        (only_lawful_steps, "重大紧急，审批", _without_guard(guard))
        for guard in (
            Guard.OPINION_APPROVED,
            Guard.NON_ACCEPTANCE_APPROVED,
            Guard.NO_LONGER_APPROVED,
            Guard.EXTENSION_APPROVED,
        )
    ),
    (only_lawful_steps, "重大紧急，审批", _also(Action.APPROVE_DRAFT, by=Station.UNIT_HEAD)),
    (only_lawful_steps, "重大紧急，审批", _also(Action.REFER_DRAFT, by=Station.HANDLER)),
    *(
        (only_lawful_steps, "拟稿，签发", _also(act, by=Station.HANDLER))
        for act in (Action.ISSUE_OPINION, Action.NOT_ACCEPT, Action.NO_LONGER_ACCEPT, Action.EXTEND)
    ),
]


def _first_of_each() -> Iterator[Any]:
    """Give every broken table; in every run the first of each invariant, in the long one all of them."""
    seen = set[Invariant]()
    for invariant, name, change in BROKEN:
        marks = [pytest.mark.long] if invariant in seen else []
        yield pytest.param(invariant, name, change, marks=marks)
        seen.add(invariant)


@pytest.mark.parametrize(("invariant", "name", "change"), list(_first_of_each()))
def test_a_broken_table_is_found_out(invariant: Invariant, name: str, change: Change) -> None:
    """That the whole one is found in order, by the same invariant in the same slice, is the first test of all."""
    part = SLICES[name]
    steps = tuple(changed for row in STEPS if (changed := change(row)) is not None)
    assert steps != STEPS
    broken = replace(part.lifecycle, steps=steps)
    assert list(invariant(_explored(part, broken)))


def test_access_that_lets_the_accused_read_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = explored("检举控告")
    assert not list(the_accused_never_reads(found)), "the negative control"
    monkeypatch.setattr("tests.lifecycle.invariants.sees", lambda key, _company, _matter: key == cast.ACCUSED_PERSON)
    assert list(the_accused_never_reads(found))


def test_whoever_cannot_see_takes_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    lifecycle = SLICES["检举控告"].lifecycle
    first = lifecycle.registered(SLICES["检举控告"].first)
    assert list(lifecycle.lawful(first)), "the negative control"
    monkeypatch.setattr(explore, "sees", lambda _key, _company, _matter: False)
    assert not list(SLICES["检举控告"].lifecycle.lawful(first))
