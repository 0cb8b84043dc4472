"""领办领导 of a matter that no unit has: named at 分类, changed at every station, and whoever signs its 销号."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.people.factories import make_user
from tests.web.browsing import form_of
from tests.world.county import County
from tests.world.matters import Matter
from tests.world.rows import reader
from tracker.cases.access.rules import may_see
from tracker.cases.access.scope import matter_of, visible_to
from tracker.cases.acts import close_out, office, records, unit
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.ledger import Filters, page
from tracker.cases.ledger.rows import rows_of
from tracker.cases.lifecycle.positions import position_of
from tracker.cases.lifecycle.rules.actions import Station
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.lifecycle.stepping import Material
from tracker.cases.record.models import Case, CaseStep, NamedReader
from tracker.cases.record.rules.codes import Confidentiality, LedgerStatus, MatterClass, Purpose, Route
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, FieldErrors
from tracker.core.files import StoredFile
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.people.service import end_post

STATEMENT = Material("撤回声明.pdf", StoredFile("0" * 64, 10, "application/pdf"))
ROUTE = {"matter_class": MatterClass.CLAIM, "route": Route.ADMINISTRATIVE}


def triaged(county: County, lead: User | None = None, **changes: Any) -> Matter:
    """Return a matter that was classified and lies with the office, with the lead official who was named."""
    matter = Matter(county, **{key: changes.pop(key) for key in ("accused",) if key in changes})
    with committed():
        matter.triage(**{**ROUTE, **changes}, lead_official_id=lead.id if lead else None)
    return matter


def sees(user: User, case: Case) -> bool:
    """Return whether a person sees a case; rules and SQL say the same."""
    now = reader(user)
    found = db.session.scalar(select(Case.id).where(Case.id == case.id, visible_to(now))) is not None
    assert found == may_see(now, matter_of(case))
    return found


def signs(user: User, case: Case) -> bool:
    return Station.LEAD_OFFICIAL in stations(reader(user), position_of(case))


def second_lead(county: County) -> User:
    with committed():
        return make_user("qinyue", "秦悦", roles=[(Role.LEAD_OFFICIAL, county.county)])


def change(matter: Matter, lead: User) -> None:
    with committed():
        office.change_lead(
            matter.case,
            by=matter.county.office_head,
            now=core_clock.now(),
            lead_official_id=lead.id,
            reason="分工调整。",
        )


def test_the_lead_named_at_triage_leads_where_no_unit_has_it(county: County) -> None:
    other = second_lead(county)
    led, unled = triaged(county, county.lead).case, triaged(county).case
    assert signs(county.lead, led)
    assert not signs(other, led), "somebody is named: nobody stands in"
    assert not signs(county.leader, led)
    assert sees(county.lead, led)
    assert not sees(other, led)
    assert signs(other, unled), "the negative control: nobody is named"
    assert not sees(county.lead, unled)


def test_the_trail_and_the_ledger_name_the_lead(county: County) -> None:
    case = triaged(county, county.lead).case
    line = db.session.scalars(select(CaseStep).where(CaseStep.case_id == case.id).order_by(CaseStep.id.desc())).first()
    assert line is not None
    assert line.facts["lead_official"] == "陈志远"
    filters = Filters.parse({"lead_official": county.lead.public_id}, today=core_clock.today())
    found = page(reader(county.acceptor), filters, today=core_clock.today())
    assert [row.id for row in found.rows] == [case.id]
    mine = Filters.parse({"mine": "leading"}, today=core_clock.today())
    assert [row.id for row in page(reader(county.lead), mine, today=core_clock.today()).rows] == [case.id]


def test_he_signs_its_close_out_and_nobody_else(county: County) -> None:
    matter = triaged(county, county.lead)
    case = matter.case
    now = core_clock.now()
    with committed():
        withdraw(matter)
    with committed():
        close_out.confirm_file(case, by=county.acceptor, now=now, note="")
    with committed():
        close_out.apply_for_close_out(case, by=county.acceptor, now=now, reason="信访人撤回。")
    with committed():
        close_out.confirm_close_out(case, by=county.office_head, now=now, reason="同意。")
    with committed():
        close_out.call_back(
            case, by=county.supervisor, now=now, called_on=core_clock.today(), reached=False, satisfaction=None,
            reason="未接通。",
        )  # fmt: skip
    with committed():
        close_out.check_close_out(case, by=county.supervisor, now=now, reason="属实。")
    row = rows_of([case.id], core_clock.today())[0]
    assert (row.unit, row.holder) == ("领办领导", "陈志远")
    to_sign = Filters.parse({"mine": "to_sign"}, today=core_clock.today())
    for user, mine in ((county.lead, [case.id]), (county.leader, [])):
        assert [each.id for each in page(reader(user), to_sign, today=core_clock.today()).rows] == mine
    with pytest.raises(DomainError), committed():
        close_out.sign_close_out(case, by=county.leader, now=now, reason="同意。")
    with committed():
        close_out.sign_close_out(case, by=county.lead, now=now, reason="同意。")
    assert (case.ledger_status, case.closed_by_id) == (LedgerStatus.CLOSED, county.lead.id)


def withdraw(matter: Matter) -> None:
    by, now = matter.county.acceptor, core_clock.now()
    records.withdraw(matter.case, by=by, now=now, reason="信访人书面撤回。", materials=[STATEMENT])


def test_the_lead_is_changed_at_every_station(county: County, clock: Clock) -> None:
    other = second_lead(county)
    matter = triaged(county)
    change(matter, county.lead)
    assert signs(county.lead, matter.case)
    change(matter, other)
    assert not sees(county.lead, matter.case)
    assert sees(other, matter.case)
    clock.forward(days=1)
    with committed():
        for post in list(other.posts_on(clock.today())):
            end_post(post, last_day=clock.today() - timedelta(days=1), by=county.admin, now=clock.now())
    gone = Filters.parse({"state": "lead_gone"}, today=clock.today())
    found = page(reader(county.office_head), gone, today=clock.today())
    assert [row.id for row in found.rows] == [matter.case.id]
    change(matter, county.lead)
    assert not page(reader(county.office_head), gone, today=clock.today()).rows


def test_who_cannot_lead_is_refused_at_his_field(county: County) -> None:
    matter = Matter(county, accused=[AccusedEntry("陈志远")])
    with pytest.raises(FieldErrors) as refused, committed():
        matter.triage(**ROUTE, lead_official_id=county.lead.id)
    assert "应当回避" in refused.value.errors["lead_official"]
    with pytest.raises(FieldErrors) as refused, committed():
        matter.triage(**ROUTE, lead_official_id=county.handler.id)
    assert "不是领办领导或主要领导" in refused.value.errors["lead_official"]
    assert matter.case.status == "registered"


def test_the_lead_of_an_accusation_is_on_its_named_list(county: County) -> None:
    case = triaged(county, county.lead, matter_class=MatterClass.ACCUSATION, route=None).case
    named = {
        row.user_id: row.because
        for row in db.session.scalars(select(NamedReader).where(NamedReader.case_id == case.id))
    }
    assert named[county.lead.id] == "领办领导"
    assert sees(county.lead, case)
    late = triaged(county, county.lead)
    with committed():
        office.triage(
            late.case, by=county.acceptor, now=core_clock.now(), matter_class=MatterClass.ACCUSATION, route=None,
            reason="来信举报干部。",
        )  # fmt: skip
    assert late.case.level == Confidentiality.ACCUSATION
    assert sees(county.lead, late.case), "who leads it stays when it turns out to be an accusation"


def test_the_lead_stays_with_what_comes_back_unless_it_is_an_accusation(county: County) -> None:
    back, sealed = Matter(county).until("accept"), Matter(county).until("accept")
    with committed():
        office.seal_accusation(sealed.case, by=county.acceptor, now=core_clock.now(), reason="来信举报干部。")
    assert sealed.case.lead is None
    assert not sees(county.lead, sealed.case)
    objected = Matter(county).until("assign")
    with committed():
        unit.file_objection(objected.case, by=county.handler, now=core_clock.now(), reason="不属于本单位职责。")
    with committed():
        office.uphold_objection(objected.case, by=county.acceptor, now=core_clock.now(), reason="不属于其职责。")
    assert objected.case.lead == county.lead
    assert sees(county.lead, objected.case)
    assert back.case.lead == county.lead


def test_the_form_proposes_the_lead_above_the_office_and_the_page_names_him(county: County) -> None:
    desk = county.browser("acceptor")
    public_id = county.register(purpose=Purpose.SUGGESTION)
    address = f"/cases/{public_id}/steps/triage"
    form = form_of(desk.get(address), address)
    assert form.fields["lead_official"] == str(county.lead.id)
    sent = desk.post(address, data=form.fields | {"matter_class": "claim", "route": "administrative"})
    assert sent.status_code == 303
    assert county.case(public_id).lead == county.lead
    assert "陈志远，没有承办单位，销号由其签批" in desk.get(f"/cases/{public_id}").text
    again = desk.get(f"/cases/{public_id}/steps/reclassify").text
    assert 'name="lead_official"' not in again, "there is an act of its own for that"
