"""The page of one village on the ledger: who answers for it, its problems, its check list, what was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.cases.access.scope import accusations_known_to, may_know
from tracker.cases.record.models import Case
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, shown_all
from tracker.key_villages.access import duties_on, known, parts, round_visible_to
from tracker.key_villages.models import (
    CheckEdition,
    FilledCheck,
    InspectionRound,
    VillageDuty,
    VillageEntry,
    VillageLine,
    VillagePlan,
    VillageProblem,
)
from tracker.key_villages.queries.checks import filled_of_entry, offered
from tracker.key_villages.queries.facts import Linked, entries_at, facts_of, lines_of, linked, signatures
from tracker.key_villages.queries.findings import ShownFinding, shown_findings
from tracker.key_villages.queries.found import findings_of
from tracker.key_villages.queries.looking_back import ShownLookBack, of_entry
from tracker.key_villages.rules.acts import ACTS, SIGNATURES, GateThing, VillageAct, VillagePart
from tracker.key_villages.rules.check_templates import CheckPurpose
from tracker.key_villages.rules.checklist import VillageFacts, VillageItem, check_list
from tracker.key_villages.rules.codes import SIGNING_DUTIES, VillageDutyKind, VillageStage
from tracker.key_villages.service.clocks import ENTRY, PROBLEM, waits_for
from tracker.people.rules import Reader
from tracker.places import queries as places
from tracker.places.models import Place

# What stands first among the acts that somebody can take.
FIRST = frozenset({*SIGNATURES, VillageAct.RETURN, VillageAct.VISIT, VillageAct.PROGRESS})


@dataclass(frozen=True)
class ShownProblem:
    """A problem as its page shows it: its clock, who it waits for, what the reader may do."""

    problem: VillageProblem
    clock: ShownClock | None
    waits_for: VillagePart | None
    acts: Sequence[VillageAct]

    @property
    def sealed(self) -> bool:
        """Whether it is struck off."""
        return self.problem.stage == VillageStage.STRUCK_OFF


@dataclass(frozen=True)
class ShownLink:
    """A linked matter; title and page only where the reader may see it."""

    linked: Linked
    title: str
    public_id: str


@dataclass(frozen=True)
class VillageEntryPage:
    """Everything on the page of one village on the ledger."""

    entry: VillageEntry
    place: places.Label
    facts: VillageFacts
    items: Sequence[VillageItem]
    duties: Sequence[VillageDuty]
    problems: Sequence[ShownProblem]
    links: Sequence[ShownLink]
    plans: Sequence[VillagePlan]
    trail: Sequence[VillageLine]
    signed: Sequence[VillageLine]
    clocks: Sequence[ShownClock]
    waits_for: VillagePart | None
    acts: Sequence[VillageAct]
    earlier: Sequence[VillageEntry]
    accusations: int
    days: int
    findings: Sequence[ShownFinding]
    seen_rounds: frozenset[int]
    look_backs: Sequence[ShownLookBack]
    checks: Sequence[FilledCheck]
    offered: Sequence[CheckEdition]

    @property
    def sealed(self) -> bool:
        """Whether the village is struck off."""
        return self.entry.stage == VillageStage.STRUCK_OFF

    @property
    def nearest(self) -> ShownClock | None:
        """The clock that is due first."""
        problems, findings = [each.clock for each in self.problems], [each.clock for each in self.findings]
        clocks = [clock for clock in (*problems, *findings, *self.clocks) if clock]
        return min(clocks, key=lambda clock: clock.due_on, default=None)

    def holder(self, duty: VillageDutyKind) -> VillageDuty | None:
        """Who has a duty."""
        return next((each for each in reversed(self.duties) if each.kind == duty), None)

    @property
    def unfilled(self) -> list[VillageDutyKind]:
        """The duties that somebody must have and nobody has."""
        return [duty for duty in SIGNING_DUTIES if self.holder(duty) is None]


def entry_page(entry: VillageEntry, reader: Reader, *, today: date, now: datetime) -> VillageEntryPage:
    """Return the page of a village on the ledger, for a reader who may see it."""
    duties = duties_on(entry, today)
    sponsor = next((each.user_id for each in reversed(duties) if each.kind == VillageDutyKind.SPONSOR), None)
    facts = facts_of(entry, sponsor)
    trail = lines_of(entry)
    clocks = _clocks(entry, today, now)
    ends = entry.struck_off_on or today
    found = shown_findings(findings_of(entry), reader, today=today, now=now)
    acts = may_take(reader, entry, None, today)
    return VillageEntryPage(
        entry=entry,
        place=places.place_label(entry.place),
        facts=facts,
        items=check_list(facts),
        duties=duties,
        problems=_problems(entry, reader, clocks, today),
        links=_links(entry, reader),
        plans=plans_of(entry),
        trail=list(reversed(trail)),
        signed=signatures(entry, None),
        clocks=[clock for clock, _ in clocks.get((ENTRY, entry.id), [])],
        waits_for=waits_for(GateThing.VILLAGE, VillageStage(entry.stage)),
        acts=acts,
        earlier=_earlier(entry, reader, today),
        accusations=_accusations(entry, reader),
        days=(ends - entry.entered_on).days + 1,
        findings=found,
        seen_rounds=_seen_rounds(found, reader, today),
        look_backs=of_entry(entry, today=today, now=now),
        checks=filled_of_entry(entry, reader, today),
        offered=offered_for(entry, acts, today),
    )


def offered_for(entry: VillageEntry, acts: Sequence[VillageAct], today: date) -> list[CheckEdition]:
    """Return the check lists of looks back, for who may fill them in."""
    return offered(entry.office_id, CheckPurpose.LOOK_BACK, today) if VillageAct.FILL_LIST in acts else []


def may_take(reader: Reader, entry: VillageEntry, problem: VillageProblem | None, today: date) -> list[VillageAct]:
    """Return the acts whose row the reader can take at this stage, the signatures first, each once.

    Whether its conditions hold is said where the act is taken.
    """
    kind = GateThing.VILLAGE if problem is None else GateThing.PROBLEM
    stage = VillageStage(entry.stage if problem is None else problem.stage)
    mine = parts(reader, entry, problem, today)
    rows = (row for row in ACTS if row.thing is kind and stage in row.froms and row.by & mine)
    found = list(dict.fromkeys(row.act for row in rows))
    return sorted(found, key=lambda act: act not in FIRST)


Clocks = dict[tuple[str, int], list[tuple[ShownClock, Deadline]]]


def _clocks(entry: VillageEntry, today: date, now: datetime) -> Clocks:
    """Return the running clocks of a village and of its problems, by what they are about."""
    ids = [problem.id for problem in entry.problems]
    about = ((Deadline.subject == PROBLEM) & Deadline.subject_id.in_(ids)) | (
        (Deadline.subject == ENTRY) & (Deadline.subject_id == entry.id)
    )
    rows = db.session.scalars(select(Deadline).where(about, Deadline.ended_on.is_(None)).order_by(Deadline.id)).all()
    found: Clocks = {}
    for shown, row in zip(shown_all(rows, today, now=now), rows, strict=True):
        found.setdefault((row.subject, row.subject_id), []).append((shown, row))
    return found


def _problems(entry: VillageEntry, reader: Reader, clocks: Clocks, today: date) -> list[ShownProblem]:
    """Return the problems: unfinished ones first, nearest day first, then those struck off, then those withdrawn."""
    found = []
    for problem in entry.problems:
        own = [c for c, row in clocks.get((PROBLEM, problem.id), []) if row.kind == LimitKind.VILLAGE_PROBLEM]
        stage = VillageStage(problem.stage)
        waits = waits_for(GateThing.PROBLEM, stage)
        clock = own[0] if own else None
        found.append(ShownProblem(problem, clock, waits, may_take(reader, entry, problem, today)))
    ranks = {VillageStage.STRUCK_OFF: 1, VillageStage.WITHDRAWN: 2}
    return sorted(found, key=lambda each: (ranks.get(VillageStage(each.problem.stage), 0), each.problem.due_on))


def _links(entry: VillageEntry, reader: Reader) -> list[ShownLink]:
    found = linked(entry)
    ids = [each.link.case_id for each in found]
    seen = set(db.session.scalars(select(Case.id).where(Case.id.in_(ids), may_know(reader))))
    return [
        ShownLink(each, each.link.case.title, each.link.case.public_id)
        if each.link.case_id in seen
        else ShownLink(each, "", "")
        for each in found
    ]


def plans_of(entry: VillageEntry) -> list[VillagePlan]:
    """Return every version of every plan, the present one of each first."""
    rows = select(VillagePlan).where(VillagePlan.entry_id == entry.id)
    given = rows.options(joinedload(VillagePlan.written_by))
    return list(db.session.scalars(given.order_by(VillagePlan.number, VillagePlan.version.desc())))


def stays_of(place: Place, reader: Reader, today: date) -> list[VillageEntry]:
    """Return every stay of a village on the ledger that a person may see, under every name it had, the latest first."""
    seen = set(db.session.scalars(known(reader, today)))
    return [each for each in entries_at(places.subtree_ids(places.successor(place))) if each.id in seen]


def _earlier(entry: VillageEntry, reader: Reader, today: date) -> list[VillageEntry]:
    """Return the other stays of the village."""
    return [each for each in stays_of(entry.place, reader, today) if each.id != entry.id]


def _seen_rounds(found: Sequence[ShownFinding], reader: Reader, today: date) -> frozenset[int]:
    """Return the ids of the rounds of findings that the reader may open."""
    ids = {each.finding.round_id for each in found}
    asked = select(InspectionRound.id).where(InspectionRound.id.in_(ids), round_visible_to(reader, today))
    return frozenset(db.session.scalars(asked)) if ids else frozenset()


def _accusations(entry: VillageEntry, reader: Reader) -> int:
    """Return how many accusations of this village the reader is named for: they hold up nothing here."""
    ids = places.subtree_ids(places.successor(entry.place))
    rows = select(Case.id).where(Case.village_id.in_(ids), accusations_known_to(reader))
    return len(db.session.scalars(rows).all())
