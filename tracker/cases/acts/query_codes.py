"""查询码 given out and asked with: the slip carries a new one each time, and every question stands in the log."""

from datetime import datetime

from tracker import audit
from tracker.audit import Event
from tracker.cases.record.models import Case, QueryCode
from tracker.cases.record.query_codes import asked_after, good_code, key_of, new_code
from tracker.core.database import db, locked
from tracker.core.encryption import blind_index
from tracker.people.models import User
from tracker.people.service.throttle import Bucket, count, uncount

# Who reads numbers out at the counter mistypes one now and then; so many wrong ones are no slips of the hand.
TRIES = Bucket("enquiry", 10, "编号、查询码不对的次数太多，请等 {minutes} 分钟再查。")


def give_code(case: Case, *, by: User, now: datetime) -> str:
    """Give out a code for a matter (发放查询码) and return it: it is shown this once. The one before it is no good."""
    locked(case)
    before = good_code(case.id)
    if before is not None:
        before.ended_at = now
        db.session.flush()
    code = new_code()
    given = QueryCode(case_id=case.id, code_key=key_of(code), given_at=now, given_by_id=by.id)
    db.session.add(given)
    db.session.flush()
    payload = {"query_code": given.id, "instead_of": before.id if before else None}
    audit.record(Event.QUERY_CODE_GIVEN, by=by, now=now, case_id=case.id, payload=payload)
    return code


def enquire(number: str, code: str, *, by: audit.Actor, now: datetime) -> int | None:
    """Return the id of the matter that a number and a code open (进度查询), or None; either way it is on record.

    Wrong ones count for the person who asks, never against the matter: nobody can shut a petitioner out. Raises
    TooManyTries.
    """
    count(TRIES, str(by.id), now=now)
    found = asked_after(number, code)
    if found.case_id is not None:
        uncount(TRIES, str(by.id))
    payload = {"found": found.case_id is not None, "asked": blind_index("asked", number)}
    audit.record_reading(Event.CASE_ENQUIRED, by=by, now=now, case_id=found.named_id, payload=payload)
    return found.case_id
