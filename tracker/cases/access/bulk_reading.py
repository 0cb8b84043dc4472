"""大量查阅告警: who reads unusually much in a short time is told to 安全管理员 and 审计管理员, who read no matter.

Whoever reads counts, readings in duty too: whether they had to is for the auditor to see. Counted is the log of
readings itself, beside the pages, so that no page and no time of one tells anybody how near they are.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker import audit
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.audit.service import READINGS
from tracker.cases.record.models import BulkReading
from tracker.core.clock import local, local_date
from tracker.core.database import db, locked
from tracker.notifications.service import announce
from tracker.people.models import Post, User
from tracker.people.queries.accounts import held_on
from tracker.people.rules import Role
from tracker.working_days.queries import calendar

SOURCE = "bulk_reading"
# Who is told.
KEEPERS = (Role.SECURITY_ADMINISTRATOR, Role.AUDITOR)
HEADING = "短时间内大量查阅"
ASKED = "请向本人、其单位负责人核实是否工作需要；查阅了哪些，由审计管理员在日志里核对。"


class BulkKind(StrEnum):
    """What is read in bulk."""

    MATTERS = "matters"
    IDENTITIES = "identities"
    ROWS = "rows"


@dataclass(frozen=True)
class BulkRule:
    """How much of a kind of reading is unusual: so many within a time, said as `words`."""

    words: str
    events: tuple[Event, ...]
    at_least: int
    within: timedelta


HOUR = timedelta(hours=1)
# 120 matters in an hour are one every half minute without a pause: who classifies, urges or signs one by one needs
# longer for each. To open an identity a purpose is written; 30 in an hour are twice what a morning of call-backs
# takes. The list of a month of a county has some hundred rows; 1,000 are most of a year.
BULK: dict[BulkKind, BulkRule] = {
    BulkKind.MATTERS: BulkRule(
        "打开、打印信访事项或者下载其材料，涉及 {} 件以上",
        (Event.CASE_READ, Event.CASE_PRINTED, Event.ATTACHMENT_READ),
        120,
        HOUR,
    ),
    BulkKind.IDENTITIES: BulkRule("查看信访人身份，涉及 {} 件以上", (Event.IDENTITY_OPENED,), 30, HOUR),
    BulkKind.ROWS: BulkRule("导出台账 {} 行以上", (Event.LEDGER_EXPORTED,), 1000, HOUR),
}


def unusual(now: datetime) -> list[tuple[int, BulkKind]]:
    """Return who read so much of what kind just now, and was not told of yet, by person and kind."""
    found = [(user_id, kind) for kind in BULK for user_id in _beyond(kind, now)]
    return sorted((user_id, kind) for user_id, kind in found if not _told(user_id, kind, now))


def _beyond(kind: BulkKind, now: datetime) -> list[int]:
    rule = BULK[kind]
    lines = (AuditEvent.log_id == READINGS, AuditEvent.kind.in_(rule.events), AuditEvent.actor_id.is_not(None))
    # The log is in the order of time: it is read backwards from its end, as far as the time goes.
    before = select(AuditEvent.seq).where(AuditEvent.log_id == READINGS, AuditEvent.at_utc <= now - rule.within)
    last = before.order_by(AuditEvent.seq.desc()).limit(1).scalar_subquery()
    recent = (*lines, AuditEvent.seq > func.coalesce(last, 0))
    if kind is BulkKind.ROWS:
        return _exported(db.session.execute(select(AuditEvent.actor_id, AuditEvent.payload).where(*recent)).all())
    many = func.count(AuditEvent.case_id.distinct()) >= rule.at_least
    return [
        user_id
        for user_id in db.session.scalars(
            select(AuditEvent.actor_id).where(*recent).group_by(AuditEvent.actor_id).having(many)
        )
        if user_id is not None
    ]


def _exported(lines: Sequence[tuple[int | None, bytes]]) -> list[int]:
    rows: Counter[int] = Counter()
    for user_id, payload in lines:
        rows[user_id or 0] += int(json.loads(payload).get("rows", 0))
    return [user_id for user_id, number in rows.items() if number >= BULK[BulkKind.ROWS].at_least]


def _told(user_id: int, kind: BulkKind, now: datetime) -> bool:
    """Return whether the alarm was raised within the time that it looks back: each reading is told once."""
    lately = BulkReading.raised_at > now - BULK[kind].within
    same = select(BulkReading.id).where(BulkReading.user_id == user_id, BulkReading.kind == kind.value, lately)
    return db.session.scalar(same.limit(1)) is not None


def raise_alarm(user_id: int, kind: BulkKind, *, now: datetime) -> BulkReading | None:
    """Write an alarm with its line in the log and tell the keepers; None where somebody else just did."""
    user, rule = locked(db.session.get_one(User, user_id)), BULK[kind]
    if _told(user_id, kind, now):
        return None
    alarm = BulkReading(user=user, kind=kind.value, at_least=rule.at_least, since=now - rule.within, raised_at=now)
    db.session.add(alarm)
    db.session.flush()
    for keeper in _keepers(now):
        announce(
            f"{SOURCE}:{alarm.id}:{keeper}",
            now=now,
            days=calendar(),
            urgent=True,
            source=SOURCE,
            source_id=alarm.id,
            user_id=keeper,
            heading=HEADING,
            why=f"{in_words(alarm)}。",
            asked=ASKED,
        )
    payload = {"alarm": alarm.id, "user": user_id, "kind": alarm.kind, "at_least": alarm.at_least}
    audit.record(Event.BULK_READING_NOTICED, by=None, now=now, payload=payload)
    return alarm


def _keepers(now: datetime) -> Sequence[int]:
    holding = (Post.role.in_(KEEPERS), held_on(local_date(now)), User.disabled_at.is_(None))
    found = select(Post.user_id).join(User, User.id == Post.user_id).where(*holding).distinct()
    return db.session.scalars(found.order_by(Post.user_id)).all()


def in_words(alarm: BulkReading) -> str:
    """Return an alarm in words (谁、多少、哪一段时间), which name no matter."""
    since, until = local(alarm.since), local(alarm.raised_at)
    ends = f"{until:%H:%M}" if since.date() == until.date() else f"{until:%m月%d日 %H:%M}"
    said = BULK[BulkKind(alarm.kind)].words.format(alarm.at_least)
    return f"{alarm.user.name}在 {since:%m月%d日 %H:%M} 至 {ends} 之间{said}"


def alarms_since(at: datetime) -> list[BulkReading]:
    """Return the alarms since an instant, the newest first: for who is told of them."""
    since = select(BulkReading).where(BulkReading.raised_at >= at).options(joinedload(BulkReading.user))
    return list(db.session.scalars(since.order_by(BulkReading.raised_at.desc(), BulkReading.id.desc())))
