"""What is not a date: each behaviour is told once, to the right posts, from its own moment on."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.world.county import County
from tests.world.matters import Matter, an_entry
from tracker.cases.acts import close_out, office, unit
from tracker.cases.intake.registration import register
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Channel, MatterClass
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.reminders.models import RAISED, SKIPPED, Escalation

pytestmark = pytest.mark.both_databases

START = date(2026, 11, 2)


def run(first: date, last: date) -> None:
    """Run the timer once a day."""
    for days in range((last - first).days + 1):
        tick(at_local(first + timedelta(days=days), 9))


def of(case: Case, rung: str) -> list[tuple[str, date]]:
    """Return the records of one rung in a case."""
    rows = select(Escalation).where(Escalation.case_id == case.id, Escalation.rung == rung).order_by(Escalation.id)
    return [(row.state, row.reached_on) for row in db.session.scalars(rows)]


def told(rung: str) -> list[str]:
    """Return the posts that a rung told."""
    ids = select(Escalation.id).where(Escalation.rung == rung, Escalation.state == RAISED)
    return sorted(
        post or ""
        for post in db.session.scalars(select(Notice.told).where(Notice.source == "rung", Notice.source_id.in_(ids)))
    )


def repeat(county: County, original: Case, channel: Channel, **changes: object) -> Case:
    """Register the same matter again, linked to the first."""
    entry = an_entry(channel=channel, original_id=original.id, **changes)
    with committed():
        return register(entry, office=county.office, by=county.registrar, now=clock.now())


def test_the_petitioner_came_again(county: County) -> None:
    with clock.frozen(at_local(START)):
        matter = Matter(county, received_on=START).until("accept")
    with clock.frozen(at_local(START + timedelta(days=5), 10)):
        tick(clock.now())
        repeat(county, matter.case, Channel.VISIT)
    for minute in range(3):
        tick(at_local(START + timedelta(days=5), 10, 1 + minute))
    assert of(matter.case, "came-again") == [(RAISED, START + timedelta(days=5))]
    assert told("came-again") == ["owner", "unit_head"]


def test_a_superior_asks(county: County) -> None:
    with clock.frozen(at_local(START)):
        matter = Matter(county, received_on=START).until("accept")
        superior = {"superior_office": "市信访局", "superior_no": "晋市访〔2026〕8号"}
        repeat(county, matter.case, Channel.SUPERIOR, **superior)
        tick(at_local(START, 11))
    assert of(matter.case, "superior-asks") == [(RAISED, START)]
    assert told("superior-asks") == ["lead", "office_head", "owner", "unit_head"]
    assert of(matter.case, "came-again") == []


def test_several_visits_during_a_pause_are_one_notice(county: County) -> None:
    with clock.frozen(at_local(START)):
        matter = Matter(county, received_on=START).until("accept")
        tick(clock.now())
    for days in (2, 4, 6):
        with clock.frozen(at_local(START + timedelta(days=days))):
            repeat(county, matter.case, Channel.VISIT)
    tick(at_local(START + timedelta(days=9), 9))
    assert [state for state, _ in of(matter.case, "came-again")] == [SKIPPED, SKIPPED, RAISED]
    assert told("came-again") == ["owner", "unit_head"]


def test_of_a_sealed_accusation_the_unit_hears_nothing(county: County) -> None:
    with clock.frozen(at_local(START)):
        matter = Matter(county, received_on=START).until("accept")
        again = repeat(county, matter.case, Channel.VISIT)
        with committed():
            office.triage(
                again, by=county.acceptor, now=clock.now(), matter_class=MatterClass.ACCUSATION, route=None, level=None
            )
        tick(at_local(START, 11))
    assert of(matter.case, "came-again") == []


def test_returned_material_is_not_sent_again(county: County) -> None:
    with clock.frozen(at_local(START)):
        matter = Matter(county, received_on=START).until("apply")
        with committed():
            close_out.return_close_out(matter.case, by=county.unit_head, now=clock.now(), reason="材料不全。")
    run(START, START + timedelta(days=6))
    assert of(matter.case, "rework-silent") == []
    run(START + timedelta(days=7), START + timedelta(days=10))  # five working days later
    assert of(matter.case, "rework-silent") == [(RAISED, START + timedelta(days=7))]
    assert told("rework-silent") == ["owner", "unit_head"]


def test_material_that_was_sent_again_is_left_alone(county: County) -> None:
    with clock.frozen(at_local(START)):
        matter = Matter(county, received_on=START).until("apply")
        with committed():
            close_out.return_close_out(matter.case, by=county.unit_head, now=clock.now(), reason="材料不全。")
        with committed():
            matter.apply()
    run(START, START + timedelta(days=12))
    assert of(matter.case, "rework-silent") == []


def test_ended_and_not_struck_off(county: County) -> None:
    with clock.frozen(at_local(START)):
        matter = Matter(county, received_on=START).until("deliver")
        done = Matter(county, received_on=START).until("sign")
    run(START, START + timedelta(days=17))
    assert of(matter.case, "not-closed-out") == [(RAISED, START + timedelta(days=15))]
    assert of(done.case, "not-closed-out") == []


def test_a_second_return_by_the_same_unit_is_blocked_and_the_third_of_a_case_goes_to_a_leader(county: County) -> None:
    with clock.frozen(at_local(START)):
        matter = Matter(county, received_on=START).until("sign_for")
    case, heads = (
        matter.case,
        {county.civil.id: county.unit_head, county.land.id: county.land_head, county.town.id: county.town_head},
    )
    for turn, department in enumerate((county.civil, county.land, county.town)):
        with clock.frozen(at_local(START + timedelta(days=turn))):
            head = heads[department.id]
            if turn:
                with committed():
                    order = matter.order(department_id=department.id, handler_id=head.id)
                    office.assign(case, order, by=county.acceptor, now=clock.now())
            with committed():
                unit.file_objection(case, by=head, now=clock.now(), reason="不属本单位职责。")
            tick(at_local(START + timedelta(days=turn), 12))
            with committed():
                office.uphold_objection(case, by=county.acceptor, now=clock.now(), reason="同意。")
    assert [of(case, rung) for rung in ("second-return", "third-return")] == [
        [(RAISED, START + timedelta(days=1))],
        [(RAISED, START + timedelta(days=2))],
    ]
    assert told("third-return") == ["office_head", "principal"]
    with clock.frozen(at_local(START + timedelta(days=3))):
        with committed():
            office.assign(case, matter.order(), by=county.acceptor, now=clock.now())
        with pytest.raises(DomainError, match="再次退回"), committed():
            unit.file_objection(case, by=county.unit_head, now=clock.now(), reason="仍不属本单位职责。")
