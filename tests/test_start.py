"""What the program refuses to start with, and how private is what it writes. The program itself is run.

A wrong setting and the first command of all run in a process of their own, the others in a copy of this one.
"""

import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config import keys_beside
from tests.commands import in_a_copy, in_a_process
from tests.databases import SqliteDatabase, fast_folder, make_app
from tests.people.factories import make_user
from tracker.core.database import committed, db
from tracker.demo.staff import PEOPLE

SECRET = "only for tests, and longer than thirty-two characters"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give an empty data folder, as open as an operator may have made it."""
    made = fast_folder("start")
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)
    shutil.rmtree(keys_beside(made), ignore_errors=True)


def run(
    folder: Path, *arguments: str, environment: str, how: Callable[..., subprocess.CompletedProcess[str]] = in_a_copy
) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does."""
    given = {"TRACKER_DATA": str(folder), "TRACKER_ENV": environment, "SECRET_KEY": SECRET, "TRACKER_NOW": ""}
    return how(*arguments, **given)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file with what it holds; what SQLite keeps beside the database while it is read is no content."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def refused(folder: Path, *arguments: str, environment: str = "trial", **how: Any) -> str:
    """Run a command that must not start; return its sentence: one line, and nothing was written."""
    before = contents(folder)
    done = run(folder, *arguments, environment=environment, **how)
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert contents(folder) == before
    return done.stderr


@pytest.mark.sqlite
def test_nothing_starts_without_the_keys_of_its_database(database: SqliteDatabase, folder: Path) -> None:
    """Missing ones are not made anew, not even by a migration; others are named."""
    database.dispose()
    shutil.copytree(database.data, folder, dirs_exist_ok=True)
    folder.chmod(0o700)
    assert run(folder, "verify-audit", environment="trial").returncode == 0, "negative control"
    (folder / "keys").rename(folder / "elsewhere")
    assert "没有另建" in refused(folder, "db", "upgrade")
    (folder / "elsewhere").rename(folder / "keys")
    (folder / "keys" / "data-1.key").chmod(0o600)
    (folder / "keys" / "data-1.key").write_bytes(b"x" * 32)
    assert "密钥文件 data-1.key 不是写入本库的密钥" in refused(folder, "verify-audit")


@pytest.mark.sqlite
def test_nothing_starts_on_tables_of_another_version(database: SqliteDatabase, folder: Path) -> None:
    """Newer tables stop everything; older ones everything but the migration."""
    database.dispose()
    shutil.copytree(database.data, folder, dirs_exist_ok=True)
    folder.chmod(0o700)
    with sqlite3.connect(folder / "tracker.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "请换回那个版本的程序" in refused(folder, "verify-audit")
    with sqlite3.connect(folder / "tracker.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    assert "再运行 flask db upgrade" in refused(folder, "verify-audit")
    assert run(folder, "db", "current", environment="trial").returncode == 0, "negative control"


def test_a_wrong_setting_is_one_sentence(folder: Path) -> None:
    assert "TRACKER_ENV 只能是" in refused(folder, "routes", environment="live", how=in_a_process)


def open_to_others(folder: Path) -> list[str]:
    """Return what others than the owner may read, write or enter."""
    return [str(path) for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_whatever_command_made_it_is_readable_by_its_owner_only(folder: Path) -> None:
    assert run(folder, "db", "upgrade", environment="trial", how=in_a_process).returncode == 0
    assert (folder / "tracker.db").exists()
    keys = keys_beside(folder)
    assert {"data-1.key", "index-1.key", "record-1.key"} <= {file.name for file in keys.iterdir()}
    assert not (folder / "keys").exists()
    assert open_to_others(folder) + open_to_others(keys) == []
    (folder / "tracker.db").chmod(0o644)
    keys.chmod(0o755)
    assert len(open_to_others(folder) + open_to_others(keys)) == 2, "negative control"
    assert run(folder, "load-categories", environment="trial").returncode == 0
    assert open_to_others(folder) + open_to_others(keys) == []


@pytest.mark.sqlite
def test_keys_that_lie_with_the_data_are_used_there_until_they_are_moved(
    database: SqliteDatabase, folder: Path
) -> None:
    database.dispose()
    shutil.copytree(database.data, folder, dirs_exist_ok=True)
    keys = {file.name: file.read_bytes() for file in (folder / "keys").iterdir()}
    moved = run(folder, "move-keys", environment="trial")
    assert moved.returncode == 0, moved.stderr
    assert {file.name: file.read_bytes() for file in keys_beside(folder).iterdir()} == keys
    assert not (folder / "keys").exists()
    assert open_to_others(keys_beside(folder)) == []
    assert "密钥已经在" in refused(folder, "move-keys")
    assert run(folder, "verify-audit", environment="trial").returncode == 0


def test_production_takes_no_invented_people(folder: Path) -> None:
    """Neither by the command, nor in a folder that was a trial's: the password of the demonstration is public."""
    stopped = run(folder, "load-demo", environment="production")
    assert stopped.returncode == 1
    assert "正式运行（TRACKER_ENV=production）不装演示数据" in stopped.stderr
    assert run(folder, "db", "upgrade", environment="production").returncode == 0
    app = make_app(folder, f"sqlite:///{folder}/tracker.db", TRACKER_KEYS=keys_beside(folder))
    with app.app_context():
        with committed():
            names = [person.name for person in PEOPLE[:3]] + ["改过名字"]
            for person, name in zip(PEOPLE, names, strict=False):
                make_user(person.username, name)
        db.engine.dispose()
    sentence = refused(folder, "outbox", environment="production")
    assert "演示账号的密码是公开的，不能正式运行（TRACKER_ENV=production）" in sentence
    assert run(folder, "outbox", environment="trial").returncode == 0, "negative control"
