"""Taking one act of the table: the only way a village or a problem changes; trail, clocks, notices, log with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden, StaleVersion
from tracker.key_villages.access import had_duty, holder_of, parts
from tracker.key_villages.models import VillageEntry, VillageLine, VillageProblem
from tracker.key_villages.queries.facts import facts_of, lines_of, signatures
from tracker.key_villages.queries.found import came_of_finding
from tracker.key_villages.rules.acts import (
    ACTS,
    PART_LABELS,
    SIGNATURES,
    ActRow,
    GateThing,
    VillageAct,
    VillagePart,
    refusal,
    rows_for,
)
from tracker.key_villages.rules.codes import VillageDutyKind, VillageStage
from tracker.key_villages.rules.conditions import GateFacts, failing
from tracker.key_villages.service.clocks import follow
from tracker.key_villages.service.look_back_clocks import follow_seal
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Reader, Role, area

LONGEST_WORDS = 1000
# What one who looks back at a village has not done there.
WORK = frozenset({*SIGNATURES, VillageAct.RETURN, VillageAct.PROGRESS})


@dataclass
class ActTaking:
    """An act that is being taken: on what, by whom, from which row; `told` becomes the facts of its line."""

    entry: VillageEntry
    problem: VillageProblem | None
    row: ActRow
    by: User
    reader: Reader
    now: datetime
    said: str
    happened_on: date
    signed: list[VillageLine]
    told: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day on which it is entered."""
        return local_date(self.now)

    @property
    def thing(self) -> VillageEntry | VillageProblem:
        """What moves."""
        return self.entry if self.problem is None else self.problem


@contextmanager
def taking(
    thing: VillageEntry | VillageProblem,
    act: VillageAct,
    *,
    by: User,
    now: datetime,
    said: str = "",
    happened_on: date | None = None,
    version: int | None = None,
) -> Iterator[ActTaking]:
    """Take one act of the table on a village or on a problem, in the caller's transaction.

    `happened_on` is the day of what it tells, today where none is given. Raises StaleVersion, Forbidden or
    DomainError and changes nothing. The entry is locked first: acts on one village wait for each other.
    """
    problem = thing if isinstance(thing, VillageProblem) else None
    entry = locked(problem.entry if problem is not None else _entry(thing))
    if problem is not None:
        locked(problem)
    moving: VillageEntry | VillageProblem = entry if problem is None else problem
    if version is not None and version != moving.version:
        raise StaleVersion("您打开页面以后，别人已经办理过。请看清变化后再办。")
    reader, today = reader_for(by, local_date(now)), local_date(now)
    given = ActTaking(entry, problem, ACTS[0], by, reader, now, said.strip(), happened_on or today, [])
    given.signed = signatures(entry, problem)
    given.row = lawful_row(given, act)
    _check_words(given)
    before = VillageStage(moving.stage)
    yield given
    _finish(given, before)


def _entry(thing: VillageEntry | VillageProblem) -> VillageEntry:
    return thing.entry if isinstance(thing, VillageProblem) else thing


def lawful_row(moment: ActTaking, act: VillageAct) -> ActRow:
    """Return the row by which the person may take an act now; raises the sentence that says why there is none.

    Raises DomainError, Forbidden.
    """
    kind = GateThing.VILLAGE if moment.problem is None else GateThing.PROBLEM
    rows = list(rows_for(kind, act, VillageStage(moment.thing.stage)))
    if not rows:
        raise DomainError(refusal(kind, act, VillageStage(moment.thing.stage)))
    mine = parts(moment.reader, moment.entry, moment.problem, moment.today)
    own = [row for row in rows if row.by & mine]
    if not own:
        raise Forbidden(f"“{rows[0].label}”应由{_who(rows)}办理。")
    facts = _facts(moment)
    failed = [failing(row.conditions, facts) for row in own]
    if all(failed):
        raise DomainError(failed[0])
    return next(row for row, sentence in zip(own, failed, strict=True) if not sentence)


def _who(rows: list[ActRow]) -> str:
    wanted = frozenset[VillagePart]().union(*(row.by for row in rows))
    return "、".join(label for part, label in PART_LABELS.items() if part in wanted)


def _facts(moment: ActTaking) -> GateFacts:
    """Return what the conditions read, of this moment."""
    entry, problem, me = moment.entry, moment.problem, moment.reader
    sponsor = me.user_id
    return GateFacts(
        me=me.user_id,
        signed=[(VillageAct(line.act), line.by_id) for line in moment.signed],
        of_the_unit=problem is not None and problem.department_id in me.department_ids,
        applicant_heads=_applicant_heads(moment),
        village=lambda: facts_of(entry, sponsor),
        decided_by=entry.decided_by_id if problem is None else problem.listed_by_id,
        worked_on=_worked_on(entry),
        of_a_finding=problem is not None and came_of_finding(problem),
        worked_here=lambda: _worked_here(moment),
        election_on=entry.election_on,
        today=moment.today,
    )


def _applicant_heads(moment: ActTaking) -> bool:
    """Say whether whoever applied heads the unit that owes the problem."""
    applicants = [line.by for line in moment.signed if line.act == VillageAct.APPLY and line.by is not None]
    if moment.problem is None or not applicants:
        return False
    headed = area(reader_for(applicants[-1], moment.today), Role.DEPARTMENT_HEAD)
    return moment.problem.department_id in headed


def _worked_here(moment: ActTaking) -> bool:
    """Say whether the person worked on the village: signed, gave back, said how far it is, owed it or had a duty."""
    entry, me = moment.entry, moment.reader
    owed = any(each.user_id == me.user_id for each in entry.problems)
    told = any(line.by_id == me.user_id and line.act in WORK for line in lines_of(entry))
    return owed or told or had_duty(me.user_id, entry)


def _worked_on(entry: VillageEntry) -> bool:
    """Say whether anything was done since a village was entered: problems that were not withdrawn, signatures."""
    listed = any(problem.stage != VillageStage.WITHDRAWN for problem in entry.problems)
    return listed or any(line.act in SIGNATURES for line in lines_of(entry))


def _check_words(moment: ActTaking) -> None:
    """Raise DomainError where nothing is said, too much, or of a day that cannot be."""
    if moment.row.words and not moment.said:
        raise DomainError("请写明情况或理由。", field="said")
    if len(moment.said) > LONGEST_WORDS:
        raise DomainError(f"最多 {LONGEST_WORDS} 个字，现在有 {len(moment.said)} 个，请精简。", field="said")
    begun = moment.entry.entered_on if moment.problem is None else moment.problem.listed_on
    if not begun <= moment.happened_on <= moment.today:
        raise DomainError(f"日期应在{long_date(begun)}和今天之间。", field="happened_on")


def _finish(moment: ActTaking, before: VillageStage) -> None:
    """Move what the act was about, write its line, let the clocks follow, tell whom it waits for, and record it."""
    thing, row = moment.thing, moment.row
    if row.to is not None:
        thing.stage = row.to.value
    if row.act is VillageAct.SIGN:
        thing.struck_off_on, thing.signed_by_id = moment.today, moment.by.id
    thing.version += 1
    line = write_line(moment.entry, moment.problem, row.act, by=moment.by, now=moment.now, before=before,
                      happened_on=moment.happened_on, said=moment.said, told=moment.told)  # fmt: skip
    db.session.flush()
    follow(moment.entry, moment.problem, row, line, now=moment.now)
    if moment.problem is None:
        follow_seal(moment.entry, row, now=moment.now)
    about = [line.entry_id, moment.problem.id if moment.problem else 0]
    audit.record(
        audit.Event.VILLAGE_STEPPED, by=moment.by, now=moment.now, payload={"village": about, "act": row.act.value}
    )


def write_line(
    entry: VillageEntry,
    problem: VillageProblem | None,
    act: VillageAct,
    *,
    by: User,
    now: datetime,
    before: VillageStage | None,
    happened_on: date,
    said: str = "",
    told: list[str] | None = None,
) -> VillageLine:
    """Write one line of the trail: who did what, in which post, on which day, from where to where."""
    moved: VillageEntry | VillageProblem = entry if problem is None else problem
    line = VillageLine(
        entry_id=entry.id,
        problem_id=problem.id if problem else None,
        act=act.value,
        round=moved.round,
        from_stage=before.value if before else None,
        to_stage=moved.stage,
        by_id=by.id,
        acting_as=by.acting_as(local_date(now))[:200],
        happened_on=happened_on,
        entered_at=now,
        said=said or None,
        told="；".join(told) if told else None,
    )
    db.session.add(line)
    return line


def sponsor_of(entry: VillageEntry, day: date) -> User | None:
    """Return the leader who sponsors a village on a day (包村领导)."""
    held = holder_of(entry, VillageDutyKind.SPONSOR, day)
    return held.user if held else None
