"""Loading years into the database, and the calendar that the rest of the house then sees."""

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.databases import writing
from tests.working_days.support import iso, official
from tests.working_days.test_notices import notice_of
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.working_days import queries, service
from tracker.working_days.models import CalendarDay, CalendarYear
from tracker.working_days.notices import shipped_notices
from tracker.working_days.rules import NoticeDay, Unit, YearStatus, due

NOTICE = "国务院办公厅关于2027年部分节假日安排的通知"


def load(year: int, days: list[NoticeDay], status: YearStatus = YearStatus.OFFICIAL, source: str = NOTICE) -> None:
    with committed():
        service.load_year(year, days, source=source, by=None, now=clock.now(), status=status)


def seed() -> list[int]:
    with committed():
        return service.seed_known_years(now=clock.now())


def events() -> int:
    kind = Event.CALENDAR_LOADED.value
    return db.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.kind == kind)) or 0


def test_before_any_load_the_shipped_notices_are_the_calendar(session: Session) -> None:
    assert queries.calendar() is official()
    assert [year.year for year in queries.loaded_years()] == list(range(2018, 2027))
    assert queries.loaded_years()[0].loaded_at is None


def test_seeding_stores_the_same_calendar_and_is_safe_to_repeat(session: Session) -> None:
    assert seed() == list(range(2018, 2027))
    assert seed() == []
    stored = queries.calendar()
    assert stored is not official()
    assert dict(stored.marks) == dict(official().marks)
    assert dict(stored.years) == dict(official().years)
    assert events() == 9


def test_loading_a_year_settles_its_dates(session: Session) -> None:
    before = due(iso("2026-11-20"), 60, Unit.DAY, queries.calendar())
    assert before.provisional
    load(2027, [*notice_of(2027), NoticeDay(before.effective, False, "节")])
    after = due(iso("2026-11-20"), 60, Unit.DAY, queries.calendar())
    assert (after.nominal, after.effective, after.provisional) == (iso("2027-01-19"), iso("2027-01-20"), False)


def test_the_first_load_keeps_the_shipped_years(session: Session) -> None:
    """A database that knew only 2027 would make every older date provisional."""
    load(2027, notice_of(2027))
    assert sorted(queries.calendar().years) == list(range(2018, 2028))
    assert due(iso("2026-02-10"), 5, Unit.WORKING_DAY, queries.calendar()).effective == iso("2026-02-24")


def test_the_office_s_own_version_of_a_shipped_year_wins(session: Session) -> None:
    days = [day for day in shipped_notices()[2026].days if day.date != iso("2026-10-10")]
    load(2026, days)
    assert not queries.calendar().is_working(iso("2026-10-10"))
    assert seed() == []
    assert not queries.calendar().is_working(iso("2026-10-10"))


def test_loading_again_replaces_the_year_and_deletes_nothing(session: Session) -> None:
    extra = NoticeDay(iso("2027-06-09"), False, "端午节")
    load(2027, [*notice_of(2027), extra])
    rows = session.scalar(select(func.count()).select_from(CalendarDay))
    assert not queries.calendar().is_working(extra.date)
    load(2027, notice_of(2027), source="更正后的通知")
    assert queries.calendar().is_working(extra.date)
    assert queries.calendar().day(extra.date).name == ""
    assert session.scalar(select(func.count()).select_from(CalendarDay)) == rows
    (year,) = [year for year in queries.loaded_years() if year.year == 2027]
    assert (year.source, extra.date in {day.date for day in year.days}) == ("更正后的通知", False)


def test_a_notice_that_reaches_into_december_keeps_its_days_when_the_year_before_is_loaded_again(
    session: Session,
) -> None:
    seed()
    load(2018, list(shipped_notices()[2018].days))
    assert queries.calendar().is_working(iso("2018-12-29"))
    assert not queries.calendar().is_working(iso("2018-12-31"))
    without = [day for day in shipped_notices()[2019].days if day.date.year == 2019]
    load(2019, without)
    assert not queries.calendar().is_working(iso("2018-12-29"))
    assert queries.calendar().is_working(iso("2018-12-31"))


def test_a_provisional_year_is_counted_but_not_settled(session: Session) -> None:
    load(2027, notice_of(2027), YearStatus.PROVISIONAL)
    assert not queries.calendar().is_working(iso("2027-10-05"))
    assert due(iso("2027-09-28"), 3, Unit.WORKING_DAY, queries.calendar()).provisional
    load(2027, notice_of(2027))
    assert not due(iso("2027-09-28"), 3, Unit.WORKING_DAY, queries.calendar()).provisional


@pytest.mark.parametrize(
    ("days", "source", "sentence"),
    [
        ([], NOTICE, "是空的"),
        (notice_of(2026), NOTICE, "不在2027年内"),
        (notice_of(2027), "  ", "请写明依据"),
        (notice_of(2027), "文" * 501, "最多500个字"),
        (notice_of(2027), "文\x00号", "不能显示"),
    ],
)
def test_a_refused_load_leaves_no_trace(session: Session, days: list[NoticeDay], source: str, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        load(2027, days, source=source)
    assert session.scalar(select(func.count()).select_from(CalendarYear)) == 0
    assert events() == 0
    assert queries.calendar() is official()


def test_a_load_is_on_the_record(session: Session) -> None:
    seed()
    load(2027, notice_of(2027))
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.log_id, AuditEvent.seq)).all()[-1]
    assert event.kind == Event.CALENDAR_LOADED.value
    assert b'"year":2027' in event.payload
    assert b"calendar_year:2027" in event.payload
    assert b"calendar_day:2027-10-01" in event.payload


@pytest.mark.both_databases
def test_the_calendar_is_read_again_after_a_load_elsewhere(session: Session, app: Flask) -> None:
    """Another process loads a year: nothing here is told, and the next question must still see it."""
    seed()
    held = queries.calendar()
    session.rollback()
    other = threading.Thread(target=_load_elsewhere, args=(app,))
    other.start()
    other.join()
    assert queries.calendar() is not held
    assert queries.calendar().status(2027) is YearStatus.OFFICIAL


def _load_elsewhere(app: Flask) -> None:
    with app.app_context():
        load(2027, notice_of(2027))


def test_the_calendar_is_read_once_while_nothing_changes(session: Session) -> None:
    seed()
    held = queries.calendar()
    writing().execute(text("UPDATE calendar_day SET is_working = is_working"))
    assert queries.calendar() is held


def test_a_load_that_is_rolled_back_leaves_nothing_in_memory(session: Session) -> None:
    seed()
    writing()
    service.load_year(2027, notice_of(2027), source=NOTICE, by=None, now=clock.now())
    assert not queries.calendar().is_working(iso("2027-10-05"))
    session.rollback()
    assert queries.calendar().status(2027) is YearStatus.NOT_LOADED
    load(2027, [day for day in notice_of(2027) if day.date != iso("2027-10-05")])
    assert queries.calendar().is_working(iso("2027-10-05"))


def test_the_warning_of_november(session: Session) -> None:
    assert queries.missing_year_warning(date(2026, 10, 31)) is None
    assert "2027年放假安排尚未录入" in (queries.missing_year_warning(date(2026, 11, 1)) or "")
    load(2027, notice_of(2027))
    assert queries.missing_year_warning(date(2026, 11, 1)) is None
    assert queries.missing_year_warning(date(2026, 11, 1) + timedelta(days=365)) is not None
