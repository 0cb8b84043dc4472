"""The log on both databases: written with every act, and every tampering found and named."""

import pytest
from sqlalchemy import text

from tests.databases import writing
from tests.people.factories import make_department, make_user
from tracker import audit
from tracker.audit import Event, reading
from tracker.audit.queries import verify
from tracker.audit.rules import canonical
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import WriteWithoutRecord
from tracker.people.models import Department
from tracker.people.rules import Role

pytestmark = pytest.mark.both_databases


@pytest.fixture
def filled(session: object) -> Department:
    """Seven acts and two readings."""
    with committed():
        department = make_department("县信访局")
    with committed():
        user = make_user("lixm", "李晓梅", roles=[(Role.ACCEPTOR, department)])
    for name in ("县信访局一", "县信访局二", "县信访局三"):
        with committed():
            department.name = name
            audit.record(Event.DEPARTMENT_CHANGED, by=user, now=clock.now(), text="机构改革更名")
    with committed():
        for _ in range(2):
            audit.record_reading(Event.LEDGER_SEARCHED, by=user, now=clock.now())
    return department


def test_an_untouched_log_agrees(filled: Department) -> None:
    found = verify()
    assert found.wrong is None
    assert found.events >= 7
    assert found.rows >= 3


def test_a_log_is_read_a_part_at_a_time(filled: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size of a part is that of no log: the parts meet, and none is read twice."""
    whole, read = verify(), []
    monkeypatch.setattr(reading, "BATCH", 2)
    monkeypatch.setattr(reading, "canonical", lambda covered: read.append(covered[1]) or canonical(covered))
    assert verify() == whole
    assert len(read) == whole.events


def test_a_write_without_a_line_in_the_log_is_refused(filled: Department) -> None:
    with pytest.raises(WriteWithoutRecord), committed():
        filled.name = "悄悄改名"
    assert db.session.get(Department, filled.id).name == "县信访局三"  # type: ignore[union-attr]


def test_a_sealed_row_is_never_deleted(filled: Department) -> None:
    with pytest.raises(WriteWithoutRecord), committed():
        db.session.delete(filled)


def test_what_is_rolled_back_leaves_no_line(filled: Department) -> None:
    before = verify().events
    with pytest.raises(RuntimeError), committed():
        filled.name = "中途出错"
        audit.record(Event.DEPARTMENT_CHANGED, by=None, now=clock.now())
        raise RuntimeError
    after = verify()
    assert (after.events, after.wrong) == (before, None)


TAMPERINGS = {
    "payload": ("UPDATE audit_event SET payload = :junk WHERE log_id=1 AND seq=3", "第 3 行"),
    "actor": ("UPDATE audit_event SET actor_role = '别人' WHERE log_id=1 AND seq=2", "第 2 行"),
    "kind": ("UPDATE audit_event SET kind = 'case.read' WHERE log_id=1 AND seq=4", "第 4 行"),
    "time": ("UPDATE audit_event SET at_utc = '2020-01-01 00:00:00' WHERE log_id=1 AND seq=2", "第 2 行"),
    "middle deleted": ("DELETE FROM audit_event WHERE log_id=1 AND seq=3", "第 3 行缺失"),
    "first deleted": ("DELETE FROM audit_event WHERE log_id=1 AND seq=1", "第 1 行缺失"),
    "leaf": ("UPDATE audit_event SET leaf = :junk WHERE log_id=1 AND seq=2", "第 2 行"),
    "mac": ("UPDATE audit_event SET mac = :junk WHERE log_id=1 AND seq=2", "第 2 行"),
    "reading": ("UPDATE audit_event SET kind = 'case.read' WHERE log_id=2 AND seq=1", "查阅日志"),
    "head": ("UPDATE audit_head SET size = size + 1 WHERE log_id=1", "末尾"),
    "frontier": ("UPDATE audit_head SET frontier = :junk WHERE log_id=1", "根散列"),
    "text": ("UPDATE audit_blob SET ciphertext = :junk", "audit_blob"),
    "row changed": ("UPDATE department SET name = '被改'", "department"),
    "row added": (
        "INSERT INTO department (public_id, name, short_name, kind, valid_from) "
        "VALUES ('x', '多出的', '多出的', 'bureau', '2026-01-01')",
        "department",
    ),
    "grant": ("UPDATE post SET role = 'administrator'", "post"),
    "row deleted": ("DELETE FROM post", "post"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_is_found_and_named(filled: Department, name: str) -> None:
    statement, named = TAMPERINGS[name]
    parameters = {"junk": b"{}"} if ":junk" in statement else {}
    writing().execute(text(statement), parameters)
    db.session.expire_all()
    found = verify()
    db.session.rollback()
    assert found.wrong is not None
    assert named in found.wrong


def test_the_last_line_cut_off_is_found_by_the_head(filled: Department) -> None:
    writing().execute(
        text("DELETE FROM audit_event WHERE log_id=1 AND seq=(SELECT size FROM audit_head WHERE log_id=1)")
    )
    db.session.expire_all()
    assert verify().wrong is not None
    db.session.rollback()


def test_reasons_are_not_readable_in_the_log(filled: Department) -> None:
    rows = db.session.execute(text("SELECT payload FROM audit_event")).scalars().all()
    blobs = db.session.execute(text("SELECT ciphertext FROM audit_blob")).scalars().all()
    assert blobs
    assert not any("机构改革".encode() in bytes(row) for row in (*rows, *blobs))
