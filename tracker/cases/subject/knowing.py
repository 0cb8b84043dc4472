"""Who may see cases that clocks, notices and rungs are about, and how a case is called."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, false, not_, select

from tracker.cases.access.scope import NUMBERS_CLOSED, may_know, not_denied, visible_to
from tracker.cases.ledger.conditions import in_hand
from tracker.cases.ledger.desk import nearest_filters, seats
from tracker.cases.ledger.filters import conditions
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core.database import db
from tracker.people.rules import Reader, Role, does_case_work
from tracker.reminders.subjects.answers import SubjectWords

PAGE = "cases.detail"


def known(reader: Reader) -> Select[Any]:
    """Return the ids of the cases that the person may see, for cases that are found by their keys."""
    return select(Case.id).where(may_know(reader))


def counted(reader: Reader) -> Select[Any]:
    """Return the ids of the cases that figures count for a person who does no case work.

    Who keeps the system may be complained of like anybody: for them only matters with open numbers (公开编号) count,
    of which everybody of an office may know. Who reads the log meets every matter there.
    """
    return select(Case.id) if reader.holds(Role.AUDITOR) else select(Case.id).where(not_(NUMBERS_CLOSED))


def not_shut_out(reader: Reader) -> Select[Any]:
    """Return the ids of the cases that nothing shuts the person out of (重件), or that count for who sees none."""
    return select(Case.id).where(not_denied(reader)) if does_case_work(reader) else counted(reader)


def live() -> Select[Any]:
    """Return the ids of the cases that are still in hand (在办)."""
    return select(Case.id).where(in_hand())


def listed(reader: Reader) -> Select[Any]:
    """Return the ids of the cases that the person may see, for lists."""
    return select(Case.id).where(visible_to(reader))


def own(reader: Reader, today: date) -> Select[Any]:
    """Return the ids of the cases whose dates are the person's own: those of 最近到期 on his desk."""
    if not seats(reader):
        return select(Case.id).where(false())
    return select(Case.id).where(*conditions(nearest_filters(reader), reader, today).values())


def words(case_ids: Collection[int]) -> dict[int, SubjectWords]:
    """Return number, title and page of cases; only of an ordinary one the number may leave the house."""
    columns = (Case.id, Case.register_no, Case.title, Case.public_id, Case.level)
    rows = db.session.execute(select(*columns).where(Case.id.in_(case_ids)))
    return {
        row.id: SubjectWords(
            row.register_no, row.title, PAGE, row.public_id, named=row.level == Confidentiality.ORDINARY
        )
        for row in rows
    }
