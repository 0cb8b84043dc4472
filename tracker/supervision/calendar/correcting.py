"""Correcting rungs that were raised too early (更正): marked, told to the same posts, their letters taken back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Actor, Event
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.stepping import refresh_next_due, system_line
from tracker.cases.record.models import Case, OrderDraft
from tracker.core.clock import local_date
from tracker.core.database import Model, db
from tracker.core.dates import long_date
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import stop_clock
from tracker.notifications.models import Notice
from tracker.notifications.service import announce
from tracker.reminders.ladder.rules.rungs import LEVELS, RungLevel
from tracker.reminders.models import WITHDRAWN, Escalation
from tracker.supervision.calendar.preview import WrongRung
from tracker.supervision.papers.models import SupervisionOrder
from tracker.working_days.queries import calendar
from tracker.working_days.rules import Calendar

TOO_EARLY = "放假安排有变化，发早了，由系统撤回。"


def correct(batch: Sequence[WrongRung], *, by: Actor | None, now: datetime) -> None:
    """Mark rungs as wrong and tell the posts that were told (更正); what was raised stays on the record."""
    days, wrong = calendar(), {each.escalation_id: each for each in batch}
    told = _posts_told(list(wrong))
    orders, drafts = _unanswered_orders(list(wrong)), _unsigned_drafts(list(wrong))
    rows = db.session.scalars(select(Escalation).where(Escalation.id.in_(list(wrong))).order_by(Escalation.id)).all()
    entries = []
    for row in rows:
        row.corrected_at = now
        if not wrong[row.id].moved:
            # The date stays, so the revision does: only a withdrawn rung can be raised again on its right day.
            row.state = WITHDRAWN
        order = orders.get(row.id)
        more = _take_back(order, now) if order else []
        for draft in drafts.get(row.id, ()):
            draft.decided_at, draft.refused_because = now, TOO_EARLY
            more.append(draft)
        more += [_tell(row, wrong[row.id], notice, order, days, now) for notice in told.get(row.id, ())]
        entries.append(audit.LogEntry(row.case_id, {"escalation": row.id, "rung": row.rung}, [row, *more]))
    if entries:
        audit.record_all(Event.RUNG_CORRECTED, entries, by=by, now=now)


def _posts_told(ids: Sequence[int]) -> dict[int, list[Notice]]:
    """Return for each rung its latest notice to each post."""
    notices = select(Notice).where(Notice.source == "rung", Notice.source_id.in_(ids)).order_by(Notice.id)
    found: dict[int, dict[tuple[str | None, int | None], Notice]] = {}
    for notice in db.session.scalars(notices):
        found.setdefault(notice.source_id, {})[(notice.told, notice.user_id)] = notice
    return {id_: list(by_post.values()) for id_, by_post in found.items()}


def _tell(
    row: Escalation, wrong: WrongRung, notice: Notice, order: SupervisionOrder | None, days: Calendar, now: datetime
) -> Notice:
    label, raised_on = LEVELS[RungLevel(row.level)].label, long_date(local_date(row.raised_at))
    paper = f"{order.number}{LEVELS[RungLevel(order.kind)].paper}已经撤回，不用回复。" if order else ""
    again = f":{row.raised_at:%Y%m%d%H%M}" if not wrong.moved else ""
    return announce(
        f"correction:{row.id}{again}:{notice.told or notice.user_id}",
        now=now,
        days=days,
        source="correction",
        source_id=row.id,
        case_id=row.case_id,
        deadline_id=row.deadline_id,
        told=notice.told,
        user_id=notice.user_id,
        heading="更正",
        why=f"放假安排有变化，{raised_on}发出的“{label}”发早了，现予更正：期限是{long_date(wrong.due_on)}。",
        asked=f"请以更正后的期限为准。{paper}",
    )


def _unanswered_orders(ids: Sequence[int]) -> dict[int, SupervisionOrder]:
    rows = db.session.scalars(
        select(SupervisionOrder).where(
            SupervisionOrder.escalation_id.in_(ids),
            SupervisionOrder.replied_at.is_(None),
            SupervisionOrder.withdrawn_at.is_(None),
        )
    )
    return {row.escalation_id or 0: row for row in rows}


def _unsigned_drafts(ids: Sequence[int]) -> dict[int, list[OrderDraft]]:
    rows = select(OrderDraft).where(OrderDraft.escalation_id.in_(ids), OrderDraft.decided_at.is_(None))
    found: dict[int, list[OrderDraft]] = {}
    for row in db.session.scalars(rows.order_by(OrderDraft.id)):
        found.setdefault(row.escalation_id or 0, []).append(row)
    return found


def _take_back(order: SupervisionOrder, now: datetime) -> list[Model]:
    """Withdraw the letter that went out with a wrong rung (撤回), so that nobody is chased for its answer."""
    case = db.session.get_one(Case, order.case_id)
    order.withdrawn_at, order.withdrawn_because = now, TOO_EARLY
    clock = db.session.scalar(
        select(Deadline).where(
            Deadline.subject == "order",
            Deadline.subject_id == order.id,
            Deadline.kind == LimitKind.ORDER_REPLY.value,
            Deadline.ended_on.is_(None),
        )
    )
    if clock is not None:
        stop_clock(clock, on=local_date(now), met=False, by_action=Action.WITHDRAW_ORDER.value)
    said, facts = order.withdrawn_because, {"number": order.number}
    trail = system_line(case.id, case, Action.WITHDRAW_ORDER, at=now, reason=said, facts=facts)
    db.session.add(trail)
    refresh_next_due(case)
    return [order, case, trail, *([clock] if clock is not None else [])]
