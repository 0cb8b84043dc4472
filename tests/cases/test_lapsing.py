"""Windows that lapse (期满): a right that nobody used ends on its last day; a request entered late goes by it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.conftest import Clock
from tests.databases import writing
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.acts import close_out, lapsing, reviews
from tracker.cases.acts.answers import ServiceReceipt
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import ServiceMethod
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.deadlines import queries
from tracker.deadlines.limits import LIMITS, WINDOWS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import shown
from tracker.jobs import sweeping
from tracker.jobs.ticking import tick
from tracker.supervision.calendar.preview import preview
from tracker.working_days.notices import shipped_notices
from tracker.working_days.rules import NoticeDay
from tracker.working_days.service import load_year, proposed

ONE = timedelta(days=1)


@pytest.fixture
def matter(county: County) -> Matter:
    """Give a matter whose opinion has been served today."""
    return Matter(county).until("deliver")


def window_of(matter: Matter, kind: LimitKind = LimitKind.REVIEW_WINDOW) -> Deadline:
    row = matter.clock(kind)
    assert row is not None
    db.session.refresh(row)
    return row


def asks(matter: Matter, clock: Clock, requested_on: date) -> None:
    """Enter a request for review that was made on a day and has come in today."""
    asked: dict[str, Any] = {"organ": "县人民政府", "requested_on": requested_on, "received_on": clock.today()}
    asked["proof"] = "EMS 1234"
    with committed():
        reviews.request_review(matter.case, by=matter.county.acceptor, now=clock.now(), **asked)


def test_every_right_is_a_window_and_every_other_clock_a_duty() -> None:
    assert {LimitKind(kind) for kind in WINDOWS} == {kind for kind, limit in LIMITS.items() if not limit.duty}


@pytest.mark.both_databases
def test_on_its_last_day_it_runs_and_on_the_day_after_it_has_ended(matter: Matter, clock: Clock) -> None:
    last = window_of(matter).effective_due
    tick(at_local(last, 23, 59))
    assert window_of(matter).ended_on is None
    done = tick(at_local(last + ONE, 0)).tally
    row = window_of(matter)
    assert (row.ended_on, row.met, row.ended_by) == (last, False, "lapse")
    assert done.lapsed == 1
    assert verify().wrong is None


def test_after_days_of_downtime_it_has_ended_on_the_right_day(matter: Matter, clock: Clock) -> None:
    last = window_of(matter).effective_due
    tick(at_local(last))
    tick(at_local(last + 10 * ONE))
    assert window_of(matter).ended_on == last


def test_it_is_a_line_of_the_log_of_its_case(matter: Matter, clock: Clock) -> None:
    tick(at_local(window_of(matter).effective_due + ONE))
    line = db.session.scalars(
        select(AuditEvent).where(AuditEvent.kind == "window.lapsed").order_by(AuditEvent.seq)
    ).all()
    assert [each.case_id for each in line] == [matter.case.id]
    assert f"deadline:{window_of(matter).id}" in line[0].payload.decode()


def test_a_window_changed_without_a_line_in_the_log_is_noticed(matter: Matter, clock: Clock) -> None:
    """The negative control."""
    window = window_of(matter).id
    writing().execute(update(Deadline).where(Deadline.id == window).values(ended_by="lapse"))
    db.session.commit()
    assert verify().wrong


def test_twice_is_once(matter: Matter, clock: Clock) -> None:
    after = at_local(window_of(matter).effective_due + ONE)
    assert [tick(after).tally.lapsed, tick(after + timedelta(minutes=1)).tally.lapsed] == [1, 0]


def test_killed_in_the_middle_it_goes_on(county: County, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    matters = [Matter(county).until("deliver") for _ in range(3)]
    after, sound = at_local(window_of(matters[0]).effective_due + ONE), lapsing.lapse_windows
    monkeypatch.setattr(sweeping, "BATCH", 1)
    with monkeypatch.context() as patch:
        done = list[int]()

        def dies(*args: Any, **more: Any) -> int:
            if done:
                raise KeyboardInterrupt
            done.append(sound(*args, **more))
            return done[-1]

        patch.setattr(sweeping, "lapse_windows", dies)
        with pytest.raises(KeyboardInterrupt):
            tick(after)
    assert sum(window_of(each).ended_on is not None for each in matters) == 1
    tick(after + timedelta(minutes=1))
    assert all(window_of(each).ended_on for each in matters)
    assert verify().wrong is None


def test_a_request_in_time_that_is_entered_late_goes_by_the_lapsed_window(matter: Matter, clock: Clock) -> None:
    last = window_of(matter).effective_due
    clock.set(at_local(last + 20 * ONE))
    tick(clock.now())
    asks(matter, clock, last)
    row = window_of(matter)
    assert (row.ended_on, row.met, row.ended_by) == (last, True, "request_review")
    review = matter.clock(LimitKind.REVIEW)
    assert review is not None
    assert review.started_on == clock.today()
    assert verify().wrong is None


def test_a_request_after_the_last_day_is_refused_with_the_days(matter: Matter, clock: Clock) -> None:
    last = window_of(matter).effective_due
    clock.set(at_local(last + 20 * ONE))
    tick(clock.now())
    with pytest.raises(DomainError, match="届满") as refusal:
        asks(matter, clock, last + ONE)
    assert refusal.value.field == "requested_on"
    assert window_of(matter).ended_by == "lapse"


def test_the_window_for_a_second_review_lapses_and_is_used_alike(matter: Matter, clock: Clock) -> None:
    asks(matter, clock, clock.today())
    with committed():
        concluded: dict[str, Any] = {"result": "upheld", "concluded_on": clock.today(), "reason": "维持原处理意见"}
        reviews.conclude_review(matter.case, by=matter.county.acceptor, now=clock.now(), **concluded)
    with committed():
        receipt = ServiceReceipt(clock.today(), ServiceMethod.IN_PERSON, "原秀英", "回证0002")
        reviews.serve_review(matter.case, receipt, by=matter.county.acceptor, now=clock.now())
    last = window_of(matter, LimitKind.RE_EXAMINATION_WINDOW).effective_due
    clock.set(at_local(last + 3 * ONE))
    tick(clock.now())
    assert window_of(matter, LimitKind.RE_EXAMINATION_WINDOW).ended_by == "lapse"
    asks(matter, clock, last)
    assert matter.clock(LimitKind.RE_EXAMINATION) is not None


def test_a_holiday_loaded_after_the_lapse_gives_the_petitioner_the_later_day(matter: Matter, clock: Clock) -> None:
    last = window_of(matter).effective_due
    clock.set(at_local(last + 3 * ONE))
    tick(clock.now())
    days = [*shipped_notices()[last.year].days, NoticeDay(last, is_working=False, name="临时放假")]
    with committed():
        load_year(last.year, days, source="更正", by=None, now=clock.now())
    asks(matter, clock, last + ONE)
    assert matter.clock(LimitKind.REVIEW) is not None


def test_a_window_that_lapsed_is_gone_by_until_a_new_answer_is_served(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign")
    last = window_of(matter).effective_due
    clock.set(at_local(last + 3 * ONE))
    tick(clock.now())
    with committed():
        close_out.reopen(matter.case, by=county.office_head, now=clock.now(), reason="事项反弹，重新办理。")
    row = window_of(matter)
    assert (row.ended_on, row.ended_by) == (last, "lapse"), "what has lapsed is not cancelled"
    clocks = queries.of_case(matter.case.id)
    assert row in queries.at_hand_of(clocks, matter.case.round, answered=False), "a reopening takes no right"
    assert row not in queries.at_hand_of(clocks, matter.case.round, answered=True)


def test_the_pages_say_that_it_lapsed(matter: Matter, clock: Clock) -> None:
    last = window_of(matter).effective_due
    clock.set(at_local(last + ONE))
    tick(clock.now())
    assert shown(window_of(matter), clock.today()).words == "期满"
    page = matter.county.browser("acceptor").get(f"/cases/{matter.case.public_id}").text
    assert "信访人请求复查的期限到这一天为止" in page
    clocks = page[page.index('id="clocks"') :]
    assert clocks.index("已停的期限") < clocks.index("信访人请求复查") < clocks.index("期满")


def test_what_lapsed_is_no_work_in_hand(matter: Matter, clock: Clock) -> None:
    """Nobody counts it as running: not the case, not a change of the calendar."""
    last = window_of(matter).effective_due
    clock.set(at_local(last + ONE))
    tick(clock.now())
    window = window_of(matter).id
    assert window not in [row.id for row in queries.running(matter.case.id)]
    days = [*shipped_notices()[last.year].days, NoticeDay(last, is_working=False, name="临时放假")]
    moved = preview(proposed(last.year, days, source="更正"), today=clock.today())
    assert window not in [each.id for each in moved.changes]
    running = (
        select(func.count())
        .select_from(Deadline)
        .where(Deadline.ended_on.is_(None), Deadline.kind.in_(WINDOWS), Deadline.effective_due < clock.today())
    )
    assert db.session.scalar(running) == 0


def test_the_objection_that_lapsed_says_so(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign_for")
    last = window_of(matter, LimitKind.OBJECTION).effective_due
    clock.set(at_local(last + ONE))
    tick(clock.now())
    assert window_of(matter, LimitKind.OBJECTION).ended_by == "lapse"
    page = county.browser("handler").get(f"/cases/{matter.case.public_id}/steps/object").text
    assert "届满" in page
    matter.case = db.session.get_one(Case, matter.case.id)
    with committed():
        matter.accept()
    assert window_of(matter, LimitKind.OBJECTION).ended_by == "lapse"
