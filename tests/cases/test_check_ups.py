"""定期督促检查: its clock as the office decides, the record, and who was not looked at for long."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.cases import ledger
from tracker.cases.acts import checking
from tracker.cases.ledger.filters import Filters
from tracker.cases.ledger.rows import rows_of
from tracker.cases.record.models import CaseStep
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.own_limits import set_own
from tracker.people.queries import reader_for

pytestmark = pytest.mark.both_databases
K = LimitKind


def every(county: County, days: int) -> None:
    with committed():
        told = {"since": core_clock.today(), "reason": "县信访局工作规定", "by": county.admin, "now": core_clock.now()}
        set_own(K.CHECK_UP, days, **told)  # type: ignore[arg-type]


def checked(matter: Matter, who: str = "supervisor", asked: str = "请于月底前答复。") -> None:
    with committed():
        checking.check_up(
            matter.case, by=matter.county.user(who), now=core_clock.now(), asked=asked, reason="已入户，未答复。"
        )


def test_without_a_number_of_the_office_there_is_no_clock_but_there_is_the_record(county: County) -> None:
    matter = Matter(county).until("accept")
    assert matter.clock(K.CHECK_UP) is None
    checked(matter)
    assert matter.clock(K.CHECK_UP) is None
    line = db.session.scalars(select(CaseStep).where(CaseStep.action == "check_up")).one()
    assert (line.reason, line.facts["asked"]) == ("已入户，未答复。", "请于月底前答复。")


def test_it_begins_when_a_unit_gets_the_matter_and_anew_with_each_check(county: County, clock: Clock) -> None:
    every(county, 20)
    matter = Matter(county).until("accept")
    first = matter.clock(K.CHECK_UP)
    assert first is not None
    assert (first.amount, first.owner_department_id) == (20, county.office.id), "the office owes it, not the unit"
    clock.forward(days=21)
    checked(matter)
    second = matter.clock(K.CHECK_UP)
    assert second is not None
    assert (first.met, first.ended_on) == (True, clock.today())
    assert (second.id != first.id, second.started_on, second.ended_on) == (True, clock.today(), None)


def test_it_ends_with_the_seal(county: County) -> None:
    every(county, 20)
    matter = Matter(county).until("sign")
    last = matter.clock(K.CHECK_UP)
    assert last is not None
    assert (last.met, last.ended_by) == (False, "sign_close_out")


def test_a_unit_is_not_late_because_nobody_looked(county: County, clock: Clock) -> None:
    every(county, 5)
    matter = Matter(county).until("accept")
    clock.forward(days=8)
    asked = Filters.parse({"state": "overdue"}, today=clock.today())
    found = ledger.page(reader_for(county.supervisor, clock.today()), asked, today=clock.today(), now=clock.now())
    assert [row.id for row in found.rows] == []
    row = rows_of([matter.case.id], clock.today())[0]
    assert row.running is not None
    assert row.running.name != "定期督促检查"


@pytest.mark.parametrize("who", ["acceptor", "handler", "unit_head", "leader"])
def test_only_the_head_of_the_office_and_supervisors_check(county: County, who: str) -> None:
    matter = Matter(county).until("accept")
    with pytest.raises(Forbidden):
        checked(matter, who)
    checked(matter, "office_head")


def test_what_no_unit_has_is_not_checked(county: County) -> None:
    with pytest.raises(DomainError):
        checked(Matter(county).until("triage"))


def test_the_ledger_says_when_it_was_last_looked_at_and_finds_what_was_not(county: County, clock: Clock) -> None:
    seen, unseen = Matter(county).until("accept"), Matter(county).until("accept")
    clock.forward(days=31)
    Matter(county).until("accept")
    checked(seen)
    today = clock.today()
    reader = reader_for(county.supervisor, today)

    def found(days: int) -> set[int]:
        asked = Filters.parse({"unchecked": str(days)}, today=core_clock.today())
        page = ledger.page(reader, asked, today=core_clock.today(), now=core_clock.now())
        return {row.id for row in page.rows}

    assert found(30) == {unseen.case.id}, "not what was given out today, nor what was looked at"
    assert found(31) == set()
    days = {row.id: row.checked_on for row in rows_of([seen.case.id, unseen.case.id], today)}
    assert days == {seen.case.id: today, unseen.case.id: None}
    clock.forward(days=31)
    assert seen.case.id in found(30)
    assert Filters(unchecked=30).chips()[0].value == "超过 30 日"
    assert today + timedelta(31) == clock.today()
