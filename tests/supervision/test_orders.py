"""催办单、督办单 by hand: numbers, clocks, who answers, no second letter before the first one's reply day."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import CaseStep
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import clock_of
from tracker.deadlines.rules import is_late
from tracker.notifications.models import Notice
from tracker.people.models import User
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.supervision.papers import drafting, orders
from tracker.supervision.papers.models import SupervisionOrder

REPLY_BY = date(2026, 11, 26)
DAY = timedelta(days=1)


@pytest.fixture
def matter(county: County) -> Matter:
    return Matter(county).until("accept")


def issued(
    matter: Matter,
    by: User | None = None,
    level: RungLevel = RungLevel.URGE,
    reply_by: date | None = REPLY_BY,
    **more: object,
) -> SupervisionOrder:
    """Issue an order and commit it."""
    with committed():
        return orders.issue(
            matter.case,
            by=by or matter.county.office_head,
            now=core_clock.now(),
            level=level,
            reason="请抓紧办理。",
            reply_by=reply_by,
            **more,  # type: ignore[arg-type]
        )


def answered(order: SupervisionOrder, by: User) -> None:
    with committed():
        orders.answer(order, by=by, now=core_clock.now(), reason="已经入户核实。")


def withdrawn(order: SupervisionOrder, by: User) -> None:
    with committed():
        orders.withdraw(order, by=by, now=core_clock.now(), reason="发错单位。")


def clock_of_order(order: SupervisionOrder) -> Deadline:
    asked = select(Deadline).where(Deadline.subject == orders.SUBJECT, Deadline.subject_id == order.id)
    return db.session.scalars(asked).one()


def test_an_order_has_a_number_a_clock_a_line_and_notices(matter: Matter) -> None:
    order = issued(matter, matter.county.acceptor)
    assert (order.number, order.kind, order.department_id) == ("催〔2026〕1号", "urge", matter.county.civil.id)
    running = clock_of_order(order)
    assert (running.kind, running.effective_due, running.ended_on) == (LimitKind.ORDER_REPLY, REPLY_BY, None)
    assert (running.owner_department_id, running.owner_user_id) == (matter.county.civil.id, matter.county.handler.id)
    assert matter.case.next_due_on == REPLY_BY
    line = db.session.scalars(select(CaseStep).order_by(CaseStep.id.desc())).first()
    assert line is not None
    assert (line.action, line.reason) == (Action.URGE, "请抓紧办理。")
    assert line.facts["number"] == order.number
    told = db.session.scalars(select(Notice).where(Notice.source == "order", Notice.source_id == order.id)).all()
    assert {notice.told for notice in told} == {"owner", "unit_head"}
    assert all(notice.at_once and notice.reply_by == REPLY_BY for notice in told)
    assert verify().wrong is None


def test_numbers_run_by_series_and_year_and_none_is_lost(county: County, clock: Clock) -> None:
    matters = [Matter(county).until("accept") for _ in range(3)]
    assert [issued(each).number for each in matters] == ["催〔2026〕1号", "催〔2026〕2号", "催〔2026〕3号"]
    assert issued(Matter(county).until("accept"), county.office_head, RungLevel.RED).number == "督〔2026〕1号"
    assert issued(Matter(county).until("accept"), county.office_head, RungLevel.AMBER).number == "督〔2026〕2号"
    listed = {"level": RungLevel.LISTED, "reason": "挂牌。", "reply_by": REPLY_BY, "now": core_clock.now()}
    another = Matter(county).until("accept").case
    with committed():
        row = drafting.draft(another, by=county.supervisor, **listed)  # type: ignore[arg-type]
    with committed():
        assert drafting.sign(row, by=county.leader, now=core_clock.now()).number == "挂〔2026〕1号"
    with pytest.raises(DomainError):
        issued(matters[0])
    assert issued(Matter(county).until("accept")).number == "催〔2026〕4号", (
        "the number of a refused order is given back"
    )
    clock.set(datetime(2027, 1, 4, 9, tzinfo=core_clock.SHANGHAI))
    assert issued(Matter(county).until("accept"), reply_by=date(2027, 1, 8)).number == "催〔2027〕1号"


@pytest.mark.parametrize(("reply_by", "level"), [(None, RungLevel.URGE), (date(2026, 11, 20), RungLevel.RED)])
def test_every_letter_names_a_reply_day(matter: Matter, reply_by: date | None, level: RungLevel) -> None:
    with pytest.raises(DomainError) as refused:
        issued(matter, matter.county.supervisor, level, reply_by)
    assert refused.value.field == "reply_by"
    assert db.session.scalars(select(SupervisionOrder)).all() == []


def test_no_second_letter_before_the_first_one_s_reply_day(matter: Matter, clock: Clock) -> None:
    first = issued(matter)
    for level in (RungLevel.URGE, RungLevel.RED):
        with pytest.raises(DomainError, match="到期以前不再发第二份"):
            issued(matter, matter.county.office_head, level, REPLY_BY + DAY)
    clock.set(datetime(2026, 11, 26, 23, 59, tzinfo=core_clock.SHANGHAI))
    with pytest.raises(DomainError, match="催〔2026〕1号"):
        issued(matter, reply_by=REPLY_BY + DAY)
    clock.set(datetime(2026, 11, 27, 0, 1, tzinfo=core_clock.SHANGHAI))
    second = issued(matter, matter.county.office_head, RungLevel.RED, date(2026, 12, 4))
    assert second.number == "督〔2026〕1号"
    assert (clock_of_order(first).ended_by, clock_of_order(first).met) == ("superseded", False)


def test_after_an_answer_or_a_withdrawal_the_next_one_may_go_out(matter: Matter) -> None:
    answered(issued(matter), matter.county.handler)
    withdrawn(issued(matter, matter.county.supervisor, RungLevel.BLUE), matter.county.supervisor)
    assert issued(matter).number == "催〔2026〕2号"


def test_only_the_unit_answers_and_its_lateness_is_frozen(matter: Matter, clock: Clock) -> None:
    order = issued(matter)
    for stranger in (matter.county.acceptor, matter.county.office_head):
        with pytest.raises(Forbidden, match="应由收到催办、督办的单位回复"):
            answered(order, stranger)
    for outsider in (matter.county.land_head, matter.county.lead):
        with pytest.raises(DomainError):
            answered(order, outsider)
    clock.forward(days=8)
    answered(order, matter.county.unit_head)
    stopped = clock_of_order(order)
    assert (stopped.ended_on, stopped.met) == (core_clock.today(), True)
    assert is_late(clock_of(stopped), core_clock.today())
    assert (order.reply, order.replied_by_id) == ("已经入户核实。", matter.county.unit_head.id)
    with pytest.raises(DomainError):
        answered(order, matter.county.handler)
    told = db.session.scalars(select(Notice).where(Notice.source == "reply")).one()
    assert told.user_id == matter.county.office_head.id, "the issuer hears of the answer"


def test_a_withdrawn_order_stays_on_the_record(matter: Matter) -> None:
    order = issued(matter)
    with pytest.raises(Forbidden):
        withdrawn(order, matter.county.unit_head)
    withdrawn(order, matter.county.office_head)
    stopped = clock_of_order(order)
    assert (stopped.ended_on, stopped.met) == (core_clock.today(), False)
    assert order.withdrawn_because == "发错单位。"
    assert matter.case.next_due_on != REPLY_BY
    with pytest.raises(DomainError):
        answered(order, matter.county.handler)


@pytest.mark.parametrize(
    ("who", "level", "lawful"),
    [
        ("acceptor", RungLevel.URGE, True),
        ("supervisor", RungLevel.URGE, True),
        ("acceptor", RungLevel.RED, False),
        ("office_head", RungLevel.RED, True),
        ("registrar", RungLevel.URGE, False),
        ("handler", RungLevel.URGE, False),
        ("unit_head", RungLevel.RED, False),
        ("lead", RungLevel.URGE, False),
    ],
)
def test_who_may_urge_and_supervise(matter: Matter, who: str, level: RungLevel, lawful: bool) -> None:
    by = getattr(matter.county, who)
    if lawful:
        assert issued(matter, by, level).issued_by_id == by.id
    else:
        with pytest.raises(Forbidden):
            issued(matter, by, level)


def test_an_order_goes_only_to_a_unit_that_has_the_case(matter: Matter) -> None:
    with pytest.raises(DomainError) as refused:
        issued(matter, department_id=matter.county.land.id)
    assert refused.value.field == "department"
    with pytest.raises(DomainError) as unknown:
        issued(matter, level=RungLevel.REMIND)
    assert unknown.value.field == "level"


def test_a_case_without_a_unit_is_urged_at_the_office_itself(county: County) -> None:
    order = issued(Matter(county).until("triage"), county.supervisor)
    assert order.department_id == county.office.id
    answered(order, county.acceptor)
    assert order.replied_by_id == county.acceptor.id


def test_nobody_urges_oneself_nor_a_unit_above(county: County) -> None:
    """D1: the office sent 80 of 376 papers to itself."""
    matter = Matter(county).until("triage")
    for level in (RungLevel.URGE, RungLevel.RED):
        with pytest.raises(DomainError, match="本件现在就在本单位"):
            issued(matter, county.office_head, level)


def test_an_open_order_blocks_the_close_out(county: County) -> None:
    matter = Matter(county).until("confirm_file")
    order = issued(matter)
    with pytest.raises(DomainError, match="督办、批示"), committed():
        matter.apply()
    answered(order, county.handler)
    with committed():
        matter.apply()
    assert matter.case.ledger_status == "close_out_requested"
