"""What the program refuses to start with, and how private is what it writes. The program itself is run."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import fast_folder, make_app
from tests.people.factories import make_user
from tracker.core.database import committed, db
from tracker.demo.staff import PEOPLE

PROJECT = Path(__file__).resolve().parent.parent
FLASK = str(Path(sys.executable).with_name("flask"))
SECRET = "only for tests, and longer than thirty-two characters"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give an empty data folder, as open as an operator may have made it."""
    made = fast_folder("start")
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def run(folder: Path, *arguments: str, environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does, whose own files are readable by all."""
    given = {"TRACKER_DATA": str(folder), "TRACKER_ENV": environment, "SECRET_KEY": SECRET, "TRACKER_NOW": ""}
    return subprocess.run(
        [FLASK, *arguments],
        cwd=PROJECT,
        env={**os.environ, **given},
        umask=0o022,
        capture_output=True,
        text=True,
        check=False,
    )


def open_to_others(folder: Path) -> list[str]:
    """Return what others than the owner may read, write or enter."""
    return [str(path) for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_whatever_command_made_it_is_readable_by_its_owner_only(folder: Path) -> None:
    assert run(folder, "db", "upgrade", environment="trial").returncode == 0
    assert (folder / "tracker.db").exists()
    assert open_to_others(folder) == []
    (folder / "tracker.db").chmod(0o644)
    (folder / "keys").chmod(0o755)
    assert len(open_to_others(folder)) == 2, "negative control"
    assert run(folder, "load-categories", environment="trial").returncode == 0
    assert open_to_others(folder) == []


def test_production_takes_no_invented_people(folder: Path) -> None:
    """Neither by the command, nor in a folder that was a trial's: the password of the demonstration is public."""
    refused = run(folder, "load-demo", environment="production")
    assert refused.returncode == 1
    assert "正式运行（TRACKER_ENV=production）不装演示数据" in refused.stderr
    assert run(folder, "db", "upgrade", environment="production").returncode == 0
    app = make_app(folder, f"sqlite:///{folder}/tracker.db")
    with app.app_context():
        with committed():
            names = [person.name for person in PEOPLE[:3]] + ["改过名字"]
            for person, name in zip(PEOPLE, names, strict=False):
                make_user(person.username, name)
        db.engine.dispose()
    refused = run(folder, "outbox", environment="production")
    assert refused.returncode == 1
    assert "演示账号的密码是公开的，不能正式运行（TRACKER_ENV=production）" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert run(folder, "outbox", environment="trial").returncode == 0, "negative control"
