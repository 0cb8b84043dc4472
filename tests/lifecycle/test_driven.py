"""Random paths of the imagined lifecycle, taken through the real services: after every step all facts must agree."""

import random
from dataclasses import replace

import pytest

from tests.conftest import Clock
from tests.lifecycle import cast
from tests.lifecycle.driving import disagreements, drive, register
from tests.lifecycle.explore import Edge, Lifecycle
from tests.lifecycle.invariants import told
from tests.lifecycle.slices import SLICES
from tests.lifecycle.state import State
from tests.world.county import County
from tracker.cases.lifecycle.rules.actions import Action

# Days stand still here: what the days bring is told by the tests of clocks and windows.
LONGEST = 16
FEW, MANY = 2, 60
DRIVEN = [name for name, part in SLICES.items() if part.first.company == "full"]


def path(lifecycle: Lifecycle, first: State, seed: int) -> list[Edge]:
    """Return a random path: of the ways on, rather one that changes something."""
    chance, state, edges = random.Random(seed), lifecycle.registered(first), list[Edge]()
    while len(edges) < LONGEST:
        ways = list(lifecycle.next(state))
        moving = [edge for edge in ways if edge.after != state and edge.after not in {each.before for each in edges}]
        ways = moving if moving and chance.random() < 0.9 else ways
        if not ways:
            break
        edges.append(chance.choice(ways))
        state = edges[-1].after
    return edges


def _agree(county: County, name: str, seed: int) -> None:
    part = SLICES[name]
    lifecycle = replace(part.lifecycle, timed=False)
    chance, everybody = random.Random(seed), sorted(cast.everybody(part.first.company))
    public_id, past = register(county, part.first), []
    wrong = list(disagreements(county, public_id, lifecycle.registered(part.first), Lifecycle(), everybody))
    assert not wrong, wrong
    for edge in path(lifecycle, part.first, seed):
        past.append(told(edge).split(" ← ")[0])
        drive(county, public_id, edge, [who for row, who in Lifecycle().lawful(edge.before) if row is edge.row])
        people = [edge.who, *chance.sample(everybody, 2)]
        wrong = list(disagreements(county, public_id, edge.after, Lifecycle(), people))
        assert not wrong, "\n".join([*past, *wrong])


@pytest.mark.parametrize("name", DRIVEN)
@pytest.mark.parametrize("seed", range(FEW))
def test_a_path_agrees_with_the_services(county: County, clock: Clock, name: str, seed: int) -> None:
    _agree(county, name, seed)


@pytest.mark.long
@pytest.mark.parametrize("name", DRIVEN)
@pytest.mark.parametrize("seed", range(FEW, FEW + MANY))
def test_many_paths_agree_with_the_services(county: County, clock: Clock, name: str, seed: int) -> None:
    _agree(county, name, seed)


def test_a_wrong_imagination_is_found_out(county: County, clock: Clock) -> None:
    part = SLICES["申诉求决，再办"]
    lifecycle = replace(part.lifecycle, timed=False)
    public_id, state = register(county, part.first), lifecycle.registered(part.first)
    edge = next(each for each in lifecycle.next(state) if each.row and each.row.action is Action.TRIAGE)
    drive(county, public_id, edge)
    assert not list(disagreements(county, public_id, edge.after, Lifecycle(), ["acceptor"])), "the negative control"
    for wrong in (edge.after.but(vote_buying=True), edge.after.but(clocks=frozenset()), edge.before):
        assert list(disagreements(county, public_id, wrong, Lifecycle(), ["acceptor"]))
