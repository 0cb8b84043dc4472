"""A way that is down (P12): nobody's tries are used up, nothing is lost, all goes out when it comes back, each once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.notifications.mail_server import MailServer
from tests.notifications.world import MONDAY, make_notices, make_people, plainly, to_its_person
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.jobs.sending import SendingReport, deliver
from tracker.notifications import ways
from tracker.notifications.channels import Carrier, Mail
from tracker.notifications.models import Delivery, Notice, WayState
from tracker.notifications.rules import TRIES, WAY_WAITS, DeliveryState, Message, Outcome, Way, way_wait
from tracker.people.models import User

TEN_DAYS = timedelta(days=10)
HOUR = timedelta(hours=1)
# How a server can be down for ten days: before, at and after the sign-in, and over each mail.
DOWN = ("refuse", "wrong password", "452 at data", "hang")
RIGHT, WRONG = "office:right@", "office:wrong@"


@pytest.fixture
def server() -> Iterator[MailServer]:
    """Give a mail server that asks for a password."""

    def authenticate(*arguments: Any) -> AuthResult:
        return AuthResult(success=arguments[-1].password == b"right", handled=False)

    server = MailServer(authenticator=authenticate, auth_require_tls=False)
    yield server
    server.close()


@dataclass(frozen=True)
class BlamesTheMail:
    """A sender that books every failure on the message, as if the way could not be down."""

    inner: Carrier

    def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
        """Send, and hide what is known of the way."""
        return replace(self.inner.send(message, to=to, message_id=message_id, now=now), closed=False)


@dataclass(frozen=True)
class BreaksOver:
    """A way that breaks over one message and works otherwise."""

    inner: Carrier
    poison: str

    def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
        """Break, or send."""
        if message.link.endswith(self.poison):
            return Outcome(DeliveryState.READY, "邮件服务器中断了连接，或没有及时回答", closed=True, suspect=True)
        return self.inner.send(message, to=to, message_id=message_id, now=now)


def channel(server: MailServer) -> Mail:
    wrong = server.mode == "wrong password"
    return server.mail(account=WRONG if wrong else RIGHT, seconds=0.03 if server.mode == "hang" else 5)


def round_of(way: Carrier, now: datetime) -> SendingReport:
    return deliver(now, resolve=to_its_person, compose=plainly, ways={Way.MAIL: way})


def rounds(way: Carrier, start: datetime, length: timedelta, *, every: timedelta = 4 * HOUR) -> datetime:
    now = start
    while now < start + length:
        round_of(way, now)
        now += every
    return now


def mails(session: Session) -> list[Delivery]:
    session.rollback()
    return list(session.scalars(select(Delivery).where(Delivery.channel == Way.MAIL).order_by(Delivery.id)))


def ten_days_down(server: MailServer, mode: str, way: Carrier, people: list[User]) -> datetime:
    """Let notices be written day by day while the server is down; return when the ten days are over."""
    server.mode = mode
    now = MONDAY
    for _ in range(10):
        make_notices(3, people, now=now)
        make_notices(1, people, now=now, urgent=True)
        now = rounds(way, now, timedelta(days=1))
    return now


@pytest.mark.parametrize("mode", DOWN)
def test_ten_days_lose_nothing(session: Session, server: MailServer, mode: str) -> None:
    server.mode = mode
    people = make_people(3)
    end = ten_days_down(server, mode, channel(server), people)
    waiting = mails(session)
    assert Counter(mail.state for mail in waiting) == {DeliveryState.READY: 40}
    assert max(mail.attempts for mail in waiting) <= 1
    down = ways.states()[Way.MAIL]
    assert down.reason
    assert down.down_since == MONDAY
    server.mode = "accept"
    rounds(channel(server), end, timedelta(days=1), every=WAY_WAITS[-1])
    assert {mail.state for mail in mails(session)} == {DeliveryState.DELIVERED}
    assert Counter(Counter(mail.message_id for mail in server.taken).values()) == {1: 40}
    names = session.scalars(select(Delivery.message_id).join(Delivery.notice).where(Notice.urgent)).all()
    urgent = [mail.message_id in names for mail in server.taken]
    assert urgent == sorted(urgent, reverse=True), "urgent first"
    assert (ways.states()[Way.MAIL].down_since, ways.states()[Way.MAIL].tries) == (None, 0)
    session.rollback()
    assert verify().wrong is None


@pytest.mark.both_databases
def test_ten_days_lose_nothing_on_both_databases(session: Session, server: MailServer) -> None:
    server.mode = "refuse"
    end = ten_days_down(server, "refuse", channel(server), make_people(2))
    server.mode = "accept"
    rounds(channel(server), end, timedelta(days=1))
    assert {mail.state for mail in mails(session)} == {DeliveryState.DELIVERED}
    assert len(server.taken) == len({mail.message_id for mail in server.taken}) == 40


def test_booked_on_the_message_they_would_be_lost(session: Session, server: MailServer) -> None:
    """Negative control: this is what the outbox did before."""
    server.mode = "refuse"
    ten_days_down(server, "refuse", BlamesTheMail(channel(server)), make_people(3))
    assert Counter(mail.state for mail in mails(session))[DeliveryState.DEAD] >= 20


def test_who_is_refused_while_others_wait_is_told_apart(session: Session, server: MailServer) -> None:
    """Mixed: a day of refused connections, one refused recipient, a wrong password, then all is well."""
    people = make_people(3)
    make_notices(6, people)
    server.mode = "refuse"
    now = rounds(channel(server), MONDAY, timedelta(days=1))
    server.mode = "550 at recipient"
    # In this round the server works and knows nobody: only the first mail is claimed before it is told otherwise.
    once = iter([channel(server)])

    class OneMail:
        def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
            way = next(once, None)
            return (
                way.send(message, to=to, message_id=message_id, now=now)
                if way
                else Outcome(DeliveryState.READY, closed=True)
            )

    round_of(OneMail(), now)
    server.mode = "wrong password"
    now = rounds(channel(server), now + HOUR, timedelta(days=3))
    server.mode = "accept"
    rounds(channel(server), now, timedelta(days=1), every=HOUR)
    found = Counter((mail.state, mail.address_refused) for mail in mails(session))
    assert found == {(DeliveryState.DEAD, True): 1, (DeliveryState.DELIVERED, False): 5}
    assert len(server.taken) == 5


def test_a_wrong_password_is_not_tried_so_often_that_the_account_is_locked(
    session: Session, server: MailServer
) -> None:
    server.mode = "wrong password"
    make_notices(5, make_people(1))
    rounds(channel(server), MONDAY, 6 * HOUR, every=timedelta(minutes=1))
    assert ways.states()[Way.MAIL].tries <= 6 * 4 + len(WAY_WAITS)


def test_waits_of_a_way_grow_and_never_end() -> None:
    assert list(WAY_WAITS) == sorted(WAY_WAITS)
    assert [way_wait(1), way_wait(10_000)] == [WAY_WAITS[0], WAY_WAITS[-1]]


@pytest.mark.parametrize("urgent", [False, True])
def test_a_message_that_breaks_the_way_holds_up_nobody_for_long(
    session: Session, server: MailServer, urgent: bool
) -> None:
    people = make_people(2)
    [poison] = make_notices(1, people, urgent=urgent)
    make_notices(20, people)
    way = BreaksOver(channel(server), f"/{poison.id}")
    now = rounds(way, MONDAY, timedelta(minutes=6), every=timedelta(minutes=1))
    assert len(server.taken) == 20
    for _ in range(30):
        now += 6 * HOUR
        make_notices(1, people, now=now, urgent=True)
        rounds(way, now, HOUR, every=timedelta(minutes=10))
    found = Counter((mail.state, mail.attempts) for mail in mails(session))
    assert found == {(DeliveryState.DEAD, TRIES): 1, (DeliveryState.DELIVERED, 1): 50}, (
        "it is given up while the others leave"
    )


def states_of(session: Session) -> Mapping[Way, WayState]:
    session.rollback()
    return ways.states()


@pytest.mark.both_databases
def test_a_way_is_tried_at_once_when_somebody_says_so(session: Session, server: MailServer) -> None:
    server.mode = "refuse"
    [person] = make_people(1)
    make_notices(2, [person])
    now = rounds(channel(server), MONDAY, 3 * HOUR, every=timedelta(minutes=15))
    server.mode = "accept"
    assert round_of(channel(server), now - timedelta(minutes=14)).sent == 0, "its next try has not come"
    with committed():
        ways.try_again(Way.MAIL, by=person, now=now)
    assert round_of(channel(server), now).sent == 2
    assert states_of(session)[Way.MAIL].sent_at == now
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "notices.resent")).one()
    assert b'"way":"mail"' in bytes(event.payload)
    with pytest.raises(DomainError, match="不用再试"), committed():
        ways.try_again(Way.MAIL, by=person, now=now)


def test_what_a_way_does_is_said_in_one_sentence(session: Session, server: MailServer) -> None:
    def said(waiting: int = 0, *, configured: bool = True) -> str:
        session.rollback()
        return ways.sentence(Way.MAIL, ways.states().get(Way.MAIL), waiting, configured=configured)

    assert said() == "邮件还没有发过。"
    assert said(3, configured=False) == "邮件没有启用；3 份等着。"
    make_notices(2, make_people(1))
    server.mode = "refuse"
    round_of(channel(server), MONDAY)
    assert said(2) == (
        "邮件自 2026-11-23 09:00 起发不出去：连不上邮件服务器。已经试了 1 次，2026-11-23 09:01 再试；"
        "2 份等着，恢复后自动发出。"
    )
    server.mode = "accept"
    round_of(channel(server), MONDAY + HOUR)
    assert said() == "邮件能发，上次送出 2026-11-23 10:00。"
    server.mode = "refuse"
    make_notices(1, list(session.scalars(select(User))), now=MONDAY + HOUR)
    round_of(channel(server), MONDAY + HOUR)
    assert said().endswith("已经试了 1 次，有要发的时候再试。")


def test_a_group_that_took_nothing_is_named_beside_those_that_did(session: Session) -> None:
    make_notices(1, make_people(1))
    part = Outcome(DeliveryState.DELIVERED, "1 个群没有收下（共 2 个）")

    class HalfOfTheGroups:
        def send(self, message: Message, *, to: str | None, message_id: str, now: datetime) -> Outcome:
            return part

    deliver(MONDAY, resolve=to_its_person, compose=plainly, ways={Way.CHAT: HalfOfTheGroups()})
    said = ways.sentence(Way.CHAT, states_of(session)[Way.CHAT], 0, configured=True)
    assert said == "群消息能发，上次送出 2026-11-23 09:00，1 个群没有收下（共 2 个）。"
