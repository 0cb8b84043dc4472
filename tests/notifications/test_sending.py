"""Five hundred notices through a mail server that fails in every way: all arrive, and none twice without need."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.architecture.sources import PROJECT
from tests.conftest import Clock
from tests.databases import TestDatabase
from tests.notifications.mail_server import MailServer
from tests.notifications.world import MONDAY, make_notices, make_people, plainly, to_its_person
from tracker import audit
from tracker.audit import Event
from tracker.core.database import committed, db, public_id
from tracker.jobs.sending import SendingReport, deliver
from tracker.notifications.channels import Carrier, Mail
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.outbox import LEASE
from tracker.notifications.rules import DeliveryState, Message, Outcome, Way
from tracker.notifications.ways import states

STEP = timedelta(minutes=5)
SIX_HOURS = 72
# What the server does in each step of five minutes, over and over.
TROUBLE = ("refuse", "die", "421 at mail", "drop", "die", "hang", "refuse", "die")
Wrap = Callable[[Mail], Carrier]


@dataclass(frozen=True)
class Watched:
    """A channel that fails the test where a transaction is open while the network is used."""

    inner: Carrier

    def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
        """Look, then send."""
        assert not db.session().in_transaction()
        return self.inner.send(message, to=to, message_id=message_id, now=now)


@dataclass(frozen=True)
class NewIds:
    """A sender that gives a mail a new Message-ID with each try."""

    inner: Carrier

    def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
        """Send under another name."""
        return self.inner.send(message, to=to, message_id=public_id(), now=now)


@dataclass(frozen=True)
class MarksBefore:
    """A sender that counts a mail as delivered before it is: what went wrong afterwards is never known."""

    inner: Carrier

    def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
        """Send, and call it sent."""
        self.inner.send(message, to=to, message_id=message_id, now=now)
        return Outcome(DeliveryState.DELIVERED)


def round_of(server: MailServer, now: datetime, wrap: Wrap = Watched) -> SendingReport:
    ways = {Way.MAIL: wrap(server.mail(seconds=0.2))}
    return deliver(now, resolve=to_its_person, compose=plainly, ways=ways)


def live_through(server: MailServer, count: int, *, steps: int = SIX_HOURS, wrap: Wrap = Watched) -> datetime:
    """Let the server fail for six hours, five minutes at a time, and then work; return when everything was out."""
    make_notices(count, make_people(5))
    now = MONDAY
    for step in range(steps):
        # Once every message is greylisted, one after the other.
        server.mode = "451 at recipient" if step == steps // 4 else TROUBLE[step % len(TROUBLE)]
        round_of(server, now, wrap)
        now += STEP
    server.mode = "accept"
    while round_of(server, now, wrap).left:
        now += STEP
        assert now < MONDAY + timedelta(hours=8), "the outbox does not empty"
    return now


def judged(server: MailServer, count: int) -> list[str]:
    """Return what is wrong: a mail missing, a mail twice without need, a copy in the inbox missing or twice."""
    copies = db.session.scalars(select(Delivery).join(Delivery.notice).order_by(Delivery.id)).all()
    inbox = Counter((copy.notice_id, copy.user_id) for copy in copies if copy.channel == Way.INBOX)
    mails = {copy.message_id: copy for copy in copies if copy.channel == Way.MAIL}
    taken = Counter(mail.message_id for mail in server.taken)
    wrong = [f"{key} {times} times in the inbox" for key, times in inbox.items() if times != 1]
    if len(inbox) != count or len(mails) != count:
        wrong.append(f"{len(inbox)} in the inbox and {len(mails)} mails for {count} notices")
    for message_id, copy in mails.items():
        if copy.state != DeliveryState.DELIVERED:
            wrong.append(f"{copy.id} is {copy.state}")
        # Taken once, and once more for each time the server broke after taking it.
        if taken[message_id or ""] != 1 + server.unconfirmed[message_id or ""]:
            wrong.append(f"{copy.id} arrived {taken[message_id or '']} times")
    wrong += [f"a mail of nobody's: {message_id}" for message_id in taken.keys() - mails.keys()]
    return wrong


@pytest.mark.long
def test_five_hundred_survive_six_hours(session: Session, server: MailServer) -> None:
    done = live_through(server, 500)
    assert judged(server, 500) == []
    twice = sum(server.unconfirmed.values())
    assert twice >= 8
    assert len(server.taken) == 500 + twice
    assert done - MONDAY < timedelta(hours=7), "what waited goes out soon after the server works again"


@pytest.mark.both_databases
def test_a_few_survive_on_both_databases(session: Session, server: MailServer) -> None:
    live_through(server, 25, steps=24)
    assert judged(server, 25) == []
    assert server.unconfirmed


@pytest.mark.parametrize("wrap", [NewIds, MarksBefore])
def test_the_judge_sees_what_is_wrong(session: Session, server: MailServer, wrap: Wrap) -> None:
    live_through(server, 25, steps=24, wrap=wrap)
    assert judged(server, 25)


# ── P13: a slow server keeps nobody from writing ──


def writes(app: Flask) -> threading.Thread:
    """Start an action of somebody else, which writes to the log."""

    def act() -> None:
        with app.app_context(), committed():
            audit.record(Event.CLOCK_CONFIRMED, by=None, now=MONDAY)

    thread = threading.Thread(target=act)
    thread.start()
    return thread


def politely(app: Flask, mail: Mail) -> None:
    with app.app_context():
        deliver(MONDAY, resolve=to_its_person, compose=plainly, ways={Way.MAIL: Watched(mail)})


def rudely(app: Flask, mail: Mail) -> None:
    """Send inside the transaction."""
    with app.app_context(), committed():
        audit.record(Event.NOTICES_SENT, by=None, now=MONDAY)
        message = Message("【催办】", "请办理", "https://xf.example.gov.cn")
        mail.send(message, to="a@b.cn", message_id=public_id(), now=MONDAY)


@pytest.mark.both_databases
@pytest.mark.parametrize(("sender", "in_time"), [(politely, True), (rudely, False)])
def test_while_a_server_hangs_others_write(
    app: Flask, server: MailServer, sender: Callable[[Flask, Mail], None], in_time: bool
) -> None:
    with app.app_context():
        make_notices(1, make_people(1))
    server.mode = "hang"
    sending = threading.Thread(target=sender, args=(app, server.mail(seconds=30)))
    sending.start()
    assert server.reached_text.wait(5)
    started = time.perf_counter()
    writing = writes(app)
    # The server hangs for thirty seconds: a few are the machine's own.
    writing.join(5 if in_time else 0.5)
    assert writing.is_alive() is not in_time
    if in_time:
        assert app.test_client().get("/sign-in").status_code == 200
        assert time.perf_counter() - started < 5
    assert sending.is_alive()
    server.mode = "accept"
    for thread in (sending, writing):
        thread.join(10)
        assert not thread.is_alive()
    assert len(server.taken) == 1


# ── A sender that is killed ──

KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from tests.databases import make_app
from tests.notifications.world import plainly, to_its_person
from tracker.jobs.sending import deliver
from tracker.notifications.channels import Mail
from tracker.notifications.rules import Way

data, url, now, server = sys.argv[1:]

class Killed:
    def send(self, message, **options):
        Mail(urlsplit(server), "taizhang@xf.example.gov.cn").send(message, **options)
        os.kill(os.getpid(), signal.SIGKILL)

with make_app(Path(data), url).app_context():
    ways = {Way.MAIL: Killed()}
    deliver(datetime.fromisoformat(now), resolve=to_its_person, compose=plainly, ways=ways)
"""


@pytest.mark.both_databases
def test_what_a_killed_sender_held_is_sent_under_the_same_name(
    database: TestDatabase, session: Session, server: MailServer
) -> None:
    make_notices(1, make_people(1))
    url = str(database.app.config["SQLALCHEMY_DATABASE_URI"])
    address = server.mail().server.geturl()
    arguments = [str(database.data), url, MONDAY.isoformat(), address]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments], cwd=PROJECT, env={**os.environ, "PYTHONPATH": "."}, check=False
    )
    assert done.returncode == -9
    held = session.scalars(select(Delivery).where(Delivery.channel == Way.MAIL)).one()
    assert (held.state, held.lease_owner is None, held.attempts) == (DeliveryState.READY, False, 1)
    name = held.message_id
    session.rollback()
    assert round_of(server, MONDAY + LEASE - STEP).sent == 0, "the lease still runs"
    assert round_of(server, MONDAY + LEASE).sent == 1
    assert [mail.message_id for mail in server.taken] == [name] * 2
    assert session.scalar(select(func.count()).where(Delivery.channel == Way.INBOX)) == 1


# ── Rounds ──


@pytest.mark.both_databases
def test_two_senders_at_once_send_everything_once(app: Flask, server: MailServer) -> None:
    with app.app_context():
        make_notices(30, make_people(3))
    reports: list[SendingReport] = []

    def work() -> None:
        with app.app_context():
            reports.append(round_of(server, MONDAY))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(report.addressed for report in reports) == 30
    assert sum(report.sent for report in reports) == 30
    assert len(server.taken) == len({mail.message_id for mail in server.taken}) == 30


def test_a_server_that_is_down_is_asked_once_in_a_round(session: Session, server: MailServer) -> None:
    make_notices(20, make_people(2))
    server.mode = "refuse"
    report = round_of(server, MONDAY)
    assert (report.addressed, report.sent, report.failed, report.left) == (20, 0, 0, 20)
    assert [row.tries for row in states().values()] == [1]


def test_a_recipient_who_does_not_exist_holds_up_nobody(session: Session, server: MailServer) -> None:
    people = make_people(1)
    make_notices(3, people)
    server.mode = "550 at recipient"
    report = round_of(server, MONDAY)
    assert (report.sent, report.failed, report.dead, report.left) == (0, 0, 3, 0)


def test_outside_working_time_only_what_is_urgent_leaves(session: Session, server: MailServer, clock: Clock) -> None:
    people = make_people(1)
    make_notices(2, people)
    round_of(server, MONDAY - timedelta(days=1))
    server.mode = "refuse"
    round_of(server, MONDAY)
    server.mode = "accept"
    evening = MONDAY.replace(hour=20)
    make_notices(1, people, now=evening, urgent=True)
    assert round_of(server, evening).sent == 1
    assert round_of(server, MONDAY + timedelta(days=1)).sent == 2


def test_a_defect_in_one_notice_holds_up_nobody(
    session: Session, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    people = make_people(1)
    bad, worse, *_ = [notice.id for notice in make_notices(4, people)]

    def resolve(notice: Notice, *, now: datetime) -> Any:
        if notice.id == bad:
            raise KeyError("张三")
        return to_its_person(notice, now=now)

    def compose(delivery: Delivery, *, now: datetime) -> Message | None:
        if delivery.notice_id == worse:
            raise KeyError("李四")
        return plainly(delivery, now=now)

    ways: dict[Way, Carrier] = {Way.MAIL: server.mail()}
    report = deliver(MONDAY, resolve=resolve, compose=compose, ways=ways)
    assert (report.addressed, report.sent, report.failed) == (3, 2, 1)
    assert "KeyError" in caplog.text
    assert "张三" not in caplog.text
    assert "李四" not in caplog.text
    assert deliver(MONDAY, resolve=resolve, compose=compose, ways=ways).addressed == 0
    hour_later = MONDAY + timedelta(hours=1)
    assert deliver(hour_later, resolve=to_its_person, compose=plainly, ways=ways).addressed == 1
    assert session.scalar(select(func.count()).where(Delivery.state != DeliveryState.DELIVERED)) == 0


def test_what_need_not_be_sent_any_more_is_dropped(session: Session, server: MailServer) -> None:
    make_notices(1, make_people(1))

    def nothing(delivery: Delivery, *, now: datetime) -> Message | None:
        return None

    deliver(MONDAY, resolve=to_its_person, compose=nothing, ways={Way.MAIL: server.mail()})
    assert server.taken == []
    mail = session.scalars(select(Delivery).where(Delivery.channel == Way.MAIL)).one()
    assert (mail.state, mail.last_error) == (DeliveryState.DROPPED, "已不需要告知")


def test_a_copy_that_kills_its_sender_is_given_up(session: Session, server: MailServer) -> None:
    make_notices(1, make_people(1))

    class Dies:
        def send(self, message: Message, **_: Any) -> Outcome:
            raise SystemExit

    now, tries = MONDAY, 0
    while now < MONDAY + timedelta(hours=8):
        try:
            deliver(now, resolve=to_its_person, compose=plainly, ways={Way.MAIL: Dies()})
        except SystemExit:
            tries += 1
        now += LEASE
    assert tries == 11
    mail = session.scalars(select(Delivery).where(Delivery.channel == Way.MAIL)).one()
    assert (mail.state, mail.last_error) == (DeliveryState.DEAD, "发送时程序多次中断")


def test_with_nothing_configured_the_inbox_is_enough(app: Flask, session: Session) -> None:
    make_notices(3, make_people(1))
    report = deliver(MONDAY, resolve=to_its_person, compose=plainly)
    assert (report.addressed, report.sent, report.left) == (3, 0, 0)
    assert set(session.scalars(select(Delivery.channel))) == {Way.INBOX}
