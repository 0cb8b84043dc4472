"""The moment of a step: the facts that guards ask for, read from the file of the case."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tracker.cases.access.named_readers import unconcerned
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.checklist import close_out_facts
from tracker.cases.lifecycle.forwardings import awaiting_receipt, handed_to
from tracker.cases.lifecycle.late_entries import to_check
from tracker.cases.lifecycle.order_drafts import signers
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.close_out import CloseOutFacts
from tracker.cases.lifecycle.rules.facts import ClockFact, Facts, LeadFact, WhoAsked
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.lifecycle.rules.step_sets import BEFORE_ASSIGNMENT
from tracker.cases.record.models import Case, CaseStep
from tracker.cases.record.rules.answering import ANSWER_PAPERS
from tracker.cases.record.rules.codes import WRITTEN, DocumentKind, MatterClass, Route, Status, Track, Urgency
from tracker.cases.record.rules.drafted import DraftStage
from tracker.cases.record.rules.forwarding import ForwardedTo
from tracker.core.database import db
from tracker.deadlines.claims import is_claimed, waits
from tracker.deadlines.limits import LimitKind
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.statutes.queries import cited
from tracker.statutes.rules.provisions import Provision


@dataclass(frozen=True)
class Moment(Facts):
    """What a guard looks at: the file of the case, who acts, the day."""

    file: CaseFile
    by: User
    today: date

    @property
    def case(self) -> Case:
        """The case."""
        return self.file.case

    @property
    def is_history(self) -> bool:
        return self.case.is_history

    @property
    def matter_class(self) -> MatterClass | None:
        return MatterClass(self.case.matter_class) if self.case.matter_class else None

    @property
    def route(self) -> Route | None:
        return Route(self.case.route) if self.case.route else None

    @property
    def is_written(self) -> bool:
        return self.case.channel in WRITTEN

    @property
    def drafts(self) -> frozenset[tuple[Action, DraftStage]]:
        return frozenset((Action(each.act), each.stage) for each in self.file.waiting_for_signature)

    @property
    def vote_buying(self) -> bool:
        return self.case.vote_buying

    @property
    def is_urgent(self) -> bool:
        return self.case.urgency == Urgency.URGENT

    @property
    def unmark_asked(self) -> WhoAsked:
        return self._who(self._unmark_request())

    @property
    def unmark_needs_leader(self) -> bool:
        line = self._unmark_request()
        leaders = {leader.id for leader in unconcerned(Role.PRINCIPAL_LEADER, self.case, self.today)}
        return line is not None and line.actor_id not in leaders and bool(leaders - {self.by.id})

    def _latest(self, *actions: Action) -> CaseStep | None:
        of_round = (line for line in reversed(self.file.steps) if line.round == self.case.round)
        return next((line for line in of_round if line.action in actions), None)

    def _unmark_request(self) -> CaseStep | None:
        """Return the line of a request that is not decided: of this mark, not of one before it."""
        line = self._latest(Action.ASK_UNMARK, Action.MARK_VOTE_BUYING, Action.UNMARK_VOTE_BUYING)
        return line if line is not None and line.action == Action.ASK_UNMARK else None

    def _who(self, line: CaseStep | None) -> WhoAsked:
        if line is None:
            return WhoAsked.NOBODY
        return WhoAsked.ME if line.actor_id == self.by.id else WhoAsked.ANOTHER

    @property
    def is_election(self) -> bool:
        return bool(self.case.election_type)

    @property
    def is_reported(self) -> bool:
        return bool(self.file.reports)

    @property
    def awaits_my_reading(self) -> bool:
        receipts = (receipt for report in self.file.reports for receipt in report.receipts)
        return any(receipt.user_id == self.by.id and receipt.read_at is None for receipt in receipts)

    @property
    def is_transferred(self) -> bool:
        return handed_to(self.file, ForwardedTo.DISCIPLINE) is not None

    @property
    def awaits_receipt(self) -> bool:
        return bool(awaiting_receipt(self.file))

    @property
    def rulings(self) -> list[bool]:
        department_id = self.case.assignment.department_id if self.case.assignment else None
        of_unit = {each.id for each in self.file.assignments if each.department_id == department_id}
        return [
            each.upheld for each in self.file.objections if each.assignment_id in of_unit and each.upheld is not None
        ]

    @property
    def _accuses(self) -> bool:
        """What became an accusation since (转为检举控告件) has no review any more."""
        return self.case.matter_class == MatterClass.ACCUSATION

    @property
    def is_reviewed(self) -> bool:
        return not self._accuses and self.file.running_review is not None

    @property
    def unserved_review(self) -> LimitKind | None:
        waiting = None if self._accuses else self.file.unserved_review
        return LimitKind(waiting.kind) if waiting else None

    @property
    def has_paper_on_its_way(self) -> bool:
        return bool(self.file.on_their_way)

    @property
    def has_promises(self) -> bool:
        return bool(self.case.promises)

    @property
    def has_papers(self) -> bool:
        return bool(self.file.documents)

    @property
    def acceptance_stands(self) -> bool:
        if self.case.status != Status.ACCEPTED:
            return False
        notice = self.file.latest(DocumentKind.ACCEPTANCE_NOTICE)
        later = (DocumentKind.EXTENSION_NOTICE, *ANSWER_PAPERS)
        told = notice is None or notice.sent_on is not None or notice.served_on is not None
        return told or any(self.file.latest(kind) for kind in later)

    @property
    def has_unit(self) -> bool:
        return self.case.assignment is not None

    @property
    def unit_is_gone(self) -> bool:
        return bool(self.file.marks(self.today).unit_mark)

    @property
    def lead(self) -> LeadFact | None:
        lead = self.case.lead
        if lead is None and self.case.assignment is None:
            return None
        posts = lead.posts_on(self.today) if lead else ()
        return LeadFact(lead is not None, frozenset(Role(post.role) for post in posts))

    @property
    def close_out(self) -> CloseOutFacts:
        return close_out_facts(self.file)

    @property
    def awaits_my_check(self) -> bool:
        return bool(to_check(self.file))

    @property
    def is_called_back(self) -> bool:
        return bool(self.file.valid_calls)

    @property
    def unfit_to_call(self) -> str | None:
        return self.file.unfit_to_call

    @property
    def i_applied(self) -> bool:
        return any(each.decided_by_id == self.by.id and each.station == "applied" for each in self.file.attempt)

    @property
    def i_decided(self) -> bool:
        return any(each.decided_by_id == self.by.id for each in self.file.attempt)

    @property
    def is_last_merged(self) -> bool:
        into = Case.merged_into_id == self.case.merged_into_id
        return self.case.id == db.session.scalar(select(Case.id).where(into).order_by(Case.merge_order.desc()).limit(1))

    @property
    def has_merged(self) -> bool:
        return any(row.merged_into_id == self.case.id for row in self.file.below)

    @property
    def void_asked(self) -> WhoAsked:
        past = (line for line in self.file.steps if line.to_status and line.to_status not in BEFORE_ASSIGNMENT)
        last = max((line.id for line in past), default=0)
        asked = [line for line in self.file.steps if line.action == Action.ASK_VOID and line.id > last]
        return self._who(asked[-1] if asked else None)

    @property
    def drafts_wait_for_me(self) -> bool:
        held = stations(self.file.reader, self.file.position)
        return any(signers(draft, self.today) & held for draft in self.file.waiting_orders)

    @property
    def my_drafts_wait(self) -> bool:
        return any(draft.drafted_by_id == self.by.id for draft in self.file.waiting_orders)

    @property
    def is_mine(self) -> bool:
        position = self.file.position
        return {position.responsible_department_id, *position.side_department_ids} <= self.file.reader.chain_ids

    def running(self, track: Track) -> bool:
        return any(each.track == track and each.ended_on is None for each in self.file.assignments)

    def clock(self, *kinds: LimitKind) -> ClockFact | None:
        found = next((row for row in self.file.at_hand if row.kind in kinds and not is_claimed(row)), None)
        if found is None:
            return None
        alike = (each for each in self.file.deadlines if (each.kind, each.round) == (found.kind, found.round))
        return ClockFact(any(each.extension_days or (each.claimed_days and waits(each)) for each in alike))

    def cite(self, *basis: Provision) -> str:
        return cited(*basis, on=self.today)
