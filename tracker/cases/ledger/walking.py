"""Walking through a list matter by matter (逐件办理): where one stands in it, what comes before and after."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from tracker.cases.ledger.filters import Filters, conditions
from tracker.cases.ledger.groups import History
from tracker.cases.ledger.pages import SORTS, usual_sort
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Status
from tracker.core.database import db
from tracker.people.rules import Reader

# So many of those that come after are named.
NAMED_AFTER = 3


@dataclass(frozen=True)
class Walk:
    """A list as a person walks through it: its filters and its order."""

    filters: Filters
    sort: str

    @property
    def order(self) -> str:
        """The order, the usual one where none or an unknown one is asked for."""
        return self.sort if self.sort in SORTS else usual_sort(self.filters)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What an address says of it."""
        return [*self.filters.pairs(), *([("sort", self.sort)] if self.sort in SORTS else [])]


@dataclass(frozen=True)
class ListPlace:
    """Where a matter stands in a list: the number `at` of `total`, 0 where it is not in it; public ids beside it."""

    at: int
    total: int
    before: str = ""
    after: str = ""
    ids_after: tuple[int, ...] = ()

    @property
    def left(self) -> int:
        """How many come after it."""
        return self.total - self.at


def to_triage(filters: Filters, sort: str) -> Walk:
    """Return the matters of a list that wait for their class (待分类)."""
    return Walk(replace(filters, status=Status.REGISTERED, history=History.WITHOUT), sort)


def place_in(walk: Walk, case_id: int, reader: Reader, *, today: date) -> ListPlace:
    """Return where a matter stands in a list as far as the reader may know it. One query, two where it is not in it."""
    order = SORTS[walk.order].columns
    listed = (
        select(
            Case.id,
            Case.public_id,
            func.row_number().over(order_by=order).label("at"),
            func.count().over().label("total"),
        )
        .where(*conditions(walk.filters, reader, today).values())
        .cte("listed")
    )
    here = select(listed.c.at).where(listed.c.id == case_id).scalar_subquery()
    near = select(listed).where(listed.c.at.between(here - 1, here + NAMED_AFTER)).order_by(listed.c.at)
    rows = db.session.execute(near).all()
    at = next((row.at for row in rows if row.id == case_id), 0)
    if not at:
        return ListPlace(at=0, total=_total(walk, reader, today))
    after = [row for row in rows if row.at > at]
    return ListPlace(
        at=at,
        total=rows[0].total,
        before=next((row.public_id for row in rows if row.at == at - 1), ""),
        after=after[0].public_id if after else "",
        ids_after=tuple(row.id for row in after),
    )


def first_of(walk: Walk, reader: Reader, *, today: date) -> str:
    """Return the public id of the first matter of a list, "" where there is none."""
    which = conditions(walk.filters, reader, today).values()
    order = SORTS[walk.order].columns
    return db.session.scalar(select(Case.public_id).where(*which).order_by(*order).limit(1)) or ""


def _total(walk: Walk, reader: Reader, today: date) -> int:
    which = conditions(walk.filters, reader, today).values()
    return db.session.scalar(select(func.count(Case.id)).where(*which)) or 0
