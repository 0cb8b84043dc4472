"""日历订阅: due dates as a calendar by a secret address, and the page where one makes or ends it.

The address stands in no log of ours: gunicorn writes no access log, and failures are logged without their path
(`web/frame/errors`). A reading leaves no line either: calendars ask every few hours, and learn only numbers and dates.
"""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import NotFound
from tracker.jobs import subjects
from tracker.people.rules import Permission
from tracker.supervision.messages.feed import written
from tracker.supervision.messages.feed_queries import duties, live_feed, reader_of_feed
from tracker.supervision.messages.feed_service import end_feed, make_feed
from tracker.supervision.messages.messages import link
from tracker.web.frame.access import actor, public, requires
from tracker.web.frame.proof import proved

pages = Blueprint("calendar_feed", __name__)
FILE_NAME = "xinfang.ics"


@pages.get("/account/feed")
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Show whether there is an address, never the address itself."""
    return _page()


@pages.post("/account/feed")
@requires(Permission.READ_CASES)
@proved
def make() -> ResponseReturnValue:
    """Make an address and show it this once; the one before ends."""
    with committed():
        token = make_feed(by=actor(), now=clock.now())
    return _page(link(url_for(".feed", token=token)) or url_for(".feed", token=token, _external=True))


@pages.post("/account/feed/end")
@requires(Permission.READ_CASES)
def end() -> ResponseReturnValue:
    """End the address (停用)."""
    with committed():
        ended = end_feed(by=actor(), now=clock.now())
    flash("日历订阅已停用，原来的地址打不开了。" if ended else "没有正在使用的订阅地址。", "success")
    return redirect(url_for(".page"), 303)


@pages.get("/calendar/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """Return the calendar of the person who made the address; everything else is the same “not found”."""
    now, today = clock.now(), clock.today()
    reader = reader_of_feed(token, today)
    if reader is None:
        raise NotFound
    found, left_out = duties(subjects.SUBJECTS, reader, today)
    content = written(found, left_out=left_out, now=now, today=today)
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'inline; filename="{FILE_NAME}"'
    return answer


def _page(address: str = "") -> str:
    return render_template("office/account/feed.html", feed=live_feed(actor().id), address=address, local=clock.local)
