"""回头看: the seal schedules it, another looks, what comes back opens it again, a sample is drawn again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.key_villages.working import DUE, TODAY, Ledger, later
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.drawing import drawn
from tracker.core.errors import DomainError, FieldErrors, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import set_own
from tracker.key_villages.models import LookBackSample, VillageLookBack, VillageProblem
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.codes import VillageStage
from tracker.key_villages.rules.looking_back import LookBackStage, Occasion, VillageResult
from tracker.key_villages.service import looking_back, signing
from tracker.key_villages.service.look_back_clocks import LOOK_BACK


def sealed(ledger: Ledger) -> int:
    """Enter a village with a problem and take it to its seal; return its id."""
    entry_id = ledger.enter("公开三年收支明细")
    ledger.strike_off(ledger.entry(entry_id).problems[0].id)
    for act, key in ((VillageAct.APPLY, "colleague"), (VillageAct.AGREE, "town_head"), (VillageAct.CHECK, "acceptor")):
        ledger.act(ledger.entry(entry_id), act, key)
    ledger.visit(entry_id)
    ledger.act(ledger.entry(entry_id), VillageAct.SIGN, "lead")
    return entry_id


def rows() -> list[VillageLookBack]:
    db.session.expire_all()
    return list(db.session.scalars(select(VillageLookBack).order_by(VillageLookBack.id)))


def clocks() -> list[Deadline]:
    return list(db.session.scalars(select(Deadline).where(Deadline.subject == LOOK_BACK).order_by(Deadline.id)))


def seen(result: VillageResult = VillageResult.STABLE, **more: object) -> looking_back.LookedBack:
    none = {"gaps": 0, "unresolved": 0, "incomplete": 0}
    words = {"gaps_words": "", "unresolved_words": "", "incomplete_words": ""}
    return looking_back.LookedBack(**{**none, **words, "result": result, **more})  # type: ignore[arg-type]


def look(ledger: Ledger, row: VillageLookBack, what: looking_back.LookedBack, key: str = "supervisor") -> None:
    with committed():
        looking_back.look_back(
            db.session.get_one(VillageLookBack, row.id), what, by=ledger.county.user(key), now=now_clock.now(),
            said="到村走访 12 户。", looked_on=now_clock.today(),
        )  # fmt: skip


def test_a_seal_schedules_two_looks_back_by_the_numbers_of_the_office(ledger: Ledger) -> None:
    with committed():
        set_own(
            LimitKind.VILLAGE_SECOND_LOOK_BACK, 60, TODAY, reason="本单位文件。", by=ledger.county.user("admin"),
            now=now_clock.now(),
        )  # fmt: skip
    sealed(ledger)
    assert [(row.occasion, row.stage) for row in rows()] == [
        (Occasion.AFTER_SEAL, LookBackStage.PLANNED),
        (Occasion.AGAIN, LookBackStage.PLANNED),
    ]
    assert [(row.due_on - TODAY).days in range(at, at + 10) for row, at in zip(rows(), (30, 60), strict=True)] == [
        True,
        True,
    ]
    assert [(each.effective_due, each.ended_on) for each in clocks()] == [(row.due_on, None) for row in rows()]


def test_only_somebody_who_did_not_work_on_the_village_looks_back(ledger: Ledger, clock: Clock) -> None:
    sealed(ledger)
    first = rows()[0]
    clock.set(later(10))
    with pytest.raises(DomainError, match="办理过这个村的人不能回头看"):
        look(ledger, first, seen(), "acceptor")
    for key in ("handler", "stranger", "lead"):
        with pytest.raises(Forbidden):
            look(ledger, first, seen(), key)
    look(ledger, first, seen())
    assert [(row.stage, row.result) for row in rows()] == [
        (LookBackStage.DONE, VillageResult.STABLE),
        (LookBackStage.PLANNED, None),
    ]
    assert [each.met for each in clocks()] == [True, False]
    with pytest.raises(DomainError, match="已经办理过"):
        look(ledger, first, seen())


def test_numbers_have_words_and_a_finding_is_not_stable(ledger: Ledger) -> None:
    sealed(ledger)
    for what, field in (
        (seen(gaps=1), "gaps_words"),
        (seen(gaps_words="公示不足 5 日"), "gaps_words"),
        (seen(unresolved=2, unresolved_words="两件"), "result"),
        (seen(gaps=-1), "gaps"),
        (seen(VillageResult.RECURRED), "problem"),
        (seen(VillageResult.NEW), "text"),
    ):
        with pytest.raises(FieldErrors) as refused:
            look(ledger, rows()[0], what)
        assert field in refused.value.errors
    assert rows()[0].stage == LookBackStage.PLANNED


def test_what_came_back_opens_village_and_problem_again_and_drops_what_waits(ledger: Ledger, clock: Clock) -> None:
    entry_id = sealed(ledger)
    clock.set(later(10))
    problem = ledger.entry(entry_id).problems[0]
    again = seen(VillageResult.RECURRED, recurred=problem, due_on=DUE, incomplete=1, incomplete_words="账又停了")
    look(ledger, rows()[0], again)
    entry = ledger.entry(entry_id)
    assert (entry.stage, entry.round, entry.struck_off_on) == (VillageStage.OPEN, 2, None)
    assert (entry.problems[0].stage, entry.problems[0].round) == (VillageStage.OPEN, 2)
    assert [row.stage for row in rows()] == [LookBackStage.DONE, LookBackStage.DROPPED]
    assert (rows()[0].round, rows()[0].problem_id) == (1, problem.id)
    assert [each.ended_on is not None for each in clocks()] == [True, True]


def test_a_new_problem_brings_a_sealed_village_back(ledger: Ledger, clock: Clock) -> None:
    entry_id = sealed(ledger)
    clock.set(later(10))
    look(ledger, rows()[0], seen(VillageResult.NEW, new=ledger.one("机动地发包未经表决", due_on=later(30).date())))
    entry = ledger.entry(entry_id)
    assert (entry.stage, [problem.text for problem in entry.problems][-1]) == (VillageStage.OPEN, "机动地发包未经表决")
    assert rows()[0].problem_id == db.session.scalars(select(VillageProblem.id).order_by(VillageProblem.id)).all()[-1]


def test_a_look_back_before_the_election_is_planned_by_hand(ledger: Ledger) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    by = {"by": ledger.county.acceptor, "now": now_clock.now(), "said": "换届前看一次。"}
    with pytest.raises(DomainError, match="不能早于今天"), committed():
        looking_back.plan_look_back(ledger.entry(entry_id), Occasion.BEFORE_ELECTION, TODAY - timedelta(days=1), **by)  # type: ignore[arg-type]
    with committed():
        looking_back.plan_look_back(ledger.entry(entry_id), Occasion.BEFORE_ELECTION, DUE, **by)  # type: ignore[arg-type]
    assert [(row.occasion, row.due_on) for row in rows()] == [(Occasion.BEFORE_ELECTION, DUE)]


def test_what_was_planned_by_hand_stays_with_a_village_that_comes_back_and_goes_with_its_entry(ledger: Ledger) -> None:
    by = {"by": ledger.county.acceptor, "now": now_clock.now(), "said": "换届前看一次。"}
    entry_id = sealed(ledger)
    with committed():
        looking_back.plan_look_back(ledger.entry(entry_id), Occasion.BEFORE_ELECTION, DUE, **by)  # type: ignore[arg-type]
        signing.recur_village(ledger.entry(entry_id), **by)  # type: ignore[arg-type]
    dropped, planned = LookBackStage.DROPPED, LookBackStage.PLANNED
    assert [row.stage for row in rows()] == [dropped, dropped, planned]
    by_mistake = ledger.enter(village="other_village")
    with committed():
        looking_back.plan_look_back(ledger.entry(by_mistake), Occasion.DECIDED, DUE, **by)  # type: ignore[arg-type]
    ledger.act(ledger.entry(by_mistake), VillageAct.WITHDRAW, "leader")
    assert rows()[-1].stage == dropped
    assert clocks()[-1].ended_on == TODAY


def test_a_sample_is_drawn_again_with_the_same_result(ledger: Ledger) -> None:
    entry_id = sealed(ledger)
    county = ledger.county
    given = {"due_on": DUE, "by": county.acceptor, "now": now_clock.now(), "said": "年底抽查。"}
    with pytest.raises(FieldErrors) as refused, committed():
        looking_back.draw_sample(county.office, size=2, seed="", **given)  # type: ignore[arg-type]
    assert set(refused.value.errors) == {"size", "seed"}
    with committed():
        looking_back.draw_sample(county.office, size=1, seed="20261121", **given)  # type: ignore[arg-type]
    sample = db.session.scalars(select(LookBackSample)).one()
    number = ledger.entry(entry_id).number
    assert drawn(sample.pool.splitlines(), sample.seed, sample.size) == [number]
    assert [row.occasion for row in rows() if row.sample_id] == [Occasion.SAMPLE]


def test_a_draw_depends_on_its_seed_alone() -> None:
    pool = [f"村〔2026〕{n}号" for n in range(1, 101)]
    first = drawn(pool, "种子", 10)
    assert first == drawn(list(reversed(pool)), "种子", 10)
    assert first != drawn(pool, "另一粒", 10)
    assert first == drawn(pool, "种子", 30)[:10]
    counts = [sum(number in drawn(pool, str(seed), 10) for seed in range(300)) for number in pool]
    assert max(counts) < 60
    assert min(counts) > 10


def test_a_look_back_has_no_field_about_a_person() -> None:
    """不记个人思想情绪: what a look back keeps is about the village."""
    columns = set(VillageLookBack.__table__.columns.keys())
    assert columns == {
        *("id", "public_id", "entry_id", "round", "occasion", "due_on", "planned_at", "sample_id", "stage"),
        *("looked_on", "looked_by_id", "gaps", "gaps_words", "unresolved", "unresolved_words", "incomplete"),
        *("incomplete_words", "result", "problem_id"),
    }
