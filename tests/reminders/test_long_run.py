"""Months of an office with a timer that is down, killed and doubled at random: the record is as if it never stopped."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from tests.reminders.oracle import should_be_recorded
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import close_out, unit
from tracker.cases.acts.serving import ServedNotice
from tracker.core import clock
from tracker.core.clock import at_local, local_date
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.core.pacing import Pace
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.jobs.notices import write_all_digests
from tracker.jobs.sending import deliver
from tracker.jobs.ticking import tick
from tracker.notifications.models import Delivery, Notice
from tracker.reminders.models import RAISED, Escalation, TickRun
from tracker.reminders.runs import holding
from tracker.supervision.papers import orders
from tracker.supervision.papers.models import SupervisionOrder
from tracker.working_days.queries import calendar

BEGIN = date(2026, 5, 4)
DAYS = 150
NEW_MATTERS = 25


class Killed(BaseException):
    """The timer's process is gone in the middle of a statement."""


class Office:
    """A county in which people do by chance what may be done, and a timer that fares as badly as chance wants."""

    def __init__(self, app: Flask, county: County, seed: int) -> None:
        self.app, self.county, self.chance = app, county, random.Random(seed)
        self.matters: list[Matter] = []
        self.did: Counter[str] = Counter()

    def day(self, day: date) -> None:
        """Let people work for a day."""
        with clock.frozen(at_local(day, 10)):
            if len(self.matters) < NEW_MATTERS and self.chance.random() < 0.4:
                self.matters.append(Matter(self.county))
            for matter in self.chance.sample(self.matters, min(len(self.matters), 3)):
                self._do(matter)

    def _do(self, matter: Matter) -> None:
        county, case = self.county, matter.case
        by_head: dict[str, Any] = {"by": county.unit_head, "now": clock.now()}
        extension = {"days": 30, "reason": "案情复杂。"}
        acts: dict[str, Callable[[], object]] = {
            **{name: getattr(matter, name) for name in Matter.LINE},
            "extend": lambda: unit.extend(case, ServedNotice("延1号", clock.today()), **by_head, **extension),
            "return": lambda: close_out.return_close_out(case, **by_head, reason="材料不全。"),
            "note": lambda: unit.note(case, by=county.handler, now=clock.now(), reason="已到村核实。"),
            "reply": lambda: self._reply(matter),
        }
        acts["assign"] = lambda: matter.assign(due_on=clock.today() + timedelta(days=40))
        for name in self.chance.sample(sorted(acts), len(acts)):
            try:
                with committed():
                    acts[name]()
            except DomainError:
                continue
            self.did[name] += 1
            return

    def _reply(self, matter: Matter) -> None:
        waiting = [order for pairs in orders.unanswered([matter.case.id]).values() for order, _ in pairs]
        if not waiting:
            raise DomainError("没有待回复的督办。")
        orders.answer(waiting[0], by=self.county.unit_head, now=clock.now(), reason="正在办理。")

    def timer(self, now: datetime) -> None:
        """Let the timer run: once, twice at a time, or until it is killed."""
        db.session.commit()
        fate = self.chance.choice(("once", "doubled", "killed", "killed", "again"))
        self.did[fate] += 1
        if fate == "killed":
            self._killed(now)
        threads = [threading.Thread(target=self._tick, args=(now,)) for _ in range(2 if fate == "doubled" else 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if fate == "again":
            self._tick(now + timedelta(minutes=1))
        db.session.expire_all()

    def _tick(self, now: datetime) -> None:
        with self.app.app_context():
            assert not tick(now).refused
            deliver(now)
            write_all_digests(now)

    def _killed(self, now: datetime) -> None:
        left = self.chance.randrange(2, 80)

        def count(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            self._tick(now)
        except Killed:
            self.did["really killed"] += 1
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
            db.session.rollback()

    def release(self, now: datetime) -> None:
        """Let the supervisor release what waits since a long pause."""
        for run in db.session.scalars(select(TickRun).where(TickRun.held.is_(True))).all():
            holding.release(run, by=self.county.supervisor, now=now, pace=Pace())
            self.did["released"] += 1


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_months_of_an_office_whose_timer_fares_badly(app: Flask, county: County, seed: int) -> None:
    office, down = Office(app, county, seed), 0
    day = BEGIN
    for day in (BEGIN + timedelta(days=days) for days in range(DAYS)):
        office.day(day)
        if down:
            down -= 1
            continue
        office.timer(at_local(day, 15))
        office.release(at_local(day, 16))
        if office.chance.random() < 0.1:
            down = office.chance.choice((1, 2, 5, 10))
    office.timer(at_local(day, 18))
    judge(office, day)


def judge(office: Office, until: date) -> None:
    """Compare with the plain oracle, and look for what is there twice."""
    assert {"extend", "deliver", "reply", "note", "doubled", "really killed", "released"} <= set(office.did)
    clocks = db.session.scalars(select(Deadline)).all()
    rows = db.session.scalars(select(Escalation).where(Escalation.subject == "deadline")).all()
    plain = {row.id for row in clocks if row.revision == 1 and LIMITS[LimitKind(row.kind)].duty}
    found = {(row.subject_id, row.revision, row.rung) for row in rows if row.subject_id in plain}
    days = calendar()
    assert found == {key for row in clocks if row.id in plain for key in should_be_recorded(row, until, days)}
    assert len(found) > 100
    ended = {row.id: row.ended_on for row in clocks}
    for row in rows:
        end = ended[row.subject_id]
        assert row.state != RAISED or end is None or local_date(row.raised_at) <= end, "told of what was done"
    told = db.session.execute(
        select(Escalation.subject, Escalation.subject_id, Escalation.revision, Escalation.rung, Notice.told).join(
            Notice, (Notice.source == "rung") & (Notice.source_id == Escalation.id)
        )
    )
    assert max(Counter(map(tuple, told)).values()) == 1
    sources = set(db.session.scalars(select(Notice.source_id).where(Notice.source == "rung")))
    assert sources == set(db.session.scalars(select(Escalation.id).where(Escalation.state == RAISED)))
    numbers = list(db.session.scalars(select(SupervisionOrder.number).where(SupervisionOrder.kind == "urge")))
    assert sorted(numbers) == sorted(f"催〔2026〕{n}号" for n in range(1, len(numbers) + 1)), "no number lost or twice"
    copies = Counter(map(tuple, db.session.execute(select(Delivery.notice_id, Delivery.user_id, Delivery.channel))))
    assert max(copies.values()) == 1
    assert verify().wrong is None
