"""The file of one case (卷宗): every row of it, in a fixed number of queries, whatever the case holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from tracker.cases.models import (
    AccusedParty,
    Assignment,
    Attachment,
    CallBack,
    Case,
    CaseStep,
    Category,
    ChecklistTick,
    CloseOutDecision,
    DisciplineTransfer,
    Document,
    LeaderReport,
    LeaderReportReceipt,
    LookBack,
    NamedReader,
    Objection,
    Review,
)
from tracker.cases.queries.facts import ENDED_OTHERWISE
from tracker.cases.queries.scope import may_know
from tracker.cases.rules.actions import Action
from tracker.cases.rules.codes import LedgerStatus, Level
from tracker.cases.rules.lifecycle import row_of
from tracker.cases.rules.step_rows import Record
from tracker.core.database import Model, db
from tracker.core.errors import NotFound
from tracker.deadlines.models import Deadline
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.places.models import Place


@dataclass(frozen=True)
class LinkedCase:
    """Another case that the reader may know of: 原件, 重件, 并案."""

    id: int
    public_id: str
    register_no: str
    title: str
    received_on: date
    status: str
    ledger_status: str
    original_id: int | None
    merged_into_id: int | None


@dataclass(frozen=True)
class CaseFile:
    """The rows of one case, each list in the order in which it is shown.

    `named` is the named list (知悉名单): person, name, because of what. `names` are those of its people by id.
    """

    case: Case
    deadlines: Sequence[Deadline]
    assignments: Sequence[Assignment]
    objections: Sequence[Objection]
    accused: Sequence[AccusedParty]
    documents: Sequence[Document]
    attachments: Sequence[Attachment]
    steps: Sequence[CaseStep]
    decisions: Sequence[CloseOutDecision]
    call_backs: Sequence[CallBack]
    ticks: Sequence[ChecklistTick]
    look_backs: Sequence[LookBack]
    reports: Sequence[LeaderReport]
    transfers: Sequence[DisciplineTransfer]
    reviews: Sequence[Review]
    named: Sequence[tuple[int, str, str]]
    open_repeats: int
    linked: Sequence[LinkedCase]
    names: dict[int, str]


# What the head of a case shows: joined to the case itself.
HEAD = (
    joinedload(Case.office),
    joinedload(Case.closed_by),
    joinedload(Case.registered_by),
    joinedload(Case.category).joinedload(Category.parent),
    joinedload(Case.village).joinedload(Place.parent).joinedload(Place.parent),
    joinedload(Case.village).joinedload(Place.merged_into),
    joinedload(Case.assignment),
    selectinload(Case.demand_points),
)


_CASE = select(Case).where(Case.id == bindparam("case_id")).options(*HEAD).execution_options(populate_existing=True)


def case_of(case_id: int) -> Case:
    """Return a case with what its head shows and its demand points; the caller knows that the reader may see it.

    Raises NotFound where it is none.
    """
    found: Case | None = db.session.scalar(_CASE, {"case_id": case_id})
    if found is None:
        raise NotFound
    return found


def _rows_of(model: type[Model], key: InstrumentedAttribute[Any], *options: ORMOption) -> Select[Any]:
    order = model.__mapper__.primary_key
    return select(model).where(key == bindparam("case_id")).order_by(*order).options(*options)


SHELVES: dict[Record, Select[Any]] = {
    Record.ASSIGNMENT: _rows_of(
        Assignment,
        Assignment.case_id,
        joinedload(Assignment.department),
        joinedload(Assignment.handler),
        joinedload(Assignment.lead_official),
    ),
    Record.OBJECTION: _rows_of(Objection, Objection.case_id),
    Record.DOCUMENT: _rows_of(Document, Document.case_id),
    Record.DECISION: _rows_of(CloseOutDecision, CloseOutDecision.case_id, joinedload(CloseOutDecision.decided_by)),
    Record.CALL_BACK: _rows_of(CallBack, CallBack.case_id, joinedload(CallBack.called_by)),
    Record.TICK: _rows_of(ChecklistTick, ChecklistTick.case_id, joinedload(ChecklistTick.ticked_by)),
    Record.LOOK_BACK: _rows_of(LookBack, LookBack.case_id, joinedload(LookBack.looked_by)),
    Record.REPORT: _rows_of(
        LeaderReport, LeaderReport.case_id, selectinload(LeaderReport.receipts).joinedload(LeaderReportReceipt.user)
    ),
    Record.TRANSFER: _rows_of(DisciplineTransfer, DisciplineTransfer.case_id),
    Record.REVIEW: _rows_of(Review, Review.case_id),
}
# Written by any act, or by none.
_STEPS = _rows_of(CaseStep, CaseStep.case_id)
_ACCUSED = _rows_of(AccusedParty, AccusedParty.case_id)
_ATTACHMENTS = _rows_of(Attachment, Attachment.case_id, joinedload(Attachment.uploaded_by))
_CLOCKS = _rows_of(Deadline, Deadline.case_id, joinedload(Deadline.owner_department), joinedload(Deadline.owner))
_NAMED = (
    select(NamedReader.user_id, User.name, NamedReader.because)
    .join(User, User.id == NamedReader.user_id)
    .where(NamedReader.case_id == bindparam("case_id"), NamedReader.ended_at.is_(None))
    .order_by(NamedReader.id)
)


def case_file(case_id: int, reader: Reader) -> CaseFile:
    """Return the file of a case (一案一档). What it says of other cases is narrowed to those the reader may see.

    At most 19 queries; of what only certain acts write, nothing is read where the trail knows of none.
    """
    case, steps, below = case_of(case_id), _rows(_STEPS, case_id), cases_below(case_id)
    written = {record for step in steps for record in written_by(Action(step.action))}
    shelves = {record.value: _rows(rows, case_id) if record in written else () for record, rows in SHELVES.items()}
    return CaseFile(
        case=case,
        deadlines=_in_order(_rows(_CLOCKS, case_id)),
        accused=_rows(_ACCUSED, case_id),
        attachments=_rows(_ATTACHMENTS, case_id),
        steps=steps,
        named=[(row.user_id, row.name, row.because) for row in db.session.execute(_NAMED, {"case_id": case_id})],
        open_repeats=sum(_is_open_repeat(case, each) for each in below),
        linked=linked_cases(case, reader, below),
        names=_names(shelves),
        **shelves,
    )


def written_by(action: Action) -> tuple[Record, ...]:
    """Return what an act adds to the file, as the table says; an imported case comes with the answer it was given."""
    row = row_of(action)
    if row is None:
        return (Record.DOCUMENT,) if action is Action.IMPORT else ()
    return row.writes


def _rows(statement: Select[Any], case_id: int) -> Sequence[Any]:
    return db.session.scalars(statement, {"case_id": case_id}).all()


def _in_order(clocks: Iterable[Deadline]) -> Sequence[Deadline]:
    """Return running clocks nearest first, then the stopped ones, latest first."""
    rows = list(clocks)
    running = sorted((row for row in rows if row.ended_on is None), key=lambda row: (row.effective_due, row.id))
    stopped = sorted((row for row in rows if row.ended_on is not None), key=lambda row: (row.ended_on, row.id))
    return [*running, *reversed(stopped)]


def steps_of(case_id: int) -> Sequence[CaseStep]:
    """Return the trail of a case, oldest first."""
    return _rows(_STEPS, case_id)


_BELOW = select(Case.id, Case.original_id, Case.status, Case.ledger_status, Case.level).where(
    or_(Case.original_id == bindparam("case_id"), Case.merged_into_id == bindparam("case_id"))
)


def cases_below(case_id: int) -> Sequence[Any]:
    """Return the repeats of a case and what was merged into it, whoever may know of them: to be counted, not shown."""
    return db.session.execute(_BELOW, {"case_id": case_id}).all()


def _is_open_repeat(case: Case, each: Any) -> bool:
    is_over = each.ledger_status == LedgerStatus.CLOSED or each.status in ENDED_OTHERWISE
    return each.original_id == case.id and not is_over and each.level != Level.ACCUSATION


def linked_cases(case: Case, reader: Reader, below: Sequence[Any]) -> Sequence[LinkedCase]:
    """Return the cases tied to one (原件、重件、并案), as far as the reader may know of them."""
    above = [i for i in (case.original_id, case.merged_into_id) if i is not None]
    if not above and not below:
        return []
    tied = or_(Case.id.in_(above), Case.original_id == case.id, Case.merged_into_id == case.id)
    columns = (
        *(Case.id, Case.public_id, Case.register_no, Case.title, Case.received_on, Case.status),
        *(Case.ledger_status, Case.original_id, Case.merged_into_id),
    )
    rows = db.session.execute(
        select(*columns).where(tied, Case.id != case.id, may_know(reader)).order_by(Case.received_on, Case.id)
    )
    return [LinkedCase(*row) for row in rows]


def _names(shelves: dict[str, Sequence[Any]]) -> dict[int, str]:
    """Return the names of who wrote what, where the rows hold only ids. One query, none where there are none."""
    wrote = {
        "documents": ("issued_by_id",),
        "transfers": ("handed_over_by_id",),
        "reports": ("reported_by_id",),
    }
    ids = {getattr(row, name) for shelf, names in wrote.items() for row in shelves[shelf] for name in names} - {None}
    if not ids:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(sorted(ids))))
    return {row.id: row.name for row in rows}
