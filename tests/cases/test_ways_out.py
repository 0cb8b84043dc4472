"""What the exhaustive check of the lifecycle found (tests/lifecycle), told once with the real services."""

from datetime import date, timedelta

import pytest

from tests.world.county import County
from tests.world.matters import Matter
from tracker.cases.acts import close_out, forwarding, office, records, sidetracks, unit
from tracker.cases.lifecycle.stepping import Material
from tracker.cases.record.rules.codes import AssignmentMode, LedgerStatus, MatterClass
from tracker.cases.record.rules.serious import ValidityResult
from tracker.core import clock as core_clock
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.core.files import StoredFile
from tracker.deadlines.limits import LimitKind

STATEMENT = Material("撤回声明.pdf", StoredFile("0" * 64, 10, "application/pdf"))


def test_what_is_withdrawn_before_anybody_signed_for_it_can_be_struck_off(county: County) -> None:
    """Referred without handler and lead, withdrawn at once: nobody could apply, and nobody could sign."""
    matter = Matter(county)
    with committed():
        matter.triage()
    with committed():
        matter.assign(mode=AssignmentMode.REFERRAL, lead_official_id=None, handler_id=None, due_on=None)
    now = core_clock.now()
    with committed():
        records.withdraw(matter.case, by=county.acceptor, now=now, reason="信访人书面撤回。", materials=[STATEMENT])
    with pytest.raises(DomainError), committed():
        matter.apply()
    with committed():
        unit.change_handler(
            matter.case, by=county.unit_head, now=now, handler_id=county.handler.id, reason="转送时没有指定。"
        )
    with committed():
        office.change_lead(
            matter.case, by=county.office_head, now=now, lead_official_id=county.lead.id, reason="转送时没有指定。"
        )
    for name in Matter.LINE[Matter.LINE.index("confirm_file") :]:
        with committed():
            getattr(matter, name)()
    assert matter.case.ledger_status == LedgerStatus.CLOSED
    assert matter.clock(LimitKind.LOOK_BACK) is None, "nothing was done that could recur"


def test_what_was_handled_is_looked_back_at(county: County) -> None:
    """The control."""
    assert Matter(county).until("sign").clock(LimitKind.LOOK_BACK) is not None


def test_a_matter_of_the_office_itself_has_no_handler_to_change(county: County) -> None:
    matter = Matter(county)
    with pytest.raises(DomainError), committed():
        unit.change_handler(
            matter.case, by=county.office_head, now=core_clock.now(), handler_id=county.handler.id, reason="试一试。"
        )


def vote_buying(county: County) -> Matter:
    """Return an accusation of vote buying that was handed over, receipted, reported and read."""
    matter, now = Matter(county), core_clock.now()
    with committed():
        sidetracks.mark_vote_buying(matter.case, by=county.acceptor, now=now, reason="反映请客送礼。")
    with committed():
        sidetracks.report_to_leaders(matter.case, by=county.acceptor, now=now, text="反映请客送礼。")
    with committed():
        sidetracks.read_report(matter.case, by=county.leader, now=now)
    with committed():
        office.triage(matter.case, by=county.acceptor, now=now, matter_class=MatterClass.ACCUSATION, route=None)
    return matter


def valid() -> sidetracks.Finding:
    """Return that the election stands, found today."""
    return sidetracks.Finding(ValidityResult.VALID, "润政〔2026〕9号", core_clock.today())


def unmarked(county: County, matter: Matter) -> None:
    """Take the mark of vote buying away: two people, the only main leader one of them."""
    now = core_clock.now()
    with committed():
        sidetracks.ask_unmark(matter.case, by=county.office_head, now=now, reason="经核不属贿选。")
    with committed():
        sidetracks.unmark_vote_buying(matter.case, by=county.leader, now=now, reason="经核不属贿选。")


def handed_over(county: County, matter: Matter) -> None:
    """Hand the matter over, and confirm its file."""
    now, today = core_clock.now(), core_clock.today()
    with committed():
        forwarding.transfer(
            matter.case, by=county.office_head, now=now, organ="阳城县纪委监委", materials_list="来信一份。",
            handed_over_on=today,
        )  # fmt: skip
    with committed():
        forwarding.record_receipt(
            matter.case, by=county.acceptor, now=now, receipt_no="阳纪收〔2026〕1号", received_by="冯强",
            received_on=today,
        )  # fmt: skip
    with committed():
        close_out.confirm_file(matter.case, by=county.acceptor, now=now, note="齐全")


def test_an_inquiry_into_the_election_holds_up_the_close_out_whatever_the_mark(county: County) -> None:
    """With the mark of vote buying taken away, the running inquiry was forgotten, and its clock ran on for ever."""
    matter, now = vote_buying(county), core_clock.now()
    due_on = core_clock.today() + timedelta(days=20)
    with committed():
        sidetracks.assign_validity(
            matter.case, by=county.acceptor, now=now, department_id=county.town.id, handler_id=None, due_on=due_on
        )
    unmarked(county, matter)
    handed_over(county, matter)
    with pytest.raises(DomainError, match="选举效力调查未反馈 1 项"), committed():
        matter.apply(by=county.acceptor)
    with committed():
        sidetracks.conclude_validity(matter.case, valid(), by=county.town_head, now=now, reason="选举有效。")
    with committed():
        matter.apply(by=county.acceptor)
    assert matter.case.ledger_status == LedgerStatus.REQUESTED


def test_what_is_urgent_is_reported_before_it_is_struck_off(county: County) -> None:
    """Its report could be left out, and the clock of the report ran on for ever after 销号."""
    matter, now = Matter(county).until("confirm_file"), core_clock.now()
    with committed():
        sidetracks.mark_urgent(matter.case, by=county.acceptor, now=now, reason="三十余人聚集。")
    with pytest.raises(DomainError, match="还没有向主要领导报告"), committed():
        matter.apply()
    with committed():
        sidetracks.report_to_leaders(matter.case, by=county.acceptor, now=now, text="三十余人聚集。")
    with committed():
        matter.apply()
    assert matter.case.ledger_status == LedgerStatus.REQUESTED


def test_what_is_marked_again_is_reported_again(county: County) -> None:
    """The report of the first mark stood for the second, whose clock ran on after 销号."""
    matter, now = vote_buying(county), core_clock.now()
    due_on = date(2026, 12, 20)
    unmarked(county, matter)
    with committed():
        sidetracks.mark_vote_buying(matter.case, by=county.acceptor, now=now, reason="又来信补充。")
    with committed():
        sidetracks.assign_validity(
            matter.case, by=county.acceptor, now=now, department_id=county.town.id, handler_id=None, due_on=due_on
        )
    with committed():
        sidetracks.conclude_validity(matter.case, valid(), by=county.town_head, now=now, reason="选举有效。")
    handed_over(county, matter)
    with pytest.raises(DomainError, match="主要领导未全部阅知"), committed():
        matter.apply(by=county.acceptor)
    with committed():
        sidetracks.report_to_leaders(matter.case, by=county.acceptor, now=now, text="又来信补充。")
    with committed():
        sidetracks.read_report(matter.case, by=county.leader, now=now)
    with committed():
        matter.apply(by=county.acceptor)
    assert matter.case.ledger_status == LedgerStatus.REQUESTED
