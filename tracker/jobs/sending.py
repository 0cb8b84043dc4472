"""Sending (发送): notices that may go out are addressed to people, and what must leave the machine is sent.

Every piece is a transaction of its own. None is open while the network is used, so that a mail server that hangs
never keeps a person from writing.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import current_app

from tracker.core.database import committed, db, public_id
from tracker.core.errors import log_defect
from tracker.core.pacing import Pace
from tracker.jobs import subjects
from tracker.notifications import channels, outbox, queries
from tracker.notifications import ways as way_states
from tracker.notifications.channels import Carrier
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.outbox import Resolver
from tracker.notifications.rules import TRIES, DeliveryState, Message, Outcome, Resolved, Way
from tracker.notifications.service import working_time
from tracker.reminders.telling import recipients
from tracker.supervision.messages import messages
from tracker.working_days.queries import calendar

# Much shorter than the lease of a copy; what is left waits for the next round.
ROUND_SECONDS = 60
log = logging.getLogger(__name__)


class Composer(Protocol):
    """Writes what leaves the machine, as things stand now."""

    def __call__(self, delivery: Delivery, *, now: datetime) -> Message | None:
        """Return the message; None where it must not, or need not, be sent any more."""


def resolve(notice: Notice, *, now: datetime) -> Resolved:
    """Return the people that a notice is for, as things stand now."""
    return recipients.resolve(notice, now=now, subjects=subjects.SUBJECTS)


def compose(delivery: Delivery, *, now: datetime) -> Message | None:
    """Return what leaves the machine, as things stand now; None where it must not, or need not, be sent any more."""
    return messages.compose(delivery, now=now, subjects=subjects.SUBJECTS)


@dataclass
class SendingReport:
    """What one round did, and how much is left to be done."""

    addressed: int = 0
    sent: int = 0
    failed: int = 0
    dead: int = 0
    left: int = 0


def deliver(
    now: datetime,
    *,
    resolve: Resolver = resolve,
    compose: Composer = compose,
    ways: Mapping[Way, Carrier] | None = None,
) -> SendingReport:
    """Address and send what may go out at an instant, for a minute at most; `ways` stand in for the configured ones."""
    ways = channels.open_channels(current_app.config) if ways is None else ways
    report, ends = SendingReport(), time.perf_counter() + ROUND_SECONDS
    _address_all(report, now, resolve, ways, ends)
    _send_all(report, now, compose, dict(ways), ends)
    report.left = queries.left(now)
    db.session.rollback()
    return report


def _address_all(
    report: SendingReport, now: datetime, resolve: Resolver, ways: Mapping[Way, Carrier], ends: float
) -> None:
    waiting, pace = outbox.waiting(now), Pace()
    db.session.rollback()
    for notice_id in waiting:
        if time.perf_counter() > ends:
            return
        try:
            with pace.turn():
                report.addressed += outbox.address(notice_id, now=now, resolve=resolve, ways=ways)
        except Exception as error:  # one bad notice must not keep back the others
            log_defect(log, error, "addressing a notice")
            with committed():
                outbox.put_off(notice_id, now=now)


def _send_all(report: SendingReport, now: datetime, compose: Composer, ways: dict[Way, Carrier], ends: float) -> None:
    """Send one copy after the other; a way that does not work is left alone until its next try."""
    owner = public_id()
    urgent_only = working_time(now, calendar()) > now
    ways = {way: ways[way] for way in way_states.open_now(ways, now)}
    db.session.rollback()
    while ways and time.perf_counter() < ends:
        with committed():
            claimed = outbox.claim(now, owner=owner, ways=list(ways), urgent_only=urgent_only)
        if not claimed:
            return
        way, outcome = _attempt(claimed[0], now, compose, ways)
        with committed():
            state = outbox.settle(claimed[0], outcome, owner=owner, now=now)
        report.sent += state == DeliveryState.DELIVERED
        report.failed += state == DeliveryState.READY and not outcome.closed
        report.dead += state == DeliveryState.DEAD
        if outcome.closed:
            del ways[way]


def _attempt(delivery_id: int, now: datetime, compose: Composer, ways: Mapping[Way, Carrier]) -> tuple[Way, Outcome]:
    """Compose a copy and send it; the transaction of composing ends before the network is used."""
    copy = db.session.get_one(Delivery, delivery_id)
    way, tries, message_id, to = Way(copy.channel), copy.attempts, copy.message_id or "", copy.user.email
    try:
        message = compose(copy, now=now)
        db.session.rollback()
        if message is None:
            return way, Outcome(DeliveryState.DROPPED, "已不需要告知")
        if tries > TRIES:
            return way, Outcome(DeliveryState.DEAD, "发送时程序多次中断")
        return way, ways[way].send(message, to=to, message_id=message_id, now=now)
    except Exception as error:  # one bad copy must not keep back the others
        log_defect(log, error, "sending a copy")
        return way, Outcome(DeliveryState.READY, "程序出错，详见运行日志")
    finally:
        db.session.rollback()
