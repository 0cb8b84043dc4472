"""台账: the form at the side of the ledger is its table of filters, and keeps what was chosen."""

import re

from tests.world.county import County
from tracker.cases.ledger import filters_on_form

FIELD = re.compile(r'<(?:select|input)[^>]*\bid="([a-z_]+)"[^>]*\bname="')
CHOSEN = {"state": "open", "urgency": "urgent", "vote_buying": "1", "received_from": "2026-01-01", "words": "道路"}


def test_the_form_has_a_field_for_each_filter_in_its_order(county: County) -> None:
    shown = county.browser("acceptor").get("/cases").text
    form = shown[shown.index('<form class="filters"') :].partition("</form>")[0]
    fields = [name.removesuffix("_text") for name in FIELD.findall(form)]
    assert [name for name in fields if name in filters_on_form()] == list(filters_on_form())
    for name, row in filters_on_form().items():
        assert row.label in form, name
        assert not row.hint or row.hint in form, name


def test_what_was_chosen_stays_in_the_form_and_above_the_list(county: County) -> None:
    shown = county.browser("acceptor").get("/cases", query_string=CHOSEN).text
    assert '<option value="open" selected>在办</option>' in shown
    assert '<option value="urgent" selected>紧急</option>' in shown
    assert re.search(r'<input[^>]*name="vote_buying"[^>]*checked', shown)
    assert 'name="received_from" value="2026-01-01"' in shown
    assert 'value="道路"' in shown
    for label in ("台账", "紧急程度", "贿选", "收到不早于", "查找"):
        assert label in shown[shown.index('class="chips"') :]
