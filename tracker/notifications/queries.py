"""What waits in the outbox (发件箱): counts and dates only, nothing of what is written in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from tracker.core.database import db
from tracker.notifications.models import DEAD, Delivery, Notice, WayState
from tracker.notifications.rules import DeliveryState, Waiting, Way
from tracker.notifications.ways import states


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """How many wait for one reason, or stand in one state, and since when the oldest."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A copy that could not be sent (发不出去), with the reason of its last try."""

    id: int
    way: Way
    tries: int
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Outbox:
    """Notices that nobody has been told yet, by reason; how the ways do; copies by way and state; dead letters."""

    notices: dict[Waiting, WaitingGroup]
    ways: dict[Way, WayState]
    copies: dict[tuple[Way, DeliveryState], WaitingGroup]
    dead: list[DeadLetter]


def outbox(now: datetime) -> Outbox:
    """Return the whole outbox as it stands."""
    return Outbox(unaddressed(now), states(), _copies(), _dead())


def unaddressed(now: datetime) -> dict[Waiting, WaitingGroup]:
    """Return the notices that have not come to anybody yet; 没有找到收件人 is an alarm."""
    reason = case(
        (Notice.held.is_(True), Waiting.HELD),
        (Notice.tried_at.is_not(None), Waiting.NOBODY),
        (Notice.not_before > now, Waiting.HOURS),
        else_=Waiting.DUE,
    ).label("reason")
    found = select(reason, func.count(), func.min(Notice.created_at)).where(Notice.addressed_at.is_(None))
    return {
        Waiting(name): WaitingGroup(count, oldest)
        for name, count, oldest in db.session.execute(found.group_by("reason"))
    }


def left(now: datetime) -> int:
    """Count what should be on its way by now and is not: notices to address, copies that wait for a sender."""
    notices = select(func.count()).where(
        Notice.addressed_at.is_(None), Notice.held.is_(False), Notice.not_before <= now
    )
    copies = select(func.count()).where(Delivery.state == DeliveryState.READY)
    return db.session.execute(notices).scalar_one() + db.session.execute(copies).scalar_one()


def _copies() -> dict[tuple[Way, DeliveryState], WaitingGroup]:
    found = select(Delivery.channel, Delivery.state, func.count(), func.min(Notice.created_at)).join(Delivery.notice)
    rows = db.session.execute(found.group_by(Delivery.channel, Delivery.state))
    return {(Way(way), DeliveryState(state)): WaitingGroup(count, oldest) for way, state, count, oldest in rows}


def _dead() -> list[DeadLetter]:
    found = select(Delivery).where(DEAD).order_by(Delivery.not_before, Delivery.id)
    return [
        DeadLetter(copy.id, Way(copy.channel), copy.attempts, copy.not_before, copy.last_error or "")
        for copy in db.session.scalars(found)
    ]
