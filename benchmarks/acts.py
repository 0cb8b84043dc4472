"""What every act costs as the register grows, beside another version of the program: processor time and work counted.

    .venv/bin/python -m benchmarks.acts --sizes 10000=DIR,100000=DIR --beside CHECKOUT

Each folder holds `tracker.db` with its keys, as `benchmarks.fill` and `benchmarks.copies` leave it, at the schema of
the other version: that one is measured on a copy as it is, this one on a copy that it upgrades first. Matters are
registered and taken through their whole life by their pages. `form` is opening the page of an act, `save` sending it:
the median of the processor time in milliseconds, and of the work that its statements make for the database (steps of
SQLite's virtual machine), which is counted in runs of its own.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import select

from benchmarks.county import PASSWORD, person_name
from benchmarks.letters import letter
from tests.client import Client
from tests.web.browsing import filled, form_of
from tracker import create_app
from tracker.cases.intake import submissions
from tracker.cases.record.models import Case, Category, DemandPoint
from tracker.core.database import db
from tracker.people.models import Department, User
from tracker.places.models import VILLAGE, Place

HERE = Path(__file__).resolve().parent.parent
NOW = "2026-11-21T09:00"
LIVES, COUNTED = 12, 4
REGISTRATION = "登记"
SERVED = {
    "document_no": "信受〔2026〕1号",
    "served_on": "今天",
    "method": "post",
    "served_to": "本人",
    "proof": "EMS 1",
}
REASON = {"reason": "情况属实，同意。"}
Fields = Callable[[Case], dict[str, Any]]


def ids(model: Any, column: Any, value: str) -> str:
    """Return the key of a row as a form sends it."""
    return str(db.session.scalar(select(model.id).where(column == value)))


def assigned(_case: Case) -> dict[str, Any]:
    """Return what 交办 is filled in with."""
    people = {"handler": ids(User, User.username, "u5"), "lead_official": ids(User, User.username, "u156")}
    return {"department": ids(Department, Department.name, "县第1局"), **people, "due_on": "12月20日"}


def answered(case: Case) -> dict[str, Any]:
    """Return what 处理意见 is filled in with: an answer to each point."""
    points = db.session.scalars(select(DemandPoint.id).where(DemandPoint.case_id == case.id)).all()
    answers = {f"answer-{id_}": "已核实。" for id_ in points} | {f"result-{id_}": "explained" for id_ in points}
    return {**answers, "document_no": "信意〔2026〕1号", "signer": "张建军", "text": "属实。", "basis": "组织法。"}


# Who takes which act, filling in what.
LIFE: tuple[tuple[str, str, Fields], ...] = (
    ("triage", "clerk", lambda case: {"matter_class": "claim", "route": "petition"}),
    ("assign", "clerk", assigned),
    ("sign_for", "u5", lambda case: {}),
    ("accept", "u5", lambda case: {name: value for name, value in SERVED.items() if name != "proof"}),
    ("note", "u5", lambda case: {"reason": "入户走访。"}),
    ("issue_opinion", "u5", answered),
    ("deliver", "u5", lambda case: {name: value for name, value in SERVED.items() if name != "document_no"}),
    ("confirm_file", "u5", lambda case: {"note": "齐全"}),
    ("apply_close_out", "u5", lambda case: REASON),
    ("confirm_close_out", "u4", lambda case: REASON),
    ("call_back", "clerk", lambda case: {"called_on": "今天", "satisfaction": "satisfied", **REASON}),
    ("check_close_out", "clerk", lambda case: REASON),
    ("sign_close_out", "u156", lambda case: REASON),
)


class Office:
    """The people who take the acts, with a watch that notes what each request costs."""

    def __init__(self, url: str, data: Path) -> None:
        self.app = create_app({"TRACKER_ENV": "test", "TRACKER_DATA": data, "DATABASE_URL": url, "TRACKER_NOW": NOW})
        self.clients: dict[str, Client] = {}
        self.spent: dict[str, list[float]] = {}
        self.worked: dict[str, list[int]] = {}
        self.counting: Any = None

    def client(self, who: str) -> Client:
        """Return somebody's browser, signed in."""
        if who not in self.clients:
            self.clients[who] = Client(self.app)
            assert self.clients[who].sign_in(who, PASSWORD).status_code in (302, 303), who
        return self.clients[who]

    def cost(self, name: str, send: Callable[[], Any], status: int) -> Any:
        """Send a request and note what it took."""
        before, book = time.process_time(), self.counting
        if book is not None:
            book.found.clear()
        answer = send()
        if book is None:
            self.spent.setdefault(name, []).append((time.process_time() - before) * 1000)
        else:
            self.worked.setdefault(name, []).append(sum(each.total for each in book.found.values()))
        assert answer.status_code == status, (name, answer.status, answer.text[:3000])
        return answer

    def register(self, forms: Iterator[dict[str, Any]]) -> str:
        """Register a letter as the page does; return the public id of the matter."""
        client, form = self.client("clerk"), next(forms)
        earlier = self.cost(
            f"{REGISTRATION} look", lambda: client.post("/cases/new/earlier.json", data=form), 200
        ).get_json()
        form["joins_seen"] = [item["id"] for item in earlier["items"]]
        answer = self.cost(f"{REGISTRATION} save", lambda: client.post("/cases/new", data=form), 303)
        found: str = answer.location.split("/cases/")[1].split("?")[0].split("/")[0]
        return found

    def live(self, public_id: str) -> None:
        """Take a matter through its life."""
        for action, who, fields in LIFE:
            client, address = self.client(who), f"/cases/{public_id}/steps/{action}"
            page = self.cost(f"{action} form", lambda: client.get(address), 200)  # noqa: B023
            with self.app.app_context():
                case = db.session.scalars(select(Case).where(Case.public_id == public_id)).one()
                sent = filled(form_of(page, address), fields(case))
            self.cost(f"{action} save", lambda: client.post(address, data=sent), 303)  # noqa: B023

    def forms(self) -> Iterator[dict[str, Any]]:
        """Give forms of registration, each with another letter from another village."""
        random, token = Random(7), self.client("clerk").token("/cases/new")
        with self.app.app_context():
            villages = db.session.execute(select(Place.code, Place.short_name).where(Place.level == VILLAGE)).all()
            category = db.session.scalar(select(Category.id).where(Category.parent_id.is_not(None)).limit(1))
        while True:
            code, village = random.choice(villages)
            title, text, points = letter(random, village)
            yield {
                **{"csrf_token": token, "channel": "letter", "received_on": "2026-11-21", "people_count": "1"},
                **{"petitioner_name": person_name(random), "village": "", "village_was": "", "village_text": code},
                **{"title": title, "summary": text, "demand_points": points, "purpose": "settlement", "joins": ""},
                **{"urgency": "normal", "level": "ordinary", "category": str(category)},
                "submission": submissions.new_token(),
            }


def measure(url: str, data: Path, *, newest: bool) -> dict[str, dict[str, float]]:
    """Take the acts on one database; return by act the processor time and the work counted."""
    office, work = Office(url, data), _counter()
    if newest:
        with office.app.app_context():
            upgrade(directory=str(HERE / "migrations"))
    forms = office.forms()
    for _ in range(LIVES):
        office.live(office.register(forms))
    with office.app.app_context():
        engine = db.engine
    office.counting = work.Book()
    with work.counted(engine, office.counting):
        for _ in range(COUNTED):
            office.live(office.register(forms))
    return {
        name: {"cpu": median(spent[2:]), "work": median(office.worked[name])} for name, spent in office.spent.items()
    }


def _counter() -> Any:
    """Load the counter of this version, also beside another."""
    spec = importlib.util.spec_from_file_location("work", HERE / "tests" / "plans" / "work.py")
    assert spec
    assert spec.loader
    sys.modules["work"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measured(folder: Path, checkout: Path) -> dict[str, dict[str, float]]:
    """Measure a version in a process of its own, on a copy."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as copied:
        shutil.copytree(folder, copied, dirs_exist_ok=True)
        command = [sys.executable, __file__, "--database", f"sqlite:///{copied}/tracker.db", "--data", copied]
        command += ["--newest"] if checkout == HERE else []
        environment = {**os.environ, "PYTHONPATH": str(checkout)}
        done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
        return found


def show(sizes: dict[int, Path], beside: Path) -> None:
    """Print a table for each size, then the growth from the smallest to the largest."""
    mine: dict[int, dict[str, dict[str, float]]] = {}
    for size, folder in sizes.items():
        other, mine[size] = measured(folder, beside), measured(folder, HERE)
        print(f"\n{size} cases{'cpu ms':>25}{'ratio':>16}{'work':>20}{'ratio':>18}", flush=True)
        for name, cost in mine[size].items():
            ratios = [other[name][key] / cost[key] for key in ("cpu", "work")]
            print(
                f"{name:<26}{other[name]['cpu']:8.1f} →{cost['cpu']:7.1f}{ratios[0]:7.1f}"
                f"{other[name]['work']:12.0f} →{cost['work']:9.0f}{ratios[1]:9.1f}",
                flush=True,
            )
    if len(mine) > 1:
        small, large = min(mine), max(mine)
        print(f"\nGrowth from {small} to {large} cases: processor time, work")
        for name, cost in mine[large].items():
            growth = [cost[key] / mine[small][name][key] for key in ("cpu", "work")]
            print(f"{name:<26}{growth[0]:8.2f}{growth[1]:8.2f}")


def main(arguments: list[str]) -> None:
    """Measure one database, or compare two versions on several."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="", help="cases=folder, separated by commas")
    parser.add_argument("--beside", type=Path, default=HERE, help="the folder of another version")
    parser.add_argument("--database", help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--newest", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.database:
        print(json.dumps(measure(given.database, given.data, newest=given.newest)))
        return
    pairs = (pair.split("=") for pair in given.sizes.split(","))
    show({int(size): Path(folder).resolve() for size, folder in pairs}, given.beside.resolve())


if __name__ == "__main__":
    main(sys.argv[1:])
