"""No address tells a number that is counted: neither the addresses themselves nor what stands behind their “?”."""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Map, Rule

from tests.client import Client
from tests.common_problems.working import Common
from tests.conftest import Clock
from tests.key_villages.checking import begun as list_begun
from tests.key_villages.checking import filled_in as checked
from tests.key_villages.controlling import opened as opened_table
from tests.key_villages.controlling import plan as task_plan
from tests.key_villages.inspecting import found as found_there
from tests.key_villages.inspecting import opened as opened_round
from tests.key_villages.working import Ledger
from tests.reports.issuing import opened as opened_report
from tests.suggestions.working import Desk
from tests.upward.working import entered as entered_upward
from tests.web.addresses import Known, addresses, said
from tests.world.county import County
from tracker.cases.record.categories.service import seed_categories
from tracker.cases.record.models import Category, ImportRun
from tracker.common_problems.models import CommonProblem, ImprovementAdvice
from tracker.core.database import Model, committed, db
from tracker.deadlines.models import Deadline
from tracker.jobs.ticking import tick
from tracker.key_villages.models import (
    CheckEdition,
    CheckTemplate,
    ControlTable,
    ControlTask,
    FilledCheck,
    InspectionRound,
    VillageDuty,
    VillageEntry,
    VillageFinding,
    VillageProblem,
)
from tracker.people.models import Department, Post, User
from tracker.places.models import Place
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.service import adopt
from tracker.reminders.models import LadderEdition, TickRun
from tracker.reports.issues.models import Report, ReportFiling
from tracker.suggestions.models import DeputySuggestion, SuggestionPromise
from tracker.web.frame.security import PublicIdConverter

# What else an address may hold: words of the program's own lists, a secret, a file of the program.
WORDS = {
    ("steps.form", "action"),
    ("steps.take", "action"),
    ("steps.dates", "action"),
    ("steps.dates", "field"),
    ("unsent.try_again", "way"),
    ("control.act", "act"),
    ("reports.number", "code"),
    ("upward.act", "act"),
    ("village_acts.on_village", "act"),
    ("village_acts.on_problem", "act"),
    ("inspections.on_finding", "act"),
    ("suggestion_acts.on_suggestion", "act"),
    ("suggestion_acts.on_promise", "act"),
    ("common_problems.on_problem", "act"),
    ("calendar_feed.feed", "token"),
    ("static", "filename"),
}
# Numbers behind a “?” that count no row: a page, days, a mark that is set.
NUMBERS = {"page", "year", "due_within", "unchecked", "all", "provisional", "vote_buying", "reopened", "finalized", "v"}
NAMED_IN_ADDRESSES = (Category, Deadline, ImportRun, LadderEdition, TickRun)


def counted(rules: Map) -> Iterator[str]:
    """Yield the addresses that take something other than a public id or a word."""
    for rule in rules.iter_rules():
        for name in rule.arguments:
            public = isinstance(rule._converters[name], PublicIdConverter)
            if not public and (rule.endpoint, name) not in WORDS:
                yield rule.rule


def test_no_address_takes_a_counted_number(app: Flask) -> None:
    assert list(counted(app.url_map)) == []


@pytest.mark.parametrize("address", ["/runs/<int:run_id>", "/runs/<run_id>", "/<pid:public_id>/clocks/<int:number>"])
def test_an_address_that_takes_one_is_noticed(address: str) -> None:
    rules = Map([Rule(address, endpoint="runs")], converters={"pid": PublicIdConverter})
    assert list(counted(rules)) == [address]


class Sent(HTMLParser):
    """Reads what a page writes into addresses: behind the “?” of its links, and by its forms that are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.values: set[tuple[str, str]] = set()
        self._asks = False
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.values.update(parse_qsl(urlsplit(given.get("href", "")).query))
        if tag == "form":
            self._asks = given.get("method", "get").lower() == "get"
        if self._asks and tag in ("input", "select"):
            self._name = given.get("name", "")
        if self._asks and tag in ("input", "option"):
            self.values.add((self._name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        self._asks = self._asks and tag != "form"


def numbers(text: str) -> set[str]:
    """Return by which names a page would send a number that might count rows."""
    page = Sent()
    page.feed(text)
    return {name for name, value in page.values if value.isdecimal() and name not in NUMBERS}


def test_no_page_sends_a_counted_number_behind_the_question_mark(county: County, clock: Clock) -> None:
    case = county.register("acceptor")
    with committed():
        seed_categories(now=clock.now())
        adopt(current().rungs, by=county.user("admin"), now=clock.now(), reason="核对后启用。")
    Ledger(county).enter("公开三年收支明细")
    row = opened_round(Ledger(county))
    found_there(Ledger(county), row)
    checked(Ledger(county), list_begun(Ledger(county)), row)
    opened_table(county, task_plan(county))
    common = Common(county)
    common.advised(common.found(common.matters(2)))
    desk = Desk(county)
    suggestion = desk.entered()
    desk.answer(suggestion)
    desk.promise(suggestion, due_on=clock.today())
    opened_report(county)
    upward = entered_upward(county)
    tick(clock.now())
    known: Known = {
        **dict.fromkeys(
            ("absences", "calendar", "grants", "imports", "inbox", "materials", "orders", "requests", "runs"), ()
        ),
        **{"samples": (), "look-backs": (), "rounds": public_ids(InspectionRound)},
        **{"lists": public_ids(CheckTemplate), "editions": public_ids(CheckEdition), "filled": public_ids(FilledCheck)},
        **{"cases": (case,), "steps": ("triage",), "dates": ("due_on",), "deadlines": clocks_of_matters()},
        **{"categories": public_ids(Category)[:1], "timer": public_ids(TickRun), "people": public_ids(User)[:1]},
        **{"departments": public_ids(Department)[:1], "posts": public_ids(Post)[:1]},
        **{"places": public_ids(Place)[:1], "villages": public_ids(Place)[-1:]},
        **{"ledger": public_ids(VillageEntry), "problems": public_ids(VillageProblem), "acts": ("withdraw",)},
        **{"inspections": public_ids(InspectionRound), "findings": public_ids(VillageFinding)},
        **{"leaders": [county.lead.public_id]},
        **{
            "kinds": public_ids(Category)[:1],
            "common": public_ids(CommonProblem),
            "advice": public_ids(ImprovementAdvice),
        },
        **{"suggestions": public_ids(DeputySuggestion), "promises": public_ids(SuggestionPromise)},
        **{"duties": [county.village.public_id], "end": public_ids(VillageDuty)[:1]},
        **{"reports": public_ids(Report), "numbers": ("letters",), "filings": public_ids(ReportFiling)},
        "upward": [upward.public_id],
        **{"control": public_ids(ControlTable), "tasks": public_ids(ControlTask), "moves": ("change", "finish")},
    }
    edition = public_ids(LadderEdition)[0]
    pages = [*addresses(county.new_client().application, known), f"/ladder?edition={edition}"]
    seen_by = {who: visited(county.browser(who), pages) for who in ("acceptor", "supervisor", "admin")}
    assert [(who, page, found) for who, seen in seen_by.items() for page, found in seen.items() if found] == []
    unopened = [page for page in pages if not any(page in seen for seen in seen_by.values())]
    assert len(unopened) < len(pages) / 10, unopened


def visited(browser: Client, pages: list[str]) -> dict[str, set[str]]:
    """Open pages; return what each of those that a person may open would send."""
    answers = {page: browser.get(page, follow_redirects=True) for page in pages}
    return {page: numbers(said(answer)) for page, answer in answers.items() if answer.status_code == 200}


def clocks_of_matters() -> list[str]:
    """Return the clocks that a page of a matter shows; those of other things have none."""
    return list(db.session.scalars(select(Deadline.public_id).where(Deadline.case_id.is_not(None))))


def public_ids(model: type[Model]) -> list[str]:
    return list(db.session.scalars(select(model.public_id)))  # type: ignore[attr-defined]


def test_a_page_that_sends_one_is_noticed() -> None:
    assert numbers('<a href="/ladder?edition=12&page=3">') == {"edition"}
    assert numbers('<form method="get"><select name="category"><option value="7"></select></form>') == {"category"}
    assert numbers('<form method="post"><select name="category"><option value="7"></select></form>') == set()
    assert numbers('<a href="/cases?category=none&due_within=3">') == set()


def test_what_is_named_in_addresses_gets_an_id_nobody_guesses(county: County, clock: Clock) -> None:
    county.register()
    tick(clock.now())
    for model in NAMED_IN_ADDRESSES:
        found = public_ids(model)
        assert len(found) == len(set(found)), model
        assert {len(each) for each in found} <= {22}, model
    assert public_ids(Deadline)
    assert public_ids(TickRun)
