"""What rounds of inspection found in a village (督导发现), as the seal of the village counts it."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.key_villages.models import VillageEntry, VillageFinding, VillageProblem
from tracker.key_villages.rules.checklist import DoneShare
from tracker.key_villages.rules.codes import VillageStage
from tracker.key_villages.rules.findings import FindingStage
from tracker.places import queries as places


def is_rechecked(finding: VillageFinding) -> bool:
    """Say whether a finding is done with: checked again, or its problem struck off."""
    problem = finding.problem
    return finding.stage == FindingStage.RECHECKED or (
        problem is not None and problem.stage == VillageStage.STRUCK_OFF.value
    )


def findings_of(entry: VillageEntry) -> list[VillageFinding]:
    """Return what was found in a village in its stay on the ledger, and what was not done with before it came there.

    What was withdrawn counts nowhere and is left out.
    """
    days: list[ColumnElement[bool]] = [
        or_(VillageFinding.rechecked_on.is_(None), VillageFinding.rechecked_on >= entry.entered_on),
        or_(VillageFinding.problem_id.is_(None), VillageProblem.entry_id == entry.id),
    ]
    if entry.struck_off_on is not None:
        days.append(VillageFinding.found_on <= entry.struck_off_on)
    ids = places.subtree_ids(places.successor(entry.place))
    asked = (
        select(VillageFinding)
        .outerjoin(VillageFinding.problem)
        .where(VillageFinding.place_id.in_(ids), VillageFinding.stage != FindingStage.WITHDRAWN.value, *days)
        .options(joinedload(VillageFinding.round), joinedload(VillageFinding.owner))
    )
    return list(db.session.scalars(asked.order_by(VillageFinding.id.desc())))


def finding_share(entry: VillageEntry) -> DoneShare:
    """Return how many of a village's findings are done with (督导整改都已复核)."""
    found = findings_of(entry)
    return DoneShare(sum(map(is_rechecked, found)), len(found))


def came_of_finding(problem: VillageProblem) -> bool:
    """Say whether a problem was listed because a round of inspection found it."""
    asked = select(VillageFinding.id).where(VillageFinding.problem_id == problem.id)
    return db.session.scalars(asked).first() is not None
