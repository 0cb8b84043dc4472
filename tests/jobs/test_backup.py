"""What a backup holds comes back whole, elsewhere, and sends nothing until somebody releases it."""

import json
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from tests.audit.filled import RUNS_ON, build_filled
from tests.client import Client
from tests.conftest import Clock
from tests.databases import PostgresDatabase, TestDatabase, fast_folder, make_app
from tests.people.factories import sign_in
from tests.postgres import Server, _program_folders
from tracker.audit.models import AuditEvent, AuditHead, Installation
from tracker.cases.record.models import Attachment, Case
from tracker.core import clock as core_clock
from tracker.core.database import db
from tracker.core.files import where
from tracker.core.installation import bind_cookies
from tracker.jobs.backup import LIST
from tracker.jobs.notices import send_notices
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people.models import User, UserSession

IMAGES = {"filled": build_filled}
pytestmark = pytest.mark.both_databases
Elsewhere = Callable[[], Flask]


def command(app: Flask, name: str, folder: Path) -> Result:
    """Run a command on a folder."""
    with app.app_context():
        return app.test_cli_runner().invoke(args=[name, str(folder)])


@pytest.fixture
def filled(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> TestDatabase:
    """Give a county in which something of every kind has happened; the programs of its server are at hand."""
    for programs in _program_folders()[:1]:
        monkeypatch.setenv("PATH", str(programs), prepend=":")
    return database


@pytest.fixture
def backup(filled: TestDatabase, app: Flask) -> Iterator[Path]:
    """Give a backup of it."""
    folder = fast_folder("backup")
    done = command(app, "backup", folder)
    assert done.exit_code == 0, done.output
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def elsewhere(filled: TestDatabase, request: pytest.FixtureRequest) -> Iterator[Elsewhere]:
    """Give an empty database beside an empty folder that has only the keys."""
    made: list[tuple[Path, Flask]] = []

    def make() -> Flask:
        folder = fast_folder("restored")
        shutil.copytree(filled.data / "keys", folder / "keys")
        url = f"sqlite:///{folder}/tracker.db"
        if isinstance(filled, PostgresDatabase):
            server: Server = request.getfixturevalue("postgres_server")
            url = server.create_database("tracker_restored").render_as_string(hide_password=False)
        app = make_app(folder, url)
        made.append((folder, app))
        return app

    yield make
    for folder, app in made:
        with app.app_context():
            db.engine.dispose()
        shutil.rmtree(folder)


def restored(app: Flask, backup: Path) -> tuple[int, str]:
    """Run the command; return its exit status and what it said."""
    done = command(app, "restore", backup)
    return done.exit_code, done.output


def counts() -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Case, AuditEvent, Attachment)]


def test_all_comes_back_and_nothing_leaves_until_it_is_released(
    filled: TestDatabase, app: Flask, backup: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setitem(app.config, "SECRET_KEY", app.config["SECRET_KEY"])
    clock.set(RUNS_ON + timedelta(days=1))
    with app.app_context():
        bind_cookies()
        tick(core_clock.now())
        before, sha256 = counts(), db.session.scalar(select(Attachment.sha256)) or ""
        keeper = db.session.scalar(select(User.username).where(User.id == filled.ids["admin"])) or ""
    signed_in = Client(app)
    sign_in(signed_in, keeper)
    assert signed_in.get("/account").status_code == 200
    second = fast_folder("backup")
    assert command(app, "backup", second).exit_code == 0
    cookie = signed_in.get_cookie("tracker")
    copy = elsewhere()
    clock.set(RUNS_ON + timedelta(days=1, minutes=1))
    status, said = restored(copy, second)
    shutil.rmtree(second)
    assert status == 0, said
    with copy.app_context():
        bind_cookies()
        assert counts()[0::2] == before[0::2]
        assert where(sha256)
        now = core_clock.now()
        report = tick(now)
        assert report.refused
        assert "恢复或者复制" in report.sentence
        waiting = select(func.count()).select_from(Notice).where(Notice.addressed_at.is_(None))
        waited = db.session.scalar(waiting)
        assert waited
        assert send_notices(now).addressed == 0
        assert db.session.scalar(waiting) == waited
        assert not db.session.scalar(select(func.count(UserSession.id)).where(UserSession.ended_at.is_(None)))
    browser = Client(copy)
    assert cookie is not None
    browser.set_cookie("tracker", cookie.value)
    assert "/sign-in" in browser.get("/account").location, "a session of the original opens the copy"
    sign_in(browser, keeper)
    assert "恢复或者复制" in browser.get("/timer").text
    assert browser.submit("/timer/confirm-clock", page="/timer").status_code == 303
    with copy.app_context():
        assert not tick(core_clock.now()).refused
        assert send_notices(core_clock.now()).addressed
        assert db.session.scalar(select(func.count()).select_from(Installation)) == 2
    with app.app_context():
        assert not tick(core_clock.now()).refused, "negative control: the original goes on"


def test_a_backup_is_private_and_holds_no_key(filled: TestDatabase, app: Flask, backup: Path) -> None:
    listed = json.loads((backup / LIST).read_text(encoding="utf-8"))
    with app.app_context():
        sizes = dict(db.session.execute(select(AuditHead.log_id, AuditHead.size)).all())
    assert {each["log"]: each["size"] for each in listed["logs"]} == sizes
    keys = [file.read_bytes() for file in (filled.data / "keys").iterdir()]
    for path in (backup, *backup.rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
        assert path.is_dir() or not any(key in path.read_bytes() for key in keys)
    refused = command(app, "backup", backup)
    assert (refused.exit_code, "不是空的" in refused.output) == (1, True)


def _flip(backup: Path) -> None:
    file = next(file for file in backup.glob("attachments/*/*"))
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def _lose(backup: Path) -> None:
    next(file for file in backup.glob("attachments/*/*")).unlink()


def _unlist(backup: Path) -> None:
    (backup / LIST).unlink()


def _point_outside(backup: Path) -> None:
    listed = json.loads((backup / LIST).read_text(encoding="utf-8"))
    listed["files"]["attachments/../../outside"] = "0" * 64
    (backup / LIST).write_text(json.dumps(listed), encoding="utf-8")


def _flip_database(backup: Path) -> None:
    file = next(backup.glob("tracker.*"))
    content = file.read_bytes()
    file.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (_flip, "与清单不符"),
        (_flip_database, "与清单不符"),
        (_lose, "备份里缺文件"),
        (_unlist, "不是一份完整的备份"),
        (_point_outside, "不该有的文件"),
    ],
)
def test_a_harmed_backup_stops_with_a_sentence(
    backup: Path, elsewhere: Elsewhere, harm: Callable[[Path], None], sentence: str
) -> None:
    harm(backup)
    copy = elsewhere()
    status, said = restored(copy, backup)
    assert (status, said.count("\n")) == (1, 1), said
    assert sentence in said
    assert not list(Path(copy.config["TRACKER_DATA"]).glob("attachments/*/*"))


def test_another_key_stops_it(backup: Path, elsewhere: Elsewhere) -> None:
    copy = elsewhere()
    keys = copy.extensions["tracker_keys"]
    copy.extensions["tracker_keys"] = type(keys)(data=b"x" * 32, index=keys.index, record=keys.record)
    status, said = restored(copy, backup)
    assert status == 1
    assert "密钥文件 data-1.key 不是这份备份的密钥" in said


def test_only_an_empty_place_takes_a_backup(backup: Path, app: Flask) -> None:
    status, said = restored(app, backup)
    assert status == 1
    assert "已经有内容" in said


def test_a_lost_file_is_said_and_the_rest_is_kept(filled: TestDatabase, app: Flask) -> None:
    folder = fast_folder("backup")
    with app.app_context():
        lost = where(db.session.scalar(select(Attachment.sha256)) or "")
        assert lost is not None
        lost.unlink()
    done = command(app, "backup", folder)
    assert done.exit_code == 1
    assert "有 1 个附件的文件不在存储中" in done.output
    assert (folder / LIST).exists()
    shutil.rmtree(folder)
