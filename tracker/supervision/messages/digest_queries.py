"""每日提醒: what of one's matters is late, falls due now, or comes next; the same cases as the desk's own list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select

from tracker.cases.access.scope import may_know
from tracker.cases.ledger.conditions import Clause
from tracker.cases.ledger.desk import nearest_filters, seats
from tracker.cases.ledger.due import DueCell, clocks_of
from tracker.cases.ledger.filters import Filters, conditions
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.cases.subject.knowing import PAGE
from tracker.core.database import db
from tracker.deadlines.limits import DUTIES
from tracker.deadlines.models import Deadline
from tracker.deadlines.rules import NEVER
from tracker.people.rules import Reader, Role
from tracker.reminders.subjects.table import Subjects
from tracker.supervision.messages.inbox import unread_by_matter, unread_count
from tracker.supervision.messages.other_duties import OtherDuty, other_duties
from tracker.supervision.papers.models import Instruction, SupervisionOrder
from tracker.working_days.rules import Calendar

# So many lines in all; what is left out is said as a number.
LINES = 50
# Whose work it is to reply for a unit; of the petition office also its 受理员.
REPLYING_ROLES = frozenset({Role.HANDLER, Role.DEPARTMENT_HEAD, Role.ACCEPTOR})


class Part(StrEnum):
    """The three parts of a digest."""

    LATE = "late"
    NOW = "now"
    QUEUE = "queue"


ELSEWHERE = "另有未读消息的"
PART_LABELS = {Part.LATE: "逾期", Part.NOW: "今明到期", Part.QUEUE: "排队"}


@dataclass(frozen=True, slots=True)
class Line:
    """One matter: its page and number, its nearest duty, what is unread about it; no title, no name.

    Without `due` it is listed for what is unread alone.
    """

    page: str
    public_id: str
    number: str
    due: DueCell | None
    unread: tuple[str, ...] = ()

    @property
    def news(self) -> str:
        """未读 3 条：蓝色督办、催办."""
        headings = "、".join(dict.fromkeys(self.unread))
        return f"未读 {len(self.unread)} 条：{headings}" if self.unread else ""


@dataclass(frozen=True)
class DigestSection:
    """One part: how many matters in all, how many of them are confidential and stay a number, the lines shown."""

    part: Part
    total: int
    confidential: int
    lines: tuple[Line, ...]

    @property
    def label(self) -> str:
        """逾期, 今明到期, 排队."""
        return PART_LABELS[self.part]

    @property
    def left_out(self) -> int:
        """How many more there are than the lines shown."""
        return self.total - self.confidential - len(self.lines)


@dataclass(frozen=True)
class Digest:
    """What one person is told on the morning of a working day: each matter once, with what is unread about it.

    `elsewhere` are matters that have something unread and are in none of the parts.
    """

    day: date
    sections: tuple[DigestSection, ...]
    elsewhere: tuple[Line, ...]
    unread: int
    orders: int
    tasks: int
    filters: Filters

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.unread or self.orders or self.tasks or any(section.total for section in self.sections))


def digest(subjects: Subjects, reader: Reader, *, today: date, days: Calendar, now: datetime | None = None) -> Digest:
    """Return the digest of a person as of today, by what they may see now. Six queries, and one a kind of thing."""
    filters = nearest_filters(reader)
    which = _of(reader, filters, today)
    parts = _parts(today, days)
    counts = _counts(which, parts)
    lines = _lines(which, parts, today, now) if any(total > hidden for total, hidden in counts.values()) else {}
    others = other_duties(subjects, reader, today, now=now)
    sections = tuple(_section(part, counts[part], lines.get(part, ()), others, today, days) for part in Part)
    unread = _unread(subjects, reader)
    listed = tuple(_with_news(section, unread) for section in sections)
    return Digest(
        day=today,
        sections=listed,
        elsewhere=tuple(unread.values())[:LINES],
        unread=unread_count(subjects, reader),
        orders=_open_orders(reader),
        tasks=_open_tasks(reader),
        filters=filters,
    )


def anything_for(subjects: Subjects, reader: Reader, *, today: date) -> bool:
    """Return whether a digest would tell a person anything."""
    which = _of(reader, nearest_filters(reader), today)
    waits = db.session.scalar(select(Case.id).where(*which).limit(1))
    others = waits or other_duties(subjects, reader, today, limit=1)
    return bool(others or unread_count(subjects, reader) or _open_orders(reader) or _open_tasks(reader))


def stuck(reader: Reader, today: date) -> int:
    """Return how many matters of a person's list have a duty that is late, and of which the ladder has said all."""
    said_all = exists().where(
        Deadline.case_id == Case.id,
        Deadline.ended_on.is_(None),
        Deadline.kind.in_(DUTIES),
        Deadline.effective_due < today,
        Deadline.look_on == NEVER,
        Deadline.paused_on.is_(None),
    )
    which = _of(reader, nearest_filters(reader), today)
    return db.session.scalar(select(func.count(Case.id)).where(*which, said_all)) or 0


def _of(reader: Reader, filters: Filters, today: date) -> list[Clause]:
    """The list of the desk, as far as a duty runs; nobody without a seat has one."""
    if not seats(reader):
        return [Case.id.is_(None)]
    return [Case.next_due_on.is_not(None), *conditions(filters, reader, today).values()]


def _parts(today: date, days: Calendar) -> dict[Part, ColumnElement[bool]]:
    """Today, tomorrow, and over days of rest up to the next working day: nobody reads a digest on those."""
    until = _last_of_now(today, days)
    return {
        Part.LATE: Case.next_due_on < today,
        Part.NOW: and_(Case.next_due_on >= today, Case.next_due_on <= until),
        Part.QUEUE: Case.next_due_on > until,
    }


def _last_of_now(today: date, days: Calendar) -> date:
    return next((each.date for each in days.days_after(today) if each.is_working), today + timedelta(days=1))


def _section(
    part: Part,
    counted: tuple[int, int],
    lines: Sequence[Line],
    others: Sequence[OtherDuty],
    today: date,
    days: Calendar,
) -> DigestSection:
    """Return one part: the cases, then what else falls into it."""
    until, (total, hidden) = _last_of_now(today, days), counted
    mine = [each for each in others if _part_of(each.due.on, today, until) is part]
    shown = ((each.words, each.due) for each in mine if each.words.named)
    named = [Line(words.page, words.public_id, words.number, due) for words, due in shown]
    return DigestSection(part, total + len(mine), hidden + len(mine) - len(named), (*lines, *named))


def _unread(subjects: Subjects, reader: Reader) -> dict[str, Line]:
    """Return the matters that have something unread, by their public ids; of confidential ones nothing is said."""
    about = unread_by_matter(subjects, reader)
    words = subjects.words(about)
    return {
        said.public_id: Line(said.page, said.public_id, said.number, None, tuple(headings))
        for each, headings in about.items()
        if (said := words[each]).named
    }


def _with_news(section: DigestSection, unread: dict[str, Line]) -> DigestSection:
    """Say beside each matter of a part what is unread about it, and take that from the rest."""
    taken = ((line, unread.pop(line.public_id, None)) for line in section.lines)
    lines = tuple(replace(line, unread=news.unread) if news else line for line, news in taken)
    return replace(section, lines=lines)


def _part_of(due_on: date, today: date, until: date) -> Part:
    return Part.LATE if due_on < today else Part.NOW if due_on <= until else Part.QUEUE


def _counts(which: Sequence[Clause], parts: dict[Part, ColumnElement[bool]]) -> dict[Part, tuple[int, int]]:
    hidden = Case.level != Confidentiality.ORDINARY
    columns = [_count_if(holds) for part in parts.values() for holds in (part, and_(part, hidden))]
    row = db.session.execute(select(*columns).where(*which)).one()
    return {part: (row[2 * n], row[2 * n + 1]) for n, part in enumerate(parts)}


def _count_if(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((holds, 1), else_=0)), 0)


def _lines(
    which: Sequence[Clause], parts: dict[Part, ColumnElement[bool]], today: date, now: datetime | None
) -> dict[Part, list[Line]]:
    part = case(*((holds, name.value) for name, holds in parts.items()), else_=Part.QUEUE.value)
    rows = db.session.execute(
        select(Case.id, Case.public_id, Case.register_no, part.label("part"))
        .where(*which, Case.level == Confidentiality.ORDINARY)
        .order_by(Case.next_due_on, Case.id)
        .limit(LINES)
    ).all()
    clocks = clocks_of([row.id for row in rows], today, now=now)
    found: dict[Part, list[Line]] = {}
    for row in rows:
        nearest = clocks[row.id].nearest if row.id in clocks else None
        if nearest is not None:
            found.setdefault(Part(row.part), []).append(Line(PAGE, row.public_id, row.register_no, nearest))
    return found


def _open_orders(reader: Reader) -> int:
    found = orders_to_answer(reader)
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0 if found is not None else 0


def orders_to_answer(reader: Reader) -> Select[Any] | None:
    """Return the 催办单、督办单 sent to a unit for which one works that wait for its reply; None: one answers none."""
    units = {post.department_id for post in reader.posts if post.role in REPLYING_ROLES}
    if not units:
        return None
    return (
        select(SupervisionOrder.id)
        .join(SupervisionOrder.case)
        .where(
            SupervisionOrder.department_id.in_(sorted(units)),
            SupervisionOrder.replied_at.is_(None),
            SupervisionOrder.withdrawn_at.is_(None),
            may_know(reader),
        )
    )


def _open_tasks(reader: Reader) -> int:
    """批示 that one has to carry out."""
    mine = (Instruction.task_of_id == reader.user_id, Instruction.done_at.is_(None))
    statement = select(func.count(Instruction.id)).join(Instruction.case).where(*mine, may_know(reader))
    return db.session.scalar(statement) or 0


def paragraphs(told: Digest) -> Iterator[str]:
    """Yield a digest as plain text for mail: numbers, limits and days; no title, no name, nor what is confidential."""
    for section in told.sections:
        yield f"{section.label} {section.total} 件"
        yield from (f"  {_words(line)}" for line in section.lines)
        unlisted = section.left_out + section.confidential
        if unlisted:
            yield f"  还有 {unlisted} 件没有列出，请登录后查看。"
    if told.elsewhere:
        yield f"{ELSEWHERE} {len(told.elsewhere)} 件"
        yield from (f"  {_words(line)}" for line in told.elsewhere)
    waiting = (
        ("未读消息", told.unread, "条"),
        ("待回复的催办、督办", told.orders, "件"),
        ("待落实的批示", told.tasks, "件"),
    )
    yield from (f"{label} {count} {unit}" for label, count, unit in waiting if count)


def _words(line: Line) -> str:
    due = (line.due.name, line.due.words) if line.due else ()
    return "　".join(filter(None, (line.number, *due, line.news)))
