"""What older versions stored in the clear is encrypted by the timer in turns, or by the command."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.core.test_attachments_at_rest import CANARY, lies_open, older
from tracker import audit
from tracker.audit.models import AuditEvent
from tracker.cases.record.models import Attachment, Case, ImportRun
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.files import in_the_clear, name_of, open_file
from tracker.jobs import attachments
from tracker.jobs.attachments import encrypt_attachments
from tracker.jobs.scheduler import JOBS
from tracker.jobs.verifying import verify
from tracker.people.models import User


@pytest.fixture
def names(session: Session) -> list[str]:
    """Give some files of an older version."""
    return [older(CANARY * number) for number in range(1, 6)]


def test_the_timer_encrypts_them_and_they_are_read_as_before(names: list[str]) -> None:
    assert encrypt_attachments in {job.work for job in JOBS}
    assert lies_open(CANARY), "negative control"
    first = encrypt_attachments(seconds=-1)
    assert (first.done, first.left) == (0, 5)
    found = encrypt_attachments()
    assert (found.done, found.left) == (5, 0)
    assert not lies_open(CANARY)
    for number, name in enumerate(names, 1):
        with open_file(name) as file:
            assert file.read() == CANARY * number


def test_the_command_says_how_far_it_is_and_what_was_changed(names: list[str], app: Flask) -> None:
    file = next(file for file in in_the_clear() if file.name == names[0])
    file.write_bytes(b"other")
    done = app.test_cli_runner().invoke(args=["encrypt-attachments"])
    assert done.exit_code == 1
    assert "已加密 4 个附件，还剩 1 个。" in done.output
    assert "有 1 个附件与上传时不符" in done.output
    assert file.read_bytes() == b"other"
    file.write_bytes(CANARY)
    done = app.test_cli_runner().invoke(args=["encrypt-attachments"])
    assert (done.exit_code, "附件都已加密。" in done.output) == (0, True)


# The hashes in rows of older versions


@pytest.fixture
def rows(names: list[str], at_work: str) -> list[int]:
    """Give the materials of an older version: their rows say the plain hash of what lies in the clear."""
    with committed() as session:
        case_id = session.scalars(select(Case.id)).one()
        made = [
            Attachment(
                **{"case_id": case_id, "name": "照片.txt", "sha256": name, "size": 1, "media_type": "text/plain"},
                uploaded_at=clock.now(),
            )
            for name in names
        ]
        session.add_all(made)
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=case_id)
        return [row.id for row in made]


def hashes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Attachment.sha256).order_by(Attachment.id)))


@pytest.mark.both_databases
def test_plain_hashes_become_keyed_ones_and_every_seal_holds(
    rows: list[int], names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has a copy of the database and a letter cannot tell any more whether it was handed in."""
    monkeypatch.setattr(attachments, "ROWS", 2)
    assert verify().wrong is None
    assert set(names) <= set(hashes()), "negative control"
    encrypt_attachments()
    assert not set(names) & set(hashes())
    assert {name_of(name) for name in names} <= set(hashes())
    found = verify()
    assert found.wrong is None
    with open_file(name_of(names[0])) as file:
        assert file.read() == CANARY
    lines = select(func.count()).where(AuditEvent.kind == audit.Event.HASHES_KEYED.value)
    assert db.session.scalar(lines) == 3
    encrypt_attachments()
    assert db.session.scalar(lines) == 3, "nothing is left to do"


def test_a_hash_stays_while_its_file_lies_in_the_clear(rows: list[int], names: list[str]) -> None:
    """One that was changed is never encrypted: it is named by the check under the hash that it no longer has."""
    next(file for file in in_the_clear() if file.name == names[1]).write_bytes(b"other")
    encrypt_attachments()
    assert [name for name in names if name in hashes()] == [names[1]]
    assert "与上传时不符" in (verify().wrong or "")


def test_what_was_broken_off_between_file_and_row_is_gone_on_with(
    rows: list[int], names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(attachments, "key_hashes", lambda _now: 0)
        encrypt_attachments()
    assert list(in_the_clear()) == []
    assert set(names) <= set(hashes())
    assert verify().wrong is None
    encrypt_attachments()
    assert not set(names) & set(hashes())
    assert verify().wrong is None


def test_an_imported_table_is_keyed_where_its_file_is_no_longer_kept(rows: list[int]) -> None:
    with committed() as session:
        who = session.scalars(select(User)).first()
        run = ImportRun(
            **{"mapping": "liuyan", "file_name": "list.xlsx", "file_sha256": "a" * 64},
            **{"started_at": clock.now(), "started_by_id": who.id if who else 0},
        )
        session.add(run)
        audit.record(audit.Event.CASES_IMPORT_FINISHED, by=None, now=clock.now())
    encrypt_attachments()
    db.session.rollback()
    assert db.session.scalars(select(ImportRun.file_sha256)).all() == [name_of("a" * 64)]
    assert verify().wrong is None
