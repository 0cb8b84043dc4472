"""督办 of one case: what the section shows, who knew and when, whose days it took; on both databases."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.cases.counting import statements
from tests.world.county import County
from tests.world.matters import Matter
from tracker import audit
from tracker.audit import Event
from tracker.cases.acts import office, unit
from tracker.cases.acts.serving import ServedNotice
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.core.errors import NotFound
from tracker.deadlines.queries import of_case, shown_all
from tracker.jobs.sending import resolve
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.inbox import open_message
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.outbox import address, waiting
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.models import RAISED, Escalation
from tracker.supervision.overview.case_sheet import CaseSheet, SheetReader, case_sheet
from tracker.supervision.overview.days_held import days_held
from tracker.supervision.overview.who_knew import ToldNotice, may_ask, told_count, who_knew
from tracker.supervision.papers import instructions, orders
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.order_paper import order_address, order_paper

START = date(2026, 11, 2)
EVERYTHING = frozenset(action.value for action in Action)


def at(day: date, hour: int = 9) -> datetime:
    """Return an instant of a Beijing day."""
    return at_local(day, hour)


@pytest.fixture
def matter(county: County) -> Matter:
    """Give a matter that has been with its unit since the start; the unit has to accept it by 17 November."""
    with clock.frozen(at(START)):
        return Matter(county, received_on=START).until("assign")


def run_until(last: date, first: date = START) -> None:
    """Run the timer and address its notices: every third day, which holds nothing back, and on the last two."""
    for days in range((last - first).days, -1, -1):
        if days % 3 == 0 or days <= 1 or days == (last - first).days:
            now = at(last - timedelta(days=days))
            with clock.frozen(now):
                tick(now)
                address_all(now)


def address_all(now: datetime) -> None:
    """Address what waits, to the inbox only."""
    for notice_id in waiting(now):
        with committed():
            address(notice_id, now=now, resolve=resolve, ways=())


def sheet(case: Case, by: User, today: date, *, offers: frozenset[str] = EVERYTHING, knows: bool = True) -> CaseSheet:
    """Return the section as a person would see it on a day."""
    clocks = shown_all(of_case(case.id), today)
    return case_sheet(case.id, clocks, SheetReader(reader_for(by, today), offers, knows, today))


def order_of(case: Case, level: RungLevel = RungLevel.URGE) -> SupervisionOrder:
    """Return the order of a level that a case got."""
    return db.session.scalars(
        select(SupervisionOrder).where(SupervisionOrder.case_id == case.id, SupervisionOrder.kind == level.value)
    ).one()


def test_a_quiet_case_says_so(matter: Matter, county: County) -> None:
    found = sheet(matter.case, county.handler, START)
    assert (found.track, found.lamp, found.count) == ("未督办", "grey", 0)
    assert (found.orders, found.instructions, found.raised, found.recorded) == ((), (), (), ())
    assert found.told is not None
    assert found.told.copies == 0
    assert sheet(matter.case, county.handler, START, knows=False).told is None


@pytest.mark.both_databases
def test_a_letter_of_the_ladder_stands_until_its_cause_is_cured(matter: Matter, county: County) -> None:
    day = date(2026, 11, 18)
    run_until(day)
    found = sheet(matter.case, county.handler, day)
    order = found.orders[0]
    assert (found.track, order.issuer, order.state) == ("已催办", "系统按督办阶梯发出", "待回复")
    assert (order.unit, order.number, order.paper) == ("县民政局", "催〔2026〕1号", "催办单")
    assert order.due is not None
    assert order.due.running
    assert "告知是否受理" in order.text
    with clock.frozen(at(day, 15)), committed():
        orders.answer(order_of(matter.case), by=county.handler, now=clock.now(), reason="今天受理。")
    answered = sheet(matter.case, county.handler, day)
    assert answered.orders[0].state == "已回复"
    assert answered.track == "已催办", "a reply is not yet the act"
    with clock.frozen(at(day, 16)):
        with committed():
            matter.sign_for()
        with committed():
            matter.accept()
    assert sheet(matter.case, county.handler, day).track == "未督办"


def test_an_order_by_hand_is_cured_by_its_reply_and_a_withdrawn_one_does_not_count(
    matter: Matter, county: County
) -> None:
    now = at(START, 10)
    with committed():
        first = orders.issue(
            matter.case,
            by=county.office_head,
            now=now,
            level=RungLevel.RED,
            reason="请书面说明。",
            reply_by=date(2026, 11, 9),
        )
    assert sheet(matter.case, county.handler, START).track == "红色督办"
    with committed():
        orders.answer(first, by=county.handler, now=now, reason="正在核实。")
    assert sheet(matter.case, county.handler, START).track == "未督办"
    with committed():
        second = orders.issue(
            matter.case,
            by=county.supervisor,
            now=now,
            level=RungLevel.BLUE,
            reason="请报送。",
            reply_by=date(2026, 11, 9),
        )
    assert sheet(matter.case, county.handler, START).track == "蓝色督办"
    with committed():
        orders.withdraw(second, by=county.supervisor, now=now, reason="发错单位。")
    found = sheet(matter.case, county.handler, START)
    assert found.track == "未督办"
    assert [(each.number, each.state) for each in found.orders] == [
        ("督〔2026〕2号", "已撤回"),
        ("督〔2026〕1号", "已回复"),
    ]
    assert "发错单位。" in found.orders[0].withdrawn
    assert found.orders[0].due is None
    assert found.orders[1].issuer == "周建国"


def test_who_may_answer_and_withdraw(matter: Matter, county: County) -> None:
    with committed():
        orders.issue(
            matter.case,
            by=county.supervisor,
            now=at(START, 10),
            level=RungLevel.URGE,
            reason="请抓紧办理。",
            reply_by=date(2026, 11, 9),
        )
    unit_side = sheet(matter.case, county.handler, START, offers=frozenset({Action.ANSWER_ORDER.value})).orders[0]
    office_side = sheet(matter.case, county.supervisor, START, offers=frozenset({Action.WITHDRAW_ORDER.value}))
    assert (unit_side.may_answer, unit_side.may_withdraw) == (True, False)
    assert (office_side.orders[0].may_answer, office_side.orders[0].may_withdraw) == (False, True)
    stranger = sheet(matter.case, county.land_head, START).orders[0]
    assert not stranger.may_answer, "another unit's"


def test_an_instruction_with_its_task_and_report(matter: Matter, county: County) -> None:
    now = at(START, 11)
    with committed():
        row = instructions.instruct(
            matter.case,
            by=county.lead,
            now=now,
            reason="请当面听取意见。",
            task_of_id=county.handler.id,
            due_on=date(2026, 11, 6),
        )
    shown = sheet(matter.case, county.handler, START).instructions[0]
    assert (shown.leader, shown.text, shown.task_of, shown.may_report) == (
        "陈志远",
        "请当面听取意见。",
        "王海燕",
        True,
    )
    assert shown.due is not None
    assert not sheet(matter.case, county.lead, START).instructions[0].may_report
    with committed():
        instructions.report(row, by=county.handler, now=now, reason="已听取。")
    done = sheet(matter.case, county.handler, START).instructions[0]
    assert (done.report, done.may_report) == ("已听取。", False)
    assert "王海燕" in done.reported


def test_rungs_are_shown_with_their_day_and_what_became_of_them(matter: Matter, county: County) -> None:
    with clock.frozen(at(START)):
        tick(at(START))
    late = date(2026, 11, 25)
    with clock.frozen(at(late)):
        tick(at(late))
    found = sheet(matter.case, county.handler, late)
    assert [(each.level, each.about) for each in found.raised] == [("蓝色督办", "告知是否受理")]
    assert found.raised[0].day == "11月23日（逾期第 6 天）"
    assert found.raised[0].notes == ("补发，11月25日补发",)
    because = [note for each in found.recorded for note in each.notes]
    assert "只作记录：停摆期间已升到更高一级" in because


def test_a_rung_of_an_earlier_date_says_what_the_date_became(matter: Matter, county: County) -> None:
    with clock.frozen(at(START)):
        with committed():
            matter.sign_for()
        with committed():
            matter.accept()
    near = date(2026, 12, 29)
    with clock.frozen(at(near)):
        tick(at(near))
        with committed():
            unit.extend(
                matter.case,
                ServedNotice(None, near),
                by=county.unit_head,
                now=at(near),
                days=20,
                reason="鉴定。",
            )
        rungs = [*sheet(matter.case, county.handler, near).raised, *sheet(matter.case, county.handler, near).earlier]
    moved = [each for each in rungs if each.about == "作出处理意见并送达"]
    assert moved
    assert all(any(note.startswith("期限已改为2027年1月") for note in each.notes) for each in moved)
    others = [each for each in rungs if each.about == "反馈交办结果"]
    assert all(not note.startswith("期限已改为") for each in others for note in each.notes)


def test_a_withdrawn_rung_is_told_apart(matter: Matter, county: County) -> None:
    run_until(date(2026, 11, 18))
    row = db.session.scalars(select(Escalation).where(Escalation.rung == "short-urge")).one()
    with committed():
        row.state = "withdrawn"
        audit.record(Event.RUNG_WITHDRAWN, by=None, now=clock.now(), case_id=matter.case.id)
    found = sheet(matter.case, county.handler, date(2026, 11, 18))
    assert "误发，已撤销" in [note for each in found.recorded for note in each.notes]
    assert all(each.level != "催办" for each in found.raised)


# Who knew, and when


def told_of(case: Case, heading: str) -> ToldNotice:
    """Return what was told under a heading."""
    return next(each for each in who_knew(case.id, of_office(), today=clock.today()) if each.heading == heading)


def of_office() -> Reader:
    """Return the head of the office as the access rules see him."""
    return reader_for(db.session.scalars(select(User).where(User.name == "周建国")).one(), clock.today())


def test_who_was_told_and_what_he_did(matter: Matter, county: County) -> None:
    day = date(2026, 11, 18)
    run_until(day)
    urged = told_of(matter.case, "催办")
    assert {(each.name, each.because) for each in urged.people} == {("王海燕", "承办人"), ("张建军", "承办单位负责人")}
    for person in urged.people:
        assert (person.opened, person.read, person.answer, person.state) == ("", "", "未回复", "open")
        assert person.ways == ("站内消息 11月18日 09:00",)
    copy = db.session.scalars(
        select(Delivery).join(Notice).where(Notice.heading == "催办", Delivery.user_id == county.handler.id)
    ).one()
    with committed():
        open_message(copy.notice.public_id, by=county.handler, now=at(day, 10))
    with committed():
        audit.record_reading(Event.CASE_READ, by=county.handler, now=at(day, 11), case_id=matter.case.id)
    with committed():
        audit.record_reading(Event.CASE_READ, by=county.handler, now=at(day, 12), case_id=matter.case.id)
    with committed():
        orders.answer(order_of(matter.case), by=county.handler, now=at(day, 14), reason="今天受理。")
    by_name = {each.name: each for each in told_of(matter.case, "催办").people}
    knows = by_name["王海燕"]
    assert (knows.opened, knows.read) == ("11月18日 10:00", "11月18日 11:00"), "the first time counts"
    assert (knows.answer, knows.state) == ("11月18日 14:00 回复", "ok")
    assert (by_name["张建军"].opened, by_name["张建军"].read) == ("", "")
    assert told_count(matter.case.id, of_office()).opened == 1
    copies = told_count(matter.case.id, of_office()).copies
    assert copies == 5, "the new work to both, a reminder to the handler, the order to both"


def test_what_was_read_before_the_notice_is_no_sign_of_knowing(matter: Matter, county: County) -> None:
    with committed():
        audit.record_reading(Event.CASE_READ, by=county.handler, now=at(START, 12), case_id=matter.case.id)
    run_until(date(2026, 11, 18))
    assert all(each.read == "" for each in told_of(matter.case, "催办").people)


def test_a_leader_answers_by_an_instruction_written_since(matter: Matter, county: County) -> None:
    with committed():
        instructions.instruct(matter.case, by=county.lead, now=at(START, 11), reason="已阅。")
    blue = date(2026, 11, 23)
    run_until(blue)
    lead = next(each for each in told_of(matter.case, "蓝色督办").people if each.name == "陈志远")
    assert (lead.answer, lead.state) == ("未批示", "open"), "an earlier one does not answer a later notice"
    with committed():
        instructions.instruct(matter.case, by=county.lead, now=at(blue, 15), reason="请抓紧。")
    lead = next(each for each in told_of(matter.case, "蓝色督办").people if each.name == "陈志远")
    assert (lead.answer, lead.state) == ("11月23日 15:00 批示", "ok")


def test_what_has_ended_asks_nothing_any_more(matter: Matter, county: County) -> None:
    blue = date(2026, 11, 23)
    run_until(blue)
    waits = {(each.name, each.answer) for each in told_of(matter.case, "蓝色督办").people if each.state == "open"}
    assert waits == {("陈志远", "未批示"), ("张建军", "未回复")}
    with clock.frozen(at(blue, 15)), committed():
        matter.sign_for()
    with clock.frozen(at(blue, 16)), committed():
        matter.accept()
    people = {each.name: each for each in told_of(matter.case, "蓝色督办").people}
    assert (people["陈志远"].answer, people["陈志远"].state) == ("已办结，不再要求", "none")
    assert (people["张建军"].answer, people["张建军"].state) == ("未回复", "open"), "a paper still waits for its reply"


def test_an_order_of_his_own_answers_for_a_stand_in_who_issues_orders(matter: Matter, county: County) -> None:
    blue = date(2026, 11, 23)
    run_until(blue)
    copy = select(Delivery).join(Notice).where(Notice.awaits_answer.is_(True), Delivery.user_id == county.lead.id)
    with committed():
        db.session.scalars(copy).one().user_id = county.office_head.id
        audit.record(Event.NOTICE_ADDRESSED, by=None, now=at(blue, 13))
    with committed():
        orders.withdraw(order_of(matter.case, RungLevel.BLUE), by=county.office_head, now=at(blue, 14), reason="改发。")
    issued = {"level": RungLevel.RED, "reason": "请办。", "reply_by": date(2026, 11, 27)}
    with committed():
        orders.issue(matter.case, by=county.office_head, now=at(blue, 15), **issued)  # type: ignore[arg-type]
    people = told_of(matter.case, "蓝色督办").people
    assert ("11月23日 15:00 发出催办、督办", "ok") in [(each.answer, each.state) for each in people]


def test_a_notice_that_reached_nobody_says_why(matter: Matter, county: County) -> None:
    now = at(START, 10)
    with committed():
        orders.issue(
            matter.case,
            by=county.supervisor,
            now=now,
            level=RungLevel.URGE,
            reason="请办。",
            reply_by=date(2026, 11, 9),
        )
    people = told_of(matter.case, "催办").people
    assert [each.name for each in people] == ["责任人（承办人）", "承办单位负责人"]
    assert all(each.waits.startswith("待发，11月2日") for each in people)
    with committed():
        notice = db.session.scalars(select(Notice).where(Notice.source == "order").order_by(Notice.id)).first()
        assert notice is not None
        notice.held = True
        audit.record(Event.RUNG_REACHED, by=None, now=now)
    assert told_of(matter.case, "催办").people[0].waits == "等待放行"


def test_who_is_shown_who_knew(matter: Matter, county: County) -> None:
    shown = {
        name: may_ask(matter.case, reader_for(getattr(county, name), START))
        for name in ("handler", "unit_head", "acceptor", "office_head", "supervisor", "lead", "registrar", "leader")
    }
    assert shown == dict.fromkeys(shown, True) | {"registrar": False}


def test_the_questions_do_not_grow_with_the_notices(matter: Matter, county: County) -> None:
    case_id, counts, someone = matter.case.id, [], of_office()
    for first, last in ((START, date(2026, 11, 18)), (date(2026, 11, 19), date(2026, 12, 5))):
        run_until(last, first)
        asking = SheetReader(reader_for(county.handler, last), EVERYTHING, True, last)
        clocks = shown_all(of_case(case_id), last)
        with statements() as sent:
            who_knew(case_id, someone, today=last)
        with statements() as others:
            case_sheet(case_id, clocks, asking)
        counts.append((len(sent), len(others), len(who_knew(case_id, someone, today=last))))
    assert [count[:2] for count in counts] == [(4, 4), (4, 4)]
    assert counts[1][2] > counts[0][2] > 0, "there was more to tell"


# Whose days


def test_the_days_of_a_case_come_from_its_trail(matter: Matter, county: County) -> None:
    with clock.frozen(at(date(2026, 11, 5))), committed():
        unit.file_objection(matter.case, by=county.unit_head, now=clock.now(), reason="不属于本单位职权。")
    with clock.frozen(at(date(2026, 11, 10))), committed():
        office.uphold_objection(matter.case, by=county.acceptor, now=clock.now(), reason="属自然资源部门。")
    with clock.frozen(at(date(2026, 11, 11))), committed():
        matter.assign(department_id=county.land.id, handler_id=county.land_head.id, delivered_on=date(2026, 11, 11))
    found = days_held(matter.case, today=date(2026, 11, 21))
    assert found is not None
    assert {(each.unit, each.person): each.days for each in found.shares} == {
        ("县自然资源局", "宋伟"): 10,
        ("县信访局", ""): 6,
        ("县民政局", "王海燕"): 3,
    }
    assert (found.days, found.returned, found.paused, found.over) == (19, 5, 0, False)
    assert sum(each.days for each in found.segments) == found.days == sum(each.days for each in found.shares)
    assert [each.stage for each in found.segments] == ["待签收", "退回待裁定", "登记、分类、交办", "待签收"]


# The paper


def test_the_paper_says_what_is_late_and_names_nobody_who_petitioned(matter: Matter, county: County) -> None:
    run_until(date(2026, 11, 18))
    order = order_of(matter.case)
    paper = order_paper(SUBJECTS, order.id)
    facts = dict(paper.facts)
    assert (paper.title, paper.number, paper.to, paper.office) == (
        "催办单",
        "催〔2026〕1号",
        "阳城县民政局",
        "阳城县信访局",
    )
    assert facts["信访事项编号"] == matter.case.register_no
    assert facts["督办事项"] == "告知是否受理；依据：《信访工作条例》第二十三条第三款"
    assert facts["期限"] == "2026年11月17日，至发出之日已逾期 1 天"
    assert facts["签发"] == "系统按督办阶梯发出"
    everything = "".join((*facts.values(), *paper.paragraphs))
    assert "原秀英" not in everything
    assert matter.case.title not in everything


@pytest.mark.both_databases
def test_the_paper_keeps_the_date_as_it_stood(matter: Matter, county: County) -> None:
    run_until(date(2026, 11, 18))
    order = order_of(matter.case)
    before = order_paper(SUBJECTS, order.id).facts
    with clock.frozen(at(date(2026, 11, 19))):
        with committed():
            matter.sign_for()
        with committed():
            matter.accept()
    assert order_paper(SUBJECTS, order.id).facts == before


def test_an_order_of_an_unseen_case_has_no_paper(matter: Matter, county: County) -> None:
    run_until(date(2026, 11, 18))
    order = order_of(matter.case)
    assert order_address(SUBJECTS, order.public_id, reader_for(county.handler, START)) == (order.id, matter.case.id)
    for public_id, reader in (
        (order.public_id, reader_for(county.land_head, START)),
        ("A" * 22, reader_for(county.handler, START)),
    ):
        with pytest.raises(NotFound):
            order_address(SUBJECTS, public_id, reader)


def test_a_rung_that_only_proposed_is_called_so(matter: Matter, county: County) -> None:
    """Nobody was summoned: its notice says 建议约谈, and so does the sheet; what went out keeps its name."""
    with clock.frozen(at(START)):
        tick(at(START))
    with clock.frozen(at(date(2026, 11, 25))):
        tick(at(date(2026, 11, 25)))
    row = db.session.scalars(select(Escalation).where(Escalation.level == "blue", Escalation.state == RAISED)).one()
    mine, paper = update(Escalation).where(Escalation.id == row.id), update(SupervisionOrder)
    assert [each.level for each in sheet(matter.case, county.handler, date(2026, 11, 25)).raised] == ["蓝色督办"]
    with committed() as session:
        session.execute(paper.where(SupervisionOrder.escalation_id == row.id).values(escalation_id=None))
    named = {"interview": "建议约谈", "circular": "建议通报", "listed": "建议挂牌督办", "blue": "逾期提醒"}
    for level, words in named.items():
        with committed() as session:
            session.execute(mine.values(level=level))
        db.session.expire_all()
        assert [each.level for each in sheet(matter.case, county.handler, date(2026, 11, 25)).raised] == [words]
