"""The browser of the tests works, and sees what pages do wrong."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_it_opens_the_site(page: Page, site: str) -> None:
    answer = page.goto("/")
    assert answer
    assert answer.status < 500
    assert page.url.startswith(site)


def test_it_notices_what_goes_wrong_in_a_page(page: Page, complaints: list[str]) -> None:
    page.goto("/")
    page.evaluate("console.error('a complaint')")
    page.evaluate("setTimeout(() => { throw new Error('a defect') })")
    page.wait_for_timeout(100)
    assert complaints == ["a complaint", "a defect"]
    complaints.clear()
