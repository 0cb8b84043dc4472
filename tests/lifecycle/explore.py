"""Every state that can be reached from a first one, by whoever may take a step or by the days going by."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from tests.lifecycle import cast
from tests.lifecycle.effects import EFFECTS, LEFT_OUT, Effect
from tests.lifecycle.state import BEGUN, Clock, Imagined, State
from tracker.cases.access.rules import Matter, may_see
from tracker.cases.lifecycle.rules.actions import Action, Guard, Station
from tracker.cases.lifecycle.rules.clocks import ClockEnd, begun_by, ending_of, turn_of
from tracker.cases.lifecycle.rules.guards import refusal
from tracker.cases.lifecycle.rules.lifecycle import DERIVED, REGISTRATION, clock_applies
from tracker.cases.lifecycle.rules.positions import Position, stations
from tracker.cases.lifecycle.rules.step_rows import AT_WORK, ENDED, About, Start, StepRule
from tracker.cases.lifecycle.rules.step_sets import BEFORE_ASSIGNMENT
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.deadlines.limits import LIMITS, WINDOWS, LimitKind
from tracker.working_days.rules import Unit

NOBODY = "nobody"
# Which of the clocks that are met one at a time is due first, for days are left out.
TURNS = {LimitKind.PLANNED_LOOK_BACK: date(2027, 1, 1), LimitKind.LOOK_BACK: date(2027, 1, 2)}
LATEST = date.max
# Guards that ask who acts, and acts that keep who took them.
PERSONAL = frozenset({
    Guard.NOT_APPLICANT, Guard.NOT_CHECKER, Guard.UNREAD_REPORT, Guard.OTHERS_HAVE_IT, Guard.LATE_ENTRY_TO_CHECK,
})  # fmt: skip
SIGNING = frozenset({
    Action.APPLY_CLOSE_OUT, Action.CONFIRM_CLOSE_OUT, Action.CHECK_CLOSE_OUT, Action.SIGN_CLOSE_OUT,
    Action.ISSUE_OPINION, Action.NOT_ACCEPT, Action.NO_LONGER_ACCEPT, Action.EXTEND,
})  # fmt: skip


class Edge(NamedTuple):
    """A step that was taken: by whom, which way, from where to where; without a row the days went by."""

    row: StepRule | None
    who: str
    choice: str
    before: State
    after: State


@dataclass
class Explored:
    """What can be reached, and how. Each state is one object, however many edges lead to it."""

    states: set[State] = field(default_factory=set)
    edges: list[Edge] = field(default_factory=list)

    @cached_property
    def onward(self) -> dict[int, list[State]]:
        """Where one gets to from each state in one step, by its identity."""
        return self._led(lambda edge: (edge.before, edge.after))

    @cached_property
    def back(self) -> dict[int, list[State]]:
        """From where one gets to each state in one step, by its identity."""
        return self._led(lambda edge: (edge.after, edge.before))

    def _led(self, way: Callable[[Edge], tuple[State, State]]) -> dict[int, list[State]]:
        found: dict[int, dict[int, State]] = {}
        for here, there in map(way, self.edges):
            if here is not there:
                found.setdefault(id(here), {})[id(there)] = there
        return {here: list(there.values()) for here, there in found.items()}


def sees(key: str, company: str, matter: Matter) -> bool:
    """Return whether a person may see a matter."""
    return may_see(cast.reader(key, company), matter)


class Company:
    """Who may see a matter, with where they stand; which of them stand where a row asks for."""

    def __init__(self, company: str, matter: Matter, position: Position) -> None:
        self.held = {
            key: stations(cast.reader(key, company), position)
            for key in cast.everybody(company)
            if sees(key, company, matter)
        }
        self._able: dict[frozenset[Station], tuple[str, ...]] = {}

    def able(self, by: frozenset[Station]) -> tuple[str, ...]:
        """Return who of them stands at one of some stations."""
        if by not in self._able:
            self._able[by] = tuple(key for key, at in self.held.items() if not at.isdisjoint(by))
        return self._able[by]


@dataclass(frozen=True)
class Lifecycle:
    """The product's table and guards, or a broken copy of them.

    A slice leaves acts aside (`without`), allows some ways of doing them (`only`), or lets no day go by (`timed`).
    Duties that may be met by an act typed after their days (补录，待核) are named one by one (`late`). `closing`: a
    unit may be closed at any moment while it has the matter.
    """

    steps: tuple[StepRule, ...] = STEPS
    refused: Callable[..., str | None] = refusal
    without: frozenset[Action] = frozenset()
    only: frozenset[str] | None = None
    timed: bool = True
    late: frozenset[LimitKind] = frozenset()
    closing: bool = False

    def registered(self, state: State) -> State:
        """Return a matter with the clocks that registering it starts."""
        named = {start for start in REGISTRATION if state.superior or LIMITS[start.kind].unit != Unit.FIXED}
        started = (start for start in named if _applies(state, start))
        return state.but(clocks=frozenset((start.kind, start.about) for start in started))

    @cached_property
    def _rows(self) -> dict[tuple[Status, LedgerStatus], list[StepRule]]:
        left_out = self.without | LEFT_OUT
        return {
            (status, ledger): [
                row
                for row in self.steps
                if status in row.froms and ledger in row.ledger_froms and row.action not in left_out
            ]
            for status in Status
            for ledger in LedgerStatus
        }

    def rows(self, state: State) -> list[StepRule]:
        """Return the rows that begin where the matter stands."""
        return self._rows[state.status, state.ledger]

    def lawful(self, state: State) -> Iterator[tuple[StepRule, str]]:
        """Yield every step that may be taken now, with each who may take it."""
        company = self._company(state)
        # Rows with the same guards are judged once: by each person where the guards ask who acts, else for all.
        judged: dict[tuple[tuple[Guard, ...], str], bool] = {}
        facts: dict[str, Imagined] = {}
        for row in self.rows(state):
            able, guards = company.able(row.by), row.guards
            personal = not PERSONAL.isdisjoint(guards)
            for key in able:
                asked = guards, key if personal else ""
                if asked not in judged:
                    if key not in facts:
                        facts[key] = Imagined(state, key, cast.reader(key, state.company))
                    judged[asked] = self.refused(guards, facts[key]) is None
                if judged[asked]:
                    yield row, key
                elif not personal:
                    break

    def _company(self, state: State) -> Company:
        """Return who may see the matter, remembered by all that decides it."""
        if state.decides not in self._companies:
            self._companies[state.decides] = Company(state.company, state.matter, state.position)
        return self._companies[state.decides]

    @cached_property
    def _companies(self) -> dict[tuple[object, ...], Company]:
        return {}

    def next(self, state: State) -> Iterator[Edge]:
        """Yield every way on from a state: each step once, but where it matters who takes it."""
        last = None
        for row, who in self.lawful(state):
            if row is last and row.action not in SIGNING:
                continue
            last = row
            for effect in EFFECTS[row.action](state, who):
                if self.only is None or effect.choice in self.only or not effect.choice:
                    after = taken(state, row, effect)
                    yield Edge(row, who, effect.choice, state, after)
                    if not self.timed or not self.late:
                        continue
                    if met := {each for each in met_by(state, row, effect) if each[0] in self.late}:
                        claimed = after.but(clocks=after.clocks | met, claimed=after.claimed | met)
                        yield Edge(row, who, f"{effect.choice}，补录", state, claimed)
        if self.timed:
            for after in days_gone_by(state):
                yield Edge(None, NOBODY, "", state, after)
        if self.closing and self.timed and (state.company, state.unit) == ("full", cast.CLOSED_UNIT):
            yield Edge(None, NOBODY, "单位撤销", state, state.but(company=cast.CLOSED))

    def explore(self, firsts: Sequence[State], most: int = 60_000) -> Explored:
        """Return what can be reached. Raises RuntimeError for more states than the test has time for."""
        known = {state: state for state in firsts}
        edges, waiting = list[Edge](), list(firsts)
        while waiting:
            for edge in self.next(waiting.pop()):
                after = known.setdefault(edge.after, edge.after)
                if after is edge.after and after is not edge.before:
                    waiting.append(after)
                edges.append(edge if after is edge.after else Edge(*edge[:4], after))
            if len(known) > most:
                raise RuntimeError(f"more than {most} states")
        return Explored(set(known), edges)


def _applies(state: State, start: Start) -> bool:
    if LIMITS[start.kind].watches and not state.checked:
        return False
    return start.always or clock_applies(
        start.kind,
        matter_class=state.matter_class,
        route=state.route,
        serious=state.vote_buying or state.urgent,
        status=state.status,
        promises=state.promise == BEGUN,
        at_hand=state.at_hand,
    )


def _thing(about: About) -> tuple[str, int]:
    return about.value, 1


def taken(state: State, row: StepRule, effect: Effect) -> State:
    """Return the matter after a step: its facts, both tracks, and the clocks as the product's rules say."""
    after = effect.after
    ended = set(_endings(state, row, effect))
    used = {each.kind for each in row.supersedes if each.about is None}
    if state.lapsed and row.stops:
        about = {_thing(each) for each in effect.about}
        for kind in state.lapsed:
            if ending_of(row, kind, _thing(About.CASE), running=False, about=about, days=effect.days):
                used.add(kind)
    begun = {(start.kind, start.about) for start in begun_by(
        row, named=effect.named, begun=(), applies=lambda each: start_applies(after, state, each)
    )}  # fmt: skip
    # What the act itself decided (核实补录) is gone from the clocks already.
    clocks = (after.clocks - ended) | begun
    moved = after.but(
        status=row.to or after.status,
        drafts=frozenset() if row.to else after.drafts,
        ledger=row.ledger_to or after.ledger,
        papers=after.papers or row.issues is not None,
        clocks=clocks,
        claimed=after.claimed & clocks,
        lapsed=after.lapsed - used - {kind for kind, _about in begun},
    )
    return _forgotten(_derived(moved) if row.derives else moved)


def _endings(state: State, row: StepRule, effect: Effect) -> dict[Clock, ClockEnd]:
    """Return how a step ends the clocks that run; not those that go on."""
    if not (row.stops or row.cancels or row.supersedes or effect.earlier):
        return {}
    about, earlier = ({_thing(each) for each in things} for things in (effect.about, effect.earlier))
    turn = turn_of(row, ((kind, TURNS.get(kind, LATEST)) for kind, _thing in state.clocks))
    ends = {}
    for kind, thing in state.clocks:
        claimed = (kind, thing) in state.claimed
        how = ending_of(
            row, kind, _thing(thing), running=True, claimed=claimed, about=about, earlier=earlier, days=effect.days,
            turn=turn,
        )  # fmt: skip
        if how:
            ends[kind, thing] = how
    return ends


def met_by(state: State, row: StepRule, effect: Effect) -> set[Clock]:
    """Return the clocks whose act a step is."""
    return {each for each, how in _endings(state, row, effect).items() if how is ClockEnd.MET}


def _forgotten(state: State) -> State:
    """Leave out what no rule can read where the matter stands now, so that equal states are one."""
    if state.signed and state.ledger in AT_WORK:
        state = state.but(signed=())
    if state.noticed and state.status not in ENDED:
        state = state.but(noticed=False)
    if state.asked and state.asked[0] == "void" and state.status not in BEFORE_ASSIGNMENT:
        state = state.but(asked=None)
    return state.but(extended=False) if state.extended and LimitKind.HANDLING not in state.at_hand else state


def start_applies(after: State, before: State, start: Start) -> bool:
    """A clock that a step may start, judged by what the matter is now and which clocks were at hand before."""
    judged = after if start.always else after.but(clocks=before.clocks, lapsed=before.lapsed)
    return _applies(judged, start)


def _derived(state: State) -> State:
    """The clocks of what the matter is, looked at again (期限随事实)."""
    clocks = set(state.clocks)
    for kind, (states, start) in DERIVED.items():
        here = {(each, about) for each, about in clocks if each is kind}
        due = state.status in states and _applies(state, start) and state.unit is not None
        if due and not here:
            clocks.add((kind, start.about))
        elif not due:
            clocks -= here
    return state.but(clocks=frozenset(clocks))


def days_gone_by(state: State) -> Iterator[State]:
    """Yield what the days bring: a window lapses. Whether an act lay within its days is asked of its own day."""
    for kind, about in state.clocks:
        if kind.value in WINDOWS:
            yield state.but(clocks=state.clocks - {(kind, about)}, lapsed=state.lapsed | {kind})


def is_live(state: State) -> bool:
    """Return whether anything is still owed: it is neither struck off, nor merged, nor void."""
    return state.status not in (Status.MERGED, Status.VOIDED) and state.ledger is not LedgerStatus.CLOSED
