"""Days that a review or the petitioner's time for it leaves out: 听证 (条例第三十六条第二款), 不可抗力."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.lifecycle.stepping import Material, taking
from tracker.cases.record.models import Case
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import leave_out
from tracker.people.models import User
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P, Provision

HEARING, FORCE_MAJEURE = "听证期间", "不可抗力期间"


@dataclass(frozen=True)
class Days:
    """From the first day to the last, both included."""

    first_on: date
    last_on: date


def hold_hearing(
    case: Case,
    days: Days,
    *,
    by: User,
    now: datetime,
    reason: str,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record a hearing of the 复核 (听证): its days are not among the 30 (条例第三十六条第二款).

    The 复查 and the 60 days know no such pause. Raises DomainError without a 复核, and for days that cannot be.
    """
    with taking(case, Action.HOLD_HEARING, by=by, now=now, version=version, reason=reason, materials=materials) as step:
        clock = step.clock(LimitKind.RE_EXAMINATION)
        if clock is None:
            raise DomainError("没有正在进行的复核：只有复核的听证时间不计入期限。")
        _left_out(step, clock, days, HEARING, P.T36_2)


def record_force_majeure(
    case: Case,
    days: Days,
    *,
    by: User,
    now: datetime,
    reason: str,
    version: int | None = None,
    materials: Sequence[Material] = (),
) -> None:
    """Record, as the petitioner asks, that nobody could ask for 复查 or 复核 on some days: the time is longer by them.

    A window that lapsed is counted again too, and opens again where its new last day is still to come.
    Raises DomainError without such a window, and for days that cannot be.
    """
    action = Action.RECORD_FORCE_MAJEURE
    with taking(case, action, by=by, now=now, version=version, reason=reason, materials=materials) as step:
        window = step.clock(LimitKind.RE_EXAMINATION_WINDOW) or step.clock(LimitKind.REVIEW_WINDOW)
        if window is None:
            raise DomainError("本件现在没有请求复查、复核的期限。")
        if days.first_on > window.effective_due:
            raise DomainError(
                f"请求期限到 {long_date(window.effective_due)} 为止，不可抗力应在此以前开始。", field="first_on"
            )
        _left_out(step, window, days, FORCE_MAJEURE, P.FORCE_MAJEURE)


def _left_out(step: Taking, clock: Deadline, days: Days, reason: str, basis: Provision) -> None:
    before = clock.effective_due
    leave_out(clock, days.first_on, days.last_on, reason=reason, basis=cited(basis, on=days.first_on), today=step.today)
    step.happened_on = days.first_on
    step.facts.update(
        first_on=long_date(days.first_on),
        last_on=long_date(days.last_on),
        before=long_date(before),
        after=long_date(clock.effective_due),
    )
