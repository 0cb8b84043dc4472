"""重点难点村 at its size: 300 villages with 2,000 problems; what the board, a page, an act and the export cost.

`python -m benchmarks.villages` makes them in a database of its own and prints processor time and statements, for 30
villages and for 300: a page of one village must not grow with the others, the board grows with what it shows.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random

from flask import Flask
from sqlalchemy import event, func, select

from benchmarks.county import County, make_county
from benchmarks.fill import TODAY, application
from tracker.core.clock import at_local, frozen
from tracker.core.database import committed, db
from tracker.key_villages.models import VillageEntry, VillageProblem
from tracker.key_villages.queries.board import VillageFilters, board
from tracker.key_villages.queries.page import entry_page
from tracker.key_villages.rules.codes import VillageDutyKind, VillageKind
from tracker.key_villages.service import entering, keeping, signing
from tracker.people.queries import reader_for
from tracker.spreadsheets.export_villages import export_villages

FEW, MANY, PROBLEMS = 30, 300, 2000
RUNS = 5
NOW = at_local(TODAY, 10)


def measured(name: str, what: Callable[[], object]) -> None:
    """Print processor time (median of some runs, in ms) and the statements of one."""
    times, statements = [], 0

    def count(*_args: object) -> None:
        nonlocal statements
        statements += 1

    for _ in range(RUNS):
        db.session.rollback()
        db.session.expire_all()
        statements = 0
        event.listen(db.engine, "before_cursor_execute", count)
        begun = time.process_time()
        what()
        times.append(1000 * (time.process_time() - begun))
        event.remove(db.engine, "before_cursor_execute", count)
    print(f"  {name:<28}{sorted(times)[RUNS // 2]:9.1f} ms{statements:7d} statements")


def fill(county: County, random: Random, upto: int) -> None:
    """Enter villages until there are so many, each with its share of the problems."""
    standing = db.session.scalar(select(func.count()).select_from(VillageEntry)) or 0
    keeper, leader = county.acceptors[0], county.leaders[0]
    for village in county.villages[standing:upto]:
        with committed():
            listed = [one(county, random) for _ in range(random.randint(5, 8))]
            row = entering.enter(
                village,
                office=county.office,
                kind=random.choice(list(VillageKind)),
                reason="同类信访多件。",
                decided_by=leader,
                entered_on=TODAY - timedelta(days=30),
                by=keeper,
                now=NOW,
                problems=listed,
            )
            for duty in (VillageDutyKind.SPONSOR, VillageDutyKind.LIAISON, VillageDutyKind.TOWNSHIP):
                person = leader if duty is VillageDutyKind.SPONSOR else random.choice(county.units).head
                keeping.give_duty(
                    row, duty, user_id=person.id, words="", started_on=TODAY - timedelta(days=30), by=keeper, now=NOW
                )


def one(county: County, random: Random) -> entering.ListedProblem:
    """Return a problem of some unit."""
    unit = random.choice(county.units)
    due_on: date = TODAY + timedelta(days=random.randint(0, 60))
    return entering.ListedProblem("公开村级集体收支明细", unit.department.id, unit.handlers[0].id, due_on)


def figures(county: County) -> None:
    """Print what pages and acts cost now."""
    reader = reader_for(county.acceptors[0], TODAY)
    entry_id = db.session.scalars(select(VillageEntry.id)).first()
    count = db.session.scalar(select(func.count()).select_from(VillageEntry))
    problems = db.session.scalar(select(func.count()).select_from(VillageProblem))
    print(f"{count} villages, {problems} problems")
    measured("重点难点村台账", lambda: board(reader, VillageFilters(), today=TODAY, now=NOW))
    measured("一个村", lambda: entry_page(db.session.get_one(VillageEntry, entry_id), reader, today=TODAY, now=NOW))
    measured("记一次到村（保存）", lambda: visit(county, entry_id, NOW))
    measured("导出", lambda: export_villages(reader, BytesIO(), by="x", now=NOW))


def visit(county: County, entry_id: int | None, now: datetime) -> None:
    """Record a visit."""
    with committed():
        entry = db.session.get_one(VillageEntry, entry_id)
        signing.note_visit(entry, by=county.leaders[0], now=now, said="到村。", happened_on=TODAY)


def run(app: Flask) -> None:
    """Fill and measure, at both sizes."""
    random = Random(1)
    with app.app_context(), frozen(NOW):
        county = make_county(random)
        for upto in (FEW, MANY):
            fill(county, random, upto)
            figures(county)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        run(application(f"sqlite:///{folder}/tracker.db", Path(folder)))
