"""Opening one's own messages (打开消息): when a person first knew is kept on the copy, sealed in the log of acts."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from tracker import audit
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import Way


def open_message(notice_public_id: str, *, by: audit.Actor, now: datetime) -> Notice:
    """Note that a person opens their copy of a notice, the first time with a line in the log (打开消息).

    Raises NotFound for a notice that they were not sent, as for one that does not exist.
    """
    mine = (Notice.public_id == notice_public_id, Delivery.user_id == by.id, Delivery.channel == Way.INBOX)
    copy = db.session.scalar(
        select(Delivery).join(Delivery.notice).where(*mine).options(contains_eager(Delivery.notice))
    )
    if copy is None:
        raise NotFound
    if copy.opened_at is None:
        copy.opened_at = now
        audit.record(
            audit.Event.NOTICE_OPENED, by=by, now=now, case_id=copy.notice.case_id, payload={"notice": copy.notice_id}
        )
    return copy.notice


def mark_read(delivery_ids: Collection[int], *, by: audit.Actor, now: datetime) -> int:
    """Note that a person read messages in the list, without opening their cases (标为已读); return how many."""
    unread = (Delivery.id.in_(delivery_ids), Delivery.user_id == by.id, Delivery.opened_at.is_(None))
    copies = db.session.scalars(select(Delivery).where(*unread).order_by(Delivery.id)).all()
    for copy in copies:
        copy.opened_at = now
    if copies:
        payload = {"notices": [copy.notice_id for copy in copies], "in_list": True}
        audit.record(audit.Event.NOTICE_OPENED, by=by, now=now, payload=payload)
    return len(copies)
