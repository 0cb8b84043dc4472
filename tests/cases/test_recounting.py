"""A changed calendar counts running clocks again, and nothing else: used time stays, told days never move earlier."""

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.databases import writing
from tests.working_days.test_notices import notice_of
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.page.trail import trail_line
from tracker.cases.record.models import CaseStep
from tracker.core.clock import SHANGHAI
from tracker.core.database import db
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import shown, why
from tracker.deadlines.service import extend_clock
from tracker.jobs.calendar import change_calendar
from tracker.working_days.rules import NoticeDay
from tracker.working_days.service import proposed

pytestmark = pytest.mark.both_databases

# Invented notices: the ordinary holidays, and 19 to 21 January besides.
PLAIN = tuple(notice_of(2027))
LONG = (*PLAIN, *(NoticeDay(date(2027, 1, day), False, "试验假期") for day in (19, 20, 21)))


def load(days: Sequence[NoticeDay], now: datetime) -> int:
    """Load 2027 and count every case again; return how many dates moved."""
    return change_calendar(proposed(2027, days, source="试验通知"), seen=None, by=None, now=now).moved


def handling(matter: Matter) -> Deadline:
    found = matter.clock(LimitKind.HANDLING)
    assert found is not None
    return found


def a_matter(county: County, clock: Clock, *, until: str = "accept") -> Matter:
    """Return a matter accepted on 20 November 2026: sixty days end on 19 January 2027."""
    clock.set(clock.now().replace(day=20))
    return Matter(county).until(until)


def test_a_loaded_year_settles_provisional_dates_and_moves_those_on_a_new_rest_day(
    county: County, clock: Clock
) -> None:
    running, answered = a_matter(county, clock), a_matter(county, clock, until="deliver")
    moving, done = handling(running), handling(answered)
    assert (moving.effective_due, moving.provisional) == (date(2027, 1, 19), True)
    clock.forward(days=3)
    assert load(LONG, clock.now()) == 1
    assert (moving.effective_due, moving.provisional, moving.revision) == (date(2027, 1, 22), False, 2)
    assert (moving.revised_on, moving.look_on) == (clock.today(), clock.today())
    assert moving.nominal_due == moving.first_due == date(2027, 1, 19), "the count itself did not change"
    assert running.case.next_due_on == min(
        clock_.effective_due for kind in (LimitKind.HANDLING, LimitKind.FEEDBACK) if (clock_ := running.clock(kind))
    )
    assert (done.effective_due, done.revision) == (date(2027, 1, 19), 1), "used time is never rewritten"
    assert verify().wrong is None
    assert load(LONG, clock.now()) == 0, "the second time nothing moves"
    assert moving.revision == 2


def test_a_clock_that_ended_says_by_which_calendar_it_ran(county: County, clock: Clock) -> None:
    done = handling(a_matter(county, clock, until="deliver"))
    before = why(done)
    load(LONG, clock.now())
    assert "用去的时间不再改写" in why(done)
    assert "2027年1月19日" in why(done)
    assert "用去的时间" not in before


def test_a_day_the_petitioner_was_told_never_moves_earlier(county: County, clock: Clock) -> None:
    told = handling(a_matter(county, clock))
    load(LONG, clock.now())
    assert told.effective_due == date(2027, 1, 22)
    assert load(PLAIN, clock.now()) == 0
    assert (told.effective_due, told.revision) == (date(2027, 1, 22), 2)
    assert why(told).endswith("；2027年1月22日已告知信访人，不提前")
    assert shown(told, clock.today()).why == why(told)
    writing()
    extend_clock(told, 1, on=clock.today())
    assert told.effective_due == date(2027, 1, 22), "an extension by a day does not shorten it either"
    db.session.rollback()


def test_a_day_told_to_nobody_moves_earlier_too(county: County, clock: Clock) -> None:
    """The negative control: 告知是否受理 is an inner limit of the unit."""
    load(LONG, clock.now())
    clock.set(datetime(2027, 1, 5, 9, tzinfo=SHANGHAI))
    matter = Matter(county).until("sign_for")
    inner = matter.clock(LimitKind.ACCEPTANCE)
    assert inner is not None
    assert (inner.effective_due, LIMITS[LimitKind.ACCEPTANCE].told) == (date(2027, 1, 22), False)
    assert load(PLAIN, clock.now()) == 1
    assert (inner.effective_due, inner.revision) == (date(2027, 1, 20), 2)
    assert "已告知" not in why(inner)
    assert load(LONG, clock.now()) == 1, "and later again"


def test_a_moved_date_is_a_line_of_the_trail_by_the_system(county: County, clock: Clock) -> None:
    matter = a_matter(county, clock)
    load(LONG, clock.now())
    lines = select(CaseStep).where(CaseStep.case_id == matter.case.id, CaseStep.action == Action.RECOUNT.value)
    step = db.session.scalars(lines).one()
    line = trail_line(step, this_year=2026, known_numbers=frozenset())
    assert (line.action, line.who, line.kind, line.change) == ("重新计算期限", "系统", "system", "")
    assert line.detail == "作出处理意见并送达 2027年1月19日 → 2027年1月22日"
    assert line.reason == "2027 年放假安排有变化：试验通知"
