"""What people see of clocks: running ones nearest first, each with its words, its light and why it is that day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import joinedload

from tracker.core.clock import local
from tracker.core.database import db
from tracker.core.dates import long_date, month_day, weekday
from tracker.deadlines.claims import claim_words, is_claimed
from tracker.deadlines.counting import (
    LAPSED,
    NOT_COUNTED,
    SUPERSEDED,
    Dates,
    Pauses,
    TermCounter,
    dates_after,
    pauses_of,
    term_of,
)
from tracker.deadlines.limits import LIMITS, OF_THE_MATTER, OWNER_LABELS, REVIEWABLE, LimitKind, Owner
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import basis_words
from tracker.deadlines.rules import Clock, Light, is_late, is_overdue, is_paused, light, share_used, stands_still, words
from tracker.working_days.queries import calendar
from tracker.working_days.rules import (
    UNIT_LABELS,
    Calendar,
    DayRow,
    DueDate,
    Unit,
    day_table,
    derivation,
    hour_derivation,
    passed_over,
    working_days_between,
)

READ_AT_ONCE = 5000
_RUNNING = (
    select(Deadline)
    .where(Deadline.case_id == bindparam("case_id"), Deadline.ended_on.is_(None))
    .order_by(Deadline.effective_due, Deadline.id)
)
_OF_CASE = (
    select(Deadline)
    .where(Deadline.case_id == bindparam("case_id"))
    .options(joinedload(Deadline.owner_department), joinedload(Deadline.owner))
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class ShownClock:
    """A clock ready for a page."""

    id: int
    public_id: str
    kind: LimitKind
    label: str
    basis: str
    limit_words: str
    owner: str
    due_on: date
    nominal_on: date
    date_text: str
    words: str
    light: Light
    late: bool
    paused: bool
    provisional: bool
    running: bool
    duty: bool
    share: int
    started_on: date
    first_due: date
    extension_days: int
    excluded_days: int
    pause: str
    claim: str
    why: str


def clock_of(deadline: Any) -> Clock:
    """Return what the one comparison of dates needs of a clock: a row of `Deadline`, or these columns of one."""
    return Clock(
        kind=LimitKind(deadline.kind),
        started_on=deadline.started_on,
        due_on=deadline.effective_due,
        ended_on=deadline.ended_on,
        met=deadline.met,
        lapsed=is_lapsed(deadline),
        paused_on=deadline.paused_on,
        excluded_days=deadline.excluded_days,
        due_at=deadline.due_at,
        ended_at=deadline.ended_at,
        claimed=is_claimed(deadline),
        superseded=deadline.ended_by == SUPERSEDED,
    )


def is_over(deadline: Deadline, today: date) -> bool:
    """Return whether the last day of a clock is over, however it ended: never while it is paused (期间不计)."""
    clock = clock_of(deadline)
    return is_overdue(clock.due_on, today) and not is_paused(clock, today)


def is_counted() -> ColumnElement[bool]:
    """Return which running clocks are counted: all but those that stand still for a pause, as `stands_still` says."""
    return or_(Deadline.paused_on.is_(None), Deadline.paused_on > Deadline.effective_due)


def of_case(case_id: int) -> list[Deadline]:
    """Return every clock of a case, running ones nearest first, then the stopped ones, latest first."""
    rows = db.session.scalars(_OF_CASE, {"case_id": case_id}).all()
    running = sorted((r for r in rows if r.ended_on is None), key=lambda r: (r.effective_due, r.id))
    stopped = sorted((r for r in rows if r.ended_on is not None), key=lambda r: (r.ended_on, r.id), reverse=True)
    return [*running, *stopped]


def running(case_id: int) -> list[Deadline]:
    """Return the running clocks of a case."""
    return list(db.session.scalars(_RUNNING, {"case_id": case_id}))


def at_hand_of(rows: Sequence[Deadline], round_no: int, *, answered: bool) -> list[Deadline]:
    """Return from the clocks of a case those that an act may go by, running ones first.

    A window of this round that lapsed (期满) is among them: who asked within it may still be entered afterwards; and
    of an earlier round the last in which 复查 or 复核 could be asked for, until a new answer was served (`answered`).
    """
    last = max((row.id for row in rows if row.kind in REVIEWABLE), default=0)
    older = 0 if answered else last
    counts = (row for row in rows if row.ended_on is None or row.round == round_no or row.id == older)
    found = [row for row in counts if row.ended_on is None or is_lapsed(row)]
    return sorted(found, key=lambda row: (row.ended_on is not None, row.effective_due, row.id))


def is_lapsed(row: Any) -> bool:
    """Return whether a clock is a window whose days are over, and ended so (期满)."""
    return bool(row.ended_by == LAPSED)


def next_due_on(rows: Iterable[Deadline]) -> date | None:
    """Return the day on which the nearest running duty falls due: what lists go by. One that is paused has none."""
    duties = (row for row in rows if row.ended_on is None and row.kind in OF_THE_MATTER)
    return min(
        (row.effective_due for row in duties if not stands_still(row.paused_on, row.effective_due)), default=None
    )


def shown_all(rows: Iterable[Deadline], today: date, *, now: datetime | None = None) -> list[ShownClock]:
    """Return clocks ready for a page; the calendar is asked once, and once for pauses where any has one."""
    days, found = calendar(), list(rows)
    pauses = pauses_of(found)
    return [shown(row, today, days, pauses.get(row.id, ()), now=now) for row in found]


def shown(
    deadline: Deadline,
    today: date,
    days: Calendar | None = None,
    pauses: Pauses | None = None,
    *,
    now: datetime | None = None,
) -> ShownClock:
    """Return a clock ready for a page, with the derivation from the same steps that produced its date.

    `days` is the calendar and `pauses` are its own, where the caller has read them already. Without `now` a limit in
    hours is judged by its day.
    """
    limit, clock = LIMITS[LimitKind(deadline.kind)], clock_of(deadline)
    known = calendar() if days is None else days
    own = pauses_of([deadline]).get(deadline.id, ()) if pauses is None else pauses
    left = None
    if limit.unit == Unit.WORKING_DAY and deadline.ended_on is None and deadline.effective_due >= today:
        left = working_days_between(today, deadline.effective_due, known)
    return ShownClock(
        id=deadline.id,
        public_id=deadline.public_id,
        kind=LimitKind(deadline.kind),
        label=limit.label,
        basis=basis_words(LimitKind(deadline.kind), deadline.started_on),
        limit_words=UNIT_LABELS[Unit.FIXED]
        if deadline.unit == Unit.FIXED
        else limit_words(LimitKind(deadline.kind), deadline.amount),
        owner=_owner(deadline),
        due_on=deadline.effective_due,
        nominal_on=deadline.nominal_due,
        date_text=date_text(deadline.effective_due, today, deadline.due_at),
        words=words(clock, today, working_days_left=left, now=now),
        light=light(clock, today, working_days_left=left, now=now),
        late=is_late(clock, today, now),
        paused=is_paused(clock, today),
        provisional=deadline.provisional,
        running=deadline.ended_on is None,
        duty=limit.duty,
        share=share_used(clock, today, now),
        started_on=deadline.started_on,
        first_due=deadline.first_due,
        extension_days=deadline.extension_days,
        excluded_days=deadline.excluded_days,
        pause=_pause_words(own, today),
        claim=claim_words(deadline),
        why=why(deadline, known, own),
    )


def _pause_words(pauses: Pauses, today: date) -> str:
    """Return 11月23日起暂停计时：听证期间（第三十六条）; nothing where no pause lasts."""
    lasting = next((each for each in pauses if each.resumed is None), None)
    if lasting is None:
        return ""
    since = month_day(lasting.first) if lasting.first.year == today.year else long_date(lasting.first)
    return f"{since}起暂停计时：{lasting.because}（{lasting.basis}）"


def _owner(deadline: Deadline) -> str:
    owner = LIMITS[LimitKind(deadline.kind)].owner
    if owner is Owner.PETITIONER:
        # A unit that is noted beside a window for review owes nothing (条例第三十五条、第三十六条).
        return OWNER_LABELS[owner]
    unit = deadline.owner_department.short_name if deadline.owner_department else ""
    # Who owes what still runs is marked where they cannot act; who owed what is over is called as they were.
    person = (deadline.owner.called if deadline.ended_on is None else deadline.owner.name) if deadline.owner else ""
    return f"{unit} {person}".strip() or OWNER_LABELS[owner]


def limit_words(kind: LimitKind, amount: int) -> str:
    """Return a limit's length in words: 15 日, 5 个工作日, 24 小时, 当日, 指定日期; `amount` is that of its clock."""
    limit = LIMITS[kind]
    if limit.unit == Unit.FIXED:
        return UNIT_LABELS[Unit.FIXED]
    return f"{amount} {UNIT_LABELS[limit.unit]}" if amount else "当日"


def date_text(day: date, today: date, at: datetime | None = None) -> str:
    """Return 1月19日 周二, with the year where it is not this one; of an instant of that day also its time, 14:05."""
    text = f"{month_day(day) if day.year == today.year else long_date(day)} {weekday(day)}"
    return f"{text} {local(at):%H:%M}" if at else text


def why(deadline: Deadline, days: Calendar | None = None, pauses: Pauses | None = None) -> str:
    """Return the line 为什么是这一天, with the reason where a later calendar says another day."""
    if deadline.due_at is not None:
        started_at = deadline.due_at - timedelta(hours=deadline.amount)
        return hour_derivation(local(started_at), deadline.amount, local(deadline.due_at))
    if deadline.unit == Unit.FIXED:
        basis = basis_words(LimitKind(deadline.kind), deadline.started_on)
        named = f"{basis}：{long_date(deadline.first_due)}"
        if not deadline.excluded_days:
            return named
        passed = passed_over(term_of(deadline, days, pauses))
        return f"{named}（{passed}）＝{long_date(deadline.effective_due)}" if passed else named
    term = term_of(deadline, days, pauses)
    return derivation(term) + _kept_words(deadline, term)


def _kept_words(deadline: Deadline, term: DueDate) -> str:
    if deadline.effective_due == term.effective:
        return ""
    kept = long_date(deadline.effective_due)
    if deadline.ended_on is not None:
        return f"；期限停止前按当时的放假安排是{kept}，用去的时间不再改写"
    if LIMITS[LimitKind(deadline.kind)].told and deadline.effective_due > term.effective:
        return f"；{kept}已告知信访人，不提前"
    return f"；登记的是{kept}，还没有按新的放假安排重新计算"


def days_of(deadline: Deadline) -> list[DayRow]:
    """Return the printable day table of a counted clock (逐日表)."""
    return [] if deadline.unit in NOT_COUNTED else day_table(term_of(deadline), calendar())


@dataclass(frozen=True, slots=True)
class DateChange:
    """What another calendar makes of a running clock; `held`: it stays only because the petitioner was told."""

    id: int
    case_id: int
    kind: LimitKind
    revision: int
    before: Dates
    after: Dates
    held: bool

    @property
    def moved(self) -> bool:
        """Whether it would fall due on another day."""
        return self.before.effective != self.after.effective


_COUNTED_COLUMNS = (
    *(Deadline.kind, Deadline.started_on, Deadline.amount, Deadline.unit),
    *(Deadline.extension_days, Deadline.ended_by),
)
_DATE_COLUMNS = (Deadline.nominal_due, Deadline.effective_due, Deadline.provisional)
_OTHER_COLUMNS = (Deadline.id, Deadline.case_id, Deadline.revision, Deadline.paused_on, Deadline.excluded_days)


def date_changes(now_known: Calendar, other: Calendar) -> Iterator[DateChange]:
    """Yield the running clocks that another calendar would change or that only their petitioners keep in place.

    Reads columns of every running counted clock; each term is counted once, however many clocks share it.
    """
    present, future = TermCounter(now_known), TermCounter(other)
    terms: dict[tuple[Any, ...], tuple[DueDate, Dates, date]] = {}
    found = db.session.execute(
        select(*_COUNTED_COLUMNS, *_DATE_COLUMNS, *_OTHER_COLUMNS)
        .where(Deadline.ended_on.is_(None), Deadline.unit.not_in(NOT_COUNTED), Deadline.case_id.is_not(None))
        .order_by(Deadline.id)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for rows in found.partitions():
        pauses = pauses_of(rows)
        for row in rows:
            own = pauses.get(row.id, ())
            key, before = (*row[:6], own), row[6:9]
            if key not in terms:
                term = future.term(row, own)
                dates = Dates(term.nominal, term.effective, term.provisional)
                terms[key] = (term, dates, present.term(row, own).effective)
            term, counted, was = terms[key]
            if before != counted and (change := _change(row, Dates(*before), term, was)):
                yield change


def _change(row: Any, kept: Dates, term: DueDate, was: date) -> DateChange | None:
    """Return what becomes of a clock whose count differs from its dates; None where nothing does."""
    kind = LimitKind(row.kind)
    after = dates_after(kind, kept.effective, term)
    held = after.effective > term.effective != was
    return DateChange(row.id, row.case_id, kind, row.revision, kept, after, held) if after != kept or held else None


def window_lapsed(case_id: int, *, before_round: int | None = None) -> bool:
    """Return whether the latest window of a matter in which 复查 or 复核 could be asked for lapsed unused (期满).

    `before_round`: of the windows of earlier rounds alone.
    """
    rounds = () if before_round is None else (Deadline.round < before_round,)
    last = select(Deadline).where(Deadline.case_id == case_id, Deadline.kind.in_(REVIEWABLE), *rounds)
    window = db.session.scalar(last.order_by(Deadline.id.desc()).limit(1))
    return window is not None and window.ended_by == LAPSED
