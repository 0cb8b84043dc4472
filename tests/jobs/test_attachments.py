"""What older versions stored in the clear is encrypted by the timer in turns, or by the command."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.core.test_attachments_at_rest import CANARY, lies_open, older
from tracker.core.files import in_the_clear, open_file
from tracker.jobs.attachments import encrypt_attachments
from tracker.jobs.scheduler import JOBS


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
