"""Which notices and rungs a person may know of: those of cases he may know of, and of no repeat he is shut out of.

A rung about a repeat (重件) stands in the first case and tells that the petitioner came again. That is the business of
whoever has the first case, unless the repeat complains of him or became an accusation: then he must not learn of it.
"""

from sqlalchemy import ColumnElement, and_, exists, not_, or_

from tracker.cases.models import Case
from tracker.cases.queries.scope import matter_of, may_know, not_denied
from tracker.cases.rules.access import Matter, denial
from tracker.core.database import db
from tracker.notifications.models import Notice
from tracker.people.rules import Reader
from tracker.reminders.models import Escalation
from tracker.supervision.queries.behaviours import REPEAT

RUNG = "rung"
Clause = ColumnElement[bool]


def notice_known_to(reader: Reader) -> Clause:
    """Return the condition on a notice that the person may know what it is about, now."""
    of_case = exists().where(Case.id == Notice.case_id, may_know(reader)).correlate(Notice)
    hidden = exists().where(Escalation.id == Notice.source_id, not_(rung_known_to(reader))).correlate(Notice)
    return or_(Notice.case_id.is_(None), and_(of_case, or_(Notice.source != RUNG, ~hidden)))


def rung_known_to(reader: Reader) -> Clause:
    """Return the condition on a rung of a case one may know of: it is about no repeat he is shut out of."""
    seen = exists().where(Case.id == Escalation.subject_id, not_denied(reader)).correlate(Escalation)
    return or_(Escalation.subject != REPEAT, seen)


def shut_out_of_repeat(reader: Reader, repeat: Matter | None) -> bool:
    """Say whether the repeat that a notice is about shuts the person out; False where it is about none."""
    return repeat is not None and denial(reader, repeat) is not None


def repeat_of(notice: Notice) -> Matter | None:
    """Return what decides who may know of the repeat that a notice is about, or None."""
    rung = db.session.get(Escalation, notice.source_id) if notice.source == RUNG else None
    repeat = db.session.get(Case, rung.subject_id) if rung is not None and rung.subject == REPEAT else None
    return matter_of(repeat) if repeat is not None else None
