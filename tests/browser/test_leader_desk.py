"""督办台 in a real browser: one tap on a phone, a selection by keyboard, one sheet of A4."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.entering import enter
from tests.web.test_supervision import escalate, worked
from tests.world.county import County
from tracker.reminders.ladder.rules.rungs import RungLevel

pytestmark = pytest.mark.browser
PHONE = ViewportSize(width=390, height=844)
ONE_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
LONG = "反映润城镇上庄村村民委员会换届选举中选民登记遗漏十四户、村务账目三年未公开、征地补偿款分配方案不清等问题"


def sideways(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_a_leader_answers_on_a_phone(page: Page, county: County) -> None:
    case = worked(county, title=LONG)
    escalate(county, case, level=RungLevel.RED)
    enter(page, "lead")
    page.set_viewport_size(PHONE)
    page.goto("/supervision")
    assert sideways(page) == 0
    for button in page.locator(".taps .btn").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.get_by_role("button", name="请当面听取信访人意见").click()
    expect(page.get_by_text("没有等您批示的件")).to_be_visible()
    expect(page.locator("#mine")).to_contain_text("请当面听取信访人意见")
    assert page.url.endswith("/supervision")
    assert sideways(page) == 0


def test_the_sheet_is_one_page_of_a4(page: Page, county: County) -> None:
    for number in range(8):
        case = worked(county, title=f"{number}{LONG}{LONG}"[:200], urgency="urgent")
        escalate(county, case, key=str(number))
    enter(page, "lead")
    page.goto("/supervision/print")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(ONE_PAGE.findall(paper)) == 1
    page.goto("/cases")
    assert len(ONE_PAGE.findall(page.pdf())) >= 1, "the pattern finds pages"
    page.set_viewport_size(PHONE)
    page.goto("/supervision/print")
    assert sideways(page) == 0


def test_a_selection_by_keyboard_is_urged(page: Page, county: County) -> None:
    for number in range(3):
        worked(county, title=f"{number}{LONG}")
    enter(page, "acceptor")
    page.goto("/cases")
    for key in "jxjxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-picked-count]")).to_have_text("3")
    boxes = page.locator("td.check input")
    boxes.nth(0).click()
    boxes.nth(1).click()
    expect(page.locator("[data-picked-count]")).to_have_text("1")
    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="批量催办").click()
    page.get_by_role("button", name="发出 3 份催办单").click()
    expect(page.get_by_text("已发出 3 份催办单")).to_be_visible()
    assert sideways(page) == 0
