"""督导: rounds, findings with their limit, 整改 and 复核 by another, problems from findings, seals that wait."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.key_villages.inspecting import NEXT_WEEK, decide, finding, found, opened, report, rounding
from tests.key_villages.working import TODAY, Ledger, later
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, FieldErrors, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import clock_of
from tracker.deadlines.rules import is_late
from tracker.jobs.ticking import tick
from tracker.key_villages.models import InspectionRound
from tracker.key_villages.queries.facts import facts_of
from tracker.key_villages.queries.findings import FINDING
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.checklist import DoneShare
from tracker.key_villages.rules.codes import VillageStage
from tracker.key_villages.rules.findings import FINDING_ACTS, FindingAct, FindingStage
from tracker.key_villages.service import inspecting, rounds
from tracker.notifications.models import Notice
from tracker.places.models import Place
from tracker.places.service import merge_villages


def clocks(kind: LimitKind) -> list[Deadline]:
    return list(db.session.scalars(select(Deadline).where(Deadline.kind == kind.value).order_by(Deadline.id)))


def share(ledger: Ledger, entry_id: int) -> DoneShare:
    return facts_of(ledger.entry(entry_id), None).findings


def notices() -> list[str]:
    return [each.heading for each in db.session.scalars(select(Notice).where(Notice.source == "finding"))]


def test_a_finding_is_put_right_and_checked_again_by_another(ledger: Ledger) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    one = found(ledger, opened(ledger))
    assert share(ledger, entry_id) == DoneShare(0, 1)
    with pytest.raises(Forbidden, match="应由责任人办理"):
        report(ledger, one, "acceptor")
    report(ledger, one)
    assert [(each.met, each.effective_due) for each in clocks(LimitKind.FINDING)] == [(True, NEXT_WEEK)]
    for key, error in (("handler", Forbidden), ("unit_head", Forbidden), ("stranger", Forbidden)):
        with pytest.raises(error):
            decide(ledger, one, FindingAct.RECHECK, key)
    decide(ledger, one, FindingAct.RECHECK, "lead")
    assert (finding(one).stage, finding(one).rechecked_on) == (FindingStage.RECHECKED, TODAY)
    assert share(ledger, entry_id) == DoneShare(1, 1)
    assert [each.met for each in clocks(LimitKind.FINDING_RECHECK)] == [True]


def test_what_does_not_pass_runs_on_with_its_old_day(ledger: Ledger, clock: Clock) -> None:
    one = found(ledger, opened(ledger))
    report(ledger, one)
    decide(ledger, one, FindingAct.RETURN, "acceptor")
    running = clocks(LimitKind.FINDING)[-1]
    assert (running.ended_on, running.effective_due) == (None, NEXT_WEEK)
    clock.set(later(9))
    report(ledger, one)
    assert is_late(clock_of(clocks(LimitKind.FINDING)[-1]), later(9).date())


def test_nobody_checks_what_they_reported_or_what_their_unit_owes(ledger: Ledger) -> None:
    """The clerk of the office owns a finding of the office: another checks it, who is not of the office."""
    county = ledger.county
    row = opened(ledger)
    one = found(ledger, row)
    with committed():
        inspecting.hand_over_finding(
            finding(one), department_id=county.ids["office"], user_id=county.ids["acceptor"], by=county.lead,
            now=now_clock.now(), said="由信访局整改。",
        )  # fmt: skip
    report(ledger, one, "acceptor")
    with pytest.raises(DomainError, match="不能是责任单位的人"):
        decide(ledger, one, FindingAct.RECHECK, "acceptor")
    decide(ledger, one, FindingAct.RECHECK, "lead")
    assert finding(one).stage == FindingStage.RECHECKED


def test_a_finding_becomes_a_problem_and_is_done_with_its_seal(ledger: Ledger) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    one = found(ledger, opened(ledger))
    with committed():
        inspecting.list_finding(finding(one), by=ledger.county.acceptor, now=now_clock.now(), said="需要村民会议。")
    problem = ledger.entry(entry_id).problems[-1]
    assert (problem.text, problem.due_on, problem.id) == ("公开栏设在院内", NEXT_WEEK, finding(one).problem_id)
    assert (share(ledger, entry_id), finding(one).stage) == (DoneShare(0, 1), FindingStage.LISTED)
    assert clocks(LimitKind.FINDING)[-1].ended_on == TODAY
    with pytest.raises(DomainError, match="督导发现转来的"):
        ledger.act(ledger.problem(problem.id), VillageAct.WITHDRAW, "lead")
    ledger.strike_off(problem.id)
    assert share(ledger, entry_id) == DoneShare(1, 1)


def test_an_overdue_finding_that_becomes_a_problem_stays_overdue(ledger: Ledger, clock: Clock) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    one = found(ledger, opened(ledger), due_on=TODAY + timedelta(days=1))
    clock.set(later(5))
    with committed():
        inspecting.list_finding(finding(one), by=ledger.county.acceptor, now=now_clock.now(), said="转为问题。")
    assert ledger.entry(entry_id).problems[-1].due_on == TODAY + timedelta(days=1)
    assert is_late(clock_of(clocks(LimitKind.VILLAGE_PROBLEM)[-1]), later(5).date())


def test_the_seal_of_a_village_waits_for_its_findings(ledger: Ledger, clock: Clock) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    ledger.strike_off(ledger.entry(entry_id).problems[0].id)
    one = found(ledger, opened(ledger))
    for act, key in ((VillageAct.APPLY, "colleague"), (VillageAct.AGREE, "town_head"), (VillageAct.CHECK, "acceptor")):
        ledger.act(ledger.entry(entry_id), act, key)
    ledger.visit(entry_id)
    with pytest.raises(DomainError, match="督导整改都已复核（0 / 1）"):
        ledger.act(ledger.entry(entry_id), VillageAct.SIGN, "lead")
    report(ledger, one)
    decide(ledger, one, FindingAct.RECHECK, "acceptor")
    ledger.act(ledger.entry(entry_id), VillageAct.SIGN, "lead")
    assert ledger.entry(entry_id).stage == VillageStage.STRUCK_OFF
    clock.set(later(3))
    found(ledger, opened(ledger), on=later(3).date())
    assert share(ledger, entry_id) == DoneShare(1, 1)


@pytest.mark.both_databases
def test_a_village_that_is_not_on_the_ledger_is_proposed_and_brings_its_finding(ledger: Ledger) -> None:
    one = found(ledger, opened(ledger))
    assert notices() == ["督导发现", "建议入账"]
    with pytest.raises(DomainError, match="请先由领导决定入账"), committed():
        inspecting.list_finding(finding(one), by=ledger.county.acceptor, now=now_clock.now(), said="转为问题。")
    entry_id = ledger.enter("公开三年收支明细")
    assert share(ledger, entry_id) == DoneShare(0, 1)


def test_one_entered_by_mistake_is_withdrawn_by_another(ledger: Ledger) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    row = opened(ledger)
    mine, other = found(ledger, row, by="lead"), found(ledger, row)
    with pytest.raises(DomainError, match="不能自己撤销"):
        decide(ledger, mine, FindingAct.WITHDRAW, "lead")
    with pytest.raises(Forbidden):
        decide(ledger, other, FindingAct.WITHDRAW, "acceptor")
    decide(ledger, other, FindingAct.WITHDRAW, "lead")
    decide(ledger, mine, FindingAct.WITHDRAW, "leader")
    assert share(ledger, entry_id) == DoneShare(0, 0)
    assert [each.ended_on for each in clocks(LimitKind.FINDING)] == [TODAY, TODAY]


def test_a_round_says_what_is_wrong_with_it(ledger: Ledger) -> None:
    county = ledger.county
    good = rounding(ledger)
    bad = rounds.Rounding("", county.handler, "", TODAY, TODAY - timedelta(days=1), [])
    with pytest.raises(FieldErrors) as refused, committed():
        rounds.open_round(bad, office=county.office, by=county.acceptor, now=now_clock.now())
    assert set(refused.value.errors) == {"name", "team", "led_by", "ended_on", "villages"}
    with pytest.raises(Forbidden), committed():
        rounds.open_round(good, office=county.office, by=county.handler, now=now_clock.now())
    row = opened(ledger)
    found(ledger, row)
    bare = rounds.Rounding(good.name, good.led_by, good.team, good.started_on, good.ended_on, [])
    with pytest.raises(FieldErrors), committed():
        rounds.change_round(
            db.session.get_one(InspectionRound, row), bare, by=county.acceptor, now=now_clock.now(), said="更正。"
        )


def test_every_stage_of_a_finding_has_a_way_on_or_is_over() -> None:
    from_stages = {stage for row in FINDING_ACTS for stage in row.froms if row.to is not None}
    over = {FindingStage.RECHECKED, FindingStage.LISTED, FindingStage.WITHDRAWN}
    assert from_stages | over == set(FindingStage)
    assert from_stages & over == set()


def test_a_late_finding_climbs_the_ladder_and_one_done_with_does_not(ledger: Ledger, clock: Clock) -> None:
    row = opened(ledger)
    late, done = found(ledger, row, "公开栏设在院内"), found(ledger, row, "账目没有上墙")
    report(ledger, done)
    decide(ledger, done, FindingAct.RECHECK, "lead")
    clock.set(later(10))
    tick(now_clock.now())
    climbed = db.session.scalars(select(Notice.subject_id).where(Notice.subject == FINDING, Notice.heading == "催办"))
    assert set(climbed) == {late}


def test_a_merged_village_keeps_its_findings(ledger: Ledger, clock: Clock) -> None:
    """并村: what was found in it holds the seal of what it is part of now."""
    county = ledger.county
    entry_id = ledger.enter("公开三年收支明细")
    one = found(ledger, opened(ledger))
    village = db.session.get_one(Place, county.ids["village"])
    asked = select(Place).where(Place.parent_id == village.parent_id, Place.id != village.id, Place.closed_on.is_(None))
    into = db.session.scalars(asked.order_by(Place.id)).first()
    assert into is not None
    with committed():
        merge_villages(village, into, on=TODAY, reason="行政村合并。", by=county.user("admin"), now=now_clock.now())
    assert share(ledger, entry_id) == DoneShare(0, 1)
    report(ledger, one)
    decide(ledger, one, FindingAct.RECHECK, "lead")
    assert share(ledger, entry_id) == DoneShare(1, 1)
