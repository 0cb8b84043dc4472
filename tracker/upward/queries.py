"""The list of what is reported upward, and one of it: only what the reader may see, nothing counted beyond."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from tracker.core.database import db
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import basis_words
from tracker.people.rules import Reader
from tracker.upward.access import may_report, reports_for, upward_visible_to
from tracker.upward.clocks import UPWARD
from tracker.upward.models import UpwardLine, UpwardReport
from tracker.upward.rules import Lag, UpwardAct, UpwardKind, UpwardStage, acts_at, lag, stage_of

PAGE_SIZE = 50


@dataclass(frozen=True)
class UpwardRow:
    """A report in the list: how it stands, when it had to be out, how long it took, whether that was too long."""

    report: UpwardReport
    stage: UpwardStage
    due_at: datetime | None
    took: Lag | None
    is_late: bool


@dataclass(frozen=True)
class UpwardClock:
    """A clock of a report with its words."""

    label: str
    basis: str
    clock: Deadline


@dataclass(frozen=True)
class UpwardPage:
    """One report with its clocks, its trail, and what the reader may do now."""

    row: UpwardRow
    received_after: Lag | None
    clocks: Sequence[UpwardClock]
    trail: Sequence[UpwardLine]
    acts: tuple[UpwardAct, ...]


def upward_reports(reader: Reader, *, kind: UpwardKind | None, page: int, now: datetime) -> tuple[list[UpwardRow], int]:
    """Return a page of the reports that a person may see, the latest discovered first, and how many there are."""
    which: list[Any] = [upward_visible_to(reader)] + ([UpwardReport.kind == kind.value] if kind else [])
    total = db.session.scalar(select(func.count(UpwardReport.id)).where(*which)) or 0
    asked = select(UpwardReport).where(*which).options(selectinload(UpwardReport.links))
    ordered = asked.order_by(UpwardReport.discovered_at.desc(), UpwardReport.id.desc())
    rows = db.session.scalars(ordered.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    clocks = _hours([row.id for row in rows])
    return [_row(row, clocks.get(row.id), now) for row in rows], total


def _hours(ids: Sequence[int]) -> dict[int, Deadline]:
    """Return the clock of the hours of each: the last begun, which a correction may have begun anew."""
    asked = select(Deadline).where(
        Deadline.subject == UPWARD, Deadline.subject_id.in_(ids), Deadline.kind == LimitKind.UPWARD_REPORT.value
    )
    return {clock.subject_id: clock for clock in db.session.scalars(asked.order_by(Deadline.id))}


def _row(report: UpwardReport, clock: Deadline | None, now: datetime) -> UpwardRow:
    due_at, stage = clock.due_at if clock else None, stage_of(report)
    over = due_at is not None and (report.reported_at or now) > due_at
    took = lag(report.discovered_at, report.reported_at)
    return UpwardRow(report, stage, due_at, took, over and stage is not UpwardStage.CANCELLED)


def upward_page(report: UpwardReport, reader: Reader, *, now: datetime) -> UpwardPage:
    """Return one report, as the page shows it."""
    asked = select(Deadline).where(Deadline.subject == UPWARD, Deadline.subject_id == report.id)
    clocks = [
        UpwardClock(LIMITS[LimitKind(each.kind)].label, basis_words(LimitKind(each.kind), each.started_on), each)
        for each in db.session.scalars(asked.order_by(Deadline.id))
        if each.ended_on is None or each.met
    ]
    lines = select(UpwardLine).where(UpwardLine.report_id == report.id).order_by(UpwardLine.id.desc())
    acts = acts_at(report, linked=bool(report.linked)) if may_report(report, reader) else ()
    return UpwardPage(
        _row(report, _hours([report.id]).get(report.id), now),
        lag(report.discovered_at, report.received_at),
        clocks,
        db.session.scalars(lines.options(selectinload(UpwardLine.by))).all(),
        acts,
    )


def to_report(reader: Reader) -> int:
    """Return how many that a person answers for have not gone out yet: what the desk says. At most one query."""
    offices = reports_for(reader)
    if not offices:
        return 0
    waits = (
        UpwardReport.office_id.in_(sorted(offices)),
        UpwardReport.reported_at.is_(None),
        UpwardReport.cancelled_at.is_(None),
    )
    return db.session.scalar(select(func.count(UpwardReport.id)).where(upward_visible_to(reader), *waits)) or 0
