"""The pure rules of people: a period covers both of its days, and goes on where no end was entered."""

from datetime import date, timedelta

import pytest

from tracker.people.rules import valid_on

FIRST, LAST = date(2026, 3, 1), date(2026, 11, 20)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "covered"),
    [(FIRST - DAY, False), (FIRST, True), (FIRST + DAY, True), (LAST, True), (LAST + DAY, False)],
)
def test_both_ends_of_a_period_are_inside(day: date, covered: bool) -> None:
    assert valid_on(day, valid_from=FIRST, valid_to=LAST) is covered


def test_without_an_end_it_goes_on() -> None:
    assert valid_on(date(2099, 12, 31), valid_from=FIRST, valid_to=None)
    assert not valid_on(FIRST - DAY, valid_from=FIRST, valid_to=None)
