"""批量催办: one 催办单 for each chosen matter that may get one, all in the caller's one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.cases.record.models import Case
from tracker.core.database import locked
from tracker.core.errors import DomainError, NotFound
from tracker.people.models import User
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.orders import issue


@dataclass(frozen=True)
class Sent:
    """What a sending did: the orders issued, and the matters that got none with the sentence that says why."""

    issued: Sequence[SupervisionOrder]
    refused: Sequence[tuple[str, str]]


def urge_all(cases: Collection[Case], *, by: User, now: datetime, reason: str, reply_by: date) -> Sent:
    """Issue a 催办单 in each matter that may still get one; the others are named with the reason.

    All are locked first, in the order of their keys, before any number of a paper is taken: two sendings at once, or
    somebody at work on one of them, wait for each other and never stand in a circle.
    """
    issued: list[SupervisionOrder] = []
    refused: list[tuple[str, str]] = []
    held = [locked(case) for case in sorted(cases, key=lambda case: case.id)]
    for case in held:
        try:
            issued.append(issue(case, by=by, now=now, level=RungLevel.URGE, reason=reason, reply_by=reply_by))
        except NotFound:
            refused.append(("", "有 1 件已不在您可以查看的范围之内。"))
        except DomainError as error:
            refused.append((case.register_no, error.message))
    return Sent(issued, refused)
