"""补录，待核: an act that was entered after the last day of a duty, with a day inside it, until it is confirmed.

The act itself is taken, but the clock of its duty runs on, overdue. Confirmed, it ends on the day of the act; not
confirmed, on the day of entry. Both stay with the clock, and its lateness is derived from them.
"""

from datetime import date
from typing import Any

from tracker.core.clock import local_date
from tracker.core.dates import long_date
from tracker.deadlines.limits import LIMITS, LimitKind, Owner
from tracker.deadlines.models import Deadline
from tracker.deadlines.rules import is_overdue, stands_still


def needs_proof(clock: Deadline, on: date, today: date) -> bool:
    """Return whether an act of a day, entered today, must be confirmed before it counts for a clock.

    What an organ outside the system does (复查、复核机关) is entered by others anyway; a window nobody owes.
    """
    limit = LIMITS[LimitKind(clock.kind)]
    owed = limit.duty and limit.owner is not Owner.ORGAN and clock.ended_on is None
    over = is_overdue(clock.effective_due, today) and not stands_still(clock.paused_on, clock.effective_due, today)
    return owed and over and not is_overdue(clock.effective_due, on)


def is_claimed(row: Any) -> bool:
    """Return whether a clock runs on although its act was entered, for nobody has confirmed that yet (补录，待核)."""
    return row.ended_on is None and row.claimed_on is not None


def waits(clock: Deadline) -> bool:
    """Return whether what was entered late for a clock waits to be confirmed (待核).

    An extension may still be confirmed after the duty was met: whether that was in time depends on it.
    """
    if clock.claimed_at is None or clock.claim_upheld is not None:
        return False
    return clock.ended_on is None or (clock.met and clock.claimed_days is not None)


def claim_words(clock: Deadline) -> str:
    """Return what was entered late for a clock and what became of it; empty where nothing was."""
    if clock.claimed_at is None:
        return ""
    entered = long_date(local_date(clock.claimed_at))
    act = f"{long_date(clock.claimed_on)}办理" if clock.claimed_on else f"延长 {clock.claimed_days} 日"
    if waits(clock):
        return f"补录，待核：{act}，{entered}录入"
    if clock.claim_upheld is None:
        return f"补录：{act}，{entered}录入；期限已停，不再核实"
    if clock.claimed_days:
        found = "已核实，期限已延长" if clock.claim_upheld else "不予认可，期限不延长"
    else:
        found = "已核实，按办理之日计" if clock.claim_upheld else "不予认可，按录入之日计"
    return f"补录：{act}，{entered}录入；{found}"
