"""What is not a date but deserves a word (行为触发): each behaviour as one query of what was seen and not told yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, literal, select
from sqlalchemy.orm import aliased

from tracker.cases.models import Case, CaseStep, Objection
from tracker.cases.rules.actions import Action
from tracker.cases.rules.codes import Channel, LedgerStatus, Level, Status
from tracker.cases.rules.step_rows import AT_WORK, ENDED
from tracker.cases.rules.steps import GONE
from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.reminders.ladder.rules.reach import DayCounter
from tracker.reminders.ladder.rules.rungs import Behaviour, Rung
from tracker.reminders.models import Escalation
from tracker.supervision.queries.due import WITHDRAWN
from tracker.working_days.rules import Unit

# Events further back were never within a silence that the timer bridges by itself (reminders/gate/rules).
EVENT_WINDOW = timedelta(days=62)
# The subject of a rung about a repeat (重件); the rung stands in the first case.
REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Seen:
    """A behaviour that was seen: on what, in which case, since when."""

    subject: str
    subject_id: int
    revision: int
    case_id: int
    on: date


def seen(rung: Rung, today: date, *, limit: int) -> list[Seen]:
    """Return what a behaviour rung has to say that was not recorded yet, the oldest first.

    `on` is the day it was seen; the caller counts the rung's days from it. Only what is at least so many calendar
    days old is returned: working days are never fewer.
    """
    if rung.behaviour is None:
        return []
    until = at_local(today - timedelta(days=rung.number) + timedelta(days=1), 0)
    subject, statement = BEHAVIOURS[rung.behaviour](until)
    columns = statement.subquery()
    told = exists().where(
        Escalation.subject == subject,
        Escalation.subject_id == columns.c.subject_id,
        Escalation.revision == columns.c.revision,
        Escalation.rung == rung.code,
        Escalation.state != WITHDRAWN,
    )
    rows = db.session.execute(select(columns).where(~told).order_by(columns.c.at, columns.c.subject_id).limit(limit))
    return [Seen(subject, row.subject_id, row.revision, row.case_id, _day(row.at)) for row in rows]


def days_seen(behaviour: Behaviour, last: date) -> dict[date, int]:
    """Return on which days until `last` a behaviour was seen, and how often: told or not, as far as it still shows."""
    _, statement = BEHAVIOURS[behaviour](at_local(last + timedelta(days=1), 0))
    found: dict[date, int] = {}
    for (at,) in db.session.execute(select(statement.subquery().c.at)):
        found[_day(at)] = found.get(_day(at), 0) + 1
    return found


def day_of(rung: Rung, seen_on: date, days: DayCounter) -> date:
    """Return the day on which a behaviour rung is reached after the behaviour was seen."""
    if rung.unit == Unit.WORKING_DAY:
        return days.working_days_from(seen_on, rung.number)
    return seen_on + timedelta(days=rung.number)


def _day(at: date) -> date:
    return local_date(at) if isinstance(at, datetime) else at


Statement = tuple[str, Select[*tuple[Any, ...]]]


def _again(until: datetime, *which: Any) -> Statement:
    """Repeats (重件) of a matter that is still open; of a sealed accusation nobody is told here."""
    repeat = aliased(Case)
    statement = (
        select(
            repeat.id.label("subject_id"),
            literal(1).label("revision"),
            Case.id.label("case_id"),
            repeat.registered_at.label("at"),
        )
        .join(Case, Case.id == repeat.original_id)
        .where(
            repeat.received_on >= local_date(until) - EVENT_WINDOW,
            repeat.registered_at >= until - EVENT_WINDOW,
            repeat.registered_at < until,
            repeat.import_run_id.is_(None),
            repeat.level != Level.ACCUSATION,
            repeat.status != Status.VOIDED,
            Case.ledger_status != LedgerStatus.CLOSED,
            Case.status.not_in(sorted(GONE)),
            *(condition(repeat) for condition in which),
        )
    )
    return REPEAT, statement


def _came_again(until: datetime) -> Statement:
    return _again(until, lambda repeat: repeat.channel != Channel.SUPERIOR)


def _superior_asks(until: datetime) -> Statement:
    return _again(until, lambda repeat: repeat.channel == Channel.SUPERIOR)


def _rework_silent(until: datetime) -> Statement:
    any_step = aliased(CaseStep)
    last = (
        select(func.max(any_step.id))
        .where(any_step.case_id == Case.id, any_step.action == Action.RETURN_CLOSE_OUT)
        .correlate(Case)
        .scalar_subquery()
    )
    statement = (
        select(
            CaseStep.id.label("subject_id"),
            literal(1).label("revision"),
            Case.id.label("case_id"),
            CaseStep.entered_at.label("at"),
        )
        .join(Case, Case.id == CaseStep.case_id)
        .where(Case.ledger_status == LedgerStatus.RETURNED, CaseStep.id == last, CaseStep.entered_at < until)
    )
    return "step", statement


def _not_closed_out(until: datetime) -> Statement:
    """Matters whose procedure ended and that nobody applied to strike off, since the step that ended it."""
    ended_at = (
        select(func.max(CaseStep.entered_at))
        .where(
            CaseStep.case_id == Case.id,
            CaseStep.to_status.in_(sorted(ENDED)),
            CaseStep.to_status != CaseStep.from_status,
        )
        .scalar_subquery()
    )
    ended = (
        select(Case.id.label("subject_id"), Case.round.label("revision"), ended_at.label("at"))
        .where(Case.ledger_status.in_(sorted(AT_WORK)), Case.status.in_(sorted(ENDED)), Case.import_run_id.is_(None))
        .subquery()
    )
    statement = select(ended.c.subject_id, ended.c.revision, ended.c.subject_id.label("case_id"), ended.c.at).where(
        ended.c.at < until
    )
    return "case", statement


def _returns(until: datetime, *, nth: Callable[[Any], Any]) -> Statement:
    """Objections (退回) that are the second, third … of their case."""
    earlier = aliased(Objection)
    before = (
        select(func.count())
        .select_from(earlier)
        .where(earlier.case_id == Objection.case_id, earlier.id < Objection.id)
        .correlate(Objection)
        .scalar_subquery()
    )
    statement = select(
        Objection.id.label("subject_id"),
        literal(1).label("revision"),
        Objection.case_id.label("case_id"),
        Objection.filed_on.label("at"),
    ).where(
        Objection.filed_on >= local_date(until) - EVENT_WINDOW,
        Objection.filed_on < local_date(until),
        Objection.ruled_on.is_(None),
        nth(before),
    )
    return "objection", statement


BEHAVIOURS: dict[Behaviour, Callable[[datetime], Statement]] = {
    Behaviour.CAME_AGAIN: _came_again,
    Behaviour.SUPERIOR_ASKS: _superior_asks,
    Behaviour.REWORK_SILENT: _rework_silent,
    Behaviour.NOT_CLOSED_OUT: _not_closed_out,
    Behaviour.SECOND_RETURN: lambda until: _returns(until, nth=lambda before: before == 1),
    Behaviour.THIRD_RETURN: lambda until: _returns(until, nth=lambda before: before >= 2),
}
# Seen from states that last: asked once a day. The others are events, asked by every run.
DAILY = frozenset({Behaviour.REWORK_SILENT, Behaviour.NOT_CLOSED_OUT})
