"""What must hold of everything that can be reached; each yields a sentence for what does not hold."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Set

from tests.lifecycle import cast
from tests.lifecycle.explore import Edge, Explored, is_live, sees
from tests.lifecycle.law import LAW, LEDGER_MOVES, PROCEDURE_MOVES
from tests.lifecycle.state import BEGUN, DONE, State
from tests.world.county import PEOPLE
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.clockless import why_no_clock
from tracker.cases.lifecycle.rules.step_sets import GONE, NO_LOOK_BACK, SENT_AWAY
from tracker.cases.record.rules.codes import Confidentiality, LedgerStatus, Status
from tracker.deadlines.limits import LIMITS, REVIEWABLE, LimitKind

# A new round begins again at 待交办 (重新办理、回头看反弹).
ROUNDS = frozenset({Action.REOPEN, Action.LOOK_BACK_REOPENS})
Invariant = Callable[[Explored], Iterator[str]]


def signed_by_three(found: Explored) -> Iterator[str]:
    """No 销号 without four signatures by three persons, and the service of the answer or its lawful reason."""
    for edge in found.edges:
        if edge.row is None or edge.after.ledger is not LedgerStatus.CLOSED or edge.before.ledger == edge.after.ledger:
            continue
        signatures = edge.before.signed + ((edge.who,) if edge.row.action is Action.SIGN_CLOSE_OUT else ())
        if len(signatures) < 4 or len(set(signatures)) < 3:
            yield f"struck off with the signatures of {signatures}: {told(edge)}"
        if not _is_told(edge.before):
            yield f"struck off though nobody was told: {told(edge)}"


def _is_told(state: State) -> bool:
    if state.status in SENT_AWAY:
        return state.noticed or state.anonymous
    outside = (state.discipline, state.forwarded)
    done = {Status.DELIVERED: state.opinion == DONE, Status.TRANSFERRED: DONE in outside and BEGUN not in outside}
    return done.get(state.status, state.status is Status.WITHDRAWN and state.declared)


def nobody_is_stuck(found: Explored) -> Iterator[str]:
    """From every live state somebody who exists can bring the matter to an end."""
    for state in shut_in(found, {state for state in found.states if is_live(state)}):
        yield f"no way out of {state.status.value}, {state.ledger.value}: {shown(state)}"


def every_clock_ends(found: Explored) -> Iterator[str]:
    """Whatever a step starts, some path ends."""
    running: defaultdict[LimitKind, set[State]] = defaultdict(set)
    for state in found.states:
        for kind, _about in state.clocks:
            running[kind].add(state)
    for kind in LIMITS:
        for state in shut_in(found, running[kind]):
            yield f"{kind.value} never ends: {shown(state)}"


def nothing_is_owed_after(found: Explored) -> Iterator[str]:
    """A matter that is struck off, merged or void has no clock of a duty but the looks back."""
    for state in found.states:
        owed = {kind for kind, _about in state.clocks if LIMITS[kind].duty} - {stop.kind for stop in NO_LOOK_BACK}
        if owed and not is_live(state):
            yield f"{sorted(owed)} runs on: {shown(state)}"


def nobody_is_forgotten(found: Explored) -> Iterator[str]:
    """In every live state a clock of somebody's duty runs, or the table says why none does (没有正在计算的期限)."""
    for state in without_duty(found):
        if why_no_clock(state.status, state.matter_class) is None:
            yield f"no clock and no reason in {state.status.value}, {state.matter_class}: {shown(state)}"


def without_duty(found: Explored) -> Iterator[State]:
    """Yield the live states in which nobody's clock runs: a window that somebody may use is no duty."""
    for state in found.states:
        if is_live(state) and not any(LIMITS[kind].duty for kind, _about in state.clocks):
            yield state


def only_lawful_steps(found: Explored) -> Iterator[str]:
    """Every step taken stands in the law's table, and what the article asks of the matter holds."""
    for edge in found.edges:
        row = edge.row
        if row is None:
            continue
        moved = (edge.before.status, row.label, edge.after.status)
        if edge.before.status != edge.after.status and moved not in PROCEDURE_MOVES and row.action not in ROUNDS:
            yield f"no article for {told(edge)}"
        booked = (edge.before.ledger, row.label, edge.after.ledger)
        beside = row.to is not None or row.action is Action.REQUEST_REVIEW
        if edge.before.ledger != edge.after.ledger and not beside and booked not in LEDGER_MOVES:
            yield f"no station for {told(edge)}"
        for article in ARTICLES.get(row.action, ()):
            if not article.holds(edge.before, edge.who):
                yield f"against {article.source}: {told(edge)}"


ARTICLES = {action: [article for article in LAW if action in article.acts] for action in Action}


def the_accused_never_reads(found: Explored) -> Iterator[str]:
    """Who is complained of never sees the matter; an accusation is seen by its named list alone."""
    accused = {key for key, (_name, _role, unit) in PEOPLE.items() if unit == cast.ACCUSED_UNIT}
    reading: dict[tuple[object, ...], set[str]] = {}
    for state in found.states:
        if state.decides not in reading:
            reading[state.decides] = {key for key in PEOPLE if sees(key, state.company, state.matter)}
        readers = reading[state.decides]
        if state.accused and readers & accused:
            yield f"{sorted(readers & accused)} read it: {shown(state)}"
        if state.level is Confidentiality.ACCUSATION and readers - state.readers:
            yield f"{sorted(readers - state.readers)} are not on the named list: {shown(state)}"


# What ends the petitioner's days: the request itself, a later answer, an accusation found in it; or they are over.
ENDING_A_RIGHT = frozenset({Action.REQUEST_REVIEW, Action.DELIVER, Action.SERVE_REVIEW, Action.SEAL_ACCUSATION})


RIGHTS = frozenset(map(LimitKind, REVIEWABLE))


def no_right_is_lost(found: Explored) -> Iterator[str]:
    """The days in which an answer can be reviewed end by the request, by a later answer, or by going by (§35, §36)."""
    for edge in found.edges:
        if edge.row is None or edge.row.action in ENDING_A_RIGHT:
            continue
        if lost := (edge.before.at_hand & RIGHTS) - edge.after.at_hand:
            yield f"{sorted(lost)} is lost: {told(edge)}"
    for state in found.states:
        shut = state.status in GONE or (state.ledger is LedgerStatus.CLOSED and state.status is not Status.DELIVERED)
        if shut and any(kind in REVIEWABLE for kind, _about in state.clocks):
            yield f"nobody can ask any more: {shown(state)}"


INVARIANTS: tuple[Invariant, ...] = (
    signed_by_three,
    nobody_is_stuck,
    every_clock_ends,
    nothing_is_owed_after,
    nobody_is_forgotten,
    only_lawful_steps,
    the_accused_never_reads,
    no_right_is_lost,
)


def shut_in(found: Explored, inside: Set[State]) -> list[State]:
    """Return the states of a set from which no path leads out of it."""
    shut = {id(state): state for state in inside}
    free = [state for state in inside if any(id(after) not in shut for after in found.onward.get(id(state), ()))]
    while free:
        state = free.pop()
        if shut.pop(id(state), None) is not None:
            free += found.back.get(id(state), ())
    return list(shut.values())


def told(edge: Edge) -> str:
    """Return a step in words."""
    return f"{edge.who} {edge.row.label if edge.row else '时间'} {edge.choice} ← {shown(edge.before)}"


def shown(state: State) -> str:
    """Return what of a state differs from a fresh one."""
    fresh = State()
    return " ".join(
        f"{name}={value}" for name, value, usual in zip(State._fields, state, fresh, strict=True) if value != usual
    )
