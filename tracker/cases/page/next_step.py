"""下一步: what the reader is asked to do now, and what else they may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.cases.lifecycle.rules.actions import STATION_LABELS, Action, Station
from tracker.cases.lifecycle.rules.step_rows import Prominence, StepRule
from tracker.cases.page.head import Head


@dataclass(frozen=True)
class Offer:
    """One step that the reader may take."""

    action: str
    label: str
    grave: bool


@dataclass(frozen=True)
class NextStep:
    """The panel 下一步: a sentence, the one main step, the other ways to decide, the rest.

    `lawful` are all steps that the reader may take, those too that stand beside the paper which they answer.
    """

    asks: str
    main: Offer | None
    beside: tuple[Offer, ...]
    more: tuple[Offer, ...]
    lawful: frozenset[str]


@dataclass(frozen=True)
class ReaderStanding:
    """Where the reader stands and what is done already: their stations, the clocks that run, acts not needed again."""

    held: frozenset[Station]
    running: frozenset[str]
    done: frozenset[Action]


def next_step(rows: Sequence[StepRule], standing: ReaderStanding, head: Head) -> NextStep:
    """Return what the reader is asked to do. `rows` are their lawful steps, in the order of the table."""
    lawful = frozenset(row.action.value for row in rows)
    offered = [row for row in rows if row.prominence is not Prominence.PAPER]
    main = next((row for row in offered if _is_asked(row, standing)), None)
    if main is None:
        return NextStep(_nobody_waits(head), None, (), tuple(map(_offer, offered)), lawful)
    others = [row for row in offered if row is not main]
    beside = [row for row in others if main.action in row.beside]
    more = tuple(_offer(row) for row in others if row not in beside)
    asks = f"下一步（{_as_whom(main, standing.held)}）"
    return NextStep(asks, _offer(main), tuple(map(_offer, beside)), more, lawful)


def _is_asked(row: StepRule, standing: ReaderStanding) -> bool:
    """Return whether somebody waits for a step: it moves a track, stops a running clock, or is the only way on."""
    if row.prominence is not Prominence.MAIN or row.action in standing.done:
        return False
    return row.moves or not row.stops or any(stop.kind in standing.running for stop in row.stops)


def _offer(row: StepRule) -> Offer:
    return Offer(row.action.value, row.label, row.prominence is Prominence.GRAVE)


def _as_whom(row: StepRule, held: frozenset[Station]) -> str:
    return next(STATION_LABELS[station].split("（")[0] for station in Station if station in row.by & held)


def _nobody_waits(head: Head) -> str:
    if head.seal:
        return "本件已经销号，没有等您办的步骤。"
    if not head.holder_unit:
        return "本件没有等您办的步骤。"
    person = f" · {head.holder}" if head.holder else ""
    return f"本件现在由{head.holder_unit}{person}办理，没有等您办的步骤。"
