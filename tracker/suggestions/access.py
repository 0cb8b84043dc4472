"""Who may see a deputy's suggestion (代表建议), and where a person stands towards it: one rule, as SQL and for one.

Who answers for the area of the office sees all; a unit sees those that it
works on or promised something for, a leader those that he leads. What
turned out to be no suggestion (已转出) is seen by those who keep them alone: it may complain of anybody.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.people.rules import DepartmentKind, Reader, Role, area, does_case_work
from tracker.suggestions.models import DeputySuggestion, SuggestionPromise, SuggestionUnit
from tracker.suggestions.rules.acts import SuggestionPart
from tracker.suggestions.rules.codes import SuggestionStage

Clause = ColumnElement[bool]
KEPT_CLAUSES = 256
KEEPING = (Role.ACCEPTOR, Role.SUPERVISOR)
TURNED = DeputySuggestion.stage == SuggestionStage.TURNED.value


def kept_by(reader: Reader) -> frozenset[int]:
    """Return the units whose suggestions a person keeps: the area of clerks and supervisors, and what they head."""
    if not reader.active or not does_case_work(reader):
        return frozenset()
    heads = {post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD}
    return area(reader, *KEEPING) | heads


def headed_by(reader: Reader) -> frozenset[int]:
    """Return the units of which a person is a head; a petition office answers for an area and heads none of it."""
    heads = [post for post in reader.posts if post.role is Role.DEPARTMENT_HEAD]
    below = (post.scope_ids for post in heads if post.department_kind is not DepartmentKind.PETITION_OFFICE)
    return frozenset(post.department_id for post in heads).union(*below)


def keeps(reader: Reader, office_id: int) -> bool:
    """Say whether a person keeps the suggestions of an office."""
    return office_id in kept_by(reader)


@lru_cache(maxsize=KEPT_CLAUSES)
def suggestion_visible_to(reader: Reader) -> Clause:
    """Return the condition on `DeputySuggestion` for those a person may see."""
    if not reader.active or not does_case_work(reader):
        return false()
    units = sorted(reader.department_ids)
    worked_on = select(SuggestionUnit.suggestion_id).where(
        SuggestionUnit.department_id.in_(units), SuggestionUnit.ended_on.is_(None)
    )
    promised = select(SuggestionPromise.suggestion_id).where(SuggestionPromise.department_id.in_(units))
    seen = or_(
        of_area(reader),
        DeputySuggestion.id.in_(worked_on),
        DeputySuggestion.id.in_(promised),
        DeputySuggestion.leader_id == reader.user_id,
    )
    return or_(DeputySuggestion.office_id.in_(sorted(kept_by(reader))), and_(~TURNED, seen))


def of_area(reader: Reader) -> Clause:
    """Return the condition on a suggestion that the person answers for the area of its office, and works on cases."""
    if not reader.active or not does_case_work(reader):
        return false()
    offices = frozenset[int]().union(*(post.scope_ids for post in reader.posts))
    return DeputySuggestion.office_id.in_(sorted(offices))


def known_suggestions(reader: Reader) -> Select[Any]:
    """Return the ids of the suggestions that a person may see."""
    return select(DeputySuggestion.id).where(suggestion_visible_to(reader))


def known_promises(reader: Reader) -> Select[Any]:
    """Return the ids of the promises that a person may see."""
    return select(SuggestionPromise.id).where(SuggestionPromise.suggestion_id.in_(known_suggestions(reader)))


def suggestion_of(public_id: str, reader: Reader) -> DeputySuggestion:
    """Return the suggestion of an address; one that the person may not see answers as one that does not exist.

    Raises NotFound.
    """
    asked = select(DeputySuggestion).where(DeputySuggestion.public_id == public_id, suggestion_visible_to(reader))
    found: DeputySuggestion | None = db.session.scalar(asked)
    if found is None:
        raise NotFound
    return found


def promise_of(public_id: str, reader: Reader) -> SuggestionPromise:
    """Return the promise of an address as `suggestion_of` does; raises NotFound."""
    asked = select(SuggestionPromise).join(DeputySuggestion).where(SuggestionPromise.public_id == public_id)
    found: SuggestionPromise | None = db.session.scalar(asked.where(suggestion_visible_to(reader)))
    if found is None:
        raise NotFound
    return found


def parts(reader: Reader, row: DeputySuggestion) -> frozenset[SuggestionPart]:
    """Return where a person stands towards a suggestion."""
    if not reader.active or not does_case_work(reader):
        return frozenset()
    heads = headed_by(reader)
    holds = {
        SuggestionPart.KEEPER: keeps(reader, row.office_id),
        SuggestionPart.LEADER: row.leader_id == reader.user_id,
        SuggestionPart.OWNER: row.lead.user_id == reader.user_id,
        SuggestionPart.UNIT_HEAD: row.lead.department_id in heads,
        SuggestionPart.HELPER: any(
            each.user_id == reader.user_id or each.department_id in heads for each in row.helping
        ),
    }
    return frozenset(part for part, held in holds.items() if held)


def promise_parts(reader: Reader, row: SuggestionPromise) -> frozenset[SuggestionPart]:
    """Return where a person stands towards a promise: its own unit keeps it, whoever answers the suggestion."""
    if not reader.active or not does_case_work(reader):
        return frozenset()
    holds = {
        SuggestionPart.KEEPER: keeps(reader, row.suggestion.office_id),
        SuggestionPart.OWNER: row.user_id == reader.user_id,
        SuggestionPart.UNIT_HEAD: row.department_id in headed_by(reader),
    }
    return frozenset(part for part, held in holds.items() if held)
