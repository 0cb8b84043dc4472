"""The timer and the leaders of the demonstration: the last weeks of supervision, one working day after the other."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.jobs.sending import resolve
from tracker.jobs.subjects import SUBJECTS
from tracker.notifications import outbox
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.raising.behaving import behaviour_rungs, raise_behaviour
from tracker.reminders.raising.clocks import raise_due
from tracker.reminders.raising.tick import Tally
from tracker.reminders.runs import holding, weighing
from tracker.reminders.runs import service as runs
from tracker.supervision.papers.instructions import instruct, report
from tracker.supervision.papers.models import Instruction, SupervisionOrder
from tracker.supervision.papers.orders import answer
from tracker.working_days.queries import calendar
from tracker.working_days.rules import add_working_days

DAYS = 28
WORDS = ("请抓紧办理，按期答复。", "请当面听取信访人意见，妥善处理。", "请单位主要负责人专题研究，报告结果。")


def days(now: datetime) -> Iterable[datetime]:
    """Yield the mornings on which the timer of the demonstration ran."""
    today = local_date(now)
    return (at_local(today - timedelta(days=back), 8, 40) for back in range(DAYS, 0, -1))


def run_timer(at: datetime) -> None:
    """Run the timer of one morning and tell people what it found."""
    row, _, last_at = runs.opened(at)
    row.gap_seconds = 0  # one run stands for the quiet minutes before it: no pause to be warned of
    tick, tally = runs.tick_of(SUBJECTS, row, last_at, at), Tally()
    while (done := raise_due(tick)).examined:
        tally.add(done)
    for rung in behaviour_rungs(tick, daily=False) + behaviour_rungs(tick, daily=True):
        tally.add(raise_behaviour(tick, rung))
    holding.let_go(weighing.light_ids(row, at), row.id, now=at)
    runs.closed(SUBJECTS, row.id, tally, at, swept=True)
    for notice_id in outbox.waiting(at):
        outbox.address(notice_id, now=at, resolve=resolve, ways=())


def answer_letters(at: datetime) -> None:
    """Let units answer some of the letters that lie with them (回复督办)."""
    for order in _open_orders(at - timedelta(days=2)):
        clock = db.session.scalar(
            select(Deadline).where(
                Deadline.subject == "order", Deadline.subject_id == order.id, Deadline.met.is_(False)
            )
        )
        if order.id % 3 == 0 and clock is not None and clock.owner is not None and clock.ended_on is None:
            answer(order, by=clock.owner, now=at, reason="已安排专人办理，本周内办结并答复信访人。")


def write_instructions(at: datetime) -> None:
    """Let lead officials answer some of what was escalated to them (批示), and people report on it."""
    today = local_date(at)
    for order in _open_orders(at - timedelta(days=1)):
        given = order.case.assignment
        told = {RungLevel.AMBER.value, RungLevel.RED.value}
        if given is None or given.lead_official is None or given.handler_id is None or order.kind not in told:
            continue
        done = db.session.scalar(select(Instruction.id).where(Instruction.case_id == order.case_id).limit(1))
        if order.id % 2 == 0 and done is None:
            due_on = add_working_days(today, 3, calendar())
            words = WORDS[order.id % len(WORDS)]
            instruct(
                order.case, by=given.lead_official, now=at, reason=words, task_of_id=given.handler_id, due_on=due_on
            )
    waiting = select(Instruction).where(Instruction.done_at.is_(None), Instruction.at < at - timedelta(days=2))
    for row in db.session.scalars(waiting).all():
        if row.id % 2 == 0 and row.task_of is not None:
            report(row, by=row.task_of, now=at, reason="已按批示办理，正在起草处理意见。")


def on_working_days(deed: Callable[[datetime], None]) -> Callable[[datetime], None]:
    """Return a deed of people: on days of rest only the timer works."""
    return lambda at: deed(at) if calendar().is_working(local_date(at)) else None


def _open_orders(issued_before: datetime) -> list[SupervisionOrder]:
    rows = select(SupervisionOrder).where(
        SupervisionOrder.replied_at.is_(None),
        SupervisionOrder.withdrawn_at.is_(None),
        SupervisionOrder.issued_at < issued_before,
    )
    return list(db.session.scalars(rows.order_by(SupervisionOrder.id)))


DEEDS = (run_timer, on_working_days(answer_letters), on_working_days(write_instructions))
