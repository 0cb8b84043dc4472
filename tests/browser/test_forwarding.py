"""What goes to an organ outside, at the office's screen and at the phone's: handed over, receipted; a local ground."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.entering import enter
from tests.browser.looking import WIDTHS, look
from tests.web.arranging import arrange
from tests.web.stories import CLAIM, SIGNED_FOR, _assign, act
from tests.world.county import County
from tracker.cases.lifecycle.rules.actions import Action

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", WIDTHS)
def test_an_accusation_is_handed_to_a_competent_organ_and_receipted(page: Page, county: County, width: int) -> None:
    case = county.register()
    arrange(county, case, [act("acceptor", Action.TRIAGE, {"matter_class": "accusation"})])
    page.set_viewport_size({"width": width, "height": 900})
    enter(page, county.user("office_head").username, f"/cases/{case}/steps/transfer_discipline")
    expect(page.locator("#personnel")).to_be_hidden()
    page.locator("[name=to][value=competent]").check()
    page.locator("#organ").fill("阳城县公安局")
    page.locator("#materials_list").fill("来信原件一份。")
    page.locator("[name=cadres][value=told]").check()
    page.locator("#personnel").fill("中共阳城县委组织部")
    look(page, "transfer")
    page.get_by_role("button", name="移交有权处理的机关").click()
    page.wait_for_url(f"**/cases/{case}*")
    expect(page.locator("main")).to_contain_text("已移交有权机关")
    expect(page.locator("main")).to_contain_text("取得移交、转送回执")
    look(page, "case")
    page.goto(f"/cases/{case}/steps/receipt_discipline")
    page.locator("[name=proved_by][value=proof]").check()
    expect(page.locator("#receipt_no")).to_be_hidden()
    page.locator("#no_receipt").fill("EMS 1234 签收回单")
    look(page, "receipt")
    page.get_by_role("button", name="登记移交、转送回执").click()
    page.wait_for_url(f"**/cases/{case}*")
    expect(page.locator("main")).to_contain_text("EMS 1234 签收回单")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_local_ground_is_switched_on_and_offered_with_its_basis(page: Page, county: County, width: int) -> None:
    case = county.register()
    arrange(county, case, [CLAIM, _assign(), SIGNED_FOR])
    page.set_viewport_size({"width": width, "height": 900})
    enter(page, county.user("admin").username, "/law/own/ground")
    page.locator("#ground").select_option("review_lapsed")
    page.locator("[name=in_force][value=on]").check()
    page.locator("#title").fill("浙江省信访条例")
    page.locator("#article").fill("第二十五条第二款")
    page.locator("#since").fill("2026-11-21")
    page.locator("#reason").fill("局务会决定")
    look(page, "ground")
    page.get_by_role("button", name="看看影响").click()
    expect(page.locator("main")).to_contain_text("《浙江省信访条例》第二十五条第二款")
    look(page, "ground-looked")
    page.get_by_role("button", name="启用", exact=True).click()
    page.wait_for_url("**/law/own")
    expect(page.locator("main")).to_contain_text("《浙江省信访条例》第二十五条第二款")
    look(page, "own")
    enter(page, county.user("unit_head").username, f"/cases/{case}/steps/no_longer_accept")
    expect(page.locator("main")).to_contain_text("《浙江省信访条例》第二十五条第二款")
    look(page, "no-longer")
