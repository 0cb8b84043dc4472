"""The first run after a change shows what it would send and waits, where that is more than a day's worth (F13)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, update

from tests.databases import Ids
from tests.world.clocks import make_clocks
from tests.world.county import County
from tests.world.county import build as build_county
from tracker.audit.queries import verify
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.core.pacing import Pace
from tracker.jobs import ticking
from tracker.jobs.notices import send_notices
from tracker.jobs.ticking import TickReport, rehearse, tick
from tracker.notifications.models import Delivery, Notice
from tracker.reminders.ladder.queries import current
from tracker.reminders.models import DONE, RUNNING, TickRun
from tracker.reminders.runs import holding
from tracker.reminders.runs.circumstances import circumstances
from tracker.reminders.runs.rules import FLOOR, Thing

START = date(2026, 9, 1)
MORNING = at_local(date(2026, 11, 18), 9)


def count(*which: Any) -> int:
    """Count the notices that meet some conditions."""
    return db.session.scalar(select(func.count()).select_from(Notice).where(Notice.source == "rung", *which)) or 0


def backlog(clocks: int) -> Ids:
    """Let clocks run in the county for long, without a timer."""
    county = County(build_county(), current_app.test_client)  # type: ignore[arg-type]
    with clock.frozen(at_local(START)):
        make_clocks(county, clocks, begin=START, span=70)
    return county.ids


def build_late() -> Ids:
    """Build a county whose timer never ran: more than a day's worth waits."""
    return backlog(60)


def build_ordinary() -> Ids:
    """Build a county in which a day's worth waits."""
    return backlog(12)


IMAGES = {"late": build_late, "ordinary": build_ordinary}


@pytest.fixture
def late(county: County) -> County:
    """Give the county in which more than a day's worth waits."""
    return county


@pytest.fixture
def ordinary(county: County) -> County:
    """Give the county in which a day's worth waits."""
    return county


def ran(at: Any, **changes: Any) -> TickRun:
    """Write a good run under the present circumstances, except for some."""
    with committed():
        under = {**circumstances(current()), **changes}
        row = TickRun(started_at=at, ended_at=at, state=DONE, ran_under=under)
        db.session.add(row)
    return row


def the_run(report: TickReport) -> TickRun:
    """Return the row of a run."""
    return db.session.get_one(TickRun, report.run_id)


def test_the_backlog_of_an_office_without_a_timer_waits_for_a_word(late: County) -> None:
    """As after the upgrade from 0.1.0: what its first run raised left at once."""
    report = tick(MORNING)
    assert report.held
    raised = report.tally.raised.total()
    assert raised > FLOOR
    assert report.sentence.startswith("启用或者升级后第一次运行，要提醒的比平常一天多")
    assert count() == count(Notice.held) > 0
    new_work = db.session.scalar(select(func.count()).select_from(Notice).where(Notice.source == "work"))
    assert send_notices(MORNING).addressed == new_work, "none of the ladder"
    holding.release(the_run(report), by=late.supervisor, now=MORNING, pace=Pace())
    assert count(Notice.held) == 0
    assert send_notices(MORNING).addressed > 0
    assert not verify().wrong


def test_without_weighing_the_backlog_would_leave(late: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr("tracker.reminders.runs.service.first_since", lambda _row: ())
    monkeypatch.setattr("tracker.reminders.runs.weighing.first_since", lambda _row: ())
    assert not tick(MORNING).held
    assert send_notices(MORNING).addressed > 0


def test_an_ordinary_day_leaves_by_itself_and_the_log_says_so(ordinary: County) -> None:
    report = tick(MORNING)
    assert 0 < report.tally.raised.total() <= FLOOR
    assert not report.held
    assert count() > count(Notice.held) == 0
    assert send_notices(MORNING).addressed > 0
    assert not verify().wrong


def test_a_day_that_is_broken_off_while_it_leaves_is_let_go_by_the_next_run(
    ordinary: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(some: Sequence[int], run_id: int, *, now: datetime) -> None:
        holding.let_go(some[:2], run_id, now=now)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(ticking, "let_go", killed)
        with pytest.raises(SystemExit):
            tick(MORNING)
    assert count(Notice.held) == count() > 2, "a turn is kept whole or not at all"
    assert not tick(MORNING + timedelta(minutes=1)).held
    assert count(Notice.held) == 0
    assert not verify().wrong


def test_only_the_first_run_is_weighed(late: County) -> None:
    ran(MORNING - timedelta(minutes=5))
    assert not tick(MORNING).held
    assert count(Notice.held) == 0


@pytest.mark.parametrize("thing", Thing)
def test_whatever_has_changed_the_next_run_is_weighed(late: County, thing: Thing) -> None:
    ran(MORNING - timedelta(minutes=5), **{thing.value: "as it was"})
    assert tick(MORNING).held


def test_an_office_is_measured_by_its_own_days(late: County) -> None:
    """What earlier days raised in time is a measure; what had to wait, or came late, is none."""
    for back in range(6, 0, -1):
        row = ran(MORNING - timedelta(days=back))
        with committed():
            row.raised, row.late, row.held = {"work-soon": 500}, 400 if back == 1 else 0, back > 1
    with committed():
        db.session.execute(update(TickRun).values(ran_under=None))
    assert tick(MORNING).sentence.startswith("启用或者升级后第一次运行")


def test_what_a_busy_office_is_used_to_leaves_by_itself(late: County) -> None:
    for back in range(6, 0, -1):
        row = ran(MORNING - timedelta(days=back), program="0.0.1")
        with committed():
            row.raised = {"work-soon": 500}
    assert not tick(MORNING).held


def test_runs_that_broke_off_are_weighed_with_the_one_that_ended(late: County) -> None:
    """Killed after each batch, no single run raised more than a day's worth; together they did."""
    first = tick(MORNING)
    with committed():
        row = the_run(first)
        row.state, row.held, row.sentence = RUNNING, False, None
    again = tick(MORNING + timedelta(minutes=1))
    assert again.tally.raised.total() == 0
    assert again.held
    assert count(Notice.held) == count()


def test_a_run_that_is_held_is_no_change_for_the_next(late: County) -> None:
    assert tick(MORNING).held
    report = tick(MORNING + timedelta(minutes=1))
    assert not report.held
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_a_rehearsal_says_that_a_run_would_wait(app: Flask, late: County) -> None:
    trial = rehearse(MORNING)
    assert (trial.held, count()) == (True, 0)
    done = app.test_cli_runner().invoke(args=["tick", "--at", "2026-11-18T09:00", "--dry-run"])
    assert trial.sentence in done.output
    assert tick(MORNING).sentence == trial.sentence
    assert not rehearse(MORNING + timedelta(minutes=1)).held


def test_quiet_runs_before_and_after_a_change_are_two_rows(county: County) -> None:
    of_the_day, quiet = (tick(MORNING + timedelta(minutes=minute)).run_id for minute in range(2))
    assert of_the_day != quiet
    assert tick(MORNING + timedelta(minutes=2)).run_id == quiet
    with committed():
        row = db.session.get_one(TickRun, quiet)
        row.ran_under = {**(row.ran_under or {}), Thing.PROGRAM.value: "0.0.1"}
    first = tick(MORNING + timedelta(minutes=3)).run_id
    assert first != quiet
    assert tick(MORNING + timedelta(minutes=4)).run_id == first
