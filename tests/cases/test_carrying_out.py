"""Law C: promises that nobody carried out (第三十二条第二款), and states without a clock, were watched by nobody."""

from datetime import date, timedelta

import pytest

from tests.cases.test_law_findings import running
from tests.cases.test_reviews import asked, decided, page_of
from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import answers, feedback
from tracker.cases.lifecycle.rules.clockless import WITHOUT_CLOCK
from tracker.cases.record.rules.codes import AssignmentMode, MatterClass, Result, Status
from tracker.core import clock as core_clock
from tracker.core.database import committed
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import changeable
from tracker.reminders.ladder.rules.rungs import LADDER


def answered(county: County, *results: Result) -> Matter:
    """Give a matter whose answer was served today."""
    matter = Matter(county).until("accept")
    with committed():
        matter.answer(*results)
    with committed():
        matter.deliver()
    return matter


def carrying(matter: Matter) -> Deadline:
    found = matter.clock(LimitKind.CARRYING_OUT)
    assert found is not None
    return found


def carry_out(matter: Matter, position: int, on: date | None = None) -> None:
    """Carry out one demand."""
    notes = {p.id: "已经落实。" for p in matter.case.demand_points if p.position == position}
    with committed():
        answers.carry_out(
            matter.case, notes, by=matter.county.handler, now=core_clock.now(),
            carried_out_on=on or core_clock.today(),
        )  # fmt: skip


def test_the_service_of_an_answer_that_supports_begins_it(county: County, clock: Clock) -> None:
    matter = answered(county, Result.SUPPORTED, Result.NOT_SUPPORTED)
    found = carrying(matter)
    assert (found.started_on, found.nominal_due) == (clock.today(), clock.today() + timedelta(days=30))
    assert (found.owner_department_id, found.owner_user_id) == (county.civil.id, county.handler.id)
    assert LimitKind.CARRYING_OUT in changeable(), "the number is the office's own"
    assert any(LimitKind.CARRYING_OUT in rung.kinds for rung in LADDER)
    assert verify().wrong is None


def test_an_answer_that_supports_nothing_begins_none(county: County) -> None:
    """The control."""
    assert "carrying_out" not in running(answered(county, Result.EXPLAINED, Result.NOT_SUPPORTED).case)


def test_a_part_does_not_stop_it_and_the_last_does(county: County, clock: Clock) -> None:
    matter = answered(county, Result.SUPPORTED, Result.PARTLY)
    clock.forward(days=3)
    carry_out(matter, 1)
    assert "carrying_out" in running(matter.case)
    done = clock.today()
    clock.forward(days=4)
    carry_out(matter, 2, on=done)
    found = carrying(matter)
    assert (found.ended_on, found.met) == (done, True), "on the day of the act, however late it is typed"


@pytest.mark.parametrize("result", [Result.SUPPORTED, Result.EXPLAINED])
def test_a_changed_opinion_begins_it_anew(county: County, result: Result) -> None:
    matter = asked(answered(county, Result.SUPPORTED, Result.NOT_SUPPORTED))
    before = carrying(matter).id
    decided(matter, "changed", changed={matter.case.demand_points[0].id: result})
    found = carrying(matter)
    if result is Result.SUPPORTED:
        assert found.id != before
        assert "carrying_out" in running(matter.case)
    else:
        assert (found.id, found.met) == (before, False)


def test_an_opinion_that_is_revoked_leaves_nothing_to_carry_out(county: County) -> None:
    matter = decided(asked(answered(county, Result.SUPPORTED, Result.NOT_SUPPORTED)), "revoked")
    assert "carrying_out" not in running(matter.case)


def a_referred_suggestion(county: County) -> Matter:
    """Give a suggestion that was forwarded (转送的建议) and accepted: it has no clock."""
    matter = Matter(county)
    with committed():
        matter.triage(matter_class=MatterClass.SUGGESTION, route=None)
    with committed():
        matter.assign(mode=AssignmentMode.REFERRAL, due_on=None, handler_id=county.handler.id)
    with committed():
        matter.sign_for()
    with committed():
        matter.accept()
    return matter


def test_the_page_says_why_nothing_is_counted(county: County) -> None:
    matter = a_referred_suggestion(county)
    assert page_of(matter).why_no_clock == WITHOUT_CLOCK[Status.ACCEPTED, MatterClass.SUGGESTION]
    text = county.browser("handler").get(f"/cases/{matter.case.public_id}").text
    assert "没有正在计算的期限：意见建议没有法定的办理期限" in text


def test_a_window_of_the_petitioner_is_no_duty(county: County) -> None:
    matter = answered(county, Result.EXPLAINED, Result.NOT_SUPPORTED)
    with committed():
        from_feedback(matter)
    assert {LIMITS[LimitKind(kind)].duty for kind in running(matter.case)} == {False}
    text = county.browser("handler").get(f"/cases/{matter.case.public_id}").text
    assert "没有正在计算的办理期限：已经答复送达" in text


@pytest.mark.parametrize("last", ["accept", "sign"])
def test_it_says_nothing_where_a_clock_runs_and_once_it_is_over(county: County, last: str) -> None:
    assert page_of(Matter(county).until(last)).why_no_clock == ""


def from_feedback(matter: Matter) -> None:
    """Report the result, so that no feedback is owed."""
    feedback.report_result(
        matter.case, by=matter.county.handler, now=core_clock.now(), reported_on=core_clock.today(), reason="已办结。"
    )
