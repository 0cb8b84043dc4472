"""What is not a date but deserves a word in a case (行为触发): each behaviour as one query of where it is seen."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import aliased

from tracker.cases.lifecycle.rules.actions import Action, Station
from tracker.cases.lifecycle.rules.step_rows import AT_WORK, ENDED
from tracker.cases.lifecycle.rules.step_sets import GONE
from tracker.cases.record.models import Case, CaseStep, Objection, OrderDraft
from tracker.cases.record.models.drafted import still_waits
from tracker.cases.record.rules.codes import Channel, Confidentiality, LedgerStatus, Status
from tracker.reminders.ladder.rules.moments import Behaviour
from tracker.reminders.subjects.answers import SINCE, SINCE_DAY, UNTIL, UNTIL_DAY, Watch

# A rung about a repeat (重件) is seen on it; the rung stands in the first case.
REPEAT = "repeat"
Statement = Select[*tuple[Any, ...]]


def _again(*which: Any) -> Statement:
    """Repeats (重件) of a matter that is still open, told to the living letter; of a sealed accusation nobody is told.

    An earlier letter that was joined to a later one came first, not again.
    """
    repeat, original = aliased(Case), aliased(Case)
    statement = (
        select(
            repeat.id.label("subject_id"),
            literal(1).label("revision"),
            Case.id.label("thing_id"),
            repeat.registered_at.label("at"),
        )
        .join(original, original.id == repeat.original_id)
        .join(Case, Case.id == func.coalesce(original.merged_into_id, original.id))
        .where(
            repeat.id > Case.id,
            repeat.received_on >= SINCE_DAY,
            repeat.registered_at >= SINCE,
            repeat.registered_at < UNTIL,
            repeat.import_run_id.is_(None),
            repeat.level != Confidentiality.ACCUSATION,
            repeat.status != Status.VOIDED,
            Case.ledger_status != LedgerStatus.CLOSED,
            Case.status.not_in(sorted(GONE)),
            *(condition(repeat) for condition in which),
        )
    )
    return statement


def _came_again() -> Statement:
    return _again(lambda repeat: repeat.channel != Channel.SUPERIOR)


def _superior_asks() -> Statement:
    return _again(lambda repeat: repeat.channel == Channel.SUPERIOR)


def _rework_silent() -> Statement:
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
            Case.id.label("thing_id"),
            CaseStep.entered_at.label("at"),
        )
        .join(Case, Case.id == CaseStep.case_id)
        .where(Case.ledger_status == LedgerStatus.RETURNED, CaseStep.id == last, CaseStep.entered_at < UNTIL)
    )
    return statement


def _not_closed_out() -> Statement:
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
    statement = select(ended.c.subject_id, ended.c.revision, ended.c.subject_id.label("thing_id"), ended.c.at).where(
        ended.c.at < UNTIL
    )
    return statement


def _returns(nth: Callable[[Any], Any]) -> Statement:
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
        Objection.case_id.label("thing_id"),
        Objection.filed_on.label("at"),
    ).where(
        Objection.filed_on >= SINCE_DAY,
        Objection.filed_on < UNTIL_DAY,
        Objection.ruled_on.is_(None),
        nth(before),
    )
    return statement


def _draft_unsigned() -> Statement:
    """Papers that wait for a signature of the office's head; what waits for a main leader is with the highest."""
    return select(
        OrderDraft.id.label("subject_id"),
        literal(1).label("revision"),
        OrderDraft.case_id.label("thing_id"),
        OrderDraft.drafted_at.label("at"),
    ).where(
        still_waits(),
        OrderDraft.drafted_at < UNTIL,
        OrderDraft.case_id.is_not(None),
        OrderDraft.signer != Station.PRINCIPAL_LEADER.value,
    )


WATCHES: dict[Behaviour, Watch] = {
    Behaviour.CAME_AGAIN: Watch(REPEAT, _came_again),
    Behaviour.SUPERIOR_ASKS: Watch(REPEAT, _superior_asks),
    Behaviour.REWORK_SILENT: Watch("step", _rework_silent, daily=True),
    Behaviour.NOT_CLOSED_OUT: Watch("case", _not_closed_out, daily=True),
    Behaviour.SECOND_RETURN: Watch("objection", lambda: _returns(lambda before: before == 1)),
    Behaviour.THIRD_RETURN: Watch("objection", lambda: _returns(lambda before: before >= 2)),
    Behaviour.DRAFT_UNSIGNED: Watch("order_draft", _draft_unsigned, daily=True),
}
