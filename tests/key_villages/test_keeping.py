"""包保、一村一策、关联信访: versions stay, duties end, and a linked matter shows no more than its own number tells."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.key_villages.inspecting import NEXT_WEEK, found, opened
from tests.key_villages.working import TODAY, Ledger
from tracker import audit
from tracker.cases.record.links import tie
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality, LedgerStatus
from tracker.core import clock
from tracker.core.database import committed, db, locked
from tracker.key_villages.access import duties_on
from tracker.key_villages.models import VillageEntry, VillageLink, VillagePlan
from tracker.key_villages.queries.board import VillageFilters, board
from tracker.key_villages.queries.facts import LinkState, facts_of, linked
from tracker.key_villages.queries.page import entry_page
from tracker.key_villages.rules.checklist import DoneShare
from tracker.key_villages.rules.codes import PlanKind, VillageDutyKind
from tracker.key_villages.service import keeping
from tracker.people.queries import reader_for


def by(ledger: Ledger) -> dict[str, Any]:
    return {"by": ledger.county.acceptor, "now": clock.now()}


def entry_with(ledger: Ledger, *cases: Case) -> VillageEntry:
    """Enter a village to which matters are linked."""
    entry_id = ledger.enter("公开三年收支明细")
    with committed():
        for case in cases:
            keeping.link(ledger.entry(entry_id), case.register_no, problem=None, **by(ledger))
    return ledger.entry(entry_id)


@pytest.mark.both_databases
def test_each_version_of_a_plan_stays(ledger: Ledger) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    given = {"kind": PlanKind.MEASURE, "title": "一村一策", **by(ledger)}
    with committed():
        first = keeping.write_plan(ledger.entry(entry_id), number=None, text="逐月公开。", changes="", **given)
        keeping.write_plan(ledger.entry(entry_id), number=first.number, text="每月公开。", changes="加公示。", **given)
        keeping.write_plan(ledger.entry(entry_id), number=None, text="另一份。", changes="", **given)
    rows = db.session.execute(
        select(VillagePlan.number, VillagePlan.version, VillagePlan.text).order_by(VillagePlan.id)
    )
    assert list(map(tuple, rows)) == [(1, 1, "逐月公开。"), (1, 2, "每月公开。"), (2, 1, "另一份。")]


@pytest.mark.both_databases
def test_a_duty_ends_with_the_day(ledger: Ledger) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    team = VillageDutyKind.TEAM
    with committed():
        given = {"user_id": None, "words": "4 人", "started_on": TODAY, **by(ledger)}
        row = keeping.give_duty(ledger.entry(entry_id), team, **given)
    with committed():
        keeping.end_duty(ledger.entry(entry_id), db.session.merge(row), said="工作组撤回。", **by(ledger))
    entry = ledger.entry(entry_id)
    assert team in {each.kind for each in duties_on(entry, TODAY)}
    assert team not in {each.kind for each in duties_on(entry, TODAY + timedelta(days=1))}


@pytest.mark.both_databases
def test_a_link_made_by_mistake_is_taken_back(ledger: Ledger) -> None:
    case = ledger.county.case(ledger.county.register("acceptor"))
    entry = entry_with(ledger, case)
    assert [each.state for each in linked(entry)] == [LinkState.OPEN]
    row = db.session.scalars(select(VillageLink)).one()
    with committed():
        keeping.unlink(entry, row, said="关联错了。", **by(ledger))
    assert linked(ledger.entry(entry.id)) == []


@pytest.mark.parametrize("closed", [True, False])
def test_a_repeat_of_a_matter_that_turned_closed_left_with_it(ledger: Ledger, closed: bool) -> None:
    """A letter that is handled under a closed matter shows nothing of how that one stands, and holds up nothing."""
    county = ledger.county
    original, repeat = (county.case(county.register("acceptor")) for _ in range(2))
    entry = entry_with(ledger, repeat)
    with committed():
        root = locked(db.session.get_one(Case, original.id))
        tie(locked(db.session.get_one(Case, repeat.id)), root)
        root.ledger_status = LedgerStatus.CLOSED.value
        if closed:
            root.level = Confidentiality.SENSITIVE.value
        audit.record(audit.Event.CASE_CORRECTED, by=county.acceptor, now=clock.now(), case_id=original.id)
    entry = ledger.entry(entry.id)
    assert [each.state for each in linked(entry)] == [LinkState.LEFT if closed else LinkState.STRUCK_OFF]
    assert facts_of(entry, None).cases == (DoneShare(0, 0) if closed else DoneShare(1, 1))


def test_the_nearest_day_is_that_of_whatever_is_due_first(ledger: Ledger) -> None:
    """Also of what a round of inspection found: nothing falls due unseen."""
    entry_id = ledger.enter("公开三年收支明细")
    found(ledger, opened(ledger))
    reader, now = reader_for(ledger.county.acceptor, TODAY), clock.now()
    page = entry_page(ledger.entry(entry_id), reader, today=TODAY, now=now)
    row = board(reader, VillageFilters(), today=TODAY, now=now).everything[0]
    assert page.nearest
    assert row.nearest
    assert page.nearest.due_on == row.nearest.due_on == NEXT_WEEK
    assert row.late == 0
