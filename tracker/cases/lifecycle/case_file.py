"""The file of one case (卷宗): its rows by kind, each read when it is first asked for, and once.

The page of a case, the pages of its steps, the guards and the close-out checklist read this and nothing beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.cases.access.rules import Matter
from tracker.cases.access.scope import STILL_NAMED, matter_from, may_know
from tracker.cases.lifecycle.positions import position_from
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.close_out import CheckItem
from tracker.cases.lifecycle.rules.lifecycle import row_of
from tracker.cases.lifecycle.rules.positions import Position
from tracker.cases.lifecycle.rules.step_rows import Record
from tracker.cases.lifecycle.shelves import Shelf
from tracker.cases.record.marks import Marks, marks, named_by, roster_of
from tracker.cases.record.models import (
    AccusedParty,
    ActDraft,
    Assignment,
    Attachment,
    CallBack,
    Case,
    CaseStep,
    Category,
    ChecklistTick,
    CloseOutDecision,
    Document,
    Forwarding,
    LeaderReport,
    LeaderReportReceipt,
    LookBack,
    NamedReader,
    Objection,
    OrderDraft,
    Review,
)
from tracker.cases.record.rules.answering import ANSWER_PAPERS
from tracker.cases.record.rules.codes import Confidentiality, DocumentKind, LedgerStatus, MatterClass, Status, Track
from tracker.cases.record.rules.holding import GONE
from tracker.cases.record.rules.reviewing import IN_FORCE
from tracker.cases.record.rules.service import FOR_PETITIONER, is_told
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import at_hand_of, of_case
from tracker.people.models import User
from tracker.people.rules import Reader
from tracker.places.models import Place

# What answers the petitioner.
ANSWERS = frozenset(
    {
        *(*ANSWER_PAPERS, DocumentKind.DIVERSION_NOTICE),
        *(DocumentKind.NON_ACCEPTANCE_NOTICE, DocumentKind.NO_LONGER_ACCEPTED_NOTICE),
    }
)


@dataclass(frozen=True)
class LinkedCase:
    """Another case that the reader may see: 原件, 重件, 并案."""

    id: int
    public_id: str
    register_no: str
    title: str
    received_on: date
    status: str
    ledger_status: str
    original_id: int | None
    merged_into_id: int | None


class CaseFile:
    """The rows of one case, and what follows from them alone. What it says of other cases is narrowed to the reader.

    `by_trail`: where the trail knows of none of the acts that write a kind of row, nothing is read. For pages, which
    show the trail anyway.
    """

    steps = Shelf(CaseStep)
    accused = Shelf(AccusedParty)
    attachments = Shelf(Attachment, joinedload(Attachment.uploaded_by))
    assignments = Shelf(
        Assignment,
        joinedload(Assignment.department),
        joinedload(Assignment.handler),
        joinedload(Assignment.lead_official),
    )
    objections = Shelf(Objection)
    documents = Shelf(Document)
    decisions = Shelf(CloseOutDecision, joinedload(CloseOutDecision.decided_by))
    call_backs = Shelf(CallBack, joinedload(CallBack.called_by))
    ticks = Shelf(ChecklistTick, joinedload(ChecklistTick.ticked_by))
    look_backs = Shelf(LookBack, joinedload(LookBack.looked_by), joinedload(LookBack.deadline))
    reports = Shelf(LeaderReport, selectinload(LeaderReport.receipts).joinedload(LeaderReportReceipt.user))
    forwardings = Shelf(Forwarding)
    reviews = Shelf(Review)
    drafts = Shelf(
        ActDraft, *map(joinedload, (ActDraft.drafted_by, ActDraft.referred_by, ActDraft.approved_by, ActDraft.ended_by))
    )
    order_drafts = Shelf(
        OrderDraft,
        joinedload(OrderDraft.department),
        joinedload(OrderDraft.drafted_by),
        joinedload(OrderDraft.about_deadline),
    )

    def __init__(self, case: Case, reader: Reader, *, by_trail: bool = False) -> None:
        self.case, self.reader, self.by_trail = case, reader, by_trail

    @cached_property
    def written(self) -> frozenset[Record]:
        """What the acts of the trail have added to the file."""
        return frozenset(record for step in self.steps for record in written_by(Action(step.action)))

    @cached_property
    def deadlines(self) -> Sequence[Deadline]:
        """Every clock, running ones nearest first, then the stopped ones, latest first."""
        return of_case(self.case.id)

    @cached_property
    def running(self) -> tuple[Deadline, ...]:
        """The clocks that run, nearest first."""
        return tuple(each for each in self.deadlines if each.ended_on is None)

    @cached_property
    def at_hand(self) -> tuple[Deadline, ...]:
        """The clocks that an act may go by: what runs, then the windows that lapsed and count still."""
        answered = self.case.status == Status.DELIVERED
        return tuple(at_hand_of(self.deadlines, self.case.round, answered=answered))

    @cached_property
    def named(self) -> Sequence[Any]:
        """The named list (知悉名单): `user_id`, `name`, `because` of what, whether `masked`."""
        return db.session.execute(_NAMED, {"case_id": self.case.id}).all()

    def marks(self, today: date) -> Marks:
        """Return why unit, handler and lead official of the case cannot act any more (已撤销、已停用、已离任)."""
        nobody = self.case.assignment is None and self.case.lead_official_id is None
        if nobody or self.case.ledger_status == LedgerStatus.CLOSED or self.case.is_history:
            return Marks()
        if today not in self._marks:
            named = named_by(self.case)
            self._marks[today] = marks(named, roster_of([named], today), today)
        return self._marks[today]

    @cached_property
    def _marks(self) -> dict[date, Marks]:
        return {}

    @cached_property
    def matter(self) -> Matter:
        """What decides who may see the case."""
        return matter_from(self.case, assignments=self.assignments, accused=self.accused, named=self.named)

    @cached_property
    def position(self) -> Position:
        """What decides who stands where towards the case."""
        sides = (each for each in self.assignments if each.track != Track.HANDLING and each.ended_on is None)
        return position_from(self.case, (each.department_id for each in sides))

    @cached_property
    def below(self) -> Sequence[Any]:
        """The repeats of the case and what was merged into it, known to the reader or not: to be counted, not shown."""
        return db.session.execute(_BELOW, {"case_id": self.case.id}).all()

    @property
    def open_repeats(self) -> int:
        """How many repeats (重件) nobody has struck off, merged or declared void.

        Accusations are left out: they hold up nothing, and counting them would tell the accused of them.
        """
        return sum(
            each.original_id == self.case.id
            and each.ledger_status != LedgerStatus.CLOSED
            and each.status not in GONE
            and each.level != Confidentiality.ACCUSATION
            for each in self.below
        )

    @cached_property
    def linked(self) -> Sequence[LinkedCase]:
        """The cases tied to this one (原件、重件、并案), as far as the reader may see them."""
        case = self.case
        above = [each for each in (case.original_id, case.merged_into_id) if each is not None]
        if not above and not self.below:
            return []
        tied = or_(Case.id.in_(above), Case.original_id == case.id, Case.merged_into_id == case.id)
        rows = select(*_LINKED).where(tied, Case.id != case.id, may_know(self.reader))
        return [LinkedCase(*row) for row in db.session.execute(rows.order_by(Case.received_on, Case.id))]

    @cached_property
    def names(self) -> dict[int, str]:
        """The names of who issued, handed over and reported, by id: those rows hold ids alone. At most one query."""
        ids = {each.issued_by_id for each in self.documents} | {each.handed_over_by_id for each in self.forwardings}
        ids = (ids | {each.reported_by_id for each in self.reports}) - {None}
        rows = db.session.execute(select(User.id, User.name).where(User.id.in_(sorted(ids)))) if ids else ()
        return {row.id: row.name for row in rows}

    def latest(self, *kinds: DocumentKind | None) -> Document | None:
        """Return the latest document of these kinds in this round."""
        of_round = (each for each in reversed(self.documents) if each.round == self.case.round)
        return next((each for each in of_round if each.kind in kinds), None)

    @property
    def answer(self) -> Document | None:
        """The paper by which the unit answered in this round."""
        return self.latest(*ANSWER_PAPERS)

    @property
    def on_their_way(self) -> list[Document]:
        """The notices and opinions of this round of which the petitioner does not know, though he can, latest first."""
        of_round = (each for each in reversed(self.documents) if each.round == self.case.round)
        return [each for each in of_round if each.kind in FOR_PETITIONER and not is_told(each)]

    @property
    def waiting_orders(self) -> Sequence[OrderDraft]:
        """The papers of supervision that nobody has signed or refused yet (待签发)."""
        return [each for each in self.order_drafts if each.waits]

    @property
    def running_review(self) -> Review | None:
        """The 复查 or 复核 that has no result yet."""
        return next((each for each in self.reviews if each.concluded_on is None), None)

    @property
    def unserved_review(self) -> Review | None:
        """The opinion of 复查 or 复核 of this round that the petitioner does not have yet; what it leaves in force."""
        last = self.reviews[-1] if self.reviews else None
        if last is None or last.round != self.case.round or last.result not in IN_FORCE:
            return None
        return last if last.served_on is None else None

    @property
    def waiting_for_signature(self) -> list[ActDraft]:
        """The drafts that nobody has signed or returned (待签发), oldest first."""
        return [each for each in self.drafts if each.outcome is None]

    @property
    def file_tick(self) -> ChecklistTick | None:
        """Who vouched in this round that the file is complete (一案一档)."""
        of_round = (each for each in self.ticks if each.round == self.case.round)
        return next((each for each in of_round if each.item == CheckItem.FILE_COMPLETE), None)

    @property
    def calls(self) -> Sequence[CallBack]:
        """The call-backs (回访) of this round."""
        return [each for each in self.call_backs if each.round == self.case.round]

    @property
    def unfit_to_call(self) -> str | None:
        """Why nobody calls the petitioner back: an accusation is outside of it, an anonymous one cannot be called."""
        if Confidentiality.ACCUSATION == self.case.level or self.case.matter_class == MatterClass.ACCUSATION:
            return "检举控告件不回访"
        return "匿名件没有回访对象" if self.case.anonymous else None

    @property
    def answered(self) -> date | None:
        """The day on which the petitioner got the latest answer of this round: an opinion or a notice."""
        of_round = (each for each in self.documents if each.round == self.case.round and each.kind in ANSWERS)
        return max((each.served_on for each in of_round if each.served_on), default=None)

    @property
    def valid_calls(self) -> Sequence[CallBack]:
        """The call-backs that followed the answer (回访在送达以后): an older one says nothing of it."""
        since = self.answered
        return [each for each in self.calls if since is None or each.called_on >= since]

    @property
    def attempt(self) -> Sequence[CloseOutDecision]:
        """The decisions of this round's latest attempt at 销号, oldest first."""
        of_round = [each for each in self.decisions if each.round == self.case.round]
        latest = max((each.attempt for each in of_round), default=0)
        return [each for each in of_round if each.attempt == latest]


SHELVES: dict[Record, Shelf[Any]] = {
    each.record: each for each in vars(CaseFile).values() if isinstance(each, Shelf) and each.record
}


def written_by(action: Action) -> tuple[Record, ...]:
    """Return what an act adds to the file, as the table says; an imported case comes with the answer it was given."""
    row = row_of(action)
    if row is None:
        return (Record.DOCUMENT,) if action is Action.IMPORT else ()
    return row.writes


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
_NAMED = (
    select(NamedReader.user_id, User.name, NamedReader.because, NamedReader.masked, NamedReader.ended_at)
    .join(User, User.id == NamedReader.user_id)
    .where(NamedReader.case_id == bindparam("case_id"), STILL_NAMED)
    .order_by(NamedReader.id)
)
_BELOW = select(Case.id, Case.original_id, Case.merged_into_id, Case.status, Case.ledger_status, Case.level).where(
    or_(Case.original_id == bindparam("case_id"), Case.merged_into_id == bindparam("case_id"))
)
_LINKED = (
    *(Case.id, Case.public_id, Case.register_no, Case.title, Case.received_on, Case.status),
    *(Case.ledger_status, Case.original_id, Case.merged_into_id),
)


def case_of(case_id: int) -> Case:
    """Return a case with what its head shows and its demand points; the caller knows that the reader may see it.

    Raises NotFound.
    """
    found: Case | None = db.session.scalar(_CASE, {"case_id": case_id})
    if found is None:
        raise NotFound
    return found


def case_file(case_id: int, reader: Reader) -> CaseFile:
    """Return the file of a case (一案一档) for a page; raises NotFound."""
    return CaseFile(case_of(case_id), reader, by_trail=True)
