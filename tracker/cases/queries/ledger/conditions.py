"""CONDITIONS: what each filter of the ledger means in the database. A count and its list use the same ones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from tracker.cases.models import IN_HAND, Assignment, Case, CaseStep, Category, LeaderReport, LeaderReportReceipt
from tracker.cases.queries.ledger.filters import Filters
from tracker.cases.queries.ledger.groups import (
    FINISHED_LONG_DAYS,
    LOOK_BACK_WITHIN_DAYS,
    Answered,
    History,
    Mine,
    Repeat,
    State,
)
from tracker.cases.queries.ledger.words import words_in_case
from tracker.cases.queries.scope import visible_to
from tracker.cases.rules import access
from tracker.cases.rules.codes import LedgerStatus, Status
from tracker.cases.rules.holding import GONE
from tracker.cases.rules.steps import ENDED
from tracker.core import clock
from tracker.core.database import only_filtering
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader, Role
from tracker.places.queries import subtree

Clause = ColumnElement[bool]
KNOWN = "known"

# Written as a list of what is open, because an index cannot find what is not.
_NOT_CLOSED = Case.ledger_status.in_([status.value for status in LedgerStatus if status is not LedgerStatus.CLOSED])
_LIVE = Case.status.not_in(sorted(GONE))


@dataclass(frozen=True)
class Asking:
    """Who asks for a list, and on which day."""

    reader: Reader
    today: date


def conditions(filters: Filters, reader: Reader, today: date) -> dict[str, Clause]:
    """Return what each chosen filter of a list means, by its name, and last what the reader may know of at all.

    Last, because SQLite looks at conditions in their order, and that one takes the longest to look at.
    """
    asking = Asking(reader, today)
    chosen = {name: CONDITIONS[name](value, asking) for name, value in filters.chosen()}
    return chosen | {KNOWN: known_to(reader)}


def _at_status(status: Status) -> Clause:
    """Nearly every matter of the past has been answered: no search should start with that."""
    at = Case.status == status.value
    return only_filtering(at) if status is Status.DELIVERED else at


def _at_ledger(status: LedgerStatus) -> Clause:
    """Nearly every matter of the past is closed out."""
    at = Case.ledger_status == status.value
    return only_filtering(at) if status is LedgerStatus.CLOSED else at


def in_hand() -> Clause:
    """Return what the office still has to bring to its 销号 (在办)."""
    return IN_HAND


def _not_history() -> Clause:
    return only_filtering(Case.import_run_id.is_(None))


def known_to(reader: Reader) -> Clause:
    """Return `visible_to`; of one who sees whole offices it narrows little, so that no search should start with it."""
    desks = access.offices(reader, Role.REGISTRAR, Role.ACCEPTOR, Role.DEPARTMENT_HEAD)
    wide = desks or access.area(reader, Role.SUPERVISOR, Role.PRINCIPAL_LEADER)
    return only_filtering(visible_to(reader)) if wide else visible_to(reader)


def _finished_long(asking: Asking) -> Clause:
    """Ended so many days ago: by the day of service, else by the last step into the present status."""
    last_day = asking.today - timedelta(days=FINISHED_LONG_DAYS + 1)
    since = clock.at_local(last_day + timedelta(days=1), hour=0)
    moved = exists().where(
        CaseStep.case_id == Case.id,
        CaseStep.to_status == Case.status,
        CaseStep.from_status != Case.status,
        CaseStep.at >= since,
    )
    return and_(_finished(), or_(Case.answered_on <= last_day, and_(Case.answered_on.is_(None), ~moved)))


def _finished() -> Clause:
    return and_(in_hand(), Case.status.in_(sorted(ENDED)))


def _look_back(asking: Asking) -> Clause:
    """The only duty that still runs after 销号 is the look-back."""
    until = asking.today + timedelta(days=LOOK_BACK_WITHIN_DAYS)
    return and_(Case.ledger_status == LedgerStatus.CLOSED.value, Case.next_due_on <= until)


STATE_CONDITIONS: dict[State, Callable[[Asking], Clause]] = {
    State.OPEN: lambda asking: in_hand(),
    State.OVERDUE: lambda asking: and_(in_hand(), Case.next_due_on < asking.today),
    State.FINISHED: lambda asking: _finished(),
    State.FINISHED_LONG: _finished_long,
    State.CLOSED: lambda asking: _at_ledger(LedgerStatus.CLOSED),
    State.LOOK_BACK: _look_back,
    State.UNPLACED: lambda asking: and_(Case.village_id.is_(None), _NOT_CLOSED, _LIVE),
}


def _by_assignment(*which: Clause) -> Clause:
    """The unit that has the matter now; people who helped or had it before do not count."""
    return Case.assignment_id.in_(select(Assignment.id).where(*which))


def _to_sign(asking: Asking) -> Clause:
    """The lead official signs; where no unit had the matter, a leader of the office's area (see rules/positions)."""
    leading = _by_assignment(Assignment.lead_official_id == asking.reader.user_id)
    principal = sorted(access.area(asking.reader, Role.PRINCIPAL_LEADER))
    leader = sorted(access.area(asking.reader, Role.PRINCIPAL_LEADER, Role.LEAD_OFFICIAL))
    of_area = or_(Case.office_id.in_(principal), and_(Case.office_id.in_(leader), Case.vote_buying.is_(False)))
    standing_in = and_(Case.assignment_id.is_(None), of_area)
    return and_(Case.ledger_status == LedgerStatus.CHECKED.value, or_(leading, standing_in))


def _unread(asking: Asking) -> Clause:
    receipts = (
        select(LeaderReport.case_id)
        .join(LeaderReportReceipt, LeaderReportReceipt.report_id == LeaderReport.id)
        .where(LeaderReportReceipt.user_id == asking.reader.user_id, LeaderReportReceipt.read_at.is_(None))
    )
    return and_(_LIVE, Case.id.in_(receipts))


MINE_CONDITIONS: dict[Mine, Callable[[Asking], Clause]] = {
    Mine.HANDLING: lambda asking: _by_assignment(Assignment.handler_id == asking.reader.user_id),
    Mine.UNIT: lambda asking: _by_assignment(Assignment.department_id.in_(sorted(asking.reader.department_ids))),
    Mine.LEADING: lambda asking: _by_assignment(Assignment.lead_official_id == asking.reader.user_id),
    Mine.TO_SIGN: _to_sign,
    Mine.UNREAD: _unread,
    Mine.REGISTERED: lambda asking: Case.registered_by_id == asking.reader.user_id,
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


def _due_within(days: int, asking: Asking) -> Clause:
    """Not yet late, and due within so many days; today counts."""
    return and_(in_hand(), Case.next_due_on >= asking.today, Case.next_due_on <= asking.today + timedelta(days=days))


def _provisional(_marked: bool, _asking: Asking) -> Clause:
    return Case.id.in_(select(Deadline.case_id).where(Deadline.ended_on.is_(None), Deadline.provisional.is_(True)))


def _category(reference: Any, _asking: Asking) -> Clause:
    """A category, or anything under it."""
    under = select(Category.id).where(or_(Category.id == reference.row.id, Category.parent_id == reference.row.id))
    return Case.category_id.in_(under)


CONDITIONS: dict[str, Callable[[Any, Asking], Clause]] = {
    "words": lambda words, asking: words_in_case(words, asking.reader),
    "state": lambda state, asking: STATE_CONDITIONS[state](asking),
    "status": lambda status, asking: _at_status(status),
    "ledger_status": lambda status, asking: _at_ledger(status),
    "mine": lambda mine, asking: MINE_CONDITIONS[mine](asking),
    "due_within": _due_within,
    "provisional": _provisional,
    "answered": lambda answered, asking: ANSWERED_CONDITIONS[answered],
    "channel": lambda channel, asking: Case.channel == channel.value,
    "matter_class": lambda matter_class, asking: Case.matter_class == matter_class.value,
    "purpose": lambda purpose, asking: Case.purpose == purpose.value,
    "category": _category,
    "place": lambda place, asking: Case.village_id.in_(subtree(place.row)) if place.row else Case.village_id.is_(None),
    "department": lambda unit, asking: (
        _by_assignment(Assignment.department_id == unit.row.id) if unit.row else Case.assignment_id.is_(None)
    ),
    "handler": lambda person, asking: _by_assignment(Assignment.handler_id == person.row.id),
    "lead_official": lambda person, asking: _by_assignment(Assignment.lead_official_id == person.row.id),
    "election_type": lambda kind, asking: Case.election_type == kind.value,
    "vote_buying": lambda marked, asking: Case.vote_buying.is_(True),
    "urgency": lambda urgency, asking: Case.urgency == urgency.value,
    "level": lambda level, asking: Case.level == level.value,
    "received_from": lambda day, asking: Case.received_on >= day,
    "received_to": lambda day, asking: Case.received_on <= day,
    "repeat": lambda repeat, asking: (
        Case.original_id.is_(None) if repeat is Repeat.FIRST else Case.original_id.is_not(None)
    ),
    "reopened": lambda marked, asking: Case.round > 1,
    "history": lambda history, asking: Case.import_run_id.is_not(None) if history is History.ONLY else _not_history(),
}
