"""What every test can ask for: the application on each database, a session, a client, a clock, a browser's program."""

import gc
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import VARIABLES
from tests.client import Client
from tests.databases import Ids, PostgresDatabase, SqliteDatabase, TestDatabase
from tests.exercised import Exercised
from tests.postgres import NoPostgres, Server, start
from tests.web.stories import build_at_work
from tests.world.county import THE_DAY, County
from tests.world.county import build as build_county
from tracker.cases.record.models import Case
from tracker.core import clock as core_clock
from tracker.core.database import db

UNATTENDED = bool(os.environ.get("CI"))
DATABASES = ("sqlite", "postgresql")
NOT_TESTED = "not tested: "
# Garbage is collected seldom: a twentieth of the time went into looking for it.
gc.set_threshold(50_000, 20, 100)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The fixtures that ask for a kept image; what comes later has what comes before. A module may have IMAGES of its own.
IMAGES = {"county_ids": build_county, "at_work": build_at_work}

# The settings of whoever runs the tests must not reach them.
for variable in VARIABLES:
    os.environ.pop(variable, None)

# How many examples a property is tried with: few in every run, many in the long one.
for profile, examples in (("tracker", 30), ("long", 500)):
    hypothesis.settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        derandomize=UNATTENDED,
        suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose its database; unasked, SQLite runs everything and PostgreSQL what is marked for both."""
    parser.addoption("--database", choices=(*DATABASES, "both"), help="run everything on this database, or on both")


def pytest_configure(config: pytest.Config) -> None:
    """Record what runs on PostgreSQL; try properties with many examples in the long run."""
    hypothesis.settings.load_profile("long" if "long" in config.option.markexpr else "tracker")
    config.pluginmanager.register(Exercised(), "exercised")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes, and on PostgreSQL what was not named for it, unless it is asked for."""
    minutes = "long" not in config.option.markexpr
    unnamed = config.option.database is None
    left_out = [
        item
        for item in items
        if (minutes and item.get_closest_marker("long")) or (unnamed and not _is_named_for_its_database(item))
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _is_named_for_its_database(item: pytest.Item) -> bool:
    """Return whether a test runs with these values on its database: the mark may name those for PostgreSQL."""
    marker, given = item.get_closest_marker("both_databases"), getattr(item, "callspec", None)
    if marker is None or given is None or given.params.get("database") != "postgresql":
        return True
    return all(given.params[name] in values for name, values in marker.kwargs.items())


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their place: those of a workbook hold the second in which they were packed.

    Every process must collect the same names.
    """
    return argname if isinstance(val, bytes) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that uses the database once on each that was asked for."""
    if "database" not in metafunc.fixturenames:
        return
    marked = {marker.name for marker in metafunc.definition.iter_markers()}
    asked = "sqlite" if "sqlite" in marked else metafunc.config.option.database
    wanted = asked or ("both" if "both_databases" in marked else "sqlite")
    metafunc.parametrize("database", DATABASES if wanted == "both" else (wanted,), indirect=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what was not tested."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.getreports("skipped")}
    for reason in sorted(reasons):
        _, is_missing, sentence = reason.partition(NOT_TESTED)
        if is_missing:
            terminalreporter.section("NOT TESTED", red=True, bold=True)
            terminalreporter.line(sentence, red=True)


def leave_out(sentence: str) -> NoReturn:
    """Skip with a notice at the end; unattended, what is missing is a failure."""
    if UNATTENDED:
        pytest.fail(sentence, pytrace=False)
    pytest.skip(NOT_TESTED + sentence)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Let no test reach further than this machine."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


@pytest.fixture(scope="session")
def _sqlite() -> Iterator[TestDatabase]:
    database = SqliteDatabase()
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Give a real PostgreSQL, or skip."""
    try:
        server = start()
    except NoPostgres as reason:
        leave_out(f"PostgreSQL: {reason}")
    else:
        yield server
        server.stop()


@pytest.fixture(scope="session")
def exercised(pytestconfig: pytest.Config) -> Exercised:
    """The record of what ran on PostgreSQL."""
    plugin = pytestconfig.pluginmanager.get_plugin("exercised")
    assert isinstance(plugin, Exercised)
    return plugin


@pytest.fixture(scope="session")
def _postgresql(postgres_server: Server, exercised: Exercised) -> Iterator[TestDatabase]:
    with exercised.recording():
        database = PostgresDatabase(postgres_server)
    yield database
    database.close()


@pytest.fixture
def database(request: pytest.FixtureRequest, exercised: Exercised) -> Iterator[TestDatabase]:
    """Give the application and database of this run: with the county where a test asks for it, else empty."""
    database: TestDatabase = request.getfixturevalue(f"_{request.param}")
    images = {**IMAGES, **getattr(request.module, "IMAGES", {})}
    asked = [build for name, build in images.items() if name in request.fixturenames]
    if asked:
        database.start_from(asked[-1])
    else:
        database.reset()
    with exercised.recording() if request.param == "postgresql" else nullcontext():
        yield database


@pytest.fixture
def county_ids(database: TestDatabase) -> Ids:
    """Give the ids of the county's units, people and places: the database has it before anything else is arranged."""
    return database.ids


@pytest.fixture
def app(database: TestDatabase, clock: "Clock") -> Flask:
    """Give the application, at the hour of the `clock` fixture."""
    return database.app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Give the database session inside an application context: for tests of services and queries."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def client(app: Flask) -> Client:
    """Give a browser without a screen, not signed in."""
    browser = app.test_client()
    assert isinstance(browser, Client)
    return browser


@pytest.fixture
def new_client(app: Flask) -> Callable[[], Client]:
    """Give as many browsers as a test has people."""

    def make() -> Client:
        browser = app.test_client()
        assert isinstance(browser, Client)
        return browser

    return make


@pytest.fixture
def county(county_ids: Ids, session: Session, new_client: Callable[[], Client]) -> County:
    """Give the county of the tests: its office, units, people and places, by their keys."""
    return County(county_ids, new_client)


@pytest.fixture
def at_work(county: County) -> str:
    """Give the public id of a matter that is being handled: told through its pages, accepted by 王海燕 of 县民政局."""
    return db.session.get_one(Case, county.ids["case"]).public_id


class Clock:
    """A clock that stands still until the test moves it; it also holds in other threads."""

    def __init__(self) -> None:
        self.set(THE_DAY)

    def set(self, at: datetime) -> None:
        """Put the clock to an instant."""
        core_clock.configure(at.isoformat())

    def forward(self, **amount: float) -> None:
        """Move the clock: `clock.forward(days=3, hours=1)`."""
        self.set(core_clock.now() + timedelta(**amount))

    now = staticmethod(core_clock.now)
    today = staticmethod(core_clock.today)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Give a clock that stands at 2026-11-21 09:00 in Shanghai."""
    yield Clock()
    core_clock.configure(None)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Give the browser's program, or skip."""
    for name in (os.environ.get("CHROMIUM"), *BROWSERS):
        found = name and shutil.which(name)
        if found:
            return Path(found)
    leave_out("pages in a browser: no chromium found ($CHROMIUM, chromium, chromium-browser)")
