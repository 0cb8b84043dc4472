"""What the figures of the ledger open: its problems, linked matters and moves, each list as long as its figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import joinedload

from tracker.cases.access.scope import may_know
from tracker.cases.record.models import Case
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, clock_of, shown_all
from tracker.deadlines.rules import is_late
from tracker.key_villages.access import on_the_ledger
from tracker.key_villages.models import VillageEntry, VillageLine, VillageProblem
from tracker.key_villages.queries.board import LATELY, moves_seen
from tracker.key_villages.queries.facts import Linked, LinkState, linked_to
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.codes import VillageStage
from tracker.key_villages.service.clocks import PROBLEM
from tracker.people.rules import Reader
from tracker.places.models import Place


class ProblemGroup(StrEnum):
    """Which problems of the ledger are listed."""

    ALL = "all"
    IN_HAND = "in_hand"
    LATE = "late"
    STRUCK_OFF = "struck_off"


PROBLEM_GROUP_LABELS = {
    ProblemGroup.ALL: "全部",
    ProblemGroup.IN_HAND: "未销号",
    ProblemGroup.LATE: "逾期",
    ProblemGroup.STRUCK_OFF: "已销号",
}


@dataclass(frozen=True)
class ProblemRow:
    """A problem in the list, with its running clock."""

    problem: VillageProblem
    clock: ShownClock | None

    @property
    def sealed(self) -> bool:
        """Whether it is struck off."""
        return self.problem.stage == VillageStage.STRUCK_OFF


@dataclass(frozen=True)
class Slice:
    """A page of a list: which rows, how many there are in all."""

    rows: Sequence[Any]
    total: int


def problem_counts(reader: Reader, *, today: date, now: datetime) -> dict[ProblemGroup, int]:
    """Return how many problems each list has."""
    stage = VillageProblem.stage
    rows = db.session.execute(_problems(reader, today, stage, func.count()).group_by(stage)).all()
    count: dict[str, int] = dict(map(tuple, rows))
    struck, total = count.get(VillageStage.STRUCK_OFF.value, 0), sum(count.values())
    return {
        ProblemGroup.ALL: total,
        ProblemGroup.IN_HAND: total - struck,
        ProblemGroup.LATE: len(_late(reader, today, now)),
        ProblemGroup.STRUCK_OFF: struck,
    }


def problems_of(
    reader: Reader, group: ProblemGroup, *, today: date, now: datetime, offset: int, limit: int
) -> list[ProblemRow]:
    """Return a page of the problems of a group: the nearest day first, those struck off last, the latest first."""
    struck = VillageProblem.stage == VillageStage.STRUCK_OFF.value
    which: dict[ProblemGroup, ColumnElement[bool]] = {
        ProblemGroup.IN_HAND: ~struck,
        ProblemGroup.LATE: VillageProblem.id.in_(_late(reader, today, now)),
        ProblemGroup.STRUCK_OFF: struck,
    }
    order = (struck, VillageProblem.struck_off_on.desc(), VillageProblem.due_on, VillageProblem.id)
    given = (
        joinedload(VillageProblem.entry).joinedload(VillageEntry.place).joinedload(Place.parent),
        joinedload(VillageProblem.department),
        joinedload(VillageProblem.owner),
    )
    asked = _problems(reader, today, VillageProblem).where(which.get(group, ~false())).options(*given)
    rows = db.session.scalars(asked.order_by(*order).offset(offset).limit(limit)).all()
    running = {clock.subject_id: clock for clock in db.session.scalars(_running([row.id for row in rows]))}
    shown = dict(zip(running, shown_all(list(running.values()), today, now=now), strict=True))
    return [ProblemRow(row, shown.get(row.id)) for row in rows]


def _problems(reader: Reader, today: date, *what: Any) -> Select[Any]:
    """Return the problems that count: of the ledger as the person may see it, what was withdrawn left out."""
    return (
        select(*what)
        .join(VillageEntry, VillageEntry.id == VillageProblem.entry_id)
        .where(on_the_ledger(reader, today), VillageProblem.stage != VillageStage.WITHDRAWN.value)
    )


def _running(ids: Any) -> Select[Any]:
    return select(Deadline).where(
        Deadline.subject == PROBLEM, Deadline.kind == LimitKind.VILLAGE_PROBLEM.value,
        Deadline.subject_id.in_(ids), Deadline.ended_on.is_(None),
    )  # fmt: skip


def _late(reader: Reader, today: date, now: datetime) -> list[int]:
    """Return the ids of the problems whose clock runs late."""
    running = db.session.scalars(_running(_problems(reader, today, VillageProblem.id)))
    return [clock.subject_id for clock in running if is_late(clock_of(clock), today, now)]


@dataclass(frozen=True)
class ListedMatter:
    """A linked matter in the list; title and page only for who may know of it."""

    entry: VillageEntry
    linked: Linked
    title: str
    public_id: str


def open_matters(reader: Reader, *, today: date, offset: int, limit: int) -> Slice:
    """Return a page of the linked matters that are open (关联信访在办), in the order of the villages' codes."""
    given = joinedload(VillageEntry.place).joinedload(Place.parent)
    asked = select(VillageEntry).where(on_the_ledger(reader, today)).options(given)
    entries = sorted(db.session.scalars(asked), key=lambda entry: (entry.place.code, entry.id))
    found = linked_to([entry.id for entry in entries])
    rows = [(entry, each) for entry in entries for each in found.get(entry.id, []) if each.state is LinkState.OPEN]
    page = rows[offset : offset + limit]
    ids = [each.link.case_id for _entry, each in page]
    seen = {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(ids), may_know(reader)))}
    return Slice([_matter(entry, each, seen.get(each.link.case_id)) for entry, each in page], len(rows))


def _matter(entry: VillageEntry, each: Linked, case: Case | None) -> ListedMatter:
    return ListedMatter(entry, each, case.title if case else "", case.public_id if case else "")


def moves_of(reader: Reader, act: VillageAct | None, *, lately: bool, today: date, offset: int, limit: int) -> Slice:
    """Return a page of the record of moves (进出记录), the latest first: all, or those of an act or of 近 7 日."""
    which = [moves_seen(reader, today)]
    which += [VillageLine.act == act] if act else []
    which += [VillageLine.happened_on > today - LATELY] if lately else []
    asked = select(VillageLine).where(*which).options(joinedload(VillageLine.by))
    rows = db.session.scalars(asked.order_by(VillageLine.id.desc()).offset(offset).limit(limit)).all()
    total = db.session.scalar(select(func.count()).select_from(VillageLine).where(*which)) or 0
    return Slice(rows, total)
