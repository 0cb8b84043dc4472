"""放行 and 确认时钟: what waits for a person's word, and what a clock that ran ahead left behind."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.broken_off import BrokenOff
from tests.conftest import Clock
from tests.databases import writing
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.record.models import Case
from tracker.core import clock as core_clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people.queries import reader_for
from tracker.reminders.models import Escalation, TickRun
from tracker.reminders.runs import holding, ledger
from tracker.reminders.runs import queries as runs
from tracker.supervision.papers.models import SupervisionOrder

pytestmark = pytest.mark.both_databases


def overdue(county: County, clock: Clock, days: int = 1) -> Matter:
    """Make a matter whose handling clock is so many days late, and the timer's first look at it."""
    matter = Matter(county).until("triage")
    with committed():
        matter.assign(due_on=clock.today() + timedelta(days=90))
    with committed():
        matter.sign_for()
    with committed():
        matter.accept()
    handling = matter.clock(LimitKind.HANDLING)
    assert handling
    clock.set(at_local(handling.effective_due + timedelta(days=days)))
    return matter


def kinds() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.kind).where(AuditEvent.log_id == 1).order_by(AuditEvent.seq)))


def latest() -> TickRun:
    found = runs.latest()
    assert found
    return found


def release(run: TickRun, county: County, clock: Clock) -> int:
    return holding.release(run, by=county.supervisor, now=clock.now(), pace=Pace(50))


def the_day(county: County, clock: Clock, who: str = "supervisor") -> runs.TimerDay:
    return runs.today(SUBJECTS, clock.now(), reader_for(county.user(who), clock.today()))


def test_notices_of_a_long_silence_wait_until_they_are_released(county: County, clock: Clock) -> None:
    with committed():
        db.session.add(TickRun(started_at=clock.now(), ended_at=clock.now(), state="done"))
    Matter(county).until("sign_for")
    clock.forward(days=20)
    tick(clock.now())
    run = latest()
    assert run.held
    waiting = list(db.session.scalars(select(Notice).where(Notice.held)))
    assert waiting
    assert ledger.held_notices(SUBJECTS, reader_for(county.supervisor, clock.today())) == {run.id: len(waiting)}
    assert "有通知等待放行。" in the_day(county, clock).trouble
    clock.set(at_local(clock.today() + timedelta(days=1), 3))
    assert release(run, county, clock) == len(waiting)
    db.session.expire_all()
    assert not latest().held
    assert latest().released_by_id == county.supervisor.id
    assert not any(notice.held for notice in waiting)
    assert all(core_clock.local(n.not_before).hour >= 8 for n in waiting if not n.urgent)
    assert kinds()[-1] == "notices.released"
    assert ledger.held_notices(SUBJECTS, reader_for(county.supervisor, clock.today())) == {}
    with pytest.raises(DomainError, match="已经有人放行"):
        release(run, county, clock)
    assert not verify().wrong


def test_a_release_that_was_broken_off_goes_on(county: County, clock: Clock) -> None:
    with committed():
        db.session.add(TickRun(started_at=clock.now(), ended_at=clock.now(), state="done"))
    Matter(county).until("sign_for")
    Matter(county).until("sign_for")
    clock.forward(days=20)
    tick(clock.now())
    run, by, now = latest(), county.supervisor, clock.now()
    total = len(db.session.scalars(select(Notice).where(Notice.held)).all())
    assert total > 2
    with pytest.raises(KeyboardInterrupt):
        holding.release(run, by=by, now=now, pace=BrokenOff(2))
    waits = ledger.held_notices(SUBJECTS, reader_for(by, clock.today()))
    assert (latest().held, waits) == (True, {run.id: total - 2}), "what is left is seen, and can be released"
    assert release(run, county, clock) == total - 2
    assert (latest().held, latest().released_by_id) == (False, by.id)
    assert kinds().count("notices.released") == 2 + 1
    assert not verify().wrong


def test_the_clock_is_confirmed_only_after_a_refusal(county: County, clock: Clock) -> None:
    def confirm() -> int:
        return holding.confirm_clock(SUBJECTS, by=county.supervisor, now=clock.now(), pace=Pace(50))

    with pytest.raises(DomainError, match="不需要确认时钟"):
        confirm()
    tick(clock.now())
    with pytest.raises(DomainError, match="不需要确认时钟"):
        confirm()
    clock.forward(days=61)
    assert tick(clock.now()).refused
    assert confirm() == 0
    assert latest().state == "confirmed"
    clock.forward(minutes=1)
    assert not tick(clock.now()).refused
    assert "clock.confirmed" in kinds()


def test_what_a_clock_that_ran_ahead_left_is_withdrawn_and_raised_again(county: County, clock: Clock) -> None:
    matter = overdue(county, clock, days=-30)
    tick(clock.now())
    right = clock.now()
    clock.forward(days=31)
    with committed():
        db.session.add(TickRun(started_at=clock.now(), ended_at=clock.now(), state="confirmed"))
    tick(clock.now())
    wrong = escalations(Escalation.raised_at > right)
    assert {"work-urge"} <= {row.rung for row in wrong if row.state == "raised"}
    letters = db.session.scalars(select(SupervisionOrder)).all()
    assert letters
    clock.set(right + timedelta(minutes=5))
    assert tick(clock.now()).refused
    with pytest.raises(KeyboardInterrupt):
        holding.confirm_clock(SUBJECTS, by=county.supervisor, now=clock.now(), pace=BrokenOff(2))
    assert tick(clock.now()).refused, "until everything is withdrawn, nothing is raised"
    left = len(wrong) - 2
    assert holding.confirm_clock(SUBJECTS, by=county.supervisor, now=clock.now(), pace=Pace()) == left > 0
    db.session.expire_all()
    assert {row.state for row in escalations(Escalation.id.in_([row.id for row in wrong]))} == {"withdrawn"}
    assert {order.withdrawn_because for order in letters} == {"时钟错误，撤销"}
    replies = db.session.scalars(select(Deadline).where(Deadline.kind == LimitKind.ORDER_REPLY)).all()
    assert {(reply.ended_on, reply.met) for reply in replies} == {(clock.today(), False)}
    dropped = db.session.scalars(
        select(Notice).where(Notice.source == "rung", Notice.source_id.in_([row.id for row in wrong]))
    ).all()
    assert dropped
    assert {notice.dropped_because for notice in dropped} == {"时钟错误，撤销"}
    assert kinds().count("rung.withdrawn") == len(wrong)
    handling = matter.clock(LimitKind.HANDLING)
    assert handling
    assert handling.look_on == clock.today()
    assert not verify().wrong
    clock.forward(minutes=1)
    assert not tick(clock.now()).refused
    with committed():
        db.session.add(TickRun(started_at=clock.now(), ended_at=right + timedelta(days=31), state="done"))
    clock.set(right + timedelta(days=31, minutes=1))
    tick(clock.now())
    again = {row.rung: row.state for row in escalations(Escalation.deadline_id == handling.id)}
    assert again["work-urge"] == "raised"
    assert len(db.session.scalars(select(SupervisionOrder)).all()) == 2 * len(letters)
    assert not verify().wrong


def escalations(*conditions: Any) -> list[Escalation]:
    return list(db.session.scalars(select(Escalation).where(*conditions).order_by(Escalation.id)))


def test_the_strip_of_a_day(county: County, clock: Clock) -> None:
    assert the_day(county, clock).trouble == ("提醒还没有运行过，到期的不会提醒。",)
    overdue(county, clock)
    tick(clock.now())
    day = the_day(county, clock)
    assert (day.trouble, day.last_at) == ((), clock.now())
    assert day.raised >= 1
    clock.forward(minutes=10)
    assert the_day(county, clock).trouble == ()
    clock.forward(minutes=1)
    assert the_day(county, clock).trouble == ("提醒已经停了 11 分钟，到期的没有人提醒。",)
    clock.forward(days=3)
    silent = the_day(county, clock)
    assert silent.trouble == ("提醒已经停了 3 天，到期的没有人提醒。",)
    assert silent.raised == 0
    clock.forward(days=60)
    tick(clock.now())
    assert "请先确认时钟正确" in the_day(county, clock).trouble[0]


def test_a_notice_that_finds_nobody_is_said(county: County, clock: Clock) -> None:
    overdue(county, clock)
    tick(clock.now())
    notice = db.session.scalars(select(Notice)).first()
    assert notice
    assert the_day(county, clock).trouble == ()
    writing()
    notice.tried_at = notice.not_before = clock.now()
    assert the_day(county, clock).trouble == ("有通知找不到接收人。",)
    db.session.get_one(Case, notice.case_id).level = "accusation"
    assert the_day(county, clock).trouble == (), "of what he may not know of, nothing is said"
    assert the_day(county, clock, "admin").trouble == ()
    assert the_day(county, clock, "auditor").trouble == ("有通知找不到接收人。",), "somebody knows"
    db.session.rollback()
