"""What the filters of the ledger mean in the database, and what a reader may see at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from tracker.cases.access import rules as access
from tracker.cases.access.scope import NUMBERS_CLOSED, visible_to
from tracker.cases.ledger.cohorts import of_part
from tracker.cases.ledger.groups import FINISHED_LONG_DAYS, LOOK_BACK_WITHIN_DAYS, Answered, OwnMatters, StateGroup
from tracker.cases.ledger.rules import COHORT_WORDS, Cohort, CohortPart, ReportEdition, Span
from tracker.cases.lifecycle.loose_ends import handler_gone, lead_gone, unit_gone
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import ENDED
from tracker.cases.record.leads import led_by
from tracker.cases.record.models import IN_HAND, Assignment, Case, CaseStep, Category, LeaderReport, LeaderReportReceipt
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.cases.record.rules.holding import GONE
from tracker.core import clock
from tracker.core.database import constant, only_filtering
from tracker.core.dates import long_date
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader, Role, area
from tracker.places.queries import subtree_ids

Clause = ColumnElement[bool]

# Written as a list of what is open, because an index cannot find what is not.
_NOT_CLOSED = Case.ledger_status.in_([status.value for status in LedgerStatus if status is not LedgerStatus.CLOSED])
_LIVE = Case.status.not_in(sorted(GONE))


@dataclass(frozen=True)
class Reference:
    """A department, person, place or category named by a filter: how the address writes it, and what chips show."""

    key: str
    label: str
    row: Any = field(compare=False, repr=False)


@dataclass(frozen=True)
class Counted:
    """What a number of a report counts: a part of a cohort in a period, of one unit where it has a unit's line."""

    cohort: Cohort
    part: CohortPart
    span: Span
    unit: Reference | None = None

    def __str__(self) -> str:
        days = (f"{day:%Y%m%d}" for day in (self.span.since, self.span.until))
        return ".".join((self.cohort, self.part, *days, *([self.unit.key] if self.unit else [])))

    @property
    def words(self) -> str:
        """按期答复，2026年11月1日至2026年11月30日，县民政局."""
        days = f"{long_date(self.span.since)}至{long_date(self.span.until)}"
        unit = f"，{self.unit.label}" if self.unit else ""
        return f"{COHORT_WORDS[self.cohort].of(self.part)}，{days}{unit}"


@dataclass(frozen=True)
class LedgerReader:
    """Who asks for a list, and on which day."""

    reader: Reader
    today: date


def is_code(column: InstrumentedAttribute[Any]) -> Callable[[StrEnum, LedgerReader], Clause]:
    """Return the meaning of a filter by a code that stands in a column of the case."""
    return lambda code, _asking: column == code.value


def at_status(status: Status, _asking: LedgerReader) -> Clause:
    """Match a status. Nearly every matter of the past has been answered: no search should start with that."""
    at = Case.status == status.value
    return only_filtering(at) if status is Status.DELIVERED else at


def at_ledger(status: LedgerStatus, _asking: LedgerReader) -> Clause:
    """Match a ledger status. Nearly every matter of the past is closed out: no search should start with that."""
    at = Case.ledger_status == status.value
    return only_filtering(at) if status is LedgerStatus.CLOSED else at


def in_hand() -> Clause:
    """Return what the office still has to bring to its 销号 (在办)."""
    return IN_HAND


def not_history() -> Clause:
    """Leave imported history out (不含历史件); no search should start with it."""
    return only_filtering(Case.import_run_id.is_(None))


def known_to(reader: Reader) -> Clause:
    """Return `visible_to`; of one who sees whole offices it narrows little, so that no search should start with it."""
    desks = access.offices(reader, Role.REGISTRAR, Role.ACCEPTOR, Role.DEPARTMENT_HEAD)
    wide = desks or area(reader, Role.SUPERVISOR, Role.PRINCIPAL_LEADER)
    return only_filtering(visible_to(reader)) if wide else visible_to(reader)


def _finished_long(asking: LedgerReader) -> Clause:
    """Ended that many days ago: by the day of service, else by the last step into the present status."""
    last_day = asking.today - timedelta(days=FINISHED_LONG_DAYS + 1)
    since = clock.at_local(last_day + timedelta(days=1), hour=0)
    moved = exists().where(
        CaseStep.case_id == Case.id,
        CaseStep.to_status == Case.status,
        CaseStep.from_status != Case.status,
        CaseStep.entered_at >= since,
    )
    return and_(_finished(), or_(Case.answered_on <= last_day, and_(Case.answered_on.is_(None), ~moved)))


def _finished() -> Clause:
    return and_(in_hand(), Case.status.in_(sorted(ENDED)))


def _look_back(asking: LedgerReader) -> Clause:
    """The only duty that still runs after 销号 is the look-back."""
    until = asking.today + timedelta(days=LOOK_BACK_WITHIN_DAYS)
    return and_(Case.ledger_status == LedgerStatus.CLOSED.value, Case.next_due_on <= until)


STATE_CONDITIONS: dict[StateGroup, Callable[[LedgerReader], Clause]] = {
    StateGroup.OPEN: lambda asking: in_hand(),
    StateGroup.OVERDUE: lambda asking: and_(in_hand(), Case.next_due_on < asking.today),
    StateGroup.FINISHED: lambda asking: _finished(),
    StateGroup.FINISHED_LONG: _finished_long,
    StateGroup.CLOSED: lambda asking: at_ledger(LedgerStatus.CLOSED, asking),
    StateGroup.LOOK_BACK: _look_back,
    StateGroup.UNPLACED: lambda asking: and_(Case.village_id.is_(None), _NOT_CLOSED, _LIVE),
    StateGroup.UNIT_GONE: lambda asking: unit_gone(asking.today),
    StateGroup.HANDLER_GONE: lambda asking: handler_gone(asking.today),
    StateGroup.LEAD_GONE: lambda asking: lead_gone(asking.today),
}


def assigned(*which: Clause) -> Clause:
    """Match the assignment that the matter has now; people who helped or had it before do not count."""
    return Case.assignment_id.in_(select(Assignment.id).where(*which))


def _to_sign(asking: LedgerReader) -> Clause:
    """The lead official signs; where no unit has the matter and nobody leads it, a leader of the office's area signs.

    See rules/positions.
    """
    leading = led_by(asking.reader.user_id)
    principal = sorted(area(asking.reader, Role.PRINCIPAL_LEADER))
    leader = sorted(area(asking.reader, Role.PRINCIPAL_LEADER, Role.LEAD_OFFICIAL))
    of_area = or_(Case.office_id.in_(principal), and_(Case.office_id.in_(leader), Case.vote_buying.is_(False)))
    standing_in = and_(Case.assignment_id.is_(None), Case.lead_official_id.is_(None), of_area)
    return and_(Case.ledger_status == LedgerStatus.CHECKED.value, or_(leading, standing_in))


def _unread(asking: LedgerReader) -> Clause:
    receipts = (
        select(LeaderReport.case_id)
        .join(LeaderReportReceipt, LeaderReportReceipt.report_id == LeaderReport.id)
        .where(LeaderReportReceipt.user_id == asking.reader.user_id, LeaderReportReceipt.read_at.is_(None))
    )
    return and_(_LIVE, Case.id.in_(receipts))


MINE_CONDITIONS: dict[OwnMatters, Callable[[LedgerReader], Clause]] = {
    OwnMatters.HANDLING: lambda asking: assigned(Assignment.handler_id == asking.reader.user_id),
    OwnMatters.UNIT: lambda asking: assigned(Assignment.department_id.in_(sorted(asking.reader.department_ids))),
    OwnMatters.LEADING: lambda asking: led_by(asking.reader.user_id),
    OwnMatters.TO_SIGN: _to_sign,
    OwnMatters.UNREAD: _unread,
    OwnMatters.REGISTERED: lambda asking: Case.registered_by_id == asking.reader.user_id,
}


def _answer(kind: LimitKind, *, late: bool) -> Clause:
    """The clock of this round was met, in time or late."""
    compared = Deadline.ended_on > Deadline.effective_due if late else Deadline.ended_on <= Deadline.effective_due
    return exists().where(
        Deadline.case_id == Case.id,
        Deadline.round == Case.round,
        Deadline.kind == kind.value,
        Deadline.met.is_(True),
        compared,
    )


ANSWERED_CONDITIONS: dict[Answered, Clause] = {
    Answered.IN_TIME: _answer(LimitKind.HANDLING, late=False),
    Answered.LATE: _answer(LimitKind.HANDLING, late=True),
    Answered.NOTICE_LATE: _answer(LimitKind.ACCEPTANCE, late=True),
}


def due_within(days: int, asking: LedgerReader) -> Clause:
    """Match what is not yet late and falls due within a number of days; today counts."""
    return and_(in_hand(), Case.next_due_on >= asking.today, Case.next_due_on <= asking.today + timedelta(days=days))


def last_check() -> ScalarSelect[date | None]:
    """Return the day on which a matter was last looked at (最近检查), in its trail."""
    checks = (CaseStep.case_id == Case.id, CaseStep.action == Action.CHECK_UP.value)
    return select(func.max(CaseStep.happened_on)).where(*checks).correlate(Case).scalar_subquery()


def unchecked_for(days: int, asking: LedgerReader) -> Clause:
    """Match what lies with a unit and was not looked at for more than a number of days; never: since it was given."""
    before = asking.today - timedelta(days=days)
    given = exists().where(Assignment.id == Case.assignment_id, Assignment.assigned_on < before)
    last = last_check()
    return and_(in_hand(), given, or_(last.is_(None), last < before))


# A clock of the matter runs whose end is provisional (期限暂定).
PROVISIONAL: Clause = Case.id.in_(
    select(Deadline.case_id).where(Deadline.ended_on.is_(None), Deadline.provisional.is_(True))
)


def in_category(reference: Reference, _asking: LedgerReader) -> Clause:
    """Match a category, or anything under it; without a row, what has none yet (尚未分类)."""
    if reference.row is None:
        return Case.category_id.is_(None)
    under = select(Category.id).where(or_(Category.id == reference.row.id, Category.parent_id == reference.row.id))
    return Case.category_id.in_(under)


def in_place(reference: Reference, _asking: LedgerReader) -> Clause:
    """Match a place with all below it; without a row, what has no place yet (属地待定).

    The places are read first: PostgreSQL would go through all of them for each matter.
    """
    if reference.row is None:
        return Case.village_id.is_(None)
    return Case.village_id.in_(constant(sorted(subtree_ids(reference.row))))


def at_office(reference: Reference, _asking: LedgerReader) -> Clause:
    """Match the office that registered a matter."""
    office_id: int = reference.row.id
    return Case.office_id == office_id


def in_edition(edition: ReportEdition, _asking: LedgerReader) -> Clause:
    """Match what everybody may know of who reads the open numbers (公开版), whatever else the reader may see.

    内部版 leaves nothing out: what the reader may see decides alone.
    """
    return ~NUMBERS_CLOSED if edition is ReportEdition.OPEN else true()


def counted_in(counted: Counted, asking: LedgerReader) -> Clause:
    """Match what a number of a report counts."""
    unit_id = counted.unit.row.id if counted.unit else None
    return of_part(counted.cohort, counted.part, counted.span, asking.today, unit_id=unit_id)


def given_to(reference: Reference, _asking: LedgerReader) -> Clause:
    """Match the unit that handles a matter; without a row, what no unit has yet."""
    if reference.row is None:
        return Case.assignment_id.is_(None)
    return assigned(Assignment.department_id == reference.row.id)
