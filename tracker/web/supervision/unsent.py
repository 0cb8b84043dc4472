"""发不出去: how mail and group messages leave, what could not be sent, and sending it again (重发)."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import DomainError, NotFound
from tracker.core.pacing import Pace
from tracker.jobs import subjects
from tracker.notifications import outbox, ways
from tracker.notifications.channels import open_channels
from tracker.notifications.rules import OUTGOING, WAY_LABELS, Way, masked_address
from tracker.people.models import User
from tracker.people.rules import Permission
from tracker.supervision.messages import unsent as queries
from tracker.supervision.messages.unsent import UnsentCopy
from tracker.web.frame.access import actor, may, reader, requires
from tracker.web.frame.forms import page_number
from tracker.web.frame.paging import PAGE_SIZE, Paging
from tracker.web.supervision.figures import counted_words

pages = Blueprint("unsent", __name__, url_prefix="/timer/unsent")
# How many 运行记录 shows before it leads to the whole list; how many people the first page names.
FEW, NAMED = 10, 3
# So many copies fit into a turn on any machine.
AT_FIRST = 50
NOTHING_LEFT = "这些已经重发，或者不再是发不出去的。"


def section() -> dict[str, Any] | None:
    """Return what 运行记录 shows of sending to the keepers of the timer; None to others."""
    if not may(Permission.KEEP_TIMER):
        return None
    total = queries.dead_count(subjects.SUBJECTS, reader())
    letters = queries.dead_letters(subjects.SUBJECTS, reader(), 1, FEW) if total else []
    return {
        "counted": counted_words(),
        "ways": _way_lines(),
        "letters": [_shown(letter) for letter in letters],
        "total": total,
    }


def trouble() -> dict[str, Any] | None:
    """Return what 工作台 says of sending to the keepers of the timer; None where nothing is wrong."""
    if not may(Permission.KEEP_TIMER):
        return None
    down = [line["sentence"] for line in _way_lines() if line["down"]]
    total = queries.dead_count(subjects.SUBJECTS, reader())
    refused = queries.people_refused() if may(Permission.MANAGE_PEOPLE) else []
    named = [(person.name, url_for("people.edit", public_id=person.public_id)) for person in refused[:NAMED]]
    return {"down": down, "total": total, "named": named, "refused": len(refused)} if down or total or refused else None


def _way_lines() -> list[dict[str, Any]]:
    configured, states, waiting = (
        open_channels(current_app.config),
        ways.states(),
        queries.waiting(subjects.SUBJECTS, reader()),
    )
    return [
        {
            "way": way.value,
            "down": bool(way in configured and way in states and states[way].down_since),
            "sentence": ways.sentence(way, states.get(way), waiting.get(way, 0), configured=way in configured),
        }
        for way in OUTGOING
    ]


def _shown(letter: UnsentCopy) -> dict[str, Any]:
    return {
        "letter": letter,
        "way": WAY_LABELS[letter.way],
        "name": letter.person.name if letter.person else "群",
        "post": letter.person.acting_as(clock.today()) if letter.person else "",
        "address": _address(letter.person) if letter.person else "",
        "href": _href(letter.person, refused=letter.address_refused) if letter.person else "",
        "since": f"{clock.local(letter.since):%Y-%m-%d %H:%M}",
    }


def _address(person: User) -> str:
    """Return the address now on record: whole to the keepers of the people, else only to be recognised."""
    if not person.email:
        return "没有邮箱"
    return person.email if may(Permission.MANAGE_PEOPLE) else masked_address(person.email)


def _href(person: User, *, refused: bool) -> str:
    if not may(Permission.MANAGE_PEOPLE):
        return ""
    return url_for("people.edit" if refused else "people.detail", public_id=person.public_id)


@pages.get("")
@requires(Permission.KEEP_TIMER)
def page() -> ResponseReturnValue:
    """Show everything that could not be sent (发不出去), the latest first."""
    number = page_number()
    letters = [_shown(letter) for letter in queries.dead_letters(subjects.SUBJECTS, reader(), number, PAGE_SIZE)]
    total = queries.dead_count(subjects.SUBJECTS, reader())
    return render_template(
        "supervision/unsent/page.html", letters=letters, counted=counted_words(), paging=Paging(number, total)
    )


@pages.post("/<pid:message_id>/resend")
@requires(Permission.KEEP_TIMER)
def resend(message_id: str) -> ResponseReturnValue:
    """Send one again (重发)."""
    with committed():
        ids = queries.dead_id(subjects.SUBJECTS, reader(), message_id)
        count = outbox.retry(ids, by=actor(), now=clock.now())
    return _queued(count)


@pages.get("/resend-all")
@requires(Permission.KEEP_TIMER)
def confirm() -> ResponseReturnValue:
    """Ask before everything is sent again, saying how many and why they failed."""
    reasons = queries.reasons(subjects.SUBJECTS, reader())
    rows = [(f"{WAY_LABELS[way]}　{reason}", f"{number} 份") for way, reason, number in reasons]
    return render_template(
        "supervision/unsent/resend_all.html",
        rows=rows,
        total=sum(number for _, _, number in reasons),
        counted=counted_words(),
    )


@pages.post("/resend-all")
@requires(Permission.KEEP_TIMER)
def resend_all() -> ResponseReturnValue:
    """Send everything again (全部重发), also what is not shown; of how many is not said."""
    outbox.retry_all(outbox.dead_ids(), by=actor(), now=clock.now(), pace=Pace(AT_FIRST))
    flash("发不出去的都已重新排队，下一分钟起发出；不需要再告知的不发。", "success")
    return redirect(url_for(".page"), 303)


def _queued(count: int) -> ResponseReturnValue:
    if count:
        flash(f"已重新排队 {count} 份，下一分钟起发出；不需要再告知的不发。", "success")
    else:
        flash(NOTHING_LEFT, "warning")
    return redirect(url_for(".page"), 303)


@pages.post("/ways/<way>/try")
@requires(Permission.KEEP_TIMER)
def try_again(way: str) -> ResponseReturnValue:
    """Try a way at once that is down (马上再试)."""
    if way not in OUTGOING:
        raise NotFound
    try:
        with committed():
            ways.try_again(Way(way), by=actor(), now=clock.now())
    except DomainError as error:
        flash(error.message, "warning")
    else:
        flash("下一分钟再试一次，通了就接着发。", "success")
    return redirect(url_for("timer.page"), 303)
