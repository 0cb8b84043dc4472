"""What a clock will tell in time to come, and told in time past, agrees with a timer that looks every day. Pure."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.reminders.rungs import rung
from tests.working_days.support import official
from tracker.deadlines.limits import LimitKind
from tracker.reminders.ladder.rules.forecast import path_of, walked, went_out
from tracker.reminders.ladder.rules.reach import DayCounter, Ref, Watched, look, reply_by, rungs_of
from tracker.reminders.ladder.rules.rungs import LADDER

CALENDAR = official()
DAYS = DayCounter(CALENDAR)


def watched(started_on: date, due_on: date, kind: LimitKind = LimitKind.HANDLING, **values: Any) -> Watched:
    return Watched(1, kind, Ref("case", 1), started_on, due_on, 1, **values)


def every_day(clock_: Watched, first: date, last: date) -> list[tuple[date, str]]:
    """Look on every single day, as a timer that never stops; nobody answers a letter."""
    known: dict[str, bool] = {}
    told, not_before, day = [], None, first
    while day <= last:
        found = look(clock_, LADDER, day, DAYS, known=known, not_before=not_before)
        known |= {each.rung.code: False for each in found.record}
        if found.raise_now:
            rung = found.raise_now.rung
            known[rung.code] = True
            told.append((day, rung.code))
            if rung.issues:
                wanted = reply_by(rung, clock_, LADDER, day, DAYS)
                assert wanted
                not_before = wanted + timedelta(days=1)
        day += timedelta(days=1)
    return told


_KINDS = [kind for kind in LimitKind if rungs_of(kind, LADDER)]


@given(
    st.sampled_from(_KINDS),
    st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    st.integers(0, 90),
    st.integers(0, 120),
    st.integers(0, 150),
)
def test_a_walk_finds_what_a_timer_finds_that_looks_every_day(
    kind: LimitKind, started_on: date, length: int, wait: int, span: int
) -> None:
    clock_ = watched(started_on, started_on + timedelta(days=length), kind)
    first = started_on + timedelta(days=wait)
    last = first + timedelta(days=span)
    found = walked(clock_, LADDER, first, last, DAYS, known={})
    assert [(day, reached.rung.code) for day, reached in found] == every_day(clock_, first, last)


@given(st.dates(date(2026, 1, 1), date(2026, 10, 1)), st.integers(0, 90), st.none() | st.integers(0, 120))
def test_clocks_alike_share_a_path(started_on: date, length: int, noted: int | None) -> None:
    """The path answers as a walk of the clock itself would, whenever the first sign of work was."""
    ladder = (*LADDER, rung("work-half", code="work-half-2", number=90))
    clock_ = watched(started_on, started_on + timedelta(days=length))
    noted_on = None if noted is None else started_on + timedelta(days=noted)
    first, last = started_on + timedelta(days=20), started_on + timedelta(days=80)

    def walk(noted_on: date | None) -> list[Any]:
        return went_out(clock_, ladder, first, last, DAYS, noted_on)

    assert list(path_of(clock_, ladder, DAYS, walk).told(noted_on)) == walk(noted_on)


def test_what_went_out_stops_with_the_clock() -> None:
    due = date(2026, 10, 30)
    open_clock = watched(date(2026, 8, 31), due)
    codes = [r.rung.code for _, r in went_out(open_clock, LADDER, due, due + timedelta(days=20), DAYS)]
    assert codes == ["work-today", "work-urge", "work-blue", "work-amber"]
    ended = watched(date(2026, 8, 31), due, ended_on=due + timedelta(days=1))
    assert [r.rung.code for _, r in went_out(ended, LADDER, due, due + timedelta(days=20), DAYS)] == codes[:2]
