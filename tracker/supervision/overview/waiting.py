"""Escalations that wait for a leader's answer (待批示), and what they have answered (我的批示).

A notice of the ladder that asks for an answer waits for each person it reached until that person wrote an instruction
or issued an order in the case; it no longer waits once its clock has ended, or the case is closed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.cases.access.scope import may_know
from tracker.cases.ledger.rows import LedgerRow, rows_of
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.moment import Moment
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.stepping import lawful_row
from tracker.cases.record.models import Case, CaseStep
from tracker.cases.record.rules.series import is_closed
from tracker.cases.subject.case import CASE
from tracker.core.clock import local_date
from tracker.core.database import db, only_filtering
from tracker.core.errors import DomainError
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, shown_all
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import Way
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.reach import Ref
from tracker.reminders.ladder.rules.rungs import LEVEL_ORDER, LEVELS, RungLevel
from tracker.reminders.models import Escalation
from tracker.reminders.subjects.answers import SubjectWords
from tracker.reminders.subjects.table import Subjects
from tracker.supervision.messages.same_thing import of_same_thing
from tracker.supervision.papers import instructions
from tracker.supervision.papers.models import Instruction, SupervisionOrder
from tracker.supervision.papers.persons import people_to_name

RUNG = "rung"
ANSWERED_SHOWN = timedelta(days=14)
# How many waiting matters stand on one page: each has its form.
ON_A_PAGE = 6


@dataclass(frozen=True)
class WaitingEscalation:
    """One escalation that reached a person and waits for them; the highest and first of its thing are shown.

    `waited` are the days since it was delivered, `opened_at` when they first read it: silence and acknowledgement both
    stay visible. `label` is the level as it was announced (红色督办). `case` is the row of the ledger where it is
    a case.
    """

    about: Ref
    words: SubjectWords
    case: LedgerRow | None
    level: RungLevel
    label: str
    why: str
    asked: str
    because: str
    clock: ShownClock | None
    person: str
    since: datetime
    waited: int
    opened_at: datetime | None
    delivery_ids: tuple[int, ...]

    @property
    def lamp(self) -> str:
        """The lamp of the level."""
        return LEVELS[self.level].lamp


@dataclass(frozen=True)
class AnswerNeeds:
    """What the form of an answer needs: which acts are lawful, who can be named, the version the page shows.

    Where it is `closed` the browser keeps nothing of the matter: it is no ordinary one, or complains of somebody.
    """

    may_instruct: bool
    may_supervise: bool
    people: Sequence[tuple[str, str]]
    version: int
    opened: int
    closed: bool


def waiting(
    subjects: Subjects, reader: Reader, today: date, *, of: int | None = None, now: datetime | None = None
) -> list[WaitingEscalation]:
    """Return what waits for an answer, the highest level first, then the longest wait: of one person, or of others.

    `of` is the person asked; without one, everybody else's, of what the reader may see.
    """
    who = Delivery.user_id == of if of is not None else Delivery.user_id != reader.user_id
    return _told(subjects, db.session.scalars(_copies(subjects, reader, who)).unique().all(), today, now)


def _copies(subjects: Subjects, reader: Reader, who: ColumnElement[bool]) -> Any:
    """Return the copies in question, with notice, clock and person."""
    standing = or_(Notice.deadline_id.is_(None), Deadline.ended_on.is_(None))
    return (
        select(Delivery)
        .join(Delivery.notice)
        .outerjoin(Deadline, Deadline.id == Notice.deadline_id)
        .where(
            who,
            Delivery.channel == Way.INBOX,
            Notice.awaits_answer.is_(True),
            only_filtering(Notice.source == RUNG),
            standing,
            Notice.subject.is_not(None),
            subjects.notices_in_hand(),
            subjects.notices_known_to(reader),
            ~_acted(Instruction, Instruction.by_id, Instruction.at),
            ~_acted(SupervisionOrder, SupervisionOrder.issued_by_id, SupervisionOrder.issued_at),
        )
        .options(contains_eager(Delivery.notice), joinedload(Delivery.user))
        .order_by(Delivery.id)
    )


def _acted(model: Any, by_id: Any, at: Any) -> ColumnElement[bool]:
    """Return whether the person told did something about the thing since they were told."""
    return of_same_thing(model, by_id == Delivery.user_id, at >= Notice.created_at)


def _told(subjects: Subjects, copies: Iterable[Delivery], today: date, now: datetime | None) -> list[WaitingEscalation]:
    by_thing: dict[tuple[Ref, int], list[Delivery]] = {}
    for copy in copies:
        about = Ref(copy.notice.subject or "", copy.notice.subject_id or 0)
        by_thing.setdefault((about, copy.user_id), []).append(copy)
    levels = _levels([copy.notice.source_id for found in by_thing.values() for copy in found])
    words = subjects.words({about for about, _ in by_thing})
    cases = [about.id for about in words if about.kind == CASE.kind]
    rows = {Ref(CASE.kind, row.id): row for row in rows_of(cases, today, now=now)}
    clocks = _clocks([copy.notice.deadline_id for found in by_thing.values() for copy in found], today, now)
    told = [
        _one(about, words[about], rows.get(about), found, levels, clocks, today)
        for (about, _), found in by_thing.items()
    ]
    return sorted(told, key=lambda each: (-LEVEL_ORDER.index(each.level), each.since, each.about.id))


def _one(
    about: Ref,
    words: SubjectWords,
    row: LedgerRow | None,
    copies: Sequence[Delivery],
    levels: dict[int, RungLevel],
    clocks: dict[int, ShownClock],
    today: date,
) -> WaitingEscalation:
    def rank(copy: Delivery) -> tuple[int, int]:
        return LEVEL_ORDER.index(levels.get(copy.notice.source_id, RungLevel.URGE)), copy.id

    highest = max(copies, key=rank)
    since = min(copy.delivered_at or copy.not_before for copy in copies)
    opened = [copy.opened_at for copy in copies]
    return WaitingEscalation(
        about=about,
        words=words,
        case=row,
        level=levels.get(highest.notice.source_id, RungLevel.URGE),
        label=highest.notice.heading,
        why=highest.notice.why,
        asked=highest.notice.asked,
        because=highest.because,
        clock=clocks.get(highest.notice.deadline_id or 0),
        person=highest.user.name,
        since=since,
        waited=(today - local_date(since)).days,
        opened_at=None if None in opened else max(filter(None, opened), default=None),
        delivery_ids=tuple(copy.id for copy in copies if copy.opened_at is None),
    )


def _levels(escalation_ids: Sequence[int]) -> dict[int, RungLevel]:
    rows = db.session.execute(select(Escalation.id, Escalation.level).where(Escalation.id.in_(escalation_ids)))
    return {id_: RungLevel(level) for id_, level in rows}


def _clocks(deadline_ids: Sequence[int | None], today: date, now: datetime | None) -> dict[int, ShownClock]:
    rows = db.session.scalars(
        select(Deadline)
        .where(Deadline.id.in_([id_ for id_ in deadline_ids if id_]))
        .options(joinedload(Deadline.owner_department), joinedload(Deadline.owner))
    ).all()
    return {clock.id: clock for clock in shown_all(rows, today, now=now)} if rows else {}


def answer_forms(case_ids: Sequence[int], *, by: User, reader: Reader, today: date) -> dict[int, AnswerNeeds]:
    """Return by case what the reader can answer with, by the table of the lifecycle."""
    needed = joinedload(Case.assignment), joinedload(Case.office), selectinload(Case.accused)
    cases = db.session.scalars(select(Case).where(Case.id.in_(case_ids)).options(*needed)).all()
    people = people_to_name(cases, today)
    counted = select(CaseStep.case_id, func.count()).where(CaseStep.case_id.in_(case_ids)).group_by(CaseStep.case_id)
    steps = {row[0]: row[1] for row in db.session.execute(counted)}
    return {
        case.id: AnswerNeeds(
            may_instruct=lawful(case, Action.INSTRUCT, by=by, reader=reader, today=today),
            may_supervise=lawful(case, Action.SUPERVISE, by=by, reader=reader, today=today),
            people=people[case.id],
            version=case.version,
            opened=steps.get(case.id, 0),
            closed=is_closed(case.level, shuts_out=bool(case.accused)),
        )
        for case in cases
    }


def lawful(case: Case, action: Action, *, by: User, reader: Reader, today: date) -> bool:
    """Return whether the table of the lifecycle has this act for this person now."""
    try:
        lawful_row(action, Moment(CaseFile(case, reader), by, today))
    except DomainError:
        return False
    return True


@dataclass(frozen=True)
class MyInstruction:
    """One instruction of the reader's own, with how it stands: 未到期, 逾期, 已报告, or only read."""

    case: LedgerRow
    text: str
    at: datetime
    task_of: str
    clock: ShownClock | None
    report: str
    state: str


def my_instructions(reader: Reader, today: date, now: datetime) -> list[MyInstruction]:
    """Return one's own instructions, the latest first: all of the last 14 days, and those that wait for a report."""
    its_clock = (Deadline.subject == instructions.SUBJECT) & (Deadline.subject_id == Instruction.id)
    running = Deadline.id.is_not(None) & Deadline.ended_on.is_(None)
    rows = db.session.execute(
        select(Instruction, Deadline.id, Case.id)
        .join(Case, Case.id == Instruction.case_id)
        .outerjoin(Deadline, its_clock)
        .where(
            Instruction.by_id == reader.user_id,
            may_know(reader),
            or_(Instruction.at >= now - ANSWERED_SHOWN, running),
        )
        .options(joinedload(Instruction.task_of))
        .order_by(Instruction.at.desc(), Instruction.id.desc())
    ).all()
    clocks = _clocks([deadline_id for _, deadline_id, _ in rows], today, now)
    cases = {row.id: row for row in rows_of(list({case_id for *_, case_id in rows}), today, now=now)}
    return [_mine(each, cases[case_id], clocks.get(deadline_id or 0)) for each, deadline_id, case_id in rows]


def _mine(row: Instruction, case: LedgerRow, clock: ShownClock | None) -> MyInstruction:
    return MyInstruction(
        case=case,
        text=row.text,
        at=row.at,
        task_of=row.task_of.name if row.task_of else "",
        clock=clock,
        report=row.report or "",
        state=next(words for words, holds in STATES if holds(row, clock)),
    )


STATES: tuple[tuple[str, Callable[[Instruction, ShownClock | None], bool]], ...] = (
    ("未派任务", lambda row, clock: clock is None),
    ("已报告", lambda row, clock: row.done_at is not None),
    ("不再需要", lambda row, clock: clock is not None and not clock.running),
    ("逾期未报告", lambda row, clock: clock is not None and clock.late),
    ("未到期", lambda row, clock: True),
)
