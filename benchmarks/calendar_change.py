"""What loading next year's holidays costs with many running clocks: the preview, then the change itself.

    .venv/bin/python -m benchmarks.calendar_change --cases 100000 --database sqlite:////DIR/tracker.db --data DIR

Each case runs three clocks: the sixty days, the acceptance and the referral, begun on days of the last ten weeks. The
notice is invented: one week off in February, as a Spring Festival would be, and two Saturdays worked for it.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, insert, select

from benchmarks.county import make_county
from benchmarks.fill import SEED, TODAY, application
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.database import committed, db, public_id
from tracker.deadlines.counting import Dates, TermCounter
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs.calendar import change_calendar
from tracker.supervision.calendar.preview import preview
from tracker.working_days.queries import calendar
from tracker.working_days.rules import NoticeDay, Proposal
from tracker.working_days.service import proposed

KINDS = (LimitKind.HANDLING, LimitKind.ACCEPTANCE, LimitKind.OFFICE_REFERRAL)
AT_ONCE = 5000
NOW = clock.at_local(TODAY)


def notice() -> Proposal:
    """Return the invented notice of 2027."""
    spans = ((1, 1, 3), (2, 5, 11), (5, 1, 3), (10, 1, 5))
    off = [NoticeDay(date(2027, month, day), False, "节") for month, a, b in spans for day in range(a, b + 1)]
    worked = [NoticeDay(date(2027, 1, 30), True, "节"), NoticeDay(date(2027, 2, 20), True, "节")]
    return proposed(2027, [*off, *worked], source="测试通知")


def cases(count: int, office_id: int) -> Iterator[dict[str, Any]]:
    """Give plain rows of cases under way."""
    for number in range(1, count + 1):
        yield {
            "id": number,
            "public_id": public_id(),
            "register_no": f"XF-2026-{number:06d}",
            "office_id": office_id,
            "registered_at": NOW,
            "received_on": TODAY,
            "channel": "letter",
            "title": "测试件",
            "summary": "测试内容。" * 40,
            "purpose": "settlement",
            "status": "accepted",
        }


def clocks(count: int, office_id: int) -> Iterator[dict[str, Any]]:
    """Give the running clocks of the cases."""
    random, terms = Random(SEED), TermCounter(calendar())
    for case_id in range(1, count + 1):
        for kind in KINDS:
            limit = LIMITS[kind]
            row = Deadline(
                kind=kind.value,
                started_on=TODAY - timedelta(days=random.randrange(limit.amount)) + timedelta(days=20),
                amount=limit.amount,
                unit=limit.unit,
                extension_days=0,
                excluded_days=0,
            )
            term = terms.term(row)
            dates = Dates(term.nominal, term.effective, term.provisional)
            yield {
                **{name: getattr(row, name) for name in ("kind", "started_on", "amount", "unit")},
                **dict(zip(("nominal_due", "effective_due", "provisional"), dates, strict=True)),
                "case_id": case_id,
                "subject": "case",
                "subject_id": case_id,
                "owner_department_id": office_id,
                "first_due": term.effective,
                "look_on": TODAY,
            }


def write(model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows in batches; they are not sealed, which costs the change nothing."""
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            db.session.connection().execute(insert(model), batch)
            batch = []
    if batch:
        db.session.connection().execute(insert(model), batch)


@contextmanager
def timed() -> Iterator[list[str]]:
    """Print what a part took, by the clock and of the processor, and the peak of memory so far."""
    label: list[str] = []
    started, worked = time.perf_counter(), time.process_time()
    yield label
    spent, work = time.perf_counter() - started, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{label[0]}: {spent:.1f} s ({work:.1f} s of the processor), peak memory {memory} MB", flush=True)


def measure(count: int) -> None:
    """Fill, look, apply, look again."""
    county = make_county(Random(SEED))
    with committed():
        write(Case, cases(count, county.office.id))
        write(Deadline, clocks(count, county.office.id))
    db.session.expunge_all()
    running = db.session.scalar(select(func.count()).select_from(Deadline))
    db.session.rollback()
    print(f"{count} cases, {running} running clocks", flush=True)
    with timed() as label:
        shown = preview(notice(), today=TODAY)
        seen = shown.fingerprint
        label.append(f"preview ({len(shown.moved)} move, {shown.settled} settle, {len(shown.groups)} groups)")
    db.session.rollback()
    with timed() as label:
        applied = change_calendar(notice(), seen=seen, by=None, now=NOW)
        label.append(f"apply ({applied.moved} moved)")
    with timed() as label:
        left = preview(notice(), today=TODAY)
        label.append(f"preview of the same again ({len(left.moved)} move)")


def main(arguments: list[str]) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--database", required=True, help="address of an empty database")
    parser.add_argument("--data", type=Path, required=True, help="an empty folder for the keys")
    given = parser.parse_args(arguments)
    with application(given.database, given.data).app_context():
        measure(given.cases)


if __name__ == "__main__":
    main(sys.argv[1:])
