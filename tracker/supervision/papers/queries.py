"""Orders and instructions of one case that still wait, and whose they are to answer (待回复的督办、批示)."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from tracker.cases.lifecycle.order_drafts import signers
from tracker.cases.lifecycle.positions import position_of
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.record.models import Case, OrderDraft
from tracker.cases.record.models.drafted import still_waits
from tracker.core import clock
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader, Role
from tracker.supervision.papers import instructions, orders
from tracker.supervision.papers.models import Instruction, SupervisionOrder


def open_orders(case_id: int) -> list[SupervisionOrder]:
    """Return the orders of a case whose clock runs (未回复的催办、督办), oldest first."""
    both = joinedload(SupervisionOrder.department), joinedload(SupervisionOrder.issued_by)
    return list(db.session.scalars(_running(SupervisionOrder, orders.SUBJECT, case_id).options(*both)))


def waiting_drafts(case_id: int) -> list[OrderDraft]:
    """Return the papers of a case that wait for their signer (待签发), oldest first."""
    both = joinedload(OrderDraft.department), joinedload(OrderDraft.drafted_by)
    waits = (OrderDraft.case_id == case_id, still_waits())
    return list(db.session.scalars(select(OrderDraft).where(*waits).order_by(OrderDraft.id).options(*both)))


def drafts_to_sign(case: Case, reader: Reader) -> list[OrderDraft]:
    """Return those of a case that wait for a signature of this person."""
    held, today = stations(reader, position_of(case)), clock.today()
    return [draft for draft in waiting_drafts(case.id) if signers(draft, today) & held]


def open_instructions(case_id: int) -> list[Instruction]:
    """Return the instructions of a case that nobody has reported on (未报告落实的批示), oldest first."""
    both = joinedload(Instruction.by), joinedload(Instruction.task_of)
    return list(db.session.scalars(_running(Instruction, instructions.SUBJECT, case_id).options(*both)))


def _running(model: Any, subject: str, case_id: int) -> Select[Any]:
    clocks = select(Deadline.subject_id).where(
        Deadline.case_id == case_id, Deadline.subject == subject, Deadline.ended_on.is_(None)
    )
    return select(model).where(model.case_id == case_id, model.id.in_(clocks)).order_by(model.id)


def may_answer(order: SupervisionOrder, reader: Reader) -> bool:
    """Return whether an order is this person's unit's to answer."""
    return orders.answering_department(order) in reader.chain_ids


def may_report(instruction: Instruction, reader: Reader, owner_department_id: int | None) -> bool:
    """Return whether an instruction is this person's to report on: the person named, or the head of their unit."""
    heads = {post.department_id for post in reader.posts if post.role is Role.DEPARTMENT_HEAD}
    return instruction.task_of_id == reader.user_id or owner_department_id in heads


def instructions_to_report(case_id: int, reader: Reader) -> list[Instruction]:
    """Return the open instructions of a case that this person reports on."""
    rows = select(Deadline.subject_id, Deadline.owner_department_id).where(
        Deadline.case_id == case_id, Deadline.subject == instructions.SUBJECT, Deadline.ended_on.is_(None)
    )
    owners = {row.subject_id: row.owner_department_id for row in db.session.execute(rows)}
    return [each for each in open_instructions(case_id) if may_report(each, reader, owners.get(each.id))]


def last_instructions(case_ids: Collection[int], leader_id: int) -> dict[int, tuple[date, str]]:
    """Return day and words of a leader's last instruction (批示) about each of some matters, which may be shown."""
    asked = select(Instruction).where(Instruction.case_id.in_(case_ids), Instruction.by_id == leader_id)
    rows = db.session.scalars(asked.order_by(Instruction.at, Instruction.id))
    return {row.case_id: (local_date(row.at), row.text) for row in rows if row.case_id is not None}
