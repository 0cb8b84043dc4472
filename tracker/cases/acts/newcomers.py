"""Somebody new or renamed is matched with everybody complained of before (新增、更名比对)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Event
from tracker.cases.access.matching import may_mean_unit, may_mean_user
from tracker.cases.acts.accused import shut_out
from tracker.cases.record.models import AccusedParty, Case
from tracker.cases.record.rules.codes import SubjectStatus
from tracker.core.database import db, locked
from tracker.core.text import normalise
from tracker.people.models import Department, User


def block_namesakes(newcomer: User | Department, *, now: datetime) -> None:
    """Shut a new or renamed person or unit out of every case in which the name was written down before.

    Called by what registers people and units, in the same transaction. It answers nothing: administrators know of
    no case, not even of how many.
    """
    rows = db.session.execute(
        select(
            AccusedParty.case_id,
            AccusedParty.id,
            AccusedParty.name,
            AccusedParty.user_id,
            AccusedParty.department_id,
        )
    )
    means = _meaning(newcomer)
    named: dict[int, int] = {}
    matched: set[int] = set()
    for case_id, row_id, name, user_id, department_id in rows:
        if newcomer.id == (user_id if isinstance(newcomer, User) else department_id):
            matched.add(case_id)
        elif means(name):
            named.setdefault(case_id, row_id)
    for case_id in sorted(named.keys() - matched):
        _block(case_id, named[case_id], newcomer, now)


def _meaning(newcomer: User | Department) -> Callable[[str], bool]:
    if isinstance(newcomer, User):
        return lambda name: may_mean_user(name, newcomer.name_key)
    keys = normalise(newcomer.name), normalise(newcomer.short_name)
    return lambda name: may_mean_unit(name, *keys)


def _block(case_id: int, row_id: int, newcomer: User | Department, now: datetime) -> None:
    case = locked(db.session.get_one(Case, case_id))
    written = db.session.get_one(AccusedParty, row_id)
    row = AccusedParty(
        case_id=case_id,
        name=written.name,
        position_held=written.position_held,
        user_id=newcomer.id if isinstance(newcomer, User) else None,
        department_id=newcomer.id if isinstance(newcomer, Department) else None,
        status=SubjectStatus.PROVISIONAL.value,
    )
    db.session.add(row)
    db.session.flush()
    shut_out(case, by=None, now=now)
    case.version += 1
    payload = {"accused": row.id, "status": row.status, "version": case.version}
    audit.record(Event.CASE_CORRECTED, by=None, now=now, case_id=case_id, payload=payload)
