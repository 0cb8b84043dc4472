"""What people see of clocks: running ones nearest first, each with its words, its light and why it is that day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.core.dates import long_date, month_day, weekday
from tracker.deadlines.limits import LIMITS, OWNER_LABELS, LimitKind, Owner
from tracker.deadlines.models import Deadline
from tracker.deadlines.rules import Clock, Light, is_late, light, share_used, words
from tracker.deadlines.service import LAPSED, Dates, TermCounter, counted_term, dates_after
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Calendar, DayRow, DueDate, Unit, day_table, derivation, working_days_between

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
    provisional: bool
    running: bool
    duty: bool
    share: int
    started_on: date
    first_due: date
    extension_days: int
    why: str


def clock_of(deadline: Deadline) -> Clock:
    """Return what the one comparison of dates needs of a row."""
    ended, lapsed = deadline.ended_on, is_lapsed(deadline)
    return Clock(
        LimitKind(deadline.kind), deadline.started_on, deadline.effective_due, ended, deadline.met, lapsed=lapsed
    )


def of_case(case_id: int) -> list[Deadline]:
    """Return every clock of a case, running ones nearest first, then the stopped ones, latest first."""
    rows = db.session.scalars(_OF_CASE, {"case_id": case_id}).all()
    running = sorted((r for r in rows if r.ended_on is None), key=lambda r: (r.effective_due, r.id))
    stopped = sorted((r for r in rows if r.ended_on is not None), key=lambda r: (r.ended_on, r.id), reverse=True)
    return [*running, *stopped]


def running(case_id: int) -> list[Deadline]:
    """Return the running clocks of a case."""
    return list(db.session.scalars(_RUNNING, {"case_id": case_id}))


def at_hand_of(rows: Iterable[Deadline], round_no: int) -> list[Deadline]:
    """Return from the clocks of a case those that an act may go by, running ones first.

    A window of this round that lapsed (期满) is among them: who asked within it may still be entered afterwards.
    """
    found = (row for row in rows if row.ended_on is None or (is_lapsed(row) and row.round == round_no))
    return sorted(found, key=lambda row: (row.ended_on is not None, row.effective_due, row.id))


def is_lapsed(row: Deadline) -> bool:
    """Return whether a clock is a window whose days are over, and ended so (期满)."""
    return row.ended_by == LAPSED


def next_due_on(rows: Iterable[Deadline]) -> date | None:
    """Return the day on which the nearest running duty falls due: what lists go by."""
    days = (row.effective_due for row in rows if row.ended_on is None and LIMITS[LimitKind(row.kind)].duty)
    return min(days, default=None)


def shown_all(rows: Iterable[Deadline], today: date) -> list[ShownClock]:
    """Return clocks ready for a page; the calendar is asked once."""
    days = calendar()
    return [shown(row, today, days) for row in rows]


def shown(deadline: Deadline, today: date, days: Calendar | None = None) -> ShownClock:
    """Return a clock ready for a page, with the derivation from the same steps that produced its date.

    `days` is the calendar, where the caller has asked for it already.
    """
    limit, clock = LIMITS[LimitKind(deadline.kind)], clock_of(deadline)
    known = calendar() if days is None else days
    left = None
    if limit.unit == Unit.WORKING_DAY and deadline.ended_on is None and deadline.effective_due >= today:
        left = working_days_between(today, deadline.effective_due, known)
    return ShownClock(
        id=deadline.id,
        public_id=deadline.public_id,
        kind=LimitKind(deadline.kind),
        label=limit.label,
        basis=limit.basis,
        limit_words=limit_words(LimitKind(deadline.kind)),
        owner=_owner(deadline),
        due_on=deadline.effective_due,
        nominal_on=deadline.nominal_due,
        date_text=date_text(deadline.effective_due, today),
        words=words(clock, today, working_days_left=left),
        light=light(clock, today, working_days_left=left),
        late=is_late(clock, today),
        provisional=deadline.provisional,
        running=deadline.ended_on is None,
        duty=limit.duty,
        share=share_used(clock, today),
        started_on=deadline.started_on,
        first_due=deadline.first_due,
        extension_days=deadline.extension_days,
        why=why(deadline, known),
    )


def _owner(deadline: Deadline) -> str:
    owner = LIMITS[LimitKind(deadline.kind)].owner
    if owner is Owner.PETITIONER:
        # A unit that is noted beside a window for review owes nothing (条例第三十五条、第三十六条).
        return OWNER_LABELS[owner]
    unit = deadline.owner_department.short_name if deadline.owner_department else ""
    person = deadline.owner.name if deadline.owner else ""
    return f"{unit} {person}".strip() or OWNER_LABELS[owner]


def limit_words(kind: LimitKind) -> str:
    """Return a limit's length in words: 15 日, 5 个工作日, 当日, 指定日期."""
    limit = LIMITS[kind]
    if limit.unit == Unit.FIXED:
        return "指定日期"
    if limit.amount == 0:
        return "当日"
    return f"{limit.amount} 个工作日" if limit.unit == Unit.WORKING_DAY else f"{limit.amount} 日"


def date_text(day: date, today: date) -> str:
    """Return 1月19日 周二, with the year where it is not this one."""
    return f"{month_day(day) if day.year == today.year else long_date(day)} {weekday(day)}"


def why(deadline: Deadline, days: Calendar | None = None) -> str:
    """Return the line 为什么是这一天, with the reason where a later calendar says another day."""
    if deadline.unit == Unit.FIXED:
        return f"{LIMITS[LimitKind(deadline.kind)].basis}：{long_date(deadline.effective_due)}"
    term = counted_term(deadline, days)
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
    return [] if deadline.unit == Unit.FIXED else day_table(counted_term(deadline), calendar())


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
    *(Deadline.extension_days, Deadline.excluded_days, Deadline.ended_by),
)
_DATE_COLUMNS = (Deadline.nominal_due, Deadline.effective_due, Deadline.provisional)


def date_changes(now_known: Calendar, other: Calendar) -> Iterator[DateChange]:
    """Yield the running clocks that another calendar would change or that only their petitioners keep in place.

    Reads columns of every running counted clock; each term is counted once, however many clocks share it.
    """
    present, future = TermCounter(now_known), TermCounter(other)
    terms: dict[tuple[Any, ...], tuple[DueDate, Dates, date]] = {}
    rows = db.session.execute(
        select(*_COUNTED_COLUMNS, *_DATE_COLUMNS, Deadline.id, Deadline.case_id, Deadline.revision)
        .where(Deadline.ended_on.is_(None), Deadline.unit != Unit.FIXED, Deadline.case_id.is_not(None))
        .order_by(Deadline.id)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for row in rows:
        key, before = row[:7], row[7:10]
        if key not in terms:
            term = future.term(row)
            terms[key] = (term, Dates(term.nominal, term.effective, term.provisional), present.term(row).effective)
        term, counted, was = terms[key]
        if before != counted:
            kind, kept = LimitKind(row.kind), Dates(*before)
            after = dates_after(kind, kept.effective, term)
            held = after.effective > term.effective != was
            if after != kept or held:
                yield DateChange(row.id, row.case_id, kind, row.revision, kept, after, held)
