"""The keys at hand are those of the database, or a sentence names the file that is not."""

from collections.abc import Callable

import pytest
from flask import Flask, current_app
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.databases import writing_engine
from tests.people.factories import make_department
from tracker import audit
from tracker.audit.keys import note_keys, wrong_key
from tracker.audit.models import KeyFingerprint
from tracker.audit.queries import verify
from tracker.cases.record.models import Case
from tracker.cli.refusals import refuse_unfit
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.encryption import KEY_NAMES, KEY_NUMBER, Keys, key_file
from tracker.core.errors import DomainError

PutKey = Callable[[str], None]


@pytest.fixture
def with_key(app: Flask, monkeypatch: pytest.MonkeyPatch) -> PutKey:
    """Put another key in the place of one."""

    def put(name: str) -> None:
        kept = app.extensions["tracker_keys"]
        other = {each: getattr(kept, each) for each in KEY_NAMES} | {name: b"x" * 32}
        monkeypatch.setitem(app.extensions, "tracker_keys", Keys(**other))

    return put


@pytest.mark.both_databases
def test_every_key_is_noted_with_the_migration_and_tells_nothing(session: Session) -> None:
    rows = session.scalars(select(KeyFingerprint)).all()
    assert {(row.name, row.number) for row in rows} == {(name, KEY_NUMBER) for name in KEY_NAMES}
    assert len({row.fingerprint for row in rows}) == len(KEY_NAMES)
    keys = current_app.extensions["tracker_keys"]
    for row in rows:
        assert getattr(keys, row.name).hex() not in row.fingerprint
    assert wrong_key() is None
    assert verify().wrong is None


@pytest.mark.parametrize("name", KEY_NAMES)
def test_another_key_is_named_by_its_file(session: Session, app: Flask, with_key: PutKey, name: str) -> None:
    with committed():
        make_department("县信访局")
    with_key(name)
    assert key_file(name) in (wrong_key() or "")
    found = verify().wrong or ""
    assert key_file(name) in found
    assert "备份" in found
    db.session.rollback()
    with pytest.raises(DomainError, match=key_file(name)):
        note_keys(now=clock.now())
    with pytest.raises(Exception, match=key_file(name)):
        refuse_unfit(app)


@pytest.mark.both_databases
def test_a_key_that_cannot_read_what_is_there_is_not_noted(session: Session, app: Flask, with_key: PutKey) -> None:
    with committed():
        department = make_department("县信访局")
    with committed():
        department.name = "县信访局一"
        audit.record(audit.Event.DEPARTMENT_CHANGED, by=None, now=clock.now(), text="更名")
    with writing_engine().begin() as connection:
        connection.execute(text("DELETE FROM key_fingerprint"))
    with_key("data")
    with pytest.raises(DomainError, match="data-1.key 读不出"):
        note_keys(now=clock.now())
    assert session.scalars(select(KeyFingerprint)).all() == []


@pytest.mark.both_databases
def test_a_database_that_cannot_be_asked_stops_nobody_here(session: Session, app: Flask) -> None:
    """What is missing is said by the page or the command that meets it."""
    rename("key_fingerprint", "elsewhere")
    try:
        refuse_unfit(app)
        note_keys(now=clock.now())
    finally:
        rename("elsewhere", "key_fingerprint")


def rename(table: str, name: str) -> None:
    db.session.rollback()
    with writing_engine().begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


@pytest.mark.both_databases
def test_a_case_says_with_which_key_it_is_encrypted(at_work: str) -> None:
    assert set(db.session.scalars(select(Case.key_number))) == {KEY_NUMBER}
