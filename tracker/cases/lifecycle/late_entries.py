"""The acts of a matter that were entered late and wait to be confirmed (补录，待核), and by whom each may be."""

from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.deadlines.claims import waits
from tracker.deadlines.models import Deadline


def late_entries(file: CaseFile) -> list[Deadline]:
    """Return the clocks for which an act was entered late that nobody has confirmed yet, nearest first."""
    return [clock for clock in file.deadlines if waits(clock)]


def to_check(file: CaseFile) -> list[Deadline]:
    """Return those that the reader may confirm: neither of the unit that owes the clock, nor who entered the act."""
    return [clock for clock in late_entries(file) if _is_outside(file, clock)]


def _is_outside(file: CaseFile, clock: Deadline) -> bool:
    me = file.reader
    owes = clock.owner_department_id in me.department_ids or clock.owner_user_id == me.user_id
    return not owes and me.user_id not in _entered_by(file, clock)


def _entered_by(file: CaseFile, clock: Deadline) -> set[int | None]:
    """Return who entered the act of a clock: its line of the trail is of the same moment."""
    acts = {row.action.value for row in STEPS if clock.kind in {stop.kind for stop in row.stops}}
    acts |= {Action.EXTEND.value} if clock.claimed_days else set()
    return {line.actor_id for line in file.steps if line.entered_at == clock.claimed_at and line.action in acts}
