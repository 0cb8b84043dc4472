"""What each cohort means in the database (口径): its matters, their day and unit, what holds of them.

Counted by due day, not by receipt: what falls due in the period, and only once its last day is over, so that nobody is
judged while the time runs. What ended without its act (转走、并案、撤销) was never due. A number and its list ask
the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from tracker.cases.access.scope import numbers_closed
from tracker.cases.ledger.rules import Cohort, CohortPart, Span
from tracker.cases.record.models import Assignment, Case, LookBack, Objection, Review
from tracker.cases.record.rules.codes import Channel, LedgerStatus
from tracker.cases.record.rules.elections import ElectionType
from tracker.cases.record.rules.holding import GONE
from tracker.cases.record.rules.reviewing import LookBackResult, ReviewResult
from tracker.deadlines.limits import OF_THE_MATTER, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import is_counted

Clause = ColumnElement[bool]
# 一次性化解: how long after the answer nobody came again. What was answered later is not yet judged.
OBSERVED_DAYS = 90
_CHANGED = (ReviewResult.CHANGED.value, ReviewResult.REVOKED.value)
_STANDS = Case.status.not_in(sorted(GONE))
_NOT_CLOSED = [status.value for status in LedgerStatus if status is not LedgerStatus.CLOSED]
_Earlier, _Later = aliased(Case), aliased(Case)


@dataclass(frozen=True)
class CohortRow:
    """One cohort: its matters for a span as seen on a day; whether every row of a matter must hold, or any."""

    matters: Callable[[Span, date], Select[Any]]
    every: bool = True


def _selected(on: Any, *, unit: Any = None, held: Clause | None = None, weight: Any = None) -> Select[Any]:
    """Return the columns that each cohort has; merged and void matters are in none."""
    return select(
        Case.id.label("case_id"),
        on.label("day"),
        (literal(None) if unit is None else unit).label("unit_id"),
        (literal(0) if held is None else case((held, 1), else_=0)).label("held"),
        (literal(1) if weight is None else weight).label("weight"),
    ).where(_STANDS)


def _received(*which: Clause, held: Callable[[], Clause] | None = None, weight: Any = None) -> CohortRow:
    """What was received in the period."""

    def matters(span: Span, _today: date) -> Select[Any]:
        found = _selected(Case.received_on, held=held() if held else None, weight=weight)
        return found.where(Case.received_on.between(span.since, span.until), *which)

    return CohortRow(matters)


def _fell_due(kinds: tuple[LimitKind, ...], held: Clause, span: Span, today: date) -> Select[Any]:
    last = min(span.until, today - timedelta(days=1))
    found = _selected(Deadline.effective_due, unit=Deadline.owner_department_id, held=held).select_from(Deadline)
    return found.join(Case, Case.id == Deadline.case_id).where(
        Deadline.kind.in_([kind.value for kind in kinds]), Deadline.effective_due.between(span.since, last)
    )


def _duties(*kinds: LimitKind, held: Clause, which: Clause | None = None, every: bool = True) -> CohortRow:
    """What fell due in the period and is over; what ended without its act or stands still (期间不计) was not due."""
    judged = or_(Deadline.met.is_(True), and_(Deadline.ended_on.is_(None), is_counted()))
    counts = judged if which is None else and_(judged, which)
    return CohortRow(lambda span, today: _fell_due(kinds, held, span, today).where(counts), every)


# The act was done, and on the last day at the latest: `is_late` in SQL, for limits in days.
_DONE = Deadline.met.is_(True)
_IN_TIME = and_(_DONE, Deadline.ended_on <= Deadline.effective_due)


def _repeats_openly() -> Clause:
    """A repeat of a matter that everybody may know of: another original is nobody's business here."""
    return exists().where(_Earlier.id == Case.original_id, ~numbers_closed(_Earlier))


def _events(row: Any, day: Any, held: Clause | None, *which: Clause) -> CohortRow:
    """What happened to matters in the period, any of it."""

    def matters(span: Span, _today: date) -> Select[Any]:
        found = _selected(day, held=held).select_from(row).join(Case, Case.id == row.case_id)
        return found.where(day.between(span.since, span.until), *which)

    return CohortRow(matters, every=False)


def _settled_at_once(span: Span, today: date) -> Select[Any]:
    """First matters whose time of observation ended in the period, and whether nobody came again until its end."""
    observed = timedelta(days=OBSERVED_DAYS)
    last = min(span.until, today - timedelta(days=1))
    again = exists().where(
        _Later.original_id == Case.id, _Later.received_on <= last, _Later.status.not_in(sorted(GONE)),
        ~numbers_closed(_Later),
    )  # fmt: skip
    asked = exists().where(Review.case_id == Case.id, Review.received_on <= last)
    held = and_(Case.round == 1, ~again, ~asked)
    return _selected(Case.answered_on, held=held).where(
        Case.answered_on.between(span.since - observed, last - observed), ~_repeats_openly()
    )


def in_hand_on(day: date) -> Clause:
    """In hand at the end of a day (期末在办): received, and not struck off by then; never imported history.

    As the matter is known now: one that was struck off and opened again has been in hand all the time.
    """
    return and_(Case.received_on <= day, not_closed_by(day), Case.import_run_id.is_(None))


def not_closed_by(day: date) -> Clause:
    """Not struck off by the end of a day; said so that both halves begin at an index."""
    later = and_(Case.ledger_status == LedgerStatus.CLOSED.value, Case.closed_on > day)
    return or_(Case.ledger_status.in_(_NOT_CLOSED), later)


def _in_hand(span: Span, today: date) -> Select[Any]:
    """In hand when the period ended; today, where it goes on; never in a period to come."""
    return _selected(Case.received_on).where(in_hand_on(min(span.until, today)), _begun(span, today))


def _late_at_end(span: Span, today: date) -> Select[Any]:
    """In hand when the period ended, and late on that day by the clocks as they are known now."""
    last = min(span.until, today)
    runs = or_(and_(Deadline.ended_on.is_(None), is_counted()), Deadline.ended_on > last)
    late = exists().where(
        Deadline.case_id == Case.id, Deadline.kind.in_(OF_THE_MATTER), Deadline.started_on <= last,
        Deadline.effective_due < last, runs,
    )  # fmt: skip
    return _selected(Case.received_on).where(in_hand_on(last), late, _begun(span, today))


def _begun(span: Span, today: date) -> Clause:
    return true() if span.since <= today else false()


def _listed(span: Span, today: date) -> Select[Any]:
    """The list of the period: in hand when it began, and received in it; struck off by its end."""
    before, last = span.since - timedelta(days=1), min(span.until, today)
    held = and_(Case.ledger_status == LedgerStatus.CLOSED.value, Case.closed_on <= last)
    come = and_(Case.received_on.between(span.since, last), Case.import_run_id.is_(None))
    return _selected(Case.received_on, held=held).where(or_(in_hand_on(before), come), _begun(span, today))


def _struck_off(span: Span, _today: date) -> Select[Any]:
    closed = Case.ledger_status == LedgerStatus.CLOSED.value
    return _selected(Case.closed_on).where(closed, Case.closed_on.between(span.since, span.until))


def _replies(span: Span, _today: date) -> Select[Any]:
    return _selected(Case.answered_on).where(Case.answered_on.between(span.since, span.until))


def _nothing(_span: Span, _today: date) -> Select[Any]:
    """Satisfaction is asked by nobody yet (尚未开展评价)."""
    return _selected(Case.received_on).where(false())


def _review(kind: str) -> CohortRow:
    taken = Review.result != ReviewResult.DISMISSED.value
    return _events(Review, Review.concluded_on, Review.result.in_(_CHANGED), Review.kind == kind, taken)


def _objections(*, upheld: bool) -> CohortRow:
    """Assignments whose time for an objection is over: objected to at all, or sent to the wrong unit (派错).

    Of the latter only those are judged whose objection has been ruled on.
    """

    def matters(span: Span, today: date) -> Select[Any]:
        filed = and_(Objection.case_id == Deadline.case_id, Objection.assignment_id == Deadline.subject_id)
        held = exists().where(filed, Objection.upheld.is_(True)) if upheld else exists().where(filed)
        ruled = (~exists().where(filed, Objection.upheld.is_(None)),) if upheld else ()
        return _fell_due((LimitKind.OBJECTION,), held, span, today).where(*ruled)

    return CohortRow(matters, every=False)


def _election(kind: ElectionType) -> CohortRow:
    """Distinct matters of an election (起): a repeat is no other event."""

    def matters(span: Span, _today: date) -> Select[Any]:
        found = _selected(Case.received_on).where(Case.received_on.between(span.since, span.until))
        return found.where(Case.election_type == kind.value, ~_repeats_openly())

    return CohortRow(matters)


def _elections_settled(span: Span, today: date) -> Select[Any]:
    """Distinct matters of both elections (起), and whether each is struck off (妥善处理): not one opened again."""
    closed = and_(Case.ledger_status == LedgerStatus.CLOSED.value, Case.closed_on <= min(span.until, today))
    kinds = Case.election_type.in_((ElectionType.COMMITTEE.value, ElectionType.PARTY_BRANCH.value))
    found = _selected(Case.received_on, held=closed).where(Case.received_on.between(span.since, span.until))
    return found.where(kinds, ~_repeats_openly())


_VISIT = Case.channel == Channel.VISIT.value
_LOOKS_BACK = (LimitKind.LOOK_BACK, LimitKind.SECOND_LOOK_BACK, LimitKind.PLANNED_LOOK_BACK)
ROWS: dict[Cohort, CohortRow] = {
    Cohort.RECEIVED: _received(),
    Cohort.LETTERS: _received(~_VISIT),
    Cohort.VISITS: _received(_VISIT),
    Cohort.VISITORS: _received(_VISIT, weight=Case.people_count),
    Cohort.COMMITTEE_ELECTIONS: _election(ElectionType.COMMITTEE),
    Cohort.PARTY_ELECTIONS: _election(ElectionType.PARTY_BRANCH),
    Cohort.ELECTIONS_SETTLED: CohortRow(_elections_settled),
    Cohort.REPEATED: _received(held=_repeats_openly),
    Cohort.GIVEN_OUT: _duties(LimitKind.OFFICE_REFERRAL, held=_IN_TIME),
    Cohort.DISPATCHED: _events(Assignment, Assignment.assigned_on, None, Assignment.track == "handling"),
    Cohort.NOTIFIED: _duties(LimitKind.ACCEPTANCE, held=_IN_TIME, which=Case.anonymous.is_(False)),
    Cohort.RETURNED: _objections(upheld=False),
    Cohort.MISDIRECTED: _objections(upheld=True),
    Cohort.REPLIES: CohortRow(_replies),
    Cohort.ANSWERED: _duties(LimitKind.HANDLING, held=_IN_TIME),
    Cohort.EXTENDED: _duties(LimitKind.HANDLING, held=Deadline.extension_days > 0, every=False),
    Cohort.PROMISED: _duties(LimitKind.CARRYING_OUT, held=_DONE),
    Cohort.SETTLED_AT_ONCE: CohortRow(_settled_at_once),
    Cohort.RATED: CohortRow(_nothing),
    Cohort.OFFICE_LIKED: CohortRow(_nothing),
    Cohort.UNIT_LIKED: CohortRow(_nothing),
    Cohort.STRUCK_OFF: CohortRow(_struck_off),
    Cohort.LISTED: CohortRow(_listed),
    Cohort.IN_HAND: CohortRow(_in_hand),
    Cohort.LATE_AT_END: CohortRow(_late_at_end),
    Cohort.LOOKED_BACK: _duties(*_LOOKS_BACK, held=_IN_TIME),
    Cohort.REBOUNDED: _events(LookBack, LookBack.looked_on, LookBack.result != LookBackResult.HOLDS.value),
    Cohort.URGED: _duties(LimitKind.ORDER_REPLY, held=_IN_TIME),
    Cohort.INSTRUCTED: _duties(LimitKind.INSTRUCTION, held=_IN_TIME),
    Cohort.REVIEWED: _review("review"),
    Cohort.RE_EXAMINED: _review("re_examination"),
}


def totals(cohort: Cohort, span: Span, today: date, *, among: tuple[Clause, ...] = ()) -> Select[Any]:
    """Return two sums: of the cohort, and of those of which it holds. A matter counts once, however often it came."""
    each = _by_matter(cohort, span, today, among=among).subquery()
    return select(func.coalesce(func.sum(each.c.weight), 0), func.coalesce(func.sum(each.c.weight * each.c.held), 0))


def totals_by_unit(cohort: Cohort, span: Span, today: date, *, among: tuple[Clause, ...] = ()) -> Select[Any]:
    """Return unit and the two sums, for each unit that owed something."""
    rows = ROWS[cohort].matters(span, today).where(*among).subquery()
    each = select(rows.c.unit_id, _joined(cohort, rows).label("held"), func.max(rows.c.weight).label("weight"))
    found = each.group_by(rows.c.case_id, rows.c.unit_id).subquery()
    sums = func.sum(found.c.weight), func.sum(found.c.weight * found.c.held)
    return select(found.c.unit_id, *sums).group_by(found.c.unit_id)


def days_of(cohort: Cohort, span: Span, today: date, *, among: tuple[Clause, ...] = ()) -> Any:
    """Return the rows of a cohort as a table with the columns `day` and `case_id`."""
    return ROWS[cohort].matters(span, today).where(*among).subquery()


def of_part(cohort: Cohort, part: CohortPart, span: Span, today: date, *, unit_id: int | None = None) -> Clause:
    """Return the condition on a matter that it is of a part of a cohort; of one unit, where that is named."""
    rows = ROWS[cohort].matters(span, today).subquery()
    found = select(rows.c.case_id).group_by(rows.c.case_id)
    if unit_id is not None:
        found = found.where(rows.c.unit_id == unit_id)
    if part is not CohortPart.ALL:
        found = found.having(_joined(cohort, rows) == (1 if part is CohortPart.HELD else 0))
    return Case.id.in_(found)


def _by_matter(cohort: Cohort, span: Span, today: date, *, among: tuple[Clause, ...]) -> Select[Any]:
    rows = ROWS[cohort].matters(span, today).where(*among).subquery()
    joined = _joined(cohort, rows).label("held")
    return select(rows.c.case_id, joined, func.max(rows.c.weight).label("weight")).group_by(rows.c.case_id)


def _joined(cohort: Cohort, rows: Any) -> ColumnElement[int]:
    """Return whether it holds of a matter that came several times: every time, or any."""
    return func.min(rows.c.held) if ROWS[cohort].every else func.max(rows.c.held)
