"""大量查阅告警: raised once for each person, kind and time, told to the keepers, never naming a matter."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tracker import audit
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.cases.access.bulk_reading import BULK, BulkKind, alarms_since, in_words, raise_alarm, unusual
from tracker.cases.record.models import BulkReading
from tracker.core import clock as the_clock
from tracker.core.database import committed, db
from tracker.jobs.watching import watch_readings
from tracker.notifications.models import Notice
from tracker.people.models import User
from tracker.people.rules import ROLE_PERMISSIONS, Permission, Role

MATTERS = BULK[BulkKind.MATTERS].at_least


def read(who: User, number: int, event: Event = Event.CASE_READ, *, first: int = 1, **payload: object) -> None:
    with committed():
        for case_id in range(first, first + number):
            audit.record_reading(event, by=who, now=the_clock.now(), case_id=case_id, payload=payload)


def exported(who: User, rows: int) -> None:
    with committed():
        audit.record_reading(Event.LEDGER_EXPORTED, by=who, now=the_clock.now(), payload={"rows": rows, "filters": []})


def alarms() -> list[tuple[int, str, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(BulkReading).order_by(BulkReading.id))
    return [(row.user_id, row.kind, row.at_least) for row in rows]


def told() -> Iterator[Notice]:
    yield from db.session.scalars(select(Notice).where(Notice.source == "bulk_reading").order_by(Notice.id))


@pytest.mark.both_databases
def test_so_many_matters_raise_one_alarm_and_one_less_none(county: County, clock: Clock) -> None:
    handler, acceptor = county.handler, county.acceptor
    read(handler, MATTERS - 1)
    read(handler, 50)  # the same ones again
    read(acceptor, MATTERS - 1)
    watch_readings()
    assert alarms() == []
    read(handler, 1, Event.ATTACHMENT_READ, first=MATTERS)
    watch_readings()
    watch_readings()
    assert alarms() == [(county.ids["handler"], "matters", MATTERS)], "once, and nobody else's"
    clock.forward(minutes=59)
    read(handler, 1, first=9000)
    watch_readings()
    assert len(alarms()) == 1
    clock.forward(minutes=2)
    watch_readings()
    assert len(alarms()) == 1, "what lies longer back is no more read now"
    read(handler, MATTERS)
    watch_readings()
    assert len(alarms()) == 2, "another time"


@pytest.mark.both_databases
def test_readings_spread_over_more_than_the_time_are_none(county: County, clock: Clock) -> None:
    read(county.handler, MATTERS - 1)
    clock.forward(minutes=60)
    read(county.handler, MATTERS - 1, first=1000)
    watch_readings()
    assert alarms() == []


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", BulkKind)
def test_each_kind_counts_its_own(county: County, kind: BulkKind) -> None:
    rule, handler = BULK[kind], county.handler
    for event in rule.events if kind is not BulkKind.ROWS else ():
        read(handler, rule.at_least // len(rule.events) - 1, event, first=1 + 1000 * rule.events.index(event))
    if kind is BulkKind.ROWS:
        exported(handler, rule.at_least - 1)
    assert unusual(the_clock.now()) == []
    if kind is BulkKind.ROWS:
        exported(handler, 1)
    else:
        read(handler, len(rule.events), rule.events[-1], first=9000)
    watch_readings()
    assert alarms() == [(county.ids["handler"], kind.value, rule.at_least)]


def test_who_raises_it_second_finds_it_raised(county: County) -> None:
    read(county.handler, MATTERS)
    now = the_clock.now()
    assert [raised(county, now), raised(county, now)] == [True, False]
    assert len(alarms()) == 1


def raised(county: County, now: datetime) -> bool:
    with committed():
        return raise_alarm(county.ids["handler"], BulkKind.MATTERS, now=now) is not None


def test_the_keepers_are_told_and_see_it_and_nobody_else(county: County) -> None:
    read(county.handler, MATTERS + 7)
    watch_readings()
    name = county.handler.name
    notices = list(told())
    keepers = {county.ids[key] for key in ("auditor", "security") if key in county.ids}
    assert keepers, county.ids
    assert {notice.user_id for notice in notices} == keepers
    assert all(notice.case_id is None for notice in notices)
    assert all(name in notice.why and f"{MATTERS} 件以上" in notice.why for notice in notices)
    for key in ("auditor", "security", "admin", "handler", "acceptor", "unit_head"):
        for path in ("/", "/timer"):
            shown = county.browser(key).get(path).text
            assert (f"{MATTERS} 件以上" in shown) is (key in ("auditor", "security")), (key, path)


@pytest.mark.both_databases
def test_an_alarm_says_neither_which_matters_nor_how_many_exactly(county: County) -> None:
    """Two worlds that differ in some matters more, or others, that were read look alike to who is told."""
    said = []
    for first, number in ((1, MATTERS), (5000, MATTERS + 3)):
        with committed():
            for row in db.session.scalars(select(BulkReading)):
                row.raised_at -= timedelta(days=2)
            audit.record(Event.USER_CHANGED, by=None, now=the_clock.now())
        read(county.handler, number, first=first)
        watch_readings()
        newest = alarms_since(the_clock.now())[0]
        line = db.session.scalars(
            select(AuditEvent).where(AuditEvent.kind == "bulk_reading.noticed").order_by(AuditEvent.seq.desc()).limit(1)
        ).one()
        payload = json.loads(line.payload)
        said.append((in_words(newest), line.case_id, {k: payload[k] for k in ("user", "kind", "at_least")}))
    assert said[0] == said[1]
    assert said[0][1] is None


def test_only_keepers_without_case_work_see_alarms() -> None:
    seeing = {role for role, may in ROLE_PERMISSIONS.items() if Permission.SEE_BULK_READING in may}
    assert seeing == {Role.SECURITY_ADMINISTRATOR, Role.AUDITOR}
    assert not any(Permission.READ_CASES in ROLE_PERMISSIONS[role] for role in seeing)
