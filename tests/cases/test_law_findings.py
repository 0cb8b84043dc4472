"""An outside reading against the Regulations (信访工作条例): each finding as it was seen, and what holds now."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker import audit
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.access.rules import may_see
from tracker.cases.acts import answers, close_out, forwarding, office, records, refusals, reviews, sidetracks, unit
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.checklist import checklist_of
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.close_out import CheckItem, CheckState
from tracker.cases.lifecycle.rules.grounds import NO_LONGER_GROUNDS, NON_ACCEPTANCE_GROUNDS, RefusalGround
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.page.prints import case_slip
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import (
    AssignmentMode,
    Confidentiality,
    LedgerStatus,
    MatterClass,
    Purpose,
    Route,
    ServiceMethod,
    Status,
)
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, FieldErrors
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import start_clock
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.service import end_post


def served_today() -> unit.ServedNotice:
    return unit.ServedNotice("阳访不〔2026〕1号", core_clock.today(), ServiceMethod.IN_PERSON, "原秀英")


def running(case: Case) -> set[str]:
    """Return the kinds of the clocks that run."""
    rows = db.session.query(Deadline).filter_by(case_id=case.id, ended_on=None)
    return {row.kind for row in rows}


def sees(user: User, case: Case) -> bool:
    reader = reader_for(user, core_clock.today())
    return may_see(reader, CaseFile(case, reader).matter)


def no_lead(county: County, last: str) -> Matter:
    """Carry a matter that was referred without a lead official (转送，不指定领办领导)."""
    matter = Matter(county)
    with committed():
        matter.triage()
    with committed():
        matter.assign(mode=AssignmentMode.REFERRAL, lead_official_id=None, due_on=None)
    for name in Matter.LINE[2:]:
        with committed():
            getattr(matter, name)()
        if name == last:
            break
    return matter


class TestNobodyIsStuck:
    """B9: at 待领办领导签批 nobody could sign, return or name another leader."""

    def test_without_a_lead_nobody_applies(self, county: County) -> None:
        matter = no_lead(county, "confirm_file")
        with pytest.raises(DomainError, match="还没有指定领办领导"), committed():
            matter.apply()
        with committed():
            office.change_lead(
                matter.case, by=county.office_head, now=core_clock.now(), lead_official_id=county.lead.id,
                reason="转送时没有指定。",
            )  # fmt: skip
        for name in Matter.LINE[Matter.LINE.index("apply") :]:
            with committed():
                getattr(matter, name)()
        assert matter.case.ledger_status == LedgerStatus.CLOSED

    def test_vote_buying_marked_later_asks_for_a_main_leader(self, county: County) -> None:
        """B10: a vice head signed a matter of vote buying that was marked after it had been given out."""
        matter = Matter(county).until("confirm_file")
        with committed():
            sidetracks.mark_vote_buying(matter.case, by=county.acceptor, now=core_clock.now(), reason="反映请客送礼。")
        with pytest.raises(DomainError, match="贿选案件由党政主要领导负责"), committed():
            matter.apply()
        with committed():
            office.change_lead(
                matter.case, by=county.office_head, now=core_clock.now(), lead_official_id=county.leader.id,
                reason="贿选案件。",
            )  # fmt: skip
        with pytest.raises(DomainError, match="销号核对单还缺"), committed():
            matter.apply()

    def test_a_lead_who_left_is_replaced_at_the_last_station(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("check")
        clock.forward(days=1)
        with committed():
            for post in list(county.lead.posts_on(clock.today())):
                end_post(post, last_day=clock.today() - timedelta(days=1), by=county.admin, now=clock.now())
        with committed():
            office.change_lead(
                matter.case, by=county.office_head, now=clock.now(), lead_official_id=county.leader.id, reason="调离。"
            )
        with committed():
            matter.sign(by=county.leader)
        assert matter.case.ledger_status == LedgerStatus.CLOSED

    def test_the_head_of_the_office_may_return_it(self, county: County) -> None:
        matter = Matter(county).until("check")
        with committed():
            close_out.return_close_out(matter.case, by=county.office_head, now=core_clock.now(), reason="材料有误。")
        assert matter.case.ledger_status == LedgerStatus.RETURNED


UNIT_STATIONS = ("assign", "sign_for", "accept", "answer", "deliver", "apply", "confirm", "check")


class TestAnAccusationFoundLate:
    """B3: found in the unit, it could not be handed over from anywhere, and the unit's clocks ran on."""

    @pytest.mark.parametrize("station", UNIT_STATIONS)
    def test_it_leaves_the_unit_at_once_and_can_be_handed_over(self, county: County, station: str) -> None:
        matter = Matter(county).until(station)
        case = matter.case
        assert sees(county.handler, case)
        with committed():
            office.seal_accusation(case, by=county.acceptor, now=core_clock.now(), reason="信中举报村主任收钱。")
        assert (case.status, case.ledger_status) == (Status.TRIAGED, LedgerStatus.OPEN)
        assert (case.matter_class, case.level) == (MatterClass.ACCUSATION, Confidentiality.ACCUSATION)
        assert case.assignment is None
        assert not any(sees(user, case) for user in (county.handler, county.unit_head, county.lead))
        assert running(case) == {"reassignment"}
        with committed():
            forwarding.transfer(
                case, by=county.office_head, now=core_clock.now(), organ="阳城县纪委监委", materials_list="来信一份。",
                handed_over_on=core_clock.today(),
            )  # fmt: skip
        assert case.status == Status.TRANSFERRED
        assert verify().wrong is None

    @pytest.mark.parametrize("decided", [False, True], ids=["running", "not served"])
    def test_what_was_asked_of_the_reviewing_organ_holds_up_nothing(self, county: County, decided: bool) -> None:
        matter, given = Matter(county).until("deliver"), {"by": county.acceptor, "now": core_clock.now()}
        today = core_clock.today()
        with committed():
            reviews.request_review(matter.case, organ="县人民政府", requested_on=today, received_on=today, **given)  # type: ignore[arg-type]
        if decided:
            with committed():
                reviews.conclude_review(matter.case, result="upheld", concluded_on=today, reason="维持。", **given)  # type: ignore[arg-type]
        with committed():
            office.seal_accusation(matter.case, reason="信中举报村主任收钱。", **given)  # type: ignore[arg-type]
        head = {"by": county.office_head, "now": core_clock.now(), "organ": "县纪委监委", "handed_over_on": today}
        with committed():
            forwarding.transfer(matter.case, materials_list="来信一份。", **head)  # type: ignore[arg-type]
        told = {
            line.item: line.state for line in checklist_of(CaseFile(matter.case, reader_for(county.acceptor, today)))
        }
        assert told[CheckItem.NO_REVIEW] is not CheckState.MISSING

    def test_changing_the_class_does_not_leave_it_with_the_unit(self, county: County) -> None:
        matter = Matter(county).until("accept")
        with pytest.raises(DomainError, match="转为检举控告件") as refused, committed():
            matter.triage(matter_class=MatterClass.ACCUSATION, route=None, reason="属举报。")
        assert refused.value.field == "matter_class"

    def test_every_live_state_with_a_unit_has_the_step(self) -> None:
        rows = [row for row in STEPS if row.action is Action.SEAL_ACCUSATION]
        reached = {(status, ledger) for row in rows for status in row.froms for ledger in row.ledger_froms}
        states = {(status, ledger) for row in STEPS for status in row.froms for ledger in row.ledger_froms}
        before = {Status.REGISTERED, Status.TRIAGED, Status.TRANSFERRED, Status.MERGED}
        ended = {state for state in states if state[0] in before or state[1] is LedgerStatus.CLOSED}
        assert states - ended - {state for state in states if state[0] is Status.OBJECTED} <= reached
        assert Status.OBJECTED not in {status for status, _ in reached}, "同意退回 first: the ruling has its own words"


class TestWhoWasToldMayLook:
    """B6: a main leader was told of a sensitive matter and got 404."""

    @pytest.mark.parametrize("level", [Confidentiality.SENSITIVE, Confidentiality.ACCUSATION])
    @pytest.mark.parametrize("raised", ["before", "after"])
    def test_a_told_leader_reads_at_any_level(self, county: County, level: Confidentiality, raised: str) -> None:
        matter = Matter(county, vote_buying=True)
        case, now = matter.case, core_clock.now()

        def raise_it() -> None:
            if level is not Confidentiality.SENSITIVE:
                with committed():
                    office.raise_level(case, by=county.acceptor, now=now, level=level, reason="举报村主任。")

        if raised == "before":
            raise_it()
        with committed():
            sidetracks.report_to_leaders(case, by=county.acceptor, now=now, text="反映请客送礼。")
        if raised == "after":
            raise_it()
        assert sees(county.leader, case)
        with committed():
            sidetracks.read_report(case, by=county.leader, now=now)

    def test_who_was_not_told_does_not(self, county: County) -> None:
        """The control."""
        matter = Matter(county, level=Confidentiality.SENSITIVE)
        assert not sees(county.leader, matter.case)


class TestGroundsOfRefusal:
    """B1, B2: a unit bounced a matter alone, and refusals rested on nothing."""

    def refuse(self, matter: Matter, ground: RefusalGround, **facts: object) -> None:
        with committed():
            refusals.not_accept(
                matter.case, served_today(), by=matter.county.unit_head, now=core_clock.now(), ground=ground,
                reason="不属本单位。", **facts,
            )  # type: ignore[arg-type]  # fmt: skip

    def test_no_competence_is_no_ground_for_what_was_given(self, county: County) -> None:
        matter = Matter(county).until("sign_for")
        with pytest.raises(DomainError, match="请选择不予受理的理由"):
            self.refuse(matter, RefusalGround.OUTSIDE_UNIT, organ="润城镇人民政府")
        assert matter.case.status == Status.SIGNED_FOR

    def test_already_in_hand_names_what_is_in_hand(self, county: County) -> None:
        running_one, matter = Matter(county).until("accept"), Matter(county).until("sign_for")
        ended = Matter(county).until("sign")
        for other, why in ((None, "请填写"), (matter.case, "另一件"), (ended.case, "已经办结")):
            with pytest.raises(DomainError, match=why) as refused:
                self.refuse(matter, RefusalGround.IN_HAND, other=other)
            assert refused.value.field == "other"
        self.refuse(matter, RefusalGround.IN_HAND, other=running_one.case)
        assert matter.case.status == Status.NOT_ACCEPTED
        assert matter.case.original_id == running_one.case.id

    def test_no_longer_accepted_rests_on_an_opinion_of_re_examination(self, county: County) -> None:
        fresh = Matter(county).until("sign_for")
        given = {"ground": RefusalGround.AFTER_RE_EXAMINATION, "reason": "以同一事实和理由提出。"}
        with pytest.raises(DomainError, match="意见书文号"), committed():
            refusals.no_longer_accept(fresh.case, served_today(), by=county.unit_head, now=core_clock.now(), **given)  # type: ignore[arg-type]

    @pytest.mark.both_databases
    def test_the_opinion_is_that_of_the_matter_named(self, county: County) -> None:
        decided, other, matter = (Matter(county).until(last) for last in ("deliver", "deliver", "sign_for"))
        given = {"by": county.acceptor, "now": core_clock.now()}
        days = {"requested_on": core_clock.today(), "received_on": core_clock.today()}
        concluded = {"result": "upheld", "concluded_on": core_clock.today(), "reason": "维持。"}
        receipt = answers.ServiceReceipt(core_clock.today(), ServiceMethod.POST, "原秀英", "回证0002")
        for each, reviewed in ((decided, ("县", "市")), (other, ("县",))):
            for organ in reviewed:
                with committed():
                    reviews.request_review(each.case, organ=f"{organ}人民政府", **days, **given)  # type: ignore[arg-type]
                with committed():
                    reviews.conclude_review(each.case, **concluded, **given)  # type: ignore[arg-type]
                serve = reviews.serve_review if organ == "县" else reviews.serve_re_examination
                with committed():
                    serve(each.case, receipt, **given)  # type: ignore[arg-type]

        def refuse(rests_on: Case) -> None:
            with committed():
                refusals.no_longer_accept(
                    matter.case, served_today(), by=county.unit_head, now=core_clock.now(), other=rests_on,
                    ground=RefusalGround.AFTER_RE_EXAMINATION, reason="以同一事实和理由提出。",
                )  # fmt: skip

        for unfit in (other.case, matter.case):
            with pytest.raises(DomainError, match="没有终结") as refused:
                refuse(unfit)
            assert refused.value.field == "other"
        refuse(decided.case)
        assert (matter.case.status, matter.case.original_id) == (Status.NO_LONGER_ACCEPTED, decided.case.id)

    def test_only_grounds_of_the_regulations_are_offered(self) -> None:
        assert NON_ACCEPTANCE_GROUNDS == (RefusalGround.IN_HAND, RefusalGround.OTHER_ROUTE)
        assert NO_LONGER_GROUNDS == (RefusalGround.AFTER_RE_EXAMINATION,)

    def test_the_office_refuses_what_is_in_hand_and_sends_on_the_rest(self, county: County) -> None:
        running_one, matter = Matter(county).until("accept"), Matter(county).until("triage")
        given = {"by": county.office_head, "now": core_clock.now(), "reason": "同一事项。"}
        with pytest.raises(DomainError, match="导入其他途径"), committed():
            refusals.not_accept(
                matter.case, served_today(), ground=RefusalGround.OTHER_ROUTE, organ="法院", **given
            )  # type: ignore[arg-type]  # fmt: skip
        with committed():
            refusals.not_accept(
                matter.case, served_today(), ground=RefusalGround.IN_HAND, other=running_one.case, **given
            )  # type: ignore[arg-type]  # fmt: skip
        assert matter.case.status == Status.NOT_ACCEPTED
        assert running(matter.case) == set()

    @pytest.mark.parametrize("by_unit", [True, False])
    def test_a_wrongful_refusal_is_taken_back(self, county: County, by_unit: bool) -> None:
        """B2b: from 不予受理 nobody had a step but four signatures."""
        matter = Matter(county).until("sign_for" if by_unit else "triage")
        with committed():
            refusals.no_longer_accept(
                matter.case, served_today(), by=county.unit_head if by_unit else county.office_head,
                now=core_clock.now(), ground=RefusalGround.AFTER_RE_EXAMINATION, opinion_no="晋访核〔2025〕3号",
                reason="已经复核。",
            )  # fmt: skip
        with committed():
            office.withdraw_refusal(matter.case, by=county.office_head, now=core_clock.now(), reason="提出了新的事实。")
        assert (matter.case.status, matter.case.assignment) == (Status.TRIAGED, None)
        assert running(matter.case) == {"reassignment"}
        with committed():
            matter.assign()
        assert verify().wrong is None


class TestTheDayOfAcceptance:
    """A2: the 60 days began on the day of typing; twelve days were won by being slow."""

    def test_typed_late_it_wins_no_days(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        accepted, served = clock.today() + timedelta(days=1), clock.today() + timedelta(days=2)
        clock.forward(days=10)
        notice = unit.ServedNotice("阳访受〔2026〕1号", served, ServiceMethod.IN_PERSON, "原秀英")
        with committed():
            unit.accept(matter.case, notice, by=county.handler, now=clock.now(), accepted_on=accepted)
        handling = matter.clock(LimitKind.HANDLING)
        assert matter.case.accepted_on == accepted
        assert handling is not None
        assert (handling.started_on, handling.nominal_due) == (accepted, accepted + timedelta(days=60))

    def test_unsaid_it_is_the_day_of_service_and_never_later(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("sign_for")
        served = clock.today() + timedelta(days=2)
        clock.forward(days=10)
        notice = unit.ServedNotice("阳访受〔2026〕1号", served, ServiceMethod.IN_PERSON, "原秀英")
        for day, why in ((served + timedelta(days=1), "不能晚于告知书"), (served - timedelta(days=9), "应在送达承办")):
            with pytest.raises(DomainError, match=why) as refused, committed():
                unit.accept(matter.case, notice, by=county.handler, now=clock.now(), accepted_on=day)
            assert refused.value.field == "accepted_on"
        with committed():
            unit.accept(matter.case, notice, by=county.handler, now=clock.now())
        assert matter.case.accepted_on == served


class TestClocksFollowFacts:
    """A3: after 变更类别、途径 the clocks stayed those of what the matter had been."""

    def reclassify(self, matter: Matter, matter_class: MatterClass, route: Route | None) -> None:
        with committed():
            matter.triage(matter_class=matter_class, route=route, reason="重新分类。")

    def test_a_suggestion_that_becomes_a_claim_has_its_sixty_days(self, county: County, clock: Clock) -> None:
        matter = Matter(county)
        with committed():
            matter.triage(matter_class=MatterClass.SUGGESTION, route=None)
        for name in ("assign", "sign_for", "accept"):
            with committed():
                getattr(matter, name)()
        accepted = clock.today()
        assert "handling" not in running(matter.case)
        clock.forward(days=20)
        self.reclassify(matter, MatterClass.CLAIM, Route.PETITION)
        handling = matter.clock(LimitKind.HANDLING)
        assert handling is not None
        assert handling.started_on == accepted, "from the acceptance, not from the change"
        assert verify().wrong is None

    @pytest.mark.parametrize(
        ("matter_class", "route"), [(MatterClass.SUGGESTION, None), (MatterClass.CLAIM, Route.ARBITRATION)]
    )
    def test_what_is_no_such_claim_any_more_has_none(
        self, county: County, matter_class: MatterClass, route: Route | None
    ) -> None:
        matter = Matter(county).until("accept")
        assert "handling" in running(matter.case)
        self.reclassify(matter, matter_class, route)
        handling = matter.clock(LimitKind.HANDLING)
        assert handling is not None
        assert (handling.met, handling.ended_by) == (False, "reclassify")

    def test_and_can_be_sent_on_from_the_unit(self, county: County) -> None:
        matter = Matter(county).until("accept")
        self.reclassify(matter, MatterClass.CLAIM, Route.ARBITRATION)
        with committed():
            records.divert(
                matter.case, unit.ServedNotice(None, core_clock.today()), by=county.handler, now=core_clock.now(),
                organ="阳城县劳动人事争议仲裁委员会",
            )  # fmt: skip
        assert matter.case.status == Status.DIVERTED

    def test_back_again_it_counts_from_the_same_day(self, county: County, clock: Clock) -> None:
        matter = Matter(county).until("accept")
        first = matter.clock(LimitKind.HANDLING)
        assert first is not None
        clock.forward(days=3)
        self.reclassify(matter, MatterClass.SUGGESTION, None)
        clock.forward(days=3)
        self.reclassify(matter, MatterClass.CLAIM, Route.PETITION)
        again = matter.clock(LimitKind.HANDLING)
        assert again is not None
        assert (again.id != first.id, again.started_on) == (True, first.started_on)

    def test_a_change_that_changes_no_clock_leaves_them(self, county: County) -> None:
        """The control: a new level, the same class."""
        matter = Matter(county).until("accept")
        before = running(matter.case)
        self.reclassify(matter, MatterClass.CLAIM, Route.PETITION)
        assert running(matter.case) == before


SIXTY, REVIEW = "第三十四条", "第三十五条"


class TestTheSlip:
    """A5: the paper for the petitioner promised rights that the matter does not have."""

    def slip(self, matter: Matter) -> str:
        found = case_slip(matter.case.id, today=core_clock.today())
        return str((found.facts, found.next))

    def test_of_an_accusation_it_names_nothing(self, county: County) -> None:
        matter = Matter(county, purpose=Purpose.ACCUSATION, title="举报某村主任收钱拉票")
        paper = self.slip(matter)
        assert not any(each in paper for each in ("拉票", "原秀", "原*", "上庄", SIXTY, REVIEW))
        assert "纪检监察机关" in paper

    @pytest.mark.parametrize("last", ["", "triage", "accept", "answer"])
    def test_a_suggestion_is_promised_neither_sixty_days_nor_a_review(self, county: County, last: str) -> None:
        matter = Matter(county, purpose=Purpose.SUGGESTION)
        for name in Matter.LINE[: Matter.LINE.index(last) + 1] if last else ():
            with committed():
                changes = {"matter_class": MatterClass.SUGGESTION, "route": None} if name == "triage" else {}
                getattr(matter, name)(**changes)
        paper = self.slip(matter)
        assert SIXTY not in paper
        assert REVIEW not in paper

    @pytest.mark.parametrize("last", ["", "triage", "assign"])
    def test_a_claim_is(self, county: County, last: str) -> None:
        """The control."""
        matter = Matter(county)
        if last:
            matter.until(last)
        paper = self.slip(matter)
        assert SIXTY in paper
        assert REVIEW in paper

    def test_it_names_its_holder_and_the_log_says_so(self, county: County) -> None:
        case = county.register()
        assert "延秀兰" in county.browser("acceptor").get(f"/cases/{case}/slip").text
        opened = select(AuditEvent).where(AuditEvent.kind == Event.IDENTITY_OPENED.value)
        assert len(db.session.scalars(opened).all()) == 1
        assert "延秀兰" not in county.browser("leader").get(f"/cases/{case}/slip").text
        assert len(db.session.scalars(opened).all()) == 1


class TestTheWindowForReExamination:
    """A1: the 30 days for 复核 counted from the day on which the opinion of 复查 was made."""

    def reviewed(self, county: County) -> Matter:
        """Give a matter whose 复查 was decided, and the opinion not served yet."""
        matter = Matter(county).until("deliver")
        given = {"by": county.acceptor, "now": core_clock.now()}
        today = core_clock.today()
        with committed():
            reviews.request_review(matter.case, organ="县人民政府", requested_on=today, received_on=today, **given)  # type: ignore[arg-type]
        with committed():
            reviews.conclude_review(matter.case, result="upheld", concluded_on=today, reason="维持。", **given)  # type: ignore[arg-type]
        return matter

    def serve(self, matter: Matter, on: date, proof: str | None = "回证0002") -> None:
        receipt = answers.ServiceReceipt(on, ServiceMethod.POST, "原秀英", proof)
        with committed():
            reviews.serve_review(matter.case, receipt, by=matter.county.acceptor, now=core_clock.now())

    @pytest.mark.both_databases
    def test_it_begins_when_the_petitioner_has_the_opinion(self, county: County, clock: Clock) -> None:
        matter, made = self.reviewed(county), clock.today()
        assert matter.clock(LimitKind.RE_EXAMINATION_WINDOW) is None
        clock.forward(days=10)
        self.serve(matter, made + timedelta(days=9))
        window = matter.clock(LimitKind.RE_EXAMINATION_WINDOW)
        assert window is not None
        assert (window.started_on, window.nominal_due) == (made + timedelta(days=9), made + timedelta(days=39))
        clock.forward(days=26)
        asked = clock.today()
        with committed():
            reviews.request_review(
                matter.case, by=county.acceptor, now=clock.now(), organ="市人民政府", requested_on=asked,
                received_on=asked,
            )  # fmt: skip
        assert matter.clock(LimitKind.RE_EXAMINATION) is not None, "36 days after the opinion, 27 after its service"
        assert verify().wrong is None

    def test_its_day_lies_between_the_opinion_and_today_and_is_proven(self, county: County, clock: Clock) -> None:
        matter, made = self.reviewed(county), clock.today()
        for day, proof, field in (
            (made - timedelta(days=1), "回证", "served_on"),
            (made + timedelta(days=1), "回证", "served_on"),
            (made, None, "proof"),
        ):
            with pytest.raises(FieldErrors) as refused:
                self.serve(matter, day, proof)
            assert list(refused.value.errors) == [field]

    def test_until_then_nothing_is_struck_off(self, county: County) -> None:
        matter = self.reviewed(county)
        with committed():
            matter.carry_out()
        with committed():
            matter.confirm_file()
        with pytest.raises(DomainError, match="复查（复核）意见尚未登记送达"), committed():
            matter.apply()
        self.serve(matter, core_clock.today())
        with committed():
            matter.apply()

    def test_what_an_earlier_round_left_unserved_asks_nothing_of_the_next(self, county: County) -> None:
        matter = self.reviewed(county)
        assert CaseFile(matter.case, reader_for(county.acceptor, core_clock.today())).unserved_review
        reader = reader_for(county.acceptor, core_clock.today())
        with db.session.no_autoflush:
            matter.case.round += 1
            assert CaseFile(matter.case, reader).unserved_review is None
        db.session.rollback()

    def test_a_window_of_an_older_version_gives_way(self, county: County, clock: Clock) -> None:
        matter, made = self.reviewed(county), clock.today()
        with committed():
            old = start_clock(
                LimitKind.RE_EXAMINATION_WINDOW, case_id=matter.case.id, subject="case", subject_id=matter.case.id,
                started_on=made, owner_department_id=county.office.id,
            )  # fmt: skip
            db.session.flush()
            audit.record(Event.DATES_RECOUNTED, by=None, now=clock.now(), case_id=matter.case.id)
        clock.forward(days=5)
        self.serve(matter, made + timedelta(days=4))
        window = matter.clock(LimitKind.RE_EXAMINATION_WINDOW)
        db.session.refresh(old)
        assert window is not None
        assert (old.ended_by, window.started_on) == ("serve_review", made + timedelta(days=4))
