"""督办 on the page of a case: how far it went, the papers, the instructions, the rungs that were reached."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased, joinedload

from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.step_rows import About
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.page.trail import when
from tracker.cases.subject.case import CASES
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date, month_day
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.moments import BEHAVIOUR_LABELS
from tracker.reminders.ladder.rules.rungs import LADDER, LEVELS, RungLevel, heading
from tracker.reminders.models import DRAFTED, RAISED, WITHDRAWN, Escalation
from tracker.supervision.overview.who_knew import ToldCount, told_count
from tracker.supervision.papers import instructions, orders
from tracker.supervision.papers.models import Instruction, SupervisionOrder
from tracker.supervision.papers.queries import may_answer, may_report
from tracker.supervision.papers.rules.paper_words import BY_LADDER
from tracker.supervision.papers.rules.track import OrderState, track, track_words

WAITS = "待回复"
# Of a long history this many stand in front; what waits for a reply always does.
IN_FRONT = 3
_BEHAVIOUR_WORDS = {rung.code: BEHAVIOUR_LABELS[rung.behaviour] for rung in LADDER if rung.behaviour}


@dataclass(frozen=True)
class ShownOrder:
    """One 催办单 or 督办单, ready for the page; `due` is None once it was withdrawn."""

    public_id: str
    number: str
    paper: str
    lamp: str
    unit: str
    issuer: str
    issued: str
    text: str
    due: ShownClock | None
    state: str
    reply: str
    replied: str
    withdrawn: str
    may_answer: bool
    may_withdraw: bool


@dataclass(frozen=True)
class ShownInstruction:
    """One 批示, ready for the page; without a task it only was read."""

    leader: str
    when: str
    text: str
    task_of: str
    due: ShownClock | None
    report: str
    reported: str
    may_report: bool


@dataclass(frozen=True)
class ShownRung:
    """One rung that was reached: on which day, when it was noticed, what became of it."""

    level: str
    lamp: str
    about: str
    day: str
    notes: tuple[str, ...]
    told: bool


@dataclass(frozen=True)
class CaseSheet:
    """Everything the section 督办 shows. `offers` are the acts of supervision that the reader may take."""

    track: str
    lamp: str
    orders: tuple[ShownOrder, ...]
    past_orders: tuple[ShownOrder, ...]
    instructions: tuple[ShownInstruction, ...]
    raised: tuple[ShownRung, ...]
    earlier: tuple[ShownRung, ...]
    recorded: tuple[ShownRung, ...]
    told: ToldCount | None
    offers: frozenset[str]

    @property
    def count(self) -> int:
        """How many papers and instructions there are."""
        return len(self.orders) + len(self.past_orders) + len(self.instructions)


@dataclass(frozen=True)
class SheetReader:
    """Who looks at the section: their posts, the acts they may take, whether they are shown who knew, and the day."""

    reader: Reader
    offers: frozenset[str]
    knows: bool
    today: date


def case_sheet(case_id: int, clocks: Collection[ShownClock], asking: SheetReader) -> CaseSheet:
    """Return the supervision of a case. Three queries, one more where somebody is shown who was told.

    `clocks` are all clocks of the case as its page shows them: they are not read again. Without a clock for a reply
    there never was an order.
    """
    by_id = {clock.id: clock for clock in clocks}
    has_orders = any(clock.kind is LimitKind.ORDER_REPLY for clock in clocks)
    papers = _orders(case_id) if has_orders else []
    level = track(_paper(order, own, about) for order, own, about in papers)
    shown = [_shown_order(order, own, by_id, asking) for order, own, _about in papers]
    in_front = shown if len(shown) <= IN_FRONT else [order for order in shown if order.state == WAITS]
    rungs = list(_rungs(case_id, asking.reader, [order for order, _own, _about in papers]))
    raised = [rung for rung in rungs if rung.told]
    return CaseSheet(
        track=track_words(level),
        lamp=LEVELS[level].lamp if level else "grey",
        orders=tuple(in_front),
        past_orders=tuple(order for order in shown if order not in in_front),
        instructions=tuple(_shown_instruction(row, own, by_id, asking) for row, own in _instructions(case_id)),
        raised=tuple(raised[:IN_FRONT]),
        earlier=tuple(raised[IN_FRONT:]),
        recorded=tuple(rung for rung in rungs if not rung.told),
        told=told_count(case_id, asking.reader) if asking.knows else None,
        offers=asking.offers & OFFERED,
    )


# The acts that issue a paper to be answered (催办、督办、批示): what they start is about that paper.
OFFERED = frozenset(
    row.action.value for row in STEPS if any(start.about in (About.ORDER, About.INSTRUCTION) for start in row.starts)
)
_Own, _About = aliased(Deadline), aliased(Deadline)


def _orders(case_id: int) -> list[Any]:
    """Return the orders of a case with their own clocks and those they are about, the latest first."""
    own = and_(_Own.subject == orders.SUBJECT, _Own.subject_id == SupervisionOrder.id)
    rows = (
        select(SupervisionOrder, _Own, _About)
        .outerjoin(_Own, own)
        .outerjoin(_About, _About.id == SupervisionOrder.about_deadline_id)
        .where(SupervisionOrder.case_id == case_id)
        .order_by(SupervisionOrder.id.desc())
        .options(
            joinedload(SupervisionOrder.department),
            joinedload(SupervisionOrder.issued_by),
            joinedload(SupervisionOrder.replied_by),
        )
    )
    return list(db.session.execute(rows))


def _paper(order: SupervisionOrder, own: Deadline | None, about: Deadline | None) -> OrderState:
    """Return what of an order decides the track; one whose reply nobody waits for any more is cured too."""
    cause = about if order.about_deadline_id else own
    cured = bool(order.replied_at) if cause is None else cause.ended_on is not None
    return OrderState(RungLevel(order.kind), withdrawn=order.withdrawn_at is not None, cured=cured)


def _shown_order(
    order: SupervisionOrder, own: Deadline | None, clocks: dict[int, ShownClock], asking: SheetReader
) -> ShownOrder:
    form, year = LEVELS[RungLevel(order.kind)], asking.today.year
    waits = own is not None and own.ended_on is None
    return ShownOrder(
        public_id=order.public_id,
        number=order.number,
        paper=form.paper,
        lamp=form.lamp,
        unit=order.department.short_name,
        issuer=order.issued_by.name if order.issued_by else BY_LADDER,
        issued=when(order.issued_at, year),
        text=order.text,
        due=clocks.get(own.id) if own is not None and not order.withdrawn_at else None,
        state=_state(order, own, waits),
        reply=order.reply or "",
        replied=_signed(order.replied_at, order.replied_by, year),
        withdrawn=f"{when(order.withdrawn_at, year)} 撤回：{order.withdrawn_because}" if order.withdrawn_at else "",
        may_answer=waits and Action.ANSWER_ORDER.value in asking.offers and may_answer(order, asking.reader),
        may_withdraw=waits and Action.WITHDRAW_ORDER.value in asking.offers,
    )


def _state(order: SupervisionOrder, own: Deadline | None, waits: bool) -> str:
    if order.withdrawn_at:
        return "已撤回"
    if order.replied_at:
        return "已回复"
    return WAITS if waits else orders.unanswered_words(own)


def _signed(at: Any, by: Any, year: int) -> str:
    return f"{when(at, year)} {by.name if by else ''}".strip() if at else ""


def _instructions(case_id: int) -> list[Any]:
    """Return the instructions of a case with their clocks, the latest first."""
    own = and_(_Own.subject == instructions.SUBJECT, _Own.subject_id == Instruction.id)
    rows = (
        select(Instruction, _Own)
        .outerjoin(_Own, own)
        .where(Instruction.case_id == case_id)
        .order_by(Instruction.id.desc())
        .options(joinedload(Instruction.by), joinedload(Instruction.task_of), joinedload(Instruction.done_by))
    )
    return list(db.session.execute(rows))


def _shown_instruction(
    row: Instruction, own: Deadline | None, clocks: dict[int, ShownClock], asking: SheetReader
) -> ShownInstruction:
    waits = own is not None and own.ended_on is None and Action.REPORT_INSTRUCTION.value in asking.offers
    return ShownInstruction(
        leader=row.by.name,
        when=when(row.at, asking.today.year),
        text=row.text,
        task_of=row.task_of.name if row.task_of else "",
        due=clocks.get(own.id) if own is not None else None,
        report=row.report or "",
        reported=_signed(row.done_at, row.done_by, asking.today.year),
        may_report=waits and may_report(row, asking.reader, own.owner_department_id if own else None),
    )


def _rungs(case_id: int, reader: Reader, orders: Sequence[SupervisionOrder]) -> Iterable[ShownRung]:
    """Return the rungs that were reached, the latest first; beside each the clock as it stands now.

    One that people were told is called as its notice was: by its paper, or by what it proposes. `orders` are those of
    the case.
    """
    numbers, with_paper = {order.id: order.number for order in orders}, {order.escalation_id for order in orders}
    clock = (Deadline.kind, Deadline.revision, Deadline.effective_due, Deadline.subject_id)
    rows = (
        select(Escalation, *clock)
        .outerjoin(Deadline, Deadline.id == Escalation.deadline_id)
        .where(Escalation.case_id == case_id, CASES.not_shut_out(reader))
        .order_by(Escalation.reached_on.desc(), Escalation.id.desc())
    )
    for row, kind, revision, due_on, subject_id in db.session.execute(rows):
        level, told = RungLevel(row.level), row.state == RAISED
        yield ShownRung(
            level=heading(level, paper=not told or row.id in with_paper),
            lamp=LEVELS[level].lamp,
            about=_about_words(kind, numbers.get(subject_id, "")) if kind else _BEHAVIOUR_WORDS.get(row.rung, ""),
            day=f"{month_day(row.reached_on)}{_distance(row) if kind else ''}",
            notes=tuple(_notes(row, due_on if revision is not None and revision > row.revision else None)),
            told=told,
        )


def _about_words(kind: str, number: str) -> str:
    label = LIMITS[LimitKind(kind)].label
    return f"{label} {number}".strip() if kind == LimitKind.ORDER_REPLY else label


def _distance(row: Escalation) -> str:
    """Return where a rung's day lies from the date as it stood: （到期前 3 天）、（到期当天）、（逾期第 5 天）."""
    if row.due_on is None:
        return ""
    days = (row.reached_on - row.due_on).days
    return f"（到期前 {-days} 天）" if days < 0 else f"（逾期第 {days} 天）" if days else "（到期当天）"


def _notes(row: Escalation, moved_to: date | None) -> Iterable[str]:
    """Return what became of a rung: late, only recorded, withdrawn, superseded by another date."""
    if row.late:
        yield f"补发，{month_day(local_date(row.raised_at))}补发"
    if row.state == WITHDRAWN:
        yield "误发，已撤销"
    elif row.state == DRAFTED:
        yield "拟稿待签发"
    elif row.state != RAISED:
        yield f"只作记录：{row.skipped_because}" if row.skipped_because else "只作记录"
    if moved_to is not None:
        yield f"期限已改为{long_date(moved_to)}"
    if row.corrected_at is not None:
        yield "已发更正通知"
