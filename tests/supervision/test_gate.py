"""Nothing is raised under a clock that cannot be right (promise P11), and nothing is doubled once it is right again."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.cases.office import Matter, make_county
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import db
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.reminders.models import TickRun
from tracker.reminders.rules.gate import Gate, gate, span
from tracker.supervision.models import Escalation

START = date(2026, 11, 2)
NOW = at_local(date(2026, 11, 16), 9)


def count(table: type[object]) -> int:
    """Count the rows of a table."""
    return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("leap", "is_open", "hold"),
    [
        (timedelta(seconds=60), True, False),
        (timedelta(seconds=-119), True, False),
        (timedelta(minutes=-3), False, False),
        (timedelta(hours=1), True, False),
        (timedelta(hours=-1), False, False),
        (timedelta(days=-1), False, False),
        (timedelta(hours=72), True, False),
        (timedelta(hours=73), True, True),
        (timedelta(days=40), True, True),
        (timedelta(days=60), True, True),
        (timedelta(days=61), False, False),
        (timedelta(days=3652), False, False),
    ],
)
def test_what_a_leap_of_the_clock_means(leap: timedelta, is_open: bool, hold: bool) -> None:
    found = gate(NOW + leap, last=NOW)
    assert (found.open, found.hold) == (is_open, hold)
    assert bool(found.sentence) == (not is_open or hold)


def test_the_first_run_and_the_clock_of_the_database() -> None:
    assert gate(NOW, last=None).open
    assert gate(NOW, last=NOW, database_now=NOW + timedelta(seconds=59)).open
    refused = gate(NOW, last=NOW, database_now=NOW + timedelta(minutes=5))
    assert not refused.open
    assert refused.sentence == "本机时钟和数据库时钟相差 300 秒，暂停提醒，请校准时钟。"


def test_spans_in_words() -> None:
    words = [span(timedelta(minutes=m)) for m in (3, 60, 61, 1440, 1441, 1500, 14_400)]
    assert words == ["3 分钟", "1 小时", "1 小时 1 分钟", "1 天", "1 天", "1 天 1 小时", "10 天"]


@pytest.fixture
def matter(session: Session) -> Matter:
    """Give a matter whose first rung comes on 16 November."""
    with clock.frozen(at_local(START)):
        return Matter(make_county(), received_on=START).until("assign")


@pytest.mark.parametrize("leap", [timedelta(days=3652), timedelta(days=-1), timedelta(hours=-1), timedelta(days=100)])
def test_under_a_wrong_clock_nothing_is_written_and_the_alarm_is_kept(matter: Matter, leap: timedelta) -> None:
    tick(NOW - timedelta(minutes=1))
    before = (count(Escalation), count(Notice))
    for minute in range(3):
        report = tick(NOW + leap + timedelta(minutes=minute))
        assert report.refused
    assert (count(Escalation), count(Notice)) == before
    alarm = db.session.scalars(select(TickRun).where(TickRun.state == "refused")).one()
    assert (alarm.ticks, bool(alarm.sentence)) == (3, True)
    report = tick(NOW)
    assert not report.refused
    assert not report.held


def test_without_the_gate_a_wrong_clock_would_write(matter: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    tick(NOW - timedelta(minutes=1))
    before = (count(Escalation), count(Notice))
    monkeypatch.setattr("tracker.supervision.service.runs.gate", lambda _now, **_: Gate(True))
    assert not tick(NOW + timedelta(days=100)).refused
    assert (count(Escalation), count(Notice)) > before


def test_the_edges_of_the_day_belong_to_beijing(matter: Matter) -> None:
    day = date(2026, 11, 18)  # the day after the date on which the unit should have answered
    tick(at_local(START))
    tick(at_local(day, 0) - timedelta(microseconds=1))
    assert "short-urge" not in set(db.session.scalars(select(Escalation.rung)))
    tick(at_local(day, 0))
    assert "short-urge" in set(db.session.scalars(select(Escalation.rung)))


def test_a_leap_of_forty_days_is_recorded_and_its_notices_wait(matter: Matter) -> None:
    tick(NOW)
    report = tick(NOW + timedelta(days=40))
    assert report.held
    fresh = db.session.scalars(select(Notice).where(Notice.created_at > NOW)).all()
    assert fresh
    assert all(notice.held for notice in fresh)


def test_the_gate_lets_a_trial_run_at_any_instant(session: Session) -> None:
    odd = [datetime(2028, 2, 29, 23, 59, 59, 999_999, tzinfo=clock.SHANGHAI), at_local(date(2028, 3, 1))]
    for at in odd:
        assert not tick(at).refused
