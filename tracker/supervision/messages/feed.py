"""Duties as an iCalendar (RFC 5545): the one door to the library `icalendar`. No name, no title, no place goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from tracker.core.clock import at_local
from tracker.core.encryption import blind_index

PRODUCT = "-//xinfang//petition-ledger//ZH"
NAME = "信访待办"
REFRESH = timedelta(hours=4)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Duty:
    """A running duty with what a calendar may say of it; `number` is None for a matter that stays unnamed."""

    deadline_id: int
    number: str | None
    label: str
    due_on: date
    changed_on: date
    revision: int
    provisional: bool


def written(duties: Sequence[Duty], *, left_out: int, now: datetime, today: date) -> bytes:
    """Return the calendar as bytes: CRLF lines of at most 75 octets, folded between characters (RFC 5545 §3.1).

    `left_out` duties are not listed one by one; an entry of today says how many.
    """
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", NAME)
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    for duty in duties:
        calendar.add_component(_event_of(duty))
    if left_out:
        summary = f"另有 {left_out} 项信访待办没有列出，请登录系统查看"
        calendar.add_component(_event("left-out", summary, today, since=now, sequence=0))
    content: bytes = calendar.to_ical()
    return content


def _event_of(duty: Duty) -> Event:
    summary = f"{duty.number} {duty.label} 到期" if duty.number else "信访待办到期"
    since = at_local(duty.changed_on, 0)
    event = _event(f"deadline-{duty.deadline_id}", summary, duty.due_on, since=since, sequence=duty.revision)
    event.add("status", "TENTATIVE" if duty.provisional else "CONFIRMED")
    return event


def _event(key: str, summary: str, on: date, *, since: datetime, sequence: int) -> Event:
    event = Event()
    event.add("uid", f"{blind_index('calendar_feed.uid', key)}@xinfang")
    event.add("summary", summary)
    event.add("dtstart", on)
    event.add("dtend", on + ONE_DAY)
    event.add("dtstamp", since)
    event.add("last-modified", since)
    event.add("sequence", sequence)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
