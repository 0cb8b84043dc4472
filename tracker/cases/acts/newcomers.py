"""Somebody new or renamed is matched with everybody complained of before (新增、更名比对)."""

from collections.abc import Callable
from datetime import datetime
from functools import cache

from sqlalchemy import select

from tracker import audit
from tracker.audit import Event
from tracker.cases.access.naming.known import directory_of
from tracker.cases.access.naming.meaning import Match, PostDays
from tracker.cases.access.naming.reading import entry_meaning
from tracker.cases.acts.accused import shut_out
from tracker.cases.acts.naming import since_event
from tracker.cases.record.models import AccusedParty, Case
from tracker.cases.record.rules.codes import SubjectStatus
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.people.models import Department, User


def block_namesakes(newcomer: User | Department, *, now: datetime) -> None:
    """Shut a new or renamed person or unit out of every case in which the name was written down before.

    Called by what registers people and units, in the same transaction. It answers nothing: administrators know of
    no case, not even of how many.
    """
    rows = db.session.execute(
        select(AccusedParty, Case.office_id, Case.occurred_on, Case.received_on, Case.registered_at)
        .join(Case, Case.id == AccusedParty.case_id)
        .order_by(AccusedParty.id)
    )
    means = _meaning(newcomer)
    named: dict[int, int] = {}
    matched: set[int] = set()
    for row, office_id, occurred_on, received_on, registered_at in rows:
        if newcomer.id == (row.user_id if isinstance(newcomer, User) else row.department_id):
            matched.add(row.case_id)
        elif means(row, office_id, PostDays(since_event(occurred_on, received_on), local_date(registered_at))):
            named.setdefault(row.case_id, row.id)
    for case_id in sorted(named.keys() - matched):
        _block(case_id, named[case_id], newcomer, now)


def _meaning(newcomer: User | Department) -> Callable[[AccusedParty, int, PostDays], bool]:
    directory = cache(directory_of)

    def means(row: AccusedParty, office_id: int, days: PostDays) -> bool:
        found: Match = entry_meaning(row.name, row.position_held or "", directory(office_id), days)
        return newcomer.id in (found.user_ids if isinstance(newcomer, User) else found.department_ids)

    return means


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
