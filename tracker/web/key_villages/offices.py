"""Whose ledger of difficult villages a person keeps."""

from tracker.core.database import db
from tracker.core.errors import DomainError, NotFound
from tracker.key_villages.control_access import kept_by
from tracker.people.models import Department
from tracker.people.rules import DepartmentKind
from tracker.web.frame.access import reader


def office_kept() -> Department:
    """Return the office whose ledger the person keeps; raises NotFound where there is none, DomainError for several."""
    offices = [
        unit
        for unit in (db.session.get_one(Department, id_) for id_ in sorted(kept_by(reader())))
        if unit.kind == DepartmentKind.PETITION_OFFICE
    ]
    own = [unit for unit in offices if unit.id in reader().department_ids] or offices
    if not own:
        raise NotFound
    if len(own) > 1:
        raise DomainError("您在几个信访部门任职，请由其中一个单位的人登记入账。")
    return own[0]
