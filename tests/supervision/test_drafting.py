"""Who signs a paper of supervision, and where it goes (条例第三十九条、第四十条; findings law B8)."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.access.scope import visible_case
from tracker.cases.acts.office import raise_level
from tracker.cases.lifecycle.rules.actions import STATION_LABELS, Action, Station
from tracker.cases.record.models import CaseStep, OrderDraft
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden, NotFound
from tracker.jobs.subjects import SUBJECTS
from tracker.notifications.models import Notice
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.reminders.ladder.rules.rungs import ORDER_LEVELS, RungLevel
from tracker.supervision.papers import drafting, orders
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.order_list import drafts_of
from tracker.supervision.papers.order_paper import order_paper
from tracker.supervision.papers.rules.signing import LED, SIGNER

REPLY_BY = date(2026, 11, 26)
ABOVE_URGING = [level for level in ORDER_LEVELS if level is not RungLevel.URGE]


@pytest.fixture
def matter(county: County) -> Matter:
    return Matter(county).until("accept")


def supervised(matter: Matter, by: User, level: RungLevel, department_id: int | None = None) -> None:
    """Supervise as the page does: issue what the person may sign, draft any other."""
    given = {"by": by, "now": clock.now(), "reason": "拖延不办。", "reply_by": REPLY_BY}
    if level is RungLevel.LIABILITY and department_id is None:
        department_id = matter.county.county.id
    with committed():
        drafting.supervise(matter.case, level=level, department_id=department_id, asked_id=None, **given)


def papers() -> list[SupervisionOrder]:
    return list(db.session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.id)))


def draft_of(matter: Matter) -> OrderDraft:
    return db.session.scalars(select(OrderDraft).where(OrderDraft.case_id == matter.case.id)).one()


def signed(row: OrderDraft, by: User) -> SupervisionOrder:
    with committed():
        return drafting.sign(row, by=by, now=clock.now())


def test_who_signs_each_paper() -> None:
    assert {level.value: STATION_LABELS[station] for level, station in SIGNER.items()} == {
        **{"blue": "督查员", "amber": "信访部门负责人", "red": "信访部门负责人", "on_site": "信访部门负责人"},
        **{"interview": "主要领导", "circular": "主要领导", "listed": "主要领导", "liability": "主要领导"},
    }
    assert set(SIGNER) == set(ABOVE_URGING)


@pytest.mark.parametrize("level", ABOVE_URGING)
def test_no_acceptor_supervises(matter: Matter, level: RungLevel) -> None:
    with pytest.raises(Forbidden):
        supervised(matter, matter.county.acceptor, level)
    assert papers() == []


@pytest.mark.parametrize("level", sorted(LED))
@pytest.mark.parametrize("who", ["supervisor", "office_head"])
def test_what_the_joint_conference_does_waits_for_a_main_leader(matter: Matter, who: str, level: RungLevel) -> None:
    county = matter.county
    with pytest.raises(DomainError, match="主要领导签发"), committed():
        given = {"by": getattr(county, who), "now": clock.now(), "level": level, "reason": "拖延。"}
        orders.issue(matter.case, reply_by=REPLY_BY, **given)
    supervised(matter, getattr(county, who), level)
    row = draft_of(matter)
    assert papers() == []
    assert row.signer == Station.PRINCIPAL_LEADER
    for other in (county.office_head, county.supervisor, county.lead):
        with pytest.raises((DomainError, Forbidden)):
            signed(row, other)
    order = signed(row, county.leader)
    assert (order.issued_by_id, order.reply_by, row.order_id) == (county.leader.id, REPLY_BY, order.id)
    assert verify().wrong is None
    with pytest.raises(DomainError):
        signed(row, county.leader)


def test_the_head_signs_what_his_own_people_draft(matter: Matter) -> None:
    supervised(matter, matter.county.supervisor, RungLevel.RED)
    row = draft_of(matter)
    assert (row.signer, papers()) == (Station.OFFICE_HEAD, [])
    with pytest.raises((DomainError, Forbidden)):
        signed(row, matter.county.leader)
    assert signed(row, matter.county.office_head).number == "督〔2026〕1号"


def test_a_blue_letter_needs_nobody_else(matter: Matter) -> None:
    supervised(matter, matter.county.supervisor, RungLevel.BLUE)
    assert [order.kind for order in papers()] == ["blue"]


def test_the_signer_is_told_and_sees_it_on_the_desk(matter: Matter) -> None:
    county, today = matter.county, clock.today()
    supervised(matter, county.supervisor, RungLevel.INTERVIEW)
    row = draft_of(matter)
    told = db.session.scalars(select(Notice).where(Notice.source == "order_draft")).all()
    assert [(notice.user_id, notice.heading) for notice in told] == [(county.leader.id, "待签发")]
    seen = {who: [each.id for each, _ in drafts_of(SUBJECTS, reader_for(getattr(county, who), today))] for who in WHO}
    assert seen == {"leader": [row.id], "office_head": [], "supervisor": [], "unit_head": [], "lead": []}
    signed(row, county.leader)
    assert drafts_of(SUBJECTS, reader_for(county.leader, today)) == []


WHO = ("leader", "office_head", "supervisor", "unit_head", "lead")


def test_a_refusal_says_why_and_issues_nothing(matter: Matter) -> None:
    supervised(matter, matter.county.supervisor, RungLevel.CIRCULAR)
    with committed():
        drafting.refuse(draft_of(matter), by=matter.county.leader, now=clock.now(), reason="先约谈。")
    assert papers() == []
    assert draft_of(matter).refused_because == "先约谈。"
    line = db.session.scalars(select(CaseStep).order_by(CaseStep.id.desc())).first()
    assert line is not None
    assert (line.action, line.reason) == (Action.REFUSE_ORDER, "先约谈。")
    told = db.session.scalars(select(Notice).where(Notice.heading == "未签发")).one()
    assert told.user_id == matter.county.supervisor.id


def test_only_the_drafter_and_the_signer_take_a_draft_back(matter: Matter) -> None:
    supervised(matter, matter.county.office_head, RungLevel.LISTED)
    with pytest.raises(DomainError), committed():
        drafting.refuse(draft_of(matter), by=matter.county.supervisor, now=clock.now(), reason="不用了。")
    with committed():
        drafting.refuse(draft_of(matter), by=matter.county.office_head, now=clock.now(), reason="改发红色。")
    assert draft_of(matter).decided_by_id == matter.county.office_head.id


def test_a_proposal_of_liability_never_goes_to_the_unit_itself(matter: Matter) -> None:
    county = matter.county
    for unit in (county.civil, county.office):
        with pytest.raises(DomainError) as refused:
            supervised(matter, county.supervisor, RungLevel.LIABILITY, unit.id)
        assert refused.value.field == "organ"
    supervised(matter, county.supervisor, RungLevel.LIABILITY)
    order = signed(draft_of(matter), county.leader)
    paper = order_paper(SUBJECTS, order.id)
    assert paper.to == county.county.name
    assert paper.paragraphs[0].startswith("有关单位办理的信访事项")
    assert not db.session.scalars(select(Notice).where(Notice.source == "order")).all(), "it goes out as a paper"
    with pytest.raises(Forbidden), committed():
        orders.answer(order, by=county.handler, now=clock.now(), reason="已处理。")
    with committed():
        orders.answer(order, by=county.acceptor, now=clock.now(), reason="县纪委函复：已谈话提醒。")
    assert order.replied_by_id == county.acceptor.id


def test_an_interview_is_of_the_leadership_of_the_unit(matter: Matter) -> None:
    supervised(matter, matter.county.supervisor, RungLevel.INTERVIEW)
    order = signed(draft_of(matter), matter.county.leader)
    assert order_paper(SUBJECTS, order.id).to == f"{matter.county.civil.name}领导班子"
    supervised(Matter(matter.county).until("accept"), matter.county.office_head, RungLevel.RED)
    assert order_paper(SUBJECTS, papers()[-1].id).to == matter.county.civil.name


def test_who_is_asked_to_sign_may_look_at_a_sensitive_matter(matter: Matter) -> None:
    with committed():
        given = {"by": matter.county.acceptor, "now": clock.now(), "reason": "涉及个人隐私。"}
        raise_level(matter.case, level=Confidentiality.SENSITIVE, **given)
    reader = reader_for(matter.county.leader, clock.today())
    with pytest.raises(NotFound):
        visible_case(matter.case.public_id, reader)
    supervised(matter, matter.county.office_head, RungLevel.INTERVIEW)
    assert visible_case(matter.case.public_id, reader).id == matter.case.id
    assert signed(draft_of(matter), matter.county.leader).kind == "interview"


def test_one_draft_to_a_unit_waits_at_a_time(matter: Matter) -> None:
    supervised(matter, matter.county.supervisor, RungLevel.INTERVIEW)
    with pytest.raises(DomainError, match="还没有签发"):
        supervised(matter, matter.county.supervisor, RungLevel.LISTED)
