"""Attacks on the services of supervision: papers to the accused, stand-ins and absences that serve him."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.world.county import County
from tests.world.matters import Matter
from tracker import audit
from tracker.cases.record.models import AccusedParty
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden, NotFound
from tracker.jobs.sending import deliver
from tracker.jobs.ticking import tick
from tracker.notifications.models import Delivery, Notice
from tracker.people import service
from tracker.people.models import Department
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.supervision.papers import instructions, orders
from tracker.supervision.papers.models import SupervisionOrder

START = date(2026, 11, 2)
DAY = timedelta(days=1)


@pytest.fixture
def matter(county: County) -> Matter:
    with clock.frozen(at_local(START, 10)):
        return Matter(county, received_on=START).until("sign_for")


def accuse(matter: Matter, **whom: int) -> None:
    with committed():
        db.session.add(AccusedParty(case_id=matter.case.id, name="某某", status="confirmed", **whom))
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=matter.case.id)


def sent_to() -> set[str]:
    """Return the units to which a paper went."""
    ids = select(SupervisionOrder.department_id)
    return set(db.session.scalars(select(Department.name).where(Department.id.in_(ids))))


def run_until(last: date) -> None:
    day = START
    while day < last:
        day += DAY
        with clock.frozen(at_local(day, 9)):
            tick(clock.now())
            deliver(clock.now(), ways={})


def issue(matter: Matter, **changes: object) -> SupervisionOrder:
    with committed():
        return written(matter, **changes)


def written(matter: Matter, **changes: object) -> SupervisionOrder:
    given = {"level": RungLevel.URGE, "reason": "请办理。", "reply_by": clock.today() + 3 * DAY, **changes}
    return orders.issue(matter.case, by=matter.county.supervisor, now=clock.now(), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("accused", [True, False])
def test_no_paper_goes_to_a_unit_that_is_complained_of(county: County, matter: Matter, accused: bool) -> None:
    if accused:
        accuse(matter, department_id=county.civil.id)
        with pytest.raises(DomainError, match="只能发给"):
            issue(matter, department_id=county.civil.id)
    issue(matter)
    assert sent_to() == {county.office.name if accused else county.civil.name}


@pytest.mark.parametrize("accused", [True, False])
def test_the_ladder_writes_to_no_unit_that_is_complained_of(county: County, matter: Matter, accused: bool) -> None:
    """Nor does anybody of the unit hear of a rung, whose name and whose head's stand on every clock of the case."""
    if accused:
        accuse(matter, department_id=county.civil.id)
    run_until(START + 25 * DAY)
    assert sent_to() == (set() if accused else {county.civil.name}), "the office urges nobody in its place: not itself"
    told = set(db.session.scalars(select(Delivery.user_id)))
    assert told, "a vacuous check"
    assert bool(told & {county.handler.id, county.unit_head.id}) is not accused


def test_the_accused_acts_on_nothing(county: County, matter: Matter) -> None:
    """Every act of supervision answers as for a case that does not exist, though his post would allow it."""
    order = issue(matter)
    with committed():
        given = {"task_of_id": county.handler.id, "due_on": clock.today()}
        task = instructions.instruct(matter.case, by=county.lead, now=clock.now(), reason="请办。", **given)  # type: ignore[arg-type]
    for person in (county.handler, county.unit_head, county.lead, county.leader, county.supervisor):
        accuse(matter, user_id=person.id)
    now = clock.now()
    attempts = (
        lambda: orders.answer(order, by=county.handler, now=now, reason="已办。"),
        lambda: orders.withdraw(order, by=county.supervisor, now=now, reason="发错。"),
        lambda: instructions.report(task, by=county.unit_head, now=now, reason="已办。"),
        lambda: instructions.instruct(matter.case, by=county.lead, now=now, reason="不用办了。"),
        lambda: instructions.instruct(matter.case, by=county.leader, now=now, reason="不用办了。"),
        lambda: written(matter),
    )
    for attempt in attempts:
        with pytest.raises(NotFound), committed():
            attempt()
    assert (order.reply, order.withdrawn_at, task.report) == (None, None, None)
    assert len(db.session.scalars(select(SupervisionOrder)).all()) == 1


def test_what_waited_when_he_was_named_is_not_told_him(county: County, matter: Matter) -> None:
    """Notices were written, nobody was addressed yet; then the person turns out to be complained of."""
    issue(matter)
    assert db.session.scalars(select(Notice).where(Notice.addressed_at.is_(None))).all()
    accuse(matter, user_id=county.unit_head.id)
    accuse(matter, user_id=county.handler.id)
    with clock.frozen(at_local(clock.today() + 3 * DAY, 10)):
        deliver(clock.now(), ways={})
    told = set(db.session.scalars(select(Delivery.user_id)))
    assert told
    assert not told & {county.unit_head.id, county.handler.id}


def test_absences_are_ones_own_or_ones_units(county: County, matter: Matter) -> None:
    """Nobody sends a stranger away, nor ends his absence, nor names a stand-in of another unit."""
    away = {"started_on": clock.today(), "ended_on": clock.today() + DAY, "now": clock.now()}
    for by in (county.land_head, county.leader, county.handler):
        with pytest.raises(Forbidden), committed():
            service.note_absence(county.unit_head, stand_in=None, by=by, **away)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="同一单位"), committed():
        service.note_absence(county.unit_head, stand_in=county.land_head, by=county.unit_head, **away)  # type: ignore[arg-type]
    with committed():
        absence = service.note_absence(county.unit_head, stand_in=None, by=county.unit_head, **away)  # type: ignore[arg-type]
    with pytest.raises(Forbidden), committed():
        service.end_absence(absence, by=county.land_head, now=clock.now())
