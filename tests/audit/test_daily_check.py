"""The timer checks the record each night: what is new, and once a week the whole; who reads the log is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from tests.audit.filled import build_filled
from tests.conftest import Clock
from tests.databases import Ids, TestDatabase, writing
from tests.world.county import County
from tracker.audit.models import AuditCheck
from tracker.cases.record.models import Attachment, Case
from tracker.core.clock import at_local
from tracker.core.database import db
from tracker.core.errors import FileChanged
from tracker.jobs import verifying
from tracker.jobs.verifying import checkpoint_daily, verify_daily

IMAGES = {"filled": build_filled}
Night = Callable[[], AuditCheck]


@pytest.fixture
def filled(database: TestDatabase, session: object) -> Ids:
    """Give the county in which something of every kind has happened."""
    return database.ids


@pytest.fixture
def night(filled: Ids, clock: Clock) -> Night:
    """Give what lets a day and a night go by, and what the check of that night found."""
    clock.set(at_local(clock.today() + timedelta(days=27), 9))

    def pass_() -> AuditCheck:
        checkpoint_daily(clock.now())
        clock.set(at_local(clock.today() + timedelta(days=1), 3))
        before = db.session.scalar(select(func.count()).select_from(AuditCheck)) or 0
        verify_daily(clock.now())
        db.session.rollback()
        found = db.session.scalars(select(AuditCheck).order_by(AuditCheck.id)).all()
        assert len(found) == before + 1
        return found[-1]

    return pass_


def changed(case: Case) -> None:
    """Change a matter as no act does."""
    writing().execute(text("UPDATE petition_case SET title = 'x' WHERE id = :id"), {"id": case.id})
    db.session.commit()


@pytest.mark.both_databases
def test_the_first_is_of_the_whole_then_only_of_what_is_new_and_once_a_week_again(night: Night, county: County) -> None:
    first = night()
    assert (first.whole, first.wrong) == (True, None)
    days = [night() for _ in range(7)]
    assert [each.whole for each in days] == [False] * 6 + [True]
    assert {each.wrong for each in days} == {None}
    assert all(each.events < first.events for each in days[:6])
    county.register()
    assert night().rows > 0, "what is new is compared row by row"


@pytest.mark.both_databases
def test_a_new_row_that_was_changed_is_found_the_same_night_and_an_old_one_within_the_week(
    night: Night, county: County, clock: Clock
) -> None:
    old = county.case(county.register())
    night()
    night()
    new = county.case(county.register())
    changed(new)
    found = night()
    assert f"petition_case 表主键 {new.id} 的行与日志所记不符" in (found.wrong or "")
    home = county.browser("auditor").get("/").text
    assert "日志核对不相符" in home
    assert "不相符：petition_case" in county.browser("auditor").get("/log").text
    assert "日志核对" not in county.browser("admin").get("/").text
    writing().execute(text("UPDATE petition_case SET title = :was WHERE id = :id"), {"was": new.title, "id": new.id})
    db.session.rollback()
    changed(old)
    nights = [night() for _ in range(7)]
    assert not any(f"主键 {old.id} 的" in (each.wrong or "") for each in nights if not each.whole)
    assert [f"主键 {old.id} 的" in (each.wrong or "") for each in nights if each.whole] == [True]


def test_it_is_made_once_a_night_and_not_by_day(night: Night, clock: Clock) -> None:
    night()
    verify_daily(clock.now())
    clock.set(at_local(clock.today() + timedelta(days=1), 1))
    verify_daily(clock.now())
    assert db.session.scalar(select(func.count()).select_from(AuditCheck)) == 1


def test_each_file_is_hashed_once_a_week(filled: Ids, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "open_file", lambda _sha256: (_ for _ in ()).throw(FileChanged("x")))
    files = db.session.scalar(select(func.count()).select_from(Attachment)) or 0
    assert files
    said = [list(verifying.materials(seventh=day)) for day in range(7)]
    assert sorted(sum(said, [])) == sorted(verifying.materials())
