"""包案: the office marks a hard matter as sponsored by its lead official, and ends that; with notice and log."""

from datetime import date, datetime

from sqlalchemy import or_, select

from tracker import audit
from tracker.cases.access.scope import NUMBERS_CLOSED
from tracker.cases.ledger.conditions import in_hand
from tracker.cases.record.models import Case
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden
from tracker.core.text import worded
from tracker.key_villages.control_access import keeps, kept_by
from tracker.key_villages.models import CaseSponsorship
from tracker.notifications.service import announce
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Reader
from tracker.working_days.queries import calendar

LONGEST_REASON = 500


def running_sponsorship(case_id: int, day: date) -> CaseSponsorship | None:
    """Return the sponsorship of a matter that holds on a day, or begins later."""
    asked = select(CaseSponsorship).where(CaseSponsorship.case_id == case_id)
    still = or_(CaseSponsorship.ended_on.is_(None), CaseSponsorship.ended_on >= day)
    return db.session.scalars(asked.where(still).order_by(CaseSponsorship.id.desc())).first()


def may_sponsor(case_id: int, reader: Reader) -> bool:
    """Say whether a person may mark a matter: its office, never one with a closed number, or one that is over."""
    offices = sorted(kept_by(reader))
    asked = select(Case.id).where(Case.id == case_id, Case.office_id.in_(offices), in_hand(), ~NUMBERS_CLOSED)
    return bool(offices) and db.session.scalar(asked) is not None


def sponsor_case(
    case: Case, *, reason: str, started_on: date, ended_on: date | None, by: User, now: datetime
) -> CaseSponsorship:
    """Mark a matter as sponsored by whoever leads it (包案), from a day, perhaps to a day; the leader is told.

    Raises Forbidden, and DomainError where nobody leads it, or where it is sponsored already.
    """
    today = local_date(now)
    locked(case)
    if not may_sponsor(case.id, reader_for(by, today)):
        raise Forbidden("包案由信访部门标明；检举控告、不公开编号和已经销号的事项不标。")
    leader = case.lead
    if leader is None:
        raise DomainError("这件还没有领办领导，请先明确领办领导。")
    if running_sponsorship(case.id, today) is not None:
        raise DomainError("这件已经包案。")
    if not case.received_on <= started_on <= today:
        raise DomainError(f"应在{long_date(case.received_on)}和今天之间。", field="started_on")
    if ended_on is not None and ended_on < today:
        raise DomainError("结束日期不能早于今天。", field="ended_on")
    row = CaseSponsorship(
        case_id=case.id,
        reason=worded(reason, "理由", LONGEST_REASON, "reason"),
        started_on=started_on,
        ended_on=ended_on,
        given_by_id=by.id,
        given_at=now,
    )
    db.session.add(row)
    db.session.flush()
    announce(
        f"sponsorship:{row.id}",
        now=now,
        days=calendar(),
        case_id=case.id,
        source="sponsorship",
        source_id=row.id,
        user_id=leader.id,
        heading="包案",
        why=f"{case.register_no}由您包案：{row.reason}"[:300],
        asked="请牵头化解，批示写在信访事项的页面上，到村情况写在村的页面上。",
    )
    db.session.flush()
    _record(row, "give", by, now)
    return row


def end_sponsorship(row: CaseSponsorship, *, said: str, by: User, now: datetime) -> None:
    """End a sponsorship today, with the reason. Raises Forbidden, DomainError."""
    today = local_date(now)
    locked(row)
    if not keeps(reader_for(by, today), row.case.office_id):
        raise Forbidden("包案由信访部门结束。")
    if row.ended_on is not None and row.ended_on < today:
        raise DomainError("包案已经结束。")
    row.ended_on, row.end_reason = today, worded(said, "理由", LONGEST_REASON, "said")
    _record(row, "end", by, now)


def _record(row: CaseSponsorship, act: str, by: User, now: datetime) -> None:
    payload = {"sponsorship": row.id, "act": act}
    audit.record(audit.Event.CASE_SPONSORED, by=by, now=now, case_id=row.case_id, payload=payload)
