"""Days that a term leaves out (期间不计): by examples, and by a second opinion that looks at each day by itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.working_days.support import iso, official
from tracker.working_days.rules import (
    Calendar,
    DueDate,
    Pause,
    Unit,
    additions,
    counted_after,
    counted_days,
    day_table,
    derivation,
    due,
    extended,
    left_out_days,
    pause_on,
)

DAY, WORKING_DAY, MONTH = Unit.DAY, Unit.WORKING_DAY, Unit.MONTH
ONE = timedelta(days=1)
START = date(2026, 3, 2)
HEARD, SUSPENDED = "听证期间", "中止期间"


def pause(first: str, resumed: str | None, because: str = HEARD) -> Pause:
    return Pause(iso(first), iso(resumed) if resumed else None, because)


def term(*pauses: Pause, amount: int = 30, unit: Unit = DAY, start: str = "2026-03-02", rolls: bool = True) -> DueDate:
    return due(iso(start), amount, unit, official(), pauses=pauses, rolls=rolls)


def test_the_days_of_a_pause_are_not_counted() -> None:
    assert term().effective == iso("2026-04-01")
    assert term(pause("2026-03-10", "2026-03-13")).effective == iso("2026-04-07"), "3 days later: Saturday, Qingming"
    assert term(pause("2026-03-10", "2026-03-13"), rolls=False).effective == iso("2026-04-04")


def test_of_working_days_only_those_are_missed_that_are_worked() -> None:
    assert term(amount=5, unit=WORKING_DAY).effective == iso("2026-03-09")
    over_a_weekend = pause("2026-03-06", "2026-03-10")
    assert term(over_a_weekend, amount=5, unit=WORKING_DAY).effective == iso("2026-03-11")
    weekend_alone = pause("2026-03-07", "2026-03-09")
    assert term(weekend_alone, amount=5, unit=WORKING_DAY).effective == iso("2026-03-09")


def test_of_months_a_day_is_added_for_each() -> None:
    assert term(amount=3, unit=MONTH).effective == iso("2026-06-02")
    assert term(pause("2026-03-10", "2026-03-13"), amount=3, unit=MONTH).effective == iso("2026-06-05")
    at_the_end = due(iso("2025-11-30"), 3, MONTH, official(), pauses=[pause("2026-01-05", "2026-01-08")])
    assert (at_the_end.nominal, "2月没有30日，取月末" in derivation(at_the_end)) == (iso("2026-03-03"), True)


def test_touching_and_overlapping_pauses_count_once() -> None:
    whole = term(pause("2026-03-10", "2026-03-20"))
    for parts in (
        (pause("2026-03-10", "2026-03-15"), pause("2026-03-15", "2026-03-20")),
        (pause("2026-03-10", "2026-03-17"), pause("2026-03-12", "2026-03-20")),
        (pause("2026-03-10", "2026-03-20"), pause("2026-03-12", "2026-03-14"), pause("2026-03-10", "2026-03-20")),
    ):
        assert term(*parts).effective == term(*reversed(parts)).effective == whole.effective


def test_the_last_day_itself_may_be_missed_and_a_day_that_is_past_never_moves() -> None:
    assert term().effective == iso("2026-04-01")
    assert term(pause("2026-04-01", "2026-04-03")).effective == iso("2026-04-03")
    assert term(pause("2026-04-02", "2026-04-30")).effective == iso("2026-04-01")


def test_a_last_day_that_rolls_rolls_over_a_pause_too() -> None:
    """30 days from 12 February end on Saturday, 14 March, and run until Monday; a pause from Sunday on takes that."""
    assert term(start="2026-02-12").effective == iso("2026-03-16")
    moved = term(pause("2026-03-15", "2026-03-18"), start="2026-02-12")
    assert (moved.nominal, moved.effective) == (iso("2026-03-14"), iso("2026-03-18"))
    assert "逢周末、听证期间（3月14日至17日）顺延至2026年3月18日 周三" in derivation(moved)
    assert term(pause("2026-03-17", "2026-03-20"), start="2026-02-12").effective == iso("2026-03-16")


def test_an_extension_is_counted_past_pauses() -> None:
    heard = term(pause("2026-03-10", "2026-03-13"), rolls=False)
    longer = extended(heard, 10, official())
    assert (heard.nominal, longer.nominal) == (iso("2026-04-04"), iso("2026-04-14"))
    in_it = due(START, 30, DAY, official(), additions(extension_days=10), pauses=[pause("2026-04-05", "2026-04-08")])
    assert in_it.nominal == iso("2026-04-14")


def test_a_term_of_the_same_day_moves_only_out_of_a_pause() -> None:
    assert term(amount=0).effective == START
    assert term(pause("2026-03-02", "2026-03-05"), amount=0).effective == iso("2026-03-05")
    assert term(pause("2026-03-01", "2026-03-02"), pause("2026-03-03", "2026-03-05"), amount=0).effective == START


def test_a_pause_that_lasts_moves_nothing_yet() -> None:
    assert term(pause("2026-03-10", None)).effective == term().effective
    assert pause_on([pause("2026-03-10", None)], iso("2026-03-09")) is None
    assert pause_on([pause("2026-03-10", None)], iso("2099-01-01")) == pause("2026-03-10", None)


def test_pauses_of_the_same_days_are_named_in_one_order() -> None:
    """Whatever order they were read in: the line under a date must not change from page to page."""
    reasons = [f"第{number}次鉴定期间" for number in range(1, 7)]
    pauses = [pause("2026-03-10", "2026-03-13", because) for because in reversed(reasons)]
    assert f"跳过3月10日至12日{'、'.join(reasons)}" in derivation(term(*pauses))


def test_the_sentence_names_each_pause_with_its_own_reason() -> None:
    two = term(pause("2026-03-10", "2026-03-13"), pause("2026-03-20", "2026-03-23", SUSPENDED))
    assert derivation(two) == (
        "2026年3月2日（次日起算）＋30日（跳过3月10日至12日听证期间、3月20日至22日中止期间）＝2026年4月7日 周二"
    )
    across = term(pause("2026-03-10", "2026-03-14"), pause("2026-03-12", "2026-03-16", SUSPENDED))
    assert "跳过3月10日至11日听证期间、3月12日至13日听证期间、中止期间、3月14日至15日中止期间" in derivation(across)
    worked = term(pause("2026-03-05", "2026-03-10"), amount=5, unit=WORKING_DAY)
    assert derivation(worked) == ("2026年3月2日（次日起算）＋5个工作日（跳过3月5日至9日听证期间）＝2026年3月12日 周四")
    assert "听证期间" not in derivation(term(pause("2026-04-02", "2026-04-30")))


def test_the_table_marks_the_days_that_do_not_count() -> None:
    rows = day_table(term(pause("2026-03-04", "2026-03-06"), amount=4), official())
    assert [(row.date.day, row.counted_no, row.mark, row.name) for row in rows] == [
        (2, None, "", ""), (3, 1, "", ""), (4, None, "停", "听证期间"), (5, None, "停", "听证期间"),
        (6, 2, "", ""), (7, 3, "休", "周末"), (8, 4, "休", "周末"), (9, None, "", ""),
    ]  # fmt: skip
    assert rows[-1].note == "顺延后的最后一日"


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    first = draw(DAYS)
    return Pause(first, first + draw(st.integers(0, 40)) * ONE, draw(st.sampled_from((HEARD, SUSPENDED))))


def second_opinion(start: date, amount: int, unit: Unit, calendar: Calendar, given_pauses: Sequence[Pause]) -> date:
    """Return the last day of days or working days, asking of each day by itself whether it lies in any pause."""

    def paused(on: date) -> bool:
        return any(each.first <= on and each.resumed is not None and on < each.resumed for each in given_pauses)

    on = start
    while amount:
        on += ONE
        amount -= not paused(on) and (unit is DAY or calendar.is_working(on))
    while paused(on) or not calendar.is_working(on):
        on += ONE
    return on


@given(
    st.dates(date(2026, 1, 1), date(2026, 6, 30)),
    st.integers(1, 60),
    st.sampled_from((DAY, WORKING_DAY)),
    st.lists(pauses(), max_size=6),
)
def test_any_pauses_count_as_the_second_opinion_says(start: date, amount: int, unit: Unit, some: list[Pause]) -> None:
    found = due(start, amount, unit, official(), pauses=some)
    assert found.effective == second_opinion(start, amount, unit, official(), some)
    assert day_table(found, official())[-1].date == found.effective


@given(
    st.dates(date(2026, 1, 1), date(2026, 6, 30)),
    st.integers(0, 60),
    st.sampled_from((Unit.DAY, Unit.WORKING_DAY, Unit.MONTH)),
    st.data(),
)
def test_any_pauses_in_any_order_count_once_and_never_earlier(
    start: date, amount: int, unit: Unit, data: st.DataObject
) -> None:
    amount = min(amount, 3) if unit is MONTH else amount
    some = data.draw(st.lists(pauses(), max_size=6))
    found = due(start, amount, unit, official(), pauses=some)
    shuffled = data.draw(st.permutations([*some, *some]))
    assert due(start, amount, unit, official(), pauses=shuffled).effective == found.effective
    in_parts = [part for each in some for part in halves(each)]
    assert due(start, amount, unit, official(), pauses=in_parts).effective == found.effective
    one_less = due(start, amount, unit, official(), pauses=some[:-1])
    assert start <= one_less.effective <= found.effective
    later = Pause(found.effective + ONE, found.effective + 10 * ONE, HEARD)
    assert due(start, amount, unit, official(), pauses=[*some, later]).effective == found.effective
    lasting = [*some, Pause(start, None, HEARD)]
    assert due(start, amount, unit, official(), pauses=lasting).effective == found.effective


def halves(whole: Pause) -> list[Pause]:
    """Return a pause in two that touch."""
    assert whole.resumed is not None
    middle = whole.first + (whole.resumed - whole.first) // 2
    return [replace(whole, resumed=middle), replace(whole, first=middle)]


@given(st.dates(date(2026, 1, 1), date(2026, 6, 30)), st.integers(0, 90), st.lists(pauses(), max_size=5))
def test_days_counted_and_days_after_are_two_sides_of_one_count(start: date, amount: int, some: list[Pause]) -> None:
    end = counted_after(start, amount, some)
    assert counted_days(start, end, some) == amount
    assert left_out_days(start, [*some, *some]) == left_out_days(
        start, [part for each in some for part in halves(each)]
    )
    assert left_out_days(start, some) >= (end - start).days - amount
    assert amount == 0 or counted_days(start, end - ONE, some) == amount - 1
