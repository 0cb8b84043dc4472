"""重点难点村 from its entry to the seal, in a browser: refused once, renamed and merged meanwhile, found again."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.entering import enter
from tests.key_villages.working import Ledger
from tests.web.arranging import arrange
from tests.web.stories import CLOSED, DELIVERED
from tests.world.county import County
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.key_villages.models import VillageEntry
from tracker.key_villages.rules.acts import SIGNATURES, VillageAct
from tracker.places.service import merge_villages, rename_place

pytestmark = pytest.mark.browser
STRUCK_OFF = [*DELIVERED, *CLOSED]
WIDTHS = [1366, pytest.param(390, marks=pytest.mark.long)]
PROBLEMS = ("公开三年收支明细", "补登遗漏的选民", "机动地发包未经表决")


def fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def send(page: Page, button: str) -> None:
    page.locator("main form .submit button.btn").filter(has_text=button).click()
    page.wait_for_url(re.compile(r"/villages/ledger/[\w-]{22}$"))


def entered(page: Page, county: County, width: int) -> str:
    """Enter the village with its problems, and who answers for it, by the forms; return its page."""
    enter(page, "acceptor", "/villages/ledger/new")
    page.locator("#village").fill("140522102214")
    page.locator("[name=kind][value=petitioned]").check(force=True)
    page.locator("#reason").fill("三个月内同类信访 3 件。")
    page.locator("#decided_by").select_option(str(county.ids["lead"]))
    fits(page, width)
    send(page, "登记入账")
    here = page.url
    for text in PROBLEMS:
        page.goto(f"{here}/acts/list_problem")
        page.locator("#text").fill(text)
        page.locator("#owner").select_option(f"{county.ids['civil']}-{county.ids['handler']}")
        page.locator("#due_on").fill("20261210")
        fits(page, width)
        send(page, "列入问题")
    return here


def sign(page: Page, who: str, address: str, act: VillageAct, said: str = "情况属实。") -> None:
    enter(page, who, f"{address}/acts/{act.value}")
    page.locator("#said").fill(said)
    page.locator("main form .submit button.btn").first.click()
    page.wait_for_url(re.compile(r"/villages/ledger/[\w-]{22}$"))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_village_from_its_entry_to_its_seal(page: Page, county: County, width: int) -> None:
    ledger = Ledger(county)
    numbers = [county.case(arrange(county, county.register(), STRUCK_OFF)).register_no for _ in range(2)]
    page.set_viewport_size({"width": width, "height": 900})
    here = entered(page, county, width)
    for number in numbers:
        page.goto(f"{here}/acts/link")
        page.locator("#register_no").fill(number)
        send(page, "关联信访事项")
    expect(page.locator("main")).to_contain_text("2 件，在办 0 件")
    entry_id = db.session.scalars(select(VillageEntry.id)).one()
    with committed():
        for duty, key in ledger.answering.items():
            ledger.give(db.session.get_one(VillageEntry, entry_id), duty, key)
    first, *others = [problem.id for problem in ledger.entry(entry_id).problems]
    problem = f"/villages/ledger/problems/{ledger.problem(first).public_id}"
    # One is refused at its gate, and goes through it the second time.
    sign(page, "handler", problem, VillageAct.APPLY)
    sign(page, "unit_head", problem, VillageAct.RETURN, "缺公开凭据。")
    expect(page.locator("#problem-1")).to_contain_text("退回补办")
    expect(page.locator("#trail")).to_contain_text("缺公开凭据。")
    for act, who in zip(SIGNATURES, ("handler", "unit_head", "acceptor", "lead"), strict=True):
        sign(page, who, problem, act)
    expect(page.locator("#problem-1")).to_contain_text("销号")
    for id_ in others:
        ledger.strike_off(id_)
    # The village is renamed and merged meanwhile.
    now = core_clock.now()
    given = {"on": core_clock.today(), "reason": "阳政函〔2026〕9号", "by": county.admin, "now": now}
    with committed():
        rename_place(county.village, "上庄新村村民委员会", **given)
    with committed():
        merge_villages(county.village, county.other_village, **given)
    ledger.visit(entry_id)
    for act, who in zip(SIGNATURES, ("colleague", "town_head", "acceptor", "lead"), strict=True):
        sign(page, who, f"/villages/ledger/{ledger.entry(entry_id).public_id}", act)
    expect(page.locator(".village-head .seal")).to_contain_text("已销号")
    expect(page.locator(".village-head .seal")).to_contain_text("陈志远")
    expect(page.locator("main")).to_contain_text("逐一销号")
    fits(page, width)
    # The old history is found under the new name.
    enter(page, "acceptor", f"/places/{county.other_village.public_id}")
    page.get_by_role("link", name=ledger.entry(entry_id).number).click()
    expect(page.locator("#problem-3")).to_contain_text(PROBLEMS[2])
    page.goto("/villages/ledger")
    expect(page.locator("main")).to_contain_text("1村，销号1")
    fits(page, width)
