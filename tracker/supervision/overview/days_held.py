"""责任天数 of one case, from its trail and its assignments: nothing is stored, every day is counted once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.lifecycle import handover
from tracker.cases.lifecycle.rules.step_rows import Handover
from tracker.cases.record.models import Assignment, Case, CaseStep
from tracker.cases.record.rules.codes import LedgerStatus, Status, Track
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.people.models import Department
from tracker.supervision.overview.rules.held import (
    PAUSES,
    STAGE_LABELS,
    HandOver,
    Share,
    Stage,
    Timeline,
    shares,
    timeline,
)

NOBODY = "不在办理中"


@dataclass(frozen=True)
class ShownShare:
    """The days of one unit and person, ready for a page; `share` is their part of the whole, 0 to 1."""

    unit: str
    person: str
    days: int
    share: float
    stages: str
    pause: bool


@dataclass(frozen=True)
class ShownSegment:
    """One stretch in one pair of hands."""

    holder: str
    stage: str
    start: str
    end: str
    days: int
    pause: bool


@dataclass(frozen=True)
class DaysHeld:
    """The age of a case and whose days it is made of."""

    days: int
    started: str
    ended: str
    over: bool
    shares: tuple[ShownShare, ...]
    segments: tuple[ShownSegment, ...]
    returned: int
    paused: int


def days_held(case: Case, *, today: date) -> DaysHeld | None:
    """Return how many days each unit and person had a case; None for an imported one (历史件). Two queries."""
    if case.is_history:
        return None
    line = timeline(list(_changes(case.id)), office=case.office.short_name, today=today)
    return DaysHeld(
        days=line.days,
        started=long_date(line.started_on),
        ended=long_date(line.ended_on),
        over=line.over,
        shares=tuple(_shown(each, line.days) for each in shares(line.segments)),
        segments=tuple(_stretches(line)),
        returned=_sum(line, frozenset({Stage.RETURN})),
        paused=_sum(line, PAUSES),
    )


def _sum(line: Timeline, stages: frozenset[Stage]) -> int:
    return sum(each.days for each in line.segments if each.hold.stage in stages)


def _shown(each: Share, whole: int) -> ShownShare:
    stages = "，".join(f"{STAGE_LABELS[stage]} {days} 天" for stage, days in each.by_stage)
    pause = all(stage in PAUSES for stage, _days in each.by_stage)
    return ShownShare(each.unit or NOBODY, each.person, each.days, each.days / whole if whole else 0, stages, pause)


def _stretches(line: Timeline) -> Iterator[ShownSegment]:
    for each in line.segments:
        hold = each.hold
        holder = " · ".join(part for part in (hold.unit, hold.person) if part) or NOBODY
        start, end = long_date(each.start), long_date(each.end)
        yield ShownSegment(holder, STAGE_LABELS[hold.stage], start, end, each.days, hold.stage in PAUSES)


def _changes(case_id: int) -> Iterator[HandOver]:
    """Return the trail as far as it changes hands; a unit is called as it is called today."""
    units = iter(_units(case_id))
    for step in db.session.execute(
        select(CaseStep.action, CaseStep.entered_at, CaseStep.to_status, CaseStep.to_ledger, CaseStep.facts)
        .where(CaseStep.case_id == case_id)
        .order_by(CaseStep.id)
    ):
        action, facts = Action(step.action), step.facts or {}
        yield HandOver(
            on=local_date(step.entered_at),
            action=action,
            status=Status(step.to_status),
            ledger=LedgerStatus(step.to_ledger),
            unit=next(units, _named(facts, "department")) if handover(action) is Handover.TO_UNIT else "",
            handler=_named(facts, "handler"),
            lead_official=_named(facts, "lead_official"),
            organ=_named(facts, "organ"),
        )


def _named(facts: Mapping[str, Any], name: str) -> str:
    return str(facts.get(name) or "")


def _units(case_id: int) -> Sequence[str]:
    """Return to whom the case was given, in the order of the letters: one for each 交办 or 转送."""
    return db.session.scalars(
        select(Department.short_name)
        .join(Assignment, Assignment.department_id == Department.id)
        .where(Assignment.case_id == case_id, Assignment.track == Track.HANDLING)
        .order_by(Assignment.id)
    ).all()
