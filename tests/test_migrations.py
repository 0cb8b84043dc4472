"""Migrations: they make what the models describe, step by step, forth and back, on both databases."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade

from tests.databases import MIGRATIONS, fast_folder, make_app, writing_engine
from tracker.core.database import db

PROJECT = MIGRATIONS.parent
FLASK = str(Path(sys.executable).with_name("flask"))
# Every revision, the first first.
REVISIONS = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Give the application on an empty database of either kind."""
    if request.config.option.database not in (None, "both", request.param):
        pytest.skip("another database was asked for")
    folder = fast_folder("migrations")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/empty.db"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.create_database("tracker_migrations").render_as_string(hide_password=False)
    app = make_app(folder, url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    shutil.rmtree(folder)


def tables() -> set[str]:
    """Name the tables there are now."""
    with db.engine.connect() as connection:
        return set(sa.inspect(connection).get_table_names())


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_they_make_what_the_models_describe_and_a_difference_is_noticed(empty: Flask) -> None:
    upgrade(directory=str(MIGRATIONS))
    assert set(db.metadata.tables) <= tables()
    check(directory=str(MIGRATIONS))
    with writing_engine().begin() as connection:
        connection.execute(sa.text("ALTER TABLE department ADD COLUMN unheard_of INTEGER"))
    with pytest.raises(SystemExit):
        check(directory=str(MIGRATIONS))


def test_each_goes_forth_and_back_and_forth(empty: Flask) -> None:
    """Each is gone back on from where it ends, to what it began with; the way forth again is gone at once."""
    stood = [tables() | {"alembic_version"}]
    for revision in REVISIONS:
        upgrade(directory=str(MIGRATIONS), revision=revision)
        stood.append(tables())
    *earlier, end = stood
    for before in reversed(earlier):
        downgrade(directory=str(MIGRATIONS), revision="-1")
        assert tables() | {"alembic_version"} == before
    upgrade(directory=str(MIGRATIONS))
    assert tables() == end


def test_the_command_works_without_make(tmp_path: Path) -> None:
    environment = {**os.environ, "TRACKER_DATA": str(tmp_path)}
    for _ in range(2):
        done = subprocess.run([FLASK, "db", "upgrade"], cwd=PROJECT, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "tracker.db").exists()
