"""What the pages cost: requests of a signed-in clerk through the whole program, without a network.

    .venv/bin/python -m benchmarks.pages --database sqlite:////DIR/tracker.db --data DIR

The database is one that `benchmarks.fill` made. For each page: time on the clock and processor time (both p50 and p95,
in milliseconds), and how many statements it sends. Registration and the step really write.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import quantiles

from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from benchmarks.county import PASSWORD, person_name
from benchmarks.fill import TODAY, application
from benchmarks.letters import letter
from tests.client import Client
from tests.web.browsing import filled, form_of
from tracker.cases.intake import submissions
from tracker.cases.record.models import Case, Category
from tracker.core.database import db
from tracker.places.models import VILLAGE, Place

RUNS, WARM_UPS = 25, 3
READ = {
    "工作台": "/",
    "台账第 1 页": "/cases",
    "台账筛选（在办、来访）": "/cases?state=open&channel=visit",
    "台账筛选（已销号、来访、求决）": "/cases?state=closed&channel=visit&purpose=settlement",
    "查找 2 字（拆迁）": "/cases?words=拆迁",
    "查找 4 字（选民登记）": "/cases?words=选民登记",
    "查找 4 字（少见）": "/cases?words=上庄村换",
}
CASE, EARLIER, REGISTRATION, STEP = "案件页", "疑似重件（边输入边查）", "登记（保存）", "办理一步（分类）"
Request = Callable[[], TestResponse]


@dataclass(frozen=True)
class Cost:
    """What one page costs."""

    wall: list[float]
    processor: list[float]
    statements: int

    @property
    def typical(self) -> float:
        """The median of the processor time."""
        return quantiles(self.processor, n=20)[9]

    def words(self) -> str:
        """The figures in the order of HEAD."""
        figures = (*_middle_and_edge(self.wall), *_middle_and_edge(self.processor))
        return "".join(f"{figure:9.1f}" for figure in figures) + f"{self.statements:9d}"


HEAD = "".join(f"{name:>9}" for name in ("p50", "p95", "cpu p50", "cpu p95", "queries"))


def _middle_and_edge(times: list[float]) -> tuple[float, float]:
    parts = quantiles(times, n=20)
    return parts[9], parts[18]


class Clerk:
    """A signed-in clerk who opens and sends pages, with a watch and a counter."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = Client(app)
        assert self.client.sign_in("clerk", PASSWORD).status_code in (302, 303)

    def costs(self, runs: int) -> Iterator[tuple[str, Cost]]:
        """Measure page after page."""
        for name, address in READ.items():
            yield name, self._cost(self._opening(address), runs, 200)
        with self.app.app_context():
            delivered = select(Case.public_id).where(Case.status == "delivered", Case.level == "ordinary")
            case = db.session.scalar(delivered.limit(1))
        yield CASE, self._cost(self._opening(f"/cases/{case}"), runs, 200)
        yield EARLIER, self._cost(self._looking(), runs, 200)
        yield REGISTRATION, self._cost(self._registering(), runs, 303)
        yield STEP, self._cost(self._triaging(), runs, 303)

    def _opening(self, address: str) -> Iterator[Request]:
        while True:
            yield lambda: self.client.get(address)

    def _forms(self) -> Iterator[dict[str, object]]:
        """Give forms of registration, each another letter from another village."""
        random = Random(len(EARLIER))
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/cases/new").text)
        assert token
        with self.app.app_context():
            villages = db.session.execute(select(Place.code, Place.short_name).where(Place.level == VILLAGE)).all()
            category = db.session.scalar(select(Category.id).where(Category.parent_id.is_not(None)).limit(1))
        while True:
            code, village = random.choice(villages)
            title, text, points = letter(random, village)
            yield {
                "csrf_token": token[1],
                "channel": "letter",
                "received_on": TODAY.isoformat(),
                "petitioner_name": person_name(random),
                "people_count": "1",
                **{"village": "", "village_was": "", "village_text": code},
                **{"title": title, "summary": text, "demand_points": points},
                **{"purpose": "settlement", "urgency": "normal", "level": "ordinary", "joins": ""},
                "category": str(category),
                "submission": submissions.new_token(),
            }

    def _looking(self) -> Iterator[Request]:
        for form in self._forms():
            yield lambda form=form: self.client.post("/cases/new/earlier.json", data=form)  # type: ignore[misc]

    def _registering(self) -> Iterator[Request]:
        """Register after what is like it was shown, as the page does."""
        for form in self._forms():
            shown = self.client.post("/cases/new/earlier.json", data=form).get_json()["items"]
            form["joins_seen"] = [item["id"] for item in shown]
            yield lambda form=form: self.client.post("/cases/new", data=form)  # type: ignore[misc]

    def _triaging(self) -> Iterator[Request]:
        with self.app.app_context():
            waiting = select(Case.public_id).where(Case.status == "registered", Case.level == "ordinary")
            cases = db.session.scalars(waiting.order_by(Case.id.desc()).limit(1000)).all()
        for case in cases:
            address = f"/cases/{case}/steps/triage"
            form = filled(form_of(self.client.get(address), address), {"matter_class": "claim", "route": "petition"})
            yield lambda address=address, form=form: self.client.post(address, data=form)  # type: ignore[misc]

    def _cost(self, requests: Iterator[Request], runs: int, status: int) -> Cost:
        """Send requests; what it takes to prepare each is not measured."""
        wall, processor, statements = [], [], 0
        for run, send in zip(range(-WARM_UPS, runs), requests, strict=False):
            with self._counted() as count:
                start, worked = time.perf_counter(), time.process_time()
                answer = send()
                ended, rested = time.perf_counter(), time.process_time()
            assert answer.status_code == status, (answer.status, answer.text[:3000])
            if run >= 0:
                wall.append((ended - start) * 1000)
                processor.append((rested - worked) * 1000)
                statements = len(count)
        return Cost(wall, processor, statements)

    @contextmanager
    def _counted(self) -> Iterator[list[None]]:
        count: list[None] = []
        with self.app.app_context():
            engine = db.engine

        def notice(*_arguments: object) -> None:
            count.append(None)

        event.listen(engine, "before_cursor_execute", notice)
        try:
            yield count
        finally:
            event.remove(engine, "before_cursor_execute", notice)


def machine() -> float:
    """Return the milliseconds of a fixed piece of work, to compare machines and their busy hours."""
    start = time.process_time()
    sum(number * number for number in range(1_000_000))
    return (time.process_time() - start) * 1000


def main(arguments: list[str]) -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args(arguments)
    print(f"{'':32}{HEAD}   (milliseconds; a million squares: {machine():.0f} ms)")
    for name, cost in Clerk(application(given.database, given.data)).costs(given.runs):
        print(f"{name:<{32 - sum(ord(c) > 127 for c in name)}}{cost.words()}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
