"""三包三定 in the browser: the matrix, one village, the forms; numbers open the villages that lack somebody."""

import re

import pytest
from sqlalchemy import select

from tests.key_villages.test_duties import _township as _township
from tests.key_villages.test_duties import give
from tests.key_villages.working import Ledger
from tests.web.browsing import filled, form_of
from tests.world.county import County
from tracker.core.database import db
from tracker.key_villages.models import VillageDuty

BOARD = "/villages/duties"
GIVEN = {
    **{"layer": "group_cadre", "words": "延建国（村委委员）", "times": "随时", "task": "包第一、二、三组。"},
    **{"started_on": "今天", "ended_on": "2027年3月31日"},
}


def test_a_layer_is_given_and_ended_by_its_pages(county: County) -> None:
    there = f"{BOARD}/{county.village.public_id}"
    browser = county.browser("town_head")
    assert "未定" in browser.get(there).text
    wrong = browser.post(f"{there}/new", data=filled(form_of(browser.get(f"{there}/new"), ""), {**GIVEN, "task": ""}))
    assert wrong.status_code == 422
    assert "请填写定任务" in wrong.text
    assert "延建国" in wrong.text
    answer = browser.post(f"{there}/new", data=filled(form_of(browser.get(f"{there}/new"), ""), GIVEN))
    assert answer.status_code == 303, answer.text
    page = browser.get(there).text
    assert "延建国（村委委员）" in page
    assert "至 2027年3月31日" in page
    duty = db.session.scalars(select(VillageDuty)).one()
    end = f"{there}/end/{duty.public_id}"
    assert browser.post(end, data=filled(form_of(browser.get(end), ""), {"said": "换人。"})).status_code == 303
    assert county.browser("registrar").get(f"{there}/new").status_code == 404


def test_numbers_open_the_villages_that_lack_somebody(county: County) -> None:
    give(county)
    Ledger(county).enter("公开三年收支明细")
    page = county.browser("town_head").get(BOARD).text
    counts = re.findall(r'<a href="([^"]*)"[^>]*><b>(\d+)</b>(缺[^<]*)</a>', page)
    assert [label for _href, _number, label in counts] == [
        *("缺包村领导", "缺包村联络员", "缺镇领导联系村", "缺镇干部包村", "缺村干部包组"),
    ]
    for href, number, label in counts:
        listed = county.browser("town_head").get(href.replace("&amp;", "&")).text
        total = re.search(r"共 (\d+) 村", listed)
        assert (total.group(1) if total else "0") == number, label
    assert "裴俊杰（镇经管站）" in page
    assert "每周一、三到村" in page
    assert "style=" not in page


@pytest.mark.both_databases(who=("handler",))
@pytest.mark.parametrize("who", ["stranger", "handler"])
def test_who_may_not_see_a_village_on_the_ledger_does_not_learn_of_it_here(county: County, who: str) -> None:
    pages = (f"{BOARD}?town=", f"{BOARD}/{county.village.public_id}")
    before = [shown(county, who, page) for page in pages]
    Ledger(county).enter("公开三年收支明细")
    after = [shown(county, who, page) for page in pages]
    assert (after == before) is (who == "stranger")
    assert ("陈志远" in after[1]) is (who == "handler")


def shown(county: County, who: str, page: str) -> str:
    """Return the part of a page that is about its villages: the tokens of its forms differ each time."""
    return county.browser(who).get(page).text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("who", ["admin", "auditor", "security"])
def test_who_keeps_the_system_has_no_matrix(county: County, who: str) -> None:
    assert county.browser(who).get(BOARD).status_code == 403
