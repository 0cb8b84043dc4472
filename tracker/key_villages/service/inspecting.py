"""督导整改: what is done about a finding (整改、复核); `acting` is the only code that moves one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker import audit
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden, StaleVersion
from tracker.core.text import worded
from tracker.key_villages.access import finding_parts
from tracker.key_villages.models import FindingLine, InspectionRound, VillageEntry, VillageFinding
from tracker.key_villages.queries.findings import entry_now, last_reporter
from tracker.key_villages.rules.findings import (
    FINDING_ACT_LABELS,
    FINDING_LABELS,
    FINDING_PARTS,
    FindingAct,
    FindingFacts,
    FindingRow,
    FindingStage,
    rows_at,
    why_not,
)
from tracker.key_villages.service.entering import ListedProblem, list_problem
from tracker.key_villages.service.finding_clocks import follow_finding
from tracker.key_villages.service.taking import LONGEST_WORDS
from tracker.people.models import User
from tracker.people.queries import answerable, reader_for
from tracker.people.rules import Reader
from tracker.places.models import Place

STALE = "您打开页面以后，别人已经办理过。请看清变化后再办。"


def hold_entry(place: Place) -> VillageEntry | None:
    """Lock the entry that a village has on the ledger now, and return it: its seal and its findings wait in turn."""
    entry = entry_now(place)
    return locked(entry) if entry is not None else None


@dataclass
class FindingTaking:
    """An act on a finding that is being taken; `told` becomes the facts of its line."""

    finding: VillageFinding
    entry: VillageEntry | None
    row: FindingRow
    today: date
    said: str
    told: list[str] = field(default_factory=list)


@contextmanager
def acting(
    finding: VillageFinding,
    act: FindingAct,
    *,
    by: User,
    now: datetime,
    said: str,
    happened_on: date | None = None,
    version: int | None = None,
) -> Iterator[FindingTaking]:
    """Take one act of the table on a finding, in the caller's transaction. The village's entry is locked first.

    Raises StaleVersion, Forbidden or DomainError and changes nothing.
    """
    entry = hold_entry(finding.place)
    locked(finding)
    if version is not None and version != finding.version:
        raise StaleVersion(STALE)
    today, before = local_date(now), FindingStage(finding.stage)
    row = _lawful(finding, act, entry, reader_for(by, today))
    step = FindingTaking(finding, entry, row, today, worded(said, "情况或理由", LONGEST_WORDS, "said"))
    on = happened_on or today
    if not finding.found_on <= on <= today:
        raise DomainError(f"日期应在{long_date(finding.found_on)}和今天之间。", field="happened_on")
    yield step
    finding.stage = (row.to or before).value
    finding.version += 1
    line = write_finding_line(finding.round, finding, act, by=by, now=now, before=before, said=step.said, on=on,
                 told="；".join(step.told))  # fmt: skip
    db.session.flush()
    follow_finding(finding, row, line, now=now)
    recorded(finding.round, finding, act, by=by, now=now)


def _lawful(finding: VillageFinding, act: FindingAct, entry: VillageEntry | None, reader: Reader) -> FindingRow:
    """Return the row by which the person may take an act now; raises the sentence that says why there is none."""
    stage = FindingStage(finding.stage)
    rows = list(rows_at(act, stage))
    if not rows:
        raise DomainError(f"这项督导发现“{FINDING_LABELS[stage]}”，不能{FINDING_ACT_LABELS[act]}。")
    mine = finding_parts(reader, finding.round, finding)
    own = [row for row in rows if row.by & mine]
    if not own:
        who = "、".join(label for part, label in FINDING_PARTS.items() if any(part in row.by for row in rows))
        raise Forbidden(f"“{rows[0].label}”应由{who}办理。")
    facts = FindingFacts(
        me=reader.user_id,
        of_the_unit=finding.department_id in reader.department_ids,
        reporter=last_reporter(finding),
        finder=finding.found_by_id,
        on_the_ledger=entry is not None,
    )
    if sentence := why_not(own[0], facts):
        raise DomainError(sentence)
    return own[0]


def report(
    finding: VillageFinding, *, by: User, now: datetime, said: str, happened_on: date, version: int | None = None
) -> None:
    """Report that a finding was put right (报整改), on the day it was. Raises what `acting` raises."""
    act = FindingAct.REPORT
    with acting(finding, act, by=by, now=now, said=said, happened_on=happened_on, version=version) as step:
        finding.reported = step.said


def decide(
    finding: VillageFinding, act: FindingAct, *, by: User, now: datetime, said: str, version: int | None = None
) -> None:
    """Check a finding again (复核), give it back, or withdraw one entered by mistake. Raises what `acting` raises."""
    with acting(finding, act, by=by, now=now, said=said, version=version) as step:
        if act is FindingAct.RECHECK:
            finding.rechecked_on = step.today


def hand_over_finding(
    finding: VillageFinding,
    *,
    department_id: int,
    user_id: int,
    by: User,
    now: datetime,
    said: str,
    version: int | None = None,
) -> None:
    """Give a finding to another unit or person with its old day. Raises what `acting` raises, DomainError."""
    with acting(finding, FindingAct.HAND_OVER, by=by, now=now, said=said, version=version) as step:
        owner, unit = answerable(user_id, department_id, step.today)
        if (finding.department_id, finding.user_id) == (unit.id, owner.id):
            raise DomainError("责任单位和责任人没有改变。", field="owner")
        step.told.append(f"{finding.owner.name} → {unit.short_name}{owner.name}")
        finding.department_id, finding.user_id, finding.owner = unit.id, owner.id, owner
        finding.department = unit


def list_finding(finding: VillageFinding, *, by: User, now: datetime, said: str, version: int | None = None) -> None:
    """Let a finding become a problem of its village on the ledger (列为问题), with its unit, person and old day.

    Raises what `acting` raises, DomainError.
    """
    with acting(finding, FindingAct.LIST, by=by, now=now, said=said, version=version) as step:
        if step.entry is None:
            raise RuntimeError("the row of this act asks for an entry")
        problem = ListedProblem(
            finding.text, finding.department_id, finding.user_id, finding.due_on, begun_on=finding.found_on
        )
        words = f"{finding.round.name}第 {finding.number} 项督导发现。{step.said}"[:LONGEST_WORDS]
        finding.problem = list_problem(step.entry, problem, by=by, now=now, said=words)
        step.told.append(f"第 {finding.problem.number} 个问题")


def write_finding_line(
    row: InspectionRound,
    finding: VillageFinding | None,
    act: FindingAct,
    *,
    by: User,
    now: datetime,
    before: FindingStage | None = None,
    said: str = "",
    told: str = "",
    on: date | None = None,
) -> FindingLine:
    """Write one line of the trail of a round or of a finding."""
    line = FindingLine(
        round_id=row.id,
        finding_id=finding.id if finding else None,
        act=act.value,
        from_stage=before.value if before else None,
        to_stage=finding.stage if finding else None,
        by_id=by.id,
        acting_as=by.acting_as(local_date(now))[:200],
        happened_on=on or local_date(now),
        entered_at=now,
        said=said or None,
        told=told or None,
    )
    db.session.add(line)
    return line


def recorded(row: InspectionRound, finding: VillageFinding | None, act: FindingAct, *, by: User, now: datetime) -> None:
    """Write an act into the log."""
    about = [row.id, finding.id if finding else 0]
    audit.record(audit.Event.INSPECTED, by=by, now=now, payload={"round": about, "act": act.value})
