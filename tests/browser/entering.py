"""Signing in as a person does, with a browser."""

from urllib.parse import quote

from playwright.sync_api import Page

from tests.client import settle
from tests.people.factories import PASSWORD


def enter(page: Page, who: str, to: str = "/") -> Page:
    """Sign somebody in and open a page; what the test arranged is committed first."""
    settle()
    page.goto(f"/sign-in?next={quote(to)}")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{to}")
    return page
