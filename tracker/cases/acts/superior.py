"""上级要求办结日期: a day that the upper level set, watched like any other, and met by reporting to it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Event
from tracker.cases.lifecycle.act_days import act_day
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.step_clocks import begin_named_above
from tracker.cases.lifecycle.stepping import Material, refresh_next_due, taking
from tracker.cases.record.models import IN_HAND, Case
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.models import User


def set_superior_day(
    case: Case, *, by: User, now: datetime, due_on: date | None, reason: str, version: int | None = None
) -> None:
    """Enter or correct the day by which the upper level wants the matter done (上级要求办结日期); None: it wants none.

    Raises DomainError for a day before the receipt.
    """
    with taking(case, Action.SET_SUPERIOR_DAY, by=by, now=now, version=version, reason=reason) as step:
        before = case.superior_due_on
        if due_on == before:
            raise DomainError("日期没有改变。", field="due_on")
        case.superior_due_on = step.due_on = due_on
        step.facts.update(before=_told(before), after=_told(due_on))


def _told(day: date | None) -> str:
    return long_date(day) if day else "无"


def report_superior(
    case: Case,
    *,
    by: User,
    now: datetime,
    reported_on: date,
    report_no: str,
    reason: str,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record that the result was reported to the upper level (报上级办结); 销号 ends its clock at the latest.

    Raises DomainError for a day that cannot be, and without the number of the report.
    """
    action = Action.REPORT_SUPERIOR
    with taking(case, action, by=by, now=now, version=version, reason=reason, materials=materials) as step:
        act_day(step, reported_on, "reported_on")
        if not report_no:
            raise DomainError("请填写报送文号。", field="report_no")
        step.facts.update(report_no=report_no)


def begin_what_is_not_watched(now: datetime, *, limit: int) -> int:
    """Begin the clock of matters in hand that an older version registered with such a day; return how many.

    The day is a fact that the matter holds, so nothing is guessed; what is closed gets none. Harmless to run twice.
    """
    watched = select(Deadline.id).where(Deadline.case_id == Case.id, Deadline.kind == LimitKind.SUPERIOR_REPORT.value)
    unwatched = select(Case).where(IN_HAND, Case.superior_due_on.is_not(None), ~watched.exists())
    cases = db.session.scalars(unwatched.order_by(Case.id).limit(limit).with_for_update(skip_locked=True)).all()
    for case in cases:
        clock = begin_named_above(case)
        db.session.flush()
        refresh_next_due(case)
        payload = {"deadline": clock.id, "kind": clock.kind}
        audit.record(Event.CLOCK_BEGUN, by=None, now=now, case_id=case.id, payload=payload)
    return len(cases)
