"""销号: problems and villages go through a gate of four signatures by four people, and nothing else opens it."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.key_villages.working import DUE, Ledger, later
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import clock_of
from tracker.deadlines.rules import is_late
from tracker.jobs.verifying import verify
from tracker.key_villages.queries.facts import signatures
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.codes import VillageStage
from tracker.key_villages.service import entering, signing


def clocks(kind: LimitKind) -> list[Deadline]:
    return list(db.session.scalars(select(Deadline).where(Deadline.kind == kind.value).order_by(Deadline.id)))


def test_a_village_goes_from_its_entry_to_its_seal(ledger: Ledger, clock: Clock) -> None:
    entry_id = ledger.enter("公开三年收支明细", "补登遗漏的选民")
    first, second = (problem.id for problem in ledger.entry(entry_id).problems)
    ledger.strike_off(first)
    with pytest.raises(DomainError, match="每个问题都已销号（1 / 2）"):
        ledger.act(ledger.entry(entry_id), VillageAct.APPLY, "colleague")
    ledger.strike_off(second)
    with committed():
        entering.set_election(
            ledger.entry(entry_id), election_on=date(2026, 11, 21), by=ledger.county.acceptor, now=now_clock.now(),
            said="第一批。",
        )  # fmt: skip
    ledger.act(ledger.entry(entry_id), VillageAct.APPLY, "colleague")
    ledger.act(ledger.entry(entry_id), VillageAct.AGREE, "town_head")
    ledger.act(ledger.entry(entry_id), VillageAct.CHECK, "acceptor")
    with pytest.raises(DomainError, match="结果当日已报（11月21日选举）；包村领导到村核实（尚未到村）"):
        ledger.act(ledger.entry(entry_id), VillageAct.SIGN, "lead")
    with committed():
        entering.report_result(
            ledger.entry(entry_id), by=ledger.county.town_head, now=now_clock.now(), said="一次选举成功。"
        )
    ledger.visit(entry_id)
    ledger.act(ledger.entry(entry_id), VillageAct.SIGN, "lead")
    sealed = ledger.entry(entry_id)
    assert (sealed.stage, sealed.struck_off_on) == (VillageStage.STRUCK_OFF, date(2026, 11, 21))
    assert len({line.by_id for line in signatures(sealed, None)}) == 4
    assert [each.ended_on for each in clocks(LimitKind.VILLAGE_SIGNING)].count(None) == 0


def test_nobody_signs_twice_and_nobody_for_another(ledger: Ledger) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    problem = ledger.entry(entry_id).problems[0].id
    for key in ("unit_head", "acceptor", "lead", "stranger", "town_head"):
        with pytest.raises((Forbidden, DomainError)):
            ledger.act(ledger.problem(problem), VillageAct.APPLY, key)
    ledger.act(ledger.problem(problem), VillageAct.APPLY, "handler")
    with pytest.raises(Forbidden, match="应由责任单位负责人"):
        ledger.act(ledger.problem(problem), VillageAct.AGREE, "acceptor")
    ledger.act(ledger.problem(problem), VillageAct.AGREE, "unit_head")
    with pytest.raises(Forbidden, match="应由信访部门"):
        ledger.act(ledger.problem(problem), VillageAct.CHECK, "unit_head")
    ledger.act(ledger.problem(problem), VillageAct.CHECK, "acceptor")
    with pytest.raises(Forbidden, match="应由包村领导"):
        ledger.act(ledger.problem(problem), VillageAct.SIGN, "leader")
    ledger.act(ledger.problem(problem), VillageAct.SIGN, "lead")
    assert ledger.problem(problem).stage == VillageStage.STRUCK_OFF


def test_what_is_returned_keeps_its_day_and_begins_anew(ledger: Ledger, clock: Clock) -> None:
    """原期限不变: the owner's clock ended with the application, and runs on as if it never had."""
    entry_id = ledger.enter("公开三年收支明细")
    problem = ledger.entry(entry_id).problems[0].id
    ledger.act(ledger.problem(problem), VillageAct.APPLY, "handler")
    assert [(each.met, each.effective_due) for each in clocks(LimitKind.VILLAGE_PROBLEM)] == [(True, DUE)]
    ledger.act(ledger.problem(problem), VillageAct.AGREE, "unit_head")
    ledger.act(ledger.problem(problem), VillageAct.RETURN, "acceptor", "缺公开凭据。")
    running = clocks(LimitKind.VILLAGE_PROBLEM)[-1]
    assert (running.ended_on, running.effective_due) == (None, DUE)
    assert signatures(ledger.entry(entry_id), ledger.problem(problem)) == []
    clock.set(later(30))
    ledger.strike_off(problem)
    assert is_late(clock_of(clocks(LimitKind.VILLAGE_PROBLEM)[-1]), later(30).date())


def test_a_new_problem_ends_an_application(ledger: Ledger) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    ledger.strike_off(ledger.entry(entry_id).problems[0].id)
    ledger.act(ledger.entry(entry_id), VillageAct.APPLY, "colleague")
    with committed():
        entering.list_problem(
            ledger.entry(entry_id),
            ledger.one("督导发现：公开栏夜间看不到"),
            by=ledger.county.acceptor,
            now=now_clock.now(),
        )
    assert ledger.entry(entry_id).stage == VillageStage.RETURNED
    assert [each.met for each in clocks(LimitKind.VILLAGE_SIGNING) if each.ended_by == VillageAct.LIST_PROBLEM] == [
        False
    ]
    with pytest.raises(DomainError, match="每个问题都已销号（1 / 2）"):
        ledger.act(ledger.entry(entry_id), VillageAct.APPLY, "colleague")


def test_who_heads_the_unit_and_owes_the_problem_is_agreed_to_by_the_liaison(ledger: Ledger) -> None:
    entry_id = ledger.enter()
    with committed():
        entering.list_problem(
            ledger.entry(entry_id), ledger.one("公开三年收支明细", owner="unit_head"), by=ledger.county.acceptor,
            now=now_clock.now(),
        )  # fmt: skip
    problem = ledger.entry(entry_id).problems[0].id
    ledger.act(ledger.problem(problem), VillageAct.APPLY, "unit_head")
    with pytest.raises(DomainError, match="不同的人"):
        ledger.act(ledger.problem(problem), VillageAct.AGREE, "unit_head")
    ledger.act(ledger.problem(problem), VillageAct.AGREE, "colleague")
    assert ledger.problem(problem).stage == VillageStage.AGREED


def test_what_came_back_has_another_round_and_its_seal_in_the_trail(ledger: Ledger) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    problem = ledger.entry(entry_id).problems[0].id
    ledger.strike_off(problem)
    with committed():
        signing.recur_problem(
            ledger.problem(problem), due_on=DUE, by=ledger.county.acceptor, now=now_clock.now(), said="又停了。"
        )
    back = ledger.problem(problem)
    assert (back.stage, back.round, back.struck_off_on) == (VillageStage.OPEN, 2, None)
    assert clocks(LimitKind.VILLAGE_PROBLEM)[-1].round == 2


def test_the_numbers_of_the_ledger_agree_with_their_counter(ledger: Ledger) -> None:
    """核验: a village that was entered is no number too many."""
    ledger.enter("公开三年收支明细")
    assert verify().wrong is None
