"""The numbers of a report as statements: how many there are and which rows they are, both of the same clauses."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Select, func, literal, select, union_all

from tracker.cases.access.scope import NUMBERS_CLOSED
from tracker.cases.ledger.cohorts import totals
from tracker.cases.ledger.conditions import Counted
from tracker.cases.ledger.filters import FILTERS, Filters
from tracker.cases.ledger.rules import Cohort, CohortPart, Span
from tracker.cases.record.models import AccusedParty, Case
from tracker.core.database import constant, db
from tracker.key_villages.models import VillageEntry
from tracker.key_villages.rules.codes import VillageStage
from tracker.people.models import Department
from tracker.reports.queries import conditions_of, first_levels
from tracker.reports.rules.indicators import CountUnit
from tracker.reports.rules.numbers import NumberRow

CASE, VILLAGE, FILING = "case", "village", "filing"
COUNTED = "counted"


@dataclass(frozen=True)
class ReportFigure:
    """A number of a report: its code and words, of which kind its rows are, its query, and how it is counted.

    `fixed` are rows that are known already: what each unit filed, and the rows of the issue before.
    """

    code: str
    label: str
    unit: CountUnit
    kind: str
    query: str
    count: Select[Any] | None = None
    ids: Select[Any] | None = None
    fixed: tuple[int, ...] = ()
    value: int = 0


def figure_of(code: str, row: NumberRow, span: Span, which: Filters, today: date) -> ReportFigure:
    """Return a number of the table for a span."""
    also = {name: FILTERS[name].read(text, today) for name, text in row.also}
    filters = replace(which, counted=Counted(row.cohort, row.part, span), **also)
    return of_filters(code, row.label, row.unit, filters, today)


def of_filters(code: str, label: str, unit: CountUnit, filters: Filters, today: date) -> ReportFigure:
    """Return the number of a list of the ledger."""
    counted = filters.counted
    assert counted is not None
    among = conditions_of(replace(filters, counted=None), today)
    sums = totals(counted.cohort, counted.span, today, among=among).subquery()
    whole, held = list(sums.c)
    parts = {CohortPart.ALL: whole, CohortPart.HELD: held, CohortPart.OTHERS: whole - held}
    return ReportFigure(
        code=code,
        label=label,
        unit=unit,
        kind=CASE,
        query=filters.to_query(),
        count=select(parts[counted.part]),
        ids=select(Case.id).where(*conditions_of(filters, today)),
    )


def of_query(code: str, label: str, unit: CountUnit, query: str, today: date) -> ReportFigure | None:
    """Return the number of a query that was kept; None where it can no longer be read."""
    filters = Filters.parse(dict(parse_qsl(query)), today=today)
    if filters.problems or filters.counted is None or filters.edition is None:
        return None
    return of_filters(code, label, unit, filters, today)


def fields(span: Span, which: Filters, today: date) -> list[ReportFigure]:
    """Return the distinct matters of a period by the first level of their category (涉及领域)."""
    distinct = replace(which, counted=Counted(Cohort.REPEATED, CohortPart.OTHERS, span))
    used = select(Case.category_id).where(*conditions_of(distinct, today)).distinct()
    columns = first_levels(set(db.session.scalars(used)))
    return [
        of_filters(f"field_{number}", each.label, CountUnit.MATTER, replace(distinct, category=each), today)
        for number, each in enumerate(columns, 1)
    ]


def complained(span: Span, which: Filters, today: date) -> list[ReportFigure]:
    """Return the matters of a period by the unit of the system they complain of, in the order of the units."""
    among = conditions_of(replace(which, counted=Counted(Cohort.RECEIVED, CohortPart.ALL, span)), today)
    named = select(AccusedParty.department_id).join(Case, Case.id == AccusedParty.case_id)
    found = set(db.session.scalars(named.where(AccusedParty.department_id.is_not(None), *among).distinct()))
    units = db.session.scalars(select(Department).where(Department.id.in_(found)).order_by(Department.id)).all()
    made = []
    for number, unit in enumerate(units, 1):
        of_unit = select(AccusedParty.case_id).where(AccusedParty.department_id == unit.id)
        ids = select(Case.id).where(Case.id.in_(of_unit), *among)
        query = f"complained={unit.public_id}&since={span.since:%Y%m%d}&until={span.until:%Y%m%d}"
        made.append(
            ReportFigure(
                *(f"unit_{number}", unit.short_name, CountUnit.MATTER, CASE, query), count=_counting(ids), ids=ids
            )
        )
    return made


def villages(office_id: int, span: Span) -> Iterator[ReportFigure]:
    """Yield the numbers of the ledger of difficult villages at the end of a period (重点难点村)."""
    listed = (VillageEntry.office_id == office_id, VillageEntry.stage != VillageStage.WITHDRAWN.value)
    sealed = (*listed, VillageEntry.stage == VillageStage.STRUCK_OFF.value)
    of_each = {
        "villages": ("在账的村", (*listed, VillageEntry.entered_on <= span.until)),
        "villages_entered": ("入账的村", (*listed, VillageEntry.entered_on.between(span.since, span.until))),
        "villages_struck_off": ("销号的村", (*sealed, VillageEntry.struck_off_on.between(span.since, span.until))),
        "villages_sealed": ("累计销号的村", (*sealed, VillageEntry.struck_off_on <= span.until)),
    }
    for code, (label, where) in of_each.items():
        ids = select(VillageEntry.id).where(*where)
        query = f"{code}&since={span.since:%Y%m%d}&until={span.until:%Y%m%d}"
        yield ReportFigure(code, label, CountUnit.VILLAGE, VILLAGE, query, count=_counting(ids), ids=ids)


def _counting(ids: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(ids.subquery())


def counts(figures: Iterable[ReportFigure]) -> dict[str, int]:
    """Return how many there are of each number, in one statement."""
    asked = list(figures)
    found = {each.code: each.value for each in asked if each.count is None}
    each = [select(literal(one.code), one.count.scalar_subquery()) for one in asked if one.count is not None]
    if each:
        found |= {code: int(count) for code, count in db.session.execute(union_all(*each))}
    return found


def rows_behind(figure: ReportFigure) -> list[int]:
    """Return the ids of the rows of a number."""
    return list(db.session.scalars(figure.ids)) if figure.ids is not None else list(figure.fixed)


def weight_of(unit: str, ids: Sequence[int]) -> int:
    """Return what rows add up to: their people where visitors are counted (人次), else how many they are."""
    if unit != CountUnit.VISITOR or not ids:
        return len(ids)
    people = select(func.coalesce(func.sum(Case.people_count), 0)).where(Case.id.in_(constant(list(ids))))
    return int(db.session.scalar(people) or 0)


def closed_among(ids: Collection[int]) -> set[int]:
    """Return which matters have become closed: of them an open report says nothing further, not even that they left."""
    if not ids:
        return set()
    return set(db.session.scalars(select(Case.id).where(Case.id.in_(constant(sorted(ids))), NUMBERS_CLOSED)))
