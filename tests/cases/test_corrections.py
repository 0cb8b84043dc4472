"""更正: what can be entered can be corrected, with the reason; the old stays, clocks follow, no right gets shorter."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.access.named_readers import running_named_readers
from tracker.cases.acts import office, unit
from tracker.cases.acts.corrections import (
    PaperCorrection,
    PersonCorrection,
    correct_paper,
    correct_petitioner,
    correct_receipt,
)
from tracker.cases.acts.identity import open_people
from tracker.cases.acts.registered import PointsCorrection, correct
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.lifecycle.stepping import Action
from tracker.cases.record.models import Case, CaseStep, Document
from tracker.cases.record.rules.codes import Channel, Confidentiality, DocumentKind, PetitionerKind, Purpose, Status
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, FieldErrors, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import clock_of
from tracker.deadlines.rules import is_late
from tracker.people.models import User
from tracker.petitioners.queries import cases_of_same_person
from tracker.petitioners.service import PetitionerEntry

ONE = timedelta(days=1)


def latest(matter: Matter, action: Action) -> CaseStep:
    rows = select(CaseStep).where(CaseStep.case_id == matter.case.id, CaseStep.action == action).order_by(CaseStep.id)
    return db.session.scalars(rows).all()[-1]


def opinion(matter: Matter) -> Document:
    rows = select(Document).where(Document.case_id == matter.case.id, Document.kind == DocumentKind.OPINION)
    return db.session.scalars(rows).one()


def right(paper: Document, **changes: object) -> PaperCorrection:
    """Return a paper's facts with some put right."""
    names = ("document_no", "sent_on", "served_on", "served_to", "service_note")
    return PaperCorrection(**{name: getattr(paper, name) for name in names} | changes)


class TestWhoPetitions:
    """Use D1: a wrong number could be corrected by nobody, and the call-back that 销号 asks for was impossible."""

    def correct(self, county: County, matter: Matter, correction: PersonCorrection) -> None:
        with committed():
            correct_petitioner(
                matter.case, correction, by=county.acceptor, now=core_clock.now(), reason="来电更正号码。"
            )

    @pytest.mark.both_databases
    def test_a_number_is_corrected_and_the_old_one_stays_on_the_record(self, county: County) -> None:
        matter = Matter(county)
        person = matter.case.petitioners[0]
        self.correct(county, matter, PersonCorrection(person.id, PetitionerEntry(phone="13912345678")))
        assert person.phone == "13912345678"
        assert person.name == "原秀英", "what was left empty stays"
        assert set(db.session.scalars(cases_of_same_person(phone="13912345678"))) == {matter.case.id}
        assert not set(db.session.scalars(cases_of_same_person(phone="13900000001")))
        with committed():
            people = open_people(matter.case, by=county.acceptor, purpose="回访", now=core_clock.now())
        assert "13900000001" in people.petitioners[0].earlier[0]
        assert verify().wrong is None

    def test_the_trail_and_the_log_name_the_fields_and_no_value(self, county: County) -> None:
        matter = Matter(county)
        person = matter.case.petitioners[0]
        self.correct(county, matter, PersonCorrection(person.id, PetitionerEntry(name="原秀荣", phone="13912345678")))
        line = latest(matter, Action.CORRECT_PETITIONER)
        assert line.facts == {"person": "原*", "fields": ["姓名", "电话"]}
        event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()[-1]
        assert b"13912345678" not in bytes(event.payload)

    def test_a_wrong_number_is_taken_away(self, county: County) -> None:
        matter = Matter(county)
        person = matter.case.petitioners[0]
        self.correct(county, matter, PersonCorrection(person.id, PetitionerEntry(), frozenset({"phone"})))
        assert (person.phone, person.phone_key) == (None, None)

    def test_who_was_left_out_is_added(self, county: County) -> None:
        matter = Matter(county)
        entry = PetitionerEntry(kind=PetitionerKind.REPRESENTATIVE, name="延秀兰")
        self.correct(county, matter, PersonCorrection(None, entry))
        assert [(each.kind, each.name) for each in matter.case.petitioners] == [
            ("main", "原秀英"), ("representative", "延秀兰"),
        ]  # fmt: skip

    def test_a_name_ends_the_anonymity(self, county: County) -> None:
        matter = Matter(county, anonymous=True, petitioners=[])
        self.correct(county, matter, PersonCorrection(None, PetitionerEntry(name="延秀兰")))
        assert matter.case.anonymous is False

    def test_nothing_changed_is_refused(self, county: County) -> None:
        matter = Matter(county)
        person = matter.case.petitioners[0]
        with pytest.raises(DomainError, match="没有改动"):
            self.correct(county, matter, PersonCorrection(person.id, PetitionerEntry(name="原秀英")))
        with pytest.raises(DomainError, match="请填写姓名"):
            self.correct(county, matter, PersonCorrection(None, PetitionerEntry(phone="13912345678")))

    def test_it_is_possible_after_the_close_out_too(self, county: County) -> None:
        matter = Matter(county).until("sign")
        person = matter.case.petitioners[0]
        self.correct(county, matter, PersonCorrection(person.id, PetitionerEntry(phone="13912345678")))
        assert person.phone == "13912345678"

    def test_the_unit_does_not(self, county: County) -> None:
        matter = Matter(county).until("sign_for")
        with pytest.raises(Forbidden), committed():
            correct_petitioner(
                matter.case,
                PersonCorrection(matter.case.petitioners[0].id, PetitionerEntry(phone="13912345678")),
                by=county.handler, now=core_clock.now(), reason="打不通。",
            )  # fmt: skip


class TestWhenItWasReceived:
    """A4b: a typing error in the start day of the 15 days could only be cured by 作废 and a new number."""

    def correct(self, county: County, matter: Matter, day: date, **more: object) -> None:
        with committed():
            correct_receipt(
                matter.case, day, by=county.office_head, now=core_clock.now(), reason="收文登记是这一天。", **more
            )  # type: ignore[arg-type]

    @pytest.mark.both_databases
    def test_the_office_clock_counts_from_the_right_day(self, county: County) -> None:
        matter, today = Matter(county), core_clock.today()
        clock = matter.clock(LimitKind.OFFICE_REFERRAL)
        assert clock is not None
        before = clock.effective_due
        self.correct(county, matter, today - 5 * ONE)
        assert matter.case.received_on == clock.started_on == today - 5 * ONE
        assert clock.nominal_due == today + 10 * ONE
        assert clock.effective_due < before
        assert clock.first_due == before, "what was first told stays on the record"
        assert matter.case.next_due_on == clock.effective_due
        assert "→" in latest(matter, Action.CORRECT_RECEIPT).facts["clocks"][0]
        assert verify().wrong is None

    def test_lateness_is_derived_again(self, county: County, clock: Clock) -> None:
        """Registered as received 20 days ago, given out today: late; received 10 days ago in truth: in time."""
        today = core_clock.today()
        matter = Matter(county, received_on=today - 20 * ONE)
        with committed():
            matter.triage()
        with committed():
            matter.assign()
        row = matter.clock(LimitKind.OFFICE_REFERRAL)
        assert row is not None
        assert is_late(clock_of(row), today)
        self.correct(county, matter, today - 10 * ONE)
        assert row.ended_on == today
        assert not is_late(clock_of(row), today)

    def test_a_day_after_what_was_done_is_refused(self, county: County) -> None:
        matter, today = Matter(county, received_on=core_clock.today() - 5 * ONE), core_clock.today()
        with pytest.raises(DomainError, match="不能晚于"):
            self.correct(county, matter, today + ONE)
        with committed():
            matter.triage()
        with committed():
            matter.assign(delivered_on=today - 2 * ONE)
        with pytest.raises(DomainError, match="不能晚于"):
            self.correct(county, matter, today - ONE)
        with pytest.raises(DomainError, match="邮戳"):
            self.correct(county, matter, today - 4 * ONE, posted_on=today - 3 * ONE)
        with pytest.raises(DomainError, match="没有改动"):
            self.correct(county, matter, today - 5 * ONE)

    def test_the_head_alone_moves_the_clock_of_the_office(self, county: County) -> None:
        matter = Matter(county)
        with pytest.raises(Forbidden), committed():
            correct_receipt(
                matter.case, core_clock.today() - ONE, by=county.acceptor, now=core_clock.now(), reason="写错了。"
            )


class TestWhatAPaperSays:
    """The number and the days of a paper, typed wrongly."""

    def correct(self, county: County, matter: Matter, **changes: object) -> None:
        paper = opinion(matter)
        with committed():
            correct_paper(
                matter.case, paper, right(paper, **changes), by=county.acceptor, now=core_clock.now(),
                reason="回证上是这一天。",
            )  # fmt: skip

    def served(self, county: County, clock: Clock) -> Matter:
        """Return a matter whose opinion was served today, ten days after it was made."""
        matter = Matter(county).until("answer")
        clock.forward(days=10)
        with committed():
            matter.deliver()
        return matter

    @pytest.mark.both_databases
    def test_a_later_service_gives_the_petitioner_the_later_days(self, county: County, clock: Clock) -> None:
        matter = self.served(county, clock)
        window = matter.clock(LimitKind.REVIEW_WINDOW)
        assert window is not None
        before = window.nominal_due
        clock.forward(days=4)
        self.correct(county, matter, served_on=core_clock.today() - ONE)
        assert opinion(matter).served_on == matter.case.answered_on == window.started_on
        assert window.nominal_due == before + 3 * ONE
        carrying = matter.clock(LimitKind.CARRYING_OUT)
        assert carrying is not None
        assert carrying.nominal_due == before + 3 * ONE
        assert verify().wrong is None

    def test_an_earlier_service_never_shortens_the_window(self, county: County, clock: Clock) -> None:
        matter = self.served(county, clock)
        window = matter.clock(LimitKind.REVIEW_WINDOW)
        assert window is not None
        before = window.effective_due
        earlier = core_clock.today() - 3 * ONE
        self.correct(county, matter, sent_on=earlier, served_on=earlier)
        assert window.started_on == earlier
        assert window.effective_due == before

    def test_the_duty_ends_on_the_right_day_of_sending(self, county: County, clock: Clock) -> None:
        """Entered as sent today, after the 60 days; the postmark is of a day within them."""
        matter = Matter(county).until("answer")
        row = matter.clock(LimitKind.HANDLING)
        assert row is not None
        clock.forward(days=(row.effective_due - core_clock.today()).days + 2)
        with committed():
            matter.deliver()
        assert is_late(clock_of(row), core_clock.today())
        self.correct(county, matter, sent_on=row.effective_due)
        assert row.ended_on == row.effective_due
        assert not is_late(clock_of(row), core_clock.today())

    def test_the_number_is_corrected_with_its_old_one_in_the_trail(self, county: County, clock: Clock) -> None:
        matter = self.served(county, clock)
        self.correct(county, matter, document_no="阳访意〔2026〕9号")
        assert opinion(matter).document_no == "阳访意〔2026〕9号"
        assert ["文号", "阳访意〔2026〕1号", "阳访意〔2026〕9号"] in latest(matter, Action.CORRECT_PAPER).facts[
            "changed"
        ]

    def test_days_that_cannot_be_are_refused(self, county: County, clock: Clock) -> None:
        matter = self.served(county, clock)
        made_on = opinion(matter).issued_on
        for wrong in ({"sent_on": made_on - ONE}, {"served_on": core_clock.today() + ONE}, {"served_on": None}):
            with pytest.raises(FieldErrors):
                self.correct(county, matter, **wrong)
        with pytest.raises(DomainError, match="没有改动"):
            self.correct(county, matter)


class TestHowItCameAndWhatItAsks:
    """A4b: 信访形式, 信访目的, 邮戳日期, 上级机关, 上级编号 were registered once for all."""

    def correct(self, county: County, matter: Matter, by: User | None = None, **changes: object) -> None:
        with committed():
            correct(matter.case, changes, by=by or county.registrar, now=core_clock.now(), reason="登记时选错了。")  # type: ignore[arg-type]

    @pytest.mark.both_databases
    def test_another_channel_takes_its_own_fields_and_leaves_those_of_the_first(self, county: County) -> None:
        matter = Matter(county, posted_on=core_clock.today() - ONE)
        self.correct(
            county, matter, channel=Channel.SUPERIOR, superior_office="市信访局", superior_no="晋信转〔2026〕5号"
        )
        case = matter.case
        assert (case.channel, case.superior_office, case.superior_no) == ("superior", "市信访局", "晋信转〔2026〕5号")
        assert case.posted_on is None, "nothing that came from above has a postmark of its own"
        told = latest(matter, Action.CORRECT).facts["changed"]
        assert ["信访形式", "来信", "上级转交"] in told
        assert next(old for label, old, _new in told if label == "邮戳日期"), "the old value stays in the trail"
        assert verify().wrong is None

    def test_what_could_not_have_been_registered_is_refused(self, county: County) -> None:
        matter, today = Matter(county), core_clock.today()
        for field, changes in (
            ("superior_office", {"channel": Channel.SUPERIOR}),
            ("posted_on", {"posted_on": today + ONE}),
            ("hotline_no", {"hotline_no": "12345-1"}),
            ("superior_no", {"channel": Channel.CALL, "superior_no": "晋信转〔2026〕5号"}),
            ("people_count", {"channel": Channel.VISIT, "people_count": 6}),
        ):
            with pytest.raises(DomainError) as refused:
                self.correct(county, matter, **changes)
            assert field in refused.value.errors
            assert matter.case.channel == Channel.LETTER
        nameless = Matter(county, anonymous=True, petitioners=[])
        with pytest.raises(DomainError, match="来访人姓名"):
            self.correct(county, nameless, channel=Channel.VISIT)
        self.correct(county, matter, posted_on=today - ONE)
        assert matter.case.posted_on == today - ONE, "the control"

    def test_no_clock_counts_from_any_of_it(self, county: County) -> None:
        matter = Matter(county).until("accept")
        before = clocks_of(matter)
        self.correct(county, matter, channel=Channel.CALL, hotline_no="2026-1", purpose=Purpose.APPEAL)
        assert clocks_of(matter) == before

    @pytest.mark.parametrize("until", ["answer", "deliver", "apply"])
    def test_it_is_possible_after_the_opinion_and_not_after_the_close_out(self, county: County, until: str) -> None:
        matter = Matter(county).until(until)
        self.correct(county, matter, channel=Channel.ONLINE, source_no="网-1")
        assert matter.case.channel == Channel.ONLINE
        closed = Matter(county).until("sign")
        with pytest.raises(DomainError, match="不能“更正登记信息”"):
            self.correct(county, closed, channel=Channel.ONLINE)

    def test_the_purpose_of_an_accusation_closes_the_matter_as_its_registration_would(self, county: County) -> None:
        matter, born = Matter(county).until("triage"), Matter(county, purpose=Purpose.ACCUSATION)
        self.correct(county, matter, purpose=Purpose.ACCUSATION)
        assert matter.case.level == born.case.level == Confidentiality.ACCUSATION
        assert {row.user_id for row in running_named_readers(matter.case)} == {
            row.user_id for row in running_named_readers(born.case)
        }
        assert matter.case.matter_class == "claim", "the purpose proposes a class, it changes none"
        self.correct(county, matter, purpose=Purpose.SETTLEMENT)
        assert matter.case.level == Confidentiality.ACCUSATION, "a level is never lowered by it"

    def test_what_a_unit_has_is_taken_back_first(self, county: County) -> None:
        matter = Matter(county).until("assign")
        with pytest.raises(DomainError, match="转为检举控告件"):
            self.correct(county, matter, by=county.acceptor, purpose=Purpose.ACCUSATION)
        assert (matter.case.purpose, matter.case.level) == (Purpose.SETTLEMENT, Confidentiality.ORDINARY)
        with committed():
            office.seal_accusation(matter.case, by=county.acceptor, now=core_clock.now(), reason="举报收钱。")
        self.correct(county, matter, by=county.acceptor, purpose=Purpose.ACCUSATION)
        assert matter.case.purpose == Purpose.ACCUSATION


class TestWhatADemandSays:
    """A4b: a typing error in a demand point was answered as it stood."""

    def reword(self, county: County, matter: Matter, text: str) -> None:
        point = matter.case.demand_points[0]
        with committed():
            correct(
                matter.case, {}, points=PointsCorrection({point.id: text}), by=county.acceptor,
                now=core_clock.now(), reason="写错了户数。",
            )  # fmt: skip

    @pytest.mark.both_databases
    def test_the_point_keeps_its_number_and_the_old_wording_stays_in_the_trail(self, county: County) -> None:
        matter = Matter(county).until("accept")
        first = matter.case.demand_points[0]
        self.reword(county, matter, "补登遗漏的十四户选民。")
        again = matter.case.demand_points[0]
        assert (again.id, again.position, again.text) == (first.id, 1, "补登遗漏的十四户选民。")
        assert latest(matter, Action.CORRECT).facts["changed"] == [
            ["诉求点 1", "补登遗漏的选民户。", "补登遗漏的十四户选民。"]
        ]
        assert verify().wrong is None

    def test_after_the_opinion_it_is_refused_with_a_sentence(self, county: County) -> None:
        matter = Matter(county).until("answer")
        with pytest.raises(DomainError, match="答复已经按原来的文字出具"):
            self.reword(county, matter, "补登遗漏的十四户选民。")
        assert matter.case.demand_points[0].text == "补登遗漏的选民户。"
        with pytest.raises(DomainError, match="不再增加诉求点"), committed():
            correct(
                matter.case, {}, points=PointsCorrection(added=["另一个诉求。"]), by=county.acceptor,
                now=core_clock.now(), reason="漏了。",
            )  # fmt: skip

    def test_an_empty_or_endless_wording_is_refused(self, county: County) -> None:
        matter = Matter(county)
        for text in ("", "长" * 501):
            with pytest.raises(DomainError):
                self.reword(county, matter, text)
        with pytest.raises(DomainError, match="没有改动"):
            self.reword(county, matter, matter.case.demand_points[0].text)

    def test_the_page_offers_the_points_while_nothing_answered_them(self, county: County) -> None:
        public_id = county.register()
        page = county.browser("acceptor").get(f"/cases/{public_id}/steps/correct").text
        assert page.index('name="point-') < page.index('name="new_points"'), "those that there are come first"
        assert 'name="point-' in page
        assert 'name="new_points"' in page
        answered = Matter(county).until("answer").case.public_id
        page = county.browser("acceptor").get(f"/cases/{answered}/steps/correct").text
        assert 'name="title"' in page
        assert 'name="point-' not in page
        assert 'name="new_points"' not in page


def clocks_of(matter: Matter) -> set[tuple[str, date, date, date | None]]:
    rows = db.session.query(Deadline).filter_by(case_id=matter.case.id)
    return {(row.kind, row.started_on, row.effective_due, row.ended_on) for row in rows}


def test_a_signature_by_mistake_is_taken_back(county: County) -> None:
    """Use D2: 签收 by mistake stayed; its clocks had never stopped."""
    matter = Matter(county).until("sign_for")
    before = {(row.kind, row.ended_on) for row in db.session.query(Deadline).filter_by(case_id=matter.case.id)}
    with committed():
        unit.undo_sign_for(matter.case, by=county.handler, now=core_clock.now(), reason="点错了。")
    case = db.session.get_one(Case, matter.case.id)
    assert case.status == Status.ASSIGNED
    assert case.assignment is not None
    assert case.assignment.signed_for_at is None
    assert {(row.kind, row.ended_on) for row in db.session.query(Deadline).filter_by(case_id=case.id)} == before


class TestAnAcceptanceByMistake:
    """Use D2: 受理 by mistake stayed, and with it the 60 days; the days of telling had ended by it."""

    def accepted(self, county: County, clock: Clock, **notice: object) -> Matter:
        """Return a matter that was accepted a day after it came to the unit, of which nobody was told."""
        matter = Matter(county).until("sign_for")
        clock.forward(days=1)
        given = {"document_no": "阳访受〔2026〕1号", "served_on": None, "untold": "住址不清"} | notice
        with committed():
            unit.accept(
                matter.case, unit.ServedNotice(**given), by=county.handler, now=core_clock.now(),  # type: ignore[arg-type]
                accepted_on=core_clock.today(),
            )  # fmt: skip
        return matter

    def undo(self, county: County, matter: Matter, by: User | None = None) -> None:
        with committed():
            unit.undo_accept(
                matter.case, by=by or county.acceptor, now=core_clock.now(), reason="看错了件，点错了受理。"
            )

    @pytest.mark.both_databases
    def test_the_clocks_are_as_if_it_had_never_been(self, county: County, clock: Clock) -> None:
        twin = Matter(county).until("sign_for")
        matter = self.accepted(county, clock)
        clock.forward(days=2)
        self.undo(county, matter)
        case = matter.case
        assert (case.status, case.accepted_on) == (Status.SIGNED_FOR, None)
        still = {(row.kind, row.started_on, row.effective_due, row.revision) for row in running(matter)}
        assert still == {(row.kind, row.started_on, row.effective_due, row.revision) for row in running(twin)}
        handling = matter.clock(LimitKind.HANDLING)
        assert handling is not None
        assert (handling.ended_on, handling.met) == (core_clock.today(), False), "不再需要"
        assert case.next_due_on == twin.case.next_due_on
        assert verify().wrong is None

    def test_it_is_accepted_again_with_its_own_day(self, county: County, clock: Clock) -> None:
        matter = self.accepted(county, clock)
        self.undo(county, matter)
        clock.forward(days=3)
        with committed():
            matter.accept()
        row, told = matter.clock(LimitKind.HANDLING), matter.clock(LimitKind.ACCEPTANCE)
        assert row is not None
        assert told is not None
        assert row.started_on == told.ended_on == core_clock.today()
        assert db.session.query(Deadline).filter_by(case_id=matter.case.id, kind=LimitKind.ACCEPTANCE).count() == 1

    def test_the_duty_to_tell_is_late_by_its_own_day(self, county: County, clock: Clock) -> None:
        """The control: taking back does not win a day."""
        matter = self.accepted(county, clock)
        row = matter.clock(LimitKind.ACCEPTANCE)
        assert row is not None
        assert row.met
        clock.forward(days=30)
        self.undo(county, matter)
        assert row.ended_on is None
        assert is_late(clock_of(row), core_clock.today())
        objection = matter.clock(LimitKind.OBJECTION)
        assert objection is not None
        assert objection.ended_on == objection.effective_due, "the days to object are over as they would have been"

    def test_what_was_told_stands(self, county: County, clock: Clock) -> None:
        told = Matter(county).until("accept")
        before = clocks_of(told)
        with pytest.raises(DomainError, match="受理告知书已经发出.*导入其他途径"):
            self.undo(county, told)
        assert clocks_of(told) == before
        matter = self.accepted(county, clock)
        with committed():
            unit.extend(
                matter.case, unit.ServedNotice("阳访延〔2026〕1号", None, untold="住址不清"), by=county.unit_head,
                now=core_clock.now(), days=20, reason="需要鉴定。", happened_on=core_clock.today(),
            )  # fmt: skip
        with pytest.raises(DomainError, match="延期"):
            self.undo(county, matter)

    def test_the_unit_does_not_move_its_own_clock(self, county: County, clock: Clock) -> None:
        matter = self.accepted(county, clock)
        for user in (county.handler, county.unit_head):
            with pytest.raises(Forbidden):
                self.undo(county, matter, by=user)

    def test_the_notice_stays_on_file_and_goes_to_nobody(self, county: County, clock: Clock) -> None:
        matter = self.accepted(county, clock)
        self.undo(county, matter)
        papers = select(Document).where(
            Document.case_id == matter.case.id, Document.kind == DocumentKind.ACCEPTANCE_NOTICE
        )
        assert "不再发出" in (db.session.scalars(papers).one().untold or "")
        facts = latest(matter, Action.UNDO_ACCEPT).facts
        assert (facts["document_no"], facts["untold"]) == ("阳访受〔2026〕1号", "住址不清")

    def test_what_was_confirmed_or_waits_to_be_is_taken_back_with_it(self, county: County, clock: Clock) -> None:
        """补录，待核: an acceptance typed after the days of telling, with a day inside them."""
        matter = Matter(county).until("sign_for")
        row, day = matter.clock(LimitKind.ACCEPTANCE), core_clock.today()
        assert row is not None
        clock.forward(days=(row.effective_due - day).days + 2)
        notice = unit.ServedNotice("阳访受〔2026〕1号", None, untold="住址不清")
        with committed():
            unit.accept(matter.case, notice, by=county.handler, now=core_clock.now(), accepted_on=day)
        assert row.claimed_on == day
        self.undo(county, matter)
        assert (row.ended_on, row.claimed_on, row.claimed_at) == (None, None, None)
        assert matter.case.status == Status.SIGNED_FOR

    def test_the_page_says_what_becomes_of_the_clocks(self, county: County, clock: Clock) -> None:
        matter = self.accepted(county, clock)
        page = county.browser("acceptor").get(f"/cases/{matter.case.public_id}/steps/undo_accept").text
        assert "接着计算，如同没有停过" in page
        assert "状态和期限都不变" not in page


def running(matter: Matter) -> list[Deadline]:
    return db.session.query(Deadline).filter_by(case_id=matter.case.id, ended_on=None).all()


def test_the_page_says_beforehand_which_clocks_follow(county: County) -> None:
    public_id = county.register()
    page = county.browser("office_head").get(f"/cases/{public_id}/steps/correct_receipt").text
    assert "“转送、交办”按所填的日期重新计算" in page
    assert "状态和期限都不变" not in page
    other = county.browser("office_head").get(f"/cases/{public_id}/steps/correct_petitioner").text
    assert "按所填的日期重新计算" not in other, "the negative control"


def test_every_act_that_leaves_days_out_says_which_clocks_are_counted_again() -> None:
    """A sibling: 听证 and 不可抗力 promised on their pages that no limit changes."""
    said = {row.action: set(row.recounts) for row in STEPS if row.recounts}
    assert said[Action.HOLD_HEARING] == {LimitKind.RE_EXAMINATION}
    assert said[Action.RECORD_FORCE_MAJEURE] == {LimitKind.REVIEW_WINDOW, LimitKind.RE_EXAMINATION_WINDOW}
