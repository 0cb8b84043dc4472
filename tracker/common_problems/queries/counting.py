"""Distinct matters of one kind and place: what is proposed, and how many there were before and after a measure.

Counted by the filters of the ledger, in the open edition: repeats (重件), merged matters (并案) and what not everybody
may know of count nowhere, and the number is the same whoever reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from tracker.cases.ledger.conditions import Counted, LedgerReader, Reference
from tracker.cases.ledger.filters import Filters, conditions
from tracker.cases.ledger.rules import Cohort, CohortPart, ReportEdition, Span
from tracker.cases.record.models import Case, Category
from tracker.common_problems.models import CommonProblem
from tracker.common_problems.rules.acts import COMMON_OVER
from tracker.core.database import db
from tracker.deadlines.local import LocalNumber
from tracker.deadlines.own_limits import amount_on
from tracker.people.rules import Reader
from tracker.places.models import Place
from tracker.places.queries import divided
from tracker.reports.queries import NOBODY

# Over how many days, until today, common problems are proposed.
PROPOSED_OVER = 90


def alike(category: Category, place: Place, span: Span) -> Filters:
    """Return the list of the distinct matters of one kind and place that came in a span."""
    return Filters(
        edition=ReportEdition.OPEN,
        category=Reference(category.public_id, category.name, category),
        place=Reference(place.public_id, place.short_name, place),
        counted=Counted(Cohort.REPEATED, CohortPart.OTHERS, span),
    )


def how_many(filters: Filters, today: date) -> int:
    """Return how many matters a list of the open edition has, whoever asks. One statement."""
    among = filters.clauses(LedgerReader(NOBODY, today)).values()
    return db.session.scalar(select(func.count(Case.id)).where(*among)) or 0


@dataclass(frozen=True)
class ProposedKind:
    """One kind of matter in one township, how many distinct ones came, and the list of them.

    `founded` is the common problem that is in hand of just that.
    """

    category: Category
    place: Place
    count: int
    query: str
    founded: CommonProblem | None


def proposed(today: date) -> list[ProposedKind]:
    """Return the kinds and townships of which more distinct matters came than the office's own number (提示).

    In the order of the townships' codes and of the categories: no ranking, and no person is counted.
    """
    span, least = Span(today - timedelta(days=PROPOSED_OVER), today), amount_on(LocalNumber.COMMON_MATTERS, today)
    distinct = Filters(edition=ReportEdition.OPEN, counted=Counted(Cohort.REPEATED, CohortPart.OTHERS, span))
    rows: Sequence[Any] = db.session.execute(
        select(Case.village_id, Case.category_id, func.count())
        .where(*distinct.clauses(LedgerReader(NOBODY, today)).values())
        .where(Case.village_id.is_not(None), Case.category_id.is_not(None))
        .group_by(Case.village_id, Case.category_id)
    ).all()
    places = divided({village_id for village_id, _, _ in rows})
    found: dict[tuple[int, int], int] = {}
    for number, line in enumerate(places.lines):
        for village_id, category_id, count in rows:
            if village_id in line.place_ids:
                found[number, category_id] = found.get((number, category_id), 0) + count
    kinds = {row.id: row for row in db.session.scalars(select(Category).order_by(Category.position, Category.id))}
    in_hand = select(CommonProblem).where(CommonProblem.stage.not_in([stage.value for stage in COMMON_OVER]))
    founded = {(row.category_id, row.place_id): row for row in db.session.scalars(in_hand)}
    order = {id_: place for place, id_ in enumerate(kinds)}
    return [
        ProposedKind(
            kinds[category_id],
            place,
            count,
            alike(kinds[category_id], place, span).to_query(),
            founded.get((category_id, place.id)),
        )
        for (number, category_id), count in sorted(found.items(), key=lambda each: (each[0][0], order[each[0][1]]))
        if count >= least
        for place in [places.lines[number].place]
    ]


@dataclass(frozen=True)
class BeforeAfter:
    """How many distinct matters came in the period before, and since the measure was carried out, with their lists.

    The span after is as long as that before, and ends with today: `whole` says whether it is over.
    """

    before: int
    before_query: str
    span: Span
    after: int | None
    after_query: str
    after_span: Span | None
    whole: bool


def before_and_after(row: CommonProblem, today: date) -> BeforeAfter:
    """Return the two counts of a common problem. Two statements."""
    span = Span(row.since, row.until)
    first = alike(row.category, row.place, span)
    if row.carried_out_on is None:
        return BeforeAfter(how_many(first, today), first.to_query(), span, None, "", None, False)
    last = row.carried_out_on + (row.until - row.since)
    later = Span(row.carried_out_on, min(last, today))
    then = alike(row.category, row.place, later)
    return BeforeAfter(
        how_many(first, today), first.to_query(), span, how_many(then, today), then.to_query(), later, last <= today
    )


def candidates(category: Category, place: Place, span: Span, reader: Reader, today: date) -> Sequence[Case]:
    """Return the matters of one kind and place that a person may know of, to be put together; the earliest first."""
    which = conditions(alike(category, place, span), reader, today).values()
    return db.session.scalars(select(Case).where(*which).order_by(Case.received_on, Case.id)).all()
