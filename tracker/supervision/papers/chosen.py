"""批量催办: one 催办单 for each chosen matter that may get one, turn by turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from tracker.cases.record.models import Case
from tracker.cases.record.numbering import hold
from tracker.cases.record.rules.series import Series
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError, NotFound
from tracker.core.pacing import Pace
from tracker.people.models import User
from tracker.reminders.ladder.rules.rungs import LEVELS, RungLevel
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.orders import issue


@dataclass
class Sent:
    """What a sending did: the numbers of its papers, and the matters that got none with the sentence that says why."""

    numbers: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Urging:
    """A 催办单 as it goes to many: from whom, when, what it says, and the day of reply."""

    by: User
    now: datetime
    reason: str
    reply_by: date


def urge_all(case_ids: Sequence[int], urging: Urging, pace: Pace, *, begin: Callable[[], None]) -> Sent:
    """Issue a 催办单 in each matter that may still get one; the others are named with the reason.

    `begin` runs in the first turn that issues any, and what it writes is kept with them. Broken off, what was issued
    stays, and to ask again issues the rest: while a paper of a matter can still be answered in time no second one goes
    out. Two sendings at once, or somebody at work on one of the matters, wait for each other and never stand in a
    circle: those of a turn are locked first, in the order of their keys, then the counters of their papers, before
    any number is taken. Raises ClockDoubted where the clock may be wrong about the year of the numbers.
    """
    sent, left = Sent(), sorted(case_ids)
    while left:
        with pace.turn():
            some, left = left[: pace.rows], left[pace.rows :]
            begun = bool(sent.numbers)
            _urge(some, urging, sent)
            if sent.numbers and not begun:
                begin()
    return sent


def _urge(case_ids: Sequence[int], urging: Urging, sent: Sent) -> None:
    cases = db.session.scalars(select(Case).where(Case.id.in_(case_ids)).order_by(Case.id)).all()
    held = [locked(case) for case in cases]
    by, now, reason = urging.by, urging.now, urging.reason
    kind, year = LEVELS[RungLevel.URGE].series, local_date(now).year
    hold(now, (Series(case.office_id, kind, year, closed) for case in held for closed in (False, True)))
    for case in held:
        try:
            order = issue(case, by=by, now=now, level=RungLevel.URGE, reason=reason, reply_by=urging.reply_by)
            sent.numbers.append(order.number)
        except NotFound:
            sent.refused.append(("", "有 1 件已不在您可以查看的范围之内。"))
        except DomainError as error:
            sent.refused.append((case.register_no, error.message))


def issued_since(moment: datetime, case_ids: Sequence[int], by_id: int) -> frozenset[int]:
    """Return in which of some matters a person has issued a paper since a moment."""
    mine = (SupervisionOrder.issued_by_id == by_id, SupervisionOrder.issued_at >= moment)
    cases = select(SupervisionOrder.case_id).where(SupervisionOrder.case_id.in_(case_ids), *mine)
    return frozenset(case_id for case_id in db.session.scalars(cases) if case_id is not None)
