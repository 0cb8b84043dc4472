"""重点难点村台账: the ledger at one look, for a reader: figures, a square for each village, the list, the moves."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, clock_of, shown_all
from tracker.deadlines.rules import is_late
from tracker.key_villages.access import duties_of, on_the_ledger, places_of, visible_to
from tracker.key_villages.models import VillageDuty, VillageEntry, VillageFinding, VillageLine, VillageProblem
from tracker.key_villages.queries.facts import LinkState, linked_to, problem_shares
from tracker.key_villages.queries.findings import FINDING
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.checklist import DoneShare
from tracker.key_villages.rules.codes import VillageDutyKind, VillageKind, VillageStage
from tracker.key_villages.service.clocks import ENTRY, PROBLEM
from tracker.people.rules import Reader
from tracker.places.models import Place

NONE = DoneShare(0, 0)
# What stands in the record of moves (进出记录).
MOVES = (VillageAct.ENTER, VillageAct.SIGN, VillageAct.RETURN, VillageAct.WITHDRAW, VillageAct.RECUR)
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class BoardRow:
    """One village on the ledger."""

    entry: VillageEntry
    town: Place | None
    problems: DoneShare
    late: int
    cases_open: int
    cases: int
    nearest: ShownClock | None
    duties: dict[str, VillageDuty]
    came_on: date | None

    @property
    def sealed(self) -> bool:
        """Whether it is struck off."""
        return self.entry.stage == VillageStage.STRUCK_OFF

    def who(self, duty: str) -> str:
        """The name of whoever has a duty, "" where nobody has."""
        held = self.duties.get(duty)
        return held.who if held else ""


@dataclass(frozen=True)
class VillageFilters:
    """What the list is narrowed to: kind, standing, township (public id), sponsor (public id), late only."""

    kind: str = ""
    state: str = ""
    town: str = ""
    sponsor: str = ""
    late: bool = False

    def takes(self, row: BoardRow) -> bool:
        """Return whether a village is asked for."""
        sponsor = row.duties.get(VillageDutyKind.SPONSOR)
        return (
            self.kind in ("", row.entry.kind)
            and self.state in ("", "sealed" if row.sealed else "open")
            and self.town in ("", row.town.public_id if row.town else "")
            and self.sponsor in ("", sponsor.user.public_id if sponsor and sponsor.user else "")
            and (row.late > 0 or not self.late)
        )


@dataclass(frozen=True)
class Township:
    """The villages of a township, in the order of their codes."""

    name: str
    code: str
    rows: Sequence[BoardRow]

    @property
    def sealed(self) -> int:
        """How many are struck off."""
        return sum(row.sealed for row in self.rows)


@dataclass(frozen=True)
class Board:
    """The whole ledger: figures over all that the reader may see, the rows that were asked for."""

    everything: Sequence[BoardRow]
    chosen: Sequence[BoardRow]
    moves: Sequence[VillageLine]
    moves_in_all: int
    entered: int
    sealed_lately: int
    townships: Sequence[Township] = field(default_factory=tuple)

    @property
    def sealed(self) -> int:
        """How many villages are struck off."""
        return sum(row.sealed for row in self.everything)

    @property
    def problems(self) -> DoneShare:
        """How many problems are struck off, of how many."""
        return DoneShare(
            sum(row.problems.done for row in self.everything), sum(row.problems.all for row in self.everything)
        )

    @property
    def late(self) -> tuple[int, int]:
        """How many problems are late, in how many villages."""
        return sum(row.late for row in self.everything), sum(row.late > 0 for row in self.everything)

    @property
    def cases_open(self) -> int:
        """How many linked matters are open."""
        return sum(row.cases_open for row in self.everything)

    def of_kind(self, kind: VillageKind) -> int:
        """Return how many are of a kind."""
        return sum(row.entry.kind == kind for row in self.everything)


def board(reader: Reader, filters: VillageFilters, *, today: date, now: datetime, moves: int = 8) -> Board:
    """Return the ledger as a person may see it; a few statements, however many villages stand there."""
    asked = select(VillageEntry).where(on_the_ledger(reader, today))
    given = joinedload(VillageEntry.place).options(joinedload(Place.parent), joinedload(Place.merged_into))
    entries = db.session.scalars(asked.options(given, joinedload(VillageEntry.signed_by))).all()
    rows = _rows(entries, today, now)
    chosen = sorted((row for row in rows if filters.takes(row)), key=_order)
    lines, count = _moves(reader, today, moves)
    return Board(
        everything=rows,
        chosen=chosen,
        moves=lines,
        moves_in_all=count,
        entered=_lately(reader, VillageAct.ENTER, today),
        sealed_lately=_lately(reader, VillageAct.SIGN, today),
        townships=_townships(rows),
    )


def _rows(entries: Sequence[VillageEntry], today: date, now: datetime) -> list[BoardRow]:
    ids = [entry.id for entry in entries]
    shares, links, came = problem_shares(ids), linked_to(ids), _visits(ids)
    duties = duties_of(entries, today)
    clocks = _running(entries, today, now)
    found = []
    for entry in entries:
        own, linked = clocks.get(entry.id, _Running()), links.get(entry.id, [])
        counted = [each for each in linked if each.state in (LinkState.OPEN, LinkState.STRUCK_OFF)]
        found.append(
            BoardRow(
                entry=entry,
                town=entry.place.parent,
                problems=shares.get(entry.id, NONE),
                late=own.late,
                cases_open=sum(each.state is LinkState.OPEN for each in counted),
                cases=len(counted),
                nearest=own.nearest,
                duties={each.kind: each for each in duties[entry.id]},
                came_on=came.get(entry.id),
            )
        )
    return found


@dataclass(frozen=True)
class _Running:
    """How many problems of a village are late, and the clock of it that is due first, whatever it is about."""

    late: int = 0
    nearest: ShownClock | None = None


def _running(entries: Sequence[VillageEntry], today: date, now: datetime) -> dict[int, _Running]:
    """Return by entry what its running clocks say; only the nearest of each is put into words."""
    if not entries:
        return {}
    own: dict[int, list[Deadline]] = {}
    for clock, entry_id in (*_of_the_ledger(entries), *_of_findings(entries)):
        own.setdefault(entry_id, []).append(clock)
    late = {
        id_: sum(clock.kind == LimitKind.VILLAGE_PROBLEM and is_late(clock_of(clock), today, now) for clock in clocks)
        for id_, clocks in own.items()
    }
    first = [min(clocks, key=lambda clock: (clock.effective_due, clock.id)) for clocks in own.values()]
    nearest = shown_all(first, today, now=now)
    return {id_: _Running(late[id_], shown) for id_, shown in zip(own, nearest, strict=True)}


def _of_the_ledger(entries: Sequence[VillageEntry]) -> Iterator[tuple[Deadline, int]]:
    """Yield the running clocks of villages and of their problems, with the id of the entry."""
    ids = [entry.id for entry in entries]
    problems = (Deadline.subject == PROBLEM) & VillageProblem.entry_id.in_(ids)
    asked = (
        select(Deadline, VillageProblem.entry_id)
        .outerjoin(VillageProblem, (VillageProblem.id == Deadline.subject_id) & (Deadline.subject == PROBLEM))
        .where(Deadline.ended_on.is_(None), Deadline.subject.in_((PROBLEM, ENTRY)))
        .where(problems | ((Deadline.subject == ENTRY) & Deadline.subject_id.in_(ids)))
        .options(joinedload(Deadline.owner), joinedload(Deadline.owner_department))
    )
    for clock, entry_id in db.session.execute(asked):
        yield clock, entry_id or clock.subject_id


def _of_findings(entries: Sequence[VillageEntry]) -> Iterator[tuple[Deadline, int]]:
    """Yield the running clocks of what was found in villages that stand on the ledger, with the id of the entry."""
    standing = {id_: entry.id for entry in entries if entry.struck_off_on is None for id_ in places_of(entry)}
    asked = (
        select(Deadline, VillageFinding.place_id)
        .join(VillageFinding, VillageFinding.id == Deadline.subject_id)
        .where(Deadline.ended_on.is_(None), Deadline.subject == FINDING, VillageFinding.place_id.in_(standing))
        .options(joinedload(Deadline.owner), joinedload(Deadline.owner_department))
    )
    for clock, place_id in db.session.execute(asked):
        yield clock, standing[place_id]


def _visits(ids: Collection[int]) -> dict[int, date]:
    rows = db.session.execute(
        select(VillageLine.entry_id, func.max(VillageLine.happened_on))
        .where(VillageLine.entry_id.in_(ids), VillageLine.act == VillageAct.VISIT)
        .group_by(VillageLine.entry_id)
    )
    return {row[0]: row[1] for row in rows}


def _order(row: BoardRow) -> tuple[int, date, str]:
    """Nearest day first; those without a day after them, those that are struck off last, the latest first."""
    if row.sealed:
        since = row.entry.struck_off_on or date.min
        return 2, date.fromordinal(date.max.toordinal() - since.toordinal() + 1), row.entry.place.code
    return (0, row.nearest.due_on, row.entry.place.code) if row.nearest else (1, date.max, row.entry.place.code)


def _townships(rows: Sequence[BoardRow]) -> list[Township]:
    """Return the townships in the order of their codes: this is no ranking."""
    found: dict[str, list[BoardRow]] = {}
    for row in sorted(rows, key=lambda each: each.entry.place.code):
        found.setdefault(row.town.code if row.town else "", []).append(row)
    return [Township(own[0].town.short_name if own[0].town else "", code, own) for code, own in sorted(found.items())]


def moves_seen(reader: Reader, today: date) -> ColumnElement[bool]:
    """Return the condition on `VillageLine` for the record of moves (进出记录) as a person may see it."""
    seen = select(VillageEntry.id).where(visible_to(reader, today))
    return VillageLine.entry_id.in_(seen) & VillageLine.problem_id.is_(None) & VillageLine.act.in_(MOVES)


def _moves(reader: Reader, today: date, most: int) -> tuple[list[VillageLine], int]:
    mine = moves_seen(reader, today)
    rows = select(VillageLine).where(mine).order_by(VillageLine.id.desc()).limit(most)
    count = db.session.scalar(select(func.count()).select_from(VillageLine).where(mine)) or 0
    return list(db.session.scalars(rows.options(joinedload(VillageLine.by)))), count


def _lately(reader: Reader, act: VillageAct, today: date) -> int:
    """Return how many villages made a move in the last seven days, today included (近 7 日)."""
    lately = (VillageLine.act == act, VillageLine.happened_on > today - LATELY)
    count: int | None = db.session.scalar(
        select(func.count()).select_from(VillageLine).where(moves_seen(reader, today), *lately)
    )
    return count or 0
