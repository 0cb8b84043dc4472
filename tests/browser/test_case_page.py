"""The page of a case and of its acts under a person's hands: keys, the narrowed list, the phone, two at once."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.entering import enter
from tests.client import settle
from tests.web.arranging import arrange
from tests.web.stories import CLAIM, WORKED, act
from tests.web.test_steps import tell
from tests.world.county import County
from tracker.cases.lifecycle.rules.actions import Action

pytestmark = pytest.mark.browser
PHONE = ViewportSize(width=390, height=844)


def test_the_key_for_assigning_and_the_people_of_the_chosen_unit(county: County, page: Page) -> None:
    case = arrange(county, county.register(), [CLAIM])
    desk = enter(page, "acceptor")
    desk.goto(f"/cases/{case}")
    desk.keyboard.press("a")
    desk.wait_for_url("**/steps/assign")
    desk.select_option("#department", str(county.ids["town"]))
    assert desk.locator("#handler").input_value() == str(county.ids["town_head"]), "the only one there"
    desk.select_option("#department", str(county.ids["civil"]))
    assert desk.locator("#handler").input_value() == ""
    desk.fill("#delivered_on", "11月20日")
    expect(desk.locator("#delivered_on ~ output")).to_contain_text("告知是否受理 15 日，至 2026年12月7日")
    desk.locator("form.form .btn.main").click()
    expect(desk.locator("#errors")).to_be_focused()
    assert desk.locator("#department").input_value() == str(county.ids["civil"])
    assert desk.locator("#delivered_on").input_value() == "11月20日"


def test_somebody_acts_while_the_page_is_open(county: County, page: Page) -> None:
    case = arrange(county, county.register(), WORKED)
    desk = enter(page, "handler")
    desk.goto(f"/cases/{case}/steps/note")
    desk.fill("#reason", "入户走访十四户。")
    extended = {"days": "30", "document_no": "延 1 号", "reason": "需要鉴定。"}
    tell(county, case, act("unit_head", Action.EXTEND, extended))
    settle()
    desk.locator("form.form .btn.main").click()
    expect(desk.locator(".summary")).to_contain_text("本件被别人办理过")
    expect(desk.locator("#reason")).to_have_value("入户走访十四户。")
    desk.get_by_text("看过了，仍按我填写的办理").click()
    desk.wait_for_url(f"**/cases/{case}")
    expect(desk.locator(".line li").first).to_contain_text("入户走访十四户。")


def test_on_the_phone_what_to_do_and_by_when_come_first(county: County, browser: Browser, site: str) -> None:
    case = arrange(county, county.register(), WORKED)
    context = browser.new_context(base_url=site, locale="zh-CN", viewport=PHONE)
    phone = enter(context.new_page(), "handler")
    phone.goto(f"/cases/{case}")
    tops = {part: phone.locator(part).bounding_box() for part in ("#next", "#clocks", "#points", "#trail")}
    heights = [box["y"] for box in tops.values() if box]
    assert heights == sorted(heights)
    assert len(heights) == 4
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
