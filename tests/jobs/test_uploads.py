"""Uploads that nothing keeps are removed after a day; what is kept, or may still be, stays."""

import io
import os
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.web.test_materials import add
from tests.world.county import County
from tracker.cases.intake import uploads
from tracker.cases.intake.drafts import DraftOf, keep_draft
from tracker.cases.record.models import NotedUpload
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.core.files import folder, store, where
from tracker.jobs.attachments import remove_uploads
from tracker.jobs.scheduler import JOBS

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
DAY = timedelta(days=1)


def handed_in(county: County, content: bytes, *, since: timedelta = DAY * 2) -> str:
    """Hand in a file some time ago, and return its name."""
    file = store(io.BytesIO(PDF + content), name="材料.pdf")
    with committed():
        uploads.note(file, by=county.acceptor, now=clock.now() - since)
    age(file.sha256, since)
    return file.sha256


def age(name: str, since: timedelta) -> None:
    """Let a file have been written some time ago."""
    place = where(name)
    assert place is not None
    os.utime(place, (time.time() - since.total_seconds(),) * 2)


@pytest.mark.both_databases
def test_what_nothing_keeps_is_removed_after_a_day(county: County) -> None:
    old, fresh = handed_in(county, b"1"), handed_in(county, b"2", since=timedelta(hours=20))
    assert remove_uploads in {job.work for job in JOBS}
    assert uploads.remove_unneeded(clock.now()) == 1
    assert where(old) is None
    assert where(fresh), "negative control"
    assert db.session.scalar(select(func.count()).select_from(NotedUpload)) == 1
    assert uploads.remove_unneeded(clock.now() + DAY) == 1
    assert where(fresh) is None


@pytest.mark.both_databases
def test_what_a_draft_may_wait_for_stays_until_the_draft_ends(county: County) -> None:
    waited = handed_in(county, b"1")
    with committed():
        of = DraftOf("t" * 22, "/cases/new", "登记")
        keep_draft({"title": ["写到一半"]}, of, by=county.acceptor, now=clock.now())
    assert uploads.remove_unneeded(clock.now()) == 0
    assert where(waited)
    assert uploads.remove_unneeded(clock.now() + DAY * 32) == 1


def test_what_a_case_keeps_is_never_removed(county: County, at_work: str) -> None:
    assert add(county, at_work, PDF, "回执.pdf").status_code == 303
    (kept,) = [each for each in folder().rglob("*") if each.is_file()]
    os.utime(kept, (1, 1))
    assert uploads.remove_unneeded(clock.now() + DAY * 40) == 0
    assert kept.exists()
    assert db.session.scalar(select(func.count()).select_from(NotedUpload)) == 0


def test_what_older_versions_left_behind_goes_by_its_age(county: County) -> None:
    left = store(io.BytesIO(PDF), name="旧.pdf").sha256
    age(left, DAY * 30)
    half = folder() / "tmpabc"
    half.write_bytes(b"half")
    os.utime(half, (1, 1))
    assert uploads.remove_unneeded(clock.now()) == 0
    assert where(left)
    assert not half.exists()
    age(left, DAY * 32)
    assert uploads.remove_unneeded(clock.now()) == 1


def test_the_same_content_handed_in_again_stays(county: County) -> None:
    name = handed_in(county, b"1")
    assert store(io.BytesIO(PDF + b"1"), name="又一份.pdf").sha256 == name
    assert uploads.remove_unneeded(clock.now()) == 0


@pytest.mark.both_databases
def test_a_day_has_its_measure(county: County) -> None:
    with committed():
        db.session.add(
            NotedUpload(name="k", user_id=county.acceptor.id, size=uploads.DAILY_BYTES - 5, stored_at=clock.now())
        )
    uploads.refuse_too_much(5, "一.pdf", by=county.acceptor, now=clock.now())
    with pytest.raises(DomainError, match="每人每天 500 MB 的限额，没有收下“二.pdf”"):
        uploads.refuse_too_much(6, "二.pdf", by=county.acceptor, now=clock.now())
    uploads.refuse_too_much(6, "二.pdf", by=county.handler, now=clock.now())
    uploads.refuse_too_much(6, "二.pdf", by=county.acceptor, now=clock.now() + DAY)
