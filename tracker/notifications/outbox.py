"""The outbox (发件箱): notices become copies for people, and copies are leased, sent and settled.

Each function is one short transaction of its caller (`retry_all` is many); between `claim` and `settle` none is open,
so a slow server holds up nobody. What waits is always asked by its state, never by "newer than the last one seen": rows
of a slow transaction become visible late. A sender that dies loses the lease, and the copy is sent again under the same
`message_id`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, or_, select, update

from tracker import audit
from tracker.audit import Event
from tracker.core.database import db, public_id
from tracker.core.pacing import Pace
from tracker.notifications import ways as way_states
from tracker.notifications.models import DEAD, Delivery, Notice, WayState
from tracker.notifications.rules import Addressee, DeliveryState, Outcome, Resolved, Way, wait_after

# Longer than a sender can be busy with one copy: a round of a minute, then every step of a server at its slowest.
LEASE = timedelta(minutes=10)
LOOK_AGAIN = timedelta(hours=1)
# A message over which the way broke waits this much longer than the way.
OTHERS_FIRST = timedelta(minutes=1)
DIGEST = "digest"
NO_WAY = "此人没有可用的发送方式"


class Resolver(Protocol):
    """Finds the people a notice is for, as things stand now."""

    def __call__(self, notice: Notice, *, now: datetime) -> Resolved:
        """Return the people, or why nobody needs to be told any more."""


def waiting(now: datetime) -> list[int]:
    """Return the notices to be addressed now, those that have waited longest first."""
    return list(db.session.scalars(select(Notice.id).where(*_waits(now)).order_by(Notice.not_before, Notice.id)))


def address(notice_id: int, *, now: datetime, resolve: Resolver, ways: Collection[Way]) -> bool:
    """Turn a notice into copies for the people it is for; return whether that was done.

    Not done: another process has it, or nobody was found; then it is looked at again in an hour.
    """
    mine = select(Notice).where(Notice.id == notice_id, *_waits(now)).with_for_update(skip_locked=True, of=Notice)
    notice = db.session.scalar(mine)
    if notice is None:
        return False
    found = resolve(notice, now=now)
    if not found.addressees and not found.drop:
        put_off(notice_id, now=now)
        return False
    notice.addressed_at = now
    copies = [] if found.drop else _copies(notice, found.addressees, ways, now)
    notice.dropped_because = found.drop or (None if copies else NO_WAY)
    db.session.add_all(copies)
    audit.record(
        Event.NOTICE_ADDRESSED,
        by=None,
        now=now,
        case_id=notice.case_id,
        payload={"notice": notice.id, "copies": [[copy.user_id, copy.channel] for copy in copies]},
    )
    return True


def put_off(notice_id: int, *, now: datetime) -> None:
    """Look at a notice again in an hour."""
    db.session.execute(update(Notice).where(Notice.id == notice_id).values(tried_at=now))


def _waits(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Notice.addressed_at.is_(None),
        Notice.held.is_(False),
        Notice.not_before <= now,
        # A day to come is no try: a hint must not keep a notice back for ever.
        or_(Notice.tried_at.is_(None), Notice.tried_at <= now - LOOK_AGAIN, Notice.tried_at > now),
    )


def _copies(notice: Notice, people: tuple[Addressee, ...], ways: Collection[Way], now: datetime) -> list[Delivery]:
    """Make one copy for each person and way; the group (群) gets one in all, and nothing confidential."""
    copies = []
    people = tuple({person.user_id: person for person in people}.values())
    for person in people:
        if notice.source != DIGEST:
            copies.append(_copy(notice, person, Way.INBOX, now))
        if (notice.at_once or notice.source == DIGEST) and person.email and Way.MAIL in ways:
            copies.append(_copy(notice, person, Way.MAIL, now))
    if notice.at_once and notice.source != DIGEST and Way.CHAT in ways and not any(p.confidential for p in people):
        copies.append(_copy(notice, people[0], Way.CHAT, now))
    return copies


def _copy(notice: Notice, person: Addressee, way: Way, now: datetime) -> Delivery:
    here = way is Way.INBOX
    return Delivery(
        notice=notice,
        user_id=person.user_id,
        channel=way,
        because=person.because,
        confidential=person.confidential,
        state=DeliveryState.DELIVERED if here else DeliveryState.READY,
        not_before=now,
        delivered_at=now if here else None,
    )


def claim(now: datetime, *, owner: str, ways: Collection[Way], urgent_only: bool = False, limit: int = 1) -> list[int]:
    """Lease copies that may leave now: urgent ones first, then the oldest. Each claim counts as a try.

    `urgent_only`: outside working time nothing else leaves (紧急件除外).
    """
    free = or_(Delivery.lease_until.is_(None), Delivery.lease_until <= now)
    ready = (Delivery.state == DeliveryState.READY, Delivery.not_before <= now, free)
    found = select(Delivery).join(Delivery.notice).where(*ready, Delivery.channel.in_(ways))
    if urgent_only:
        found = found.where(Notice.urgent.is_(True))
    oldest = found.order_by(Notice.urgent.desc(), Delivery.not_before, Delivery.id).limit(limit)
    leased = list(db.session.scalars(oldest.with_for_update(skip_locked=True, of=Delivery)))
    for copy in leased:
        copy.lease_owner, copy.lease_until = owner, now + LEASE
        copy.message_id = copy.message_id or public_id()
        copy.attempts += 1
    return [copy.id for copy in leased]


def settle(delivery_id: int, outcome: Outcome, *, owner: str, now: datetime) -> DeliveryState:
    """Write down what became of a try; return the state that follows.

    A try that failed is repeated later, up to `TRIES` times; what failed because the way is down uses up none of them.
    A sender that lost the lease may still say that the copy was delivered, since that cannot be undone, but not that it
    failed.
    """
    copy = db.session.get_one(Delivery, delivery_id, with_for_update={"of": Delivery}, populate_existing=True)
    if copy.state != DeliveryState.READY or (copy.lease_owner != owner and outcome.state != DeliveryState.DELIVERED):
        return DeliveryState(copy.state)
    copy.lease_owner = copy.lease_until = None
    way = way_states.booked(Way(copy.channel), outcome, now=now)
    if outcome.closed and not (outcome.suspect and way.tries == 1):
        return _given_back(copy, outcome, way)
    copy.state, copy.last_error, copy.address_refused = outcome.state, outcome.reason, outcome.address_refused
    if outcome.state == DeliveryState.READY:
        _put_off(copy, outcome, way, now)
    elif outcome.state == DeliveryState.DELIVERED:
        copy.delivered_at = now
    if copy.state != DeliveryState.READY:
        payload = {"notice": copy.notice_id, "copy": copy.id, "channel": copy.channel, "state": copy.state}
        audit.record(Event.NOTICES_SENT, by=None, now=now, case_id=copy.notice.case_id, payload=payload)
    return DeliveryState(copy.state)


def _given_back(copy: Delivery, outcome: Outcome, way: WayState) -> DeliveryState:
    """Take back the try: the way is to blame. The copy keeps its place; where it may be the cause, others go first."""
    copy.state = DeliveryState.READY
    copy.attempts -= 1
    if outcome.suspect and way.next_try_at:
        copy.not_before = way.next_try_at + OTHERS_FIRST
    return DeliveryState.READY


def _put_off(copy: Delivery, outcome: Outcome, way: WayState, now: datetime) -> None:
    wait = wait_after(copy.attempts)
    copy.state = DeliveryState.READY if wait else DeliveryState.DEAD
    copy.not_before = now + (wait or timedelta())
    if outcome.suspect and way.next_try_at:
        copy.not_before = max(copy.not_before, way.next_try_at + OTHERS_FIRST)


def retry(ids: Collection[int], *, by: audit.Actor | None, now: datetime) -> int:
    """Let some that could not be sent be sent again (重发), under their old `message_id`; return how many.

    Their way is tried at once, even where it was down.
    """
    dead = select(Delivery).where(Delivery.id.in_(ids), Delivery.state == DeliveryState.DEAD).order_by(Delivery.id)
    copies = list(db.session.scalars(dead.with_for_update(skip_locked=True)))
    for copy in copies:
        copy.state, copy.not_before, copy.attempts, copy.address_refused = DeliveryState.READY, now, 0, False
    if copies:
        way_states.try_at_once({Way(copy.channel) for copy in copies}, now=now)
        audit.record(Event.NOTICES_RESENT, by=by, now=now, payload={"retried": [copy.id for copy in copies]})
    return len(copies)


def retry_all(ids: Sequence[int], *, by: audit.Actor | None, now: datetime, pace: Pace) -> int:
    """Do the same with many (全部重发), turn by turn; broken off, the others are still there to be sent again."""
    count = done = 0
    while done < len(ids):
        with pace.turn():
            some = ids[done : done + pace.rows]
            count, done = count + retry(some, by=by, now=now), done + len(some)
    return count


def dead_ids() -> Sequence[int]:
    """Return everything that could not be sent (发不出去)."""
    return db.session.scalars(select(Delivery.id).where(DEAD)).all()
