"""Nothing is raised under a clock that cannot be right (promise P11), and nothing is doubled once it is right again."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.world.county import County
from tests.world.matters import Matter, an_entry
from tracker.cases.intake.registration import register
from tracker.cases.record.models import Case, RegisterCounter
from tracker.cases.record.rules.series import Series
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, database_now, db
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.jobs.notices import send_notices, write_all_digests
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Delivery, Notice
from tracker.reminders.gate.queries import ClockDoubted
from tracker.reminders.gate.rules import Gate
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.models import Escalation, TickRun
from tracker.reminders.runs import holding
from tracker.supervision.papers import orders
from tracker.supervision.papers.models import SupervisionOrder

START = date(2026, 11, 2)
NOW = at_local(date(2026, 11, 16), 9)


def count(table: type[object]) -> int:
    """Count the rows of a table."""
    return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.both_databases
def test_only_a_database_on_another_machine_has_a_clock_of_its_own(session: Session) -> None:
    found = database_now()
    assert (found is None) is (session.get_bind().dialect.name == "sqlite")
    assert found is None or found.tzinfo is not None


@pytest.fixture
def matter(county: County) -> Matter:
    """Give a matter whose first rung comes on 16 November."""
    with clock.frozen(at_local(START)):
        return Matter(county, received_on=START).until("assign")


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
    monkeypatch.setattr("tracker.reminders.gate.queries.gate", lambda _now, **_: Gate(True))
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


LATE = at_local(date(2027, 3, 10), 9)


def register_at(matter: Matter, now: datetime) -> str:
    """Register another matter and return its number."""
    with clock.frozen(now), committed():
        entry = an_entry(received_on=clock.today())
        return register(entry, office=matter.county.office, by=matter.county.registrar, now=now).register_no


def urge_at(matter: Matter, now: datetime) -> str:
    """Let a person send a letter and return its number."""
    with clock.frozen(now), committed():
        given = {
            "level": RungLevel.URGE,
            "reason": "请抓紧办理。",
            "reply_by": clock.local_date(now) + timedelta(days=5),
        }
        return orders.issue(matter.case, by=matter.county.office_head, now=now, **given).number  # type: ignore[arg-type]


def numbered() -> dict[Series, int]:
    """Return where every series stands."""
    return {
        Series(row.office_id, row.kind, row.year, row.closed): row.last
        for row in db.session.scalars(select(RegisterCounter))
    }


@pytest.mark.both_databases
def test_under_a_wrong_clock_nothing_is_written_for_the_morning_nor_sent(matter: Matter) -> None:
    tick(NOW)
    assert count(Notice)
    notices = count(Notice)
    assert tick(LATE).refused
    assert write_all_digests(LATE) == 0
    report = send_notices(LATE)
    assert (report.addressed, report.sent, count(Notice), count(Delivery)) == (0, 0, notices, 0)
    assert write_all_digests(NOW + timedelta(minutes=1)) > 0
    assert send_notices(NOW + timedelta(minutes=1)).addressed > 0


def test_without_the_gate_digests_and_copies_would_leave(matter: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    tick(NOW)
    monkeypatch.setattr("tracker.reminders.gate.queries.gate", lambda _now, **_: Gate(True))
    assert write_all_digests(LATE) > 0
    assert send_notices(LATE).addressed > 0


@pytest.mark.parametrize("leap", [timedelta(days=3652), timedelta(days=114), timedelta(days=-400)])
def test_no_number_of_another_year_is_given_under_a_wrong_clock(matter: Matter, leap: timedelta) -> None:
    tick(NOW)
    before = (numbered(), count(Case), count(SupervisionOrder))
    for act in (register_at, urge_at):
        with pytest.raises(ClockDoubted, match="运行记录.*确认时钟") as refused:
            act(matter, NOW + leap)
        assert refused.value.status == 503
    assert (numbered(), count(Case), count(SupervisionOrder)) == before
    assert register_at(matter, NOW) == "XF-2026-000002"
    assert urge_at(matter, NOW) == "催〔2026〕1号"


def test_without_the_gate_the_number_would_be_of_a_wrong_year(matter: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    tick(NOW)
    monkeypatch.setattr("tracker.reminders.gate.queries.gate", lambda _now, **_: Gate(True))
    assert register_at(matter, NOW + timedelta(days=3652)) == "XF-2036-000001"


def test_within_the_year_and_over_new_year_without_a_pause_numbers_go_on(matter: Matter) -> None:
    """A dead timer keeps nobody from registering where the year is certain; a new year of a timer at work is."""
    last = at_local(date(2026, 9, 20))
    with committed():
        db.session.add(TickRun(started_at=last, ended_at=last, state="done"))
    assert register_at(matter, at_local(date(2026, 12, 31), 23)) == "XF-2026-000002"
    with committed():
        end = at_local(date(2026, 12, 31), 23, 59)
        db.session.add(TickRun(started_at=end, ended_at=end, state="done"))
    assert register_at(matter, end + timedelta(minutes=2)) == "XF-2027-000001"
    with pytest.raises(ClockDoubted):
        register_at(matter, end - timedelta(days=366))


def test_where_no_timer_ever_ran_numbers_are_given(matter: Matter) -> None:
    assert register_at(matter, LATE) == "XF-2027-000001"


def test_after_a_long_vacation_one_confirmation_lets_everything_go_on(matter: Matter) -> None:
    """The timer has been dead for 70 days over New Year; nobody has seen a refused run of it."""
    tick(at_local(date(2026, 11, 20)))
    back = at_local(date(2027, 1, 29), 9)
    with pytest.raises(ClockDoubted):
        register_at(matter, back)
    assert holding.confirm_clock(SUBJECTS, by=matter.county.supervisor, now=back, pace=Pace()) == 0
    assert register_at(matter, back) == "XF-2027-000001"
    assert urge_at(matter, back) == "催〔2027〕1号"
    assert not tick(back + timedelta(minutes=1)).refused
    assert write_all_digests(back + timedelta(minutes=1)) > 0
    with pytest.raises(DomainError, match="不需要确认时钟"):
        holding.confirm_clock(SUBJECTS, by=matter.county.supervisor, now=back, pace=Pace())
