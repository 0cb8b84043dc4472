"""统计: the figures of a small world counted by hand, their edges, their lists; nothing closed changes any."""

from datetime import date, timedelta

import pytest

from tests.cases.counting import statements
from tests.reports.world import BUILT, CLOCKS, NOVEMBER, duties, nov, old, received
from tests.world.county import County
from tests.world.rows import TODAY, a_case, assigned, category, clock_of, kept, reader
from tracker.cases.ledger import Filters, page
from tracker.cases.ledger.cohorts import ROWS
from tracker.cases.ledger.conditions import Reference
from tracker.cases.ledger.rules import COHORT_WORDS, Cohort, Span
from tracker.cases.record.models import AccusedParty
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.places.models import Place
from tracker.reports import queries
from tracker.reports.queries import ListedNumber, open_edition
from tracker.reports.rules.indicators import INDICATORS, Fraction
from tracker.reports.rules.periods import PeriodKind, between, period_of
from tracker.reports.statistics import statistics

OPEN = open_edition()

# By hand, from the docstrings of the world: how many, and of how many it holds.
EXPECTED: dict[Cohort, tuple[int, int]] = {
    Cohort.RECEIVED: (10, 0),
    Cohort.LETTERS: (8, 0),
    Cohort.VISITS: (2, 0),
    Cohort.VISITORS: (8, 0),
    Cohort.COMMITTEE_ELECTIONS: (1, 0),
    Cohort.PARTY_ELECTIONS: (2, 0),
    Cohort.ELECTIONS_SETTLED: (3, 1),
    Cohort.REPEATED: (10, 2),
    Cohort.GIVEN_OUT: (6, 3),
    Cohort.DISPATCHED: (3, 0),
    Cohort.NOTIFIED: (6, 3),
    Cohort.RETURNED: (5, 4),
    Cohort.MISDIRECTED: (4, 2),
    Cohort.REPLIES: (2, 0),
    Cohort.ANSWERED: (6, 3),
    Cohort.EXTENDED: (2, 1),
    Cohort.PROMISED: (3, 2),
    Cohort.SETTLED_AT_ONCE: (5, 2),
    Cohort.RATED: (0, 0),
    Cohort.OFFICE_LIKED: (0, 0),
    Cohort.UNIT_LIKED: (0, 0),
    Cohort.STRUCK_OFF: (2, 0),
    Cohort.LISTED: (5, 2),
    Cohort.IN_HAND: (3, 0),
    Cohort.LATE_AT_END: (2, 0),
    Cohort.LOOKED_BACK: (8, 4),
    Cohort.REBOUNDED: (3, 2),
    Cohort.URGED: (6, 3),
    Cohort.INSTRUCTED: (6, 3),
    Cohort.REVIEWED: (3, 2),
    Cohort.RE_EXAMINED: (3, 2),
}


def counted(cohort: Cohort, span: Span = NOVEMBER, today: date = TODAY) -> tuple[int, int]:
    found = queries.counts([cohort], span, OPEN, today)[cohort]
    return found.of, found.held


def listed(number: ListedNumber, *, today: date = TODAY, who: object = None) -> int:
    """Return how many matters the list of a number has, for who sees every open one."""
    args = dict(pair.split("=") for pair in number.query.split("&"))
    filters = Filters.parse(args, today=today)
    assert not filters.problems
    return page(reader(who), filters, today=today).total  # type: ignore[arg-type]


def test_every_cohort_has_its_words_its_rows_and_its_place_among_the_figures() -> None:
    assert set(Cohort) == set(COHORT_WORDS) == set(ROWS) == set(INDICATORS) == set(EXPECTED) == set(BUILT)
    assert set(CLOCKS) < set(Cohort)
    for cohort, row in INDICATORS.items():
        assert bool(row.part) is bool(COHORT_WORDS[cohort].held) is bool(COHORT_WORDS[cohort].others), cohort


@pytest.mark.parametrize("cohort", list(Cohort))
def test_a_figure_is_what_was_counted_by_hand_and_opens_its_list(county: County, cohort: Cohort) -> None:
    BUILT[cohort](county)
    assert counted(cohort) == EXPECTED[cohort]
    figure = queries.figures([cohort], NOVEMBER, OPEN, TODAY)[cohort]
    if cohort is Cohort.VISITORS:
        # 人次: the list has the visits, whose people add up to the number.
        assert listed(figure.of, who=county.office_head) == EXPECTED[Cohort.VISITS][0]
        return
    assert listed(figure.of, who=county.office_head) == EXPECTED[cohort][0]
    if INDICATORS[cohort].part:
        assert listed(figure.held, who=county.office_head) == EXPECTED[cohort][1]
        assert listed(figure.others, who=county.office_head) == EXPECTED[cohort][0] - EXPECTED[cohort][1]


def test_all_figures_of_a_period_are_one_statement_whatever_their_number(county: County) -> None:
    for build in dict.fromkeys(BUILT.values()):
        build(county)
    db.session.flush()
    with statements() as few:
        queries.counts([Cohort.RECEIVED], NOVEMBER, OPEN, TODAY)
    with statements() as all_of_them:
        queries.counts(list(Cohort), NOVEMBER, OPEN, TODAY)
    assert len(few) == len(all_of_them) == 1


@pytest.mark.parametrize("kind", list(CLOCKS.items()), ids=str)
def test_a_cohort_is_judged_the_day_after_its_last_day(county: County, kind: tuple[Cohort, LimitKind]) -> None:
    cohort, limit = kind
    clock_of(old(county), limit, TODAY)
    assert counted(cohort) == (0, 0)
    assert counted(cohort, today=TODAY + timedelta(days=1)) == (1, 0)


def test_a_number_without_an_edition_is_no_number(county: County) -> None:
    with pytest.raises(RuntimeError):
        queries.counts([Cohort.RECEIVED], NOVEMBER, Filters(), TODAY)


# --- two worlds


def test_what_is_closed_changes_no_number_of_the_page(county: County) -> None:
    """All builders leave closed matters beside the open ones; without them every page is the same."""
    for build in dict.fromkeys(BUILT.values()):
        build(county)
    hidden = [
        *db.session.scalars(db.select(queries.Case).where(queries.Case.level != "ordinary")),
        *(db.session.get_one(queries.Case, row.case_id) for row in db.session.scalars(db.select(AccusedParty))),
    ]
    assert len(hidden) > 12
    period = period_of(PeriodKind.TWELVE, TODAY)
    db.session.flush()
    with_them = statistics(period, OPEN, TODAY)
    for case in hidden:
        # Void matters are counted nowhere: as if they had never come.
        case.status = "voided"
    db.session.flush()
    assert statistics(period, OPEN, TODAY) == with_them


def test_a_matter_that_opens_changes_them_all(county: County) -> None:
    """Negative control: what differs between the two worlds would be seen."""
    received(county)
    before = statistics(period_of(PeriodKind.TWELVE, TODAY), OPEN, TODAY)
    a_case(county, received_on=nov(11))
    assert statistics(period_of(PeriodKind.TWELVE, TODAY), OPEN, TODAY) != before


# --- units, months, places


def test_units_stand_in_their_order_with_their_fraction(county: County) -> None:
    for unit, done in ((county.land, nov(4)), (county.land, nov(6)), (county.civil, None)):
        clock_of(
            old(county), LimitKind.HANDLING, nov(5), ended_on=done, met=done is not None, owner_department_id=unit.id
        )
    lines = queries.by_unit(Cohort.ANSWERED, NOVEMBER, OPEN, TODAY)
    assert [(label, figure.fraction) for label, figure in lines] == [
        ("县民政局", Fraction(1, 0)),
        ("县自然资源局", Fraction(2, 1)),
    ]
    for _, figure in lines:
        for number in (figure.of, figure.held, figure.others):
            assert listed(number, who=county.office_head) == number.count


def test_a_matter_that_fell_due_with_two_units_counts_with_each_and_once_in_all(county: County) -> None:
    case = old(county)
    for unit, done in ((county.land, nov(4)), (county.civil, nov(9))):
        clock_of(case, LimitKind.HANDLING, nov(5), ended_on=done, met=True, owner_department_id=unit.id)
    lines = dict(queries.by_unit(Cohort.ANSWERED, NOVEMBER, OPEN, TODAY))
    assert [figure.fraction for figure in lines.values()] == [Fraction(1, 0), Fraction(1, 1)]
    assert counted(Cohort.ANSWERED) == (1, 0)


def test_what_is_late_now_stands_with_its_unit_or_with_none(county: County) -> None:
    for unit in (county.civil, county.civil, None):
        case = a_case(county)
        clock_of(case, LimitKind.HANDLING, TODAY - timedelta(days=1))
        if unit:
            assigned(case, unit)
    hidden = a_case(county, level="accusation")
    clock_of(hidden, LimitKind.HANDLING, TODAY - timedelta(days=1))
    clock_of(a_case(county), LimitKind.HANDLING, TODAY)
    lines, whole = queries.late_by_unit(OPEN, TODAY)
    assert [(label, number.count) for label, number in lines] == [("县民政局", 2), ("尚未交给承办单位", 1)]
    assert whole.count == 3
    for _, number in (*lines, ("", whole)):
        assert listed(number, who=county.office_head) == number.count


def test_months_over_the_turn_of_a_year(county: County) -> None:
    for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), nov(21)):
        a_case(county, received_on=day)
    old(county, received_on=date(2025, 12, 31), closed_on=date(2026, 1, 15), answered_on=date(2026, 1, 2))
    period = period_of(PeriodKind.TWELVE, TODAY)
    found = queries.monthly(period.months, OPEN, TODAY)
    assert [period.months[0].since, period.months[-1].until] == [date(2025, 12, 1), date(2026, 11, 30)]
    assert [n.count for n in found[Cohort.RECEIVED]] == [2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert [n.count for n in found[Cohort.REPLIES]] == [0, 1, *[0] * 10]
    assert [n.count for n in found[Cohort.STRUCK_OFF]] == [0, 1, *[0] * 10]
    assert [n.count for n in found[Cohort.IN_HAND]] == [2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4]
    for numbers in found.values():
        for number in numbers:
            assert listed(number, who=county.office_head) == number.count


def test_categories_by_township_in_the_order_of_codes_with_what_has_neither(county: County) -> None:
    village = category("村务管理", category("农村农业"))
    election = category("民政")
    other: Place = county.other_village
    for place, kind, times in (
        (county.village, village, 2), (other, village, 1), (other, election, 1), (None, election, 1), (None, None, 1),
    ):  # fmt: skip
        for _ in range(times):
            a_case(
                county,
                received_on=nov(3),
                village_id=place.id if place else None,
                category_id=kind.id if kind else None,
            )
    again = a_case(county, received_on=nov(3), village_id=county.village.id, category_id=village.id)
    a_case(county, received_on=nov(4), village_id=county.village.id, category_id=village.id, original_id=again.id)
    found = queries.by_place(NOVEMBER, OPEN, TODAY)
    assert (found.by, found.columns) == ("乡镇", ("农村农业", "民政", "尚未分类"))
    filled = [
        (line.label, [n.count for n in line.numbers], line.total.count) for line in found.lines if line.total.count
    ]
    assert filled == [
        (county.other_township.short_name, [1, 1, 0], 2),
        (county.township.short_name, [3, 0, 0], 3),
        ("属地待定", [0, 1, 1], 2),
    ]
    assert [n.count for n in (*found.foot.numbers, found.foot.total)] == [4, 2, 1, 7]
    for line in (*found.lines, found.foot):
        for number in (*line.numbers, line.total):
            assert listed(number, who=county.office_head) == number.count


@pytest.mark.both_databases
def test_within_a_township_there_is_its_own_line_alone(county: County) -> None:
    for place in (county.village, county.other_village):
        a_case(county, received_on=nov(3), village_id=place.id)
    town = county.township
    narrowed = open_edition(place=Reference(town.public_id, town.short_name, town))
    found = queries.by_place(NOVEMBER, narrowed, TODAY)
    assert [(line.label, line.total.count) for line in found.lines] == [(town.short_name, 1)]
    assert queries.counts([Cohort.RECEIVED], NOVEMBER, narrowed, TODAY)[Cohort.RECEIVED].of == 1


# --- what lies beyond one's scope


def test_what_is_beyond_a_scope_is_told_of_open_matters_alone(county: County) -> None:
    received(county)
    number = queries.figures([Cohort.RECEIVED], NOVEMBER, OPEN, TODAY)[Cohort.RECEIVED].of
    filters = Filters.parse(dict(pair.split("=") for pair in number.query.split("&")), today=TODAY)
    told = {who: queries.beyond(filters, reader(county.user(who)), TODAY) for who in ("office_head", "unit_head")}
    assert told == {"office_head": 0, "unit_head": 10}
    for case in db.session.scalars(db.select(queries.Case).where(queries.Case.level != "ordinary")):
        case.status = "voided"
    assert queries.beyond(filters, reader(county.unit_head), TODAY) == 10


@pytest.mark.parametrize(
    "more", ["words=登记", "handler={handler}", "channel=visit", "vote_buying=1", "place={village}", "state=unplaced"]
)
def test_nothing_is_told_of_a_list_that_no_page_of_figures_opens(county: County, more: str) -> None:
    asked = more.format(handler=county.handler.public_id, village=county.village.public_id)
    args = {"edition": "open", "counted": "received.all.20261101.20261130", **dict([asked.split("=")])}
    filters = Filters.parse(args, today=TODAY)
    assert not filters.problems
    assert queries.beyond(filters, reader(county.unit_head), TODAY) is None
    assert (
        queries.beyond(Filters.parse({"counted": args["counted"]}, today=TODAY), reader(county.unit_head), TODAY)
        is None
    )


def test_a_period_from_one_day_to_another_counts_both(county: County) -> None:
    duties(county, LimitKind.HANDLING)
    day = between(nov(5), nov(5)).span
    assert counted(Cohort.ANSWERED, day) == (1, 0)
    assert counted(Cohort.ANSWERED, between(nov(6), nov(8)).span) == (0, 0)


def test_a_number_of_a_unit_that_is_accused_is_the_same_to_its_head(county: County) -> None:
    """A matter that complains of the unit counts in nobody's number, its own head's least of all."""
    case = a_case(county, received_on=nov(3))
    kept(AccusedParty(case_id=case.id, name="县民政局", department_id=county.civil.id))
    assert counted(Cohort.RECEIVED) == (0, 0)
