"""The file of one case (卷宗): every row of it, in a fixed number of queries, whatever the case holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
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
    Objection,
    Review,
)
from tracker.cases.queries.scope import visible_to
from tracker.core.database import Model, db
from tracker.core.errors import NotFound
from tracker.deadlines.models import Deadline
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.places.models import Place

Row = TypeVar("Row", bound=Model)


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
    """The rows of one case, each list in the order in which it is shown. `names` are those of its people by id."""

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
    linked: Sequence[LinkedCase]
    names: dict[int, str]

    def linked_case(self, case_id: int | None) -> LinkedCase | None:
        """Return a linked case that the reader may know of."""
        return next((link for link in self.linked if link.id == case_id), None)


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


def case_of(case_id: int) -> Case:
    """Return a case with what its head shows and its demand points; the caller knows that the reader may see it."""
    found = db.session.scalar(
        select(Case).where(Case.id == case_id).options(*HEAD).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def case_file(case_id: int, reader: Reader) -> CaseFile:
    """Return the file of a case (一案一档). What it says of other cases is narrowed to those the reader may see."""
    case = case_of(case_id)
    assigned = (joinedload(Assignment.department), joinedload(Assignment.handler), joinedload(Assignment.lead_official))
    told = selectinload(LeaderReport.receipts).joinedload(LeaderReportReceipt.user)
    documents = _rows(Document, Document.case_id, case_id)
    objections = _rows(Objection, Objection.case_id, case_id)
    transfers = _rows(DisciplineTransfer, DisciplineTransfer.case_id, case_id)
    reports = _rows(LeaderReport, LeaderReport.case_id, case_id, told)
    return CaseFile(
        case=case,
        deadlines=_clocks(case_id),
        assignments=_rows(Assignment, Assignment.case_id, case_id, *assigned),
        objections=objections,
        accused=_rows(AccusedParty, AccusedParty.case_id, case_id),
        documents=documents,
        attachments=_rows(Attachment, Attachment.case_id, case_id, joinedload(Attachment.uploaded_by)),
        steps=_rows(CaseStep, CaseStep.case_id, case_id),
        decisions=_rows(CloseOutDecision, CloseOutDecision.case_id, case_id, joinedload(CloseOutDecision.decided_by)),
        call_backs=_rows(CallBack, CallBack.case_id, case_id, joinedload(CallBack.called_by)),
        ticks=_rows(ChecklistTick, ChecklistTick.case_id, case_id, joinedload(ChecklistTick.ticked_by)),
        look_backs=_rows(LookBack, LookBack.case_id, case_id, joinedload(LookBack.looked_by)),
        reports=reports,
        transfers=transfers,
        reviews=_rows(Review, Review.case_id, case_id),
        linked=linked_cases(case, reader),
        names=_names(
            *(d.issued_by_id for d in documents),
            *(o.filed_by_id for o in objections),
            *(o.ruled_by_id for o in objections),
            *(t.handed_over_by_id for t in transfers),
            *(r.reported_by_id for r in reports),
        ),
    )


def _rows(model: type[Row], key: InstrumentedAttribute[Any], case_id: int, *options: ORMOption) -> Sequence[Row]:
    order = model.__mapper__.primary_key
    statement: Select[Row] = select(model).where(key == case_id).order_by(*order).options(*options)
    return db.session.scalars(statement).all()


def _clocks(case_id: int) -> Sequence[Deadline]:
    """Return every clock of a case: running ones nearest first, then the stopped ones, latest first."""
    rows = db.session.scalars(
        select(Deadline)
        .where(Deadline.case_id == case_id)
        .options(joinedload(Deadline.owner_department), joinedload(Deadline.owner))
    ).all()
    running = sorted((row for row in rows if row.ended_on is None), key=lambda row: (row.effective_due, row.id))
    stopped = sorted((row for row in rows if row.ended_on is not None), key=lambda row: (row.ended_on, row.id))
    return [*running, *reversed(stopped)]


def linked_cases(case: Case, reader: Reader) -> Sequence[LinkedCase]:
    """Return the cases tied to one (原件、重件、并案), as far as the reader may know of them. One query."""
    above = [i for i in (case.original_id, case.merged_into_id) if i is not None]
    tied = or_(Case.id.in_(above), Case.original_id == case.id, Case.merged_into_id == case.id)
    columns = (
        *(Case.id, Case.public_id, Case.register_no, Case.title, Case.received_on, Case.status),
        *(Case.ledger_status, Case.original_id, Case.merged_into_id),
    )
    rows = db.session.execute(
        select(*columns).where(tied, Case.id != case.id, visible_to(reader)).order_by(Case.received_on, Case.id)
    )
    return [LinkedCase(*row) for row in rows]


def _names(*user_ids: int | None) -> dict[int, str]:
    return names_of({i for i in user_ids if i is not None})


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of people by id. One query."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(sorted(user_ids))))
    return {row.id: row.name for row in rows}
