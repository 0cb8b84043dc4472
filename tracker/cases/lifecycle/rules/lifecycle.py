"""What is asked of the table: which row an action has, what may be done from here, which clocks exist for a matter.

Pure.
"""

from collections.abc import Collection

from tracker.cases.lifecycle.rules.actions import Action, Station
from tracker.cases.lifecycle.rules.step_rows import About, Handover, Since, Start, StepRule
from tracker.cases.lifecycle.rules.step_sets import LOOKED_BACK_AT, NO_LOOK_BACK
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.record.rules.codes import LedgerStatus, MatterClass, Route, Status
from tracker.deadlines.limits import LimitKind

# What registering a matter starts (登记): no step of the table, for before it there is no case.
REGISTRATION = (
    Start(LimitKind.OFFICE_REFERRAL, since=Since.RECEIPT),
    Start(LimitKind.LEADER_REPORT),
    Start(LimitKind.SUPERIOR_REPORT, since=Since.RECEIPT),
)
# The clocks of what a matter is (类别、途径), by where it stands: there they run, from that day, as long as it is that.
DERIVED: dict[LimitKind, tuple[frozenset[Status], Start]] = {
    LimitKind.ACCEPTANCE: (
        frozenset({Status.ASSIGNED, Status.SIGNED_FOR, Status.OBJECTED}),
        Start(LimitKind.ACCEPTANCE, About.ASSIGNMENT, Since.DELIVERED),
    ),
    LimitKind.HANDLING: (
        frozenset({Status.ACCEPTED, Status.OPINION_ISSUED}),
        Start(LimitKind.HANDLING, About.ASSIGNMENT, Since.ACCEPTED),
    ),
}
# The ladder of review: which clock must be at hand for the next one to begin (条例第三十五条、第三十六条).
BEFORE = {
    LimitKind.REVIEW: LimitKind.REVIEW_WINDOW,
    LimitKind.RE_EXAMINATION: LimitKind.RE_EXAMINATION_WINDOW,
}

# What a head signs (签发): the acts that another step drafts.
DRAFTING = {row.drafts: row.action for row in STEPS if row.drafts is not None}
SIGNED = frozenset(DRAFTING)


def find(action: Action, status: Status, ledger: LedgerStatus) -> StepRule | None:
    """Return the row for an action from these states; None where the table has no such step."""
    return next((s for s in STEPS if s.action == action and status in s.froms and ledger in s.ledger_froms), None)


def row_of(action: Action) -> StepRule | None:
    """Return a row of an action, for what all its rows say alike; None for what is no step of the table."""
    return next((s for s in STEPS if s.action == action), None)


def drafting_of(act: Action) -> Action:
    """Return the step that drafts an act (拟稿). Raises KeyError for what nobody drafts."""
    return DRAFTING[act]


def handover(action: Action) -> Handover | None:
    """Return whose hands an action changes; None where nobody's."""
    if action is Action.TAKE_OVER:
        return Handover.TO_UNIT
    row = row_of(action)
    return row.hands if row else None


def open_rows(status: Status, ledger: LedgerStatus, stations: frozenset[Station]) -> list[StepRule]:
    """Return the rows a person at these stations could take from here, in the order of the table."""
    return [s for s in STEPS if status in s.froms and ledger in s.ledger_froms and s.by & stations]


def clock_applies(
    kind: LimitKind,
    *,
    matter_class: str | None,
    route: str | None,
    serious: bool,
    status: str | None = None,
    promises: bool = False,
    at_hand: Collection[str] = (),
) -> bool:
    """Return whether a clock that a step may start exists for this matter. `at_hand`: the kinds of its clocks,
    `serious` whether it must be reported to the main leaders: vote buying, or major and urgent (第二十五条).

    `status`: where it stands. `promises`: whether a supported demand waits to be carried out.

    Only claims on the petition route have the 60 days, and the review ladder (条例第三十一条第六项、第三十四条);
    accusations are told under the discipline rules (第二十三条末款). What is to be decided again has the days that the
    reviewing organ names, and no 60 of its own.
    """
    if kind is LimitKind.HANDLING and LimitKind.REDO in at_hand:
        return False
    if kind in (LimitKind.HANDLING, LimitKind.REVIEW_WINDOW):
        return matter_class == MatterClass.CLAIM and route == Route.PETITION
    if kind is LimitKind.ACCEPTANCE:
        return matter_class != MatterClass.ACCUSATION
    if any(stop.kind is kind for stop in NO_LOOK_BACK):
        return status in LOOKED_BACK_AT
    if kind is LimitKind.CARRYING_OUT:
        return promises
    if kind is LimitKind.LEADER_REPORT:
        return serious
    return kind not in BEFORE or BEFORE[kind] in at_hand
