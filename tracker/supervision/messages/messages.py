"""What leaves the machine (邮件、群消息), composed when it is sent: no name, no title, no word of what it is about.

Who may not know of it any more is sent nothing. Of what is confidential it says only 您有一项待办.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import exists, select

from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.dates import long_date, weekday
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import clock_of
from tracker.deadlines.rules import days_left, is_paused, words
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.outbox import DIGEST
from tracker.notifications.rules import Message, Way
from tracker.people.queries import reader_for
from tracker.people.rules import Reader
from tracker.reminders.ladder.rules.rungs import POST_LABELS, Recipient
from tracker.reminders.subjects.answers import Standing
from tracker.reminders.subjects.table import Subjects
from tracker.reminders.telling.recipients import NEW_TASK, NEW_WORK, seen_on
from tracker.supervision.messages.digest_queries import digest, paragraphs
from tracker.working_days.queries import calendar

INBOX_PATH = "/inbox"
TODO = "您有一项待办"
LATE_MARK = "（补发）"
# Why it came, by what the notice tells; its own words stay in the page, they may name people.
WHY = {
    "order": "收到督办",
    "instruction": "收到领导批示",
    "reply": "督办已经回复",
    "report": "批示已经报告落实情况",
    "leader_report": "有新的重大事项",
    NEW_WORK: "有新的待办",
    NEW_TASK: "有件改由您领办",
}
OTHERWISE = "有新的情况"


def compose(delivery: Delivery, *, now: datetime, subjects: Subjects) -> Message | None:
    """Return the mail or chat message of a copy as of now; None where it must not, or need not, be sent any more."""
    notice, today = delivery.notice, local_date(now)
    reader = reader_for(delivery.user, today)
    if not reader.active:
        return None
    if notice.source == DIGEST:
        return None if _has_later_digest(notice) else _digest(subjects, reader, now)
    clock = db.session.get(Deadline, notice.deadline_id) if notice.deadline_id else None
    standing = _standing(subjects, notice, clock)
    if standing is not None and not standing.may_know(reader):
        return None
    confidential = delivery.confidential or (standing is not None and standing.confidential)
    if delivery.channel == Way.CHAT and (confidential or (standing is not None and not standing.open_to_group)):
        return None
    if confidential:
        return _silent()
    if delivery.channel == Way.CHAT:
        return _shortest(notice, clock, standing)
    told = _Told(notice, clock, standing, now)
    return Message(told.subject(), "\n".join(told.lines()), link(f"{INBOX_PATH}/{notice.public_id}"))


def _standing(subjects: Subjects, notice: Notice, clock: Deadline | None) -> Standing | None:
    """Return how people stand towards what a notice is about; None where it is about the person alone."""
    if notice.subject is None or notice.subject_id is None:
        return None
    return subjects.of(notice.subject).standing(notice.subject_id, clock, seen_on(notice))


def link(path: str) -> str:
    """Return the address of a page as people reach it; "" where the office has not set one (TRACKER_URL)."""
    root = (current_app.config.get("TRACKER_URL") or "").rstrip("/")
    return f"{root}{path}" if root else ""


def _silent() -> Message:
    return Message(TODO, f"{TODO}，请登录信访销号台账，在“消息”里查看。", link(INBOX_PATH))


def _shortest(notice: Notice, clock: Deadline | None, standing: Standing | None) -> Message:
    """A chat is read over shoulders: the level, the unit that owes it, nothing else."""
    owes = (clock and clock.owner_department) or (standing and standing.office)
    unit = f"{owes.short_name}" if owes else ""
    subject = f"【{notice.heading}】{unit}有一项待办"
    return Message(subject, f"{subject}，请登录信访销号台账，在“消息”里查看。", link(INBOX_PATH))


@dataclass(frozen=True)
class _Told:
    """The words of one mail about what is not confidential."""

    notice: Notice
    clock: Deadline | None
    standing: Standing | None
    now: datetime

    def subject(self) -> str:
        """【催办】XF-2026-000123 告知是否受理逾期1天."""
        number = f"{self.standing.number} " if self.standing else ""
        return f"【{self.notice.heading}】{number}{self._what()}{LATE_MARK if self.notice.late else ''}"

    def lines(self) -> Iterator[str]:
        """Why it came, what is asked, by when."""
        notice = self.notice
        yield f"为什么收到：{self._whose()}{self._what()}。{'本通知是补发的。' if notice.late else ''}"
        yield f"要求：{notice.asked}"
        if notice.reply_by is not None:
            yield f"回复期限：{long_date(notice.reply_by)} {weekday(notice.reply_by)}，当日 24:00 前算按期。"
        yield "请登录信访销号台账办理，邮件里不写具体内容。"

    def _whose(self) -> str:
        told = self.notice.told
        return f"本件送{POST_LABELS[Recipient(told)]}（或者其代理人）。" if told else ""

    def _what(self) -> str:
        clock = self.clock
        if self.notice.source in WHY or clock is None:
            return WHY.get(self.notice.source, OTHERWISE)
        return f"{LIMITS[LimitKind(clock.kind)].label}{_days(clock, self.now)}"


def _days(deadline: Deadline, now: datetime) -> str:
    """逾期1天, 今天到期, 还有3天, 剩5小时, 暂停计时."""
    if deadline.ended_on is not None:
        return "已经完成" if deadline.met else "已经终止"
    clock, today = clock_of(deadline), local_date(now)
    if is_paused(clock, today) or clock.claimed or clock.due_at is not None:
        return words(clock, today, now=now).replace(" ", "")
    left = days_left(clock, today)
    return f"逾期{-left}天" if left < 0 else f"还有{left}天" if left else "今天到期"


def _has_later_digest(notice: Notice) -> bool:
    """Return whether a later digest says the same: after days without mail one goes out, not one for each day."""
    later = (Notice.source == DIGEST, Notice.source_id == notice.source_id, Notice.id > notice.id)
    return bool(db.session.scalar(select(exists().where(*later))))


def _digest(subjects: Subjects, reader: Reader, now: datetime) -> Message | None:
    told = digest(subjects, reader, today=local_date(now), days=calendar(), now=now)
    if told.is_empty:
        return None
    head = "，".join(f"{section.label} {section.total} 件" for section in told.sections)
    return Message(f"【每日提醒】{head}", "\n".join(paragraphs(told)), link(f"{INBOX_PATH}/today"))
