"""Matters that were ticked in the ledger, for what is done with several at once."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.cases.access.scope import may_know
from tracker.cases.record.models import Case
from tracker.core.database import db
from tracker.people.rules import Reader


def chosen_cases(public_ids: Collection[str], reader: Reader) -> list[Case]:
    """Return the chosen matters that the reader may see, in the order of their keys."""
    asked = select(Case).where(Case.public_id.in_(public_ids)).order_by(Case.id)
    both = joinedload(Case.assignment), joinedload(Case.office)
    return list(db.session.scalars(asked.where(may_know(reader)).options(*both)))
