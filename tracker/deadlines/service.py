"""Starting, stopping and moving clocks. Called by the acts that do so; the caller writes the log."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import DomainError
from tracker.deadlines.claims import waits
from tracker.deadlines.counting import KEPT, LAPSED, Dates, Pauses, dates_after, pauses_of, term_of
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline, DeadlinePause
from tracker.deadlines.own_limits import amount_on
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import P
from tracker.working_days.rules import Pause, Unit, counted_after, counted_days, due_instant, left_out_days

# How the clock of a paper ends that was not answered in time: a later paper takes its place (以后一份为准).
LONGEST_REASON, LONGEST_BASIS = 40, 80


def start_clock(
    kind: LimitKind,
    *,
    case_id: int | None,
    subject: str,
    subject_id: int,
    started_on: date,
    round_no: int = 1,
    due_on: date | None = None,
    started_at: datetime | None = None,
    owner_department_id: int | None = None,
    owner_user_id: int | None = None,
) -> Deadline:
    """Start a clock of a kind on a day; `due_on` is the date a letter names, which counts in place of any days.

    `started_at` is the instant from which a limit in hours counts. Raises DomainError where a date that a letter names
    is missing or lies before the start, ValueError where hours count from no instant of the day.
    """
    limit = LIMITS[kind]
    deadline = Deadline(
        kind=kind,
        case_id=case_id,
        subject=subject,
        subject_id=subject_id,
        round=round_no,
        started_on=started_on,
        amount=amount_on(kind, started_on),
        unit=limit.unit,
        extension_days=0,
        excluded_days=0,
        revision=1,
        met=False,
        owner_department_id=owner_department_id,
        owner_user_id=owner_user_id,
        look_on=started_on if limit.duty else None,
    )
    if limit.unit == Unit.FIXED or due_on is not None:
        deadline.amount, deadline.unit = 0, Unit.FIXED
        _set_fixed(deadline, due_on)
    elif limit.unit == Unit.HOUR:
        _set_instant(deadline, started_at)
    else:
        term = term_of(deadline, pauses=())
        _set_dates(deadline, Dates(term.nominal, term.effective, term.provisional))
    deadline.first_due = deadline.effective_due
    db.session.add(deadline)
    return deadline


def keep_clock(
    kind: LimitKind, *, case_id: int, subject: str, subject_id: int, started_on: date, ended_on: date
) -> Deadline:
    """Record a clock that had ended before its case was entered (历史件): its lateness is as it was, nothing runs.

    It counts plain calendar days and never moves off days of rest: for earlier years no notice need be loaded.
    Raises ValueError for a limit that is not counted in days.
    """
    limit = LIMITS[kind]
    if limit.unit != Unit.DAY:
        raise ValueError(f"{kind} is not counted in days")
    due_on = started_on + timedelta(days=limit.amount)
    deadline = Deadline(
        kind=kind,
        case_id=case_id,
        subject=subject,
        subject_id=subject_id,
        round=1,
        started_on=started_on,
        amount=limit.amount,
        unit=limit.unit,
        extension_days=0,
        excluded_days=0,
        nominal_due=due_on,
        effective_due=due_on,
        first_due=due_on,
        revision=1,
    )
    stop_clock(deadline, on=ended_on, met=True, by_action=KEPT)
    db.session.add(deadline)
    return deadline


def _set_fixed(deadline: Deadline, due_on: date | None) -> None:
    if due_on is None:
        raise DomainError(f"请填写“{LIMITS[LimitKind(deadline.kind)].label}”的日期。", field="due_on")
    if due_on < deadline.started_on:
        raise DomainError(f"时限不能早于 {long_date(deadline.started_on)}。", field="due_on")
    deadline.nominal_due = deadline.effective_due = due_on
    deadline.provisional = False


def _set_instant(deadline: Deadline, started_at: datetime | None) -> None:
    """Let a limit in hours end at an instant (民法典第二百零一条第二款): nights and days of rest count."""
    if started_at is None or local_date(started_at) != deadline.started_on:
        raise ValueError(f"{deadline.kind} is counted in hours, from an instant of its first day")
    deadline.due_at = due_instant(started_at, deadline.amount)
    deadline.nominal_due = deadline.effective_due = local_date(deadline.due_at)
    deadline.provisional = False


def _set_dates(deadline: Deadline, dates: Dates) -> None:
    deadline.nominal_due, deadline.effective_due, deadline.provisional = dates


def stop_clock(deadline: Deadline, *, on: date, met: bool, by_action: str, at: datetime | None = None) -> None:
    """Stop a clock: `met` by the act it waited for (its lateness is frozen on that day), or become pointless.

    `at` is the moment of the act, where it is known: a limit in hours keeps it. A pause that lasts ends with its clock.
    """
    if deadline.paused_on is not None:
        _end_pause(_lasting(deadline), max(on, deadline.paused_on))
    deadline.ended_on = on
    deadline.ended_at = at if deadline.due_at is not None else None
    deadline.met = met
    deadline.ended_by = by_action


def lapse_window(deadline: Deadline) -> None:
    """End a window whose days are over (期满): it ran until its last day, and nobody is late by it."""
    stop_clock(deadline, on=deadline.effective_due, met=False, by_action=LAPSED)


def last_day(deadline: Deadline) -> date:
    """Return the last day of a window: of one that lapsed by the calendar as it is loaded now, never an earlier one."""
    if deadline.ended_by != LAPSED:
        return deadline.effective_due
    return dates_after(LimitKind(deadline.kind), deadline.effective_due, term_of(deadline)).effective


def extend_clock(deadline: Deadline, days: int, *, on: date) -> None:
    """Move a clock by an approved extension (延期), once and within the lawful number of days.

    Raises DomainError beyond it.
    """
    _check_extension(deadline, days, on=on)
    deadline.extension_days = days
    _revise(deadline, on)
    _set_dates(deadline, dates_after(LimitKind(deadline.kind), deadline.effective_due, term_of(deadline)))


def _check_extension(deadline: Deadline, days: int, *, on: date) -> None:
    """Raise DomainError where a clock was extended before, or for more days than the law allows."""
    limit = LIMITS[LimitKind(deadline.kind)]
    if deadline.extension_days:
        raise DomainError(f"办理期限只能延长一次，本件已经延长过（{cited(P.T34, on=on)}）。", field="days")
    if not 1 <= days <= limit.extendable_days:
        raise DomainError(f"延长期限为 1 至 {limit.extendable_days} 日（{cited(P.T34, on=on)}）。", field="days")


def claim(clock: Deadline, *, on: date, at: datetime) -> None:
    """Let a clock run on although its act was entered, with the day on which that is said to have been done."""
    clock.claimed_on, clock.claimed_at, clock.claimed_days, clock.claim_upheld = on, at, None, None


def claim_extension(clock: Deadline, days: int, *, at: datetime, today: date) -> None:
    """Keep an extension that was entered after the last day; nothing moves yet. Raises DomainError beyond the law."""
    _check_extension(clock, days, on=today)
    clock.claimed_at, clock.claimed_days, clock.claim_upheld = at, days, None


def decide_claim(clock: Deadline, *, upheld: bool, by_action: str, today: date) -> None:
    """Decide on what was entered late; its clock ends on the day of the act, or on that of its entry.

    An extension moves its clock, or nothing. Raises ValueError where nothing waits.
    """
    if clock.claimed_at is None or not waits(clock):
        raise ValueError(f"nothing waits to be confirmed for {clock.kind}")
    if clock.claimed_days is not None:
        if upheld:
            extend_clock(clock, clock.claimed_days, on=today)
    else:
        on = clock.claimed_on if upheld and clock.claimed_on else local_date(clock.claimed_at)
        stop_clock(clock, on=on, at=None if upheld else clock.claimed_at, met=True, by_action=by_action)
    clock.claim_upheld = upheld


def _revise(deadline: Deadline, on: date) -> None:
    deadline.revision += 1
    deadline.revised_on = deadline.look_on = on


def begin_on(deadline: Deadline, day: date, *, today: date) -> None:
    """Count a clock from another day, because the first was entered wrongly (更正起算之日); its length stays.

    Of what the petitioner was told nothing is taken away where it is a right; a duty is owed when the law says.
    """
    before = deadline.effective_due
    deadline.started_on = day
    term = term_of(deadline)
    kept = max(before, term.effective) if not LIMITS[LimitKind(deadline.kind)].duty else term.effective
    if deadline.ended_on is None:
        _revise(deadline, today)
    _set_dates(deadline, Dates(term.nominal, kept, term.provisional))
    if deadline.ended_by == LAPSED:
        _lapse_again(deadline, today)


def end_on(deadline: Deadline, day: date) -> None:
    """Let the act that met a clock stand on another day, because the first was entered wrongly; lateness follows."""
    deadline.ended_on = day


def run_on(deadline: Deadline, *, today: date) -> None:
    """Let a clock run on whose act is taken back (撤销), as if never stopped; a window that is over by now lapses."""
    kind, told = LimitKind(deadline.kind), (deadline.nominal_due, deadline.effective_due)
    deadline.ended_on = deadline.ended_at = deadline.ended_by = deadline.claimed_on = deadline.claimed_at = None
    deadline.met, deadline.claim_upheld, deadline.look_on = False, None, today if LIMITS[kind].duty else None
    _set_dates(deadline, dates_after(kind, deadline.effective_due, term_of(deadline)))
    if told != (deadline.nominal_due, deadline.effective_due):
        _revise(deadline, today)
    if not LIMITS[kind].duty and deadline.effective_due < today:
        lapse_window(deadline)


def pause(deadline: Deadline, first_on: date, *, reason: str, basis: str, today: date) -> DeadlinePause:
    """Let a clock stand still from a day on (期间不计), until it is resumed; return the pause.

    `reason` names the days (听证期间), `basis` the article. While it lasts nobody is late and nothing is raised; a
    clock whose last day was over by then stays as it is. Raises DomainError for what cannot be.
    """
    label = LIMITS[LimitKind(deadline.kind)].label
    if deadline.ended_on is not None:
        raise DomainError(f"“{label}”的期限已于 {long_date(deadline.ended_on)} 停止，不能再暂停。")
    if deadline.paused_on is not None:
        raise DomainError(f"“{label}”已从 {long_date(deadline.paused_on)} 起暂停，恢复以前不能再次暂停。")
    if deadline.unit == Unit.HOUR:
        raise DomainError(f"“{label}”以小时计算，不能暂停。")
    if first_on < deadline.started_on:
        raise DomainError(f"暂停不能早于期限起算的 {long_date(deadline.started_on)}。", field="first_on")
    if first_on > today:
        raise DomainError("暂停从今天或以前的一天起，不能从以后的日期起。", field="first_on")
    row = DeadlinePause(
        deadline=deadline,
        first_on=first_on,
        reason=_told(reason, "暂停的原因", LONGEST_REASON, "reason"),
        basis=_told(basis, "暂停的依据", LONGEST_BASIS, "basis"),
    )
    deadline.paused_on, deadline.look_on = first_on, today if LIMITS[LimitKind(deadline.kind)].duty else None
    db.session.add(row)
    return row


def _told(text: str, what: str, longest: int, field: str) -> str:
    told = text.strip()
    if not 1 <= len(told) <= longest:
        raise DomainError(f"请写明{what}（1 至 {longest} 个字）。", field=field)
    return told


def resume(row: DeadlinePause, on: date, *, today: date) -> None:
    """Let a clock be counted again from a day on (恢复计时): its days are counted afresh without those of the pause.

    Raises DomainError where the pause is over, or where that day lies before it or after today.
    """
    if row.resumed_on is not None:
        raise DomainError(f"这次暂停已于 {long_date(row.resumed_on)} 恢复计时。")
    if on < row.first_on:
        raise DomainError(f"恢复计时不能早于暂停的 {long_date(row.first_on)}。", field="resumed_on")
    if on > today:
        raise DomainError("恢复计时的日期不能晚于今天。", field="resumed_on")
    _end_pause(row, on)
    row.deadline.look_on = today if LIMITS[LimitKind(row.deadline.kind)].duty else None


def leave_out(
    deadline: Deadline, first_on: date, last_on: date, *, reason: str, basis: str, today: date
) -> DeadlinePause:
    """Leave out days that are over from a clock (期间不计), the first and the last included; return the pause.

    A window that lapsed meanwhile opens again where its last day is now still to come. Raises DomainError for what
    cannot be.
    """
    label = LIMITS[LimitKind(deadline.kind)].label
    if deadline.paused_on is not None or deadline.unit == Unit.HOUR:
        raise DomainError(f"“{label}”正在暂停或者以小时计算，不能另行扣除。")
    if first_on < deadline.started_on:
        raise DomainError(f"不能早于期限起算的 {long_date(deadline.started_on)}。", field="first_on")
    if not first_on <= last_on <= today:
        raise DomainError("最后一日应在第一日与今天之间。", field="last_on")
    row = DeadlinePause(
        deadline=deadline,
        first_on=first_on,
        reason=_told(reason, "扣除的原因", LONGEST_REASON, "reason"),
        basis=_told(basis, "扣除的依据", LONGEST_BASIS, "basis"),
    )
    _end_pause(row, last_on + timedelta(days=1), revised_on=today)
    db.session.add(row)
    if deadline.ended_by == LAPSED:
        _lapse_again(deadline, today)
    return row


def _lapse_again(window: Deadline, today: date) -> None:
    """Let a window that lapsed end on its new last day, or run where that is still to come."""
    if window.effective_due >= today:
        window.ended_on = window.ended_by = None
    else:
        window.ended_on = window.effective_due


def _lasting(deadline: Deadline) -> DeadlinePause:
    lasting = (DeadlinePause.deadline_id == deadline.id, DeadlinePause.resumed_on.is_(None))
    return db.session.scalars(select(DeadlinePause).where(*lasting)).one()


def _end_pause(row: DeadlinePause, on: date, *, revised_on: date | None = None) -> None:
    """End a pause and count its clock again; a changed date is a new revision, as after an extension."""
    deadline = row.deadline
    others = [each for each in pauses_of([deadline]).get(deadline.id, ()) if each.resumed is not None]
    pauses = [*others, Pause(row.first_on, on, row.reason, row.basis)]
    before = Dates(deadline.nominal_due, deadline.effective_due, deadline.provisional)
    told = before.effective
    if told > term_of(deadline, pauses=others).effective:
        told = _moved_on(told, row.first_on, others, pauses)
    after = dates_after(LimitKind(deadline.kind), told, term_of(deadline, pauses=pauses))
    row.resumed_on, deadline.paused_on = on, None
    deadline.excluded_days = left_out_days(deadline.started_on, pauses)
    if after[:2] != before[:2]:
        _revise(deadline, revised_on or on)
    _set_dates(deadline, after)


def _moved_on(day: date, first_on: date, others: Pauses, pauses: Pauses) -> date:
    """Return a day that was kept although the count ends earlier, moved on by what a pause takes from it."""
    before = first_on - timedelta(days=1)
    return counted_after(before, counted_days(before, day, others), pauses) if day >= first_on else day
