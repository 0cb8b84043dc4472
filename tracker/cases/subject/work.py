"""Working on cases as the timer does: locking them, reading signs of work, writing that a letter went out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from tracker.cases.access.scope import NUMBERS_CLOSED, complained_departments
from tracker.cases.acts.recounting import lock_cases
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.lifecycle.stepping import refresh_next_due, system_line
from tracker.cases.record.models import Assignment, Case, CaseStep
from tracker.core.clock import local_date
from tracker.core.database import Model, db
from tracker.core.dates import long_date
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.subjects.answers import Free, Issued

# What counts as a sign of work on a case (办理记录).
WORK_NOTES = tuple(row.action.value for row in STEPS if row.work)


def lock(case_ids: Collection[int]) -> None:
    """Lock cases until the end of the transaction, in the order of their keys."""
    lock_cases(case_ids)


def free(case_ids: Collection[int]) -> dict[int, Free]:
    """Lock the cases that nobody works on just now; whom they complain of must not hear of them."""
    closed = NUMBERS_CLOSED.label("closed")
    columns = (Case.id, Case.office_id, Case.round, Case.status, Case.ledger_status, closed)
    statement = select(*columns).where(Case.id.in_(case_ids)).with_for_update(skip_locked=True, key_share=True)
    rows: dict[int, Any] = {row.id: row for row in db.session.execute(statement)}
    complained = complained_departments(rows)
    return {
        id_: Free(row.office_id, row.round, row.closed, frozenset(complained.get(id_, ())), facts=row)
        for id_, row in rows.items()
    }


def noted(case_ids: Collection[int]) -> dict[int, list[date]]:
    """Return the days of the signs of work on each case, in order."""
    notes = (CaseStep.case_id.in_(case_ids), CaseStep.action.in_(WORK_NOTES))
    days: dict[int, list[date]] = {}
    for case_id, at in db.session.execute(
        select(CaseStep.case_id, CaseStep.entered_at).where(*notes).order_by(CaseStep.entered_at)
    ):
        days.setdefault(case_id, []).append(local_date(at))
    return days


def units(case_ids: Collection[int]) -> dict[int, int]:
    """Return which unit has each case: the handling one, else its office."""
    unit = func.coalesce(Assignment.department_id, Case.office_id)
    rows = select(Case.id, unit).outerjoin(Assignment, Assignment.id == Case.assignment_id)
    found = db.session.execute(rows.where(Case.id.in_(case_ids)))
    return {row[0]: row[1] for row in found}


def wrote(issued: Sequence[Issued], at: datetime) -> list[list[Model]]:
    """Write the line of the trail for each letter that the ladder issued (系统)."""
    lines: list[list[Model]] = [[_line(each, at)] for each in issued]
    db.session.add_all(line for rows in lines for line in rows)
    return lines


def _line(each: Issued, at: datetime) -> CaseStep:
    action = Action.URGE if each.level is RungLevel.URGE else Action.SUPERVISE
    facts = {
        "paper": each.paper,
        "number": each.number,
        "department": each.department,
        "reply_by": "" if each.signer else long_date(each.reply_by),
        "signer": each.signer,
    }
    about = each.wanted.about
    return system_line(about.id, each.wanted.free.facts, action, at=at, reason=each.text, facts=facts)


def refreshed(case_ids: Collection[int]) -> Mapping[int, Model]:
    """Keep the nearest day of cases whose clocks have changed; return the cases."""
    cases = {id_: db.session.get_one(Case, id_) for id_ in case_ids}
    for case in cases.values():
        refresh_next_due(case)
    return cases
