"""The printed paper of an order: 催办单, 督办单, 约谈通知书, 通报, 挂牌督办通知书.

It names the case by its number only: no petitioner, nothing of what was petitioned.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date
from tracker.core.errors import NotFound
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.ladder.rules.rungs import LEVELS, RungLevel
from tracker.reminders.models import Escalation
from tracker.reminders.subjects.answers import SubjectWords
from tracker.reminders.subjects.table import Subjects
from tracker.statutes.queries import cited
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.rules.paper_words import BY_LADDER, PAPER_WORDS


@dataclass(frozen=True)
class OrderPaper:
    """One order as it is printed, with the slip for the reply (回执) at its foot."""

    words: SubjectWords
    title: str
    office: str
    number: str
    to: str
    facts: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    issued: str
    withdrawn: str
    reply: str
    replied: str


def order_address(subjects: Subjects, public_id: str, reader: Reader) -> tuple[int, int | None]:
    """Return the order of an address and its case, by id.

    Raises NotFound, also where the reader may not know what it is about.
    """
    found = db.session.execute(
        select(SupervisionOrder.id, SupervisionOrder.case_id).where(
            SupervisionOrder.public_id == public_id, subjects.papers_known_to(SupervisionOrder, reader)
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def order_paper(subjects: Subjects, order_id: int) -> OrderPaper:
    """Return an order ready for print. Two queries; whether the reader may see it has been decided."""
    order, kind, due_now, due_then = db.session.execute(
        select(SupervisionOrder, Deadline.kind, Deadline.effective_due, Escalation.due_on)
        .outerjoin(Deadline, Deadline.id == SupervisionOrder.about_deadline_id)
        .outerjoin(Escalation, Escalation.id == SupervisionOrder.escalation_id)
        .where(SupervisionOrder.id == order_id)
        .options(
            joinedload(SupervisionOrder.office),
            joinedload(SupervisionOrder.department),
            joinedload(SupervisionOrder.issued_by),
            joinedload(SupervisionOrder.replied_by),
        )
    ).one()
    (words,) = subjects.words([Ref(order.subject, order.subject_id)]).values()
    late = _what_is_late(kind, due_then or due_now, local_date(order.issued_at)) if kind else ()
    level, reply_by = RungLevel(order.kind), long_date(order.reply_by)
    return OrderPaper(
        words=words,
        title=LEVELS[level].paper,
        office=order.office.name,
        number=order.number,
        to=PAPER_WORDS[level].to.format(unit=order.department.name),
        facts=(
            ("信访事项编号", words.number),
            *late,
            ("回复期限", reply_by),
            ("签发", order.issued_by.name if order.issued_by else BY_LADDER),
        ),
        paragraphs=(
            f"{PAPER_WORDS[level].whose}办理的信访事项（编号 {words.number}），{PAPER_WORDS[level].opens}",
            *(line for line in order.text.splitlines() if line.strip()),
            PAPER_WORDS[level].asks.format(day=reply_by),
        ),
        issued=long_date(local_date(order.issued_at)),
        withdrawn=_withdrawn(order),
        reply=order.reply or "",
        replied=_replied(order),
    )


def _what_is_late(kind: str, due_on: date, issued_on: date) -> tuple[tuple[str, str], ...]:
    """Return which limit the order is about, its date as it stood, and how late that was when it was issued."""
    late = (issued_on - due_on).days
    state = f"已逾期 {late} 天" if late > 0 else "当日到期" if late == 0 else f"距到期 {-late} 天"
    limit = LIMITS[LimitKind(kind)]
    basis = cited(*limit.basis, on=issued_on, titles=True)
    return ("督办事项", f"{limit.label}；依据：{basis}"), ("期限", f"{long_date(due_on)}，至发出之日{state}")


def _withdrawn(order: SupervisionOrder) -> str:
    if order.withdrawn_at is None:
        return ""
    return f"本单已于{long_date(local_date(order.withdrawn_at))}撤回：{order.withdrawn_because}"


def _replied(order: SupervisionOrder) -> str:
    if order.replied_at is None:
        return ""
    return f"{order.replied_by.name if order.replied_by else ''}　{long_date(local_date(order.replied_at))}"
