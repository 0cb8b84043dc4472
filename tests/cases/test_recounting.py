"""Loading a year of holidays counts again what stood on a guess, and nothing else."""

from datetime import date

import pytest

from tests.cases.office import County, Matter, make_county
from tests.conftest import Clock
from tests.working_days.test_notices import notice_of
from tracker.audit.queries import verify
from tracker.cases.service.recounting import recount_running
from tracker.core.database import committed
from tracker.deadlines.limits import LimitKind
from tracker.working_days.rules import NoticeDay
from tracker.working_days.service import load_year

# An invented notice: the ordinary holidays, and 19 to 21 January besides.
INVENTED = (*notice_of(2027), *(NoticeDay(date(2027, 1, day), False, "试验假期") for day in (19, 20, 21)))


@pytest.fixture
def county(session: object) -> County:
    return make_county()


def test_a_loaded_year_settles_provisional_dates_and_moves_those_on_a_new_rest_day(
    county: County, clock: Clock
) -> None:
    clock.set(clock.now().replace(day=20))
    running = Matter(county).until("accept")
    answered = Matter(county).until("deliver")
    handling, done = running.clock(LimitKind.HANDLING), answered.clock(LimitKind.HANDLING)
    assert handling is not None
    assert done is not None
    assert (handling.effective_due, handling.provisional) == (date(2027, 1, 19), True)
    with committed():
        load_year(2027, INVENTED, source="试验通知", by=None, now=clock.now())
        moved = recount_running(by=None, now=clock.now())
    assert (handling.effective_due, handling.provisional, handling.revision) == (date(2027, 1, 22), False, 2)
    assert handling.nominal_due == date(2027, 1, 19), "the count itself did not change"
    assert running.case.next_due_on == min(
        clock_.effective_due for kind in (LimitKind.HANDLING, LimitKind.FEEDBACK) if (clock_ := running.clock(kind))
    )
    assert (done.effective_due, done.revision) == (date(2027, 1, 19), 1), "used time is never rewritten"
    assert moved == 1
    assert verify().wrong is None
    with committed():
        assert recount_running(by=None, now=clock.now()) == 0, "the second time nothing moves"
