"""Which clocks a step starts, and how it ends those at hand, as its row says (期限的起止). Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from enum import StrEnum

from tracker.cases.lifecycle.rules.step_rows import Since, Start, StepRule, Stop
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.working_days.rules import Unit

# What a clock is about: the kind of thing, and which one.
Thing = tuple[str, int]


class ClockEnd(StrEnum):
    """How a step ends a clock: its act was done, it became pointless, a later paper took its place."""

    MET = "met"
    POINTLESS = "pointless"
    SUPERSEDED = "superseded"


def begun_by(
    row: StepRule, *, named: bool, begun: Collection[LimitKind], applies: Callable[[Start], bool]
) -> Iterator[Start]:
    """Yield the clocks that a step starts: those that exist for the matter and were not begun within the step.

    `named`: whether the step names a last day, without which a clock of no number of days does not begin.
    """
    for start in row.starts:
        begins = named or LIMITS[start.kind].unit != Unit.FIXED
        if begins and start.kind not in begun and applies(start):
            yield start


def turn_of(row: StepRule, due: Iterable[tuple[LimitKind, date]]) -> LimitKind | None:
    """Return whose turn it is (轮到哪一个): of the clocks that a step meets one at a time, that which is due first.

    `due` are the clocks that run, with their last days; None where none of those runs.
    """
    waiting = [(day, kind) for kind, day in due if any(stop.in_turn and stop.kind is kind for stop in row.stops)]
    return min(waiting)[1] if waiting else None


def ending_of(
    row: StepRule,
    kind: LimitKind,
    thing: Thing,
    *,
    running: bool,
    claimed: bool = False,
    about: Collection[Thing],
    earlier: Collection[Thing] = (),
    days: Collection[Since] = (),
    turn: LimitKind | None = None,
) -> ClockEnd | None:
    """Return how a step ends a clock at hand; None where it goes on.

    `about` is what the step is about, `earlier` the papers whose place it takes, `days` those that its form gave: a
    duty that is met on one of them runs on without it, and `turn` whose turn it is. What was met by an act that waits
    to be confirmed (`claimed`) is not met by a second one. A window that lapsed can still be met, and nothing else.
    Raises RuntimeError where the step does not say what its row asks for.
    """
    stops = [stop for stop in row.stops if stop.on is None or stop.on in days]
    stops = [stop for stop in stops if not stop.in_turn or stop.kind is turn]
    if not claimed and _names(row, stops, kind, thing, about):
        return ClockEnd.MET
    if running and _names(row, row.cancels, kind, thing, about):
        return ClockEnd.POINTLESS
    if running and any(each.kind is kind and each.about is None for each in row.supersedes):
        return ClockEnd.SUPERSEDED
    if running and thing in earlier:
        if not any(each.kind is kind for each in row.supersedes):
            raise RuntimeError(f"{row.action} does not supersede {kind}")
        return ClockEnd.SUPERSEDED
    return None


def met_since(row: StepRule, kind: LimitKind) -> Since | None:
    """Return the day of its form on which a step meets a clock of a kind; None where that is the day of the act."""
    return next((stop.on for stop in row.stops if stop.kind is kind), None)


def _names(row: StepRule, stops: Collection[Stop], kind: LimitKind, thing: Thing, about: Collection[Thing]) -> bool:
    for stop in stops:
        if stop.kind is not kind:
            continue
        if stop.about is None:
            return True
        if not any(each[0] == stop.about for each in about):
            raise RuntimeError(f"{row.action} does not say which {stop.about} it is about")
        return thing in about
    return False
