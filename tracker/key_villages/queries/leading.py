"""我包的村和案: the villages that a leader sponsors, the matters that he leads or sponsors; what is late.

Nothing of an accusation, and nothing with a closed number, stands here: for nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from tracker.cases.access.scope import NUMBERS_CLOSED, may_know
from tracker.cases.ledger.conditions import in_hand
from tracker.cases.ledger.rows import LedgerRow, rows_of
from tracker.cases.record.leads import led_by
from tracker.cases.record.models import Case
from tracker.core.database import db
from tracker.deadlines.rules import Light
from tracker.key_villages.models import CaseSponsorship, VillageLine
from tracker.key_villages.queries.board import BoardRow, VillageFilters, board
from tracker.key_villages.rules.acts import VillageAct
from tracker.people.models import User
from tracker.people.rules import Reader


@dataclass(frozen=True)
class Visit:
    """When a leader was in a village last, and what he found there."""

    on: date
    text: str


@dataclass(frozen=True)
class LedVillage:
    """A village that a leader sponsors, with his last visit."""

    row: BoardRow
    visit: Visit | None


@dataclass(frozen=True)
class LedCase:
    """A matter that a leader leads, and whether he sponsors it."""

    row: LedgerRow
    sponsored: bool

    @property
    def late(self) -> bool:
        """Whether its nearest duty is late."""
        return self.row.running is not None and self.row.running.light is Light.RED


@dataclass(frozen=True)
class LeaderPage:
    """The page of one leader as a reader may see it."""

    leader: User
    villages: Sequence[LedVillage]
    cases: Sequence[LedCase]

    @property
    def late_villages(self) -> list[LedVillage]:
        """Those with a problem that is late."""
        return [each for each in self.villages if each.row.late]

    @property
    def sponsored(self) -> list[LedCase]:
        """Those that he sponsors."""
        return [each for each in self.cases if each.sponsored]

    @property
    def late_cases(self) -> list[LedCase]:
        """Those whose nearest duty is late."""
        return [each for each in self.cases if each.late]


def leader_page(leader: User, reader: Reader, *, today: date, now: datetime) -> LeaderPage:
    """Return the villages and matters of a leader that a reader may see; a few statements, however many there are."""
    filters = VillageFilters(sponsor=leader.public_id)
    villages = [row for row in board(reader, filters, today=today, now=now).chosen if not row.sealed]
    visits = _visits([row.entry.id for row in villages], leader)
    open_ones = (led_by(leader.id), in_hand(), may_know(reader), ~NUMBERS_CLOSED)
    nearest = (Case.next_due_on.asc().nulls_last(), Case.id)
    ids = list(db.session.scalars(select(Case.id).where(*open_ones).order_by(*nearest)))
    sponsored = _sponsored(ids, today)
    return LeaderPage(
        leader=leader,
        villages=[LedVillage(row, visits.get(row.entry.id)) for row in villages],
        cases=[LedCase(row, row.id in sponsored) for row in rows_of(ids, today, now=now)],
    )


def _visits(entry_ids: Collection[int], leader: User) -> dict[int, Visit]:
    asked = (
        select(VillageLine)
        .where(VillageLine.entry_id.in_(entry_ids), VillageLine.act == VillageAct.VISIT)
        .where(VillageLine.by_id == leader.id)
        .order_by(VillageLine.happened_on, VillageLine.id)
    )
    return {line.entry_id: Visit(line.happened_on, line.said or "") for line in db.session.scalars(asked)}


def _sponsored(case_ids: Collection[int], today: date) -> set[int]:
    still = or_(CaseSponsorship.ended_on.is_(None), CaseSponsorship.ended_on >= today)
    rows = select(CaseSponsorship.case_id).where(CaseSponsorship.case_id.in_(case_ids), still)
    return set(db.session.scalars(rows))
