"""What proves itself: a session written from outside opens nothing, and nothing follows a head that was changed."""

import logging
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import select, text

from tests.audit.filled import build_filled
from tests.audit.test_tampering import done
from tests.audit.ways import WAYS, attachment_file
from tests.databases import writing
from tests.people.factories import make_department
from tests.world.county import County
from tracker import audit
from tracker.audit import Event
from tracker.audit.service import ACTS, READINGS
from tracker.cases.record.models import Attachment, Case
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import LogBroken
from tracker.jobs.verifying import verify
from tracker.people.models import SESSIONS, UserSession

IMAGES = {"filled": build_filled}


@pytest.fixture
def filled(database: object, county: County) -> County:
    """Give the county in which something of every kind has happened."""
    return county


def outside(statement: str) -> None:
    """Do something behind the program's back."""
    writing().execute(text(statement))
    db.session.commit()
    db.session.remove()


@pytest.mark.both_databases
def test_a_session_given_to_another_opens_nothing(county: County, caplog: pytest.LogCaptureFixture) -> None:
    browser = county.browser("handler")
    assert browser.get("/").status_code == 200
    outside(f"UPDATE user_session SET user_id = {county.ids['office_head']}")
    with caplog.at_level(logging.ERROR):
        assert browser.get("/").status_code == 303
    assert "has not the mark of the program" in caplog.text
    assert "user_session 表主键" in (verify().wrong or "")


@pytest.mark.both_databases
def test_every_session_of_the_program_has_its_mark(county: County) -> None:
    county.browser("handler")
    rows = db.session.scalars(select(UserSession)).all()
    assert rows
    assert all(SESSIONS.holds(row) for row in rows)
    assert verify().wrong is None


@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["UPDATE audit_head SET size = size - 1", "DELETE FROM audit_head"])
@pytest.mark.parametrize("log_id", [ACTS, READINGS])
def test_nothing_is_written_behind_a_head_that_was_changed(session: object, how: str, log_id: int) -> None:
    with committed():
        make_department("县信访局")
        audit.record_reading(Event.LEDGER_SEARCHED, by=None, now=clock.now())
    outside(f"{how} WHERE log_id = {log_id}")
    write = audit.record if log_id == ACTS else audit.record_reading
    with pytest.raises(LogBroken), committed():
        write(Event.LEDGER_SEARCHED, by=None, now=clock.now())
    assert "表头" in (verify().wrong or "")


def test_a_page_says_that_the_log_was_changed(county: County, at_work: str) -> None:
    browser = county.browser("handler")
    outside("UPDATE audit_head SET size = size + 1 WHERE log_id = 2")
    answer = browser.get(f"/cases/{at_work}")
    assert answer.status_code == 500
    assert "日志被改动，停止写入" in answer.text


@pytest.mark.sqlite
def test_a_material_that_was_changed_on_disk_is_not_handed_out(filled: County) -> None:
    browser = filled.browser("acceptor")
    address = f"/materials/{db.session.scalars(select(Attachment.public_id)).one()}"
    assert browser.get(address).status_code == 200
    done(WAYS["bytes of a material"])
    answer = browser.get(address)
    assert answer.status_code == 500
    assert "与上传时不符" in answer.text
    assert "材料的文件（attachment 表主键 1）与上传时不符" in (verify().wrong or "")
    attachment_file().unlink()
    assert "不在存储中" in browser.get(address).text


def test_orphans_of_the_store_are_no_part_of_the_record(filled: County) -> None:
    folder = Path(current_app.config["TRACKER_DATA"]) / "attachments" / "ff"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ffff").write_bytes(b"left behind")
    assert verify().wrong is None


@pytest.mark.both_databases
def test_what_else_must_agree_agrees_and_is_named(at_work: str) -> None:
    """The same on both databases: entries of the search, counters, code inside the database, columns."""
    assert verify().wrong is None
    case_id = db.session.scalars(select(Case.id)).one()
    postgres = db.session.get_bind().dialect.name == "postgresql"
    column = "case_id" if postgres else "rowid"
    for deed, undo, named in (
        (
            "UPDATE register_counter SET last = last + 5",
            "UPDATE register_counter SET last = last - 5",
            "register_counter",
        ),
        ("CREATE VIEW seen AS SELECT 1 AS one", "DROP VIEW seen", "seen"),
        ("ALTER TABLE sweep ADD COLUMN quiet integer", "ALTER TABLE sweep DROP COLUMN quiet", "sweep"),
        (f"DELETE FROM case_search WHERE {column} = {case_id}", "SELECT 1", "case_search"),
    ):
        outside(deed)
        assert named in (verify().wrong or ""), deed
        outside(undo)


@pytest.mark.both_databases
def test_an_entry_of_the_search_that_says_something_else_is_named(at_work: str) -> None:
    case = db.session.scalars(select(Case)).one()
    postgres = db.session.get_bind().dialect.name == "postgresql"
    db.session.rollback()
    if postgres:
        outside(f"UPDATE case_search SET folded = '别的' WHERE case_id = {case.id}")
    else:
        outside(f"INSERT OR REPLACE INTO case_search (rowid, grams) VALUES ({case.id}, '4e00')")
    assert "全文检索" in (verify().wrong or "")
