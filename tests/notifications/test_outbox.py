"""Addressing, leasing, settling: each piece of the outbox by itself, on both databases."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.broken_off import BrokenOff
from tests.notifications.world import MONDAY, make_notices, make_people, to_its_person
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.core.database import committed
from tracker.core.pacing import Pace
from tracker.notifications import outbox, queries
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import (
    STATE_LABELS,
    TRIES,
    WAITING_LABELS,
    WAITS,
    WAY_LABELS,
    Addressee,
    DeliveryState,
    Outcome,
    Resolved,
    Waiting,
    Way,
    wait_after,
)
from tracker.notifications.service import CLOSES

pytestmark = pytest.mark.both_databases

EVERY_WAY = (Way.MAIL, Way.CHAT)
LATER = Outcome(DeliveryState.READY, "连不上邮件服务器")
DELIVERED = Outcome(DeliveryState.DELIVERED)


def address_all(now: datetime = MONDAY, *, resolve: Any = to_its_person, ways: Sequence[Way] = EVERY_WAY) -> int:
    count = 0
    for notice_id in outbox.waiting(now):
        with committed():
            count += outbox.address(notice_id, now=now, resolve=resolve, ways=ways)
    return count


def copies(session: Session) -> list[tuple[str, str]]:
    return [(copy.channel, copy.state) for copy in session.scalars(select(Delivery).order_by(Delivery.id))]


INBOX, MAIL, CHAT = ("inbox", "delivered"), ("mail", "ready"), ("chat", "ready")
WAYS = [
    ({}, EVERY_WAY, [INBOX, MAIL, CHAT]),
    ({}, (Way.MAIL,), [INBOX, MAIL]),
    ({}, (), [INBOX]),
    ({"at_once": False}, EVERY_WAY, [INBOX]),
    ({"source": "digest", "at_once": False}, EVERY_WAY, [MAIL]),
    ({"source": "digest", "at_once": False}, (), []),
]


@pytest.mark.parametrize(("facts", "ways", "made"), WAYS)
def test_a_notice_becomes_copies(session: Session, facts: dict[str, Any], ways: Sequence[Way], made: list[Any]) -> None:
    [notice] = make_notices(1, make_people(1), **facts)
    assert address_all(ways=ways) == 1
    assert copies(session) == made
    assert notice.addressed_at == MONDAY
    assert notice.dropped_because == (None if made else outbox.NO_WAY)
    assert address_all(ways=ways) == 0, "nobody is told twice"


def test_addressing_is_on_the_record_by_numbers_only(session: Session) -> None:
    [person] = make_people(1)
    [notice] = make_notices(1, [person])
    address_all()
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "notice.addressed")).one()
    said = bytes(event.payload).decode()
    assert f'"copies":[[{person.id},"inbox"],[{person.id},"mail"],[{person.id},"chat"]]' in said
    assert notice.why not in said
    assert "@" not in said
    session.rollback()
    assert verify().wrong is None


def test_a_group_gets_one_message_and_nothing_confidential(session: Session) -> None:
    people = make_people(3)
    make_notices(1, people)

    def all_three(notice: Notice, *, now: datetime) -> Resolved:
        return Resolved(tuple(Addressee(p.id, "您是承办人", confidential=secret, email=p.email) for p in people * 2))

    secret = False
    address_all(resolve=all_three)
    assert copies(session) == [INBOX, MAIL] * 3 + [CHAT]
    secret = True
    make_notices(1, people)
    address_all(resolve=all_three)
    assert copies(session)[7:] == [INBOX, MAIL] * 3


def test_what_need_not_be_told_any_more_says_why(session: Session) -> None:
    [notice] = make_notices(1, make_people(1))
    assert address_all(resolve=lambda _notice, now: Resolved(drop="本件已并案")) == 1
    assert (notice.addressed_at, notice.dropped_because) == (MONDAY, "本件已并案")
    assert copies(session) == []


def test_nobody_found_is_an_alarm_and_looked_for_again(session: Session) -> None:
    make_notices(1, [])
    people = make_people(1)
    assert address_all() == 0
    assert queries.unaddressed(MONDAY)[Waiting.NOBODY].count == 1
    assert outbox.waiting(MONDAY + timedelta(minutes=59)) == []

    def found(notice: Notice, *, now: datetime) -> Resolved:
        return Resolved((Addressee(people[0].id, "您是分管领导"),))

    assert address_all(MONDAY + timedelta(hours=1), resolve=found) == 1
    assert queries.unaddressed(MONDAY) == {}


def test_a_try_that_lies_ahead_keeps_nothing_back(session: Session) -> None:
    """The column is a hint that nobody seals: a day of 2099 in it must not silence a notice."""
    make_notices(1, make_people(1))
    with committed():
        session.execute(update(Notice).values(tried_at=MONDAY + timedelta(days=26_000)))
    assert len(outbox.waiting(MONDAY)) == 1


def test_what_is_held_or_too_early_is_left_alone(session: Session) -> None:
    people = make_people(1)
    make_notices(1, people, held=True)
    make_notices(1, people, now=MONDAY.replace(hour=CLOSES[0], minute=CLOSES[1]))
    make_notices(1, people)
    assert len(outbox.waiting(MONDAY)) == 1
    found = queries.unaddressed(MONDAY)
    assert {reason: group.count for reason, group in found.items()} == dict.fromkeys(
        (Waiting.HELD, Waiting.HOURS, Waiting.DUE), 1
    )
    assert len(outbox.waiting(MONDAY + timedelta(days=1))) == 2


def claim(now: datetime = MONDAY, owner: str = "first", **options: Any) -> list[int]:
    with committed():
        return outbox.claim(now, owner=owner, ways=options.pop("ways", [Way.MAIL]), **options)


def settle(copy: int, outcome: Outcome, now: datetime = MONDAY, owner: str = "first") -> DeliveryState:
    with committed():
        return outbox.settle(copy, outcome, owner=owner, now=now)


@pytest.fixture
def one(session: Session) -> Delivery:
    """One mail that is ready."""
    make_notices(1, make_people(1))
    address_all(ways=[Way.MAIL])
    return session.scalars(select(Delivery).where(Delivery.channel == Way.MAIL)).one()


def test_a_lease_keeps_others_away_until_it_ends(one: Delivery) -> None:
    assert claim() == [one.id]
    name = one.message_id
    assert claim(MONDAY + outbox.LEASE - timedelta(seconds=1), "second") == []
    assert claim(MONDAY + outbox.LEASE, "second") == [one.id]
    assert (one.message_id, one.attempts, one.lease_owner) == (name, 2, "second")


def test_who_lost_the_lease_may_say_sent_but_not_failed(one: Delivery) -> None:
    claim()
    later = MONDAY + outbox.LEASE
    claim(later, "second")
    assert settle(one.id, LATER, later) == DeliveryState.READY
    assert settle(one.id, DELIVERED, later) == DeliveryState.DELIVERED
    assert settle(one.id, LATER, later, "second") == DeliveryState.DELIVERED
    assert (one.delivered_at, one.lease_owner) == (later, None)


def test_tries_are_spaced_out_for_more_than_a_day_and_then_end(one: Delivery, session: Session) -> None:
    now, tries = MONDAY, 0
    while claim(now) and settle(one.id, LATER, now) == DeliveryState.READY:
        tries += 1
        assert claim(one.not_before - timedelta(seconds=1)) == []
        now = one.not_before
    assert tries + 1 == one.attempts == TRIES == len(WAITS) + 1
    assert now - MONDAY > timedelta(hours=24)
    assert (one.state, one.last_error) == (DeliveryState.DEAD, LATER.reason)
    assert claim(now + timedelta(days=9)) == []
    events = session.scalars(select(AuditEvent.kind).where(AuditEvent.kind == "notices.sent")).all()
    assert len(events) == 1, "tries are not on the record, their end is"


def test_waits_grow() -> None:
    assert list(WAITS) == sorted(WAITS)
    assert [wait_after(1), wait_after(TRIES)] == [timedelta(minutes=1), None]


def test_the_dead_are_sent_again_under_their_name(one: Delivery) -> None:
    claim()
    name = one.message_id
    settle(one.id, Outcome(DeliveryState.DEAD, "拒收"))
    assert claim(MONDAY + timedelta(days=1)) == []
    with committed():
        assert outbox.retry(outbox.dead_ids(), by=None, now=MONDAY) == 1
    assert claim() == [one.id]
    assert (one.message_id, one.attempts) == (name, 1)


def test_sending_many_again_goes_on_where_it_was_broken_off(session: Session) -> None:
    make_notices(3, make_people(1))
    address_all(MONDAY, ways=[Way.MAIL])
    for _ in range(3):
        settle(claim()[0], Outcome(DeliveryState.DEAD, "拒收"))
    dead = outbox.dead_ids()
    assert len(dead) == 3
    with pytest.raises(KeyboardInterrupt):
        outbox.retry_all(dead, by=None, now=MONDAY, pace=BrokenOff(2))
    assert outbox.dead_ids() == dead[2:]
    assert outbox.retry_all(dead, by=None, now=MONDAY, pace=Pace()) == 1
    resent = select(AuditEvent.payload).where(AuditEvent.kind == "notices.resent").order_by(AuditEvent.seq)
    retried = session.scalars(resent).all()
    assert [json.loads(payload)["retried"] for payload in retried] == [[id_] for id_ in dead]


def test_urgent_ones_go_first_then_the_oldest(session: Session) -> None:
    people = make_people(1)
    make_notices(2, people)
    make_notices(1, people, urgent=True)
    address_all(MONDAY, ways=[Way.MAIL])
    mails = session.scalars(select(Delivery).where(Delivery.channel == Way.MAIL).order_by(Delivery.id)).all()
    first, second, urgent = (mail.id for mail in mails)
    assert claim(limit=2) == [urgent, first]
    assert claim(urgent_only=True) == []
    assert claim() == [second]


def test_a_row_that_becomes_visible_late_is_not_passed_over(app: Flask, session: Session) -> None:
    """A sender that asks for what is newer than the last one it saw would lose it (P12)."""
    people = make_people(1)
    early, late = (notice.id for notice in make_notices(2, people))
    with committed():
        assert outbox.address(late, now=MONDAY, resolve=to_its_person, ways=[Way.MAIL])
    assert len(claim()) == 1
    with committed():
        assert outbox.address(early, now=MONDAY, resolve=to_its_person, ways=[Way.MAIL])
    assert len(claim()) == 1


def test_every_state_has_a_label() -> None:
    for labels, kind in ((WAY_LABELS, Way), (STATE_LABELS, DeliveryState), (WAITING_LABELS, Waiting)):
        assert set(labels) == set(kind)
