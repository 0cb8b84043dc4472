"""Papers that somebody else must sign (拟稿、签发): drafted, told to the signer, signed and numbered, or refused."""

from datetime import date, datetime
from typing import Any

from tracker.cases.access.named_readers import add_named_reader, unconcerned
from tracker.cases.lifecycle.order_drafts import signers
from tracker.cases.lifecycle.positions import position_of
from tracker.cases.lifecycle.rules.actions import Action, Station
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.lifecycle.stepping import taking
from tracker.cases.record.models import Case, OrderDraft
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.notifications.service import announce
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Role
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules.rungs import (
    ANSWERING,
    DRAFT_SIGNER,
    LEVELS,
    SIGN_ASKED,
    TO_SIGN,
    Recipient,
    RungLevel,
)
from tracker.reminders.ladder.rules.wording import why_clock
from tracker.reminders.models import RAISED, RUNG, SKIPPED, Escalation
from tracker.reminders.subjects.answers import Wanted
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.orders import about, action_of, addressed, check_reply_day, held_by, issue, issued_by
from tracker.supervision.papers.rules.signing import LED, SIGNER, may_sign, signer_words
from tracker.working_days.queries import calendar

UNIT_POSTS = frozenset({Recipient.OWNER, Recipient.UNIT_HEAD})
UNSIGNED = "不签发"


def draft(
    case: Case,
    *,
    by: User,
    now: datetime,
    level: RungLevel,
    reason: str,
    reply_by: date | None,
    department_id: int | None = None,
    asked_id: int | None = None,
    version: int | None = None,
) -> OrderDraft:
    """Draft a paper that somebody else must sign (拟稿送签); it is told to its signer and asks nothing of a unit yet.

    `asked_id` is the main leader who is asked; the one there is, where it is not named. Who is asked may look, whatever
    the level of the case. Raises DomainError where a reply day or the leader is missing, or the same paper waits.
    """
    with taking(case, action_of(level), by=by, now=now, version=version, reason=reason) as step:
        check_reply_day(step, reply_by)
        department = addressed(step, level, department_id)
        if any(each.department_id == department.id for each in step.file.waiting_orders):
            raise DomainError(f"给{department.short_name}的一份拟稿还没有签发，请先签发或者收回。")
        asked = _asked(step, asked_id) if level in LED else None
        row = OrderDraft(
            kind=level.value,
            **about(step.case.id),
            office_id=step.case.office_id,
            department_id=department.id,
            text=step.reason or "",
            reply_by=reply_by,
            drafted_at=now,
            drafted_by_id=by.id,
            signer=SIGNER[level].value,
            asked_id=asked.id if asked else None,
        )
        db.session.add(row)
        db.session.flush()
        words = signer_words(SIGNER[level], asked.name if asked else "")
        step.facts.update(paper=LEVELS[level].paper, department=department.name, signer=words)
        if asked is not None and case.level != Confidentiality.ORDINARY:
            add_named_reader(case, asked.id, because="签发督办文书", by=by, now=now)
        _tell_signer(row, now)
        return row


def supervise(case: Case, *, level: RungLevel, asked_id: int | None = None, **given: Any) -> None:
    """Issue a paper that the person may sign, draft any other. Raises what `issue` and `draft` raise."""
    by, now = given["by"], given["now"]
    held = stations(reader_for(by, local_date(now)), position_of(case))
    if may_sign(SIGNER[level], held):
        issue(case, level=level, **given)
    else:
        draft(case, level=level, asked_id=asked_id, **given)


def drafted_by_ladder(wanted: Wanted, now: datetime) -> OrderDraft:
    """Return the draft of a letter that the ladder wants and a person signs."""
    return OrderDraft(
        kind=wanted.rung.level.value,
        subject=wanted.about.kind,
        subject_id=wanted.about.id,
        case_id=wanted.escalation.case_id,
        escalation_id=wanted.escalation.id,
        about_deadline_id=wanted.deadline_id,
        office_id=wanted.free.office_id,
        department_id=wanted.department_id,
        text=wanted.text,
        reply_by=wanted.reply_by,
        drafted_at=now,
        signer=SIGNER[wanted.rung.level].value,
    )


def sign(
    row: OrderDraft, *, by: User, now: datetime, reply_by: date | None = None, version: int | None = None
) -> SupervisionOrder:
    """Sign a paper that was drafted (签发): it gets its number and its clock, and goes out today.

    `reply_by` is the day of reply as the signer sets it, the drafted one where none is given. Raises DomainError where
    that day is over, or the unit still has time to answer the last paper; Forbidden for who is not its signer.
    """
    with taking(row.case, Action.SIGN_ORDER, by=by, now=now, version=version) as step:
        _refuse_decided(row)
        if not signers(row, step.today) & held_by(step):
            raise Forbidden(f"应由{signer_words(Station(row.signer))}签发。")
        reply_by = reply_by or row.reply_by
        check_reply_day(step, reply_by)
        links = {"escalation_id": row.escalation_id, "about_deadline_id": row.about_deadline_id}
        order = issued_by(step, RungLevel(row.kind), row.department, text=row.text, reply_by=reply_by, **links)
        row.decided_at, row.decided_by_id, row.order_id = now, by.id, order.id
        if row.escalation_id is not None:
            _raise(row, order, now)
        return order


def _raise(row: OrderDraft, order: SupervisionOrder, now: datetime) -> None:
    """Spend the rung whose letter was signed: whom it names are told, the unit apart, which has the letter itself."""
    escalation = db.session.get_one(Escalation, row.escalation_id)
    escalation.state, escalation.raised_at = RAISED, now
    rung = next((each for each in current().rungs if each.code == escalation.rung), None)
    clock = row.about_deadline
    if rung is None or clock is None:
        return
    for post in rung.told:
        if post not in UNIT_POSTS:
            announce(
                f"rung:{escalation.id}:signed:{post.value}",
                now=now,
                days=calendar(),
                source=RUNG,
                source_id=escalation.id,
                case_id=row.case_id,
                deadline_id=clock.id,
                told=post.value,
                heading=LEVELS[RungLevel(row.kind)].label,
                why=why_clock(LimitKind(clock.kind), clock.effective_due, local_date(now)),
                asked=rung.asked,
                reply_by=order.reply_by,
                at_once=rung.at_once,
                awaits_answer=post in ANSWERING,
            )


def refuse(row: OrderDraft, *, by: User, now: datetime, reason: str, version: int | None = None) -> None:
    """Refuse to sign a draft, or take one's own back (不签发、收回拟稿); it stays on the record. Raises Forbidden."""
    with taking(row.case, Action.REFUSE_ORDER, by=by, now=now, version=version, reason=reason) as step:
        _refuse_decided(row)
        if by.id != row.drafted_by_id and not signers(row, step.today) & held_by(step):
            raise Forbidden(f"应由{signer_words(Station(row.signer))}或者拟稿人办理。")
        row.decided_at, row.decided_by_id, row.refused_because = now, by.id, step.reason
        if row.escalation_id is not None:
            escalation = db.session.get_one(Escalation, row.escalation_id)
            escalation.state, escalation.skipped_because = SKIPPED, UNSIGNED
        step.facts.update(paper=LEVELS[RungLevel(row.kind)].paper, department=row.department.name)
        if row.drafted_by_id not in (None, by.id):
            _tell(row, f"order-draft:{row.id}:refused", now, {"user_id": row.drafted_by_id}, "未签发", "请看理由。")


def _asked(step: Taking, asked_id: int | None) -> User:
    """Return the main leader who is asked to sign: the named one, or the only one there is."""
    leaders = unconcerned(Role.PRINCIPAL_LEADER, step.case, step.today)
    if asked_id is None and len(leaders) == 1:
        return leaders[0]
    found = next((each for each in leaders if each.id == asked_id), None)
    if found is None:
        raise DomainError("请选择送哪一位主要领导签发（与本件有关的除外）。", field="asked")
    return found


def _refuse_decided(row: OrderDraft) -> None:
    if row.decided_at is not None:
        raise DomainError("这份拟稿已经签发、不签发或者收回。")
    if not row.waits:
        raise DomainError("这份拟稿催办的期限已经停止计算，不用再签发。")


def _tell_signer(row: OrderDraft, now: datetime) -> None:
    to = {"user_id": row.asked_id} if row.asked_id else {"told": DRAFT_SIGNER.value}
    _tell(row, f"order-draft:{row.id}", now, to, TO_SIGN, SIGN_ASKED)


def _tell(row: OrderDraft, key: str, now: datetime, to: dict[str, Any], heading: str, asked: str) -> None:
    announce(
        key,
        now=now,
        days=calendar(),
        source="order_draft",
        source_id=row.id,
        case_id=row.case_id,
        **to,
        heading=heading,
        why=f"{LEVELS[RungLevel(row.kind)].paper}（拟发{row.department.short_name}）{heading}。",
        asked=asked,
        at_once=True,
    )
