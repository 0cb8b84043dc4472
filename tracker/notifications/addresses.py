"""Addresses for mail (通知邮箱): corrected by their owner or an administrator; what bounced is sent to the new one."""

from datetime import datetime

from sqlalchemy import select

from tracker import audit
from tracker.core.database import db
from tracker.notifications.models import Delivery
from tracker.notifications.outbox import retry
from tracker.notifications.rules import DeliveryState
from tracker.notifications.service import announce
from tracker.people.models import User
from tracker.people.service import change_email
from tracker.working_days.queries import calendar

SOURCE = "account"


def change_address(user: User, email: str, *, by: audit.Actor, now: datetime) -> int:
    """Set or clear somebody's address; return how many mails that the old one refused go to the new one.

    A person whose address was changed by another is told in the inbox: their notices go there from now on.
    """
    if by.id != user.id:
        _tell(user, now)
    change_email(user, email, by=by, now=now)
    refused = select(Delivery.id).where(
        Delivery.state == DeliveryState.DEAD, Delivery.address_refused.is_(True), Delivery.user_id == user.id
    )
    return retry(db.session.scalars(refused).all(), by=by, now=now)


def _tell(user: User, now: datetime) -> None:
    announce(
        f"{SOURCE}:{user.id}:{now.isoformat()}",
        now=now,
        days=calendar(),
        source=SOURCE,
        source_id=user.id,
        user_id=user.id,
        heading="邮箱变更",
        why="系统管理员修改了您的通知邮箱。",
        asked="请在“我的账号”里核对，不对的立即改正，并告诉系统管理员。",
    )
