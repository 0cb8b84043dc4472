"""A matter from registration to 销号, with its clocks, on both databases."""

from datetime import date

import pytest

from tests.conftest import Clock
from tests.people.factories import SINCE
from tests.world.county import County
from tests.world.matters import Matter, an_entry
from tracker import audit
from tracker.audit.queries import verify
from tracker.cases.access.named_readers import add_named_reader
from tracker.cases.acts import answers, close_out, forwarding, office, records, reviews, sidetracks, unit
from tracker.cases.acts.serving import ServedNotice
from tracker.cases.intake.registration import register
from tracker.cases.record.models import CaseStep
from tracker.cases.record.rules.codes import (
    AssignmentMode,
    LedgerStatus,
    MatterClass,
    Purpose,
    Result,
    Route,
    ServiceMethod,
    Status,
)
from tracker.cases.record.rules.reviewing import LookBackResult
from tracker.cases.record.rules.serious import ValidityResult
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, FieldErrors, Forbidden, NotFound, StaleVersion
from tracker.deadlines.limits import LimitKind
from tracker.people.rules import Role
from tracker.people.service import give_post


def refused(action: object, *args: object, **kwargs: object) -> DomainError:
    """Take a step that must be refused and change nothing; return the refusal."""
    with pytest.raises(DomainError) as caught, committed():
        action(*args, **kwargs)  # type: ignore[operator]
    db.session.expire_all()
    return caught.value


@pytest.mark.both_databases
def test_the_whole_way_to_the_seal(county: County, clock: Clock) -> None:
    matter = Matter(county, received_on=date(2026, 11, 2))
    case = matter.case
    assert case.register_no == "XF-2026-000001"
    referral = matter.clock(LimitKind.OFFICE_REFERRAL)
    assert referral is not None
    assert referral.effective_due == date(2026, 11, 17)
    assert case.next_due_on == date(2026, 11, 17)

    matter.until("assign")
    assert referral.met
    assert referral.ended_on == clock.today()
    objection, acceptance = matter.clock(LimitKind.OBJECTION), matter.clock(LimitKind.ACCEPTANCE)
    assert objection is not None
    assert objection.effective_due == date(2026, 11, 27)
    assert acceptance is not None
    assert acceptance.nominal_due == date(2026, 12, 6)
    assert acceptance.effective_due == date(2026, 12, 7), "a Sunday rolls to Monday"
    assert case.next_due_on == date(2026, 12, 7), "a window is nobody's duty"

    with committed():
        matter.sign_for()
    clock.set(clock.now().replace(day=24))
    with committed():
        matter.accept()
    handling = matter.clock(LimitKind.HANDLING)
    assert handling is not None
    assert handling.started_on == date(2026, 11, 24)
    assert (handling.nominal_due, handling.provisional) == (date(2027, 1, 23), True)
    assert acceptance.met
    assert not objection.met
    assert objection.ended_on is not None

    with committed():
        matter.answer()
    assert case.result == Result.PARTLY
    with committed():
        matter.deliver()
    window = matter.clock(LimitKind.REVIEW_WINDOW)
    assert handling.met
    assert case.answered_on == clock.today()
    assert window is not None
    assert window.nominal_due == date(2026, 12, 24)
    for step in ("carry_out", "confirm_file", "apply", "confirm", "call_back", "check", "sign"):
        with committed():
            getattr(matter, step)()
    assert (case.status, case.ledger_status) == (Status.DELIVERED, LedgerStatus.CLOSED)
    assert (case.closed_on, case.closed_by_id) == (clock.today(), county.lead.id)
    feedback, look_back = matter.clock(LimitKind.FEEDBACK), matter.clock(LimitKind.LOOK_BACK)
    assert feedback is not None
    assert feedback.met
    assert look_back is not None
    assert look_back.ended_on is None
    lines = db.session.query(CaseStep).filter_by(case_id=case.id).order_by(CaseStep.id).all()
    assert [line.action for line in lines][0::13] == ["register", "sign_close_out"]
    assert case.version == len(lines)
    assert verify().wrong is None


def test_nobody_goes_round_the_gate(county: County) -> None:
    """Every station is refused while anything is missing, in whatever order it is tried."""
    matter = Matter(county).until("deliver")
    assert "核对单还缺" in refused(matter.apply).message
    for step in (matter.confirm, matter.check, matter.sign):
        refused(step)
    with committed():
        matter.confirm_file()
    assert "支持的诉求已落实" in refused(matter.apply).message
    with committed():
        matter.carry_out()
    with committed():
        matter.apply()
    with committed():
        matter.confirm()
    assert "回访" in refused(matter.check).message
    assert matter.case.ledger_status == LedgerStatus.CONFIRMED


def test_applicant_checker_and_signer_are_three_people(county: County, clock: Clock) -> None:
    """Even one person with every post takes one station only."""
    from_everywhere = county.acceptor
    with committed():
        for role, unit_ in ((Role.LEAD_OFFICIAL, county.office.parent), (Role.SUPERVISOR, county.office.parent)):
            give_post(from_everywhere, department=unit_, role=role, started_on=SINCE, by=None, now=clock.now())  # type: ignore[arg-type]
    matter = Matter(county)
    with committed():
        matter.triage()
    with committed():
        matter.assign(lead_official_id=from_everywhere.id)
    for step in ("sign_for", "accept", "answer", "deliver", "carry_out", "confirm_file", "apply", "confirm"):
        with committed():
            getattr(matter, step)()
    with committed():
        matter.call_back(by=from_everywhere)
    with committed():
        matter.check(by=from_everywhere)
    assert "三个不同的人" in refused(matter.sign, by=from_everywhere).message


def test_the_wrong_person_is_refused_with_a_sentence(county: County) -> None:
    matter = Matter(county).until("sign_for")
    notice = unit.ServedNotice("1号", matter.case.received_on)
    refusal = refused(unit.accept, matter.case, notice, by=county.acceptor, now=core_clock.now())
    assert isinstance(refusal, Forbidden)
    assert "承办人" in refusal.message
    assert matter.case.status == Status.SIGNED_FOR


def test_a_step_the_table_does_not_have_is_refused(county: County) -> None:
    matter = Matter(county)
    early = refused(unit.sign_for, matter.case, by=county.acceptor, now=core_clock.now())
    assert "不能“签收”" in early.message
    assert matter.case.status == Status.REGISTERED
    assert isinstance(refused(matter.deliver), NotFound), "a unit that was not given the case knows nothing of it"


def test_a_stale_page_is_told_so(county: County) -> None:
    matter = Matter(county).until("triage")
    refusal = refused(office.assign, matter.case, matter.order(), by=county.acceptor, now=core_clock.now(), version=1)
    assert isinstance(refusal, StaleVersion)
    assert matter.case.status == Status.TRIAGED


def test_an_objection_upheld_brings_the_case_back_and_the_office_clock_runs_from_receipt(
    county: County, clock: Clock
) -> None:
    matter = Matter(county, received_on=date(2026, 11, 16)).until("assign")
    clock.forward(days=2)
    with committed():
        unit.file_objection(matter.case, by=county.unit_head, now=clock.now(), reason="不属本单位职责")
    ruling = matter.clock(LimitKind.RULING)
    assert ruling is not None
    assert ruling.effective_due == date(2026, 11, 30)
    with committed():
        office.uphold_objection(matter.case, by=county.acceptor, now=clock.now(), reason="属自然资源局职责")
    assert matter.case.status == Status.TRIAGED
    assert matter.case.assignment_id is None
    referral, again = matter.clock(LimitKind.OFFICE_REFERRAL), matter.clock(LimitKind.REASSIGNMENT)
    assert referral is not None
    assert referral.met, "it was given out in time, and that stays so"
    assert again is not None
    assert (again.started_on, again.ended_on) == (clock.today(), None), "agreeing costs the office nothing (D3)"
    acceptance = matter.clock(LimitKind.ACCEPTANCE)
    assert acceptance is not None
    assert acceptance.ended_on is not None
    assert not acceptance.met
    with committed():
        matter.assign(department_id=county.land.id, handler_id=county.land_head.id)
    fresh = matter.clock(LimitKind.ACCEPTANCE)
    assert fresh is not None
    assert fresh.id != acceptance.id
    assert fresh.started_on == clock.today()


def test_an_objection_refused_leaves_the_case_and_cannot_be_repeated(county: County, clock: Clock) -> None:
    matter = Matter(county).until("assign")
    acceptance = matter.clock(LimitKind.ACCEPTANCE)
    with committed():
        unit.file_objection(matter.case, by=county.unit_head, now=clock.now(), reason="不属本单位职责")
    with committed():
        office.refuse_objection(matter.case, by=county.acceptor, now=clock.now(), reason="属民政职责")
    assert matter.case.status == Status.SIGNED_FOR
    assert acceptance is not None
    assert acceptance.ended_on is None, "the clock kept running during the argument"
    again = refused(unit.file_objection, matter.case, by=county.unit_head, now=clock.now(), reason="再次退回")
    assert "异议" in again.message


def test_an_objection_after_five_working_days_is_too_late(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign_for")
    clock.set(clock.now().replace(day=27))
    with committed():
        unit.note(matter.case, by=county.handler, now=clock.now(), reason="最后一天仍可提出")
    clock.forward(days=1)
    late = refused(unit.file_objection, matter.case, by=county.unit_head, now=clock.now(), reason="不属本单位职责")
    assert "届满" in late.message


def test_one_extension_of_thirty_days_by_the_head_before_the_end(county: County, clock: Clock) -> None:
    matter = Matter(county).until("accept")
    handling = matter.clock(LimitKind.HANDLING)
    assert handling is not None
    first = handling.effective_due
    common = {"now": clock.now(), "reason": "审计尚需时间"}
    notice = ServedNotice("延1号", clock.today())
    assert isinstance(refused(unit.extend, matter.case, notice, by=county.handler, days=30, **common), Forbidden)
    for days in (0, -1, 31):
        assert refused(unit.extend, matter.case, notice, by=county.unit_head, days=days, **common).field == "days"
    with committed():
        unit.extend(matter.case, notice, by=county.unit_head, days=30, **common)  # type: ignore[arg-type]
    assert (handling.nominal_due - handling.started_on).days == 90
    assert (handling.first_due, handling.revision) == (first, 2)
    assert "一次" in refused(unit.extend, matter.case, notice, by=county.unit_head, days=5, **common).message


def test_no_extension_after_the_end(county: County, clock: Clock) -> None:
    matter = Matter(county).until("accept")
    clock.forward(days=70)
    late = refused(
        unit.extend, matter.case, ServedNotice(None, clock.today()), by=county.unit_head, days=30, now=clock.now(),
        reason="晚了",
    )  # fmt: skip
    assert "届满" in late.message


def test_answered_in_time_and_closed_late_stays_in_time(county: County, clock: Clock) -> None:
    matter = Matter(county).until("confirm_file")
    handling = matter.clock(LimitKind.HANDLING)
    clock.forward(days=200)
    for step in ("apply", "confirm", "call_back", "check", "sign"):
        with committed():
            getattr(matter, step)()
    assert handling is not None
    assert handling.met
    assert handling.ended_on == date(2026, 11, 21)


def test_a_suggestion_has_no_sixty_days(county: County) -> None:
    matter = Matter(county)
    with committed():
        matter.triage(matter_class=MatterClass.SUGGESTION, route=None)
    for step in ("assign", "sign_for", "accept"):
        with committed():
            getattr(matter, step)()
    assert matter.clock(LimitKind.HANDLING) is None
    assert matter.clock(LimitKind.FEEDBACK) is not None, "but the date of the letter runs"


def test_a_statutory_route_is_named_not_assigned(county: County, clock: Clock) -> None:
    matter = Matter(county)
    with committed():
        matter.triage(route=Route.ARBITRATION)
    assert "途径" in refused(matter.assign).message
    with committed():
        records.divert(
            matter.case, ServedNotice("告1号", clock.today()), by=county.acceptor, now=clock.now(),
            organ="阳城县劳动人事争议仲裁委员会",
        )  # fmt: skip
    assert matter.case.status == Status.DIVERTED
    assert matter.case.next_due_on is None


def test_every_point_needs_its_answer(county: County) -> None:
    matter = Matter(county).until("accept")
    only_one = {matter.case.demand_points[0].id: answers.PointAnswer(Result.SUPPORTED, "已补登。")}
    opinion = answers.Opinion("意1号", "依据", "事实")
    refusal = refused(answers.issue_opinion, matter.case, opinion, only_one, by=county.unit_head, now=core_clock.now())
    assert isinstance(refusal, FieldErrors)
    assert "诉求点 2 还没有答复" in refusal.message


def test_delivery_needs_proof(county: County, clock: Clock) -> None:
    matter = Matter(county).until("answer")
    delivery = answers.ServiceReceipt(clock.today(), ServiceMethod.IN_PERSON, "原秀英", None)
    refusal = refused(answers.deliver, matter.case, delivery, by=county.handler, now=clock.now())
    assert "proof" in refusal.errors


def test_refused_at_a_station_goes_back_with_reasons_and_starts_a_new_attempt(county: County, clock: Clock) -> None:
    matter = Matter(county).until("confirm")
    feedback = matter.clock(LimitKind.FEEDBACK)
    with committed():
        close_out.return_close_out(matter.case, by=county.checker, now=clock.now(), reason="照片与地点不符")
    assert matter.case.ledger_status == LedgerStatus.RETURNED
    for step in ("apply", "confirm", "call_back", "check", "sign"):
        with committed():
            getattr(matter, step)()
    assert matter.case.ledger_status == LedgerStatus.CLOSED
    assert feedback is not None
    assert feedback.met


def test_a_look_back_that_recurred_opens_a_new_round_of_the_same_case(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign")
    number = matter.case.register_no
    clock.forward(days=31)
    with committed():
        close_out.look_back(
            matter.case, by=county.supervisor, now=clock.now(), result=LookBackResult.RECURRED, reason="又出现"
        )
    case = matter.case
    assert (case.register_no, case.round, case.status, case.ledger_status) == (number, 2, Status.TRIAGED, "open")
    assert all(point.result is None for point in case.demand_points)
    for step in ("assign", "sign_for", "accept"):
        with committed():
            getattr(matter, step)()
    with committed():
        matter.answer()
    with committed():
        matter.deliver()
    assert "核对单还缺" in refused(matter.apply).message, "the old round's ticks do not count"


@pytest.mark.both_databases
def test_merge_and_the_undo_of_the_last_merge(county: County, clock: Clock) -> None:
    main, second, third = Matter(county), Matter(county), Matter(county)
    common = {"by": county.acceptor, "now": clock.now(), "reason": "同人同事"}
    for repeat in (second, third):
        with committed():
            records.merge(repeat.case, main.case, **common)  # type: ignore[arg-type]
    assert second.case.next_due_on is None
    assert "最近一次" in refused(records.undo_merge, second.case, **common).message
    with committed():
        records.undo_merge(third.case, **common)  # type: ignore[arg-type]
    assert third.case.status == Status.REGISTERED
    assert third.case.merged_into_id is None
    referral = third.clock(LimitKind.OFFICE_REFERRAL)
    assert referral is not None
    assert referral.started_on == third.case.received_on
    with committed():
        records.undo_merge(second.case, **common)  # type: ignore[arg-type]


def test_a_case_cannot_be_merged_into_itself_or_a_merged_one(county: County, clock: Clock) -> None:
    main, second = Matter(county), Matter(county)
    common = {"by": county.acceptor, "now": clock.now(), "reason": "同人同事"}
    refused(records.merge, main.case, main.case, **common)
    with committed():
        records.merge(second.case, main.case, **common)  # type: ignore[arg-type]
    refused(records.merge, main.case, second.case, **common)


@pytest.mark.both_databases
def test_vote_buying_is_reported_the_same_day_led_by_a_main_leader_and_tracked_twice(
    county: County, clock: Clock
) -> None:
    matter = Matter(county, vote_buying=True)
    report_clock = matter.clock(LimitKind.LEADER_REPORT)
    assert report_clock is not None
    assert report_clock.effective_due == clock.today(), "Saturday or not"
    with committed():
        matter.triage()
    assert "先报告" in refused(matter.assign).message
    with committed():
        sidetracks.report_to_leaders(matter.case, by=county.acceptor, now=clock.now(), text="涉嫌贿选")
    assert report_clock.met
    assert "主要领导" in refused(matter.assign).message
    with committed():
        matter.assign(lead_official_id=county.leader.id)
    for step in ("sign_for", "accept", "draft", "refer"):
        with committed():
            getattr(matter, step)()
    assert "主要领导还没有审批" in refused(matter.answer).message
    for step in ("approve", "answer", "deliver", "carry_out", "confirm_file"):
        with committed():
            getattr(matter, step)()
    missing = refused(matter.apply).message
    assert "主要领导未全部阅知" in missing
    assert "选举效力" in missing
    assert "纪检" in missing
    with committed():
        sidetracks.read_report(matter.case, by=county.leader, now=clock.now())
    with committed():
        sidetracks.assign_validity(
            matter.case, by=county.acceptor, now=clock.now(), department_id=county.town.id, handler_id=None,
            due_on=date(2026, 12, 10),
        )  # fmt: skip
    with committed():
        finding = sidetracks.Finding(ValidityResult.VALID, "润政〔2026〕9号", clock.today())
        sidetracks.conclude_validity(matter.case, finding, by=county.town_head, now=clock.now(), reason="选举有效")
    with committed():
        forwarding.transfer(
            matter.case, by=county.office_head, now=clock.now(), organ="县纪委监委", materials_list="来信一份",
            handed_over_on=clock.today(),
        )  # fmt: skip
    assert matter.case.status == Status.DELIVERED, "handing the persons over does not end the other track"
    assert "纪检" in refused(matter.apply).message
    with committed():
        forwarding.record_receipt(
            matter.case, by=county.acceptor, now=clock.now(), receipt_no="收1号", received_by="信访室",
            received_on=clock.today(),
        )  # fmt: skip
    for step in ("apply", "confirm", "call_back", "check"):
        with committed():
            getattr(matter, step)()
    assert isinstance(refused(matter.sign), NotFound), "the deputy is not the lead official of this case"
    with committed():
        matter.sign(by=county.leader)
    assert matter.case.ledger_status == LedgerStatus.CLOSED


def test_an_accusation_that_no_unit_handled_is_closed_by_people_named_for_it(county: County, clock: Clock) -> None:
    matter = Matter(county, purpose=Purpose.ACCUSATION, election_type=None)
    with committed():
        add_named_reader(matter.case, county.acceptor.id, because="举报专办", by=county.registrar, now=clock.now())
        add_named_reader(matter.case, county.office_head.id, because="举报专办", by=county.registrar, now=clock.now())
        audit.record(audit.Event.CASE_CORRECTED, by=county.registrar, now=clock.now(), case_id=matter.case.id)
    with committed():
        matter.triage(matter_class=MatterClass.ACCUSATION, route=None)
    with committed():
        forwarding.transfer(
            matter.case, by=county.office_head, now=clock.now(), organ="县纪委监委", materials_list="来信一份",
            handed_over_on=clock.today(),
        )  # fmt: skip
    with committed():
        forwarding.record_receipt(
            matter.case, by=county.acceptor, now=clock.now(), receipt_no="收1号", received_by="信访室",
            received_on=clock.today(),
        )  # fmt: skip
    with committed():
        close_out.confirm_file(matter.case, by=county.office_head, now=clock.now(), note="齐全")
    assert isinstance(refused(matter.check, by=county.supervisor), NotFound)
    for step, person in (
        (matter.apply, county.acceptor),
        (matter.confirm, county.office_head),
        (matter.check, county.supervisor),
    ):
        with committed():
            step(by=person)
    assert isinstance(refused(matter.sign, by=county.lead), NotFound), "rank gives nothing"
    with committed():
        matter.sign(by=county.leader)
    assert matter.case.ledger_status == LedgerStatus.CLOSED


def test_a_vote_buying_case_is_never_merely_referred(county: County, clock: Clock) -> None:
    matter = Matter(county, vote_buying=True)
    with committed():
        matter.triage()
    with committed():
        sidetracks.report_to_leaders(matter.case, by=county.acceptor, now=clock.now(), text="涉嫌贿选")
    refusal = refused(matter.assign, mode=AssignmentMode.REFERRAL, lead_official_id=county.leader.id)
    assert "贿选" in refusal.message


def test_review_keeps_the_case_open_and_remittal_starts_days_of_its_own(county: County, clock: Clock) -> None:
    matter = Matter(county).until("confirm_file")
    clock.forward(days=5)
    common = {"by": county.acceptor, "now": clock.now()}
    with committed():
        reviews.request_review(
            matter.case, organ="县人民政府", requested_on=clock.today(), received_on=clock.today(), **common
        )  # type: ignore[arg-type]
    review = matter.clock(LimitKind.REVIEW)
    assert review is not None
    assert review.ended_on is None
    assert "复查" in refused(matter.apply).message
    with committed():
        reviews.conclude_review(matter.case, result="revoked", concluded_on=clock.today(), reason="事实不清", **common)  # type: ignore[arg-type]
    assert matter.case.status == Status.ACCEPTED
    redo = matter.clock(LimitKind.REDO)
    assert redo is not None
    assert redo.started_on == clock.today()
    assert redo.ended_on is None


def test_a_review_asked_for_too_late_is_refused(county: County, clock: Clock) -> None:
    matter = Matter(county).until("deliver")
    clock.forward(days=45)
    refusal = refused(
        reviews.request_review, matter.case, organ="县人民政府", requested_on=clock.today(),
        received_on=clock.today(), by=county.acceptor, now=clock.now(),
    )  # fmt: skip
    assert refusal.field == "requested_on"


CONTRADICTIONS = [
    ({"title": ""}, "title"),
    ({"summary": ""}, "summary"),
    ({"demand_points": []}, "demand_points"),
    ({"demand_points": ["", ""]}, "demand_points"),
    ({"petitioners": []}, "petitioner_name"),
    ({"anonymous": True}, "petitioner_name"),
    ({"people_count": 0}, "people_count"),
    ({"place_note": None}, "village"),
    ({"received_on": date(2026, 11, 22)}, "received_on"),
    ({"received_on": date(2001, 1, 1)}, "received_on"),
    ({"occurred_on": date(2026, 11, 22)}, "occurred_on"),
    ({"posted_on": date(2026, 11, 22)}, "posted_on"),
    ({"vote_buying": True, "election_type": None}, "election_type"),
]


@pytest.mark.parametrize(("change", "field"), CONTRADICTIONS)
def test_a_bad_registration_gets_a_sentence_and_no_number(
    county: County, change: dict[str, object], field: str, clock: Clock
) -> None:
    refusal = refused(register, an_entry(**change), office=county.office, by=county.registrar, now=clock.now())  # type: ignore[arg-type]
    assert field in refusal.errors
    assert Matter(county).case.register_no == "XF-2026-000001", "a refused registration takes no number"
