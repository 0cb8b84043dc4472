"""办事规程, as a page: it shows the tables whole, and has its place in the navigation of everybody who reads cases."""

from collections.abc import Callable
from html import unescape

from sqlalchemy.orm import Session

from tests.client import Client
from tests.people.factories import make_department, make_user, sign_in
from tracker.cases.lifecycle.rules.steps import SECTIONS, STEPS
from tracker.core.database import committed
from tracker.deadlines.limits import LIMITS, OF_VILLAGES
from tracker.people.rules import Role


def test_the_page_shows_every_step_and_every_span(session: Session, new_client: Callable[[], Client]) -> None:
    with committed():
        user = make_user(roles=[(Role.REGISTRAR, make_department())])
    browser = new_client()
    sign_in(browser, user)
    text = unescape(browser.get("/procedure").text)
    assert [title for title in SECTIONS if f"<h2>{title}</h2>" not in text] == []
    assert text.count("<tr data-row>") == len(STEPS) + len(LIMITS) - len(OF_VILLAGES)
    assert {step.label for step in STEPS if f">{step.label}<" not in text} == set()
    assert 'href="/procedure"' in text
