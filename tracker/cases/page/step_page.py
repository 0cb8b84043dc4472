"""The page of one step: may it be taken, what it will do, which clocks it starts and stops, with their dates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tracker.cases.lifecycle.act_days import window_is_over
from tracker.cases.lifecycle.case_file import CaseFile, case_of
from tracker.cases.lifecycle.late_entries import to_check
from tracker.cases.lifecycle.moment import Moment
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.clocks import turn_of
from tracker.cases.lifecycle.rules.lifecycle import DERIVED
from tracker.cases.lifecycle.rules.step_rows import About, Handover, Since, Start, StepRule, Stop
from tracker.cases.lifecycle.step_clocks import applies, lawful_day
from tracker.cases.lifecycle.stepping import lawful_row
from tracker.cases.page.close_out import Item, checked
from tracker.cases.page.head import Head, head
from tracker.cases.page.page import trail
from tracker.cases.page.trail import TrailLine
from tracker.cases.record.models import Case, CaseStep
from tracker.cases.record.rules.codes import LEDGER_STATUS_LABELS, STATUS_LABELS, LedgerStatus, Status
from tracker.cases.record.rules.series import is_closed
from tracker.core.database import db
from tracker.core.dates import long_date, weekday
from tracker.deadlines.claims import is_claimed, needs_proof
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import amount_on, is_counted_by
from tracker.deadlines.queries import limit_words, shown_all
from tracker.deadlines.service import last_day
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.rungs import POST_LABELS
from tracker.statutes.queries import LawLine, cited, law_lines
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Calendar, Unit, due


@dataclass(frozen=True)
class StepPage:
    """What the page of a step shows beside its fields. `opened` is the length of the trail when it was made."""

    file: CaseFile
    head: Head
    row: StepRule
    clocks: tuple[Deadline, ...]
    basis: str
    law: tuple[LawLine, ...]
    change: str
    effects: tuple[str, ...]
    told: str
    points: tuple[str, ...]
    checks: tuple[Item, ...]
    opened: int

    @property
    def case(self) -> Case:
        """The case of the step."""
        return self.file.case

    @property
    def closed(self) -> bool:
        """Whether the browser keeps nothing of the matter: it is no ordinary one, or complains of somebody."""
        return is_closed(self.case.level, shuts_out=bool(self.file.accused))


def step_page(
    case_id: int, action: Action, *, by: User, reader: Reader, today: date, now: datetime | None = None
) -> StepPage:
    """Return the page of a step; raises Forbidden or DomainError with the sentence that says why it cannot be taken."""
    # Not by the trail: what is refused has asked for nothing but what its guards look at.
    file = CaseFile(case_of(case_id), reader)
    case, clocks = file.case, file.at_hand
    row = lawful_row(action, Moment(file, by, today))
    return StepPage(
        file=file,
        head=head(file, shown_all(clocks, today, now=now), today),
        row=row,
        clocks=clocks,
        basis=cited(*row.basis, on=today),
        law=tuple(law_lines(row.basis, today)),
        change=_change(case, row),
        effects=tuple(_effects(file, row, clocks, today)),
        told=_told(case, row),
        points=tuple(point.text for point in case.demand_points),
        checks=tuple(checked(file)) if row.closes_out else (),
        opened=len(file.steps),
    )


def _change(case: Case, row: StepRule) -> str:
    moves = []
    if row.to is not None and row.to != case.status:
        moves.append(f"{STATUS_LABELS[Status(case.status)]} → {STATUS_LABELS[row.to]}")
    if row.ledger_to is not None and row.ledger_to != case.ledger_status:
        moves.append(
            f"{LEDGER_STATUS_LABELS[LedgerStatus(case.ledger_status)]} → {LEDGER_STATUS_LABELS[row.ledger_to]}"
        )
    return "；".join(moves)


def _told(case: Case, row: StepRule) -> str:
    """Return who is told of the step and what they are asked (新的待办); empty where nobody is."""
    if row.tells is None:
        return ""
    posts = row.tells.posts(with_unit=case.assignment is not None or row.hands is Handover.TO_UNIT)
    return f"告知{'、'.join(POST_LABELS[post] for post in posts)}：{row.tells.asked}"


def _effects(file: CaseFile, row: StepRule, clocks: Sequence[Deadline], today: date) -> Iterator[str]:
    """Yield in sentences what becomes of the clocks if the step is taken today."""
    case = file.case
    if row.action is Action.EXTEND:
        yield "“作出处理意见并送达”期限延到所选的日期，不能再次延长"
        if any(clock.kind == LimitKind.FEEDBACK and clock.ended_on is None for clock in clocks):
            yield "“反馈交办结果”的时限不随着延长：不够的，请报信访部门“变更反馈时限”"
    if row.action is Action.CHECK_LATE_ENTRY:
        yield from map(_settling, to_check(file))
    days = calendar()
    for start in _starting(case, row, clocks, today):
        first = case.received_on if start.since is Since.RECEIPT else today
        where = _DECIDED_BY_FORM.get((row.action, start.kind), "")
        yield f"{where}起算“{LIMITS[start.kind].label}”：{end_words(start.kind, first, days)}"
    if row.derives:
        yield from _derived(case, clocks, days)
    if row.resumes:
        labels = "、".join(f"“{LIMITS[kind].label}”" for kind in row.resumes)
        yield f"{labels}从原来的起算日接着计算，如同没有停过；已经届满的异议期不再恢复"
    if row.recounts:
        labels = "、".join(f"“{LIMITS[kind].label}”" for kind in row.recounts)
        yield f"{labels}按所填的日期重新计算，是否逾期重新判断；信访人的期限不会缩短"
    said: set[str] = set()
    turn = turn_of(row, ((LimitKind(each.kind), each.effective_due) for each in clocks if each.ended_on is None))
    for clock in clocks:
        sentence = _ending(row, clock, today, turn)
        if sentence and sentence not in said:
            said.add(sentence)
            yield sentence


def _settling(clock: Deadline) -> str:
    """Return what becomes of a clock whose act was entered late, confirmed or not."""
    either = "认可的，停在办理之日；不予认可的，停在录入之日" if clock.claimed_on else "认可的，延长；不予认可的，不变"
    return f"“{LIMITS[LimitKind(clock.kind)].label}”期限：{either}"


def _derived(case: Case, clocks: Sequence[Deadline], days: Calendar) -> Iterator[str]:
    """Yield what becomes of the clocks of what the matter is, whichever it will be."""
    running = {clock.kind for clock in clocks if clock.ended_on is None}
    for kind, (states, start) in DERIVED.items():
        since = lawful_day(case, start)
        if case.status not in states or since is None or (kind is LimitKind.HANDLING and LimitKind.REDO in running):
            continue
        label, of = f"“{LIMITS[kind].label}”", DERIVED_FOR[kind]
        if kind.value in running:
            yield f"改后不是{of}的，{label}期限不再需要"
        else:
            yield f"改后是{of}的，起算{label}：从 {long_date(since)} 起 {end_words(kind, since, days)}"


# Which matters have a clock of what they are, in words.
DERIVED_FOR = {LimitKind.ACCEPTANCE: "检举控告以外", LimitKind.HANDLING: "按信访程序办理"}


def _starting(case: Case, row: StepRule, clocks: Sequence[Deadline], today: date) -> list[Start]:
    """Return the clocks of the row that exist for the case."""
    at_hand = {clock.kind for clock in clocks}
    return [
        start
        for start in row.starts
        if is_counted_by(start.kind, today)
        and ((row.action, start.kind) in _DECIDED_BY_FORM or applies(case, start, at_hand))
    ]


# A clock of which the form itself decides whether it begins.
_DECIDED_BY_FORM = {(Action.CHANGE_OPINION, LimitKind.CARRYING_OUT): "变更后有支持的诉求的，"}


# Of several clocks of a kind, which one a step ends: that of the thing which its form or its taker names.
_WHICH = {
    About.ASSIGNMENT: "（本单位的）",
    About.ORDER: "（所选的一份）",
    About.INSTRUCTION: "（所选的一条）",
    About.FORWARDING: "（这一次的）",
}


def _ending(row: StepRule, clock: Deadline, today: date, turn: LimitKind | None) -> str:
    """Return what a step makes of a clock at hand; empty where nothing."""
    limit = LIMITS[LimitKind(clock.kind)]
    label = f"“{limit.label}”"
    meets = [stop for stop in row.stops if not stop.in_turn or stop.kind is turn]
    if (stop := _naming(meets, clock)) and not is_claimed(clock):
        if not limit.duty and window_is_over(clock, today):
            return f"{label}的期限已于 {long_date(last_day(clock))} 届满：期内提出的可以补录，须有凭据"
        if needs_proof(clock, clock.effective_due, today):
            return f"{label}{_which(stop)}期限已过：办理之日在期限以内的，补录后继续计算，经本单位以外的人核实才算"
        if stop.on is Since.CARRIED_OUT:
            return f"支持的诉求全部落实的，{label}期限就此停止；没有全部落实的，继续计算"
        if stop.on is Since.SENT:
            return f"{label}期限停在发出之日（邮寄的以邮戳为准，本单位理解）；还没有发出的，继续计算"
        return f"{label}{_which(stop)}期限就此停止，是否逾期以办理之日为准"
    if clock.ended_on is None and (stop := _naming(row.cancels, clock)):
        return f"{label}{_which(stop)}期限不再需要"
    if clock.ended_on is None and _naming(row.supersedes, clock):
        if not limit.duty:
            return f"{label}的期限就此停止：原答复已被新答复代替，期限从新答复送达重新起算"
        return f"发给同一单位、到期未回复的前一份，{label}期限不再需要，以后一份为准"
    return ""


def _naming(stops: Sequence[Stop], clock: Deadline) -> Stop | None:
    return next((each for each in stops if each.kind == clock.kind), None)


def _which(stop: Stop) -> str:
    return _WHICH[stop.about] if stop.about else ""


def end_words(kind: LimitKind, start: date, days: Calendar) -> str:
    """Return when a clock that starts on a day would end: 15 日，至 2026年12月7日 周一."""
    limit, amount = LIMITS[kind], amount_on(kind, start)
    if limit.unit == Unit.FIXED:
        return "至下面指定的日期"
    if limit.unit == Unit.HOUR:
        return f"{limit_words(kind, amount)}，从办理之时算起"
    named = "；下面指定了日期的，到指定的日期" if limit.named else ""
    term = due(start, amount, limit.unit, days, rolls=limit.rolls)
    provisional = "（暂定，该年放假安排尚未录入）" if term.provisional else ""
    return f"{limit_words(kind, amount)}，至 {long_date(term.effective)} {weekday(term.effective)}{provisional}{named}"


def start_words(page: StepPage, day: date) -> str:
    """Return a day, and when the clocks would end that a step starts from it."""
    days = calendar()
    starting = _starting(page.case, page.row, page.clocks, day)
    counted = [each.kind for each in starting if each.since.field and LIMITS[each.kind].unit is not Unit.FIXED]
    ends = [f"{LIMITS[kind].label} {end_words(kind, day, days)}" for kind in counted]
    return "；".join((f"{long_date(day)} {weekday(day)}", *ends))


def lines_since(case: Case, opened: int, *, reader: Reader, today: date) -> tuple[TrailLine, ...]:
    """Return what happened since a page was made when the trail had `opened` lines, newest first."""
    steps = db.session.scalars(
        select(CaseStep).where(CaseStep.case_id == case.id).order_by(CaseStep.id).offset(max(0, opened))
    ).all()
    return trail(steps, CaseFile(case, reader).linked, today)
