"""Whether a paper is about the same thing as a notice."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from tracker.notifications.models import Notice


def of_same_thing(model: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition on a notice that there is an order or an instruction about the same thing.

    Papers of a case are found by the case: it has an index.
    """
    of_case = exists().where(model.case_id == Notice.case_id, *conditions)
    same = and_(model.subject == Notice.subject, model.subject_id == Notice.subject_id)
    return or_(of_case, and_(Notice.case_id.is_(None), exists().where(same, *conditions)))
