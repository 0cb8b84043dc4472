"""Reading what rounds of inspection found (督导发现): of a village in its stay on the ledger, and by round."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, clock_of, shown_all
from tracker.deadlines.rules import is_late
from tracker.key_villages.access import finding_parts, finding_visible_to, round_visible_to
from tracker.key_villages.models import FindingLine, InspectionRound, VillageEntry, VillageFinding
from tracker.key_villages.queries.facts import live_entry_at
from tracker.key_villages.queries.found import is_rechecked
from tracker.key_villages.rules.checklist import DoneShare
from tracker.key_villages.rules.findings import (
    FINDING_ACTS,
    FINDING_LABELS,
    FINDING_OVER,
    FindingAct,
    FindingPart,
    FindingStage,
)
from tracker.people.rules import Reader
from tracker.places import queries as places
from tracker.places.models import Place

FINDING = "finding"


@dataclass(frozen=True)
class ShownFinding:
    """A finding as pages show it: its state in words, its clock, what the reader may do, what was done about it."""

    finding: VillageFinding
    done: bool
    clock: ShownClock | None
    acts: Sequence[FindingAct]
    trail: Sequence[FindingLine]
    on_the_ledger: bool

    @property
    def words(self) -> str:
        """Its state; of one that went over to the ledger with the number of its problem."""
        problem = self.finding.problem
        if problem is None:
            return FINDING_LABELS[FindingStage(self.finding.stage)]
        return "已复核" if self.done else f"转为第 {problem.number} 个问题"


def shown_findings(rows: Sequence[VillageFinding], reader: Reader, *, today: date, now: datetime) -> list[ShownFinding]:
    """Return findings as pages show them, unfinished ones first, the nearest day first."""
    ids = [row.id for row in rows]
    clocks = _clocks(ids, today, now)
    lines: dict[int, list[FindingLine]] = {}
    asked = select(FindingLine).where(FindingLine.finding_id.in_(ids)).options(joinedload(FindingLine.by))
    for line in db.session.scalars(asked.order_by(FindingLine.id)):
        lines.setdefault(line.finding_id or 0, []).append(line)
    standing = {place: entry_now(place) is not None for place in {row.place for row in rows}}
    shown = [
        ShownFinding(
            row,
            is_rechecked(row),
            clocks.get(row.id),
            finding_acts(reader, row),
            lines.get(row.id, []),
            standing[row.place],
        )
        for row in rows
    ]
    return sorted(shown, key=lambda each: (each.done, each.finding.stage in FINDING_OVER, each.finding.due_on))


def entry_now(place: Place) -> VillageEntry | None:
    """Return the entry that a village has on the ledger now, whatever it was merged into; None where it has none."""
    return live_entry_at(places.subtree_ids(places.successor(place)))


def finding_acts(reader: Reader, finding: VillageFinding) -> list[FindingAct]:
    """Return the acts whose row the reader can take at this stage; conditions are asked where the act is taken."""
    mine = finding_parts(reader, finding.round, finding)
    return [row.act for row in FINDING_ACTS if finding.stage in row.froms and row.by & mine]


def _clocks(ids: Collection[int], today: date, now: datetime) -> dict[int, ShownClock]:
    about = (Deadline.subject == FINDING, Deadline.subject_id.in_(ids), Deadline.ended_on.is_(None))
    rows = db.session.scalars(select(Deadline).where(*about).order_by(Deadline.id)).all()
    return {row.subject_id: shown for shown, row in zip(shown_all(rows, today, now=now), rows, strict=True)}


@dataclass(frozen=True)
class RoundRow:
    """A round in the list: how many of its findings that the reader may see are done with, how many are late."""

    round: InspectionRound
    share: DoneShare
    late: int


def rounds_for(reader: Reader, *, today: date) -> list[RoundRow]:
    """Return the rounds that a reader may see, the latest first."""
    asked = select(InspectionRound).where(round_visible_to(reader, today)).options(joinedload(InspectionRound.led_by))
    rows = list(db.session.scalars(asked.order_by(InspectionRound.started_on.desc(), InspectionRound.id.desc())))
    seen: dict[int, list[VillageFinding]] = {}
    counted = (VillageFinding.round_id.in_([row.id for row in rows]), finding_visible_to(reader, today))
    findings = select(VillageFinding).where(*counted, VillageFinding.stage != FindingStage.WITHDRAWN.value)
    for finding in db.session.scalars(findings.options(joinedload(VillageFinding.problem))):
        seen.setdefault(finding.round_id, []).append(finding)
    late = _late([each.id for some in seen.values() for each in some], today)
    return [_row(row, seen.get(row.id, []), late) for row in rows]


def _late(ids: Collection[int], today: date) -> set[int]:
    """Return the ids of findings that are not put right in time (整改逾期)."""
    kind = (Deadline.kind == LimitKind.FINDING.value, Deadline.ended_on.is_(None))
    rows = db.session.scalars(select(Deadline).where(Deadline.subject == FINDING, Deadline.subject_id.in_(ids), *kind))
    return {row.subject_id for row in rows if is_late(clock_of(row), today)}


def _row(row: InspectionRound, findings: Sequence[VillageFinding], late: set[int]) -> RoundRow:
    share = DoneShare(sum(map(is_rechecked, findings)), len(findings))
    return RoundRow(row, share, sum(each.id in late for each in findings))


@dataclass(frozen=True)
class RoundPage:
    """One round: the findings that the reader may see, what was done with it, what the reader may do."""

    round: InspectionRound
    findings: Sequence[ShownFinding]
    withdrawn: Sequence[ShownFinding]
    trail: Sequence[FindingLine]
    keeps: bool
    finds: bool

    @property
    def share(self) -> DoneShare:
        """How many of the findings are done with."""
        return DoneShare(sum(each.done for each in self.findings), len(self.findings))


def round_page(row: InspectionRound, reader: Reader, *, today: date, now: datetime) -> RoundPage:
    """Return the page of a round, for a reader who may see it."""
    asked = select(VillageFinding).where(VillageFinding.round_id == row.id, finding_visible_to(reader, today))
    found = shown_findings(list(db.session.scalars(asked)), reader, today=today, now=now)
    lines = select(FindingLine).where(FindingLine.round_id == row.id, FindingLine.finding_id.is_(None))
    mine = finding_parts(reader, row)
    return RoundPage(
        round=row,
        findings=[each for each in found if each.finding.stage != FindingStage.WITHDRAWN],
        withdrawn=[each for each in found if each.finding.stage == FindingStage.WITHDRAWN],
        trail=list(db.session.scalars(lines.order_by(FindingLine.id.desc()))),
        keeps=FindingPart.KEEPER in mine,
        finds=bool(mine & {FindingPart.KEEPER, FindingPart.ROUND_LEADER}),
    )


def next_number(row: InspectionRound) -> int:
    """Return the number of the next finding of a round."""
    highest = db.session.scalar(select(func.max(VillageFinding.number)).where(VillageFinding.round_id == row.id))
    return (highest or 0) + 1


def last_reporter(finding: VillageFinding) -> int | None:
    """Return who reported the 整改 of a finding last."""
    lines = select(FindingLine.by_id).where(
        FindingLine.finding_id == finding.id, FindingLine.act == FindingAct.REPORT.value
    )
    found: int | None = db.session.scalars(lines.order_by(FindingLine.id.desc())).first()
    return found
