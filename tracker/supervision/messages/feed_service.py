"""日历订阅: a secret address for one's own due dates, made and ended by the person alone."""

import secrets
from datetime import datetime

from sqlalchemy import select

from tracker import audit
from tracker.audit import Actor, Event
from tracker.core.database import db
from tracker.people.service import token_hash
from tracker.supervision.papers.models import CalendarFeed

TOKEN_BYTES = 32


def make_feed(*, by: Actor, now: datetime) -> str:
    """Make a new secret address (生成订阅地址) and return its token, which is kept nowhere; the old address ends."""
    ended = _end_all(by.id, now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed(user_id=by.id, token_hash=token_hash(token), made_at=now)
    db.session.add(feed)
    db.session.flush()
    audit.record(Event.FEED_CHANGED, by=by, now=now, payload={"made": feed.id, "ended": ended})
    return token


def end_feed(*, by: Actor | None, now: datetime, of_id: int | None = None) -> bool:
    """End one's address (停用订阅), or that of a person whose password was given anew; say whether there was one."""
    whose = of_id or (by.id if by else 0)
    ended = _end_all(whose, now)
    if ended:
        audit.record(Event.FEED_CHANGED, by=by, now=now, payload={"ended": ended})
    return bool(ended)


def _end_all(user_id: int, now: datetime) -> list[int]:
    live = (
        select(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.ended_at.is_(None)).with_for_update()
    )
    rows = db.session.scalars(live).all()
    for row in rows:
        row.ended_at = now
    return [row.id for row in rows]
