"""The figures of a period in the open edition (公开版), whoever reads them; each with the list that it counts.

However many matters there are, a table of figures is one statement. What is counted is said by the filters of the
ledger, the edition among them, so that a number and its list ask the database the same.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import case, extract, func, literal, select, union_all

from tracker.cases.ledger.cohorts import days_of, in_hand_on, not_closed_by, totals, totals_by_unit
from tracker.cases.ledger.conditions import Clause, Counted, LedgerReader, Reference, known_to
from tracker.cases.ledger.filters import Filters
from tracker.cases.ledger.groups import NO_CATEGORY, NO_PLACE, NO_UNIT, NOTHING, StateGroup
from tracker.cases.ledger.rules import Cohort, CohortPart, ReportEdition, Span
from tracker.cases.record.categories.queries import category_tree
from tracker.cases.record.models import Assignment, Case, Category
from tracker.cases.record.rules.holding import GONE
from tracker.core.database import db
from tracker.people.models import Department
from tracker.people.queries import department_tree
from tracker.people.rules import Reader
from tracker.places.queries import divided
from tracker.places.rules import TOWN_LEVEL
from tracker.reports.rules.indicators import TREND, Fraction

# Whose eyes no number goes by.
NOBODY = Reader(user_id=0, active=False, posts=())
# What narrows the list of a number: of nothing narrower may be said how many there are beyond one's own scope.
OF_NUMBERS = frozenset({"edition", "counted", "state", "department", "place", "office", "category"})


@dataclass(frozen=True)
class ListedNumber:
    """A number with the query string of its list."""

    count: int
    query: str


@dataclass(frozen=True)
class Figure:
    """A fraction with the lists of its two numbers, and of what is between them; a count alone has no `held`."""

    fraction: Fraction
    of: ListedNumber
    held: ListedNumber
    others: ListedNumber


@dataclass(frozen=True)
class CategoryLine:
    """A line of a table: its label with its numbers, and the whole of it at the end; `key` names its place."""

    key: str
    label: str
    numbers: tuple[ListedNumber, ...]
    total: ListedNumber


def open_edition(*, place: Reference | None = None, office: Reference | None = None) -> Filters:
    """Return the filters that every number of the open edition carries."""
    return Filters(edition=ReportEdition.OPEN, place=place, office=office)


def counts(cohorts: Collection[Cohort], span: Span, which: Filters, today: date) -> dict[Cohort, Fraction]:
    """Return the fraction of each cohort in a span, in one statement."""
    among = conditions_of(which, today)
    each = [
        select(literal(cohort.value).label("cohort"), *totals(cohort, span, today, among=among).subquery().c)
        for cohort in cohorts
    ]
    rows = db.session.execute(union_all(*each))
    return {Cohort(cohort): Fraction(int(of), int(held)) for cohort, of, held in rows}


def figures(cohorts: Collection[Cohort], span: Span, which: Filters, today: date) -> dict[Cohort, Figure]:
    """Return the figure of each cohort, in one statement."""
    return {
        cohort: figure(cohort, fraction, span, which)
        for cohort, fraction in counts(cohorts, span, which, today).items()
    }


def figure(cohort: Cohort, fraction: Fraction, span: Span, which: Filters, unit: Reference | None = None) -> Figure:
    """Return a fraction with its lists."""

    def number(part: CohortPart, count: int) -> ListedNumber:
        return ListedNumber(count, replace(which, counted=Counted(cohort, part, span, unit)).to_query())

    return Figure(
        fraction,
        number(CohortPart.ALL, fraction.of),
        number(CohortPart.HELD, fraction.held),
        number(CohortPart.OTHERS, fraction.others),
    )


def monthly(months: Sequence[Span], which: Filters, today: date) -> dict[Cohort, list[ListedNumber]]:
    """Return what came in, was answered and struck off month by month, and what was in hand at the end of each.

    Two statements.
    """
    among, whole = conditions_of(which, today), Span(months[0].since, months[-1].until)
    each = [_by_month(cohort, whole, today, among) for cohort in TREND]
    found = {(cohort, int(year), int(month)): n for cohort, year, month, n in db.session.execute(union_all(*each))}
    ends = [func.coalesce(func.sum(case((in_hand_on(min(month.until, today)), 1), else_=0)), 0) for month in months]
    stood = (not_closed_by(months[0].until), Case.status.not_in(sorted(GONE)))
    standing = db.session.execute(select(*ends).where(*stood, *among)).one()

    def numbers(cohort: Cohort, counted: Iterable[int]) -> list[ListedNumber]:
        return [
            ListedNumber(count, replace(which, counted=Counted(cohort, CohortPart.ALL, month)).to_query())
            for month, count in zip(months, counted, strict=True)
        ]

    came = {
        cohort: numbers(cohort, (found.get((cohort.value, m.since.year, m.since.month), 0) for m in months))
        for cohort in TREND
    }
    return came | {Cohort.IN_HAND: numbers(Cohort.IN_HAND, standing)}


def _by_month(cohort: Cohort, span: Span, today: date, among: tuple[Clause, ...]) -> Any:
    rows = days_of(cohort, span, today, among=among)
    year, month = extract("year", rows.c.day), extract("month", rows.c.day)
    return select(literal(cohort.value).label("cohort"), year, month, func.count()).group_by(year, month)


def by_unit(cohort: Cohort, span: Span, which: Filters, today: date) -> list[tuple[str, Figure]]:
    """Return the figure of each unit that owed something, in the order of the units: no ranking. Two statements."""
    rows = db.session.execute(totals_by_unit(cohort, span, today, among=conditions_of(which, today)))
    found = {unit_id: Fraction(int(of), int(held)) for unit_id, of, held in rows}
    return [(unit.label, figure(cohort, found[unit.row.id], span, which, unit)) for unit in _units(found)]


def late_by_unit(which: Filters, today: date) -> tuple[list[tuple[str, ListedNumber]], ListedNumber]:
    """Return what is late now of each unit that has something, and of all, in the order of the units.

    Two statements.
    """
    late = replace(which, state=StateGroup.OVERDUE)
    rows = db.session.execute(
        select(Assignment.department_id, func.count().label("late"))
        .select_from(Case)
        .outerjoin(Assignment, Assignment.id == Case.assignment_id)
        .where(*conditions_of(late, today))
        .group_by(Assignment.department_id)
    )
    found: dict[int | None, int] = {row.department_id: row.late for row in rows}
    units = [*_units(found), *([Reference(NOTHING, NO_UNIT, None)] if None in found else [])]
    lines = [
        (unit.label, ListedNumber(found[unit.row.id if unit.row else None], replace(late, department=unit).to_query()))
        for unit in units
    ]
    return lines, ListedNumber(sum(found.values()), late.to_query())


def _units(found: Collection[int | None]) -> list[Reference]:
    wanted = set(found)
    units: list[Department] = [node.department for node in department_tree(None) if node.department.id in wanted]
    return [Reference(unit.public_id, unit.short_name, unit) for unit in units]


@dataclass(frozen=True)
class Places:
    """Categories by township: `columns` are the categories that occur, in their order; `by` is 乡镇 or 县."""

    by: str
    columns: tuple[str, ...]
    lines: tuple[CategoryLine, ...]
    foot: CategoryLine


def by_place(span: Span, which: Filters, today: date) -> Places:
    """Return the distinct matters of a period by category and township, in the order of the codes: no ranking.

    A repeat counts in none (重件不重复计). Five statements.
    """
    distinct = replace(which, counted=Counted(Cohort.REPEATED, CohortPart.OTHERS, span))
    cells = {
        (place_id, category_id): count
        for place_id, category_id, count in db.session.execute(
            select(Case.village_id, Case.category_id, func.count())
            .where(*conditions_of(distinct, today))
            .group_by(Case.village_id, Case.category_id)
        )
    }
    columns = _categories({category_id for _, category_id in cells})
    places = divided({place_id for place_id, _ in cells if place_id is not None})
    rows: list[tuple[Reference, Collection[int | None]]] = [
        (Reference(each.place.public_id, each.place.short_name, each.place), each.place_ids) for each in places.lines
    ]
    if any(place_id is None for place_id, _ in cells):
        rows.append((Reference(NOTHING, NO_PLACE, None), {None}))
    if which.place:
        # Within a township there is one line, its own.
        rows = [row for row in rows if row[1] & {place_id for place_id, _ in cells}]  # type: ignore[operator]

    def number(counted: int, at: Filters, category: Reference | None) -> ListedNumber:
        return ListedNumber(counted, replace(at, category=category or at.category).to_query())

    def line(key: str, label: str, at: Filters, place_ids: Collection[int | None] | None) -> CategoryLine:
        own = {key: n for key, n in cells.items() if place_ids is None or key[0] in place_ids}
        numbers = (
            number(sum(n for (_, category_id), n in own.items() if category_id in ids), at, column)
            for column, ids in columns
        )
        return CategoryLine(key, label, tuple(numbers), number(sum(own.values()), at, None))

    return Places(
        places.by,
        tuple(column.label for column, _ in columns),
        tuple(
            line(place.key if place.row else "", place.label, replace(distinct, place=place), place_ids)
            for place, place_ids in rows
        ),
        line("", "合计", distinct, None),
    )


def first_levels(found: Collection[int | None]) -> list[Reference]:
    """Return the first levels of categories under which something stands, in their order."""
    return [reference for reference, _ in _categories(found)]


def _categories(found: Collection[int | None]) -> list[tuple[Reference, frozenset[int | None]]]:
    """Return the first levels under which something stands, in their order, each with all that is counted in it."""
    columns = []
    for branch in category_tree(None):
        ids = frozenset({branch.category.id, *(child.category.id for child in branch.children)})
        if ids & set(found):
            columns.append((_named(branch.category), frozenset[int | None](ids)))
    if None in found:
        columns.append((Reference(NOTHING, NO_CATEGORY, None), frozenset({None})))
    return columns


def _named(category: Category) -> Reference:
    return Reference(category.public_id, category.name, category)


def beyond(filters: Filters, reader: Reader, today: date) -> int | None:
    """Return how many matters of a number's list are not in the reader's scope (另有不在您范围内的).

    None where it may not be said: only of the open edition, which is the same for everybody, and only of a list that
    a page of figures opens. One statement.
    """
    chosen = dict(filters.chosen())
    if filters.edition is not ReportEdition.OPEN or set(chosen) - OF_NUMBERS or not _is_wide(filters):
        return None
    seen = func.coalesce(func.sum(case((known_to(reader), 1), else_=0)), 0)
    whole, own = db.session.execute(select(func.count(), seen).where(*conditions_of(filters, today))).one()
    return int(whole) - int(own)


def _is_wide(filters: Filters) -> bool:
    place, category = filters.place, filters.category
    town = place is None or place.row is None or place.row.level <= TOWN_LEVEL
    first = category is None or category.row is None or category.row.parent_id is None
    return town and first and filters.state in (None, StateGroup.OPEN, StateGroup.OVERDUE)


def conditions_of(filters: Filters, today: date) -> tuple[Clause, ...]:
    """Return what filters mean to nobody in particular. Raises RuntimeError for numbers of no edition."""
    if filters.edition is None:
        raise RuntimeError("a number without an edition")
    return tuple(filters.clauses(LedgerReader(NOBODY, today)).values())
