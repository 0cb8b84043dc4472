"""Use D4: the day that the upper level set (上级要求办结日期) was shown as text, and nobody watched it."""

from datetime import date, timedelta

import pytest

from tests.cases.test_law_findings import running
from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import records, superior
from tracker.cases.acts.superior import begin_what_is_not_watched
from tracker.cases.lifecycle.rules.proposals import feedback_day, later_than_asked
from tracker.cases.record.rules.codes import Channel
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.reminders.ladder.rules.rungs import LADDER
from tracker.working_days.queries import calendar

DAY = date(2027, 1, 10)


def from_above(county: County, due_on: date | None = DAY) -> Matter:
    """Give a matter that the upper level passed on with a day."""
    return Matter(county, channel=Channel.SUPERIOR, superior_office="市信访局", superior_due_on=due_on)


def report(matter: Matter, **changes: object) -> None:
    """Report to the upper level, today."""
    given = {"reported_on": core_clock.today(), "report_no": "阳信报〔2026〕1号", "reason": "已办结。", **changes}
    with committed():
        superior.report_superior(matter.case, by=matter.county.acceptor, now=core_clock.now(), **given)  # type: ignore[arg-type]


def set_day(matter: Matter, due_on: date | None) -> None:
    with committed():
        superior.set_superior_day(
            matter.case, by=matter.county.acceptor, now=core_clock.now(), due_on=due_on, reason="市信访局来函。"
        )


def test_it_is_a_clock_of_the_office_from_registration_on(county: County) -> None:
    matter = from_above(county)
    watched = matter.clock(LimitKind.SUPERIOR_REPORT)
    assert watched is not None
    assert (watched.effective_due, watched.owner_department_id) == (DAY, county.office.id)
    assert matter.case.next_due_on is not None
    assert any(LimitKind.SUPERIOR_REPORT in rung.kinds for rung in LADDER)
    assert verify().wrong is None


def test_without_such_a_day_there_is_none(county: County) -> None:
    """The control."""
    assert from_above(county, None).clock(LimitKind.SUPERIOR_REPORT) is None


def test_it_is_entered_later_corrected_and_given_up(county: County, clock: Clock) -> None:
    matter = from_above(county, None)
    set_day(matter, DAY)
    set_day(matter, DAY + timedelta(days=9))
    watched = matter.clock(LimitKind.SUPERIOR_REPORT)
    assert watched is not None
    assert (watched.effective_due, matter.case.superior_due_on) == (DAY + timedelta(days=9), DAY + timedelta(days=9))
    for day, words in ((DAY + timedelta(days=9), "没有改变"), (clock.today() - timedelta(days=400), "不能早于")):
        with pytest.raises(DomainError, match=words) as refused:
            set_day(matter, day)
        assert refused.value.field == "due_on"
    set_day(matter, None)
    assert "superior_report" not in running(matter.case)


def test_reporting_meets_it(county: County) -> None:
    matter = from_above(county).until("deliver")
    assert "superior_report" in running(matter.case)
    for changes, field in (({"report_no": ""}, "report_no"), ({"reported_on": DAY}, "reported_on")):
        with pytest.raises(DomainError) as refused:
            report(matter, **changes)
        assert refused.value.field == field
    report(matter)
    met = matter.clock(LimitKind.SUPERIOR_REPORT)
    assert met is not None
    assert met.met
    with pytest.raises(DomainError, match="没有等着报上级"):
        report(matter)


def test_the_close_out_meets_it_at_the_latest(county: County) -> None:
    met = from_above(county).until("sign").clock(LimitKind.SUPERIOR_REPORT)
    assert met is not None
    assert met.met


def test_a_merged_matter_has_none_and_taken_apart_has_it_again(county: County) -> None:
    parent, matter = Matter(county), from_above(county)
    with committed():
        records.merge(
            matter.case, into=parent.case, by=county.acceptor, now=core_clock.now(), reason="同人同事。"
        )  # fmt: skip
    assert "superior_report" not in running(matter.case)
    with committed():
        records.undo_merge(matter.case, by=county.acceptor, now=core_clock.now(), reason="不是同一件事。")
    assert "superior_report" in running(matter.case)


@pytest.mark.both_databases
def test_what_an_older_version_registered_is_watched_from_the_first_run_on(county: County) -> None:
    old, done = from_above(county), from_above(county).until("sign")
    with committed():
        for each in db.session.query(Deadline).filter_by(kind="superior_report"):
            each.kind = "look_back"  # as if this version's clock had never been
        superior.audit.record(superior.Event.CASE_CORRECTED, by=None, now=core_clock.now(), case_id=old.case.id)
    with committed():
        assert begin_what_is_not_watched(core_clock.now(), limit=10) == 1
    assert "superior_report" in running(old.case)
    assert "superior_report" not in running(done.case), "none for what is closed"
    with committed():
        assert begin_what_is_not_watched(core_clock.now(), limit=10) == 0
    assert verify().wrong is None


def test_the_unit_is_asked_some_days_before_it(county: County) -> None:
    found = feedback_day(date(2026, 12, 1), DAY, calendar(), earlier=5)
    assert found.day == DAY - timedelta(days=5)
    assert "提前 5 日" in found.why
    assert feedback_day(date(2027, 1, 8), DAY, calendar(), earlier=5).day == date(2027, 1, 8)


def test_a_later_day_is_warned_of(county: County) -> None:
    assert later_than_asked(DAY, DAY) == later_than_asked(DAY, None) == ""
    assert "晚于上级要求" in later_than_asked(DAY + timedelta(days=1), DAY)
