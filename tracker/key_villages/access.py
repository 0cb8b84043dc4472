"""Who may see a village on the ledger, and where a person stands towards it: one rule, as SQL and for one entry.

Who answers for the area of the office sees all; whoever works on one of its villages, or in its township, sees that.
No accusation stands on this ledger, so nothing of one can be seen here.
"""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import aliased, joinedload

from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.key_villages.models import (
    FilledCheck,
    InspectionRound,
    VillageDuty,
    VillageEntry,
    VillageFinding,
    VillageLookBack,
    VillageProblem,
)
from tracker.key_villages.rules.acts import VillagePart
from tracker.key_villages.rules.codes import VillageDutyKind, VillageStage
from tracker.key_villages.rules.findings import FindingPart
from tracker.people.models import Department, User
from tracker.people.queries import reader_for
from tracker.people.rules import DepartmentKind, Reader, Role, area, does_case_work
from tracker.places.models import Place
from tracker.places.queries import successor

Clause = ColumnElement[bool]
Row = TypeVar("Row")
# Building a condition takes longer than running it: those of the last readers are kept.
KEPT_CLAUSES = 256
# Who keeps the ledger in the office's name, and who may decide in a sponsor's place.
KEEPING = (Role.ACCEPTOR, Role.SUPERVISOR)
DECIDING = (Role.PRINCIPAL_LEADER,)
DUTY_PARTS = {
    VillageDutyKind.SPONSOR: VillagePart.SPONSOR,
    VillageDutyKind.TOWNSHIP: VillagePart.TOWNSHIP,
    VillageDutyKind.LIAISON: VillagePart.LIAISON,
}


@lru_cache(maxsize=KEPT_CLAUSES)
def visible_to(reader: Reader, today: date) -> Clause:
    """Return the condition on `VillageEntry` for those a person may see."""
    if not reader.active or not does_case_work(reader):
        return false()
    units = sorted(reader.department_ids)
    return or_(
        VillageEntry.office_id.in_(_offices(reader)),
        VillageEntry.id.in_(select(VillageProblem.entry_id).where(VillageProblem.department_id.in_(units))),
        VillageEntry.place_id.in_(_given_to(reader, today)),
        VillageEntry.place_id.in_(_of_townships(reader)),
    )


def on_the_ledger(reader: Reader, today: date) -> Clause:
    """Return the condition on `VillageEntry` for the ledger of a person: what they may see and was not withdrawn."""
    return visible_to(reader, today) & (VillageEntry.stage != VillageStage.WITHDRAWN.value)


def finding_visible_to(reader: Reader, today: date) -> Clause:
    """Return the condition on `VillageFinding` for those a person may see: as of villages, and who leads the round."""
    if not reader.active or not does_case_work(reader):
        return false()
    return or_(
        VillageFinding.round_id.in_(select(InspectionRound.id).where(_own_rounds(reader))),
        VillageFinding.department_id.in_(sorted(reader.department_ids)),
        VillageFinding.place_id.in_(_given_to(reader, today)),
        VillageFinding.place_id.in_(_of_townships(reader)),
    )


def round_visible_to(reader: Reader, today: date) -> Clause:
    """Return the condition on `InspectionRound`: those of the person's area or lead, and those with a finding seen."""
    if not reader.active or not does_case_work(reader):
        return false()
    seen = select(VillageFinding.round_id).where(finding_visible_to(reader, today))
    return or_(_own_rounds(reader), InspectionRound.id.in_(seen))


def check_visible_to(reader: Reader, today: date) -> Clause:
    """Return the condition on `FilledCheck`: of the person's own rounds, and of villages that they may see."""
    if not reader.active or not does_case_work(reader):
        return false()
    seen = visible_to(reader, today)
    return or_(
        FilledCheck.round_id.in_(select(InspectionRound.id).where(_own_rounds(reader))),
        FilledCheck.entry_id.in_(select(VillageEntry.id).where(seen)),
        FilledCheck.place_id.in_(select(VillageEntry.place_id).where(seen)),
        FilledCheck.place_id.in_(_given_to(reader, today)),
        FilledCheck.place_id.in_(_of_townships(reader)),
    )


def _own_rounds(reader: Reader) -> Clause:
    return or_(InspectionRound.office_id.in_(_offices(reader)), InspectionRound.led_by_id == reader.user_id)


def _offices(reader: Reader) -> list[int]:
    """Return the departments for whose area a person answers."""
    return sorted(frozenset[int]().union(*(post.scope_ids for post in reader.posts)))


def _given_to(reader: Reader, today: date) -> Select[Any]:
    """Return the villages that a person answers for, and whatever was merged into them."""
    running = (VillageDuty.started_on <= today, or_(VillageDuty.ended_on.is_(None), VillageDuty.ended_on >= today))
    given = select(VillageDuty.place_id.label("id")).where(VillageDuty.user_id == reader.user_id, *running)
    tree = given.cte(recursive=True)
    tree = tree.union(select(Place.id).join(tree, Place.merged_into_id == tree.c.id))
    return select(tree.c.id)


def _of_townships(reader: Reader) -> Select[Any]:
    """Return the villages of the townships in which a person holds a post: by the code of the unit's place."""
    town, village = aliased(Place), aliased(Place)
    ids = sorted(post.department_id for post in reader.posts if post.department_kind is DepartmentKind.TOWNSHIP)
    return (
        select(village.id)
        .join(town, town.id == village.parent_id)
        .join(Department, Department.place_code == town.code)
        .where(Department.id.in_(ids))
    )


def entry_of(public_id: str, reader: Reader, today: date) -> VillageEntry:
    """Return the entry of an address; one that the person may not see answers as one that does not exist.

    Raises NotFound.
    """
    asked = select(VillageEntry).where(VillageEntry.public_id == public_id, visible_to(reader, today))
    return _found(db.session.scalar(asked))


def problem_of(public_id: str, reader: Reader, today: date) -> VillageProblem:
    """Return the problem of an address as `entry_of` does; raises NotFound."""
    asked = select(VillageProblem).join(VillageEntry).where(VillageProblem.public_id == public_id)
    return _found(db.session.scalar(asked.where(visible_to(reader, today))))


def round_of(public_id: str, reader: Reader, today: date) -> InspectionRound:
    """Return the round of an address as `entry_of` does; raises NotFound."""
    asked = select(InspectionRound).where(InspectionRound.public_id == public_id, round_visible_to(reader, today))
    return _found(db.session.scalar(asked))


def finding_of(public_id: str, reader: Reader, today: date) -> VillageFinding:
    """Return the finding of an address as `entry_of` does; raises NotFound."""
    asked = select(VillageFinding).where(VillageFinding.public_id == public_id, finding_visible_to(reader, today))
    return _found(db.session.scalar(asked))


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def look_back_of(public_id: str, reader: Reader, today: date) -> VillageLookBack:
    """Return the look back of an address as `entry_of` does; raises NotFound."""
    asked = select(VillageLookBack).join(VillageEntry).where(VillageLookBack.public_id == public_id)
    found: VillageLookBack | None = db.session.scalar(asked.where(visible_to(reader, today)))
    if found is None:
        raise NotFound
    return found


def duties_on(entry: VillageEntry, day: date) -> list[VillageDuty]:
    """Return who answers for a village on a day: given for it, or for what it is part of now."""
    return duties_of([entry], day)[entry.id]


def duties_of(entries: Collection[VillageEntry], day: date) -> dict[int, list[VillageDuty]]:
    """Return by entry who answers for each village on a day, in the order in which they were given. One query."""
    places = {entry.id: places_of(entry) for entry in entries}
    wanted = frozenset[int]().union(*places.values())
    running = (VillageDuty.started_on <= day, or_(VillageDuty.ended_on.is_(None), VillageDuty.ended_on >= day))
    asked = select(VillageDuty).where(VillageDuty.place_id.in_(sorted(wanted)), *running)
    rows = db.session.scalars(asked.options(joinedload(VillageDuty.user)).order_by(VillageDuty.id)).all()
    return {id_: [row for row in rows if row.place_id in own] for id_, own in places.items()}


def places_of(entry: VillageEntry) -> frozenset[int]:
    """Return the village as it was entered and as what it is part of now (并村以后)."""
    return frozenset({entry.place_id, successor(entry.place).id})


def had_duty(user_id: int, entry: VillageEntry) -> bool:
    """Return whether somebody answers for a village, or ever did."""
    given = (VillageDuty.place_id.in_(places_of(entry)), VillageDuty.user_id == user_id)
    return db.session.scalars(select(VillageDuty.id).where(*given)).first() is not None


def holder_of(entry: VillageEntry, duty: VillageDutyKind, day: date) -> VillageDuty | None:
    """Return who has a duty of which a village has one at a time: the last that was given."""
    return next((each for each in reversed(duties_on(entry, day)) if each.kind == duty), None)


def parts(reader: Reader, entry: VillageEntry, problem: VillageProblem | None, day: date) -> frozenset[VillagePart]:
    """Return where a person stands towards a village, or one of its problems, on a day."""
    if not reader.active or not does_case_work(reader):
        return frozenset()
    mine = {DUTY_PARTS[VillageDutyKind(each.kind)] for each in _signing(entry, day) if each.user_id == reader.user_id}
    if keeps(reader, entry.office_id):
        mine.add(VillagePart.KEEPER)
    if entry.office_id in area(reader, *DECIDING):
        mine.add(VillagePart.LEADER)
    if problem is not None:
        if problem.user_id == reader.user_id:
            mine.add(VillagePart.OWNER)
        if problem.department_id in area(reader, Role.DEPARTMENT_HEAD):
            mine.add(VillagePart.UNIT_HEAD)
    return frozenset(mine)


def _signing(entry: VillageEntry, day: date) -> list[VillageDuty]:
    """Return who has each duty now: of each kind the last that was given."""
    held = {each.kind: each for each in duties_on(entry, day) if VillageDutyKind(each.kind) in DUTY_PARTS}
    return list(held.values())


def leads_here(leader: User, office: Department, today: date) -> bool:
    """Return whether somebody is a leader for the area of an office: who may decide an entry, or lead a round."""
    return office.id in area(reader_for(leader, today), Role.LEAD_OFFICIAL, *DECIDING)


def keeps(reader: Reader, office_id: int) -> bool:
    """Return whether a person keeps the ledger in an office's name."""
    heads = (post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD)
    return office_id in area(reader, *KEEPING) or office_id in heads


def finding_parts(reader: Reader, row: InspectionRound, finding: VillageFinding | None = None) -> set[FindingPart]:
    """Return where a person stands towards a round of inspection, or one of its findings."""
    if not reader.active or not does_case_work(reader):
        return set()
    holds = {
        FindingPart.KEEPER: keeps(reader, row.office_id),
        FindingPart.ROUND_LEADER: row.led_by_id == reader.user_id,
        FindingPart.LEADER: row.office_id in area(reader, *DECIDING),
        FindingPart.OWNER: finding is not None and finding.user_id == reader.user_id,
    }
    return {part for part, held in holds.items() if held}


def known(reader: Reader, today: date) -> Select[Any]:
    """Return the ids of the entries that a person may see."""
    return select(VillageEntry.id).where(visible_to(reader, today))
