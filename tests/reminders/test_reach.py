"""On which day a rung is reached and what one look at a clock finds, case by case. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.reminders.rungs import rung
from tests.working_days.support import official
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.rules import NEVER
from tracker.reminders.ladder.rules import reach
from tracker.reminders.ladder.rules.reach import DayCounter, Look, Ref, Watched, look, reached_on, reply_by, rungs_of
from tracker.working_days.rules import Pause

DAYS = DayCounter(official())
BEGUN, DUE = date(2026, 8, 31), date(2026, 10, 30)
CLOCK = Watched(1, LimitKind.HANDLING, Ref("case", 1), BEGUN, DUE, 1)
ONE = timedelta(days=1)
# The rungs of 办理 on this clock: 60 days from Monday 31 August, with the holidays of the National Day between.
REACHED = {
    "work-half": date(2026, 9, 30),
    "work-quarter": date(2026, 10, 15),
    "work-soon": date(2026, 10, 27),
    "work-today": DUE,
    "work-urge": date(2026, 10, 31),
    "work-blue": date(2026, 11, 6),
    "work-amber": date(2026, 11, 17),
    "work-red": date(2026, 11, 27),
    "work-interview": date(2026, 12, 11),
    "work-circular": date(2026, 12, 25),
    "work-listed": date(2027, 1, 11),
}
# A ladder of just these rungs: another one in the shipped table is no concern of these tests.
ROWS = tuple(rung(code) for code in REACHED)


def known(*raised: str, recorded: tuple[str, ...] = ()) -> Mapping[str, bool]:
    return dict.fromkeys(raised, True) | dict.fromkeys(recorded, False)


def seen(day: date, clock: Watched = CLOCK, **given: Any) -> Look:
    return look(clock, ROWS, day, DAYS, **{"known": {}, **given})


def raised(found: Look) -> str | None:
    return found.raise_now.rung.code if found.raise_now else None


def why(found: Look) -> dict[str, str]:
    return {each.rung.code: each.because for each in found.record}


def test_every_rung_has_its_day() -> None:
    assert {each.code: reached_on(each, CLOCK, DAYS) for each in rungs_of(LimitKind.HANDLING, ROWS)} == REACHED


def test_a_share_is_rounded_up_to_a_whole_day() -> None:
    for days, half in ((1, 1), (2, 1), (3, 2), (7, 4)):
        assert reached_on(rung("work-half"), replace(CLOCK, due_on=BEGUN + days * ONE), DAYS) == BEGUN + half * ONE


def test_no_rung_comes_before_the_clock_began() -> None:
    assert reached_on(rung("work-soon"), replace(CLOCK, due_on=BEGUN + ONE), DAYS) == BEGUN


def test_a_rung_that_is_switched_off_or_of_another_kind_is_none_of_its_own() -> None:
    ladder = (rung("work-urge", active=False), rung("work-blue"), rung("short-urge"))
    assert [each.code for each in rungs_of(LimitKind.HANDLING, ladder)] == ["work-blue"]


def test_on_its_day_a_rung_is_raised_and_the_next_day_is_that_of_the_next() -> None:
    found = seen(REACHED["work-half"])
    assert (raised(found), found.record, found.next_on) == ("work-half", (), REACHED["work-quarter"])
    assert seen(REACHED["work-half"] - ONE) == Look(None, (), REACHED["work-half"])


def test_what_is_known_is_not_raised_again() -> None:
    found = seen(REACHED["work-quarter"] - ONE, known=known("work-half"))
    assert found == Look(None, (), REACHED["work-quarter"])
    assert seen(REACHED["work-half"], known=known(recorded=("work-half",))).raise_now is None


def test_of_several_the_highest_is_raised_and_the_others_recorded() -> None:
    found = seen(REACHED["work-urge"])
    assert raised(found) == "work-urge"
    assert why(found) == dict.fromkeys(("work-half", "work-quarter", "work-soon", "work-today"), reach.PASSED)


def test_of_two_of_one_level_the_later_is_raised() -> None:
    assert raised(seen(REACHED["work-quarter"])) == "work-quarter"


def test_after_a_higher_level_a_lower_one_is_only_recorded() -> None:
    day = REACHED["work-urge"]
    found = seen(day, known=known("work-half", "work-quarter", "work-soon", "work-today", "work-amber"))
    assert (raised(found), why(found)) == (None, {"work-urge": reach.OUTRANKED})
    same = seen(day, known=known("work-half", "work-quarter", "work-soon", "work-today", recorded=("work-amber",)))
    assert raised(same) == "work-urge", "what was only recorded outranks nothing"


def test_after_the_same_level_a_rung_is_raised() -> None:
    assert raised(seen(REACHED["work-quarter"], known=known("work-half"))) == "work-quarter"


def test_a_letter_waits_for_the_reply_day_of_the_one_before() -> None:
    before = known("work-half", "work-quarter", "work-soon", "work-today", "work-urge")
    day = REACHED["work-blue"]
    waits = seen(day, known=before, not_before=day + ONE)
    assert waits == Look(None, (), day + ONE)
    assert raised(seen(day, known=before, not_before=day)) == "work-blue"


def test_while_a_letter_waits_what_came_ahead_of_the_date_is_over() -> None:
    day = REACHED["work-urge"]
    found = seen(day, not_before=day + 3 * ONE)
    assert (raised(found), found.next_on) == (None, day + 3 * ONE)
    assert why(found) == dict.fromkeys(("work-half", "work-quarter", "work-soon", "work-today"), reach.PASSED)


def test_what_is_proposed_and_no_letter_does_not_wait() -> None:
    before = known(*(code for code in REACHED if REACHED[code] < REACHED["work-interview"]))
    assert raised(seen(REACHED["work-interview"], known=before, not_before=date(2027, 1, 1))) == "work-interview"


def test_of_a_clock_that_ended_everything_is_only_recorded() -> None:
    ended = replace(CLOCK, ended_on=REACHED["work-soon"])
    found = seen(REACHED["work-red"], ended, known=known("work-half"), not_before=date(2027, 1, 1))
    assert (raised(found), found.next_on) == (None, None)
    assert why(found) == dict.fromkeys(("work-quarter", "work-soon"), reach.ANSWERED)


def test_a_clock_that_ends_later_than_today_goes_on() -> None:
    ends = replace(CLOCK, ended_on=DUE)
    assert seen(DUE - ONE, ends).next_on == DUE
    assert seen(DUE, ends).next_on is None


@pytest.mark.parametrize(("moved", "because"), [(0, {}), (1, {"work-half": reach.BEFORE_CHANGE})])
def test_a_reminder_of_the_old_date_is_only_recorded(moved: int, because: dict[str, str]) -> None:
    revised = replace(CLOCK, revised_on=REACHED["work-half"] + moved * ONE)
    assert why(seen(REACHED["work-quarter"] - ONE, revised)) == because


def test_an_overdue_rung_comes_also_before_the_day_of_a_change() -> None:
    revised = replace(CLOCK, revised_on=REACHED["work-urge"] + 2 * ONE)
    assert raised(seen(REACHED["work-urge"] + 3 * ONE, revised)) == "work-urge"


def test_a_reminder_ahead_makes_no_sense_where_the_limit_is_shorter() -> None:
    short = replace(CLOCK, due_on=BEGUN + 3 * ONE)
    assert why(seen(BEGUN, short, known=known("work-half", "work-quarter"))) == {"work-soon": reach.TOO_SHORT}
    longer = replace(CLOCK, due_on=BEGUN + 4 * ONE)
    assert raised(seen(BEGUN + ONE, longer, known=known("work-half", "work-quarter"))) == "work-soon"
    today = replace(CLOCK, due_on=BEGUN)
    assert raised(seen(BEGUN, today, known=known("work-half", "work-quarter", "work-soon"))) == "work-today"


@pytest.mark.parametrize(("noted", "because"), [(0, {"work-half": reach.NOTED}), (1, {})])
def test_a_work_note_keeps_away_only_what_says_that_there_is_none(noted: int, because: dict[str, str]) -> None:
    day = REACHED["work-half"]
    assert why(seen(day, noted_on=day + noted * ONE)) == because
    quarter = REACHED["work-quarter"]
    assert raised(seen(quarter, noted_on=BEGUN, known=known("work-half"))) == "work-quarter"


def test_a_reply_is_wanted_in_working_days_and_before_the_next_letter() -> None:
    wanted = {
        "work-urge": reply_by(rung("work-urge"), CLOCK, ROWS, REACHED["work-urge"], DAYS),
        "work-blue": reply_by(rung("work-blue"), CLOCK, ROWS, REACHED["work-blue"], DAYS),
        "late": reply_by(rung("work-urge"), CLOCK, ROWS, REACHED["work-blue"] - ONE, DAYS),
        "red": reply_by(rung("work-red"), CLOCK, ROWS, REACHED["work-red"], DAYS),
    }
    assert wanted == {
        "work-urge": date(2026, 11, 4),
        "work-blue": date(2026, 11, 13),
        "late": date(2026, 11, 5),
        "red": date(2026, 12, 4),
    }
    assert reply_by(rung("work-today"), CLOCK, ROWS, DUE, DAYS) is None


def test_the_second_count_of_the_same_days_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    days = DayCounter(official())
    first = days.working_days_from(DUE, 5)
    monkeypatch.setattr(reach, "add_working_days", lambda *_: date.max)
    assert days.working_days_from(DUE, 5) == first
    assert days.working_days_from(DUE, 6) == date.max
    assert days.working_days_from(DUE + ONE, 5) == date.max


# 期间不计: a clock that stands still

HEARD = Pause(date(2026, 9, 14), date(2026, 9, 24), "听证期间")


def test_a_look_at_a_paused_clock_finds_nothing_and_wants_none() -> None:
    paused = replace(CLOCK, paused_on=date(2026, 9, 14))
    for day in (date(2026, 9, 14), REACHED["work-half"], date(2027, 1, 11)):
        assert seen(day, paused) == Look(None, (), None)
        assert seen(day).next_on is not None or seen(day).raise_now is not None, "the negative control"
    assert seen(day, paused).wanted_on(day) == NEVER


def test_on_the_day_before_a_pause_it_was_counted() -> None:
    paused = replace(CLOCK, paused_on=REACHED["work-half"] + ONE)
    assert raised(seen(REACHED["work-half"], paused)) == "work-half"
    assert seen(REACHED["work-half"] + ONE, paused) == Look(None, (), None)


def test_one_that_was_past_when_the_pause_began_goes_on_being_raised() -> None:
    assert seen(DUE, replace(CLOCK, paused_on=DUE)) == Look(None, (), None), "the last day itself was not over"
    late = replace(CLOCK, paused_on=DUE + ONE)
    assert seen(REACHED["work-blue"], late) == seen(REACHED["work-blue"])


def test_one_that_ended_has_no_pause() -> None:
    ended = replace(CLOCK, ended_on=REACHED["work-half"], paused_on=BEGUN)
    assert seen(REACHED["work-half"], ended) == seen(REACHED["work-half"], replace(ended, paused_on=None))


@pytest.mark.parametrize("code", ["work-half", "work-quarter"])
def test_a_share_of_the_time_is_one_of_the_days_that_count(code: str) -> None:
    """Ten days were left out before half was used: both shares are reached ten days later, as the last day is."""
    longer = replace(CLOCK, due_on=DUE + 10 * ONE, pauses=(HEARD, HEARD))
    assert reached_on(rung(code), longer, DAYS) == REACHED[code] + 10 * ONE
    without = replace(longer, pauses=())
    assert reached_on(rung(code), without, DAYS) != REACHED[code] + 10 * ONE


# 数出来的那一天、顺延后的最后一天、提前 3 日的提醒哪天来（law D7：2026-10-08、02-24、05-06）。
OVER_A_HOLIDAY = (
    (date(2026, 10, 1), date(2026, 10, 8), date(2026, 9, 28)),
    (date(2026, 10, 6), date(2026, 10, 8), date(2026, 9, 30)),
    (date(2026, 2, 17), date(2026, 2, 24), date(2026, 2, 14)),
    (date(2026, 2, 23), date(2026, 2, 24), date(2026, 2, 14)),
    (date(2026, 5, 3), date(2026, 5, 6), date(2026, 4, 30)),
    (date(2026, 5, 5), date(2026, 5, 6), date(2026, 4, 30)),
)


@pytest.mark.parametrize(("counted", "due", "warned"), OVER_A_HOLIDAY)
def test_a_warning_goes_by_the_day_that_was_counted_and_comes_before_the_holiday(
    counted: date, due: date, warned: date
) -> None:
    clock = replace(CLOCK, started_on=counted - 60 * ONE, due_on=due, counted_on=counted)
    assert reached_on(rung("work-soon"), clock, DAYS) == warned
    assert reached_on(rung("short-soon"), clock, DAYS) < counted
    assert reached_on(rung("work-today"), clock, DAYS) == due
    assert reached_on(rung("work-urge"), clock, DAYS) == due + ONE


def test_every_warning_comes_on_a_working_day_before_the_day_that_was_counted() -> None:
    for offset in range(365):
        counted = date(2026, 1, 20) + offset * ONE
        due = next(day for n in range(12) if DAYS.calendar.is_working(day := counted + n * ONE))
        clock = replace(CLOCK, started_on=counted - 60 * ONE, due_on=due, counted_on=counted)
        for code in ("work-soon", "short-soon", "reply-soon", "look-back-soon"):
            day = reached_on(rung(code), clock, DAYS)
            assert (day < counted, DAYS.calendar.is_working(day)) == (True, True), (code, counted)


def test_what_falls_due_on_a_day_of_rest_is_told_on_the_last_working_day_but_at_once_where_it_is_urgent() -> None:
    clock = replace(CLOCK, due_on=date(2026, 10, 31))
    assert reached_on(rung("work-today"), clock, DAYS) == date(2026, 10, 30)
    assert reached_on(rung("report-today"), clock, DAYS) == clock.due_on
