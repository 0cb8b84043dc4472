"""消息: one's own messages, opened one by one; and 今日提醒, the digest of the day as things stand now."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.clock import local
from tracker.core.database import committed
from tracker.core.dates import long_date, weekday
from tracker.jobs import subjects
from tracker.notifications.inbox import mark_read, open_message
from tracker.people.rules import Permission
from tracker.supervision.messages.digest_queries import digest
from tracker.supervision.messages.inbox import WHICH_LABELS, Inbox, Which, inbox, message_address, readable_ids
from tracker.web.frame.access import actor, reader, requires
from tracker.web.frame.forms import page_number
from tracker.web.frame.paging import Paging
from tracker.working_days.queries import calendar

pages = Blueprint("inbox", __name__, url_prefix="/inbox")


@pages.get("")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """List one's own messages by matters, those with something unread first (消息)."""
    which, number = _which(), page_number()
    found = inbox(subjects.SUBJECTS, reader(), which, page=number, today=clock.today(), now=clock.now())
    return render_template(
        "supervision/inbox/page.html",
        shown=found.groups,
        when=lambda at: f"{local(at):%m月%d日 %H:%M}",
        tabs=_tabs(which, found),
        which=which.value,
        unread=found.counts[Which.UNREAD],
        page=Paging(number, found.total),
    )


def _which() -> Which:
    asked = request.args.get("which", "")
    return Which(asked) if asked in list(Which) else Which.ALL


def _tabs(which: Which, found: Inbox) -> list[tuple[str, str, bool, int]]:
    shown = (Which.ALL, Which.UNREAD, Which.AWAITING)
    return [
        (WHICH_LABELS[each], url_for(".page", which=None if each is Which.ALL else each.value), each is which, count)
        for each in shown
        for count in [found.counts[each]]
    ]


@pages.get("/<pid:public_id>")
@requires(Permission.READ_CASES)
def open_one(public_id: str) -> ResponseReturnValue:
    """Open a message: note when, then go to what it is about (打开消息)."""
    address = message_address(subjects.SUBJECTS, public_id, reader())
    with committed():
        open_message(public_id, by=actor(), now=clock.now())
    if address is None:
        flash("已读。", "info")
        return redirect(url_for(".page"), 303)
    return redirect(url_for(address.page, public_id=address.public_id), 303)


@pages.post("/read")
@requires(Permission.READ_CASES)
def read_all() -> ResponseReturnValue:
    """Mark as read what asks for no answer (全部标为已读)."""
    with committed():
        count = mark_read(readable_ids(subjects.SUBJECTS, reader()), by=actor(), now=clock.now())
    flash(f"已把 {count} 条消息标为已读。" if count else "没有可以标为已读的消息；待回复的要逐条打开。", "success")
    return redirect(url_for(".page"), 303)


@pages.get("/today")
@requires(Permission.READ_CASES)
def today() -> ResponseReturnValue:
    """Show the digest of the day (今日提醒): what the morning mail says, as things stand now."""
    day = clock.today()
    told = digest(subjects.SUBJECTS, reader(), today=day, days=calendar(), now=clock.now())
    query = told.filters.to_query()
    return render_template(
        "supervision/inbox/today.html",
        told=told,
        day_words=f"{long_date(day)} {weekday(day)}",
        ledger_href=f"{url_for('ledger.page')}?{query}" if query else url_for("ledger.page"),
    )
