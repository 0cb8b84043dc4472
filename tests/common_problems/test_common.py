"""共性问题: proposed by kind and place, founded by a person, worked on with its clock; nothing closed enters."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.common_problems.working import SPAN, Common
from tests.conftest import Clock
from tests.key_villages.working import later
from tests.suggestions.working import TODAY, day
from tests.world.county import PEOPLE, County
from tracker.audit.queries import verify
from tracker.cases.ledger.rules import Span
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Purpose
from tracker.common_problems.access import advice_of, common_problem_of, known_problems
from tracker.common_problems.models import CommonLine, CommonProblem, ImprovementAdvice
from tracker.common_problems.queries.counting import before_and_after, candidates, proposed
from tracker.common_problems.queries.page import common_acts_of, common_page, common_problems
from tracker.common_problems.rules.acts import (
    COMMON_ACT_LABELS,
    COMMON_ACTS,
    COMMON_STAGES,
    Adoption,
    CommonAct,
    CommonStage,
)
from tracker.common_problems.service import advising, working
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import set_own
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.jobs.verifying import verify as verify_all
from tracker.notifications.models import Notice

both = pytest.mark.both_databases
A, S = CommonAct, CommonStage


@pytest.fixture
def common(county: County, clock: Clock) -> Common:
    """Give the common problems of a county."""
    return Common(county)


def test_the_table_of_acts_is_whole() -> None:
    assert {row.act for row in COMMON_ACTS} | {A.FOUND, A.FEED_BACK} == set(A) == set(COMMON_ACT_LABELS)
    assert {row.to for row in COMMON_ACTS if row.to} | {S.OPEN} == set(S) == set(COMMON_STAGES)
    assert all(bool(row.next_part) == bool(row.asked) for row in COMMON_ACTS)
    who = {row.act: row.by for row in COMMON_ACTS}
    assert not who[A.CARRY_OUT] & who[A.ASSESS], "who carries it out does not assess it"


@both
def test_kinds_and_places_are_proposed_above_the_office_s_number_and_nothing_closed_counts(common: Common) -> None:
    county = common.county
    first = common.matters(4)[0]
    assert proposed(TODAY) == [], "below the number"
    fifth = common.matter(5, village_id=county.ids["village"])
    (only,) = proposed(TODAY)
    assert (only.category.name, only.place.id, only.count, only.founded) == (
        *("村务管理", county.ids["township"], 5, None),
    )
    common.matter(6, purpose=Purpose.ACCUSATION)
    common.matter(8, village_id=county.ids["other_village"])
    assert [each.count for each in proposed(TODAY)] == [5], "an accusation counts nowhere, another place by itself"
    with committed():
        set_own(LocalNumber.COMMON_MATTERS, 6, TODAY, reason="本局规定。", by=county.admin, now=now_clock.now())
    assert proposed(TODAY) == []
    with committed():
        set_own(LocalNumber.COMMON_MATTERS, 2, TODAY, reason="本局规定。", by=county.admin, now=now_clock.now())
    one = common.found([first, fifth])
    (again,) = proposed(TODAY)
    assert again.founded, "what is in hand is named, and not founded twice by oversight"
    assert again.founded.id == one
    with committed():
        working.strike(common.one(one), said="误立。", **common.by("acceptor"))
    assert [each.founded for each in proposed(TODAY)] == [None]


@both
def test_a_common_problem_goes_from_its_founding_to_its_assessment(common: Common, clock: Clock) -> None:
    cases = common.matters(3)
    one = common.found(cases[:2])
    row = common.one(one)
    (running,) = _clocks()
    assert (row.number, row.stage, running.effective_due, running.owner_user_id) == (
        *("共〔2026〕1号", S.OPEN, day(30), common.county.ids["handler"]),
    )
    with committed():
        working.gather(common.one(one), [cases[2]], said="同一问题。", **common.by("acceptor"))
    page = common_page(common.one(one), common.reader("acceptor"), today=TODAY, now=now_clock.now())
    assert ([each.public_id for each in page.matters], page.beyond) == (cases, 0)
    assert (page.counts.before, page.counts.after) == (3, None)
    with committed():
        working.leave_out(common.one(one), [cases[0]], said="是另一件事。", **common.by("acceptor"))
        working.correct(
            common.one(one), text="收支没有公开。", measure="逐村公开。", said="写明。", **common.by("acceptor")
        )
        working.reschedule(common.one(one), due_on=day(40), said="账目多。", **common.by("acceptor"))
    clock.set(later(10))
    with committed():
        working.carry_out(common.one(one), happened_on=day(9), said="全部公开。", **common.by("handler"))
    assert [each.ended_on for each in _clocks()] == [TODAY, day(9)]
    with committed():
        working.send_back(common.one(one), said="还有两个村没有。", **common.by("acceptor"))
    assert (common.one(one).carried_out_on, _clocks()[-1].ended_on) == (None, None)
    with committed():
        working.carry_out(common.one(one), happened_on=day(10), said="补齐。", **common.by("unit_head"))
    clock.set(later(20))
    common.matter(9, received_on=day(15))
    counts = before_and_after(common.one(one), now_clock.today())
    assert (counts.before, counts.after, counts.whole) == (3, 1, False)
    with committed():
        working.assess(common.one(one), said="明显减少。", **common.by("acceptor"))
    line = db.session.scalars(select(CommonLine).order_by(CommonLine.id.desc())).first()
    assert line
    assert line.told == "措施前 3 件，措施后 1 件（公开版，已过 10 日）"
    with committed():
        working.reopen(common.one(one), said="再看一个月。", **common.by("acceptor"))
    assert common.one(one).stage == S.CARRIED_OUT
    assert verify().wrong is None
    assert verify_all().wrong is None


def _clocks() -> list[Deadline]:
    db.session.expire_all()
    which = Deadline.kind.in_([LimitKind.COMMON_PROBLEM, LimitKind.IMPROVEMENT_REPLY])
    return list(db.session.scalars(select(Deadline).where(which).order_by(Deadline.id)))


@both
def test_a_suggestion_to_improve_is_answered_within_the_office_s_days(common: Common, clock: Clock) -> None:
    one, ids = common.found(common.matters(2)), common.county.ids
    given: dict[str, Any] = {"department_id": ids["land"], "user_id": ids["stranger"], "sent_on": TODAY}
    with committed():
        made = advising.advise(common.one(one), text="修订村务公开办法。", **given, **common.by("acceptor")).id
    assert (_clocks()[-1].kind, _clocks()[-1].effective_due) == (LimitKind.IMPROVEMENT_REPLY, date(2026, 12, 21))
    clock.set(later(5))

    def feed_back(who: str, **changes: Any) -> None:
        said = {"adoption": Adoption.PART, "reply": "先修订第三条。", "replied_on": day(4), **changes}
        with committed():
            advising.feed_back(db.session.get_one(ImprovementAdvice, made), **said, **common.by(who))

    with pytest.raises(Forbidden):
        feed_back("handler")
    with pytest.raises(DomainError, match="日期应在"):
        feed_back("stranger", replied_on=day(-1))
    with pytest.raises(DomainError, match="请填写反馈"):
        feed_back("stranger", reply="")
    feed_back("land_head")
    with pytest.raises(DomainError, match="已经反馈过"):
        feed_back("stranger")
    assert (_clocks()[-1].ended_on, _clocks()[-1].met) == (day(4), True)
    assert common_problem_of(common.one(one).public_id, common.reader("stranger")).id == one, (
        "its unit sees the problem"
    )


@both
@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_who_sees_a_common_problem_and_no_more_of_its_matters_than_elsewhere(common: Common, who: str) -> None:
    one = common.found(common.matters(2))
    me = common.reader(who)
    sees = who in ("registrar", "acceptor", "checker", "office_head", "supervisor", "lead", "leader")
    sees = sees or who in ("handler", "colleague", "unit_head")
    assert set(db.session.scalars(known_problems(me))) == ({one} if sees else set())
    if not sees:
        with pytest.raises(NotFound):
            common_problem_of(common.one(one).public_id, me)
        return
    page = common_page(common.one(one), me, today=TODAY, now=now_clock.now())
    assert len(page.matters) + page.beyond == 2
    unknowing = ("handler", "colleague", "unit_head", "lead")
    assert (page.beyond == 2) == (who in unknowing), "neither given to their unit nor led by them"
    rows, total = common_problems(me, stage="", today=TODAY, now=now_clock.now(), page=1, size=9)
    assert ([row.problem.id for row in rows], total) == ([one], 1)
    assert bool(common_acts_of(me, common.one(one))) == (who not in ("registrar", "lead", "leader", "colleague"))


@both
@pytest.mark.parametrize("who", ["acceptor", "registrar", "lead", "handler", "supervisor"])
def test_with_and_without_a_closed_matter_nobody_sees_a_difference(common: Common, who: str) -> None:
    """Two worlds: an accusation of the same kind and place, of whom nobody on the page may learn."""
    cases = common.matters(5)
    one, me = common.found(cases[:3]), common.reader(who)

    def world() -> object:
        page = common_page(common.one(one), me, today=TODAY, now=now_clock.now())
        offered = [each.public_id for each in candidates(common.category(), common.county.township, SPAN, me, TODAY)]
        hints = [(each.count, each.query) for each in proposed(TODAY)]
        return [each.id for each in page.matters], page.beyond, page.counts, offered, hints

    without = world()
    hidden = common.matter(6, purpose=Purpose.ACCUSATION)
    assert world() == without
    with pytest.raises(DomainError, match="请重新选择"), committed():
        working.gather(common.one(one), [hidden], said="归并。", **common.by("acceptor"))
    open_one = common.matter(7)
    assert world() != without, "negative control: an ordinary one is seen"
    assert open_one


@both
def test_what_is_wrong_is_refused_and_changes_nothing(common: Common) -> None:
    cases = common.matters(3)
    elsewhere = common.matter(8, village_id=common.county.ids["other_village"])
    wrong: tuple[tuple[list[str], dict[str, Any], str], ...] = (
        (cases[:1], {}, "cases"),
        ([cases[0], elsewhere], {}, "cases"),
        (cases, {"due_on": day(-1)}, "due_on"),
        (cases, {"span": Span(TODAY, day(1))}, "until"),
        (cases, {"text": " "}, "text"),
        (cases, {"measure": ""}, "measure"),
        (cases, {"user_id": common.county.ids["stranger"]}, "owner"),
    )
    for some, changes, field in wrong:
        with pytest.raises(DomainError) as refused:
            common.found(some, **changes)
        assert list(refused.value.errors) == [field]
    for who in ("handler", "lead", "leader", "registrar", "unit_head"):
        with pytest.raises(Forbidden):
            common.found(cases, who)
    assert db.session.scalars(select(CommonProblem.id)).all() == []
    one = common.found(cases)
    for who in ("acceptor", "stranger", "lead"):
        with pytest.raises(Forbidden), committed():
            working.carry_out(common.one(one), happened_on=TODAY, said="已办。", **common.by(who))
    with pytest.raises(StaleVersion), committed():
        working.strike(common.one(one), said="误立。", **common.by("acceptor", version=9))
    with pytest.raises(DomainError, match="现在是“整改中”，不能评估"), committed():
        working.assess(common.one(one), said="评估。", **common.by("acceptor"))
    with pytest.raises(DomainError, match="没有改变"), committed():
        ids = common.county.ids
        working.hand_over(
            common.one(one), department_id=ids["civil"], user_id=ids["handler"], said="换。", **common.by("acceptor")
        )
    with committed():
        working.strike(common.one(one), said="误立。", **common.by("acceptor"))
    assert (common.one(one).stage, [each.met for each in _clocks()]) == (S.STRUCK, [False])
    assert db.session.scalars(select(Case.id)).all(), "the matters are as they were"


@both
def test_what_is_late_climbs_the_ladder(common: Common, clock: Clock) -> None:
    one, ids = common.found(common.matters(2), due_on=day(2)), common.county.ids
    with committed():
        advising.advise(
            common.one(one), text="修订办法。", department_id=ids["land"], user_id=ids["stranger"], sent_on=TODAY,
            **common.by("acceptor"),
        )  # fmt: skip
    for ahead in range(0, 45, 3):
        clock.set(later(ahead) + timedelta(hours=9))
        tick(now_clock.now())
    told = db.session.scalars(select(Notice.told).where(Notice.source == "rung").distinct())
    assert {"owner", "unit_head", "supervisor"} <= set(told)


@both
def test_the_rows_of_subjects_answer_every_question(common: Common) -> None:
    one = common.found(common.matters(2))
    advice = common.advised(one)
    me, him = common.reader("handler"), common.reader("stranger")
    for kind, id_ in (("common_problem", one), ("improvement_advice", advice)):
        thing = SUBJECTS.of(kind)
        with committed():
            thing.lock([id_])
            assert set(thing.free([id_])) == {id_}
            db.session.rollback()
        assert thing.noted([id_])[id_] == [TODAY] * (2 if kind == "common_problem" else 1)
        assert thing.units([id_]) == {id_: common.county.ids["civil"]}
        assert thing.words([id_])[id_].public_id == common.one(one).public_id
        for ids in (thing.known(me), thing.listed(me), thing.counted(him), thing.live(), thing.own(me, TODAY)):
            assert set(db.session.scalars(ids)) == {id_}, kind
        standing = thing.standing(id_, None, None)
        assert (standing.may_know(me), standing.may_know(him), standing.gone, standing.over) == (True, False, "", "")
    address = db.session.get_one(ImprovementAdvice, advice).public_id
    assert advice_of(address, me).id == advice
    with pytest.raises(NotFound):
        advice_of(address, him)
