"""督导 in the browser: rounds, findings, their acts, refusals at their fields, who sees what."""

import pytest
from sqlalchemy import select

from tests.key_villages.conftest import ledger as ledger
from tests.key_villages.inspecting import finding, found, opened
from tests.key_villages.working import Ledger
from tests.web.browsing import filled, form_of
from tracker.core.database import db
from tracker.key_villages.models import InspectionRound, VillageFinding
from tracker.key_villages.rules.findings import FindingStage

ROUNDS, BOARD = "/villages/inspections", "/villages/ledger"


def address(round_id: int) -> str:
    return f"{ROUNDS}/{db.session.get_one(InspectionRound, round_id).public_id}"


def act(finding_id: int, name: str) -> str:
    return f"{ROUNDS}/findings/{finding(finding_id).public_id}/acts/{name}"


def test_a_round_is_entered_and_its_finding_goes_its_way_by_the_pages(ledger: Ledger) -> None:
    county = ledger.county
    entry_id = ledger.enter("公开三年收支明细")
    browser = county.browser("acceptor")
    assert "还没有督导" in browser.get(ROUNDS).text
    given = {
        **{"name": "第一轮集中督导", "led_by": str(county.ids["lead"]), "team": "5 人", "villages": "140522102214"},
        **{"started_on": "今天", "ended_on": "今天"},
    }
    wrong = filled(form_of(browser.get(f"{ROUNDS}/new"), ""), given | {"villages": "140522102214\n没有这个村"})
    refused = browser.post(f"{ROUNDS}/new", data=wrong)
    assert refused.status_code == 422
    assert "第 2 行" in refused.text
    answer = browser.post(f"{ROUNDS}/new", data=filled(form_of(browser.get(f"{ROUNDS}/new"), ""), given))
    assert answer.status_code == 303, answer.text
    there = address(db.session.scalars(select(InspectionRound.id)).one())
    assert "还没有登记督导发现" in browser.get(there).text
    one = {
        **{"village": db.session.scalars(select(InspectionRound)).one().villages[0].public_id},
        **{"text": "公开栏设在院内，夜间看不到", "owner": f"{county.ids['civil']}-{county.ids['handler']}"},
        **{"due_on": "20261205", "found_on": "今天"},
    }
    finds = f"{there}/find"
    assert browser.post(finds, data=filled(form_of(browser.get(finds), ""), one)).status_code == 303
    made = db.session.scalars(select(VillageFinding)).one().id
    assert "12月5日" in browser.get(there).text
    owner, reports = county.browser("handler"), act(made, "report")
    assert owner.post(reports, data=filled(form_of(owner.get(reports), ""), {"said": "已改。"})).status_code == 303
    rechecks = act(made, "recheck")
    passed = filled(form_of(browser.get(rechecks), ""), {"said": "看过。"})
    assert browser.post(rechecks, data=passed).status_code == 303
    assert finding(made).stage == FindingStage.RECHECKED
    page = browser.get(f"{BOARD}/{ledger.entry(entry_id).public_id}").text
    assert "1 / 1 已复核" in page


@pytest.mark.both_databases
def test_changing_a_round_says_why_and_shows_what_is_stale(ledger: Ledger) -> None:
    there = f"{address(opened(ledger))}/change"
    browser = ledger.county.browser("acceptor")
    form, overtaken = form_of(browser.get(there), ""), form_of(browser.get(there), "")
    assert browser.post(there, data=filled(form, {"team": "纪委 2 人", "said": "写错了。"})).status_code == 303
    answer = browser.post(there, data=filled(overtaken, {"team": "纪委 3 人", "said": "又写错了。"}))
    assert answer.status_code in (409, 422)
    assert "别人已经办理过" in answer.text
    assert "纪委 3 人" in answer.text


@pytest.mark.both_databases(who=("acceptor",))
@pytest.mark.parametrize(
    ("who", "sees"),
    [("acceptor", True), ("lead", True), ("leader", True), ("handler", True), ("town_head", True), ("stranger", False),
     ("land_head", False)],
)  # fmt: skip
def test_only_who_has_to_do_with_it_sees_a_round(ledger: Ledger, who: str, sees: bool) -> None:
    ledger.enter("公开三年收支明细")
    row = opened(ledger)
    one = found(ledger, row)
    browser = ledger.county.browser(who)
    assert browser.get(address(row)).status_code == (200 if sees else 404)
    assert ("第一轮集中督导" in browser.get(ROUNDS).text) is sees
    assert browser.get(act(one, "report")).status_code == (200 if sees else 404)


def test_a_unit_sees_its_own_findings_of_a_round_alone(ledger: Ledger) -> None:
    row = opened(ledger)
    found(ledger, row, "公开栏设在院内")
    found(ledger, row, "机动地发包未经表决", owner="land_head", unit="land")
    for who, shown, hidden in (("handler", "公开栏", "机动地"), ("land_head", "机动地", "公开栏")):
        page = ledger.county.browser(who).get(address(row)).text
        assert shown in page
        assert hidden not in page
    assert "<b>0</b> / 1" in ledger.county.browser("handler").get(ROUNDS).text
    assert "<b>0</b> / 2" in ledger.county.browser("lead").get(ROUNDS).text


def test_a_finding_in_a_village_that_is_not_on_the_ledger_leads_to_its_entry(ledger: Ledger) -> None:
    one = found(ledger, opened(ledger))
    browser = ledger.county.browser("acceptor")
    page = browser.get(f"{BOARD}/new?finding={finding(one).public_id}").text
    assert "第一轮集中督导发现：公开栏设在院内" in page
    assert ledger.county.browser("acceptor").get(f"{BOARD}/new?finding=nonsense").status_code == 404


@pytest.mark.parametrize("who", ["admin", "auditor", "security"])
def test_who_keeps_the_system_has_no_rounds(ledger: Ledger, who: str) -> None:
    opened(ledger)
    assert ledger.county.browser(who).get(ROUNDS).status_code == 403
