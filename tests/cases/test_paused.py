"""What a paused clock (期间不计) is to lists, guards and windows: no lateness, no day, nothing lost."""

from datetime import date, timedelta

import pytest

from tests.cases.counting import statements
from tests.conftest import Clock
from tests.deadlines.pausing import at, paused, recorded, resumed
from tests.people.factories import sign_in
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.ledger import Filters, page
from tracker.cases.ledger.due import clocks_of
from tracker.cases.ledger.groups import StateGroup
from tracker.cases.lifecycle.act_days import window_is_over
from tracker.cases.lifecycle.stepping import refresh_next_due
from tracker.cases.page.prints import case_slip
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline, DeadlinePause
from tracker.deadlines.rules import PAUSED_WORDS, Light
from tracker.jobs.ticking import tick
from tracker.people.queries import reader_for

ONE = timedelta(days=1)


def clock_of(matter: Matter, kind: LimitKind) -> Deadline:
    row = matter.clock(kind)
    assert row is not None
    db.session.refresh(row)
    return row


def all_paused(matter: Matter, first_on: date) -> list[DeadlinePause]:
    """Pause every running clock of a matter, as a step of law will."""
    found = [paused(row, first_on) for row in running(matter)]
    recorded(lambda: refresh_next_due(matter.case))
    return found


def running(matter: Matter) -> list[Deadline]:
    which = (Deadline.case_id == matter.case.id, Deadline.ended_on.is_(None))
    return list(db.session.query(Deadline).filter(*which).order_by(Deadline.id))


@pytest.mark.both_databases
def test_a_matter_whose_clocks_stand_still_is_not_overdue(county: County, clock: Clock) -> None:
    matter = Matter(county).until("accept")
    began, reader = clock.today(), reader_for(county.supervisor, clock.today())

    def late() -> int:
        return page(reader, Filters(state=StateGroup.OVERDUE), today=clock.today()).total

    at(clock, date(2027, 3, 1))
    assert late() == 1, "the negative control"
    lasting = all_paused(matter, began + 5 * ONE)
    assert (late(), matter.case.next_due_on) == (0, None)
    cell = clocks_of([matter.case.id], clock.today())[matter.case.id].nearest
    assert cell is not None
    assert (cell.words, cell.light) == (PAUSED_WORDS, Light.GREY)
    for each in lasting:
        resumed(each, clock.today())
    recorded(lambda: refresh_next_due(matter.case))
    assert (late(), matter.case.next_due_on) == (0, min(row.effective_due for row in running(matter)))
    assert verify().wrong is None


def test_beside_a_paused_clock_the_one_that_runs_is_shown(county: County, clock: Clock) -> None:
    matter = Matter(county).until("accept")
    nearest, *others = sorted(running(matter), key=lambda row: (row.effective_due, row.id))
    assert others
    paused(nearest, clock.today())
    shown = clocks_of([matter.case.id], clock.today())[matter.case.id].nearest
    assert shown is not None
    assert shown.on == others[0].effective_due
    assert shown.words != PAUSED_WORDS


@pytest.mark.both_databases
def test_a_window_that_stands_still_does_not_lapse(county: County, clock: Clock) -> None:
    matter = Matter(county).until("deliver")
    window = clock_of(matter, LimitKind.REVIEW_WINDOW)
    last, began = window.effective_due, clock.today()
    at(clock, began + 5 * ONE)
    lasting = paused(window, clock.today())
    at(clock, last + 5 * ONE)
    assert tick().tally.lapsed == 0
    assert clock_of(matter, LimitKind.REVIEW_WINDOW).ended_on is None
    resumed(lasting, clock.today())
    moved = clock_of(matter, LimitKind.REVIEW_WINDOW).effective_due
    assert moved > last + 5 * ONE
    at(clock, moved + ONE)
    assert tick().tally.lapsed >= 1
    assert clock_of(matter, LimitKind.REVIEW_WINDOW).ended_on == moved
    assert verify().wrong is None


def test_a_right_that_stands_still_may_still_be_used(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign_for")
    window = clock_of(matter, LimitKind.OBJECTION)

    def refused() -> bool:
        return window_is_over(window, clock.today())

    at(clock, window.effective_due + ONE)
    assert refused(), "the negative control"
    paused(window, window.effective_due)
    assert not refused()


@pytest.mark.both_databases
def test_pages_say_it_and_ask_no_more_where_nothing_is_paused(county: County, clock: Clock) -> None:
    matter = Matter(county).until("accept")
    browser = county.browser("handler")
    address = f"/cases/{matter.case.public_id}"
    browser.get(address)
    with statements() as before:
        assert PAUSED_WORDS not in browser.get(address).text
    row = clock_of(matter, LimitKind.HANDLING)
    lasting = paused(row, clock.today())
    with statements() as during:
        text = browser.get(address).text
    assert f"{clock.today().month}月{clock.today().day}日起暂停计时：听证期间（条例第三十六条）" in text
    assert PAUSED_WORDS in text
    assert len(during) == len(before) + 1, "one more, for its pauses"
    assert "起暂停计时，恢复后另行计算" in str(case_slip(matter.case.id, today=clock.today()))
    at(clock, clock.today() + 3 * ONE)
    resumed(lasting, clock.today())
    sign_in(browser, county.handler)
    text = browser.get(address).text
    assert "期间不计 2 日" in text, "the day of its start is day zero"
    assert "<td>停</td>" in browser.get(f"{address}/deadlines/{row.public_id}").text
