"""Forms under a person's hands: where typing begins, what is said while it goes on, and how it is sent."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.test_case_page import enter
from tests.web.stories import CLAIM
from tests.web.test_steps import tell
from tests.world.county import County

pytestmark = pytest.mark.browser
PHONE = ViewportSize(width=390, height=844)


def show(page: Page, body: str) -> None:
    """Show a page of one's own to the script of every page."""
    head = '<meta charset="utf-8"><script src="/static/ledger.js" defer></script>'
    answer = f"<!doctype html><html>{head}<body>{body}</body></html>"
    page.route("**/own", lambda route: route.fulfill(body=answer, content_type="text/html"))
    page.goto("/own")


@pytest.fixture
def desk(page: Page, county: County) -> Page:
    """Give the page 交办 of a matter, open before the one who gives it out."""
    case = county.register()
    tell(county, case, CLAIM)
    enter(page, county, "acceptor").goto(f"/cases/{case}/steps/assign")
    return page


def test_a_step_begins_in_its_first_field_and_a_refused_one_at_the_errors(desk: Page) -> None:
    expect(desk.locator("#department")).to_be_focused()
    desk.locator("form.form .btn.main").click()
    expect(desk.locator("#errors")).to_be_focused()
    expect(desk).to_have_title("错误：交办　XF-2026-000001 · 信访销号台账")
    desk.click(".summary a >> nth=0")
    expect(desk.locator("#department")).to_be_focused()


def test_a_choice_begins_at_what_is_chosen(page: Page) -> None:
    radios = "".join(f'<input type="radio" name="a" value="{n}"{" checked" * (n == 2)}>' for n in (1, 2))
    show(page, f'<form data-begins><input type="hidden" name="h"><input disabled><fieldset>{radios}</fieldset></form>')
    expect(page.locator("[value='2']")).to_be_focused()


def test_a_phone_opens_no_keyboard_over_what_the_step_will_do(county: County, browser: Browser, site: str) -> None:
    case = county.register()
    tell(county, case, CLAIM)
    context = browser.new_context(base_url=site, locale="zh-CN", viewport=PHONE, has_touch=True, is_mobile=True)
    phone = enter(context.new_page(), county, "acceptor")
    phone.goto(f"/cases/{case}/steps/assign")
    expect(phone.locator("#department")).to_be_visible()
    assert phone.evaluate("document.activeElement === document.body")
    context.close()
