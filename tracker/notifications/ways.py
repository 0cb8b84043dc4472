"""The ways out of the machine (发送方式): whether each works, since when it does not and why, when it is tried again.

A way that is down is nobody's fault among those who wait for it: it is booked here, once, and asked ever more rarely,
for as long as it takes. The first message that goes through opens it again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tracker import audit
from tracker.audit import Event
from tracker.core.clock import local
from tracker.core.database import db
from tracker.core.errors import DomainError
from tracker.notifications.models import WayState
from tracker.notifications.rules import WAY_LABELS, DeliveryState, Outcome, Way, way_wait


def states() -> dict[Way, WayState]:
    """Return how each way does that was ever tried."""
    return {Way(row.way): row for row in db.session.scalars(select(WayState))}


def sentence(way: Way, row: WayState | None, waiting: int, *, configured: bool) -> str:
    """Return how a way does: 邮件自 2026-11-20 09:00 起发不出去：连不上邮件服务器。"""
    label, wait = WAY_LABELS[way], f"；{waiting} 份等着" if waiting else ""
    if not configured:
        return f"{label}没有启用{wait}。"
    if row is None or row.sent_at is None and row.down_since is None:
        return f"{label}还没有发过{wait}。"
    if row.down_since is None:
        missed = f"，{row.reason}" if row.reason else ""
        return f"{label}能发，上次送出 {_at(row.sent_at)}{missed}{wait}。"
    again = f"{_at(row.next_try_at)} 再试{wait}，恢复后自动发出" if waiting else "有要发的时候再试"
    return f"{label}自 {_at(row.down_since)} 起发不出去：{row.reason}。已经试了 {row.tries} 次，{again}。"


def _at(instant: datetime | None) -> str:
    return f"{local(instant):%Y-%m-%d %H:%M}" if instant else "—"


def open_now(ways: Iterable[Way], now: datetime) -> set[Way]:
    """Return the ways that work, and those that are down whose next try has come."""
    closed = {way for way, row in states().items() if row.next_try_at is not None and row.next_try_at > now}
    return set(ways) - closed


def booked(way: Way, outcome: Outcome, *, now: datetime) -> WayState:
    """Book a try on its way: down, with the reason and the next try, or at work again.

    A way that took a message and still has a reason missed some of its groups.
    """
    row = _locked(way)
    if outcome.closed:
        row.down_since = row.down_since or now
        row.reason = outcome.reason
        row.tries += 1
        row.next_try_at = now + way_wait(row.tries)
    elif outcome.answered or outcome.state is DeliveryState.DELIVERED:
        row.down_since = row.reason = row.next_try_at = None
        row.tries = 0
    if outcome.state is DeliveryState.DELIVERED:
        row.sent_at, row.reason = now, outcome.reason
    return row


def _locked(way: Way) -> WayState:
    """Return the row of a way, locked; made where it is first needed."""
    mine = select(WayState).where(WayState.way == way).with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(mine)
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            db.session.add(WayState(way=way, tries=0))
    except IntegrityError:
        pass  # another sender was first
    return db.session.scalars(mine).one()


def try_at_once(ways: Collection[Way], *, now: datetime) -> int:
    """Let ways that are down be tried in the next round; return how many are."""
    down = select(WayState).where(WayState.way.in_(ways), WayState.down_since.is_not(None)).order_by(WayState.way)
    rows = db.session.scalars(down.with_for_update()).all()
    for row in rows:
        row.next_try_at = now
    return len(rows)


def try_again(way: Way, *, by: audit.Actor, now: datetime) -> None:
    """Try a way at once that is down (马上再试). Raises DomainError where it works."""
    if not try_at_once((way,), now=now):
        raise DomainError(f"{WAY_LABELS[way]}现在能发，不用再试。")
    audit.record(Event.NOTICES_RESENT, by=by, now=now, payload={"way": way.value})
