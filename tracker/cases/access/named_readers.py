"""The named list of an accusation (检举控告知悉名单)."""

from datetime import date, datetime

from sqlalchemy import select

from tracker.cases.record.models import AccusedParty, Case, NamedReader
from tracker.cases.record.rules.codes import Confidentiality, SubjectStatus
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.people.models import User
from tracker.people.queries import accusation_handlers, holders, line_of
from tracker.people.rules import Role

ACCUSATION_POST, LEADS_IT = "举报专办岗位", "领办领导"


def running_named_readers(case: Case) -> list[NamedReader]:
    """Return who is on the named list now, in the order they came."""
    return list(
        db.session.scalars(
            select(NamedReader)
            .where(NamedReader.case_id == case.id, NamedReader.ended_at.is_(None))
            .order_by(NamedReader.id)
        )
    )


def add_named_reader(case: Case, user_id: int, *, because: str, by: User | None, now: datetime) -> None:
    """Put one person on the named list (知悉名单), once; the caller writes the log."""
    if all(row.user_id != user_id for row in running_named_readers(case)):
        db.session.add(
            NamedReader(
                case_id=case.id, user_id=user_id, because=because, added_at=now, added_by_id=by.id if by else None
            )
        )
        db.session.flush()


def open_named_list(case: Case, *, by: User, because: str, now: datetime) -> None:
    """Open the named list of an accusation (条例第三十条): who found it, and the office's 举报专办 posts of today."""
    handlers = dict.fromkeys(accusation_handlers(case.office_id, local_date(now)), ACCUSATION_POST)
    for user_id, words in ({by.id: because} | handlers).items():
        add_named_reader(case, user_id, because=words, by=by, now=now)


def unconcerned(role: Role, case: Case, today: date) -> list[User]:
    """Return who holds a role nearest above the office and is not complained of; else those one level up."""
    blocked = set(
        db.session.scalars(
            select(AccusedParty.user_id).where(
                AccusedParty.case_id == case.id, AccusedParty.status != SubjectStatus.CLEARED
            )
        )
    )
    for department_id in line_of(case.office):
        people = [post.user for post in holders(role, [department_id], today) if post.user_id not in blocked]
        if people:
            return list(dict.fromkeys(people))
    return []


def open_to_lead(case: Case, *, by: User, now: datetime) -> None:
    """Put who leads an accusation that no unit has on its named list: rank alone lets nobody read it."""
    if case.assignment_id is None and case.lead is not None and case.level == Confidentiality.ACCUSATION:
        add_named_reader(case, case.lead.id, because=LEADS_IT, by=by, now=now)


def open_to(role: Role, case: Case, *, because: str, by: User, now: datetime) -> None:
    """Let those see a confidential case without a handling unit who must act on it next, by name."""
    if case.assignment_id is not None or case.level == Confidentiality.ORDINARY:
        return
    for person in unconcerned(role, case, local_date(now)):
        add_named_reader(case, person.id, because=because, by=by, now=now)
