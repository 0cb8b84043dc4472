"""回头看 of villages in the browser: what waits, the form with its refusals, the sample that is drawn again."""

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.key_villages.conftest import ledger as ledger
from tests.key_villages.test_looking_back import rows, sealed
from tests.key_villages.working import Ledger, later
from tests.web.browsing import filled, form_of
from tracker.core.database import db
from tracker.key_villages.models import LookBackSample
from tracker.key_villages.rules.codes import VillageStage

BACK, BOARD = "/villages/look-backs", "/villages/ledger"
NOTHING = {"gaps": "0", "unresolved": "0", "incomplete": "0", "said": "走访 12 户。"}


def address(ledger: Ledger, entry_id: int, act: str = "") -> str:
    return f"{BOARD}/{ledger.entry(entry_id).public_id}" + (f"/acts/{act}" if act else "")


def test_a_look_back_waits_is_refused_and_done_by_its_pages(ledger: Ledger, clock: Clock) -> None:
    browser = ledger.county.browser("supervisor")
    assert "还没有回头看" in browser.get(BACK).text
    entry_id = sealed(ledger)
    assert "销号后第一次" in browser.get(BACK).text
    there = address(ledger, entry_id, "look_back")
    for wrong, said in (
        ({"gaps": "两"}, "请填写整数"),
        ({"gaps": "2"}, "请写明是什么"),
        ({"unresolved": "1", "unresolved_words": "一件", "result": "stable"}, "结果不能是稳定"),
        ({"result": "recurred"}, "反复的问题"),
    ):
        form = filled(form_of(browser.get(there), ""), {**NOTHING, "result": "stable", **wrong})
        answer = browser.post(there, data=form)
        assert answer.status_code == 422
        assert said in answer.text
    done = filled(form_of(browser.get(there), ""), {**NOTHING, "result": "stable"})
    assert browser.post(there, data=done).status_code == 303
    page = browser.get(address(ledger, entry_id)).text
    assert "程序漏洞 0，未处理 0，处理不彻底 0" in page
    assert "已看 1 次，反弹 0 次" in browser.get(BACK).text


@pytest.mark.both_databases
def test_what_came_back_and_what_is_new_is_listed_from_the_form(ledger: Ledger, clock: Clock) -> None:
    county = ledger.county
    entry_id = sealed(ledger)
    clock.set(later(3))
    browser, there = county.browser("supervisor"), address(ledger, entry_id, "look_back")
    new = {
        **{"incomplete": "1", "incomplete_words": "账又停了", "result": "new", "text": "机动地发包未经表决"},
        **{"owner": f"{county.ids['civil']}-{county.ids['handler']}", "due_on": "20261220"},
    }
    assert browser.post(there, data=filled(form_of(browser.get(there), ""), NOTHING | new)).status_code == 303
    assert ledger.entry(entry_id).stage == VillageStage.OPEN
    assert "反弹 1 次" in browser.get(BACK).text
    assert "机动地发包未经表决" in browser.get(address(ledger, entry_id)).text


@pytest.mark.both_databases
def test_the_page_of_a_sample_draws_it_again(ledger: Ledger) -> None:
    sealed(ledger)
    browser, there = ledger.county.browser("acceptor"), f"{BACK}/sample"
    given = {"size": "1", "due_on": "20261220", "said": "年底抽查。"}
    wrong = browser.post(there, data=filled(form_of(browser.get(there), ""), given | {"size": "一个"}))
    assert (wrong.status_code, "请填写整数" in wrong.text) == (422, True)
    assert browser.post(there, data=filled(form_of(browser.get(there), ""), given)).status_code == 303
    sample = db.session.scalars(select(LookBackSample)).one()
    page = browser.get(f"{BACK}/samples/{sample.public_id}").text
    assert "按同一种子重抽：一致" in page
    assert sample.seed in page
    assert ledger.county.browser("lead").get(f"{BACK}/samples/{sample.public_id}").status_code == 403


@pytest.mark.parametrize(("who", "sees"), [("lead", True), ("town_head", True), ("handler", True), ("stranger", False)])
def test_a_look_back_is_seen_by_who_sees_its_village(ledger: Ledger, who: str, sees: bool) -> None:
    entry_id = sealed(ledger)
    assert len(rows()) == 2
    page = ledger.county.browser(who).get(BACK).text
    assert (ledger.entry(entry_id).number in page) is sees
    assert ("还没有回头看" in page) is not sees
