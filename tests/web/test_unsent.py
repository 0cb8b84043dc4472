"""发不出去: what whoever keeps the timer sees of sending on 运行记录 and 工作台, and sends again from there."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.client import Client
from tests.conftest import Clock
from tests.notifications.world import MONDAY, make_notices, plainly, to_its_person
from tests.web.browsing import form_of
from tests.world.county import County
from tracker import audit
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.core.database import committed
from tracker.jobs.sending import deliver
from tracker.notifications.models import Delivery
from tracker.notifications.rules import DeliveryState, Message, Outcome, Way, masked_address
from tracker.people.service import change_email

LIST, ALL = "/timer/unsent", "/timer/unsent/resend-all"
UNKNOWN = Outcome(DeliveryState.DEAD, "邮件服务器拒收这个收件人（550 5.1.1）", answered=True, address_refused=True)
TOO_BIG = Outcome(DeliveryState.DEAD, "邮件服务器拒收这个邮件（552 5.3.4）", answered=True)
DOWN = Outcome(DeliveryState.READY, "连不上邮件服务器", closed=True)
TITLE = "反映上庄村换届选举选民登记遗漏"


@dataclass
class Says:
    """A mail server that gives one answer to everything."""

    outcome: Outcome
    taken: int = 0

    def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
        """Answer."""
        self.taken += self.outcome.state is DeliveryState.DELIVERED
        return self.outcome


@pytest.fixture
def county(county: County, clock: Clock) -> County:
    clock.set(MONDAY)
    return county


@pytest.fixture
def admin(county: County) -> Client:
    """Give the browser of the administrator."""
    return county.browser("admin")


def mail(county: County, outcome: Outcome, *, to: str = "handler", count: int = 1, case: str = "") -> None:
    """Let mails to a person meet an answer of the server."""
    person = county.user(to)
    if person.email is None:
        with committed():
            change_email(person, f"{to}@example.gov.cn", by=person, now=MONDAY)
    make_notices(count, [person], case_id=county.case(case).id if case else None)
    send(outcome, MONDAY)


def send(outcome: Outcome, now: datetime) -> int:
    return deliver(now, resolve=to_its_person, compose=plainly, ways={Way.MAIL: Says(outcome)}).sent


def text(page: str) -> str:
    """Return the words of a page without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def mails(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Delivery.state).where(Delivery.channel == Way.MAIL).order_by(Delivery.id)))


def test_while_nothing_is_wrong_nothing_is_said(county: County, admin: Client) -> None:
    page = admin.get("/timer").text
    assert "邮件没有启用。" in page
    assert "没有列出的发不出去的（不含内部编号的信访事项）。" in page
    assert "没有列出的" in admin.get(LIST).text
    assert "共 0 份，不含内部编号的信访事项" in admin.get(ALL).text
    assert "发不出去" not in admin.get("/").text
    assert "邮件和群消息" not in county.browser("handler").get("/timer").text


def test_dead_letters_stand_where_the_timer_is_kept(county: County, admin: Client) -> None:
    mail(county, UNKNOWN, case=county.register())
    mail(county, TOO_BIG, to="unit_head")
    for address in ("/timer", LIST):
        page = text(admin.get(address).text)
        for said in (
            *(
                "王海燕 县民政局·承办人",
                "handler@example.gov.cn",
                "邮件服务器拒收这个收件人（550 5.1.1）",
                "邮箱地址被拒绝",
            ),
            *("张建军", "邮件服务器拒收这个邮件（552 5.3.4）", "2026-11-23 09:00", "1 次", "全部重发"),
        ):
            assert said in page, (address, said)
        assert TITLE not in page
        assert "XF-2026" not in page
    home = admin.get("/").text
    assert "2 份邮件、群消息发不出去" in home
    assert f'href="/people/{county.handler.public_id}/edit">王海燕</a>，请更正' in home
    assert "张建军" not in home, "only an address that was refused is to be corrected"


def test_of_a_group_nobody_is_named(county: County, admin: Client) -> None:
    make_notices(1, [county.user("handler")])
    refused = Outcome(DeliveryState.DEAD, "1 个群没有收下（共 1 个）", answered=True)
    deliver(MONDAY, resolve=to_its_person, compose=plainly, ways={Way.CHAT: Says(refused)})
    page = text(admin.get(LIST).text)
    assert "群 群消息" in page
    assert "王海燕" not in page


def test_who_does_case_work_recognises_an_address_and_corrects_none(county: County) -> None:
    mail(county, UNKNOWN)
    supervisor = county.browser("supervisor")
    page = supervisor.get(LIST).text
    assert "ha***@example.gov.cn" in page
    assert "handler@example.gov.cn" not in page
    assert "/people/" not in page
    assert "1 份邮件、群消息发不出去" in supervisor.get("/").text
    assert "请更正" not in supervisor.get("/").text
    for who in ("handler", "unit_head", "leader"):
        assert county.browser(who).get(LIST).status_code == 403
        assert "发不出去" not in county.browser(who).get("/timer").text + county.browser(who).get("/").text


def test_of_hidden_cases_not_even_the_number_is_shown(
    county: County, admin: Client, session: Session, clock: Clock
) -> None:
    """A letter about an accusation is no number for whoever may not know of it, and cannot be sent alone by them.

    All together are sent again, and how many is not said.
    """
    case = county.register()
    mail(county, UNKNOWN, case=case)
    supervisor = county.browser("supervisor")
    assert "共 1 份" in text(supervisor.get(LIST).text), "negative control"
    hidden = county.case(case)
    with committed():
        hidden.level = "accusation"
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=hidden.id)
    assert "没有列出的" in supervisor.get(LIST).text
    assert "发不出去" not in supervisor.get("/").text
    message_id = session.scalars(select(Delivery.message_id).where(Delivery.state == DeliveryState.DEAD)).one()
    done = supervisor.submit(f"{LIST}/{message_id}/resend", page="/account")
    never = supervisor.submit(f"{LIST}/{'x' * 22}/resend", page="/account")
    assert (done.status_code, done.location) == (never.status_code, never.location) == (303, LIST)
    assert "没有列出的" in admin.get(LIST).text
    assert "王海燕</a>，请更正" in admin.get("/").text, "an address that is refused is a fact about its person"
    assert mails(session) == [DeliveryState.DEAD]
    assert admin.submit(ALL, page=ALL).status_code == 303
    assert "发不出去的都已重新排队" in admin.get(LIST).text
    assert mails(session) == [DeliveryState.READY]


def test_one_is_sent_again_once(county: County, admin: Client, session: Session) -> None:
    mail(county, TOO_BIG, count=2)
    page = admin.get("/timer")
    [address, other] = re.findall(r'action="(/timer/unsent/[\w-]{22}/resend)"', page.text)
    assert address != other
    for said in ("已重新排队 1 份", "这些已经重发，或者不再是发不出去的"):
        done = admin.post(address, data=form_of(page, address).fields)
        assert done.status_code == 303
        assert said in admin.get(LIST).text
    assert mails(session).count(DeliveryState.READY) == 1
    assert send(Outcome(DeliveryState.DELIVERED), MONDAY + timedelta(minutes=1)) == 1
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "notices.resent")).one()
    assert event.actor_id
    assert b'"retried":[' in bytes(event.payload)
    assert admin.post(other, data={}).status_code == 400, "without the token nothing is sent"
    session.rollback()
    assert verify().wrong is None


@pytest.mark.both_databases
def test_all_are_sent_again_after_a_question(county: County, admin: Client, session: Session) -> None:
    mail(county, TOO_BIG, count=3)
    mail(county, UNKNOWN, to="unit_head", count=2)
    asked = admin.get(ALL)
    for said in ("共 5 份", "邮件服务器拒收这个邮件（552 5.3.4） 3 份", "邮件服务器拒收这个收件人（550 5.1.1） 2 份"):
        assert said in text(asked.text), said
    done = admin.post(ALL, data=form_of(asked, ALL).fields)
    assert done.status_code == 303
    assert "发不出去的都已重新排队" in admin.get(LIST).text
    assert mails(session) == [DeliveryState.READY] * 5
    assert send(Outcome(DeliveryState.DELIVERED), MONDAY + timedelta(minutes=1)) == 5


def test_many_are_paged(county: County, admin: Client) -> None:
    mail(county, TOO_BIG, count=53)
    assert "看全部 53 份" in admin.get("/timer").text
    assert "第 1 页，共 2 页" in admin.get(LIST).text
    assert "第 51–53 份" in admin.get(f"{LIST}?page=2").text
    assert "这一页没有了" in admin.get(f"{LIST}?page=9").text


@pytest.fixture
def configured(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure a mail server, which nobody reaches."""
    monkeypatch.setitem(app.config, "TRACKER_SMTP", "smtp://127.0.0.1")
    monkeypatch.setitem(app.config, "TRACKER_MAIL_FROM", "taizhang@xf.example.gov.cn")


def test_a_way_that_is_down_is_said_and_tried_again(county: County, admin: Client, configured: None) -> None:
    mail(county, DOWN, count=4)
    said = "邮件自 2026-11-23 09:00 起发不出去：连不上邮件服务器。"
    address = "/timer/unsent/ways/mail/try"
    for browser in (admin, county.browser("supervisor")):
        assert said in browser.get("/").text
        page = browser.get("/timer")
        assert said in page.text
        assert "4 份等着，恢复后自动发出" in page.text
    assert said not in county.browser("leader").get("/").text
    done = admin.post(address, data=form_of(admin.get("/timer"), address).fields)
    assert done.status_code == 303
    assert "下一分钟再试一次" in admin.get("/timer").text
    assert send(Outcome(DeliveryState.DELIVERED), MONDAY + timedelta(seconds=1)) == 4
    assert said not in admin.get("/").text
    assert "上次送出 2026-11-23 09:00" in admin.get("/timer").text
    admin.submit(address, page="/account")
    assert "邮件现在能发，不用再试" in admin.get("/timer").text
    assert admin.submit("/timer/unsent/ways/inbox/try", page="/account").status_code == 404


def test_a_corrected_address_gets_what_bounced(county: County, admin: Client, session: Session) -> None:
    mail(county, UNKNOWN, count=2)
    mail(county, TOO_BIG)
    edit = f"/people/{county.user('handler').public_id}/edit"
    page = admin.get(edit).text
    assert 'value="handler@example.gov.cn"' in page
    version = re.search(r'name="version" value="([0-9a-f]+)"', page)
    assert version
    given = {"name": "王海燕", "phone": "", "version": version[1]}
    wrong = admin.submit(edit, {**given, "email": "王海燕 at 163"})
    assert wrong.status_code == 422
    assert "邮箱写得不对" in wrong.text
    assert "王海燕 at 163" in wrong.text
    assert mails(session) == [DeliveryState.DEAD] * 3
    done = admin.submit(edit, {**given, "email": "whY@example.gov.cn"})
    assert done.status_code == 303
    assert sorted(mails(session)) == [DeliveryState.DEAD, DeliveryState.READY, DeliveryState.READY], (
        "what was too big is so at any address"
    )
    assert "请更正" not in admin.get("/").text
    deliver(MONDAY, resolve=to_its_person, compose=plainly, ways={})
    told = county.browser("handler").get("/inbox").text
    assert "邮箱变更" in told
    assert "系统管理员修改了您的通知邮箱" in told
    session.rollback()
    assert verify().wrong is None


def test_who_corrects_his_own_address_is_told_nothing(county: County, session: Session) -> None:
    mail(county, UNKNOWN)
    browser = county.browser("handler")
    assert browser.submit("/account/email", {"email": "new@example.gov.cn"}, page="/account").status_code == 303
    assert mails(session) == [DeliveryState.READY]
    deliver(MONDAY, resolve=to_its_person, compose=plainly, ways={})
    assert "邮箱变更" not in browser.get("/inbox").text


@pytest.mark.parametrize(("address", "shown"), [("lixm@a.cn", "li***@a.cn"), ("a@b.cn", "a***@b.cn")])
def test_an_address_is_masked(address: str, shown: str) -> None:
    assert masked_address(address) == shown
