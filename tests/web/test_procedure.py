"""办事规程, as a page: it shows the tables whole, and has its place in the navigation of everybody who reads cases."""

from collections.abc import Callable
from html import unescape

from sqlalchemy.orm import Session

from tests.client import Client
from tests.people.factories import make_department, make_user, sign_in
from tracker.cases.lifecycle.rules.steps import SECTIONS, STEPS
from tracker.core import clock
from tracker.core.database import committed
from tracker.deadlines.limits import LIMITS, NOT_OF_MATTERS
from tracker.people.rules import Role
from tracker.statutes.queries import NOT_HELD, law_lines
from tracker.statutes.rules.provisions import LAW
from tracker.statutes.rules.sources import Source


def test_the_page_shows_every_step_and_every_span(session: Session, new_client: Callable[[], Client]) -> None:
    with committed():
        user = make_user(roles=[(Role.REGISTRAR, make_department())])
    browser = new_client()
    sign_in(browser, user)
    text = unescape(browser.get("/procedure").text)
    assert [title for title in SECTIONS if f"<h2>{title}</h2>" not in text] == []
    assert text.count("<tr data-row>") == len(STEPS) + len(LIMITS) - len(NOT_OF_MATTERS)
    assert {step.label for step in STEPS if f">{step.label}<" not in text} == set()
    assert 'href="/procedure"' in text


def test_each_table_prints_the_articles_that_its_steps_cite_in_the_edition_of_the_day(
    session: Session, new_client: Callable[[], Client]
) -> None:
    with committed():
        user = make_user(roles=[(Role.REGISTRAR, make_department())])
    browser = new_client()
    sign_in(browser, user)
    page = unescape(browser.get("/procedure").text)
    for title, steps in SECTIONS.items():
        shown = page.partition(f'<dl class="articles" aria-label="{title}：引用的条文">')[2].split("</dl>")[0]
        for line in law_lines(tuple({p: None for step in steps for p in step.basis}), clock.today()):
            first = (line.text or line.note).partition("\n")[0]
            assert not first or (f"<dt>{line.cited}" in shown and first in shown), line.cited
        assert shown.count("<dt>条例") == len(
            {p for step in steps for p in step.basis if LAW[p].source == Source.PETITIONS}
        )
    assert NOT_HELD in page, "of one statute the edition of the day is not held"
