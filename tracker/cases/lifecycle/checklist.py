"""The close-out checklist (销号核对单) of one case: what its rules ask, answered from the file."""

from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.forwardings import awaiting_receipt, handed_to
from tracker.cases.lifecycle.late_entries import late_entries
from tracker.cases.lifecycle.rules.close_out import CheckLine, CloseOutFacts, checklist
from tracker.cases.record.rules.codes import DocumentKind, MatterClass, Status, Track
from tracker.cases.record.rules.forwarding import ForwardedTo
from tracker.cases.record.rules.service import is_told
from tracker.deadlines.limits import REVIEWABLE, LimitKind

NOTICE_KINDS = {
    Status.DIVERTED: DocumentKind.DIVERSION_NOTICE,
    Status.NOT_ACCEPTED: DocumentKind.NON_ACCEPTANCE_NOTICE,
    Status.NO_LONGER_ACCEPTED: DocumentKind.NO_LONGER_ACCEPTED_NOTICE,
}
# The clocks of orders without a reply and of instructions without a report (督办、批示未回复).
ANSWERED_BY_A_UNIT = frozenset({LimitKind.ORDER_REPLY, LimitKind.INSTRUCTION})


def checklist_of(file: CaseFile) -> tuple[CheckLine, ...]:
    """Return the lines of the checklist (销号核对单) as the case stands."""
    return checklist(close_out_facts(file))


def close_out_facts(file: CaseFile) -> CloseOutFacts:
    """Return what the checklist asks of a case."""
    case = file.case
    status = Status(case.status)
    opinion = file.answer
    accuses = case.matter_class == MatterClass.ACCUSATION
    notice = file.latest(NOTICE_KINDS.get(status))
    receipts = [receipt for report in file.reports for receipt in report.receipts]
    validity = [each for each in file.assignments if each.track == Track.ELECTION_VALIDITY]
    return CloseOutFacts(
        status=status,
        opinion_served=bool(opinion and opinion.served_on),
        notice_told=bool(notice and is_told(notice)),
        receipted=any(each.received_on and not each.returned_on for each in file.forwardings),
        receipts_missing=len(awaiting_receipt(file)),
        discipline_receipted=bool((handed := handed_to(file, ForwardedTo.DISCIPLINE)) and handed.received_on),
        withdrawal_kept=status is Status.WITHDRAWN and file.latest(DocumentKind.WITHDRAWAL) is not None,
        anonymous=case.anonymous,
        point_results=tuple(point.result for point in case.demand_points),
        points_not_carried_out=len(case.promises),
        # What became something else since (转为检举控告件) waits for no opinion of the organ that was asked.
        reviews_running=int(not accuses and file.running_review is not None),
        reviews_unserved=int(not accuses and file.unserved_review is not None),
        review_window_running=status is not Status.DELIVERED and any(each.kind in REVIEWABLE for each in file.running),
        side_tracks_open=sum(each.track != Track.HANDLING and each.ended_on is None for each in file.assignments),
        open_repeats=file.open_repeats,
        report_owed=any(clock.kind == LimitKind.LEADER_REPORT for clock in file.running),
        orders_open=sum(clock.kind in ANSWERED_BY_A_UNIT for clock in file.running),
        late_entries_open=len(late_entries(file)),
        vote_buying=case.vote_buying,
        # What was marked again is reported again: the report of before does not stand for it.
        reported_and_read=bool(receipts)
        and all(receipt.read_at for receipt in receipts)
        and not any(clock.kind == LimitKind.LEADER_REPORT for clock in file.running),
        validity_concluded=any(each.conclusion for each in validity) and all(each.ended_on for each in validity),
        file_confirmed_by=file.file_tick.ticked_by.name if file.file_tick else None,
    )
