"""Who may see a common problem (共性问题), and where a person stands towards it: one rule, as SQL and for one."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select

from tracker.common_problems.models import CommonProblem, ImprovementAdvice
from tracker.common_problems.rules.acts import CommonPart
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.rules import DepartmentKind, Reader, Role, area, does_case_work

Clause = ColumnElement[bool]
KEPT_CLAUSES = 256
KEEPING = (Role.ACCEPTOR, Role.SUPERVISOR)


def offices_kept_by(reader: Reader) -> frozenset[int]:
    """Return the units whose common problems a person keeps: the area of clerks and supervisors, what they head."""
    if not reader.active or not does_case_work(reader):
        return frozenset()
    heads = {post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD}
    return area(reader, *KEEPING) | heads


@lru_cache(maxsize=KEPT_CLAUSES)
def problem_visible_to(reader: Reader) -> Clause:
    """Return the condition on `CommonProblem`: of one's area, owed by one's unit, or with a suggestion to it."""
    if not reader.active or not does_case_work(reader):
        return false()
    offices, units = frozenset[int]().union(*(post.scope_ids for post in reader.posts)), sorted(reader.department_ids)
    advised = select(ImprovementAdvice.problem_id).where(ImprovementAdvice.department_id.in_(units))
    return or_(
        CommonProblem.office_id.in_(sorted(offices)),
        CommonProblem.department_id.in_(units),
        CommonProblem.id.in_(advised),
    )


def known_problems(reader: Reader) -> Select[Any]:
    """Return the ids of the common problems that a person may see."""
    return select(CommonProblem.id).where(problem_visible_to(reader))


def known_advices(reader: Reader) -> Select[Any]:
    """Return the ids of the suggestions to improve that a person may see."""
    return select(ImprovementAdvice.id).where(ImprovementAdvice.problem_id.in_(known_problems(reader)))


def common_problem_of(public_id: str, reader: Reader) -> CommonProblem:
    """Return the common problem of an address; one that the person may not see answers as what does not exist.

    Raises NotFound.
    """
    asked = select(CommonProblem).where(CommonProblem.public_id == public_id, problem_visible_to(reader))
    found: CommonProblem | None = db.session.scalar(asked)
    if found is None:
        raise NotFound
    return found


def advice_of(public_id: str, reader: Reader) -> ImprovementAdvice:
    """Return the suggestion to improve of an address as `common_problem_of` does; raises NotFound."""
    asked = select(ImprovementAdvice).where(
        ImprovementAdvice.public_id == public_id, ImprovementAdvice.id.in_(known_advices(reader))
    )
    found: ImprovementAdvice | None = db.session.scalar(asked)
    if found is None:
        raise NotFound
    return found


def headed_units(reader: Reader) -> frozenset[int]:
    """Return the units that a person heads; a petition office answers for an area and heads none of it."""
    heads = [post for post in reader.posts if post.role is Role.DEPARTMENT_HEAD]
    below = (post.scope_ids for post in heads if post.department_kind is not DepartmentKind.PETITION_OFFICE)
    return frozenset(post.department_id for post in heads).union(*below)


def common_parts(reader: Reader, row: CommonProblem | ImprovementAdvice) -> frozenset[CommonPart]:
    """Return where a person stands towards a common problem, or a suggestion to improve."""
    if not reader.active or not does_case_work(reader):
        return frozenset()
    office_id = row.problem.office_id if isinstance(row, ImprovementAdvice) else row.office_id
    holds = {
        CommonPart.KEEPER: office_id in offices_kept_by(reader),
        CommonPart.OWNER: row.user_id == reader.user_id,
        CommonPart.UNIT_HEAD: row.department_id in headed_units(reader),
    }
    return frozenset(part for part, held in holds.items() if held)
