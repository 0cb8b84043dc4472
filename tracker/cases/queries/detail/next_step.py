"""下一步: what the reader is asked to do now, and what else he may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.cases.queries.detail.head import Head
from tracker.cases.rules.actions import STATION_LABELS, Action, Station
from tracker.cases.rules.steps import Step

# Acts beside the main line: offered, but nobody waits for them.
UNASKED = frozenset(
    {
        *(Action.NOTE, Action.ASSIST, Action.CHANGE_HANDLER, Action.CHANGE_LEAD, Action.RECLASSIFY, Action.CORRECT),
        *(Action.NAME_ACCUSED, Action.RAISE_LEVEL, Action.MERGE, Action.UNDO_MERGE, Action.WITHDRAW, Action.VOID),
        *(Action.MARK_VOTE_BUYING, Action.UNMARK_VOTE_BUYING, Action.ASSIGN_VALIDITY, Action.REQUEST_REVIEW),
        *(Action.REMIT, Action.EXTEND, Action.REOPEN, Action.RETURN_CLOSE_OUT, Action.OBJECT, Action.NOT_ACCEPT),
        *(Action.NO_LONGER_ACCEPT, Action.LOOK_BACK_REOPENS, Action.INSTRUCT, Action.URGE, Action.SUPERVISE),
        *(Action.ANSWER_ORDER, Action.WITHDRAW_ORDER, Action.REPORT_INSTRUCTION),
    }
)
# Acts that end or undo something: set apart under 更多.
GRAVE = frozenset({Action.WITHDRAW, Action.VOID, Action.MERGE, Action.UNMARK_VOTE_BUYING, Action.REMIT})


# The other ways to decide: they stand beside the main step, so that no outcome is hidden.
ALTERNATIVES: dict[Action, tuple[Action, ...]] = {
    Action.ASSIGN: (Action.REFER,),
    Action.UPHOLD_OBJECTION: (Action.REFUSE_OBJECTION,),
    Action.ACCEPT: (Action.NOT_ACCEPT, Action.OBJECT),
    Action.CONFIRM_CLOSE_OUT: (Action.RETURN_CLOSE_OUT,),
    Action.CALL_BACK: (Action.RETURN_CLOSE_OUT,),
    Action.CHECK_CLOSE_OUT: (Action.RETURN_CLOSE_OUT,),
    Action.SIGN_CLOSE_OUT: (Action.RETURN_CLOSE_OUT,),
    Action.CONCLUDE_REVIEW: (Action.REMIT,),
    Action.LOOK_BACK_HOLDS: (Action.LOOK_BACK_REOPENS,),
}


@dataclass(frozen=True)
class Offer:
    """One step that the reader may take."""

    action: str
    label: str
    grave: bool


@dataclass(frozen=True)
class NextStep:
    """The panel 下一步: a sentence, the one main step, the other ways to decide, the rest."""

    asks: str
    main: Offer | None
    beside: tuple[Offer, ...]
    more: tuple[Offer, ...]


@dataclass(frozen=True)
class Standing:
    """Where the reader stands and what is done already: his stations, the clocks that run, acts not needed again."""

    held: frozenset[Station]
    running: frozenset[str]
    done: frozenset[Action]


def next_step(rows: Sequence[Step], standing: Standing, head: Head) -> NextStep:
    """Return what the reader is asked to do. `rows` are his lawful steps, in the order of the table."""
    main = next((row for row in rows if _is_asked(row, standing)), None)
    if main is None:
        return NextStep(_nobody_waits(head), None, (), tuple(_offer(row) for row in rows))
    others = [row for row in rows if row is not main]
    beside = [row for row in others if row.action in ALTERNATIVES.get(main.action, ())]
    more = tuple(_offer(row) for row in others if row not in beside)
    return NextStep(f"下一步（{_as_whom(main, standing.held)}）", _offer(main), tuple(map(_offer, beside)), more)


def _is_asked(row: Step, standing: Standing) -> bool:
    """Say whether somebody waits for a step: it moves a track, stops a clock that runs, or is the only way to go on."""
    if row.action in UNASKED or row.action in standing.done:
        return False
    return row.moves or not row.stops or bool(standing.running & set(row.stops))


def _offer(row: Step) -> Offer:
    return Offer(row.action.value, row.label, row.action in GRAVE)


def _as_whom(row: Step, held: frozenset[Station]) -> str:
    return next(STATION_LABELS[station].split("（")[0] for station in Station if station in row.by & held)


def _nobody_waits(head: Head) -> str:
    if head.seal:
        return "本件已经销号，没有等您办的步骤。"
    if not head.holder_unit:
        return "本件没有等您办的步骤。"
    person = f" · {head.holder}" if head.holder else ""
    return f"本件现在由{head.holder_unit}{person}办理，没有等您办的步骤。"
