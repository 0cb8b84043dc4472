"""一起改派: several matters of one unit to another handler, each by its own act in a transaction of its own."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tracker.cases.acts.hand_out import ChosenCase, HandedOut, in_turn
from tracker.cases.acts.unit import change_handler
from tracker.cases.record.models import Case
from tracker.core.pacing import Pace
from tracker.people.models import User


def pass_on_all(
    chosen: Sequence[ChosenCase], handler_id: int, *, reason: str, by: Callable[[], User], now: datetime, pace: Pace
) -> HandedOut:
    """Give each matter to another handler of its unit; what is refused stays as it was, with the reason.

    `by` gives who acts as a row of the present transaction.
    """

    def act(case: Case, version: int) -> None:
        change_handler(case, by=by(), now=now, handler_id=handler_id, reason=reason, version=version)

    return in_turn(chosen, act, pace)
