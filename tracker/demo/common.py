"""A common problem of the demonstration (共性问题): the first that is proposed, with a suggestion to improve."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from tracker.cases.ledger.rules import Span
from tracker.common_problems.models import CommonProblem
from tracker.common_problems.queries.counting import PROPOSED_OVER, candidates, proposed
from tracker.common_problems.service.advising import advise
from tracker.common_problems.service.working import LEAST_MATTERS, CommonFound, found
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.demo.staff import Staff
from tracker.people.queries import reader_for

Deed = tuple[datetime, Callable[[datetime], object]]
KEEPER = "sunlin"
TEXT, MEASURE = "几个村的集体收支没有按季公开。", "镇上逐月抽查，逐村公开近三年收支。"
ADVICE = "建议修订村务公开的办法，写明公开的时间和样式。"


def common_deeds(staff: Staff, now: datetime) -> Iterator[Deed]:
    """Yield the founding and the suggestion, in the last hours before now."""
    yield now - timedelta(minutes=40), partial(_found, staff)
    yield now - timedelta(minutes=20), partial(_advise, staff)


def _found(staff: Staff, now: datetime) -> None:
    today, by = local_date(now), staff.people[KEEPER]
    span = Span(today - timedelta(days=PROPOSED_OVER), today)
    for each in proposed(today)[:1]:
        cases = [case.public_id for case in candidates(each.category, each.place, span, reader_for(by, today), today)]
        if len(cases) >= LEAST_MATTERS:
            given = CommonFound(
                each.category,
                each.place,
                span,
                TEXT,
                MEASURE,
                department_id=staff.units["agriculture"].id,
                user_id=staff.people["mabin"].id,
                due_on=today + timedelta(days=25),
                cases=cases[:4],
            )
            found(given, office=staff.units["office"], by=by, now=now)


def _advise(staff: Staff, now: datetime) -> None:
    for row in db.session.scalars(select(CommonProblem)):
        advise(
            row,
            text=ADVICE,
            department_id=staff.units["civil"].id,
            user_id=staff.people["wanghaiyan"].id,
            sent_on=local_date(now),
            by=staff.people[KEEPER],
            now=now,
        )
