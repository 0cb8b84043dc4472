"""查找 by keyboard: a number goes nowhere into the address, and the list is narrowed further from there."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.entering import enter
from tests.world.county import County
from tracker.petitioners.service import PetitionerEntry

pytestmark = pytest.mark.browser
PHONE = ViewportSize(width=390, height=844)
NUMBER = "13800001234"


def sideways(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_a_number_is_looked_for_by_keyboard_and_stays_out_of_the_address(page: Page, county: County) -> None:
    kept = county.case(
        county.register("acceptor", petitioners=[PetitionerEntry(name="王建国", phone=NUMBER)])
    ).register_no
    other = county.case(county.register("acceptor", title="另一件")).register_no
    enter(page, "acceptor")
    page.goto("/cases")
    page.keyboard.press("/")
    page.keyboard.type("138 0000 1234")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="138****1234")).to_be_visible()
    expect(page.locator("main")).to_contain_text(kept)
    expect(page.locator("main")).not_to_contain_text(other)
    assert "0000" not in page.url
    page.get_by_label("程序").select_option("registered")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.get_by_role("link", name="待分类")).to_be_visible()
    expect(page.locator("main")).to_contain_text(kept)
    assert "0000" not in page.url
    assert "status=registered" in page.url
    page.go_back()
    expect(page.locator("main")).to_contain_text(kept)
    page.set_viewport_size(PHONE)
    page.reload()
    assert sideways(page) == 0
