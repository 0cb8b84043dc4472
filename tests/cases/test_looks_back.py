"""回头看 of matters: twice after 销号, what it finds, one more that is planned, and the sample drawn by a seed."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker import audit
from tracker.audit.queries import verify
from tracker.cases.acts import close_out
from tracker.cases.acts.sampling import Draw, draw_cases
from tracker.cases.ledger.looks_back import case_sample_page, looks_back_for
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.clocks import turn_of
from tracker.cases.lifecycle.rules.lifecycle import row_of
from tracker.cases.record.models import Case, CaseSample, LookBack
from tracker.cases.record.rules.codes import Confidentiality, LedgerStatus
from tracker.cases.record.rules.reviewing import LookBackResult
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.drawing import drawn
from tracker.core.errors import DomainError, FieldErrors, Forbidden, NotFound
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.queries import reader_for

pytestmark = pytest.mark.both_databases
K = LimitKind
TWO = {K.LOOK_BACK, K.SECOND_LOOK_BACK}


def running(case: Case) -> set[str]:
    found = select(Deadline.kind).where(Deadline.case_id == case.id, Deadline.ended_on.is_(None))
    return {kind for kind in db.session.scalars(found) if "look_back" in kind}


def looked_at(matter: Matter, result: LookBackResult = LookBackResult.HOLDS, **found: str) -> None:
    with committed():
        close_out.look_back(
            matter.case, by=matter.county.supervisor, now=core_clock.now(), result=result,
            reason="到村走访。", found=close_out.FoundAgain(**found),
        )  # fmt: skip


def rows(matter: Matter) -> Sequence[LookBack]:
    return db.session.scalars(select(LookBack).where(LookBack.case_id == matter.case.id).order_by(LookBack.id)).all()


def test_the_seal_begins_two_which_count_from_the_same_day(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign")
    first, second = matter.clock(K.LOOK_BACK), matter.clock(K.SECOND_LOOK_BACK)
    assert first is not None
    assert second is not None
    assert first.started_on == second.started_on == clock.today()
    assert (first.amount, second.amount) == (30, 90)


def test_one_look_back_meets_the_first_that_is_due_and_the_second_is_owed_whatever_it_found(
    county: County, clock: Clock
) -> None:
    matter = Matter(county).until("sign")
    clock.forward(days=30)
    looked_at(matter)
    assert running(matter.case) == {K.SECOND_LOOK_BACK}
    clock.forward(days=60)
    looked_at(matter, LookBackResult.NEW, gaps="公示只贴了一天。")
    assert running(matter.case) == set()
    one, two = rows(matter)
    assert [each.deadline.kind for each in (one, two) if each.deadline] == [K.LOOK_BACK, K.SECOND_LOOK_BACK]
    assert (two.gaps, two.unresolved, two.incomplete) == ("公示只贴了一天。", None, None)
    assert matter.case.ledger_status == LedgerStatus.CLOSED, "a new problem is a matter of its own"
    assert verify().wrong is None


def test_what_was_found_cannot_hold(county: County) -> None:
    matter = Matter(county).until("sign")
    with pytest.raises(DomainError, match="处理不彻底的，结果不能是稳定") as refused:
        looked_at(matter, incomplete="水渠只修了一半。")
    assert refused.value.field == "result"
    assert running(matter.case) == TWO


@pytest.mark.parametrize("which", [1, 2])
def test_what_came_back_is_opened_again_and_both_begin_anew_with_its_next_seal(
    county: County, clock: Clock, which: int
) -> None:
    matter = Matter(county).until("sign")
    for _ in range(which - 1):
        clock.forward(days=29)
        looked_at(matter)
    clock.forward(days=1)
    looked_at(matter, LookBackResult.RECURRED, incomplete="水渠又断了。")
    assert (matter.case.round, matter.case.ledger_status) == (2, LedgerStatus.OPEN)
    assert running(matter.case) == set()
    ended = {each.kind: each.met for each in db.session.scalars(select(Deadline)) if "look_back" in each.kind}
    assert ended == {K.LOOK_BACK: True, K.SECOND_LOOK_BACK: which == 2}
    assert rows(matter)[-1].round == 1, "the old round stays visible"
    for step in Matter.LINE[1:]:
        with committed():
            getattr(matter, step)()
    assert running(matter.case) == TWO
    again = matter.clock(K.SECOND_LOOK_BACK)
    assert again is not None
    assert again.started_on == clock.today()


def test_a_review_asked_for_after_the_seal_ends_both_as_it_ended_the_one(county: County) -> None:
    """Which of the three acts ends and begins them stands in the table (tests/cases/test_lifecycle_table)."""
    matter = Matter(county).until("sign")
    with committed():
        close_out.reopen(matter.case, by=county.office_head, now=core_clock.now(), reason="有新的情况。")
    assert running(matter.case) == set()


def test_the_turn_is_that_of_the_clock_that_is_due_first() -> None:
    row = row_of(Action.LOOK_BACK_HOLDS)
    assert row is not None
    due = {K.LOOK_BACK: date(2027, 1, 5), K.SECOND_LOOK_BACK: date(2027, 3, 5), K.PLANNED_LOOK_BACK: date(2027, 1, 2)}
    assert turn_of(row, due.items()) is K.PLANNED_LOOK_BACK
    assert turn_of(row, [(K.SECOND_LOOK_BACK, date(2027, 1, 1)), *due.items()]) is K.SECOND_LOOK_BACK
    assert turn_of(row, [(K.FEEDBACK, date(2026, 1, 1))]) is None


def planned(matter: Matter, days: int = 10) -> None:
    with committed():
        close_out.plan_look_back(
            matter.case, by=matter.county.supervisor, now=core_clock.now(), due_on=core_clock.today() + timedelta(days),
            reason="群众来电询问。",
        )  # fmt: skip


def test_one_more_is_planned_and_done_before_another(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign")
    planned(matter)
    assert running(matter.case) == TWO | {K.PLANNED_LOOK_BACK}
    with pytest.raises(DomainError, match="请先办那一次"):
        planned(matter)
    looked_at(matter)
    assert running(matter.case) == TWO
    with pytest.raises(DomainError, match="不能早于今天"):
        planned(matter, -1)


def draw(
    county: County, size: int = 2, *, seed: str = "阳城2026", who: str = "supervisor", **changes: date
) -> CaseSample:
    today = core_clock.today()
    days = {"closed_from": today - timedelta(60), "closed_to": today, "due_on": today + timedelta(15)} | changes
    with committed():
        return draw_cases(
            county.office,
            Draw(size=size, seed=seed, **days),
            by=county.user(who),
            now=core_clock.now(),
            said="年底抽查。",
        )


def struck_off(county: County, how_many: int) -> list[Matter]:
    return [Matter(county, title=f"第 {number} 件").until("sign") for number in range(how_many)]


class TestSample:
    def test_the_seed_draws_the_same_again_from_what_was_recorded(self, county: County, clock: Clock) -> None:
        matters = struck_off(county, 4)
        sample = draw(county)
        numbers = sorted(each.case.register_no for each in matters)
        assert sample.pool.splitlines() == numbers
        picked = set(drawn(numbers, "阳城2026", 2))
        assert {each.case.register_no for each in matters if K.PLANNED_LOOK_BACK in running(each.case)} == picked
        clock.forward(days=3)
        page = case_sample_page(
            sample.public_id, reader_for(county.office_head, clock.today()), today=clock.today(), now=clock.now()
        )
        assert page.same
        assert {each.case.register_no for each in page.rows} == picked
        assert all(each.clock is not None for each in page.rows)
        assert verify().wrong is None

    def test_what_was_drawn_is_not_drawn_again_before_it_is_done(self, county: County, clock: Clock) -> None:
        matters = struck_off(county, 2)
        draw(county, 1)
        clock.forward(hours=1)
        with pytest.raises(FieldErrors) as refused:
            draw(county, 2)
        assert "可以抽查的已销号件有 1 件" in refused.value.errors["size"]
        draw(county, 1)
        assert all(K.PLANNED_LOOK_BACK in running(each.case) for each in matters)

    def test_a_closed_matter_is_never_in_a_pool_nor_on_its_page(self, county: County, clock: Clock) -> None:
        matters = struck_off(county, 3)
        sample = draw(county, 2)
        with committed():
            shut = next(each.case for each in matters if K.PLANNED_LOOK_BACK in running(each.case))
            shut.level = Confidentiality.SENSITIVE.value
            shut.version += 1
            audit.record(audit.Event.CASE_STEPPED, by=county.acceptor, now=clock.now(), case_id=shut.id, payload={})
        for who in ("office_head", "supervisor"):
            page = case_sample_page(
                sample.public_id, reader_for(county.user(who), clock.today()), today=clock.today(), now=clock.now()
            )
            said = [*page.shown.pool, *page.shown.drawn, *(each.case.register_no for each in page.rows)]
            assert shut.register_no not in said
            assert (len(page.shown.pool), len(page.shown.drawn)) == (2, 1)
            assert page.same, "what is shown is itself a draw"
        looked_at(next(each for each in matters if each.case.id == shut.id))
        assert looks_back_for(reader_for(county.stranger, clock.today()), page=1).total == 0
        clock.forward(hours=1)
        assert shut.register_no not in draw(county, 1).pool

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"size": 9}, "size"),
            ({"seed": "  "}, "seed"),
            ({"closed_to": date(2030, 1, 1)}, "closed_to"),
            ({"closed_from": date(2030, 1, 1)}, "closed_to"),
            ({"due_on": date(2020, 1, 1)}, "due_on"),
            ({"closed_from": date(2020, 1, 1), "closed_to": date(2020, 2, 1)}, "size"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, county: County, changes: dict[str, object], field: str) -> None:
        struck_off(county, 1)
        with pytest.raises(FieldErrors) as refused:
            draw(county, **({"size": 1} | changes))  # type: ignore[arg-type]
        assert set(refused.value.errors) == {field}
        assert db.session.scalar(select(CaseSample)) is None

    @pytest.mark.parametrize("who", ["acceptor", "unit_head", "lead", "leader"])
    def test_nobody_else_draws_or_sees_the_page(self, county: County, clock: Clock, who: str) -> None:
        struck_off(county, 1)
        with pytest.raises(Forbidden):
            draw(county, 1, who=who)
        sample = draw(county, 1, who="office_head")
        with pytest.raises(NotFound):
            case_sample_page(
                sample.public_id, reader_for(county.user(who), clock.today()), today=clock.today(), now=clock.now()
            )


def test_the_page_counts_what_came_back(county: County, clock: Clock) -> None:
    one, two = struck_off(county, 2)
    looked_at(one)
    looked_at(two, LookBackResult.RECURRED)
    found = looks_back_for(reader_for(county.supervisor, clock.today()), page=1)
    assert (found.total, found.recurred) == (2, 1)
    assert [each.words for each in found.done] == ["反复", "稳定"]
    assert [each.which for each in found.done] == ["回头看", "回头看"]
