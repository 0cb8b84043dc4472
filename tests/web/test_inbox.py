"""消息: what one was told, opened one by one; the count beside it; absences and the address on 我的账号."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.client import Client
from tests.conftest import Clock
from tests.web.browsing import filled, form_of
from tests.web.test_supervision import escalate
from tests.world.county import County
from tests.world.rows import a_case, assigned
from tracker import audit
from tracker.audit.models import AuditEvent
from tracker.audit.service import ACTS
from tracker.cases.record.models import AccusedParty, Case
from tracker.core.database import committed, db
from tracker.deadlines.models import Deadline
from tracker.jobs.sending import resolve
from tracker.notifications import outbox
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.service import announce
from tracker.people import queries
from tracker.people.models import User
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.telling.recipients import NEW_WORK
from tracker.supervision.messages.messages import INBOX_PATH
from tracker.supervision.papers import instructions, orders
from tracker.working_days.queries import calendar

DAY = timedelta(days=1)
TOKEN = re.compile(r'value="[^"]{40,}"')
UNREAD = re.compile(r'href="/inbox"[^>]*>消息<span class="count">(\d+)</span>')


@pytest.fixture
def case(at_work: str) -> str:
    """Give the matter that is being handled."""
    return at_work


def tell(county: County, case: str, user: str, **facts: object) -> str:
    """Write a notice to a person and address it; return its public id."""
    with committed():
        number = len(db.session.scalars(select(Notice.id)).all()) + 1
        given: dict[str, object] = {
            "source": "rung",
            "source_id": -number,
            "heading": "催办",
            "why": "作出处理意见并送达，已逾期 1 天。",
            "asked": "已经逾期，请立即办理。",
        }
        notice = announce(
            f"test:{number}",
            now=Clock.now(),
            days=calendar(),
            case_id=county.case(case).id,
            user_id=county.ids[user],
            **{**given, **facts},  # type: ignore[arg-type]
        )
        audit.record(audit.Event.RUNG_REACHED, by=None, now=Clock.now())
        public_id = notice.public_id
    address(county)
    return public_id


def address(county: County) -> None:
    """Address every notice that waits, at once; those of new work are no matter of these tests."""
    later = Clock.now() + 5 * DAY
    work = set(db.session.scalars(select(Notice.id).where(Notice.source == NEW_WORK)))
    for notice_id in outbox.waiting(later):
        if notice_id in work:
            continue
        with committed():
            outbox.address(notice_id, now=later, resolve=resolve, ways=[])


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def unread(client: Client) -> int:
    found = UNREAD.search(client.get("/").text)
    return int(found[1]) if found else 0


def test_a_message_says_why_what_and_by_when_and_opens_the_case(county: County, case: str, session: Session) -> None:
    handling = next(c for c in clocks(case) if c.kind == "handling")
    notice = tell(county, case, "handler", deadline_id=handling.id, late=True)
    browser = county.browser("handler")
    assert unread(browser) == 1
    page = browser.get("/inbox")
    said = words(page.text)
    row = county.case(case)
    for part in ("催办", "未读", "补发", row.register_no, row.title, "请立即办理", "已逾期 1 天", "指名送给您"):
        assert part in said, part
    assert "作出处理意见并送达" in said
    assert said.count("（剩 ") == 1
    answer = browser.get(f"/inbox/{notice}")
    assert (answer.status_code, answer.location) == (303, f"/cases/{case}")
    assert browser.get(answer.location).status_code == 200
    copy = session.scalars(select(Delivery).where(Delivery.user_id == county.ids["handler"])).one()
    assert copy.opened_at is not None
    opened = session.scalars(select(AuditEvent).where(AuditEvent.kind == "notice.opened")).one()
    assert (opened.log_id, opened.actor_id, opened.case_id) == (ACTS, county.ids["handler"], row.id)
    assert unread(browser) == 0
    assert 'class="unread"' not in browser.get("/inbox").text
    browser.get(f"/inbox/{notice}")
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.kind == "notice.opened")).all()) == 1


def clocks(case: str) -> list[Deadline]:
    from_case = select(Deadline).join(Case, Case.id == Deadline.case_id).where(Case.public_id == case)
    return list(db.session.scalars(from_case))


def test_the_message_of_another_is_none_of_mine(county: County, case: str) -> None:
    notice = tell(county, case, "handler")
    for who in ("unit_head", "acceptor"):
        theirs, nobodys = (county.browser(who).get(f"/inbox/{address}") for address in (notice, "x" * 22))
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert TOKEN.sub("", theirs.text) == TOKEN.sub("", nobodys.text)
        assert "还没有消息" in county.browser(who).get("/inbox").text


def test_of_a_case_one_may_not_know_of_any_more_nothing_stays(county: County, case: str, session: Session) -> None:
    """Not its words, not their number, not that a message was there: the accused finds an inbox that is empty."""
    notice = tell(county, case, "handler", why="林一鸣对本件作了批示。")
    row = county.case(case)
    browser = county.browser("handler")
    assert unread(browser) == 1
    with committed():
        db.session.add(AccusedParty(case_id=row.id, name="某", user_id=county.ids["handler"], status="confirmed"))
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=Clock.now())
    assert unread(browser) == 0
    for which in ("all", "unread", "awaiting"):
        page = browser.get(f"/inbox?which={which}").text
        for part in (row.register_no, row.title, "林一鸣", "请立即办理", f"/cases/{case}", notice, 'class="letters"'):
            assert part not in page, part
    assert "还没有消息" in browser.get("/inbox").text
    theirs, nobodys = (browser.get(f"/inbox/{address}") for address in (notice, "x" * 22))
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert TOKEN.sub("", theirs.text) == TOKEN.sub("", nobodys.text)
    browser.submit("/inbox/read", page="/account")
    assert session.scalars(select(Delivery)).one().opened_at is None


def test_unread_come_first_then_the_latest(county: County, case: str) -> None:
    notices = [tell(county, case, "handler", asked=f"第{number}条。") for number in range(4)]
    browser = county.browser("handler")
    browser.get(f"/inbox/{notices[3]}")
    assert re.findall(r"第(\d)条", browser.get("/inbox").text) == ["2", "1", "0", "3"]
    assert re.findall(r"第(\d)条", browser.get("/inbox?which=unread").text) == ["2", "1", "0"]


def being_handled(county: County, number: int) -> str:
    """Make one more matter of the handler's; return its public id."""
    case = a_case(county, status="accepted", register_no=f"XF-2026-1{number:05}")
    assigned(case, county.civil, handler_id=county.handler.id)
    db.session.commit()
    return case.public_id


def test_pages_count_matters_and_split_none(county: County, case: str) -> None:
    """Two messages of one matter, far apart in time, stand together; neither page repeats nor leaves out any."""
    cases = [being_handled(county, number) for number in range(52)]
    for number, about in enumerate([*cases[:2], case, *cases[2:], cases[0], case]):
        tell(county, about, "handler", asked=f"第{number}条。")
    browser = county.browser("handler")
    pages = [browser.get(f"/inbox?page={page}").text for page in (1, 2)]
    first, second = (re.findall(r"第(\d+)条", page) for page in pages)
    assert [page.count("data-row") for page in pages] == [50, 3]
    assert first[:4] == ["54", "2", "53", "0"], "a matter stands where its latest message does"
    assert sorted(map(int, [*first, *second])) == list(range(55)), "each once"
    assert all("第 1–50 项，共 53 项" in words(page) for page in pages[:1])
    assert "这一页没有消息" in browser.get("/inbox?page=9").text


@pytest.mark.both_databases
def test_a_matter_with_something_unread_comes_first_and_shows_that_first(county: County, case: str) -> None:
    other = being_handled(county, 1)
    old, _, new = (tell(county, about, "handler", asked=f"第{n}条。") for n, about in enumerate([case, other, case]))
    browser = county.browser("handler")
    browser.get(f"/inbox/{new}")
    assert re.findall(r"第(\d)条", browser.get("/inbox").text) == ["1", "0", "2"]
    browser.get(f"/inbox/{old}")
    assert re.findall(r"第(\d)条", browser.get("/inbox").text) == ["1", "2", "0"]
    assert re.findall(r"第(\d)条", browser.get("/inbox?which=unread").text) == ["1"]


def test_what_waits_for_an_answer_waits_until_it_is_given(county: County, case: str, session: Session) -> None:
    with committed():
        order = orders.issue(
            county.case(case),
            by=county.supervisor,
            now=Clock.now(),
            level=RungLevel.URGE,
            reason="请办理。",
            reply_by=Clock.today() + 9 * DAY,
        )
        order_id = order.id
    address(county)
    browser = county.browser("handler")
    page = words(browser.get("/inbox?which=awaiting").text)
    assert "待回复" in page
    assert "11月30日" in page
    browser.submit("/inbox/read", page="/inbox")
    assert unread(browser) == 1, "what waits for an answer is not marked as read in passing"
    assert "没有待回复的消息" in county.browser("acceptor").get("/inbox?which=awaiting").text
    with committed():
        orders.answer(session.get_one(type(order), order_id), by=county.handler, now=Clock.now(), reason="已经办理。")
    assert "没有待回复的消息" in browser.get("/inbox?which=awaiting").text
    browser.submit("/inbox/read", page="/inbox")
    assert unread(browser) == 0


def test_an_order_that_nobody_waits_for_any_more_waits_no_more(county: County, case: str, session: Session) -> None:
    rung_id = escalate(county, case).notice.source_id
    tell(county, case, "handler", source_id=rung_id, told="owner")
    with committed():
        order = orders.issue(
            county.case(case),
            by=county.supervisor,
            now=Clock.now(),
            level=RungLevel.URGE,
            reason="请办理。",
            reply_by=Clock.today() + 9 * DAY,
        )
        order.escalation_id = rung_id
        audit.record(audit.Event.RUNG_REACHED, by=None, now=Clock.now())
    assert "没有待回复的消息" not in county.browser("handler").get("/inbox?which=awaiting").text
    its_own = select(Deadline).where(Deadline.subject == orders.SUBJECT, Deadline.subject_id == order.id)
    with committed():
        session.scalars(its_own).one().ended_on = Clock.today()
        audit.record(audit.Event.RUNG_REACHED, by=None, now=Clock.now())
    assert "没有待回复的消息" in county.browser("handler").get("/inbox?which=awaiting").text


def test_a_leader_answers_by_his_instruction(county: County, case: str) -> None:
    tell(county, case, "lead", awaits_answer=True)
    browser = county.browser("lead")
    assert "请立即办理" in browser.get("/inbox?which=awaiting").text
    with committed():
        instructions.instruct(county.case(case), by=county.lead, now=Clock.now(), reason="抓紧办。")
    assert "没有待回复的消息" in browser.get("/inbox?which=awaiting").text


@pytest.mark.both_databases
def test_marking_all_as_read_is_one_line_in_the_log(county: County, case: str, session: Session) -> None:
    for _ in range(3):
        tell(county, case, "handler")
    tell(county, case, "unit_head")
    browser = county.browser("handler")
    answer = browser.submit("/inbox/read", page="/inbox", follow_redirects=True)
    assert "已把 3 条消息标为已读" in answer.text
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.kind == "notice.opened")).all()) == 1
    assert unread(county.browser("unit_head")) == 1
    assert "没有可以标为已读的消息" in browser.submit("/inbox/read", page="/inbox/today", follow_redirects=True).text


def test_nothing_yet_says_what_will_appear(county: County) -> None:
    assert "还没有消息" in county.browser("handler").get("/inbox").text
    assert "今天没有要提醒的事" in county.browser("handler").get("/inbox/today").text


def test_the_day_shows_three_parts_and_confidential_ones_as_a_number(county: County, case: str) -> None:
    row = county.case(case)
    page = words(county.browser("handler").get("/inbox/today").text)
    for part in ("逾期", "今明到期", "排队", row.register_no):
        assert part in page, part
    with committed():
        county.case(case).level = "sensitive"
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=Clock.now())
    page = words(county.browser("handler").get("/inbox/today").text)
    assert row.register_no not in page
    assert "另有 1 件保密事项" in page


def test_the_links_of_mail_lead_here(app: Flask) -> None:
    with app.test_request_context():
        assert app.url_for("inbox.page") == INBOX_PATH
        assert app.url_for("inbox.today") == f"{INBOX_PATH}/today"
        assert app.url_for("inbox.open_one", public_id="x" * 22) == f"{INBOX_PATH}/{'x' * 22}"


def test_a_longer_list_costs_no_more_questions(county: County, case: str) -> None:
    handler = county.browser("handler")

    def asked() -> int:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        handler.get("/inbox")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(sent)

    handling = next(c for c in clocks(case) if c.kind == "handling")
    tell(county, case, "handler", deadline_id=handling.id)
    before = asked()
    for _ in range(5):
        tell(county, case, "handler", deadline_id=handling.id)
    assert asked() == before <= 12


def test_a_page_is_shown_even_where_the_count_cannot_be(
    county: County, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(county, case, "handler")
    browser = county.browser("handler")

    def broken(_subjects: object, _reader: object) -> int:
        raise OperationalError("", None, Exception())

    monkeypatch.setattr("tracker.web.frame.navigation.unread_count", broken)
    answer = browser.get("/")
    assert answer.status_code == 200
    assert "消息</a>" in answer.text


# 我的账号


@pytest.mark.both_databases
def test_one_notes_an_absence_and_comes_back(county: County) -> None:
    browser = county.browser("handler")
    stand_in = county.colleague.public_id
    page = browser.get("/account")
    address = "/account/absences"
    found = form_of(page, address)
    assert "person" not in found.names, "who heads no unit notes only his own"
    sent = filled(found, {"started_on": "今天", "ended_on": "11月25日", "stand_in": stand_in})
    answer = browser.post(address, data=sent, follow_redirects=True)
    assert "外出已经登记" in answer.text
    assert "2026-11-25" in answer.text
    assert queries.away_on([county.ids["handler"]], Clock.today())
    end = re.search(r'action="(/account/absences/[^"]+/end)"', answer.text)
    assert end
    assert "已经结束外出" in browser.submit(end[1], page="/account", follow_redirects=True).text
    assert not queries.away_on([county.ids["handler"]], Clock.today())


def test_what_is_wrong_with_an_absence_is_said_and_kept(county: County) -> None:
    browser = county.browser("handler")
    for given, sentence in (
        ({"started_on": "11月25日", "ended_on": "11月22日"}, "不能早于外出第一天"),
        ({"started_on": "", "ended_on": "11月22日"}, "请填写外出第一天"),
        ({"started_on": "2月30日", "ended_on": "11月22日"}, "没有“2月30日”这一天"),
        ({"started_on": "今天", "ended_on": "今天", "stand_in": "x" * 22}, "没有这个选项"),
    ):
        answer = browser.submit("/account/absences", given, page="/account")
        assert answer.status_code == 422
        assert sentence in answer.text
        for typed in given.values():
            assert not typed or typed == "x" * 22 or f'value="{typed}"' in answer.text
    assert "Traceback" not in answer.text


def test_a_head_notes_it_for_his_people_and_nobody_elses(county: County) -> None:
    browser = county.browser("unit_head")
    handler = county.handler.public_id
    found = form_of(browser.get("/account"), "/account/absences")
    assert "person" in found.names
    sent = filled(found, {"person": handler, "started_on": "今天", "ended_on": "今天"})
    assert browser.post("/account/absences", data=sent).status_code == 303
    assert queries.away_on([county.ids["handler"]], Clock.today())
    stranger = county.acceptor.public_id
    data = {"person": stranger, "started_on": "今天", "ended_on": "今天"}
    assert browser.submit("/account/absences", data, page="/account").status_code == 422
    absence = queries.away_on([county.ids["handler"]], Clock.today())[county.ids["handler"]].public_id
    for who, status in (("acceptor", 403), ("handler", 303)):
        assert county.browser(who).submit(f"/account/absences/{absence}/end", page="/account").status_code == status


def test_one_keeps_ones_own_address(county: County, session: Session) -> None:
    browser = county.browser("handler")
    answer = browser.submit("/account/email", {"email": "不是邮箱"}, page="/account")
    assert answer.status_code == 422
    assert "邮箱写得不对" in answer.text
    assert 'value="不是邮箱"' in answer.text
    assert browser.submit("/account/email", {"email": "wanghy@example.com"}, page="/account").status_code == 303
    assert session.scalars(select(User.email).where(User.id == county.ids["handler"])).one() == "wanghy@example.com"
    assert 'value="wanghy@example.com"' in browser.get("/account").text


def test_many_messages_of_one_matter_are_one_entry(county: County, case: str) -> None:
    """use D26: eleven of sixteen messages were of the same matter; the others open below its latest."""
    for heading in ("提醒", "催办", "蓝色督办"):
        tell(county, case, "handler", heading=heading)
    page = county.browser("handler").get("/inbox").text
    assert page.count("data-row") == 1
    assert "同一件还有 2 条消息" in page
    assert page.index("蓝色督办") < page.index("同一件还有 2 条消息") < page.index("催办")
