"""重点难点村台账 in the browser: entry, acts, refusals at their fields, what each person sees and may do."""

import pytest
from sqlalchemy import select

from tests.key_villages.conftest import ledger as ledger
from tests.key_villages.working import Ledger
from tests.web.browsing import filled, form_of
from tests.world.county import County
from tracker import audit
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import Confidentiality, Purpose
from tracker.core import clock
from tracker.core.database import committed, db, locked
from tracker.core.errors import DomainError
from tracker.key_villages.models import VillageEntry
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.codes import VillageStage
from tracker.key_villages.service import keeping
from tracker.places.service import merge_villages, rename_place

BOARD = "/villages/ledger"


def address(entry: VillageEntry, act: str = "") -> str:
    return f"{BOARD}/{entry.public_id}" + (f"/acts/{act}" if act else "")


def test_an_empty_ledger_says_how_it_begins(county: County) -> None:
    page = county.browser("acceptor").get(BOARD).text
    assert "还没有重点难点村" in page
    assert "/villages/ledger/new" in page
    assert "/villages/ledger/new" not in county.browser("lead").get(BOARD).text


@pytest.mark.both_databases
def test_a_village_is_entered_and_worked_on_by_its_pages(ledger: Ledger) -> None:
    county = ledger.county
    browser = county.browser("acceptor")
    given = {
        **{"village_text": "140522102214", "kind": "petitioned", "reason": "三个月内同类信访 3 件。"},
        **{"decided_by": str(county.ids["lead"]), "entered_on": "今天"},
    }
    answer = browser.post(f"{BOARD}/new", data=filled(form_of(browser.get(f"{BOARD}/new"), ""), given))
    assert answer.status_code == 303, answer.text
    entry = db.session.scalars(select(VillageEntry)).one()
    again = browser.post(f"{BOARD}/new", data=filled(form_of(browser.get(f"{BOARD}/new"), ""), given))
    assert "已经在账" in again.text
    listing = address(entry, "list_problem")
    given = {
        "text": "公开三年收支明细",
        "owner": f"{county.ids['civil']}-{county.ids['handler']}",
        "due_on": "20261210",
    }
    assert browser.post(listing, data=filled(form_of(browser.get(listing), ""), given)).status_code == 303
    page = browser.get(address(entry)).text
    assert "公开三年收支明细" in page
    assert "12月10日" in page
    assert "未派" in page


def test_what_is_wrong_stands_at_its_field_and_nothing_is_saved(ledger: Ledger) -> None:
    entry = ledger.entry(ledger.enter("公开三年收支明细"))
    browser = ledger.county.browser("acceptor")
    wrong = address(entry, "set_election")
    answer = browser.post(
        wrong, data=filled(form_of(browser.get(wrong), ""), {"election_on": "32月1日", "said": "定了"})
    )
    assert answer.status_code == 422
    assert "32月1日" in answer.text
    assert ledger.entry(entry.id).election_on is None
    assert browser.get(address(entry, "nonsense")).status_code == 404
    assert browser.get(address(entry, "progress")).status_code == 404


def test_who_overtakes_is_told(ledger: Ledger) -> None:
    entry = ledger.entry(ledger.enter("公开三年收支明细"))
    browser, there = ledger.county.browser("acceptor"), address(entry, "set_election")
    opened = form_of(browser.get(there), "")
    ledger.visit(entry.id)
    answer = browser.post(there, data=filled(opened, {"election_on": "20261219", "said": "定了"}))
    assert answer.status_code in (409, 422), answer.status_code
    assert "别人已经办理过" in answer.text


@pytest.mark.both_databases(who=("handler",))
@pytest.mark.parametrize(
    ("who", "sees"),
    [("acceptor", True), ("lead", True), ("leader", True), ("handler", True), ("colleague", True), ("town_head", True),
     ("stranger", False), ("land_head", False)],
)  # fmt: skip
def test_only_who_works_on_it_sees_a_village(ledger: Ledger, who: str, sees: bool) -> None:
    entry = ledger.entry(ledger.enter("公开三年收支明细"))
    browser = ledger.county.browser(who)
    assert browser.get(address(entry)).status_code == (200 if sees else 404)
    assert (entry.public_id in browser.get(BOARD).text) is sees


@pytest.mark.both_databases
def test_a_problem_is_applied_for_by_who_owes_it_and_shown_to_nobody_else(ledger: Ledger) -> None:
    problem = ledger.entry(ledger.enter("公开三年收支明细")).problems[0]
    page = f"{BOARD}/problems/{problem.public_id}/acts/apply"
    assert ledger.county.browser("stranger").get(page).status_code == 404
    browser = ledger.county.browser("handler")
    refused = browser.post(page, data=filled(form_of(browser.get(page), ""), {"said": " "}))
    assert refused.status_code == 422
    assert ledger.problem(problem.id).stage == VillageStage.OPEN
    answer = browser.post(page, data=filled(form_of(browser.get(page), ""), {"said": "已经公开。"}))
    assert answer.status_code == 303
    assert ledger.problem(problem.id).stage == VillageStage.APPLIED


@pytest.mark.parametrize("who", ["admin", "auditor", "security"])
def test_who_keeps_the_system_has_no_ledger(ledger: Ledger, who: str) -> None:
    ledger.enter("公开三年收支明细")
    assert ledger.county.browser(who).get(BOARD).status_code == 403


def test_accusations_are_no_entries_and_hold_up_nothing(ledger: Ledger) -> None:
    """检举控告不进本台账: for whoever does not know of one it is a number that does not exist."""
    county = ledger.county
    entry_id = ledger.enter("公开三年收支明细")
    public_id = county.register("acceptor", purpose=Purpose.ACCUSATION, petitioners=[], anonymous=True)
    number = county.case(public_id).register_no
    for who, sentence in (("acceptor", "检举控告"), ("supervisor", "没有这个编号")):
        with pytest.raises(DomainError, match=sentence), committed():
            keeping.link(ledger.entry(entry_id), number, problem=None, by=county.user(who), now=clock.now())
    ledger.strike_off(ledger.entry(entry_id).problems[0].id)
    ledger.act(ledger.entry(entry_id), VillageAct.APPLY, "colleague")
    assert ledger.entry(entry_id).stage == VillageStage.APPLIED
    assert "检举控告 1 件" in county.browser("acceptor").get(address(ledger.entry(entry_id))).text
    assert "检举控告 1 件" not in county.browser("supervisor").get(address(ledger.entry(entry_id))).text


def test_a_linked_matter_holds_the_village_until_it_is_struck_off_or_left(ledger: Ledger) -> None:
    county = ledger.county
    entry_id = ledger.enter("公开三年收支明细")
    ledger.strike_off(ledger.entry(entry_id).problems[0].id)
    case = county.case(county.register("acceptor"))
    with committed():
        keeping.link(ledger.entry(entry_id), case.register_no, problem=None, by=county.acceptor, now=clock.now())
    with pytest.raises(DomainError, match="关联信访都已销号（0 / 1）"):
        ledger.act(ledger.entry(entry_id), VillageAct.APPLY, "colleague")
    number = case.register_no
    with committed():
        locked(db.session.get_one(Case, case.id)).level = Confidentiality.SENSITIVE.value
        audit.record(audit.Event.CASE_CORRECTED, by=county.acceptor, now=clock.now(), case_id=case.id)
    page = county.browser("town_head").get(address(ledger.entry(entry_id))).text
    assert number in page
    assert "已转出" in page
    ledger.act(ledger.entry(entry_id), VillageAct.APPLY, "colleague")
    assert ledger.entry(entry_id).stage == VillageStage.APPLIED


@pytest.mark.both_databases
def test_the_stays_of_a_village_are_found_under_whatever_it_is_called_now(ledger: Ledger) -> None:
    county = ledger.county
    entry = ledger.entry(ledger.enter("公开三年收支明细"))
    given = {"on": clock.today(), "reason": "阳政函〔2026〕9号", "by": county.admin, "now": clock.now()}
    with committed():
        rename_place(county.village, "上庄新村村民委员会", **given)
    with committed():
        merge_villages(county.village, county.other_village, **given)
    for place in (county.village, county.other_village):
        page = county.browser("acceptor").get(f"/places/{place.public_id}").text
        assert address(entry) in page
    assert address(entry) not in county.browser("stranger").get(f"/places/{county.other_village.public_id}").text
    assert "上庄新村" in county.browser("acceptor").get(address(entry)).text
