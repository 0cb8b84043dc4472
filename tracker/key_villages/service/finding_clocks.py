"""The clocks of findings (限期整改、复核), and who is told. What is returned runs on with its old day (原期限不变)."""

from datetime import date, datetime

from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import amount_on
from tracker.deadlines.service import run_on, start_clock, stop_clock
from tracker.key_villages.models import FindingLine, VillageFinding
from tracker.key_villages.queries.findings import FINDING, entry_now
from tracker.key_villages.rules.findings import FindingAct, FindingPart, FindingRow, FindingStage
from tracker.key_villages.service.clocks import last_clock, running
from tracker.notifications.service import announce
from tracker.reminders.ladder.rules.rungs import Recipient
from tracker.working_days.queries import calendar
from tracker.working_days.rules import due


def begin_finding(finding: VillageFinding, *, on: date) -> Deadline:
    """Start the clock of a finding up to the day of its row, for whoever owes it now; one that ran ends for it."""
    before = running(LimitKind.FINDING, FINDING, finding.id)
    if before is not None:
        stop_clock(before, on=max(on, before.started_on), met=False, by_action=FindingAct.HAND_OVER)
    clock = start_clock(
        LimitKind.FINDING,
        case_id=None,
        subject=FINDING,
        subject_id=finding.id,
        started_on=min(on, finding.due_on),
        due_on=finding.due_on,
        owner_department_id=finding.department_id,
        owner_user_id=finding.user_id,
    )
    db.session.flush()
    return clock


def follow_finding(finding: VillageFinding, row: FindingRow, line: FindingLine, *, now: datetime) -> None:
    """Let clocks and notices follow an act on a finding."""
    today = local_date(now)
    owed = running(LimitKind.FINDING, FINDING, finding.id)
    if row.act is FindingAct.REPORT and owed is not None:
        stop_clock(owed, on=max(line.happened_on, owed.started_on), met=True, by_action=row.act)
    if row.to in (FindingStage.LISTED, FindingStage.WITHDRAWN) and owed is not None:
        stop_clock(owed, on=max(today, owed.started_on), met=False, by_action=row.act)
    checking = running(LimitKind.FINDING_RECHECK, FINDING, finding.id)
    if checking is not None and row.to is not None:
        stop_clock(checking, on=today, met=row.to is not FindingStage.WITHDRAWN, by_action=row.act)
    last = last_clock(LimitKind.FINDING, FINDING, finding.id)
    if row.act is FindingAct.RETURN and last is not None:
        run_on(last, today=today)
    if row.act is FindingAct.HAND_OVER:
        begin_finding(finding, on=today)
    clock = _begin_recheck(finding, today) if row.to is FindingStage.REPORTED else None
    db.session.flush()
    if row.next_part is not None:
        _tell(finding, line, now, heading=row.label, asked=row.asked, clock=clock,
              to_owner=row.next_part is FindingPart.OWNER)  # fmt: skip


def _begin_recheck(finding: VillageFinding, today: date) -> Deadline:
    kind = LimitKind.FINDING_RECHECK
    return start_clock(
        kind,
        case_id=None,
        subject=FINDING,
        subject_id=finding.id,
        started_on=today,
        due_on=due(today, amount_on(kind, today), LIMITS[kind].unit, calendar()).effective,
        owner_department_id=finding.round.office_id,
    )


def tell_found(finding: VillageFinding, line: FindingLine, clock: Deadline, *, now: datetime) -> None:
    """Tell whoever owes a finding; where its village is not on the ledger, tell the office that it may enter it."""
    _tell(finding, line, now, heading="督导发现", asked="请在期限内整改，报整改结果。", clock=clock, to_owner=True)
    if entry_now(finding.place) is None:
        asked = "这个村现在不在重点难点村台账，是否入账（已销号的重新入账），请报领导决定。"
        _tell(finding, line, now, heading="建议入账", asked=asked, clock=None, to_owner=False)


def _tell(
    finding: VillageFinding,
    line: FindingLine,
    now: datetime,
    *,
    heading: str,
    asked: str,
    clock: Deadline | None,
    to_owner: bool,
) -> None:
    announce(
        f"finding:{line.id}:{'owner' if to_owner else 'office'}",
        now=now,
        days=calendar(),
        source="finding",
        source_id=line.id,
        about=(FINDING, finding.id),
        deadline_id=clock.id if clock else None,
        user_id=finding.user_id if to_owner else None,
        told=None if to_owner else Recipient.OFFICE.value,
        heading=heading,
        why=f"{finding.round.name}，{finding.place.short_name}：{finding.text}"[:300],
        asked=asked,
    )
