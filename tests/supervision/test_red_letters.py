"""A red letter is drafted by the ladder and signed by a named person (红色督办单由信访部门负责人签发)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.record.models import OrderDraft
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.reminders.models import DRAFTED, RAISED, SKIPPED, Escalation
from tracker.supervision.papers import drafting
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.order_list import drafts_of

RED = "short-red"


@pytest.fixture
def matter(county: County, clock: Clock) -> Matter:
    """A matter that its unit left without a word for so long that the red letter is due, and not one day longer."""
    matter = Matter(county).until("assign")
    clock.forward(days=33)
    for _ in range(9):
        clock.forward(days=1)
        tick(clock.now())
        if rung():
            return matter
    raise AssertionError("the red rung was never reached")


def rung() -> Escalation | None:
    db.session.expire_all()
    return db.session.scalar(select(Escalation).where(Escalation.rung == RED))


def draft() -> OrderDraft:
    return db.session.scalars(select(OrderDraft)).one()


def red_papers() -> list[SupervisionOrder]:
    return list(db.session.scalars(select(SupervisionOrder).where(SupervisionOrder.kind == "red")))


def told_of(row: Escalation) -> dict[str | None, str]:
    of_rung = select(Notice).where(Notice.source == "rung", Notice.source_id == row.id)
    return {each.told: each.heading for each in db.session.scalars(of_rung)}


def to_sign(user: User) -> list[OrderDraft]:
    return [row for row, _ in drafts_of(SUBJECTS, reader_for(user, core_clock.today()))]


def spent() -> Escalation:
    row = rung()
    assert row is not None
    return row


@pytest.mark.both_databases
def test_it_waits_for_the_head_and_asks_nothing_of_the_unit(matter: Matter) -> None:
    county = matter.county
    assert spent().state == DRAFTED
    assert red_papers() == []
    assert told_of(spent()) == {"office_head": "待签发"}
    assert to_sign(county.office_head) == [draft()]
    assert (draft().drafted_by_id, draft().department_id) == (None, county.civil.id)
    assert to_sign(county.leader) == to_sign(county.lead) == []
    assert "请主要负责人作出书面说明" in draft().text
    assert verify().wrong is None


def test_signed_it_is_a_letter_and_its_rung_is_spent(matter: Matter) -> None:
    with committed():
        order = drafting.sign(draft(), by=matter.county.office_head, now=core_clock.now())
    assert spent().state == RAISED
    assert (order.issued_by_id, order.escalation_id) == (matter.county.office_head.id, spent().id)
    assert told_of(spent()) == {"office_head": "待签发", "principal": "红色督办"}
    of_letter = db.session.scalars(select(Notice.told).where(Notice.source == "order", Notice.source_id == order.id))
    assert set(of_letter) == {"owner", "unit_head"}
    assert to_sign(matter.county.office_head) == []
    assert verify().wrong is None


def test_not_signed_it_is_no_letter_and_does_not_come_again(matter: Matter, clock: Clock) -> None:
    with committed():
        drafting.refuse(draft(), by=matter.county.office_head, now=core_clock.now(), reason="已到现场督办。")
    assert (spent().state, spent().skipped_because) == (SKIPPED, "不签发")
    for _ in range(10):
        clock.forward(days=1)
        tick(clock.now())
    assert db.session.query(OrderDraft).count() == 1
    assert red_papers() == []


@pytest.mark.both_databases
def test_after_a_working_day_it_is_the_leaders_too(matter: Matter, clock: Clock) -> None:
    county = matter.county
    with pytest.raises(DomainError, match="没有待您签发的督办文书"), committed():
        drafting.sign(draft(), by=county.leader, now=core_clock.now())
    unsigned = select(Notice.told).where(Notice.why.contains("督办文书拟稿后没有签发"))
    assert db.session.scalars(unsigned).all() == []
    for _ in range(4):  # over a weekend
        clock.forward(days=1)
        tick(clock.now())
    assert db.session.scalars(unsigned).all() == ["lead"]
    assert to_sign(county.leader) == to_sign(county.lead) == to_sign(county.office_head) == [draft()]
    with committed():
        drafting.sign(draft(), by=county.lead, now=core_clock.now())
    assert [order.issued_by_id for order in red_papers()] == [county.lead.id]


def test_what_was_done_meanwhile_needs_no_letter(matter: Matter) -> None:
    with committed():
        matter.sign_for()
    with committed():
        matter.accept()
    assert to_sign(matter.county.office_head) == []
    with pytest.raises(DomainError, match="没有待您签发的督办文书"), committed():
        drafting.sign(draft(), by=matter.county.office_head, now=core_clock.now())


def test_a_longer_limit_needs_none_either(matter: Matter) -> None:
    assert to_sign(matter.county.office_head) != []
    later = update(Deadline).where(Deadline.kind == LimitKind.ACCEPTANCE)
    with committed():
        db.session.execute(later.values(effective_due=core_clock.today() + timedelta(days=3)))
    assert to_sign(matter.county.office_head) == []


def test_the_page_says_that_it_waits(matter: Matter) -> None:
    page = matter.county.browser("office_head").get("/supervision").text
    assert "待我签发" in page
    assert "系统拟稿" in page
    assert "拟稿待签发" in matter.county.browser("office_head").get(f"/cases/{matter.case.public_id}").text


@pytest.mark.both_databases
def test_who_signs_reads_all_of_it(matter: Matter) -> None:
    page = matter.county.browser("office_head").get(f"/cases/{matter.case.public_id}/steps/sign_order").text
    assert draft().text in page
    assert "系统拟稿，回复期限" in page
