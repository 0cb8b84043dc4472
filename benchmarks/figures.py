"""What the figures cost: 统计 of a year and of a month, each part of it, one of its lists; 日报、周报、年度报告.

    .venv/bin/python -m benchmarks.figures --database sqlite:////DIR/tracker.db --data DIR

The database is one that `benchmarks.fill` made. Processor time (median of some runs) and statements.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import event, func, select

from benchmarks.fill import TODAY, application
from tracker.cases import ledger
from tracker.cases.ledger.conditions import Counted
from tracker.cases.ledger.rules import Cohort, CohortPart, ReportEdition
from tracker.cases.record.models import Case
from tracker.core.database import db
from tracker.people.models import User
from tracker.people.queries import active_departments, reader_for
from tracker.people.rules import DepartmentKind
from tracker.reports import queries
from tracker.reports.issues.composing import AskedReport, compose, span_on
from tracker.reports.issues.numbers import rows_behind
from tracker.reports.rules.indicators import INDICATORS
from tracker.reports.rules.kinds import ReportKind
from tracker.reports.rules.periods import Period, PeriodKind, period_of
from tracker.reports.statistics import statistics

RUNS = 3


def measured(name: str, what: Callable[[], object]) -> None:
    """Print what something costs."""
    times, statements = [], 0

    def count(*_args: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(db.engine, "before_cursor_execute", count)
    for _ in range(RUNS):
        db.session.rollback()
        statements, begun = 0, time.process_time()
        what()
        times.append(1000 * (time.process_time() - begun))
    event.remove(db.engine, "before_cursor_execute", count)
    print(f"  {name:<40}{sorted(times)[RUNS // 2]:9.1f} ms{statements:6d} statements", flush=True)


def figures(period: Period) -> None:
    """Print what one period costs, whole and in its parts."""
    which, span = queries.open_edition(), period.span
    print(f" {period.words}")
    measured("统计 as a whole", lambda: statistics(period, which, TODAY))
    measured("all indicators", lambda: queries.counts(INDICATORS, span, which, TODAY))
    measured("twelve months", lambda: queries.monthly(period.months, which, TODAY))
    measured("on time by unit", lambda: queries.by_unit(Cohort.ANSWERED, span, which, TODAY))
    measured("late by unit", lambda: queries.late_by_unit(which, TODAY))
    measured("categories by township", lambda: queries.by_place(span, which, TODAY))
    clerk = db.session.scalars(select(User).where(User.username == "clerk")).one()
    reader = reader_for(clerk, TODAY)
    filters = ledger.Filters(edition=which.edition, counted=Counted(Cohort.ANSWERED, CohortPart.OTHERS, span))
    measured("the list behind a number", lambda: ledger.page(reader, filters, today=TODAY))
    measured("what lies beyond a scope", lambda: queries.beyond(filters, reader, TODAY))


def reports() -> None:
    """Print what each report costs, drafted in both editions, and its rows as an issue keeps them."""
    office = active_departments(TODAY, {DepartmentKind.PETITION_OFFICE})[0]
    for kind in ReportKind:
        for edition in ReportEdition:
            span = span_on(kind, TODAY)
            asked = AskedReport(kind, office, edition, span, date(TODAY.year, 1, 1), hour=17)
            measured(f"{kind}, {edition}", lambda asked=asked: compose(asked, TODAY))  # type: ignore[misc]
        measured(
            f"{kind}, the rows of an issue",
            lambda asked=asked: [rows_behind(each) for each in compose(asked, TODAY).used],  # type: ignore[misc]
        )


def each_cohort(period: Period) -> None:
    """Print what each indicator costs by itself."""
    for cohort in INDICATORS:
        measured(cohort, lambda cohort=cohort: queries.counts([cohort], period.span, queries.open_edition(), TODAY))  # type: ignore[misc]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--each", action="store_true")
    given = parser.parse_args()
    with application(given.database, given.data).app_context():
        print(f"{db.session.scalar(select(func.count()).select_from(Case))} cases")
        for kind in (PeriodKind.TWELVE, PeriodKind.MONTH):
            figures(period_of(kind, TODAY))
        reports()
        if given.each:
            each_cohort(period_of(PeriodKind.TWELVE, TODAY))
