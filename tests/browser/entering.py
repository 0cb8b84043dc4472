"""Signing in with a browser: as its form would, without drawing the form anew for each test."""

from urllib.parse import quote

from playwright.sync_api import Page

from tests.client import SIGN_IN, TOKEN, settle
from tests.people.factories import PASSWORD


def enter(page: Page, who: str, to: str = "/") -> Page:
    """Sign somebody in and open a page; what the test arranged is committed first."""
    settle()
    requests = page.context.request
    token = TOKEN.search(requests.get(SIGN_IN).text())
    assert token
    form = {"username": who, "password": PASSWORD, "csrf_token": token[1]}
    answer = requests.post(SIGN_IN, form=form, max_redirects=0)
    assert answer.status == 303, f"sign-in answers {answer.status}: {answer.text()}"
    page.goto(to)
    return page


def enter_by_form(page: Page, who: str, to: str = "/") -> Page:
    """Sign somebody in at the page 登录 itself, by the keyboard, and be led to the page that was asked for."""
    settle()
    page.goto(f"{SIGN_IN}?next={quote(to)}")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{to}")
    return page
