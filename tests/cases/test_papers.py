"""The facts of a paper: signed, sent, come back, served, or why nobody can be told (A2b, A6, A7; 条例第二十三条)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.databases import writing
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import answers, refusals, unit
from tracker.cases.acts.serving import ANONYMOUS, PaperNews, ServedNotice, ServiceReceipt, serve_document
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.checklist import checklist_of
from tracker.cases.lifecycle.documents import Sending
from tracker.cases.lifecycle.rules.close_out import CheckItem, CheckState
from tracker.cases.lifecycle.rules.grounds import RefusalGround
from tracker.cases.page import case_page
from tracker.cases.record.models import Document
from tracker.cases.record.rules.codes import DocumentKind, Result, ServiceMethod, Status
from tracker.cases.record.rules.service import PaperEvent, PaperState, service_words, state_of
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, FieldErrors
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.queries import reader_for
from tracker.petitioners.service import PetitionerEntry

ONE = timedelta(days=1)
POST = ServiceMethod.POST


def clock_of(matter: Matter, kind: LimitKind) -> Deadline:
    found = matter.clock(kind)
    assert found is not None
    db.session.refresh(found)
    return found


def paper(matter: Matter, kind: DocumentKind) -> Document:
    found = db.session.query(Document).filter_by(case_id=matter.case.id, kind=kind).order_by(Document.id.desc()).first()
    assert found is not None
    return found


def posted(on: date, no: str = "EMS1", **more: Any) -> ServedNotice:
    return ServedNotice("阳访告〔2026〕1号", None, POST, sent_on=on, proof=no, **more)


def opinion_of(matter: Matter, clock: Clock, **given: Any) -> None:
    points = {p.id: answers.PointAnswer(Result.EXPLAINED, "已说明。") for p in matter.case.demand_points}
    opinion = answers.Opinion("阳访意〔2026〕1号", "依据。", "事实。")
    with committed():
        answers.issue_opinion(matter.case, opinion, points, by=matter.county.unit_head, now=clock.now(), **given)


def learn(matter: Matter, document: Document, event: PaperEvent, on: date, clock: Clock, **more: Any) -> None:
    news = PaperNews(event, on, **more)
    with committed():
        serve_document(matter.case, document.id, news, by=matter.county.handler, now=clock.now())


def to_the_last_day(matter: Matter, kind: LimitKind, clock: Clock) -> date:
    last = clock_of(matter, kind).effective_due
    while clock.today() < last:
        clock.forward(days=1)
    return last


class TestANoticeThatWasSent:
    """A2b, A6: the notice had to be served before the act could be recorded at all."""

    def test_acceptance_is_recorded_with_a_notice_that_was_posted(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        last = to_the_last_day(matter, LimitKind.ACCEPTANCE, clock)
        with committed():
            unit.accept(matter.case, posted(last), by=county.handler, now=clock.now())
        assert (matter.case.status, matter.case.accepted_on) == (Status.ACCEPTED, last)
        acceptance = clock_of(matter, LimitKind.ACCEPTANCE)
        assert (acceptance.ended_on, acceptance.met) == (last, True)
        assert clock_of(matter, LimitKind.HANDLING).started_on == last
        notice = paper(matter, DocumentKind.ACCEPTANCE_NOTICE)
        assert (notice.signed_on, notice.sent_on, notice.served_on) == (last, last, None)
        assert state_of(notice) is PaperState.SENT

    def test_the_clock_goes_by_the_sending_not_by_the_decision(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        decided = clock.today()
        clock.forward(days=2)
        with committed():
            unit.accept(matter.case, posted(clock.today()), by=county.handler, now=clock.now(), accepted_on=decided)
        assert clock_of(matter, LimitKind.ACCEPTANCE).ended_on == clock.today()
        assert clock_of(matter, LimitKind.HANDLING).started_on == decided

    def test_an_extension_of_the_last_day_is_posted_then(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("accept")
        last = to_the_last_day(matter, LimitKind.HANDLING, clock)
        with committed():
            unit.extend(matter.case, posted(last), by=county.unit_head, now=clock.now(), days=30, reason="待审计。")
        assert clock_of(matter, LimitKind.HANDLING).extension_days == 30

    def test_nobody_told_and_no_reason_is_refused(self, county: County, clock: Clock) -> None:
        """The control."""
        matter = Matter(county).until("sign_for")
        for notice, field in (
            (ServedNotice("1号", None), "sent_on"),
            (ServedNotice("1号", clock.today(), POST), "sent_on"),
            (posted(clock.today(), untold="住址不清"), "untold"),
            (posted(clock.today() + ONE), "sent_on"),
            (ServedNotice("1号", clock.today() - ONE, POST, sent_on=clock.today()), "served_on"),
        ):
            with pytest.raises(DomainError) as refused, committed():
                unit.accept(matter.case, notice, by=county.handler, now=clock.now())
            assert refused.value.field == field, notice
        assert matter.case.status == Status.SIGNED_FOR

    def test_what_is_handed_over_is_sent_and_served(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        notice = ServedNotice("1号", None, ServiceMethod.IN_PERSON, "原秀英", sent_on=clock.today())
        with committed():
            unit.accept(matter.case, notice, by=county.handler, now=clock.now())
        kept = paper(matter, DocumentKind.ACCEPTANCE_NOTICE)
        assert (kept.sent_on, kept.served_on) == (clock.today(), clock.today())


class TestNobodyCanBeTold:
    """A7: only an anonymous letter was exempt, not one without an address (姓名（名称）、住址不清)."""

    def without_address(self, county: County) -> Matter:
        signed = PetitionerEntry(kind="main", name="原秀英", phone=None, address=None)
        return Matter(county, petitioners=[signed]).until("sign_for")

    def refuse(self, matter: Matter, clock: Clock, notice: ServedNotice) -> None:
        with committed():
            refusals.not_accept(
                matter.case, notice, by=matter.county.unit_head, now=clock.now(), ground=RefusalGround.OTHER_ROUTE,
                organ="法院", reason="已判决。",
            )  # fmt: skip

    def ended(self, matter: Matter, county: County, clock: Clock) -> CheckState:
        file = CaseFile(matter.case, reader_for(county.acceptor, clock.today()))
        return next(line.state for line in checklist_of(file) if line.item is CheckItem.ENDED)

    def test_a_signed_letter_without_an_address_is_accepted_with_the_reason(self, county: County, clock: Clock) -> None:
        matter = self.without_address(county)
        with committed():
            unit.accept(matter.case, ServedNotice("1号", None, untold="住址不清"), by=county.handler, now=clock.now())
        notice = paper(matter, DocumentKind.ACCEPTANCE_NOTICE)
        assert (notice.untold, service_words(notice)) == ("住址不清", "无法告知：住址不清")
        assert clock_of(matter, LimitKind.ACCEPTANCE).ended_on == clock.today()

    def test_the_reason_counts_for_the_checklist_and_what_is_only_sent_does_not(
        self, county: County, clock: Clock
    ) -> None:
        untold, sent = self.without_address(county), self.without_address(county)
        self.refuse(untold, clock, ServedNotice("1号", None, untold="住址不清"))
        self.refuse(sent, clock, posted(clock.today()))
        assert self.ended(untold, county, clock) is CheckState.DONE
        assert self.ended(sent, county, clock) is CheckState.MISSING
        learn(sent, paper(sent, DocumentKind.NON_ACCEPTANCE_NOTICE), PaperEvent.SERVED, clock.today(), clock,
              method=POST, served_to="原秀英", proof="EMS1")  # fmt: skip
        assert self.ended(sent, county, clock) is CheckState.DONE

    def test_of_an_anonymous_matter_it_is_said_by_itself(self, county: County, clock: Clock) -> None:
        matter = Matter(county, anonymous=True, petitioners=[]).until("sign_for")
        with committed():
            unit.accept(matter.case, ServedNotice(None, None), by=county.handler, now=clock.now())
        assert paper(matter, DocumentKind.ACCEPTANCE_NOTICE).untold == ANONYMOUS


class TestTheOpinion:
    """The 60 days are met by what was sent; the petitioner's days begin with what was served (our reading)."""

    @pytest.mark.both_databases
    def test_posted_on_the_last_day_and_served_later(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("accept")
        last = to_the_last_day(matter, LimitKind.HANDLING, clock)
        opinion_of(matter, clock, sending=Sending(sent_on=last, method=POST, proof="EMS9"))
        handling = clock_of(matter, LimitKind.HANDLING)
        assert (handling.ended_on, handling.met) == (last, True)
        assert matter.clock(LimitKind.REVIEW_WINDOW) is None, "nobody's days run before he has it"
        clock.forward(days=5)
        receipt = ServiceReceipt(clock.today(), POST, "原秀英", "EMS9")
        with committed():
            answers.deliver(matter.case, receipt, by=county.handler, now=clock.now())
        assert clock_of(matter, LimitKind.HANDLING).ended_on == last
        assert clock_of(matter, LimitKind.REVIEW_WINDOW).started_on == clock.today()
        assert verify().wrong is None

    def test_unsent_it_runs_on(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("accept")
        opinion_of(matter, clock)
        assert clock_of(matter, LimitKind.HANDLING).ended_on is None
        clock.forward(days=2)
        learn(matter, paper(matter, DocumentKind.OPINION), PaperEvent.SENT, clock.today() - ONE, clock, method=POST)
        assert clock_of(matter, LimitKind.HANDLING).ended_on == clock.today() - ONE

    def test_what_was_posted_is_served_with_the_day_of_its_sending(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("accept")
        opinion_of(matter, clock)
        sent = clock.today()
        clock.forward(days=4)
        receipt = ServiceReceipt(clock.today(), POST, "原秀英", "EMS9")
        with pytest.raises(FieldErrors) as refused, committed():
            answers.deliver(matter.case, receipt, by=county.handler, now=clock.now())
        assert list(refused.value.errors) == ["sent_on"]
        with committed():
            answers.deliver(
                matter.case, ServiceReceipt(clock.today(), POST, "原秀英", "EMS9", sent), by=county.handler,
                now=clock.now(),
            )  # fmt: skip
        assert clock_of(matter, LimitKind.HANDLING).ended_on == sent

    def test_its_service_is_an_act_of_its_own(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("answer")
        with pytest.raises(DomainError, match="登记送达") as refused:
            learn(matter, paper(matter, DocumentKind.OPINION), PaperEvent.SERVED, clock.today(), clock,
                  method=ServiceMethod.IN_PERSON, served_to="原秀英", proof="1")  # fmt: skip
        assert refused.value.field == "event"

    def test_a_clock_that_an_older_version_ended_is_marked(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("deliver")

        def words() -> str:
            page = case_page(
                matter.case.id, by=county.handler, reader=reader_for(county.handler, clock.today()), today=clock.today()
            )
            return next(each.words for each in page.past_clocks if each.kind is LimitKind.HANDLING)

        assert words() == "按期完成"
        writing().query(Document).filter_by(case_id=matter.case.id).update({"sent_on": None})
        db.session.expire_all()
        assert words() == "按期完成（按送达日计）"
        db.session.rollback()


class TestMailThatCameBack:
    """Returned mail is recorded and the service tried again; the 60 days stay met."""

    def test_it_is_sent_again_and_served(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("accept")
        opinion_of(matter, clock, sending=Sending(sent_on=clock.today(), method=POST, proof="EMS1"))
        sent, document = clock.today(), paper(matter, DocumentKind.OPINION)
        with pytest.raises(DomainError, match="已经发出"):
            learn(matter, document, PaperEvent.SENT, clock.today(), clock, method=POST)
        clock.forward(days=9)
        back = clock.today()
        learn(matter, document, PaperEvent.RETURNED, back, clock)
        assert state_of(document) is PaperState.RETURNED
        with pytest.raises(DomainError, match="没有发出在外"):
            learn(matter, document, PaperEvent.RETURNED, back, clock)
        with pytest.raises(DomainError, match="退回之日"):
            learn(matter, document, PaperEvent.SENT, back - ONE, clock, method=POST)
        learn(matter, document, PaperEvent.SENT, back, clock, method=POST, proof="EMS2")
        assert (document.sent_on, document.resent_on, state_of(document)) == (sent, back, PaperState.SENT)
        assert "退回" in service_words(document)
        clock.forward(days=2)
        with committed():
            answers.deliver(
                matter.case, ServiceReceipt(clock.today(), POST, "原秀英", "EMS2"), by=county.handler, now=clock.now()
            )
        assert clock_of(matter, LimitKind.HANDLING).ended_on == sent
        assert clock_of(matter, LimitKind.REVIEW_WINDOW).started_on == clock.today()
        assert verify().wrong is None

    def test_a_notice_that_came_back_told_nobody(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        TestNobodyCanBeTold().refuse(matter, clock, posted(clock.today()))
        document = paper(matter, DocumentKind.NON_ACCEPTANCE_NOTICE)
        learn(matter, document, PaperEvent.RETURNED, clock.today(), clock)
        assert TestNobodyCanBeTold().ended(matter, county, clock) is CheckState.MISSING
        with pytest.raises(DomainError, match="原因"):
            learn(matter, document, PaperEvent.UNTOLD, clock.today(), clock)
        learn(matter, document, PaperEvent.UNTOLD, clock.today(), clock, untold="查无此人，住址不清")
        assert TestNobodyCanBeTold().ended(matter, county, clock) is CheckState.DONE

    def test_a_service_is_proven(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        TestNobodyCanBeTold().refuse(matter, clock, posted(clock.today()))
        document = paper(matter, DocumentKind.NON_ACCEPTANCE_NOTICE)
        with pytest.raises(FieldErrors) as refused:
            learn(matter, document, PaperEvent.SERVED, clock.today(), clock, method=POST)
        assert set(refused.value.errors) == {"served_to", "proof"}
        assert document.served_on is None
