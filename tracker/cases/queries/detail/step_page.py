"""The page of one step: may it be taken, what it will do, which clocks it starts and stops, with their dates."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tracker.cases.models import Case, CaseStep
from tracker.cases.queries import facts
from tracker.cases.queries.detail.case_file import case_of, cases_below, linked_cases, steps_of
from tracker.cases.queries.detail.close_out import Item, checked
from tracker.cases.queries.detail.head import Head, head
from tracker.cases.queries.detail.page import trail
from tracker.cases.queries.detail.trail import TrailLine
from tracker.cases.rules.actions import Action
from tracker.cases.rules.close_out import checklist
from tracker.cases.rules.codes import LEDGER_STATUS_LABELS, STATUS_LABELS, LedgerStatus, Status
from tracker.cases.rules.steps import Step, clock_applies
from tracker.cases.service.guards import Moment
from tracker.cases.service.stepping import lawful_row
from tracker.core.database import db
from tracker.core.dates import long_date, weekday
from tracker.deadlines.limits import FIXED, LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import at_hand, limit_words, shown_all
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Calendar, Unit, due

# Acts of the close-out: their page shows the checklist.
CLOSE_OUT = frozenset(
    {
        *(Action.CONFIRM_FILE, Action.APPLY_CLOSE_OUT, Action.CONFIRM_CLOSE_OUT, Action.CHECK_CLOSE_OUT),
        *(Action.SIGN_CLOSE_OUT, Action.RETURN_CLOSE_OUT, Action.CALL_BACK),
    }
)


@dataclass(frozen=True)
class StepPage:
    """What the page of a step shows beside its fields. `opened` is the length of the trail when it was made."""

    case: Case
    head: Head
    row: Step
    clocks: tuple[Deadline, ...]
    change: str
    effects: tuple[str, ...]
    points: tuple[str, ...]
    checks: tuple[Item, ...]
    opened: int


def step_page(case_id: int, action: Action, *, by: User, reader: Reader, today: date) -> StepPage:
    """Return the page of a step; raises Forbidden or DomainError with the sentence that says why it cannot be taken."""
    case = case_of(case_id)
    clocks = tuple(at_hand(case_id, case.round))
    row = lawful_row(case, action, reader, Moment(case, by, today, clocks))
    steps = steps_of(case_id)
    return StepPage(
        case=case,
        head=head(case, shown_all(clocks, today), steps, linked_cases(case, reader, cases_below(case.id)), today),
        row=row,
        clocks=clocks,
        change=_change(case, row),
        effects=tuple(_effects(case, row, clocks, today)),
        points=tuple(point.text for point in case.demand_points),
        checks=tuple(checked(checklist(facts.close_out_facts(case)))) if action in CLOSE_OUT else (),
        opened=len(steps),
    )


def _change(case: Case, row: Step) -> str:
    moves = []
    if row.to is not None and row.to != case.status:
        moves.append(f"{STATUS_LABELS[Status(case.status)]} → {STATUS_LABELS[row.to]}")
    if row.ledger_to is not None and row.ledger_to != case.ledger_status:
        moves.append(
            f"{LEDGER_STATUS_LABELS[LedgerStatus(case.ledger_status)]} → {LEDGER_STATUS_LABELS[row.ledger_to]}"
        )
    return "；".join(moves)


def _effects(case: Case, row: Step, clocks: Sequence[Deadline], today: date) -> Iterator[str]:
    """Yield in sentences what becomes of the clocks if the step is taken today."""
    if row.action is Action.EXTEND:
        yield "“作出处理意见并送达”期限延到所选的日期，不能再次延长"
    days = calendar()
    for kind in row.starts:
        if _applies(case, kind, clocks):
            yield f"起算“{LIMITS[kind].label}”：{end_words(kind, _first_day(case, row, kind, today), days)}"
    for clock in clocks:
        label = LIMITS[LimitKind(clock.kind)].label
        if clock.kind in row.stops:
            yield f"“{label}”期限就此停止，是否逾期以办理之日为准"
        elif clock.kind in row.cancels and clock.ended_on is None:
            yield f"“{label}”期限不再需要"


def _first_day(case: Case, row: Step, kind: LimitKind, today: date) -> date:
    """Return from which day a clock counts: the office's own 15 days never begin anew (条例第二十二条)."""
    comes_back = row.action in (Action.UPHOLD_OBJECTION, Action.UNDO_MERGE)
    return case.received_on if comes_back and kind is LimitKind.OFFICE_REFERRAL else today


def _applies(case: Case, kind: LimitKind, clocks: Iterable[Deadline]) -> bool:
    return clock_applies(
        kind,
        matter_class=case.matter_class,
        route=case.route,
        vote_buying=case.vote_buying,
        anonymous=case.anonymous,
        reviewing=kind if _BEFORE.get(kind) in {clock.kind for clock in clocks} else None,
    )


# The ladder of review: which clock must run for the next one to begin (条例第三十五条、第三十六条).
_BEFORE = {
    LimitKind.REVIEW: LimitKind.REVIEW_WINDOW,
    LimitKind.RE_EXAMINATION_WINDOW: LimitKind.REVIEW,
    LimitKind.RE_EXAMINATION: LimitKind.RE_EXAMINATION_WINDOW,
}


def end_words(kind: LimitKind, start: date, days: Calendar) -> str:
    """Return when a clock that starts on a day would end: 15 日，至 2026年12月7日 周一."""
    limit = LIMITS[kind]
    if limit.unit == FIXED:
        return "至下面指定的日期"
    term = due(start, limit.amount, Unit(limit.unit), days, rolls=limit.rolls)
    provisional = "（暂定，该年放假安排尚未录入）" if term.provisional else ""
    return f"{limit_words(kind)}，至 {long_date(term.effective)} {weekday(term.effective)}{provisional}"


def start_words(page: StepPage, day: date) -> str:
    """Return a day, and when the clocks would end that a step starts from it."""
    days = calendar()
    counted = [k for k in page.row.starts if LIMITS[k].unit != FIXED and _applies(page.case, k, page.clocks)]
    ends = [f"{LIMITS[kind].label} {end_words(kind, day, days)}" for kind in counted]
    return "；".join((f"{long_date(day)} {weekday(day)}", *ends))


def lines_since(case: Case, opened: int, *, reader: Reader, today: date) -> tuple[TrailLine, ...]:
    """Return what happened since a page was made when the trail had `opened` lines, newest first."""
    steps = db.session.scalars(
        select(CaseStep).where(CaseStep.case_id == case.id).order_by(CaseStep.id).offset(max(0, opened))
    ).all()
    return trail(steps, linked_cases(case, reader, cases_below(case.id)), today)
