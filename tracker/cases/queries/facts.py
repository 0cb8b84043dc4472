"""The facts of one case that the rules ask for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from tracker.cases.models import (
    Assignment,
    Case,
    ChecklistTick,
    DisciplineTransfer,
    Document,
    LeaderReport,
    Review,
)
from tracker.cases.rules.close_out import CheckItem, CloseOutFacts
from tracker.cases.rules.codes import (
    RESULTS_TO_CARRY_OUT,
    DocumentKind,
    LedgerStatus,
    Level,
    Status,
    Track,
)
from tracker.cases.rules.positions import Position
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import running

NOTICE_KINDS = {
    Status.DIVERTED: DocumentKind.DIVERSION_NOTICE,
    Status.NOT_ACCEPTED: DocumentKind.NON_ACCEPTANCE_NOTICE,
    Status.NO_LONGER_ACCEPTED: DocumentKind.NO_LONGER_ACCEPTED_NOTICE,
}


def assignments_of(case: Case) -> list[Assignment]:
    """Return every assignment of a case, oldest first."""
    return list(db.session.scalars(select(Assignment).where(Assignment.case_id == case.id).order_by(Assignment.id)))


def position_of(case: Case) -> Position:
    """Return what decides who stands where towards a case."""
    return position_from(
        case,
        db.session.scalars(
            select(Assignment.department_id).where(
                Assignment.case_id == case.id, Assignment.ended_on.is_(None), Assignment.track != Track.HANDLING
            )
        ),
    )


def position_from(case: Case, sides: Iterable[int]) -> Position:
    """Return the same from rows that were read before; `sides` are the units of its running side tracks."""
    current = case.assignment
    return Position(
        office_id=case.office_id,
        handling_department_id=current.department_id if current else None,
        handler_id=current.handler_id if current else None,
        lead_official_id=current.lead_official_id if current else None,
        side_department_ids=frozenset(sides),
        vote_buying=case.vote_buying,
    )


def documents_of(case: Case) -> list[Document]:
    """Return the documents of a case, oldest first."""
    return list(db.session.scalars(select(Document).where(Document.case_id == case.id).order_by(Document.id)))


def current_document(case: Case, kind: DocumentKind) -> Document | None:
    """Return the latest document of a kind in this round."""
    return db.session.scalar(
        select(Document)
        .where(Document.case_id == case.id, Document.round == case.round, Document.kind == kind)
        .order_by(Document.id.desc())
        .limit(1)
    )


def discipline_transfer(case: Case) -> DisciplineTransfer | None:
    """Return the hand-over to discipline inspection, if there is one."""
    return db.session.scalar(
        select(DisciplineTransfer).where(DisciplineTransfer.case_id == case.id).order_by(DisciplineTransfer.id.desc())
    )


def running_review(case: Case) -> Review | None:
    """Return the 复查 or 复核 that has no result yet."""
    return db.session.scalar(select(Review).where(Review.case_id == case.id, Review.concluded_on.is_(None)))


def reports_of(case: Case) -> list[LeaderReport]:
    """Return the reports to the main leaders, oldest first."""
    return list(
        db.session.scalars(select(LeaderReport).where(LeaderReport.case_id == case.id).order_by(LeaderReport.id))
    )


def file_tick(case: Case) -> ChecklistTick | None:
    """Return who vouched in this round that the file is complete."""
    return db.session.scalar(
        select(ChecklistTick).where(
            ChecklistTick.case_id == case.id,
            ChecklistTick.round == case.round,
            ChecklistTick.item == CheckItem.FILE_COMPLETE,
        )
    )


def close_out_facts(case: Case) -> CloseOutFacts:
    """Return what the close-out checklist asks of a case, read afresh."""
    return close_out_facts_from(case, rows_of(case))


def rows_of(case: Case) -> "CaseRows":
    """Return the rows of a case that guards and the close-out checklist look at, read afresh."""
    return CaseRows(
        documents=documents_of(case),
        transfer=discipline_transfer(case),
        assignments=assignments_of(case),
        reports=reports_of(case),
        review_running=running_review(case) is not None,
        file_tick=file_tick(case),
        open_repeats=_open_repeats(case),
        orders_open=orders_open(running(case.id)),
    )


@dataclass(frozen=True)
class CaseRows:
    """The rows of a case that guards and the close-out checklist look at, each list oldest first."""

    documents: Sequence[Document]
    transfer: DisciplineTransfer | None
    assignments: Sequence[Assignment]
    reports: Sequence[LeaderReport]
    review_running: bool
    file_tick: ChecklistTick | None
    open_repeats: int
    orders_open: int

    def latest(self, kind: DocumentKind | None, round_no: int) -> Document | None:
        """Return the latest document of a kind in a round."""
        found = (each for each in reversed(self.documents) if each.kind == kind and each.round == round_no)
        return next(found, None)


def close_out_facts_from(case: Case, rows: CaseRows) -> CloseOutFacts:
    """Return what the close-out checklist asks of a case, from rows that were read before."""
    status = Status(case.status)
    opinion = rows.latest(DocumentKind.OPINION, case.round)
    notice = rows.latest(NOTICE_KINDS.get(status), case.round)
    receipts = [receipt for report in rows.reports for receipt in report.receipts]
    validity = [each for each in rows.assignments if each.track == Track.ELECTION_VALIDITY]
    return CloseOutFacts(
        status=status,
        opinion_served=bool(opinion and opinion.served_on),
        notice_served=bool(notice and notice.served_on),
        discipline_receipted=bool(rows.transfer and rows.transfer.received_on),
        withdrawal_kept=status is Status.WITHDRAWN and rows.latest(DocumentKind.WITHDRAWAL, case.round) is not None,
        anonymous=case.anonymous,
        point_results=tuple(point.result for point in case.demand_points),
        points_not_carried_out=sum(
            point.result in RESULTS_TO_CARRY_OUT and point.carried_out_on is None for point in case.demand_points
        ),
        reviews_running=int(rows.review_running),
        side_tracks_open=sum(t.track == Track.ASSISTANCE and t.ended_on is None for t in rows.assignments),
        open_repeats=rows.open_repeats,
        orders_open=rows.orders_open,
        vote_buying=case.vote_buying,
        reported_and_read=bool(receipts) and all(receipt.read_at for receipt in receipts),
        validity_concluded=any(each.conclusion for each in validity) and all(each.ended_on for each in validity),
        file_confirmed_by=rows.file_tick.ticked_by.name if rows.file_tick else None,
    )


def orders_open(clocks: Iterable[Deadline]) -> int:
    """Count the running clocks of orders without a reply and instructions without a report (督办、批示未回复)."""
    return sum(clock.kind in (LimitKind.ORDER_REPLY, LimitKind.INSTRUCTION) for clock in clocks)


ENDED_OTHERWISE = frozenset({Status.MERGED, Status.VOIDED})


def _open_repeats(case: Case) -> int:
    """Count the repeats (重件) that nobody has struck off, merged or declared void.

    An accusation goes its own way: it holds up nothing, and counting it would tell the accused of it.
    """
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Case)
            .where(
                Case.original_id == case.id,
                Case.ledger_status != LedgerStatus.CLOSED,
                Case.status.not_in(sorted(ENDED_OTHERWISE)),
                Case.level != Level.ACCUSATION,
            )
        )
        or 0
    )
