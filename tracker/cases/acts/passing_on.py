"""一起改派: several matters of one unit to another handler, each by its own act in a transaction of its own."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tracker.cases.acts.hand_out import GONE, ChosenCase, HandedOut
from tracker.cases.acts.unit import change_handler
from tracker.cases.record.models import Case
from tracker.core.database import db, locked
from tracker.core.errors import DomainError, NotFound
from tracker.core.pacing import Pace
from tracker.people.models import User


def pass_on_all(
    chosen: Sequence[ChosenCase], handler_id: int, *, reason: str, by: Callable[[], User], now: datetime, pace: Pace
) -> HandedOut:
    """Give each matter to another handler of its unit; what is refused stays as it was, with the reason.

    `by` gives who acts as a row of the present transaction.
    """
    done = HandedOut()
    for each in chosen:
        number = ""
        try:
            with pace.turn():
                case = locked(db.session.get_one(Case, each.case_id))
                number = case.register_no
                change_handler(case, by=by(), now=now, handler_id=handler_id, reason=reason, version=each.version)
            done.numbers.append(number)
        except NotFound:
            done.refused.append(("", GONE))
        except DomainError as error:
            done.refused.append((number, error.message))
    return done
