"""The register that plans are judged on: one filled base, and two sizes of it that differ in nothing but their number.

The base has a county of the benchmarks with what seven years leave behind, and the county of the tests with every
story of a case; the timer has told and raised what was due. Its copies have every share as the base has it.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from flask import Flask
from sqlalchemy import insert, update

from benchmarks.copies import multiply
from benchmarks.fill import fill, settle
from tests.client import Client
from tests.conftest import THE_DAY
from tests.databases import Ids, fast_folder, make_app, migrate
from tests.postgres import Server
from tests.web.browsing import take
from tests.web.stories import Act
from tests.world.county import County, build
from tracker.cases.lifecycle.rules.actions import Action
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.models import Deadline
from tracker.jobs.notices import send_notices, write_all_digests
from tracker.jobs.ticking import tick
from tracker.jobs.verifying import verify
from tracker.reminders.models import TickRun

IN_HAND = 0.12
# The days, before the one on which the register is judged, on which the timer ran.
DAYS_TOLD = (-1, 0)


@dataclass
class Register:
    """One size of the register: the application on it, and the county whose people work in it."""

    app: Flask
    county: County
    stories: dict[str, str]


@dataclass
class Base:
    """The filled base: its folder, its address, the ids of the county of the tests, and the case of each story."""

    folder: Path
    url: str
    ids: Ids
    stories: dict[str, str]


def client_of(app: Flask) -> Client:
    """Give a browser."""
    browser = app.test_client()
    assert isinstance(browser, Client)
    return browser


def nothing_said(*_words: object, **_options: object) -> None:
    """Say nothing."""


def opened(folder: Path, url: str) -> Flask:
    """Make the application on a database, on the day of the tests: whoever makes one sets the clock."""
    app = make_app(folder, url)
    clock.configure(THE_DAY.isoformat())
    return app


def make_base(folder: Path, url: str, cases: int, stories: dict[str, list[Act]]) -> Base:
    """Fill the base."""
    app = opened(folder, url)
    migrate(app)
    with app.app_context():
        county = County(build(), lambda: client_of(app))
        fill(cases, IN_HAND, say=nothing_said)
        with committed():
            db.session.execute(update(Deadline).where(Deadline.ended_on.is_(None)).values(look_on=Deadline.started_on))
        told = {name: tell(county, county.browser, story) for name, story in stories.items()}
        with committed():
            db.session.execute(insert(TickRun), list(quiet_runs()))
        for days in DAYS_TOLD:
            for work in (tick, write_all_digests, send_notices):
                work(clock.now() + timedelta(days=days))
        assert (found := verify()).wrong is None, found
        db.session.remove()
        db.engine.dispose()
    return Base(folder, url, county.ids, told)


def quiet_runs() -> Iterator[dict[str, object]]:
    """Give the runs of a year, as the run ledger keeps them."""
    for day in range(365, 4, -1):
        at = clock.now() - timedelta(days=day)
        yield {"started_at": at, "ended_at": at, "state": "done", "raised": {}, "skipped": {}}


def tell(county: County, browser_of: Callable[[str], Client], story: list[Act]) -> str:
    """Tell a story of a new case through its pages; return its public id."""
    public_id = county.register()
    for act in story:
        if act.action is Action.MERGE:
            into = county.case(county.register()).register_no
            act = Act(act.who, act.action, {"into": into, "reason": "同人同事。"})
        fields = act.filled(county, county.case(public_id))
        answer = take(browser_of(act.who), public_id, act.action, fields)
        assert answer.status_code == 303, (act, answer.text)
    return public_id


def grown(base: Base, url: str, copies: int) -> Register:
    """Open a copy of the base at an address, multiplied: its record does not agree, the copies have no seals."""
    app = opened(base.folder, url)
    with app.app_context():
        if copies:
            multiply(copies)
        settle()
        db.session.remove()
        db.engine.dispose()
    return Register(app, County(base.ids, lambda: client_of(app)), base.stories)


class Store(Protocol):
    """Where the databases of the sizes stand."""

    folder: Path

    def new(self, name: str) -> str:
        """Make an empty database; return its address."""

    def copied(self, name: str, to: str) -> str:
        """Copy a database that nobody uses; return the address of the copy."""

    def close(self) -> None:
        """Remove everything."""


class Files:
    """SQLite: files in one folder."""

    def __init__(self) -> None:
        self.folder = fast_folder("plans")

    def new(self, name: str) -> str:
        """Name a file."""
        return f"sqlite:///{self.folder / name}.db"

    def copied(self, name: str, to: str) -> str:
        """Copy a file."""
        shutil.copyfile(self.folder / f"{name}.db", self.folder / f"{to}.db")
        return self.new(to)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder)


class Databases:
    """PostgreSQL: databases of the server of the tests."""

    def __init__(self, server: Server) -> None:
        self.server, self.folder = server, fast_folder("plans")

    def new(self, name: str) -> str:
        """Make an empty database."""
        return self.server.create_database(f"plans_{name}").render_as_string(hide_password=False)

    def copied(self, name: str, to: str) -> str:
        """Copy a database."""
        return self.server.copy_database(f"plans_{name}", f"plans_{to}").render_as_string(hide_password=False)

    def close(self) -> None:
        """Remove the folder of the keys; the databases go with the server."""
        shutil.rmtree(self.folder)


@contextmanager
def registers(
    store: Store, cases: int, sizes: tuple[int, int], stories: dict[str, list[Act]]
) -> Iterator[tuple[Register, Register]]:
    """Give the register in two sizes, as many copies of the base each."""
    made: list[Register] = []
    try:
        base = make_base(store.folder, store.new("base"), cases, stories)
        made += [grown(base, store.copied("base", f"copies{n}"), n - 1) for n in sizes]
        yield made[0], made[1]
    finally:
        for register in made:
            with register.app.app_context():
                db.session.remove()
                db.engine.dispose()
        clock.configure(None)
        store.close()
