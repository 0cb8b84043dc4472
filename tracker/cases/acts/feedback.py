"""反馈: the report of the result to the office that assigned the matter, and the day by which it is asked for."""

from collections.abc import Sequence
from datetime import date, datetime

from tracker.cases.lifecycle.act_days import Earliest, act_day
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.step_clocks import begin
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Case
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LimitKind
from tracker.people.models import User


def report_result(
    case: Case,
    *,
    by: User,
    now: datetime,
    reported_on: date,
    reason: str,
    report_no: str | None = None,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Report the result to the office (报送办结报告, 条例第二十二条): the feedback is given, 销号 is another act.

    Possible as soon as the opinion was served, also while 复查 runs or 落实 is to come. Raises DomainError for a day
    before the service or after today, and where no feedback is asked for.
    """
    with taking(
        case, Action.REPORT_RESULT, by=by, now=now, version=version, reason=reason, materials=materials
    ) as step:
        answered = Earliest("答复送达之日", case.answered_on) if case.answered_on else None
        act_day(step, reported_on, "reported_on", since=answered)
        step.facts.update(report_no=report_no or "")


def move_feedback(
    case: Case, *, by: User, now: datetime, due_on: date, reason: str, version: int | None = None
) -> None:
    """Give the unit until a later day, as it asked with reason (变更反馈时限): who assigned decides.

    The day of before stays on the record with its clock. Raises DomainError for a day that is not later.
    """
    with taking(case, Action.MOVE_FEEDBACK, by=by, now=now, version=version, reason=reason) as step:
        clock, given = step.clock(LimitKind.FEEDBACK), case.assignment
        if clock is None or given is None:
            raise DomainError("没有正在计算的反馈时限。")
        before = clock.effective_due
        if due_on <= before:
            raise DomainError(f"应晚于现在的反馈时限 {long_date(before)}。", field="due_on")
        step.due_on = given.due_on = due_on
        begin(step, LimitKind.FEEDBACK)
        step.facts.update(before=long_date(before), after=long_date(due_on))
