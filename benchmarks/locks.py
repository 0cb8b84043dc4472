"""How long others wait to write while a long work is at it: the longest wait and the 99th percentile, per work.

    .venv/bin/python -m benchmarks.locks --cases 100000 --moved 10000 --before /CHECKOUT/OF/AN/OLDER/VERSION

Each checkout gets a database of its own, filled alike, and each work runs as its command does, in a process of its own.
Beside it a second connection asks for the right to write every 20 ms and gives it back at once. Of the cases each runs
three clocks; `--moved` of them fall into the week that the new notice makes a holiday. With `--database URL` (an
empty PostgreSQL database for each checkout, named after it) the wait is that for the log, which every act takes last.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pysqlite3
from sqlalchemy import delete, make_url

from benchmarks.calendar_change import cases, write
from benchmarks.county import make_county
from benchmarks.fill import SEED, TODAY, application
from benchmarks.places_import import csv_bytes, province
from tracker.cases.record.models import Case
from tracker.core.database import committed, db
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.places.models import Place

HERE = Path(__file__).resolve().parent.parent
KINDS = (LimitKind.HANDLING, LimitKind.FEEDBACK, LimitKind.ACCEPTANCE)
QUIET, INTO_THE_HOLIDAY = date(2026, 12, 1), date(2027, 2, 6)
EVERY = 0.02
IMPORTED = 1500
ADOPT = """
from datetime import datetime
from sqlalchemy import select
from tracker import create_app
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.people.models import User
from tracker.reminders.ladder.rules.rungs import LADDER
from tracker.reminders.ladder.service import adopt
with create_app().app_context(), committed():
    by = db.session.scalars(select(User).where(User.username == "supervisor")).one()
    adopt(LADDER, by=by, now=clock.now(), reason="试验")
"""
HEAD = "留言编号,留言用户,留言主题,留言时间,留言详情,答复意见,答复时间"


# Filling: run once for each checkout, with its own program


def clocks(count: int, moved: int, office_id: int) -> Iterator[dict[str, Any]]:
    """Give three running clocks of each case; of `moved` cases one falls due in the new holiday."""
    for case_id in range(1, count + 1):
        for kind in KINDS:
            into = case_id <= moved and kind is LimitKind.HANDLING
            due_on = INTO_THE_HOLIDAY if into else QUIET
            limit = LIMITS[kind]
            yield {
                "case_id": case_id,
                "subject": "case",
                "subject_id": case_id,
                "kind": kind.value,
                "owner_department_id": office_id,
                "started_on": due_on - timedelta(days=limit.amount or 60),
                "amount": limit.amount or 60,
                "unit": limit.unit,
                "nominal_due": due_on,
                "effective_due": due_on,
                "first_due": due_on,
                "look_on": TODAY + timedelta(days=2),
            }


def fill(url: str, folder: Path, count: int, moved: int) -> None:
    """Write the cases and clocks of one checkout."""
    with application(url, folder).app_context():
        county = make_county(Random(SEED))
        with committed():
            db.session.execute(delete(Place))
            write(Case, cases(count, county.office.id))
            write(Deadline, clocks(count, moved, county.office.id))


# Watching


@dataclass
class Watch:
    """Asks for the right to write again and again, and keeps how long each time it waited."""

    url: str
    waits: list[float] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._ask_again_and_again)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask_again_and_again(self) -> None:
        ask = self._sqlite() if self.url.startswith("sqlite") else self._postgresql()
        while not self._over.is_set():
            began = time.perf_counter()
            ask()
            self.waits.append(time.perf_counter() - began)
            time.sleep(EVERY)

    def _sqlite(self) -> Callable[[], None]:
        connection = pysqlite3.connect(make_url(self.url).database, isolation_level=None)
        connection.execute("PRAGMA busy_timeout=600000")

        def ask() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")

        return ask

    def _postgresql(self) -> Callable[[], None]:
        connection = psycopg.connect(make_url(self.url).set(drivername="postgresql").render_as_string(False))

        def ask() -> None:
            connection.execute("SELECT size FROM audit_head WHERE log_id = 1 FOR UPDATE")
            connection.rollback()

        return ask

    def say(self) -> tuple[float, float]:
        """Return the longest wait and the 99th percentile, in seconds."""
        ordered = sorted(self.waits) or [0.0]
        return ordered[-1], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


# Working


def notice(folder: Path) -> Path:
    """Write the invented notice of 2027."""
    file = folder / "2027.csv"
    spans = ((1, 1, 3), (2, 5, 11), (5, 1, 3), (10, 1, 5))
    days = [date(2027, month, day) for month, first, last in spans for day in range(first, last + 1)]
    file.write_text("date,kind,name\n" + "".join(f"{day},off,节\n" for day in days), encoding="utf-8")
    return file


def letters(folder: Path) -> Path:
    """Write a table of letters to import."""
    file = folder / "letters.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(HEAD.split(","))
        for number in range(IMPORTED):
            asked, answered = f"2024/{number % 12 + 1}/3 9:00:00", f"2024/{number % 12 + 1}/20 9:00:00"
            asked_for = (f"关于第{number}号路灯的问题", asked, "路灯不亮。" * 40)
            writer.writerow([str(10_000 + number), f"A{number:06d}", *asked_for, "已经修好。" * 30, answered])
    return file


def places(folder: Path) -> Path:
    """Write the divisions of a province."""
    file = folder / "places.csv"
    file.write_bytes(csv_bytes(province()))
    return file


WORKS: dict[str, Callable[[Path], list[str]]] = {
    "import": lambda folder: ["flask", "import-cases", str(letters(folder)), "--mapping", "liuyan"],
    "undo": lambda folder: ["flask", "undo-import", "1", "--reason", "试验", "--as", "clerk"],
    "places": lambda folder: ["flask", "import-places", str(places(folder))],
    "ladder": lambda folder: ["python", "-c", ADOPT],
    "tick": lambda folder: ["flask", "tick"],
    "calendar": lambda folder: ["flask", "load-calendar", "2027", str(notice(folder)), "--source", "试验通知"],
}


@dataclass(frozen=True)
class Checkout:
    """A version of the program with a database and a folder of its own."""

    root: Path
    url: str
    folder: Path

    def run(self, arguments: list[str], **more: Any) -> "subprocess.CompletedProcess[str]":
        """Run a command of this version."""
        program, *rest = arguments
        own = {"DATABASE_URL": self.url, "TRACKER_DATA": str(self.folder), "TRACKER_NOW": "2026-11-21T09:00"}
        environment = {**os.environ, **own, "TRACKER_ENV": "test", "PYTHONPATH": str(self.root)}
        executable = str(Path(sys.executable).with_name(program))
        return subprocess.run(
            [executable, *rest], cwd=self.root, env=environment, text=True, capture_output=True, check=False, **more
        )

    def fill(self, count: int, moved: int) -> None:
        """Fill its database."""
        given = ["--fill", self.url, str(self.folder), "--cases", str(count), "--moved", str(moved)]
        done = self.run(["python", __file__, *given])
        if done.returncode:
            raise SystemExit(done.stderr)

    def measure(self, work: str) -> tuple[float, float, float]:
        """Do one work; return the longest wait of others beside it, the 99th percentile, and what it took."""
        arguments = WORKS[work](self.folder)
        with Watch(self.url) as watch:
            began = time.perf_counter()
            done = self.run(arguments)
            took = time.perf_counter() - began
        if done.returncode:
            print(f"  {work} failed: {done.stderr.strip().splitlines()[-1:]} {done.stdout[-200:]}")
        return (*watch.say(), took)


def compare(checkouts: list[Checkout], works: list[str], count: int, moved: int) -> None:
    """Fill, do every work with every version, and print the waits with their ratio to the first version's."""
    for checkout in checkouts:
        checkout.fill(count, moved)
    print(f"{count} cases, {3 * count} running clocks, {moved} of them move", flush=True)
    for work in works:
        first = None
        for checkout in checkouts:
            longest, late, took = checkout.measure(work)
            first = first or longest
            ratio = f", {first / longest:.1f} times shorter" if checkout is not checkouts[0] else ""
            waits = f"longest wait {longest:.3f} s, 99 % {late:.3f} s"
            print(f"{work:9} {checkout.root.name:12} {waits} (work {took:.1f} s){ratio}", flush=True)


def main(arguments: list[str]) -> None:
    """Read the command line and measure, or fill one database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--moved", type=int, default=1000)
    parser.add_argument("--before", type=Path, action="append", default=[], help="a checkout of an older version")
    parser.add_argument("--works", nargs="*", choices=WORKS, default=list(WORKS))
    parser.add_argument("--database", help="address of a PostgreSQL database; each checkout's has its name after it")
    parser.add_argument("--fill", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.fill:
        fill(given.fill[0], Path(given.fill[1]), given.cases, given.moved)
        return
    with tempfile.TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
        checkouts = []
        for root in (*given.before, HERE):
            own = Path(folder) / root.name
            own.mkdir()
            url = f"{given.database}_{root.name.lower()}" if given.database else f"sqlite:///{own}/tracker.db"
            checkouts.append(Checkout(root.resolve(), url, own))
        compare(checkouts, given.works, given.cases, given.moved)


if __name__ == "__main__":
    main(sys.argv[1:])
