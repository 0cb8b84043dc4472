"""Fill a database with made-up cases, sealed and logged as the program itself does, only in bulk.

    .venv/bin/python -m benchmarks.fill --cases 10000 --database sqlite:////DIR/tracker.db --data DIR

The seed is fixed: the same command makes the same cases. Assumption on shares: an office has about as many matters in
hand as its people can work on (`--open 1000`), however long its past is; `--open-share 0.05` makes them grow with it.
The log is one Merkle log and every row is sealed: `flask verify-audit` agrees with the result.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, insert, inspect, select, text, update

from benchmarks.county import County, make_county
from benchmarks.rows import LogLine, Numbers, Row, made
from benchmarks.stories import LIFE, Story
from tracker import create_app
from tracker.audit.marking import HEADS
from tracker.audit.models import AuditBlob, AuditEvent, AuditHead
from tracker.audit.rules import appended, canonical, leaf_hash
from tracker.audit.service import ACTS, entry_of, event_mac
from tracker.cases.record.models import Assignment, Case, OfficeCode, RegisterCounter
from tracker.cases.record.rules.series import REGISTER
from tracker.cases.record.search import create_search, reindex
from tracker.core.database import WRITING, Base, Model, committed, db
from tracker.core.encryption import KEY_NUMBER, encrypt
from tracker.core.statistics import keep_statistics
from tracker.core.waiting import unhurried

TODAY = date(2026, 11, 21)
NOW = "2026-11-21T09:00"
SEED = 140_522
BATCH = 250
YEARS = 7
OPEN = 1000
PROJECT = Path(__file__).resolve().parent.parent


def application(url: str, data: Path) -> Flask:
    """Make the application on an empty database, with its tables."""
    settings = {"TRACKER_ENV": "test", "TRACKER_DATA": data, "DATABASE_URL": url, "TRACKER_NOW": NOW}
    app = create_app(settings)
    with app.app_context():
        if list((PROJECT / "migrations" / "versions").glob("*.py")):
            upgrade(directory=str(PROJECT / "migrations"))
        elif not inspect(db.engine).has_table(Case.__tablename__):
            db.create_all()
            with db.engine.execution_options(**{WRITING: 10}).begin() as connection:
                create_search(connection)
    return app


class Chain:
    """The log of acts, continued in memory with the functions of the log itself."""

    def __init__(self, acting_as: dict[int, str]) -> None:
        head = db.session.get_one(AuditHead, ACTS)
        self.size, self.frontier, self.acting_as = head.size, bytes(head.frontier), acting_as
        self.events: list[Row] = []
        self.blobs: list[dict[str, Any]] = []

    def add(self, line: LogLine) -> None:
        """Append one line with the seals of the rows it changed."""
        content = dict(line.payload)
        content["seals"] = {f"{row.model.__tablename__}:{row.id}": row.seal() for row in line.changed}
        if line.text:
            ciphertext = encrypt(line.text, context="audit_blob.ciphertext")
            content["text_sha256"] = hashlib.sha256(ciphertext).hexdigest()
            self.blobs.append({"log_id": ACTS, "seq": self.size + 1, "ciphertext": ciphertext})
        event = made(
            AuditEvent,
            log_id=ACTS,
            seq=self.size + 1,
            at_utc=line.at,
            kind=line.event.value,
            case_id=line.case_id,
            actor_id=line.by.id,
            actor_role=self.acting_as[line.by.id][:200],
            node="1",
            payload=canonical(content),
            key_id=KEY_NUMBER,
        )
        event.leaf = leaf_hash(entry_of(event))
        event.mac = event_mac(event)
        self.frontier = appended(self.frontier, self.size, event.leaf)
        self.size += 1
        self.events.append(event)

    def write(self) -> None:
        """Write what was appended, and the head."""
        _insert(self.events)
        if self.blobs:
            db.session.execute(insert(AuditBlob), self.blobs)
        head = db.session.get_one(AuditHead, ACTS)
        head.size, head.frontier = self.size, self.frontier
        head.mac = HEADS.of(head)
        self.events, self.blobs = [], []


def _insert(rows: Iterable[Row]) -> None:
    by_model: dict[type[Model], list[dict[str, Any]]] = {}
    for row in rows:
        by_model.setdefault(row.model, []).append(row.values)
    order = {table.name: number for number, table in enumerate(Base.metadata.sorted_tables)}
    for model in sorted(by_model, key=lambda each: order[each.__tablename__]):
        values = by_model[model]
        if model is Case:
            values = [{**each, "assignment_id": None} for each in values]
        db.session.connection().execute(insert(model.__table__), values)


def receipts(random: Random, cases: int, share: float) -> Iterator[tuple[date, int]]:
    """Give for each case when it was received and how far it may get: the last `share` of them are open."""
    open_cases = round(cases * share)
    past = sorted(random.randint(190, YEARS * 365) for _ in range(cases - open_cases))
    for days in reversed(past):
        yield TODAY - timedelta(days=days), len(LIFE)
    for days in sorted((random.randint(0, 75) for _ in range(open_cases)), reverse=True):
        yield TODAY - timedelta(days=days), random.randint(0, len(LIFE) - 2)


def fill(cases: int, share: float, *, say: Any = print) -> None:
    """Write so many cases; call it in an application context on an empty database."""
    random, numbers, started = Random(SEED), Numbers(), time.perf_counter()
    county = make_county(random)
    county = _settled(county)
    with committed():
        chain = Chain(county.acting_as)
    batch: list[Story] = []
    for number, (received_on, last) in enumerate(receipts(random, cases, share), start=1):
        story = Story(county, random, numbers, received_on=received_on, today=TODAY, last=last)
        for line in story.tell():
            chain.add(line)
        batch.append(story)
        if len(batch) == BATCH or number == cases:
            _write(batch, chain, numbers)
            batch = []
            if number % 10_000 == 0:
                say(f"{number} cases, {time.perf_counter() - started:.0f} s", flush=True)
    with committed():
        reindex()
    settle()
    say(f"{cases} cases, {chain.size} log lines in {time.perf_counter() - started:.0f} s", flush=True)


def _settled(county: County) -> County:
    """Take the people and places out of the session: they are only read from here on."""
    for row in list(db.session):
        db.session.refresh(row)
    db.session.expunge_all()
    return county


def _write(batch: list[Story], chain: Chain, numbers: Numbers) -> None:
    with committed():
        _insert(row for story in batch for row in story.rows)
        given = select(Assignment.id).where(Assignment.case_id == Case.id).scalar_subquery()
        first, last = batch[0].case.id, batch[-1].case.id
        db.session.execute(
            update(Case)
            .where(Case.id.between(first, last))
            .values(assignment_id=given)
            .execution_options(synchronize_session=False)
        )
        chain.write()
        office = {"office_id": batch[0].county.office.id}
        db.session.merge(OfficeCode(**office, code=""))
        db.session.flush()
        for (year, closed), number in numbers.series.items():
            db.session.merge(RegisterCounter(**office, kind=REGISTER, year=year, closed=closed, last=number))


def settle() -> None:
    """Set the sequences of PostgreSQL after the keys given here, and take statistics as the databases do by night."""
    set_sequences()
    keep_statistics()
    if db.engine.dialect.name == "postgresql":
        with unhurried(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM"))
            connection.execute(text("RESET statement_timeout"))


def set_sequences() -> None:
    """Set the sequences of PostgreSQL after the keys given here."""
    if db.engine.dialect.name != "postgresql":
        return
    with committed() as session:
        for table in Base.metadata.sorted_tables:
            key = list(table.primary_key.columns)
            if len(key) == 1 and key[0].autoincrement and key[0].type.python_type is int:
                sequence = session.scalar(select(func.pg_get_serial_sequence(table.name, key[0].name)))
                if sequence:
                    session.execute(text(f"SELECT setval('{sequence}', (SELECT max({key[0].name}) FROM {table.name}))"))


def main(arguments: list[str]) -> None:
    """Read the command line and fill."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--database", required=True, help="address of an empty database")
    parser.add_argument("--data", type=Path, required=True, help="an empty folder for the keys")
    shares = parser.add_mutually_exclusive_group()
    shares.add_argument("--open", type=int, default=OPEN, help=f"matters in hand (default {OPEN})")
    shares.add_argument("--open-share", type=float, help="share of the matters in hand, 0 to 1")
    given = parser.parse_args(arguments)
    share = given.open_share if given.open_share is not None else min(1.0, given.open / given.cases)
    with application(given.database, given.data).app_context():
        fill(given.cases, share)


if __name__ == "__main__":
    main(sys.argv[1:])
