"""The list of common problems, and one of them with its matters, its counts, its suggestions and its trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.cases.access.scope import NUMBERS_CLOSED, may_know
from tracker.cases.record.models import Case
from tracker.cases.record.rules.holding import GONE
from tracker.common_problems.access import common_parts, problem_visible_to
from tracker.common_problems.models import CommonLine, CommonMatter, CommonProblem, ImprovementAdvice
from tracker.common_problems.queries.counting import BeforeAfter, before_and_after
from tracker.common_problems.rules.acts import COMMON_ACTS, CommonAct, CommonPart, CommonStage
from tracker.common_problems.service.clocks import ADVICE, PROBLEM
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, shown_all
from tracker.people.rules import Reader

_STANDS = (~NUMBERS_CLOSED, Case.status.not_in(sorted(GONE)), Case.original_id.is_(None))


def gathered(row: CommonProblem, reader: Reader) -> tuple[list[Case], int]:
    """Return the matters behind a problem that a person may know of, and how many there are beside them.

    What became closed since, a repeat or merged counts no more: so nothing tells of it.
    """
    ids = select(CommonMatter.case_id).where(CommonMatter.problem_id == row.id, CommonMatter.ended_at.is_(None))
    which = (Case.id.in_(ids), *_STANDS)
    seen = db.session.scalars(select(Case).where(*which, may_know(reader)).order_by(Case.received_on, Case.id)).all()
    return list(seen), (db.session.scalar(select(func.count(Case.id)).where(*which)) or 0) - len(seen)


@dataclass(frozen=True)
class CommonListed:
    """A common problem in the list, with its clock."""

    problem: CommonProblem
    clock: ShownClock | None


@dataclass(frozen=True)
class ShownAdvice:
    """A suggestion to improve with its clock, and whether the reader may answer it."""

    advice: ImprovementAdvice
    clock: ShownClock | None
    answers: bool


@dataclass(frozen=True)
class CommonPage:
    """One common problem as its page shows it."""

    problem: CommonProblem
    clock: ShownClock | None
    counts: BeforeAfter
    matters: Sequence[Case]
    beyond: int
    advices: Sequence[ShownAdvice]
    acts: Sequence[CommonAct]
    trail: Sequence[CommonLine]


def common_problems(
    reader: Reader, *, stage: str, today: date, now: datetime, page: int, size: int
) -> tuple[list[CommonListed], int]:
    """Return a page of the common problems that a person may see, the latest first, and how many there are."""
    which = [problem_visible_to(reader)] + ([CommonProblem.stage == stage] if stage else [])
    asked = select(CommonProblem).where(*which).order_by(CommonProblem.id.desc())
    rows = db.session.scalars(asked.limit(size).offset((page - 1) * size)).all()
    clocks = _clocks(PROBLEM, [row.id for row in rows], today, now)
    total = db.session.scalar(select(func.count(CommonProblem.id)).where(*which)) or 0
    return [CommonListed(row, clocks.get(row.id)) for row in rows], total


def common_page(row: CommonProblem, reader: Reader, *, today: date, now: datetime) -> CommonPage:
    """Return the page of a common problem, for a reader who may see it."""
    lines = select(CommonLine).where(CommonLine.problem_id == row.id).options(joinedload(CommonLine.by))
    matters, beyond = gathered(row, reader)
    clocks = _clocks(ADVICE, [each.id for each in row.advices], today, now)
    return CommonPage(
        problem=row,
        clock=_clocks(PROBLEM, [row.id], today, now).get(row.id),
        counts=before_and_after(row, today),
        matters=matters,
        beyond=beyond,
        advices=[ShownAdvice(each, clocks.get(each.id), may_feed_back(reader, each)) for each in row.advices],
        acts=common_acts_of(reader, row),
        trail=db.session.scalars(lines.order_by(CommonLine.id.desc())).all(),
    )


def _clocks(subject: str, ids: Sequence[int], today: date, now: datetime) -> dict[int, ShownClock]:
    asked = select(Deadline).where(Deadline.subject == subject, Deadline.subject_id.in_(ids)).order_by(Deadline.id)
    people = (joinedload(Deadline.owner_department), joinedload(Deadline.owner))
    rows = db.session.scalars(asked.options(*people)).all() if ids else []
    return {row.subject_id: shown for row, shown in zip(rows, shown_all(rows, today, now=now), strict=True)}


def common_acts_of(reader: Reader, row: CommonProblem) -> list[CommonAct]:
    """Return what a person may do about a common problem now."""
    mine, stage = common_parts(reader, row), CommonStage(row.stage)
    return [each.act for each in COMMON_ACTS if stage in each.froms and each.by & mine]


def may_feed_back(reader: Reader, row: ImprovementAdvice) -> bool:
    """Say whether a person may answer a suggestion to improve: its unit, once."""
    mine = common_parts(reader, row)
    return row.replied_on is None and bool(mine & {CommonPart.OWNER, CommonPart.UNIT_HEAD})
