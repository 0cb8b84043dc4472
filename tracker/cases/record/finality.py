"""终结: a matter whose opinion of 复核 was served is final; the same facts and reasons are not accepted again.

It is no state of its own but what the 复核 and its service say (条例第三十六条第三款), in the round that was reviewed.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from tracker.cases.record.models import Case, Review
from tracker.cases.record.rules.codes import Status
from tracker.cases.record.rules.reviewing import IN_FORCE
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind

_SERVED_ON_RE_EXAMINATION = (
    Review.kind == LimitKind.RE_EXAMINATION.value,
    Review.result.in_(sorted(IN_FORCE)),
    Review.served_on.is_not(None),
)


# The round whose answer was reviewed, in SQL.
_OF_ROUND = func.coalesce(Review.answer_round, Review.round)


def is_final(review: Review) -> bool:
    """Return whether a review ended its matter: an opinion of 复核 in force, and served."""
    in_force = review.kind == LimitKind.RE_EXAMINATION and review.result in IN_FORCE
    return in_force and review.served_on is not None


def final_opinion(case: Case, reviews: Callable[[], Iterable[Review]]) -> Review | None:
    """Return the opinion of 复核 that ended a matter in its present round (终结); None where none did.

    `reviews` are asked for only where the matter was answered: what became something else since is not final.
    """
    if case.status != Status.DELIVERED:
        return None
    return next((each for each in reviews() if each.of_round == case.round and is_final(each)), None)


def reviews_of(case: Case) -> list[Review]:
    """Return what was asked of the reviewing organs, oldest first."""
    return list(db.session.scalars(select(Review).where(Review.case_id == case.id).order_by(Review.id)))


_held = aliased(Case)
# What is final in its present round, as a condition on cases.
FINALIZED: ColumnElement[bool] = Case.id.in_(
    select(Review.case_id)
    .join(_held, _held.id == Review.case_id)
    .where(_held.round == _OF_ROUND, _held.status == Status.DELIVERED.value, *_SERVED_ON_RE_EXAMINATION)
)


# The same of a case that was found by its key, as a column of its row.
FINAL_NOW: ColumnElement[bool] = (
    select(Review.id)
    .where(Review.case_id == Case.id, _OF_ROUND == Case.round, Case.status == Status.DELIVERED.value)
    .where(*_SERVED_ON_RE_EXAMINATION)
    .correlate(Case)
    .exists()
)


def was_finalized(case: Case, *, before_round: int | None = None) -> bool:
    """Return whether an opinion of 复核 ended a matter, in whatever round; `before_round`: in an earlier one alone."""
    rounds = () if before_round is None else (_OF_ROUND < before_round,)
    found = select(Review.id).where(Review.case_id == case.id, *_SERVED_ON_RE_EXAMINATION, *rounds)
    return db.session.scalar(found.limit(1)) is not None
