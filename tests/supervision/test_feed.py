"""The calendar of a person: his running duties, in lines that every calendar program reads, nothing personal."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.databases import writing
from tests.world.county import County
from tests.world.matters import Matter
from tracker import audit
from tracker.audit import Event
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.service import extend_clock
from tracker.jobs.subjects import SUBJECTS
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.supervision.messages import feed_queries as feeds
from tracker.supervision.messages.feed import Duty, written
from tracker.supervision.messages.feed_queries import duties, live_feed, reader_of_feed
from tracker.supervision.messages.feed_service import end_feed, make_feed
from tracker.supervision.papers import instructions

LONGEST_LINE = 75
NOW = datetime(2026, 11, 21, 1, tzinfo=core_clock.SHANGHAI)


def a_duty(**changes: Any) -> Duty:
    given: dict[str, Any] = {
        "deadline_id": 7,
        "number": "XF-2026-000123",
        "label": "作出处理意见并送达",
        "due_on": date(2027, 1, 19),
        "changed_on": date(2026, 11, 20),
        "revision": 1,
        "provisional": False,
    }
    return Duty(**(given | changes))


def render(found: list[Duty], left_out: int = 0) -> bytes:
    return written(found, left_out=left_out, now=NOW, today=date(2026, 11, 21))


def events(content: bytes) -> list[Any]:
    """Read a calendar back with the library, as a calendar program would."""
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


# The format (RFC 5545)


def test_a_duty_is_one_day_long_and_reads_back(session: Session) -> None:
    content = render([a_duty(revision=3, changed_on=date(2026, 12, 2))])
    calendar = icalendar.Calendar.from_ical(content)
    assert (str(calendar["version"]), str(calendar["calscale"])) == ("2.0", "GREGORIAN")
    (event,) = events(content)
    assert str(event["summary"]) == "XF-2026-000123 作出处理意见并送达 到期"
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2027, 1, 19), date(2027, 1, 20))
    assert type(event["dtstart"].dt) is date
    assert int(event["sequence"]) == 3
    changed_at = core_clock.at_local(date(2026, 12, 2), 0)
    assert event["dtstamp"].dt == event["last-modified"].dt == changed_at
    assert event.get("status") == "CONFIRMED"
    assert event.get("transp") == "TRANSPARENT"
    assert b"DTSTART;VALUE=DATE:20270119\r\n" in content
    assert b"DTSTAMP:20261201T160000Z\r\n" in content
    assert calendar.errors == event.errors == []


def test_lines_end_in_crlf_and_fold_between_characters(session: Session) -> None:
    labels = [limit.label for limit in LIMITS.values()] + ["作" * n for n in range(1, 60)] + ["a作\\;,\n" * 20]
    content = render([a_duty(deadline_id=n, label=label) for n, label in enumerate(labels)])
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= LONGEST_LINE
    assert any(line.startswith(b" ") for line in lines), "nothing was folded, so nothing was tested"
    for line in lines:
        line.decode()
    assert [str(event["summary"]) for event in events(content)] == [f"XF-2026-000123 {label} 到期" for label in labels]


def test_the_identifier_stays_and_says_nothing(session: Session) -> None:
    one, same, moved, other = (
        events(render([duty]))[0]["uid"]
        for duty in (a_duty(), a_duty(), a_duty(due_on=date(2027, 2, 1), revision=2), a_duty(deadline_id=8))
    )
    assert one == same == moved != other
    assert "7" != str(one).partition("@")[0]
    assert "XF" not in str(one)


def test_a_confidential_matter_is_only_a_duty(session: Session) -> None:
    content = render([a_duty(number=None)])
    assert str(events(content)[0]["summary"]) == "信访待办到期"
    assert "处理意见" not in content.decode()


def test_a_provisional_date_is_tentative(session: Session) -> None:
    assert events(render([a_duty(provisional=True)]))[0].get("status") == "TENTATIVE"


def test_what_is_not_listed_is_counted(session: Session) -> None:
    last = events(render([a_duty()], left_out=12))[-1]
    assert (str(last["summary"]), last["dtstart"].dt) == (
        "另有 12 项信访待办没有列出，请登录系统查看",
        date(2026, 11, 21),
    )
    assert len(events(render([]))) == 0, "an empty calendar is one too"


# Whose duties


def of(person: User, day: date) -> list[tuple[str | None, str]]:
    found, left_out = duties(SUBJECTS, reader_for(person, day), day)
    assert left_out == 0
    return [(duty.number, duty.label) for duty in found]


@pytest.mark.both_databases
def test_each_sees_his_own_duties_nearest_first(county: County, clock: Clock) -> None:
    matter, day = Matter(county).until("accept"), clock.today()
    mine = [(matter.case.register_no, label) for label in ("反馈交办结果", "作出处理意见并送达")]
    for person in (county.handler, county.unit_head, county.lead, county.acceptor, county.supervisor, county.leader):
        assert of(person, day) == mine, person.username
    assert of(county.land_head, day) == []
    assert of(county.registrar, day) == mine
    ended = matter.clock(LimitKind.ACCEPTANCE)
    assert ended is not None
    assert ended.ended_on is not None


def test_an_instruction_is_in_the_calendar_of_him_who_carries_it_out(county: County, clock: Clock) -> None:
    matter = Matter(county).until("accept")
    with committed():
        instructions.instruct(
            matter.case,
            by=county.leader,
            now=clock.now(),
            reason="请包案办理。",
            task_of_id=county.unit_head.id,
            due_on=clock.today() + timedelta(days=5),
        )
    task = (matter.case.register_no, "落实批示")
    assert of(county.unit_head, clock.today())[0] == task
    for person in (county.handler, county.lead, county.acceptor, county.leader):
        assert task not in of(person, clock.today()), person.username


@pytest.mark.parametrize("level", [Confidentiality.SENSITIVE, Confidentiality.ACCUSATION])
def test_a_marked_case_shows_no_number(county: County, clock: Clock, level: Confidentiality) -> None:
    matter = Matter(county).until("accept")
    writing().get_one(Case, matter.case.id).level = level.value
    shown = of(county.handler, clock.today())
    assert all(number is None for number, _ in shown)
    assert bool(shown) is (level is Confidentiality.SENSITIVE), "an accusation is shown to nobody who is not named"
    db.session.rollback()


def test_the_revision_and_the_day_of_change_come_from_the_clock(county: County, clock: Clock) -> None:
    matter, day = Matter(county).until("accept"), clock.today()
    handling = matter.clock(LimitKind.HANDLING)
    assert handling is not None
    clock.forward(days=2)
    with committed():
        extend_clock(handling, 10, on=clock.today())
        audit.record(Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=matter.case.id)
    found, _ = duties(SUBJECTS, reader_for(county.handler, day), day)
    duty = next(duty for duty in found if duty.deadline_id == handling.id)
    assert (duty.revision, duty.changed_on, duty.due_on) == (2, clock.today(), date(2027, 2, 1))
    assert {other.changed_on for other in found if other is not duty} == {day}


def test_no_silent_cap(county: County, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    Matter(county).until("accept")
    monkeypatch.setattr(feeds, "MOST", 1)
    found, left_out = duties(SUBJECTS, reader_for(county.handler, clock.today()), clock.today())
    assert (len(found), left_out) == (1, 1)


# The address


def token_of(person: User, clock: Clock) -> str:
    with committed():
        return make_feed(by=person, now=clock.now())


def test_an_address_opens_for_its_person_alone(county: County, clock: Clock) -> None:
    token = token_of(county.handler, clock)
    found = reader_of_feed(token, clock.today())
    assert found is not None
    assert found.user_id == county.handler.id
    assert len(token) >= 43, "256 bits"
    kept = live_feed(county.handler.id)
    assert kept is not None
    assert token not in kept.token_hash
    assert reader_of_feed(token[:-1], clock.today()) is None
    assert reader_of_feed(kept.token_hash, clock.today()) is None
    assert reader_of_feed("", clock.today()) is None


@pytest.mark.both_databases
def test_a_new_address_ends_the_old_one(county: County, clock: Clock) -> None:
    old, new = token_of(county.handler, clock), token_of(county.handler, clock)
    other = token_of(county.lead, clock)
    assert reader_of_feed(old, clock.today()) is None
    assert reader_of_feed(new, clock.today()) is not None
    with committed():
        assert end_feed(by=county.handler, now=clock.now())
    assert reader_of_feed(new, clock.today()) is None
    assert reader_of_feed(other, clock.today()) is not None, "others' addresses stay"
    with committed():
        assert not end_feed(by=county.handler, now=clock.now())


def disabled(person: User, clock: Clock) -> None:
    person.disabled_at = clock.now()


def without_post(person: User, clock: Clock) -> None:
    for post in person.posts:
        post.ended_on = clock.today() - timedelta(days=1)


def confined(person: User, _clock: Clock) -> None:
    person.must_change_password = True


@pytest.mark.parametrize("happens", [disabled, without_post, confined])
def test_an_address_follows_its_person_at_once(
    county: County, clock: Clock, happens: Callable[[User, Clock], None]
) -> None:
    token = token_of(county.handler, clock)
    writing()
    happens(county.handler, clock)
    db.session.flush()
    assert reader_of_feed(token, clock.today()) is None
    db.session.rollback()
    assert reader_of_feed(token, clock.today()) is not None
