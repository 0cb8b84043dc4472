"""检查清单 in the browser: what is without contents says so, forms refuse at the item, an answer 否 is carried over."""

import re

import pytest
from sqlalchemy import select

from tests.client import Client
from tests.conftest import Clock
from tests.key_villages.checking import (
    ALL_YES,
    ONE_NO,
    begun,
    corrected,
    edited,
    edition,
    filled_for_look_back,
    filled_in,
    form,
    issued,
    template,
)
from tests.key_villages.conftest import ledger as ledger
from tests.key_villages.inspecting import opened
from tests.key_villages.test_looking_back import rows, sealed
from tests.key_villages.working import Ledger, later
from tests.places.divisions import TOWN
from tests.web.browsing import filled, form_of
from tracker import audit
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.key_villages.models import CheckTemplate, FilledCheck, InspectionRound, VillageFinding
from tracker.key_villages.rules.check_templates import CheckPurpose

LISTS, ROUNDS, BOARD = "/villages/lists", "/villages/inspections", "/villages/ledger"
LOOK_BACK = CheckPurpose.LOOK_BACK
ANSWERS = {"reply_1": "no", "note_1": "设在院内", "reply_3": "yes"}


def round_address(round_id: int) -> str:
    return f"{ROUNDS}/{db.session.get_one(InspectionRound, round_id).public_id}"


def fill_address(ledger: Ledger, template_id: int, round_id: int, number: int = 1) -> str:
    """Return the page on which a list is filled in, in the village of a round."""
    row, by = db.session.get_one(InspectionRound, round_id).public_id, edition(template_id, number).public_id
    return f"{LISTS}/editions/{by}/rounds/{row}/places/{ledger.county.village.public_id}"


def filled_address(filled_id: int, act: str = "") -> str:
    return f"{LISTS}/filled/{form(filled_id).public_id}{act}"


def sent(browser: Client, there: str, **fields: str) -> int:
    return browser.post(there, data=filled(form_of(browser.get(there), ""), fields)).status_code


def test_a_name_without_contents_says_so_and_is_written_by_the_office(ledger: Ledger) -> None:
    browser = ledger.county.browser("office_head")
    page = browser.get(LISTS).text
    for name in ("四查四看", "四必查", "回头看表"):
        assert name in page
    assert page.count("一项也没有，还不能填写") == 3
    there = f"{LISTS}/new?name=four_must_checks"
    assert 'value="四必查"' in browser.get(there).text
    nothing = browser.post(there, data=filled(form_of(browser.get(there), ""), {"reason": "县委文件。"}))
    assert (nothing.status_code, "请填写检查内容" in nothing.text) == (422, True)
    twice = filled(form_of(browser.get(there), ""), {"items": "甲\n甲", "reason": "县委文件。"})
    refused = browser.post(there, data=twice)
    assert (refused.status_code, "第 2 项和第 1 项相同" in refused.text, "甲\n甲" in refused.text) == (422, True, True)
    assert sent(browser, there, items="必查：甲\n乙", reason="县委文件。") == 303
    row = db.session.scalars(select(CheckTemplate)).one()
    assert row.shipped == "four_must_checks"
    page = browser.get(LISTS).text
    assert "2 项，必查 1" in page
    assert page.count("一项也没有，还不能填写") == 2
    one = browser.get(f"{LISTS}/{row.public_id}").text
    assert "县委文件。（第 1 版，2026年11月21日起用）" in one


@pytest.mark.both_databases
def test_another_edition_is_issued_and_compared_and_the_earlier_one_stays(ledger: Ledger) -> None:
    one = begun(ledger)
    browser = ledger.county.browser("supervisor")
    address = f"{LISTS}/{template(one).public_id}"
    first = f"{LISTS}/editions/{edition(one).public_id}"
    shown, overtaken = (form_of(browser.get(f"{address}/issue"), "") for _ in range(2))
    changed = {"items": "公开栏设在村民看得到的地方\n会议有签到", "reason": "补一项。"}
    assert browser.post(f"{address}/issue", data=filled(shown, changed)).status_code == 303
    page = browser.get(address).text
    for said in ("与第 1 版相比", "不再必查", "<del>账目按月公开</del>", "会议有签到", "补一项。"):
        assert said in page
    stale = browser.post(f"{address}/issue", data=filled(overtaken, changed))
    assert (stale.status_code, "别人已经办理过" in stale.text) == (409, True)
    earlier = browser.get(first).text
    assert "这一版已经不用" in earlier
    assert "推选会议有记录" in earlier


@pytest.mark.both_databases
def test_out_of_use_and_back_by_the_pages(ledger: Ledger) -> None:
    one, row = begun(ledger), opened(ledger)
    address, browser = f"{LISTS}/{template(one).public_id}", ledger.county.browser("acceptor")
    assert "测试清单" in browser.get(round_address(row)).text
    assert sent(browser, f"{address}/retire", said="文件废止。") == 303
    assert "已经停用，不能再填写" in browser.get(address).text
    assert "测试清单" not in browser.get(round_address(row)).text
    assert sent(browser, f"{address}/restore", said="又用了。") == 303
    assert "文件废止。" in browser.get(address).text
    assert "使用中" in browser.get(LISTS).text


@pytest.mark.both_databases
def test_a_visit_fills_in_a_list_and_is_refused_at_each_open_item(ledger: Ledger) -> None:
    one, row = begun(ledger), opened(ledger)
    browser, there = ledger.county.browser("lead"), fill_address(ledger, one, row)
    assert there in browser.get(round_address(row)).text
    refused = browser.post(there, data=filled(form_of(browser.get(there), ""), {"reply_1": "no", "remarks": "下雨"}))
    assert refused.status_code == 422
    wrong = re.findall(r'href="#(\w+)"', refused.text.partition("<form")[2])
    assert {"note_1", "reply_3"} <= set(wrong)
    assert "reply_2" not in wrong
    assert "下雨" in refused.text
    assert db.session.scalars(select(FilledCheck)).all() == []
    assert sent(browser, there, **ANSWERS, remarks="下雨") == 303
    made = db.session.scalars(select(FilledCheck)).one()
    page = browser.get(filled_address(made.id)).text
    for said in ("设在院内", "未查", "下雨", "第 1 版", "第一轮集中督导"):
        assert said in page
    assert "答“否” 1 项" in browser.get(round_address(row)).text
    again = browser.post(there, data=filled(form_of(browser.get(there), ""), ANSWERS))
    assert (again.status_code, "请更正那一份" in again.text) == (422, True)


@pytest.mark.both_databases
def test_an_answer_no_is_carried_into_the_form_of_a_finding(ledger: Ledger) -> None:
    one, row = begun(ledger), opened(ledger)
    there, county = filled_in(ledger, one, row), ledger.county
    browser = county.browser("acceptor")
    links = re.findall(rf'href="({ROUNDS}/[^"]+/find\?answer=[\w-]+)"', browser.get(filled_address(there)).text)
    assert len(links) == 1
    shown = form_of(browser.get(links[0]), "")
    assert shown.fields["text"] == "公开栏设在村民看得到的地方：设在院内"
    assert shown.fields["village"] == county.village.public_id
    assert db.session.scalars(select(VillageFinding)).all() == []
    owner = f"{county.ids['civil']}-{county.ids['handler']}"
    assert browser.post(links[0], data=filled(shown, {"owner": owner, "due_on": "20261205"})).status_code == 303
    assert db.session.scalars(select(VillageFinding)).one().text.startswith("公开栏")
    other = round_address(opened(ledger))
    assert browser.get(f"{other}/find?answer={form(there).replies[0].public_id}").status_code == 404
    assert browser.get(f"{other}/find?answer=nonsense").status_code == 404


@pytest.mark.both_databases
def test_a_look_back_offers_its_lists_and_takes_the_answer_over(ledger: Ledger, clock: Clock) -> None:
    entry_id = sealed(ledger)
    one = begun(ledger, edited(title="回头看表"), purpose=LOOK_BACK)
    clock.set(later(3))
    browser = ledger.county.browser("supervisor")
    village = f"{BOARD}/{ledger.entry(entry_id).public_id}"
    there = f"{LISTS}/editions/{edition(one).public_id}/look-backs/{rows()[0].public_id}"
    assert there in browser.get(village).text
    assert there in browser.get(f"{village}/acts/look_back").text
    assert "acts/fill_list" not in browser.get(village).text
    assert browser.get(f"{village}/acts/fill_list").status_code == 404
    assert sent(browser, there, **ANSWERS) == 303
    made = db.session.scalars(select(FilledCheck)).one()
    page = browser.get(filled_address(made.id)).text
    link = re.findall(rf'href="({village}/acts/look_back\?answer=[\w-]+)"', page)[0]
    shown = form_of(browser.get(link), "")
    assert (shown.fields["text"], shown.fields["result"]) == ("公开栏设在村民看得到的地方：设在院内", "new")
    assert browser.get(f"{village}/acts/visit?answer={form(made.id).replies[0].public_id}").status_code == 200
    assert "回头看表（第 1 版）" in browser.get(village).text


@pytest.mark.both_databases
def test_a_correction_by_its_page_leaves_the_earlier_form(ledger: Ledger) -> None:
    there = filled_in(ledger, begun(ledger), opened(ledger))
    browser = ledger.county.browser("acceptor")
    address = filled_address(there, "/correct")
    shown = form_of(browser.get(address), "")
    assert (shown.fields["reply_1"], shown.fields["note_1"]) == ("no", "设在院内")
    assert sent(browser, address, reply_1="yes", note_1="", said="看错了。") == 303
    earlier = browser.get(filled_address(there)).text
    assert "这一份已经更正" in earlier
    assert "设在院内" in earlier
    assert "/find?answer=" not in earlier
    now = db.session.scalars(select(FilledCheck).order_by(FilledCheck.id.desc())).first()
    assert now is not None
    assert "看错了。" in browser.get(filled_address(now.id)).text
    stale = browser.post(address, data=filled(form_of(browser.get(address), ""), {"said": "再改"}))
    assert (stale.status_code, "别人已经办理过" in stale.text) == (409, True)


def test_a_form_of_an_earlier_day_is_filled_in_by_the_earlier_edition(ledger: Ledger, clock: Clock) -> None:
    one, row = begun(ledger), opened(ledger)
    clock.set(later(2))
    issued(ledger, one, edited("会议有签到", from_on=later(2).date()))
    browser = ledger.county.browser("acceptor")
    there = fill_address(ledger, one, row, number=2)
    earlier = fill_address(ledger, one, row, number=1)
    page = browser.get(there)
    assert earlier in page.text
    wrong = browser.post(there, data=filled(form_of(page, ""), {"reply_1": "yes", "checked_on": "20261121"}))
    assert (wrong.status_code, "应按第 1 版填写" in wrong.text) == (422, True)
    assert sent(browser, earlier, checked_on="20261121", **ANSWERS) == 303


@pytest.mark.parametrize(
    ("who", "sees"),
    [("acceptor", True), ("lead", True), ("leader", True), ("handler", True), ("town_head", True), ("colleague", True),
     ("stranger", False), ("land_head", False)],
)  # fmt: skip
def test_who_sees_the_village_sees_its_filled_lists_and_nobody_else(ledger: Ledger, who: str, sees: bool) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    there = filled_in(ledger, begun(ledger), opened(ledger))
    browser = ledger.county.browser(who)
    assert browser.get(filled_address(there)).status_code == (200 if sees else 404)
    village = browser.get(f"{BOARD}/{ledger.entry(entry_id).public_id}")
    assert village.status_code == (200 if sees else 404)
    assert ("测试清单（第 1 版）" in village.text) is sees
    assert browser.get(filled_address(there, "/correct")).status_code == (200 if who in ("acceptor", "lead") else 404)


def test_a_village_off_the_ledger_is_seen_by_the_round_and_the_township(ledger: Ledger) -> None:
    there = filled_in(ledger, begun(ledger), opened(ledger))
    with committed():
        ledger.county.town.place_code = TOWN
        audit.record(audit.Event.DEPARTMENT_CHANGED, by=ledger.county.admin, now=now_clock.now())
    for who, sees in (("acceptor", True), ("lead", True), ("town_head", True), ("handler", False), ("stranger", False)):
        assert ledger.county.browser(who).get(filled_address(there)).status_code == (200 if sees else 404), who
    assert "未查" in ledger.county.browser("town_head").get(filled_address(there)).text


def test_who_may_not_inspect_reads_the_lists_and_changes_nothing(ledger: Ledger) -> None:
    one, row = begun(ledger), opened(ledger)
    address = f"{LISTS}/{template(one).public_id}"
    browser = ledger.county.browser("unit_head")
    page = browser.get(address)
    assert (page.status_code, "/retire" in page.text) == (200, False)
    listed = browser.get(LISTS)
    assert (listed.status_code, "还没有内容" in listed.text) == (200, False)
    for closed in (f"{address}/issue", f"{address}/retire", f"{address}/restore"):
        assert browser.get(closed).status_code == 403, closed
    assert browser.get(f"{LISTS}/new").status_code == 422
    assert browser.get(fill_address(ledger, one, row)).status_code == 404
    for who in ("admin", "auditor", "security"):
        assert ledger.county.browser(who).get(LISTS).status_code == 403


def test_another_purpose_has_no_page_to_fill_in(ledger: Ledger) -> None:
    row = opened(ledger)
    one = begun(ledger, edited(title="回头看表"), purpose=LOOK_BACK)
    browser = ledger.county.browser("acceptor")
    assert browser.get(fill_address(ledger, one, row)).status_code == 404
    assert "回头看表" not in browser.get(round_address(row)).text


def test_the_answers_of_both_pages_are_those_of_one_correction(ledger: Ledger) -> None:
    """What stands now is listed once, on the round and on the village, as corrected."""
    entry_id = ledger.enter("公开三年收支明细")
    row = opened(ledger)
    corrected(ledger, filled_in(ledger, begun(ledger), row, ONE_NO), ALL_YES)
    browser = ledger.county.browser("acceptor")
    for page in (round_address(row), f"{BOARD}/{ledger.entry(entry_id).public_id}"):
        text = browser.get(page).text
        assert text.count("没有答“否”的 · 更正过") == 1
        assert "答“否” 1 项" not in text


def test_printed_an_edition_is_an_empty_form(ledger: Ledger) -> None:
    page = ledger.county.browser("handler").get(f"{LISTS}/{template(begun(ledger)).public_id}").text
    assert page.count('<span class="tick"></span>') == 9
    assert "检查人＿＿" in page


@pytest.mark.both_databases
def test_a_filled_form_of_a_look_back_is_seen_with_its_village(ledger: Ledger) -> None:
    sealed(ledger)
    there = filled_for_look_back(ledger, begun(ledger, edited(title="回头看表"), purpose=LOOK_BACK))
    for who, sees in (("supervisor", True), ("handler", True), ("lead", True), ("stranger", False)):
        assert ledger.county.browser(who).get(filled_address(there)).status_code == (200 if sees else 404), who
