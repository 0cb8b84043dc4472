"""Every state that can be reached from a first one, by whoever may take a step or by the days going by."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

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


@dataclass(frozen=True, slots=True)
class Edge:
    """A step that was taken: by whom, which way, from where to where; without a row the days went by."""

    row: StepRule | None
    who: str
    choice: str
    before: State
    after: State


@dataclass
class Explored:
    """What can be reached, and how."""

    states: set[State] = field(default_factory=set)
    edges: list[Edge] = field(default_factory=list)

    @cached_property
    def before(self) -> dict[State, set[State]]:
        """From where each state can be reached in one step."""
        found: defaultdict[State, set[State]] = defaultdict(set)
        for edge in self.edges:
            found[edge.after].add(edge.before)
        return dict(found)


@cache
def _stations(key: str, company: str, position: Position) -> frozenset[Station]:
    return stations(cast.reader(key, company), position)


@cache
def sees(key: str, company: str, matter: Matter) -> bool:
    """Return whether a person may see a matter."""
    return may_see(cast.reader(key, company), matter)


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
        matter, position = state.matter, state.position
        held = {
            key: _stations(key, state.company, position)
            for key in cast.everybody(state.company)
            if sees(key, state.company, matter)
        }
        facts = {key: Imagined(state, key, cast.reader(key, state.company)) for key in held}
        for row in self.rows(state):
            able = [key for key, at in held.items() if not at.isdisjoint(row.by)]
            personal = not PERSONAL.isdisjoint(row.guards)
            if not personal and able and self.refused(row.guards, facts[able[0]]) is not None:
                continue
            for key in able:
                if not personal or self.refused(row.guards, facts[key]) is None:
                    yield row, key

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
        found = Explored(states=set(firsts))
        waiting = list(firsts)
        while waiting:
            for edge in self.next(waiting.pop()):
                found.edges.append(edge)
                if edge.after not in found.states:
                    found.states.add(edge.after)
                    waiting.append(edge.after)
            if len(found.states) > most:
                raise RuntimeError(f"more than {most} states")
        return found


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
    about = {_thing(each) for each in effect.about}
    ended = set(_endings(state, row, effect))
    used = {each.kind for each in row.supersedes if each.about is None}
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
    if state.ledger in AT_WORK:
        state = state.but(signed=())
    if state.status not in ENDED:
        state = state.but(noticed=False)
    if state.asked and state.asked[0] == "void" and state.status not in BEFORE_ASSIGNMENT:
        state = state.but(asked=None)
    return state if LimitKind.HANDLING in state.at_hand else state.but(extended=False)


def start_applies(after: State, before: State, start: Start) -> bool:
    """A clock that a step may start, judged by what the matter is now and which clocks were at hand before."""
    return _applies(after.but(clocks=before.clocks, lapsed=before.lapsed), start)


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
