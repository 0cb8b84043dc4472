"""`flask outbox`: what waits, what cannot be sent and why, and nothing about anybody."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.notifications.mail_server import MailServer
from tests.notifications.world import MONDAY, make_notices, make_people, plainly, to_its_person
from tracker.audit.models import AuditEvent
from tracker.cli.outbox import sending_words
from tracker.jobs.sending import SendingReport, deliver
from tracker.notifications.models import Delivery
from tracker.notifications.rules import Way

pytestmark = pytest.mark.both_databases

CANARIES = ("王秀英", "430000195001011234", "13800000000", "宅基地被占", "handler0", "example.gov.cn")


def run(app: Flask, *arguments: str) -> str:
    done = app.test_cli_runner().invoke(args=["outbox", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_an_empty_outbox_says_so(app: Flask) -> None:
    assert "没有发不出去的，不用重发。" in run(app, "--retry-dead")
    assert "没有找到收件人，每小时再找一次：0" in run(app)


def test_everything_that_waits_is_named_and_nobody_is(
    app: Flask, session: Session, server: MailServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    people, canary = make_people(1), " ".join(CANARIES[:4])
    clock.set(MONDAY)
    make_notices(2, people, why=canary, asked=canary)
    make_notices(1, [], why=canary)
    make_notices(1, people, held=True)
    make_notices(3, people, now=MONDAY + timedelta(hours=12))
    server.mode = "550 at recipient"
    deliver(MONDAY, resolve=to_its_person, compose=plainly, ways={Way.MAIL: server.mail()})
    said = run(app)
    for line in (
        "暂扣，等人放行：1，最早 2026-11-23 09:00",
        "没有找到收件人，每小时再找一次：1，",
        "！有通知找不到收件人，请核对岗位和外出代理。",
        "等到上班时间：3，",
        "站内消息 已送出：2，",
        "邮件 发不出去：2，",
        "！发不出去的 2 份",
        "试了 1 次，最后一次 2026-11-23 09:00：邮件服务器拒收这个收件人（550 5.1.1）",
    ):
        assert line in said
    kept = " ".join(error or "" for error in session.scalars(select(Delivery.last_error)))
    payloads = " ".join(bytes(payload).decode() for payload in session.scalars(select(AuditEvent.payload)))
    for personal in CANARIES:
        for place in (said, kept, payloads, caplog.text):
            assert personal not in place


def test_the_dead_are_sent_again_on_the_record(app: Flask, session: Session, server: MailServer, clock: Clock) -> None:
    clock.set(MONDAY)
    make_notices(2, make_people(1))
    server.mode = "554 at data"
    deliver(MONDAY, resolve=to_its_person, compose=plainly, ways={Way.MAIL: server.mail()})
    session.rollback()
    said = run(app, "--retry-dead")
    assert "已重新排队 2 份。" in said
    assert "邮件 待发：2" in said
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "notices.resent")).one()
    assert b'"retried":[' in bytes(event.payload)
    session.rollback()
    server.mode = "accept"
    report = deliver(MONDAY, resolve=to_its_person, compose=plainly, ways={Way.MAIL: server.mail()})
    assert report.sent == len(server.taken) == 2


def test_a_round_is_told_in_one_line() -> None:
    said = "送达  通知 3，邮件和群消息 2；没发成、稍后再试 1，发不出去 0，还剩 4"
    assert sending_words(SendingReport(3, 2, 1, 0, 4)) == said
