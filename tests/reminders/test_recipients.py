"""To whom a notice goes: the right post, permission checked, a stand-in or the next level up, never the accused."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.people.factories import make_department, make_user
from tests.world.county import County
from tests.world.matters import Matter
from tracker import audit
from tracker.cases.access.named_readers import running_named_readers
from tracker.cases.acts import office
from tracker.cases.record.models import AccusedParty, Case
from tracker.cases.record.rules.codes import MatterClass
from tracker.cases.subject import standing
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import stop_clock
from tracker.jobs.sending import resolve
from tracker.notifications import outbox
from tracker.notifications.models import Notice
from tracker.notifications.rules import Addressee, Resolved, Way
from tracker.notifications.service import announce
from tracker.people import service
from tracker.people.models import User
from tracker.people.rules import DepartmentKind, Role
from tracker.reminders.ladder.rules.rungs import LEVELS, Recipient, RungLevel
from tracker.reminders.telling import posts
from tracker.supervision.papers import instructions, orders
from tracker.working_days.queries import calendar

DAY = timedelta(days=1)


@pytest.fixture
def matter(county: County) -> Matter:
    return Matter(county).until("sign_for")


def tell(
    case: Case | None,
    post: Recipient | None,
    deadline: Deadline | None = None,
    *,
    source: str = "rung",
    source_id: int = 0,
    user: User | None = None,
    awaits_answer: bool = False,
) -> Notice:
    """Write a notice as the timer would, each about a fact of its own unless `source_id` is given."""
    with committed():
        number = len(db.session.scalars(select(Notice.id)).all()) + 1
        notice = announce(
            f"test:{number}",
            now=clock.now(),
            days=calendar(),
            source=source,
            source_id=source_id or -number,
            case_id=case.id if case else None,
            deadline_id=deadline.id if deadline else None,
            told=post.value if post else None,
            user_id=user.id if user else None,
            heading=LEVELS[RungLevel.URGE].label,
            why="告知是否受理，已逾期 1 天。",
            asked="请立即办理。",
            awaits_answer=awaits_answer,
        )
        audit.record(audit.Event.RUNG_REACHED, by=None, now=clock.now())
    return notice


def told(notice: Notice) -> dict[str, str]:
    """Return who would be told, by name, with why."""
    found = resolve(notice, now=clock.now())
    assert found.drop is None, found.drop
    return {db.session.get_one(User, each.user_id).name: each.because for each in found.addressees}


def away(person: User, stand_in: User | None = None) -> None:
    with committed():
        service.note_absence(
            person,
            started_on=clock.today(),
            ended_on=clock.today() + 3 * DAY,
            stand_in=stand_in,
            by=person,
            now=clock.now(),
        )


def disable(person: User, by: User) -> None:
    with committed():
        service.disable_user(person, by=by, now=clock.now())


def accuse(case: Case, **whom: int) -> None:
    """Note somebody as complained of, as if his name had been matched."""
    with committed():
        db.session.add(AccusedParty(case_id=case.id, name="某某", status="confirmed", **whom))
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=case.id)


def acceptance(matter: Matter) -> Deadline:
    found = matter.clock(LimitKind.ACCEPTANCE)
    assert found is not None
    return found


def test_each_post_is_its_own_people(county: County, matter: Matter) -> None:
    found = {
        post: set(told(tell(matter.case, post, acceptance(matter))))
        for post in Recipient
        if post is not Recipient.ISSUER
    }
    assert found == {
        Recipient.OWNER: {"王海燕"},
        Recipient.UNIT_HEAD: {"张建军"},
        Recipient.OFFICE: {"李晓梅", "孙琳"},
        Recipient.OFFICE_HEAD: {"周建国"},
        Recipient.SUPERVISOR: {"郝明"},
        Recipient.LEAD: {"陈志远"},
        Recipient.PRINCIPAL: {"林一鸣"},
    }
    assert set(posts.POSTS) == set(Recipient)
    assert told(tell(matter.case, Recipient.OWNER, acceptance(matter))) == {"王海燕": "您是承办人"}


def test_the_offices_own_clock_is_owed_by_its_desk(county: County) -> None:
    case = Matter(county).case
    referral = db.session.scalars(select(Deadline).where(Deadline.case_id == case.id)).first()
    assert referral is not None
    assert told(tell(case, Recipient.OWNER, referral)) == {"李晓梅": "您是信访部门受理员", "孙琳": "您是信访部门受理员"}
    assert told(tell(case, Recipient.UNIT_HEAD, referral)) == {"周建国": "您是信访部门负责人"}
    because = told(tell(case, Recipient.LEAD, referral))
    assert because == {"周建国": "没有领办领导，改送信访部门负责人"}


def test_who_issued_a_paper_hears_of_it_and_the_supervisor_of_what_the_ladder_issued(matter: Matter) -> None:
    county, now = matter.county, clock.now()
    with committed():
        order = orders.issue(
            matter.case,
            by=county.supervisor,
            now=now,
            level=RungLevel.URGE,
            reason="请办理。",
            reply_by=date(2026, 12, 1),
        )
    paper = matter.clock(LimitKind.ORDER_REPLY)
    assert told(tell(matter.case, Recipient.ISSUER, paper)) == {"郝明": "您是发出督办、批示的人"}
    assert set(told(tell(matter.case, Recipient.OWNER, paper))) == {"王海燕"}
    with committed():
        order.issued_by_id = None
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=now)
    assert told(tell(matter.case, Recipient.ISSUER, paper)) == {"郝明": "您是督查员"}
    with committed():
        instructions.instruct(
            matter.case,
            by=county.leader,
            now=now,
            reason="抓紧。",
            task_of_id=county.unit_head.id,
            due_on=date(2026, 12, 1),
        )
    task = matter.clock(LimitKind.INSTRUCTION)
    assert set(told(tell(matter.case, Recipient.ISSUER, task))) == {"林一鸣"}
    assert set(told(tell(matter.case, Recipient.OWNER, task))) == {"张建军"}


def test_disabled_the_next_level_is_told_with_the_reason(county: County, matter: Matter) -> None:
    notice = tell(matter.case, Recipient.OWNER, acceptance(matter))
    disable(county.handler, county.leader)
    assert told(notice) == {"张建军": "责任人（承办人）已停用，改送承办单位负责人"}
    disable(county.unit_head, county.leader)
    assert told(notice) == {"陈志远": "责任人（承办人）已停用；没有承办单位负责人，改送领办领导"}


def test_who_left_his_post_owes_nothing_any_more(county: County, matter: Matter) -> None:
    notice = tell(matter.case, Recipient.OWNER, acceptance(matter))
    with committed():
        service.end_post(county.handler.posts[0], last_day=clock.today() - DAY, by=None, now=clock.now())
        service.give_post(
            county.handler,
            department=county.office,
            role=Role.SUPERVISOR,
            started_on=clock.today(),
            by=None,
            now=clock.now(),
        )
    assert told(notice) == {"张建军": "责任人（承办人）已离任，改送承办单位负责人"}


def test_away_the_stand_in_is_told_else_the_next_level(county: County, matter: Matter) -> None:
    notice = tell(matter.case, Recipient.OWNER, acceptance(matter))
    away(county.handler, county.colleague)
    assert told(notice) == {"梁文": "代王海燕（外出），承办人"}
    away(county.colleague)
    assert told(notice) == {"张建军": "责任人（承办人）外出、无人代理，改送承办单位负责人"}


def test_a_stand_in_who_may_not_know_of_the_case_is_passed_over(county: County, matter: Matter) -> None:
    notice = tell(matter.case, Recipient.OWNER, acceptance(matter))
    with committed():
        matter.case.level = "sensitive"
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=clock.now())
    away(county.handler, county.colleague)
    assert set(told(notice)) == {"张建军"}
    assert resolve(notice, now=clock.now()).addressees[0].confidential


def test_of_several_holders_those_who_are_here_are_told(county: County, matter: Matter) -> None:
    away(county.acceptor)
    assert told(tell(matter.case, Recipient.OFFICE, acceptance(matter))) == {"孙琳": "您是信访部门受理员"}
    away(county.checker, county.acceptor)
    assert set(told(tell(matter.case, Recipient.OFFICE, acceptance(matter)))) == {"周建国"}


def test_the_accused_is_never_told_whatever_his_rank(county: County, matter: Matter) -> None:
    notices = {post: tell(matter.case, post, acceptance(matter)) for post in Recipient if post is not Recipient.ISSUER}
    for accused in (county.leader, county.lead, county.unit_head, county.office_head, county.supervisor):
        assert any(accused.name in told(notice) for notice in notices.values()), "a vacuous check"
        accuse(matter.case, user_id=accused.id)
        for post, notice in notices.items():
            assert accused.name not in told(notice), (accused.name, post)
    names = set().union(*(told(notice) for notice in notices.values()))
    assert names <= {"王海燕", "李晓梅", "孙琳"}


def test_nobody_of_an_accused_unit_is_told(county: County, matter: Matter) -> None:
    notice = tell(matter.case, Recipient.OWNER, acceptance(matter))
    accuse(matter.case, department_id=county.civil.id)
    assert told(notice) == {"陈志远": "责任人（承办人）不在本件知悉范围；承办单位负责人不在本件知悉范围，改送领办领导"}


def test_an_accusation_reaches_named_readers_only(county: County) -> None:
    with committed():
        make_user("zhuanban", "高专办", roles=[(Role.ACCEPTOR, county.office)])
    matter = Matter(county)
    with committed():
        office.triage(matter.case, by=county.acceptor, now=clock.now(), matter_class=MatterClass.ACCUSATION, route=None)
    assert matter.case.level == "accusation"
    named = {row.user.name for row in running_named_readers(matter.case)}
    assert named
    assert named < {"高专办", *(person.name for person in db.session.scalars(select(User)))}
    clocks = db.session.scalars(select(Deadline).where(Deadline.case_id == matter.case.id)).all()
    for deadline in clocks:
        for post in Recipient:
            found = told(tell(matter.case, post, deadline, source="other"))
            assert set(found) <= named, post
            assert found, post
    for each in resolve(tell(matter.case, Recipient.PRINCIPAL, clocks[0], source="other"), now=clock.now()).addressees:
        assert each.confidential


def test_nobody_at_all_means_that_it_waits(county: County, matter: Matter) -> None:
    notice = tell(matter.case, Recipient.OWNER, acceptance(matter))
    for person in db.session.scalars(select(User)).all():
        accuse(matter.case, user_id=person.id)
    assert resolve(notice, now=clock.now()) == Resolved((), None)


def test_where_all_are_away_the_first_of_them_is_told(county: County) -> None:
    """An absence noted for the one reader of an accusation must not silence it."""
    matter = Matter(county)
    with committed():
        office.triage(matter.case, by=county.acceptor, now=clock.now(), matter_class=MatterClass.ACCUSATION, route=None)
    named = {row.user for row in running_named_readers(matter.case)}
    for person in named:
        away(person)
    found = told(tell(matter.case, Recipient.OWNER, source="other"))
    assert found
    assert set(found) <= {person.name for person in named}
    assert all("外出" in because for because in found.values())


def test_nobody_stands_in_for_the_accused(county: County, matter: Matter) -> None:
    """The accused names a friend of his unit as his stand-in: the friend hears nothing in his place."""
    notice = tell(matter.case, Recipient.UNIT_HEAD, acceptance(matter))
    with committed():
        friend = make_user("friend", "刘芳", roles=[(Role.HANDLER, county.civil)])
    away(county.unit_head, friend)
    assert set(told(notice)) == {"刘芳"}, "negative control"
    accuse(matter.case, user_id=county.unit_head.id)
    assert "刘芳" not in told(notice)


def test_the_last_resorts_are_supervisor_and_principal(county: County, matter: Matter) -> None:
    notice = tell(matter.case, Recipient.PRINCIPAL, acceptance(matter))
    away(county.leader)
    assert told(notice) == {"郝明": "主要领导外出、无人代理，改送督查员"}


def test_principal_leaders_are_the_nearest_ones_up(county: County, matter: Matter) -> None:
    with committed():
        city = make_department("晋城市", kind=DepartmentKind.LEADERSHIP)
        county.office.parent.parent = city  # type: ignore[union-attr]
        audit.record(audit.Event.DEPARTMENT_CHANGED, by=None, now=clock.now())
        make_user("mayor", "常市长", roles=[(Role.PRINCIPAL_LEADER, city)])
        make_user("townlead", "牛镇长", roles=[(Role.PRINCIPAL_LEADER, county.town)])
    notice = tell(matter.case, Recipient.PRINCIPAL, acceptance(matter))
    assert set(told(notice)) == {"林一鸣"}
    away(county.leader)
    assert set(told(notice)) == {"常市长"}


def test_a_named_person_then_his_stand_in_then_his_head(county: County, matter: Matter) -> None:
    notice = tell(matter.case, None, user=county.handler, source="instruction")
    assert told(notice) == {"王海燕": "指名送给您"}
    away(county.handler, county.unit_head)
    assert told(notice) == {"张建军": "代王海燕（外出）"}
    disable(county.handler, county.leader)
    assert told(notice) == {"张建军": "本人已停用，改送所在单位负责人"}
    disable(county.unit_head, county.leader)
    assert set(told(notice)) == {"陈志远"}


def test_what_no_longer_needs_telling_is_dropped_with_the_reason(county: County, matter: Matter) -> None:
    deadline = acceptance(matter)
    rung, reply = (
        tell(matter.case, Recipient.OWNER, deadline),
        tell(matter.case, Recipient.OWNER, deadline, source="reply"),
    )
    with committed():
        stop_clock(deadline, on=clock.today(), met=True, by_action="accept")
        audit.record(audit.Event.CASE_STEPPED, by=None, now=clock.now())
    assert resolve(rung, now=clock.now()) == Resolved((), "要办的已经完成")
    assert resolve(reply, now=clock.now()).drop is None
    for status, words in (("merged", "本件已并案"), ("voided", "本件已作废")):
        with committed():
            matter.case.status = status
            audit.record(audit.Event.CASE_STEPPED, by=None, now=clock.now())
        assert resolve(reply, now=clock.now()) == Resolved((), words)


def test_who_holds_two_posts_is_told_once(county: County) -> None:
    case = Matter(county).case
    referral = db.session.scalars(select(Deadline).where(Deadline.case_id == case.id)).first()
    first, second = (tell(case, post, referral, source_id=7) for post in (Recipient.UNIT_HEAD, Recipient.OFFICE_HEAD))
    asked = tell(case, Recipient.LEAD, referral, source_id=7, awaits_answer=True)
    another = tell(case, Recipient.OFFICE_HEAD, referral, source_id=8)
    with committed():
        assert outbox.address(first.id, now=first.not_before, resolve=resolve, ways=[Way.INBOX])
    assert resolve(second, now=clock.now()) == Resolved((), "同一通知已送达本人")
    assert set(told(another)) == {"周建国"}
    assert set(told(asked)) == {"周建国"}, "what asks for an answer is not swallowed"


def test_a_digest_is_for_the_person_alone(county: County) -> None:
    notice = tell(None, None, source="digest", user=county.handler)
    assert resolve(notice, now=clock.now()).addressees == (Addressee(county.handler.id, "催办", False, None),)
    disable(county.handler, county.leader)
    assert resolve(notice, now=clock.now()) == Resolved((), "账号已停用或已离任")


def test_without_the_permission_check_the_accused_would_be_told(
    county: County, matter: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control of the tests above."""
    notice = tell(matter.case, Recipient.PRINCIPAL, acceptance(matter))
    accuse(matter.case, user_id=county.leader.id)
    assert "林一鸣" not in told(notice)
    monkeypatch.setattr(standing, "may_see", lambda _reader, _matter: True)
    assert "林一鸣" in told(notice)
