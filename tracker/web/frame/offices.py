"""The one office (信访部门) that a person acts for, of those that their posts answer for."""

from collections.abc import Collection

from tracker.core.database import db
from tracker.core.errors import DomainError
from tracker.people.models import Department
from tracker.people.rules import DepartmentKind
from tracker.web.frame.access import reader


def offices_among(answered_for: Collection[int]) -> list[Department]:
    """Return the offices among departments: those in which the person holds a post, where there are none all."""
    offices = [
        unit
        for unit in (db.session.get_one(Department, id_) for id_ in sorted(answered_for))
        if unit.kind == DepartmentKind.PETITION_OFFICE
    ]
    return [unit for unit in offices if unit.id in reader().department_ids] or offices


def the_office(answered_for: Collection[int]) -> Department:
    """Return the office among departments, their own before others.

    Raises DomainError where there is none, or several.
    """
    own = offices_among(answered_for)
    if not own:
        raise DomainError("这里由信访部门的人办理，您不在其中任职。")
    if len(own) > 1:
        raise DomainError("您在几个信访部门任职，请由只在其中一个单位任职的人办理。")
    return own[0]
