"""A suggestion from 交办 to its end: each act with its clock, its day and what it leaves, by the client's own case."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.key_villages.working import later
from tests.suggestions.working import (
    COMMITTEE,
    MEASURES,
    TITLE,
    TODAY,
    Desk,
    acts,
    answered,
    clocks,
    day,
    paper,
    running,
    talk,
)
from tracker.audit.queries import verify
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden, StaleVersion
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.own_limits import set_own
from tracker.deadlines.queries import clock_of
from tracker.deadlines.rules import is_late
from tracker.jobs.verifying import verify as verify_all
from tracker.notifications.models import Notice
from tracker.suggestions.models import SuggestionLine
from tracker.suggestions.rules.acts import SuggestionAct
from tracker.suggestions.rules.codes import AnswerResult, DeputyOpinion, SuggestionStage, TalkRank
from tracker.suggestions.service import answering, entering, promising, routing

pytestmark = pytest.mark.both_databases
A, S, K = SuggestionAct, SuggestionStage, LimitKind


def test_the_case_of_the_paper_goes_from_its_letter_to_the_answer(desk: Desk) -> None:
    """阳城县民政局: 转办函 → 答复. What the paper does not say stays empty."""
    one = desk.entered(of=paper(assigned_on=date(2026, 8, 20)), given_on=date(2026, 8, 20))
    row = desk.one(one)
    assert (row.number, row.title, row.suggestion_no, row.session, row.lead_deputy, row.content) == (
        *("建〔2026〕1号", TITLE, None, None, None, None),
    )
    assert running() == [(K.SUGGESTION_ANSWER, date(2026, 11, 20))], "three months from 交办"
    desk.answer(one, answered_on=date(2026, 11, 12), result=None)
    row = desk.one(one)
    last = row.last_answer
    assert last
    assert (row.stage, last.text, last.result, last.document_no, last.signed_by) == (S.ANSWERED, MEASURES, *[None] * 3)
    (ended,) = clocks()
    assert (ended.ended_on, ended.met, is_late(clock_of(ended), TODAY)) == (date(2026, 11, 12), True, False)
    assert acts() == ["enter", "answer"]
    line = db.session.scalars(select(SuggestionLine).where(SuggestionLine.act == A.ANSWER)).one()
    assert (line.happened_on, now_clock.local_date(line.entered_at)) == (date(2026, 11, 12), TODAY), "two times"
    assert verify().wrong is None
    assert verify_all().wrong is None, "also by the counters of numbers"


def test_months_run_from_assignment_and_end_as_the_law_says(desk: Desk) -> None:
    """The day of the month, the last one where there is none; a day of rest rolls."""
    for assigned_on, six, due_on in (
        (date(2025, 11, 30), False, date(2026, 2, 28)),  # 2026-02-28 is a Saturday on which is worked
        (date(2026, 8, 31), False, date(2026, 11, 30)),
        (date(2026, 5, 21), True, date(2026, 11, 23)),  # 21 November is a Saturday
    ):
        id_ = desk.entered(of=paper(assigned_on=assigned_on), given_on=assigned_on, six_months=six)
        clock = clocks()[-1]
        kind = K.SUGGESTION_LONG_ANSWER if six else K.SUGGESTION_ANSWER
        assert (clock.subject_id, clock.kind, clock.effective_due) == (id_, kind, due_on)


def test_six_months_are_agreed_within_the_three_and_count_from_the_same_day(desk: Desk) -> None:
    one = desk.entered()
    with committed():
        entering.lengthen(desk.one(one), agreed_on=day(-1), said="人大代表工作委员会同意。", **desk.by("acceptor"))
    first, second = clocks()
    assert (first.ended_on, first.met) == (day(-1), False)
    assert (second.kind, second.started_on, second.effective_due) == (
        *(K.SUGGESTION_LONG_ANSWER, day(-10), date(2027, 5, 11)),
    )
    with pytest.raises(DomainError, match="已经按六个月计算"), committed():
        entering.lengthen(desk.one(one), agreed_on=TODAY, said="再延。", **desk.by("acceptor"))
    late = desk.entered(of=paper(assigned_on=day(-120)), given_on=day(-120))
    with pytest.raises(DomainError, match="应在三个月的期限"), committed():
        entering.lengthen(desk.one(late), agreed_on=TODAY, said="补办。", **desk.by("acceptor"))
    with committed():
        answering.take_back(desk.one(one), said="同意的是另一件。", **desk.by("acceptor"))
    assert desk.one(one).lengthened_on is None
    assert [each for each in running() if each[1] == first.effective_due] == [
        (K.SUGGESTION_ANSWER, first.effective_due)
    ]


def test_an_objection_waits_for_consent_and_moves_no_day(desk: Desk) -> None:
    one = desk.entered(given_on=day(-4))
    due_on = running()[0][1]
    desk.object_to(one)
    assert (desk.one(one).stage, [kind for kind, _ in running()]) == (
        *(S.OBJECTED, [K.SUGGESTION_ANSWER, K.SUGGESTION_RULING]),
    )
    with pytest.raises(DomainError, match="现在是“提出退回”，不能答复"):
        desk.answer(one)
    with committed():
        routing.refuse_return(desk.one(one), said="换届由民政局指导。", **desk.by("acceptor"))
    assert (desk.one(one).stage, running()) == (S.IN_HAND, [(K.SUGGESTION_ANSWER, due_on)])
    desk.object_to(one)
    ids = desk.county.ids
    given: dict[str, Any] = {"department_id": ids["land"], "user_id": ids["stranger"], "happened_on": TODAY}
    with pytest.raises(DomainError, match="应改交另一个单位"), committed():
        wrong = {**given, "department_id": ids["civil"], "user_id": ids["handler"]}
        routing.agree_return(desk.one(one), said="同意。", **wrong, **desk.by("acceptor"))
    with committed():
        routing.agree_return(desk.one(one), said="交办机关同意。", **given, **desk.by("acceptor"))
    row, owed = desk.one(one), clocks("suggestion_answer")[0]
    assert (row.stage, row.lead.department_id, row.lead.given_on) == (S.IN_HAND, ids["land"], TODAY)
    assert (owed.owner_department_id, owed.owner_user_id, owed.effective_due) == (ids["land"], ids["stranger"], due_on)
    desk.object_to(one, who="stranger")
    assert desk.one(one).stage == S.OBJECTED, "the new unit has its own days"


def test_after_its_working_days_a_unit_keeps_a_suggestion(desk: Desk) -> None:
    """Given on Monday the 9th: five working days are over with Monday the 16th."""
    one = desk.entered(of=paper(assigned_on=date(2026, 11, 9)), given_on=date(2026, 11, 9))
    with pytest.raises(DomainError, match="提出退回的期限已过"):
        desk.object_to(one)
    desk.object_to(one, on=date(2026, 11, 16))
    assert desk.one(one).stage == S.OBJECTED, "said in time, entered later"


def test_the_days_of_an_objection_are_the_office_s_own(desk: Desk, clock: Clock) -> None:
    admin = desk.county.admin
    with committed():
        set_own(LocalNumber.SUGGESTION_OBJECTION, 7, TODAY, reason="市人大规定。", by=admin, now=now_clock.now())
    one = desk.entered(given_on=TODAY)
    clock.set(later(10))
    desk.object_to(one, on=date(2026, 12, 1))
    assert desk.one(one).stage == S.OBJECTED, "the seventh working day after Saturday the 21st"


def test_a_helping_unit_owes_its_opinion_and_loses_its_clock_with_the_answer(desk: Desk) -> None:
    one, ids = desk.entered(), desk.county.ids
    for unit, who in (("land", "stranger"), ("town", "town_head")):
        with committed():
            routing.ask_help(
                desk.one(one), department_id=ids[unit], user_id=ids[who], happened_on=TODAY, said="请会办。",
                **desk.by("acceptor"),
            )  # fmt: skip
    assert [(kind, on) for kind, on in running() if kind == K.SUGGESTION_ASSISTANCE] == [
        (K.SUGGESTION_ASSISTANCE, date(2026, 12, 21))
    ] * 2
    with pytest.raises(DomainError, match="已经是承办单位"), committed():
        routing.ask_help(
            desk.one(one), department_id=ids["land"], user_id=ids["stranger"], happened_on=TODAY, said="再请。",
            **desk.by("acceptor"),
        )  # fmt: skip
    with committed():
        routing.help_with(desk.one(one), helped="规划已经衔接。", happened_on=TODAY, **desk.by("stranger"))
    with pytest.raises(DomainError, match="会办意见已经提出"), committed():
        routing.help_with(desk.one(one), helped="再提。", happened_on=TODAY, **desk.by("stranger"))
    with pytest.raises(Forbidden), committed():
        routing.help_with(desk.one(one), helped="不归我。", happened_on=TODAY, **desk.by("handler"))
    desk.answer(one)
    helped, other = clocks("suggestion_assistance")
    assert (helped.met, other.met, other.ended_on) == (True, False, TODAY)


def test_not_satisfied_asks_for_a_second_answer_within_a_month(desk: Desk, clock: Clock) -> None:
    one = desk.entered()
    desk.answer(one)
    with pytest.raises(DomainError, match="还没有登记代表对答复的意见"), committed():
        answering.conclude(desk.one(one), said="办结。", **desk.by("acceptor"))
    desk.hear(one, DeputyOpinion.DISSATISFIED)
    assert (desk.one(one).stage, running()) == (S.AGAIN, [(K.SUGGESTION_REANSWER, date(2026, 12, 21))])
    clock.set(later(5))
    with pytest.raises(DomainError, match="日期应在11月21日|日期应在2026年11月21日"):
        desk.answer(one, answered_on=day(-1))
    desk.answer(one, answered_on=day(5), text="补充两项措施。", result=AnswerResult.SOLVED)
    desk.hear(one, DeputyOpinion.DISSATISFIED, day(5))
    row = desk.one(one)
    assert (row.stage, len(row.given), running()) == (S.ANSWERED, 2, []), "a second time stays on record"
    desk.meet(one, happened_on=day(5))
    with committed():
        answering.conclude(desk.one(one), said="已两次答复。", **desk.by("acceptor"))
    assert desk.one(one).stage == S.CONCLUDED


def test_a_head_speaks_with_the_deputy_before_it_is_over_the_principal_one_of_a_key_suggestion(desk: Desk) -> None:
    one, key = desk.entered(), desk.entered(key_on=day(-9), committee=COMMITTEE)
    for id_ in (one, key):
        desk.answer(id_)
        desk.hear(id_, DeputyOpinion.BASICALLY)
        desk.meet(id_, rank=TalkRank.STAFF)
        with pytest.raises(DomainError, match="还没有单位负责人面商的记录"), committed():
            answering.conclude(desk.one(id_), said="办结。", **desk.by("acceptor"))
        desk.meet(id_, rank=TalkRank.HEAD)
    with committed():
        answering.conclude(desk.one(one), said="办结。", **desk.by("acceptor"))
    with pytest.raises(DomainError, match="应由主要负责人面商"), committed():
        answering.conclude(desk.one(key), said="办结。", **desk.by("acceptor"))
    desk.meet(key, rank=TalkRank.PRINCIPAL)
    record = desk.one(key).records[-1].public_id
    with committed():
        answering.strike_record(desk.one(key), record, said="记到别的建议了。", **desk.by("acceptor"))
    with pytest.raises(DomainError, match="应由主要负责人面商"), committed():
        answering.conclude(desk.one(key), said="办结。", **desk.by("acceptor"))


def test_a_promise_is_tracked_to_its_end_after_the_suggestion_is_over(desk: Desk, clock: Clock) -> None:
    one = desk.entered()
    desk.answer(one)
    due_on = date(2027, 6, 30)
    kept = desk.promise(one, due_on=due_on)
    desk.hear(one)
    desk.meet(one)
    with committed():
        answering.conclude(desk.one(one), said="办结。", **desk.by("acceptor"))
    assert running() == [(K.SUGGESTION_PROMISE, due_on)], "it outlives the suggestion, and the year"
    clock.set(later(200))
    with pytest.raises(DomainError, match="日期应在"), committed():
        promising.keep_promise(desk.promised(kept), kept_on=day(-1), proof="文件。", **desk.by("handler"))
    with committed():
        promising.keep_promise(desk.promised(kept), kept_on=day(199), proof="县普法规划印发。", **desk.by("handler"))
    assert running() == []
    with committed():
        promising.return_promise(desk.promised(kept), said="规划里没有这一项。", **desk.by("acceptor"))
    assert (running(), desk.promised(kept).proof) == ([(K.SUGGESTION_PROMISE, due_on)], None)
    with committed():
        promising.move_promise(
            desk.promised(kept), due_on=date(2027, 12, 31), said="人大同意改期。", **desk.by("acceptor")
        )
    assert running() == [(K.SUGGESTION_PROMISE, date(2027, 12, 31))]
    for who in ("stranger", "handler"):
        with pytest.raises(Forbidden), committed():
            promising.strike_promise(desk.promised(kept), said="误登。", **desk.by(who))
    with committed():
        promising.strike_promise(desk.promised(kept), said="误登。", **desk.by("acceptor"))
    assert (running(), desk.promised(kept).stage) == ([], "struck")


def test_what_was_entered_by_mistake_is_taken_back_one_step_after_the_other(desk: Desk) -> None:
    one = desk.entered()
    before = running()
    with committed():
        entering.mark_key(
            desk.one(one), key_on=TODAY, committee=COMMITTEE, said="主任会议决定。", **desk.by("acceptor")
        )
    desk.answer(one, answered_on=day(-1))
    with committed():
        answering.correct_answer(
            desk.one(one), answered(answered_on=day(-2), document_no="阳民函〔2026〕1号"), said="文号漏登。",
            **desk.by("acceptor"),
        )  # fmt: skip
    assert clocks()[0].ended_on == day(-2)
    desk.hear(one, DeputyOpinion.DISSATISFIED)
    for stage, left in (
        (S.ANSWERED, []),  # the opinion
        (S.IN_HAND, before),  # the answer: its clock runs as if never stopped
        (S.IN_HAND, before),  # the mark
    ):
        with committed():
            answering.take_back(desk.one(one), said="误登。", **desk.by("acceptor"))
        assert (desk.one(one).stage, running()) == (stage, left)
    row = desk.one(one)
    assert (row.key_on, row.committee, row.last_answer) == (None, None, None)
    with pytest.raises(DomainError, match="没有可以撤销的一步"), committed():
        answering.take_back(desk.one(one), said="再撤。", **desk.by("acceptor"))
    with committed():
        answering.withdraw(desk.one(one), happened_on=TODAY, said="代表书面撤回。", **desk.by("acceptor"))
    assert (desk.one(one).stage, running()) == (S.WITHDRAWN, [])
    with committed():
        answering.take_back(desk.one(one), said="撤回的是另一件。", **desk.by("acceptor"))
    assert (desk.one(one).stage, running()) == (S.IN_HAND, before)
    assert verify().wrong is None


def test_a_correction_keeps_what_was_and_counts_the_months_again(desk: Desk) -> None:
    one = desk.entered(of=paper(content="原来的内容。"))
    with committed():
        entering.correct(
            desk.one(one), paper(assigned_on=day(-20), suggestion_no="第31号", content="改过的内容。"),
            said="照转办函更正。", **desk.by("acceptor"),
        )  # fmt: skip
    row = desk.one(one)
    line = db.session.scalars(select(SuggestionLine).order_by(SuggestionLine.id.desc())).first()
    assert line
    assert line.told == "建议号“无”改为“第31号”；内容已更正，原文另存；交办日期2026年11月11日改为2026年11月1日"
    assert (line.kept, row.content, running()) == (
        *("原来的内容。", "改过的内容。", [(K.SUGGESTION_ANSWER, date(2027, 2, 1))]),
    )
    with pytest.raises(DomainError, match="没有改动"), committed():
        entering.correct(
            desk.one(one), paper(assigned_on=day(-20), suggestion_no="第31号", content="改过的内容。"), said="再改。",
            **desk.by("acceptor"),
        )  # fmt: skip
    with pytest.raises(DomainError, match="交办日期不能晚于"), committed():
        entering.correct(desk.one(one), paper(assigned_on=day(-9)), said="再改。", **desk.by("acceptor"))


def test_wrong_entries_are_refused_at_their_fields_and_change_nothing(desk: Desk) -> None:
    wrong: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
        ({"title": "　"}, {}, "title"),
        ({"title": "长" * 201}, {}, "title"),
        ({"congress": ""}, {}, "congress"),
        ({"assigned_on": day(1)}, {}, "assigned_on"),
        ({}, {"given_on": day(-11)}, "given_on"),
        ({}, {"given_on": day(1)}, "given_on"),
        ({}, {"user_id": desk.county.ids["stranger"]}, "owner"),
        ({}, {"leader": desk.county.handler}, "leader"),
        ({}, {"key_on": TODAY}, "committee"),
        ({}, {"committee": COMMITTEE}, "key_on"),
    )
    for of, given, field in wrong:
        with pytest.raises(DomainError) as refused:
            desk.entered(of=paper(**of), **given)
        assert list(refused.value.errors) == [field]
    for who in ("handler", "unit_head", "lead", "leader", "stranger", "registrar"):
        with pytest.raises(Forbidden), committed():
            entering.enter(paper(), desk.given(), office=desk.county.office, **desk.by(who))
    assert (acts(), clocks()) == ([], [])
    one = desk.entered()
    with pytest.raises(StaleVersion), committed():
        answering.answer(desk.one(one), answered(), **desk.by("handler", version=9))
    with pytest.raises(DomainError, match="请选择由谁面商"):
        desk.meet(one, rank=None)
    for change, field in (({"document_no": "长" * 61}, "document_no"), ({"text": ""}, "text")):
        with pytest.raises(DomainError) as refused:
            desk.answer(one, **change)
        assert list(refused.value.errors) == [field]
    assert acts() == ["enter"]


def test_another_person_takes_over_and_only_the_keeper_gives_it_to_another_unit(desk: Desk) -> None:
    one, ids = desk.entered(), desk.county.ids
    with committed():
        routing.hand_over(
            desk.one(one), department_id=ids["civil"], user_id=ids["colleague"], said="分工调整。",
            **desk.by("unit_head"),
        )  # fmt: skip
    assert clocks()[0].owner_user_id == ids["colleague"]
    with pytest.raises(DomainError, match="改交别的单位，应由信访部门"), committed():
        routing.hand_over(
            desk.one(one), department_id=ids["land"], user_id=ids["stranger"], said="不归我们。",
            **desk.by("unit_head"),
        )  # fmt: skip
    with committed():
        routing.hand_over(
            desk.one(one), department_id=ids["land"], user_id=ids["stranger"], said="交错了。", **desk.by("acceptor")
        )
    assert desk.one(one).lead.department_id == ids["land"]
    with committed():
        entering.name_leader(desk.one(one), desk.county.leader, said="改由书记领办。", **desk.by("acceptor"))
    assert desk.one(one).leader_id == ids["leader"]


def test_who_is_concerned_is_told_and_no_title_stands_in_a_notice(desk: Desk) -> None:
    one = desk.entered()
    desk.answer(one)
    desk.hear(one, DeputyOpinion.DISSATISFIED)
    told = db.session.scalars(select(Notice).where(Notice.source == "suggestion").order_by(Notice.id)).all()
    ids = desk.county.ids
    assert [(each.user_id, each.told) for each in told] == [
        *((ids["handler"], None), (ids["lead"], None), (None, "office"), (ids["handler"], None)),
    ]
    assert not [each for each in told if TITLE in each.why]
    assert talk().led_by == "张建军"
