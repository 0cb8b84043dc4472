"""Taking one step of the lifecycle: the only way a case's state changes.

A step locks the case, checks version, table, station and guards, lets the action write its facts, moves both tracks,
starts and stops clocks, writes the trail and the log — all in the caller's one transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from tracker import audit
from tracker.audit import Event
from tracker.cases.access.rules import ONLY_VISITS, may_see, only_visits
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.drafts import settle_drafts
from tracker.cases.lifecycle.moment import Moment
from tracker.cases.lifecycle.rules.actions import STATION_LABELS, Action, Station
from tracker.cases.lifecycle.rules.guards import refusal
from tracker.cases.lifecycle.rules.lifecycle import find, open_rows
from tracker.cases.lifecycle.rules.positions import acting_post, stations
from tracker.cases.lifecycle.rules.step_rows import StepRule, Words
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.lifecycle.step_clocks import Taking, derive_again, start_clocks, stop_clocks
from tracker.cases.lifecycle.telling import tell_of_work
from tracker.cases.record.models import Attachment, Case, CaseStep
from tracker.cases.record.rules.codes import LEDGER_STATUS_LABELS, STATUS_LABELS, LedgerStatus, Status
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from tracker.core.files import StoredFile
from tracker.deadlines.queries import next_due_on, running
from tracker.people.models import User
from tracker.people.queries import reader_for

# Named in the trail where nobody acted.
SYSTEM = "系统"


@dataclass(frozen=True)
class Material:
    """An uploaded file that a step brings with it (材料); it already lies in the store."""

    name: str
    file: StoredFile


@contextmanager
def taking(
    case: Case,
    action: Action,
    *,
    by: User,
    now: datetime,
    version: int | None = None,
    reason: str | None = None,
    materials: Sequence[Material] = (),
) -> Iterator[Taking]:
    """Take one step of the table. Raises NotFound, StaleVersion, Forbidden or DomainError and changes nothing.

    `version` is the one the page was made from; None where the caller holds no page.
    """
    case = locked(case)
    today = local_date(now)
    reader = reader_for(by, today)
    file = CaseFile(case, reader)
    if not may_see(reader, file.matter):
        raise NotFound
    if only_visits(reader, file.matter):
        raise Forbidden(ONLY_VISITS)
    if version is not None and version != case.version:
        raise StaleVersion("您打开页面以后，别人已经办理过本件。请看清变化后再办。")
    row = lawful_row(action, Moment(file, by, today))
    reason = (reason or "").strip() or None
    if row.words is not Words.NONE and not reason:
        raise DomainError("请写明理由或情况。", field="reason")
    step = Taking(case, row, by, reader, now, file, file.at_hand, reason, _acting_unit(file, row, by, today))
    before = (case.status, case.ledger_status)
    yield step
    _finish(step, before, materials)


def lawful_row(action: Action, moment: Moment) -> StepRule:
    """Return the table's row for an action by the reader of the file; raises the sentence that says why there is none.

    Raises DomainError, Forbidden.
    """
    case, file = moment.case, moment.file
    status, ledger = Status(case.status), LedgerStatus(case.ledger_status)
    row = find(action, status, ledger)
    if row is None:
        label = next(s.label for s in STEPS if s.action == action)
        where = STATUS_LABELS[status] + ("、" + LEDGER_STATUS_LABELS[ledger] if ledger != LedgerStatus.OPEN else "")
        raise DomainError(f"本件现在是“{where}”，不能“{label}”。", field="")
    if not row.by & stations(file.reader, file.position):
        raise Forbidden(f"“{row.label}”应由{_who(row)}办理。")
    sentence = refusal(row.guards, moment)
    if sentence:
        raise DomainError(sentence)
    return row


def _acting_unit(file: CaseFile, row: StepRule, by: User, today: date) -> str:
    """Return the unit in whose post the person takes a step; of several posts that which gives the station."""
    units = {post.department_id: post.department.name for post in by.posts_on(today)}
    if len(units) <= 1:
        return next(iter(units.values()), "")
    post = acting_post(file.reader, file.position, row.by)
    return units[post.department_id] if post else ""


def _who(row: StepRule) -> str:
    return "、".join(STATION_LABELS[station] for station in Station if station in row.by)


def lawful_rows(moment: Moment, held: frozenset[Station]) -> list[StepRule]:
    """Return the steps somebody at these stations can take at a moment, in the order of the table."""
    rows = open_rows(Status(moment.case.status), LedgerStatus(moment.case.ledger_status), held)
    return [row for row in rows if refusal(row.guards, moment) is None]


def _finish(step: Taking, before: tuple[str, str], materials: Sequence[Material]) -> None:
    case, row = step.case, step.row
    if row.to is not None:
        case.status = row.to.value
    if row.ledger_to is not None:
        case.ledger_status = row.ledger_to.value
    case.version += 1
    settle_drafts(step, before[0])
    stopped = stop_clocks(step)
    started = start_clocks(step)
    if row.derives:
        begun, ended = derive_again(step)
        started, stopped = started + begun, stopped + ended
    line = trail_line(
        case,
        row.action,
        by=step.by,
        unit=step.unit,
        at=step.now,
        on=step.happened_on,
        before=before,
        reason=step.reason,
        facts=step.facts,
    )
    db.session.add(line)
    db.session.flush()
    attach(case, materials, step_id=line.id, by=step.by, now=step.now)
    refresh_next_due(case)
    tell_of_work(step, line)
    audit.record(
        Event.CASE_STEPPED,
        by=step.by,
        now=step.now,
        case_id=case.id,
        payload={
            "action": row.action.value,
            "from": list(before),
            "to": [case.status, case.ledger_status],
            "round": case.round,
            "version": case.version,
            "step": line.id,
            "started": started,
            "stopped": stopped,
        },
        text=step.reason,
    )


def trail_line(
    case: Case,
    action: Action,
    *,
    by: User | None,
    unit: str,
    at: datetime,
    on: date | None = None,
    before: tuple[str, str] = ("", ""),
    reason: str | None = None,
    facts: Mapping[str, Any],
) -> CaseStep:
    """Return a line of the trail (过程) about what somebody did; without a person the system is named.

    `on` is the day it happened where that is not the day of entry. `before` are the states of both tracks that the act
    began with: none, where the case begins with it.
    """
    return CaseStep(
        case_id=case.id,
        round=case.round,
        action=action.value,
        happened_on=on or local_date(at),
        entered_at=at,
        actor_id=by.id if by else None,
        actor_name=by.name if by else SYSTEM,
        actor_unit=unit,
        from_status=before[0],
        to_status=case.status,
        from_ledger=before[1],
        to_ledger=case.ledger_status,
        reason=reason,
        facts=dict(facts),
    )


class CaseStanding(Protocol):
    """Where a case stands: its round and the states of both tracks."""

    @property
    def round(self) -> int:
        """The round."""

    @property
    def status(self) -> str:
        """The procedure."""

    @property
    def ledger_status(self) -> str:
        """The ledger."""


def system_line(
    case_id: int, standing: CaseStanding, action: Action, *, at: datetime, reason: str | None, facts: dict[str, Any]
) -> CaseStep:
    """Return a line of the trail that the system writes by itself (系统): it moves no track."""
    return CaseStep(
        case_id=case_id,
        round=standing.round,
        action=action.value,
        happened_on=local_date(at),
        entered_at=at,
        actor_name="",
        actor_unit="",
        from_status=standing.status,
        to_status=standing.status,
        from_ledger=standing.ledger_status,
        to_ledger=standing.ledger_status,
        reason=reason,
        facts=facts,
    )


def attach(case: Case, materials: Sequence[Material], *, step_id: int, by: User | None, now: datetime) -> None:
    """Keep the materials that came with a step."""
    for material in materials:
        db.session.add(
            Attachment(
                case_id=case.id,
                step_id=step_id,
                name=material.name[:255],
                sha256=material.file.sha256,
                size=material.file.size,
                media_type=material.file.media_type,
                uploaded_at=now,
                uploaded_by_id=by.id if by else None,
            )
        )


def refresh_next_due(case: Case) -> None:
    """Keep the nearest running duty's date on the row, for lists."""
    case.next_due_on = next_due_on(running(case.id))
