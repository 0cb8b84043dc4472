"""统计: the figures of one period put together for a page, for its print and for its table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.cases.ledger.filters import Filters
from tracker.cases.ledger.rules import EDITION_LABELS, Cohort, CohortPart, ReportEdition, Span
from tracker.reports import queries
from tracker.reports.queries import Figure, ListedNumber, Places
from tracker.reports.rules.indicators import (
    COMPARED,
    GROUP_LABELS,
    INDICATORS,
    UNIT_LABELS,
    FigureGroup,
    Indicator,
    change,
    counting_words,
)
from tracker.reports.rules.periods import Period
from tracker.statutes.queries import cited


@dataclass(frozen=True)
class ShownIndicator:
    """An indicator with its figure: what it is called, in what it counts, how, and on which basis."""

    cohort: Cohort
    row: Indicator
    figure: Figure
    basis: str

    @property
    def unit(self) -> str:
        """件, 批次, 人次 or 起."""
        return UNIT_LABELS[self.row.unit]

    @property
    def is_share(self) -> bool:
        """Whether it has a numerator."""
        return self.row.part is CohortPart.HELD

    @property
    def counting(self) -> str:
        """口径."""
        return counting_words(self.cohort)


@dataclass(frozen=True)
class ComparedCount:
    """A count beside that of the period before (上期) and of the same a year ago (去年同期); None: there is none."""

    shown: ShownIndicator
    now: ListedNumber
    before: ListedNumber | None
    last_year: ListedNumber | None

    @property
    def changes(self) -> tuple[str, str]:
        """How much more or less than each."""
        others = (self.before, self.last_year)
        before, last_year = (change(self.now.count, other.count if other else None) for other in others)
        return before, last_year


@dataclass(frozen=True)
class Statistics:
    """The page (统计) of a period, in an edition that every number of it keeps."""

    period: Period
    which: Filters
    today: date
    groups: Mapping[FigureGroup, Sequence[ShownIndicator]]
    compared: Sequence[ComparedCount]
    months: Sequence[Span]
    trend: Mapping[Cohort, Sequence[ListedNumber]]
    answered: Figure
    answered_by_unit: Sequence[tuple[str, Figure]]
    late: ListedNumber
    late_by_unit: Sequence[tuple[str, ListedNumber]]
    places: Places

    @property
    def edition(self) -> str:
        """公开版（不含检举控告）."""
        assert self.which.edition is not None
        return EDITION_LABELS[ReportEdition(self.which.edition)]

    @property
    def is_running(self) -> bool:
        """Whether the period is not over yet (本期没有结束)."""
        return self.period.span.since <= self.today < self.period.span.until

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all happened in it, or was due, or stands."""
        return not any(shown.figure.fraction.of for shown in self.shown()) and not self.late.count

    def shown(self) -> Iterator[ShownIndicator]:
        """Yield every indicator, in the order of the groups."""
        for rows in self.groups.values():
            yield from rows


def statistics(period: Period, which: Filters, today: date) -> Statistics:
    """Return the figures of a period, the same for whoever asks; the number of statements does not grow."""
    found = dict(_shown(period.span, which, today))
    units = queries.by_unit(Cohort.ANSWERED, period.span, which, today)
    late_units, late = queries.late_by_unit(which, today)
    months = [month for month in period.months if month.since <= today]
    return Statistics(
        period=period,
        which=which,
        today=today,
        groups={group: [each for each in found.values() if each.row.group is group] for group in GROUP_LABELS},
        compared=_compared(found, period, which, today),
        months=months,
        trend=queries.monthly(months, which, today) if months else {},
        answered=found[Cohort.ANSWERED].figure,
        answered_by_unit=units,
        late=late,
        late_by_unit=late_units,
        places=queries.by_place(period.span, which, today),
    )


def _shown(span: Span, which: Filters, today: date) -> Iterator[tuple[Cohort, ShownIndicator]]:
    found = queries.figures(INDICATORS, span, which, today)
    for cohort, row in INDICATORS.items():
        yield cohort, ShownIndicator(cohort, row, found[cohort], cited(*row.basis, on=today))


def _compared(
    found: Mapping[Cohort, ShownIndicator], period: Period, which: Filters, today: date
) -> list[ComparedCount]:
    before, last_year = (
        queries.figures(COMPARED, span, which, today) if span else {} for span in (period.before, period.last_year)
    )

    def number(figures: Mapping[Cohort, Figure], cohort: Cohort) -> ListedNumber | None:
        return figures[cohort].of if cohort in figures else None

    return [
        ComparedCount(found[cohort], found[cohort].figure.of, number(before, cohort), number(last_year, cohort))
        for cohort in COMPARED
    ]
