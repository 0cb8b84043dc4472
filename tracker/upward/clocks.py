"""The clocks of what is reported upward: the office's hours until it is out, the day by which a decision is needed."""

from datetime import date

from sqlalchemy import select

from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import run_on, start_clock, stop_clock
from tracker.upward.models import UpwardReport
from tracker.upward.rules import UpwardAct

UPWARD = "upward_report"
K = LimitKind


def begin_hours(report: UpwardReport) -> Deadline:
    """Start the office's hours, from the moment of the discovery."""
    return start_clock(
        K.UPWARD_REPORT,
        case_id=None,
        subject=UPWARD,
        subject_id=report.id,
        started_on=local_date(report.discovered_at),
        started_at=report.discovered_at,
        owner_department_id=report.office_id,
    )


def await_decision(report: UpwardReport, wanted_by: date, today: date) -> None:
    """Wait for the decision up to the day by which it is needed."""
    start_clock(
        K.UPWARD_DECISION,
        case_id=None,
        subject=UPWARD,
        subject_id=report.id,
        started_on=min(today, wanted_by),
        due_on=wanted_by,
        owner_department_id=report.office_id,
    )


def count_again(report: UpwardReport) -> None:
    """Let the hours count anew from the moment on record: what was late or in time is judged by it."""
    for clock in running(report, K.UPWARD_REPORT):
        stop_clock(clock, on=clock.started_on, met=False, by_action=UpwardAct.CORRECT)
    began = begin_hours(report)
    if (at := report.reported_at) is not None:
        stop_clock(began, on=max(local_date(at), began.started_on), met=True, by_action=UpwardAct.REPORT, at=at)


def ask_again(report: UpwardReport, today: date) -> None:
    """Wait for the decision up to the corrected day."""
    for clock in running(report, K.UPWARD_DECISION):
        stop_clock(clock, on=max(today, clock.started_on), met=False, by_action=UpwardAct.CORRECT)
    if report.wanted_by is not None and report.decided_on is None:
        await_decision(report, report.wanted_by, today)


def clocks_of(report: UpwardReport, *kinds: LimitKind) -> list[Deadline]:
    """Return the clocks of some kinds, the first begun first."""
    asked = (Deadline.subject == UPWARD, Deadline.subject_id == report.id, Deadline.kind.in_(kinds))
    return list(db.session.scalars(select(Deadline).where(*asked).order_by(Deadline.id)))


def running(report: UpwardReport, *kinds: LimitKind) -> list[Deadline]:
    """Return the clocks of some kinds that run."""
    return [clock for clock in clocks_of(report, *kinds) if clock.ended_on is None]


def let_run_on(report: UpwardReport, *, today: date) -> None:
    """Let the clock run on that the decision ended, which is taken back."""
    ended = [clock for clock in clocks_of(report, K.UPWARD_DECISION) if clock.ended_by == UpwardAct.DECIDE]
    for clock in ended[-1:]:
        run_on(clock, today=today)
