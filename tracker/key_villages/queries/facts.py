"""Reading what decides on a village: its shares, its election, who came, who signed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from tracker.cases.access.scope import NUMBERS_CLOSED
from tracker.cases.record.links import living_root
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import LedgerStatus
from tracker.cases.record.rules.holding import GONE
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.key_villages.models import VillageEntry, VillageLine, VillageLink, VillageProblem
from tracker.key_villages.queries.found import finding_share
from tracker.key_villages.rules.acts import SIGNATURES, VillageAct
from tracker.key_villages.rules.checklist import DoneShare, VillageFacts
from tracker.key_villages.rules.codes import AT_WORK, VillageKind, VillageStage


class LinkState(StrEnum):
    """How a linked matter stands: what counts for the seal of its village."""

    OPEN = "open"
    STRUCK_OFF = "struck_off"
    LEFT = "left"
    GONE = "gone"


LINK_LABELS = {
    LinkState.OPEN: "在办",
    LinkState.STRUCK_OFF: "已销号",
    LinkState.LEFT: "已转出",
    LinkState.GONE: "已作废",
}


@dataclass(frozen=True)
class Linked:
    """A linked matter and how it stands. Of one that left the open register (已转出) only its old number is known.

    A letter that is handled under such a matter left with it: how that one stands is not for this page.
    """

    link: VillageLink
    state: LinkState


def linked(entry: VillageEntry) -> list[Linked]:
    """Return the matters that are linked to a village, open ones first."""
    return linked_to([entry.id]).get(entry.id, [])


def linked_to(entry_ids: Collection[int]) -> dict[int, list[Linked]]:
    """Return by entry the matters that are linked to villages, open ones first."""
    asked = select(VillageLink).where(VillageLink.entry_id.in_(entry_ids), VillageLink.ended_at.is_(None))
    rows = db.session.scalars(asked.options(joinedload(VillageLink.case)).order_by(VillageLink.id)).all()
    roots = {row.case_id: living_root(row.case) for row in rows}
    about = {*roots, *(root.id for root in roots.values())}
    closed = set(db.session.scalars(select(Case.id).where(Case.id.in_(about), NUMBERS_CLOSED)))
    found: dict[int, list[Linked]] = {}
    for row in rows:
        root = roots[row.case_id]
        state = LinkState.LEFT if closed & {row.case_id, root.id} else _state(root)
        found.setdefault(row.entry_id, []).append(Linked(row, state))
    return {id_: sorted(own, key=lambda each: each.state is not LinkState.OPEN) for id_, own in found.items()}


def _state(root: Case) -> LinkState:
    if root.ledger_status == LedgerStatus.CLOSED:
        return LinkState.STRUCK_OFF
    return LinkState.GONE if root.status in GONE else LinkState.OPEN


def share_of(found: Sequence[Linked]) -> DoneShare:
    """Return how many of the matters that count are struck off."""
    counted = [each for each in found if each.state in (LinkState.OPEN, LinkState.STRUCK_OFF)]
    return DoneShare(sum(each.state is LinkState.STRUCK_OFF for each in counted), len(counted))


def problem_shares(entry_ids: Collection[int]) -> dict[int, DoneShare]:
    """Return by entry how many of its problems are struck off; those that were withdrawn count nowhere. One query."""
    struck = func.sum(case((VillageProblem.stage == VillageStage.STRUCK_OFF.value, 1), else_=0))
    rows = db.session.execute(
        select(VillageProblem.entry_id, struck, func.count())
        .where(VillageProblem.entry_id.in_(entry_ids), VillageProblem.stage != VillageStage.WITHDRAWN)
        .group_by(VillageProblem.entry_id)
    )
    return {entry_id: DoneShare(int(done or 0), count) for entry_id, done, count in rows}


def lines_of(entry: VillageEntry, problem: VillageProblem | None = None) -> list[VillageLine]:
    """Return the trail of a village, or of one of its problems, the first line first."""
    of_problem = () if problem is None else (VillageLine.problem_id == problem.id,)
    rows = select(VillageLine).where(VillageLine.entry_id == entry.id, *of_problem)
    return list(db.session.scalars(rows.order_by(VillageLine.id)))


def signatures(entry: VillageEntry, problem: VillageProblem | None) -> list[VillageLine]:
    """Return the signatures since the thing was last worked on, in their order: what went back begins anew."""
    about = VillageLine.problem_id.is_(None) if problem is None else VillageLine.problem_id == problem.id
    rows = select(VillageLine).where(VillageLine.entry_id == entry.id, about).order_by(VillageLine.id)
    found: list[VillageLine] = []
    for line in db.session.scalars(rows):
        if line.to_stage in AT_WORK:
            found = []
        elif line.act in SIGNATURES:
            found.append(line)
    return found


def facts_of(entry: VillageEntry, sponsor_id: int | None) -> VillageFacts:
    """Return what decides whether a village can be struck off, for the sponsor it has now."""
    return VillageFacts(
        kind=VillageKind(entry.kind),
        problems=problem_shares([entry.id]).get(entry.id, DoneShare(0, 0)),
        cases=share_of(linked(entry)),
        findings=finding_share(entry),
        election_on=entry.election_on,
        result_on=local_date(entry.result_at) if entry.result_at else None,
        sponsor_came_on=_came_on(entry, sponsor_id),
        signed=len(signatures(entry, None)),
    )


def _came_on(entry: VillageEntry, user_id: int | None) -> date | None:
    """Return the last day of this round on which somebody was in the village."""
    if user_id is None:
        return None
    visits = (VillageLine.act == VillageAct.VISIT, VillageLine.by_id == user_id, VillageLine.round == entry.round)
    days: date | None = db.session.scalar(
        select(func.max(VillageLine.happened_on)).where(VillageLine.entry_id == entry.id, *visits)
    )
    return days


def live_entry_at(place_ids: Collection[int]) -> VillageEntry | None:
    """Return the entry that one of some places has on the ledger now; None where none has."""
    ended = (VillageStage.STRUCK_OFF.value, VillageStage.WITHDRAWN.value)
    asked = select(VillageEntry).where(VillageEntry.place_id.in_(place_ids), VillageEntry.stage.not_in(ended))
    return db.session.scalars(asked.order_by(VillageEntry.id)).first()


def entries_at(place_ids: Collection[int]) -> list[VillageEntry]:
    """Return every stay of some places on the ledger, the latest first (merges keep both histories)."""
    asked = select(VillageEntry).where(VillageEntry.place_id.in_(place_ids))
    return list(db.session.scalars(asked.order_by(VillageEntry.id.desc())))
