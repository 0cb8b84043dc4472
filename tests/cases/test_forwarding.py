"""B4: accusations, §31(5) and 涉法涉诉 could go to one place or nowhere, and nobody waited for a receipt."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.cases.test_law_findings import running
from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import forwarding, records, sidetracks
from tracker.cases.acts.forwarding import Briefing
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.acts.serving import ServedNotice
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.checklist import checklist_of
from tracker.cases.lifecycle.rules.close_out import CheckItem
from tracker.cases.page.papers import side_facts
from tracker.cases.record.rules.codes import AssignmentMode, Channel, MatterClass, Route, ServiceMethod, Status
from tracker.cases.record.rules.forwarding import ForwardedTo
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, FieldErrors
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.own_limits import changeable
from tracker.jobs.ticking import tick
from tracker.people.queries import reader_for
from tracker.reminders.ladder.rules.rungs import LADDER
from tracker.reminders.models import Escalation


def triaged(county: County, matter_class: MatterClass, route: Route | None = None, **changes: object) -> Matter:
    """Give a matter that was classified."""
    matter = Matter(county, **changes)
    with committed():
        matter.triage(matter_class=matter_class, route=route)
    return matter


def given(matter: Matter, **changes: object) -> dict[str, Any]:
    handed: dict[str, Any] = {
        "by": matter.county.office_head, "now": core_clock.now(), "organ": "阳城县公安局",
        "materials_list": "来信一份。", "handed_over_on": core_clock.today(),
    }  # fmt: skip
    return handed | changes


def hand_over(matter: Matter, **changes: object) -> None:
    """Hand an accusation over."""
    with committed():
        forwarding.transfer(matter.case, **given(matter, **changes))


def forward(matter: Matter, **changes: object) -> None:
    with committed():
        forwarding.forward(matter.case, **given(matter, by=matter.county.acceptor, **changes))


def receipt(matter: Matter, **changes: object) -> None:
    facts: dict[str, Any] = {"received_on": core_clock.today(), "receipt_no": "收1号", "received_by": "王"} | changes
    with committed():
        forwarding.record_receipt(matter.case, by=matter.county.acceptor, now=core_clock.now(), **facts)


def ended(matter: Matter) -> str:
    """Return what the checklist says of the end of the procedure."""
    file = CaseFile(matter.case, reader_for(matter.county.office_head, core_clock.today()))
    return next(line.words for line in checklist_of(file) if line.item is CheckItem.ENDED)


def facts_of(matter: Matter) -> list[tuple[str, str]]:
    file = CaseFile(matter.case, reader_for(matter.county.office_head, core_clock.today()))
    return [(fact.title, fact.text) for fact in side_facts(file, core_clock.today())]


class TestAccusations:
    """T§30(1): 纪检监察机关或者有权处理的机关、单位; §30(2): 向组织（人事）部门通报."""

    @pytest.mark.parametrize(("to", "organ"), [("discipline", "阳城县纪委监委"), ("competent", "阳城县公安局")])
    def test_it_goes_to_discipline_or_to_another_competent_organ(self, county: County, to: str, organ: str) -> None:
        matter = triaged(county, MatterClass.ACCUSATION)
        hand_over(matter, to=ForwardedTo(to), organ=organ)
        assert matter.case.status == Status.TRANSFERRED
        assert running(matter.case) == {"forwarding_receipt"}
        assert "尚无回执" in ended(matter)
        receipt(matter)
        assert running(matter.case) == set()
        assert "回执" not in ended(matter)
        assert verify().wrong is None

    def test_a_claim_is_not_handed_over_so(self, county: County) -> None:
        """The control."""
        with pytest.raises(DomainError, match="检举控告"):
            hand_over(triaged(county, MatterClass.CLAIM, Route.PETITION))

    def test_vote_buying_goes_to_discipline_inspection(self, county: County) -> None:
        matter = Matter(county, vote_buying=True)
        with committed():
            sidetracks.report_to_leaders(matter.case, by=county.acceptor, now=core_clock.now(), text="反映请客送礼。")
        with committed():
            matter.triage(matter_class=MatterClass.ACCUSATION, route=None)
        with pytest.raises(FieldErrors) as refused:
            hand_over(matter, to=ForwardedTo.COMPETENT)
        assert "to" in refused.value.errors
        hand_over(matter, to=ForwardedTo.DISCIPLINE, organ="阳城县纪委监委")

    def test_what_concerns_cadres_is_told_to_the_personnel_department(self, county: County) -> None:
        matter, today = triaged(county, MatterClass.ACCUSATION), core_clock.today()
        for wrong, field in (
            (Briefing("", today), "personnel"),
            (Briefing("中共阳城县委组织部", today + timedelta(days=1)), "personnel_told_on"),
        ):
            with pytest.raises(FieldErrors) as refused:
                hand_over(matter, briefing=wrong)
            assert list(refused.value.errors) == [field]
        assert matter.case.status == Status.TRIAGED
        hand_over(matter, briefing=Briefing("中共阳城县委组织部", today), to=ForwardedTo.COMPETENT)
        ((title, words),) = facts_of(matter)
        assert title == "移交有权处理的机关"
        assert "向中共阳城县委组织部通报" in words

    @pytest.mark.parametrize(
        ("organ", "refused"),
        [
            ("润城镇人民政府", True),
            ("阳城县润城镇人民政府", True),
            ("阳城县人民政府", False),
            ("阳城县纪委监委", False),
        ],
    )
    def test_never_to_the_unit_that_is_complained_of(self, county: County, organ: str, refused: bool) -> None:
        """T§30(3)."""
        matter = triaged(county, MatterClass.ACCUSATION, accused=[AccusedEntry("润城镇人民政府")])
        if not refused:
            hand_over(matter, organ=organ)
            return
        with pytest.raises(FieldErrors, match="被反映的单位") as error:
            hand_over(matter, organ=organ)
        assert list(error.value.errors) == ["organ"]
        assert matter.case.status == Status.TRIAGED


class TestDuties:
    """T§31(5): 依法履行或者答复, by the organ that owes it; there is no 导入 for it."""

    @pytest.mark.parametrize("mode", AssignmentMode)
    def test_it_is_given_to_the_unit_that_owes_it(self, county: County, mode: AssignmentMode) -> None:
        matter = triaged(county, MatterClass.CLAIM, Route.ENFORCEMENT)
        with committed():
            matter.assign(mode=mode)
        dated = {"feedback"} if mode is AssignmentMode.ASSIGNMENT else set()
        assert running(matter.case) == {"objection", "acceptance"} | dated
        for step in ("sign_for", "accept"):
            with committed():
                getattr(matter, step)()
        assert "handling" not in running(matter.case), "the 60 days are of the petition procedure alone"
        for step in ("answer", "deliver"):
            with committed():
                getattr(matter, step)()
        assert "review_window" not in running(matter.case)

    def test_it_is_not_sent_on_to_another_route(self, county: County) -> None:
        matter = triaged(county, MatterClass.CLAIM, Route.ENFORCEMENT)
        with pytest.raises(DomainError, match="不导入"), committed():
            divert(matter)

    def test_an_organ_outside_gets_it_with_a_letter(self, county: County, clock: Clock) -> None:
        matter = triaged(county, MatterClass.CLAIM, Route.ENFORCEMENT)
        forward(matter, paper_no="阳信转〔2026〕1号")
        assert matter.case.status == Status.TRANSFERRED
        due = matter.clock(LimitKind.FORWARDING_RECEIPT)
        assert due is not None
        assert (due.subject, due.owner_department_id) == ("forwarding", county.office.id)
        ((title, words),) = facts_of(matter)
        assert title == "转送负有职责的机关"
        assert words.endswith("送阳城县公安局，阳信转〔2026〕1号；尚无回执")
        clock.forward(days=2)
        receipt(matter, receipt_no=None, received_by=None, no_receipt="EMS 1234 签收")
        assert "EMS 1234" in facts_of(matter)[0][1]


class TestLitigation:
    """T§22(2): letters are forwarded to the organs of justice; who comes is told where to go."""

    def test_a_letter_is_forwarded_and_not_only_answered(self, county: County) -> None:
        matter = triaged(county, MatterClass.CLAIM, Route.LITIGATION)
        with pytest.raises(DomainError, match="转送同级政法部门"), committed():
            divert(matter)
        forward(matter, organ="阳城县人民法院")
        assert facts_of(matter)[0][0] == "转送政法部门"

    def test_who_comes_is_told_where_to_go(self, county: County) -> None:
        matter = triaged(county, MatterClass.CLAIM, Route.LITIGATION, channel=Channel.VISIT)
        with committed():
            divert(matter)
        assert matter.case.status == Status.DIVERTED

    @pytest.mark.parametrize("route", [Route.ARBITRATION, Route.ADMINISTRATIVE, Route.PETITION])
    def test_nothing_else_is_forwarded(self, county: County, route: Route) -> None:
        with pytest.raises(DomainError, match="涉法涉诉"):
            forward(triaged(county, MatterClass.CLAIM, route))


class TestReceipts:
    def test_the_clock_is_the_offices_own_and_on_the_ladder(self) -> None:
        kind = LimitKind.FORWARDING_RECEIPT
        assert LIMITS[kind].is_own
        assert kind in changeable()
        assert [rung.code for rung in LADDER if kind in rung.kinds] == [
            "receipt-soon",
            "receipt-late",
            "receipt-silent",
        ]

    def test_the_timer_raises_it_when_no_receipt_comes(self, county: County, clock: Clock) -> None:
        matter = triaged(county, MatterClass.CLAIM, Route.LITIGATION)
        forward(matter)
        due = matter.clock(LimitKind.FORWARDING_RECEIPT)
        assert due is not None
        found = tick(core_clock.at_local(due.effective_due + timedelta(days=1), 9))
        assert found.left == 0
        raised = db.session.scalars(
            select(Escalation.rung).where(Escalation.subject == "deadline", Escalation.subject_id == due.id)
        ).all()
        assert "receipt-late" in raised

    def test_a_number_or_a_proof_is_needed(self, county: County) -> None:
        matter = triaged(county, MatterClass.CLAIM, Route.LITIGATION)
        forward(matter)
        with pytest.raises(FieldErrors, match="凭据"):
            receipt(matter, receipt_no=None)
        with pytest.raises(FieldErrors, match="接收人"):
            receipt(matter, received_by=None)
        assert "forwarding_receipt" in running(matter.case)

    def test_what_an_organ_sends_back_is_given_out_again(self, county: County, clock: Clock) -> None:
        matter = triaged(county, MatterClass.CLAIM, Route.LITIGATION)
        forward(matter)
        clock.forward(days=3)
        back = core_clock.today()
        clock.forward(days=1)
        with committed():
            forwarding.take_back(
                matter.case, by=county.acceptor, now=clock.now(), reason="不属其管辖。", happened_on=back
            )
        assert matter.case.status == Status.TRIAGED
        assert running(matter.case) == {"reassignment"}
        again = matter.clock(LimitKind.REASSIGNMENT)
        assert again is not None
        assert again.started_on == back
        forward(matter, organ="阳城县人民检察院")
        assert running(matter.case) == {"forwarding_receipt"}
        receipt(matter)
        assert "回执" not in ended(matter)
        assert verify().wrong is None


def divert(matter: Matter) -> None:
    records.divert(
        matter.case, ServedNotice("告1号", core_clock.today(), ServiceMethod.IN_PERSON, "原秀英"),
        by=matter.county.acceptor, now=core_clock.now(), organ="阳城县人民法院",
    )  # fmt: skip
