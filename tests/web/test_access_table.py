"""Every address of the site, who may open it, and that each says so itself.

Whoever adds a view adds its line here, by hand: the table is what an assessor reads.
"""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.client import Client
from tests.people.factories import sign_in
from tracker.people.rules import ROLE_PERMISSIONS, Permission, Role
from tracker.web.frame.access import CONFINED_TO, PUBLIC, SIGNED_IN, access_of, public, requires, signed_in

REGISTER_CASES = Permission.REGISTER_CASES
READ_CASES = Permission.READ_CASES
EXPORT_LEDGER = Permission.EXPORT_LEDGER
READ_PLACES = Permission.READ_PLACES
MANAGE_PEOPLE = Permission.MANAGE_PEOPLE
READ_PEOPLE = Permission.READ_PEOPLE
MANAGE_PLACES = Permission.MANAGE_PLACES
MANAGE_CALENDAR = Permission.MANAGE_CALENDAR
MANAGE_CATEGORIES = Permission.MANAGE_CATEGORIES
IMPORT_CASES = Permission.IMPORT_CASES
READ_LOG = Permission.READ_LOG
READ_LADDER = Permission.READ_LADDER
MANAGE_LADDER = Permission.MANAGE_LADDER
KEEP_TIMER = Permission.KEEP_TIMER
SUPERVISE = Permission.SUPERVISE
ISSUE_ORDERS = Permission.ISSUE_ORDERS

ACCESS: dict[str, str] = {
    "static": PUBLIC,
    "sign_in.page": PUBLIC,
    "sign_in.enter": PUBLIC,
    "sign_in.code": PUBLIC,
    "sign_in.present": PUBLIC,
    "sign_in.sign_out": SIGNED_IN,
    "account.forget_device": SIGNED_IN,
    "account.page": SIGNED_IN,
    "account.password": SIGNED_IN,
    "second_factor.enable": SIGNED_IN,
    "proof.ask": SIGNED_IN,
    "account.end_other_sessions": SIGNED_IN,
    "account.change_email": SIGNED_IN,
    "account.note_absence": SIGNED_IN,
    "account.end_absence": SIGNED_IN,
    "calendar_feed.page": READ_CASES,
    "calendar_feed.make": READ_CASES,
    "calendar_feed.end": READ_CASES,
    "calendar_feed.feed": PUBLIC,
    "people.page": READ_PEOPLE,
    "people.new": MANAGE_PEOPLE,
    "people.detail": READ_PEOPLE,
    "people.edit": MANAGE_PEOPLE,
    "people.disable": MANAGE_PEOPLE,
    "people.enable": MANAGE_PEOPLE,
    "people.reset_password": MANAGE_PEOPLE,
    "people.reset_factor": MANAGE_PEOPLE,
    "people.give_post": MANAGE_PEOPLE,
    "people.end_post": MANAGE_PEOPLE,
    "grants.approve": Permission.APPROVE_GRANTS,
    "grants.hand_out": Permission.APPROVE_GRANTS,
    "grants.end": READ_PEOPLE,
    "grants.object_to": SIGNED_IN,
    "departments.page": READ_PEOPLE,
    "departments.new": MANAGE_PEOPLE,
    "departments.detail": READ_PEOPLE,
    "departments.edit": MANAGE_PEOPLE,
    "departments.close": MANAGE_PEOPLE,
    "departments.call_off": MANAGE_PEOPLE,
    "desk.page": SIGNED_IN,
    "drafts.keep": SIGNED_IN,
    "drafts.discard": SIGNED_IN,
    "inbox.page": READ_CASES,
    "inbox.open_one": READ_CASES,
    "inbox.read_all": READ_CASES,
    "inbox.today": READ_CASES,
    "registration.page": REGISTER_CASES,
    "registration.register": REGISTER_CASES,
    "registration.earlier": REGISTER_CASES,
    "ledger.page": READ_CASES,
    "ledger.find": READ_CASES,
    "cases.detail": READ_CASES,
    "cases.told": READ_CASES,
    "cases.identity": READ_CASES,
    "cases.accused": READ_CASES,
    "cases.decide_accused": READ_CASES,
    "requests.page": READ_CASES,
    "requests.lower": READ_CASES,
    "requests.approve": READ_CASES,
    "requests.end": READ_CASES,
    "hand_out.preview": READ_CASES,
    "hand_out.give": READ_CASES,
    "passing_on.preview": READ_CASES,
    "passing_on.give": READ_CASES,
    "triage.begin": READ_CASES,
    "triage.page": READ_CASES,
    "triage.take": READ_CASES,
    "steps.form": READ_CASES,
    "steps.take": READ_CASES,
    "steps.dates": READ_CASES,
    "case_papers.sheet": READ_CASES,
    "case_papers.slip": READ_CASES,
    "case_papers.query_code": REGISTER_CASES,
    "enquiry.page": REGISTER_CASES,
    "case_papers.days": READ_CASES,
    "materials.download": READ_CASES,
    "order_papers.paper": READ_CASES,
    "exports.ledger": EXPORT_LEDGER,
    "statistics.page": Permission.READ_FIGURES,
    "statistics.export": Permission.READ_FIGURES,
    "upward.page": Permission.REPORT_UPWARD,
    "upward.new": Permission.REPORT_UPWARD,
    "upward.one": Permission.REPORT_UPWARD,
    "upward.act": Permission.REPORT_UPWARD,
    "reports.page": Permission.READ_FIGURES,
    "reports.new": Permission.KEEP_REPORTS,
    "reports.one": Permission.READ_FIGURES,
    "reports.number": Permission.READ_FIGURES,
    "reports.issue": Permission.KEEP_REPORTS,
    "reports.cancel": Permission.KEEP_REPORTS,
    "reports.filings": READ_CASES,
    "reports.filing": READ_CASES,
    "villages.page": READ_PLACES,
    "common_problems.page": READ_CASES,
    "common_problems.one": READ_CASES,
    "common_problems.new": Permission.KEEP_COMMON_PROBLEMS,
    "common_problems.on_problem": READ_CASES,
    "common_problems.feed_back": READ_CASES,
    "suggestions.page": READ_CASES,
    "suggestions.one": READ_CASES,
    "suggestions.new": Permission.KEEP_SUGGESTIONS,
    "suggestion_acts.on_suggestion": READ_CASES,
    "suggestion_acts.on_promise": READ_CASES,
    "control.page": READ_CASES,
    "control.table": READ_CASES,
    "control.new": Permission.KEEP_VILLAGES,
    "control.copy": Permission.KEEP_VILLAGES,
    "control.add": Permission.KEEP_VILLAGES,
    "control.task": READ_CASES,
    "control.act": READ_CASES,
    "checks.page": READ_CASES,
    "checks.template": READ_CASES,
    "checks.edition": READ_CASES,
    "checks.new": READ_CASES,
    "checks.issue": READ_CASES,
    "checks.retire": READ_CASES,
    "checks.restore": READ_CASES,
    "checks.fill_for_round": READ_CASES,
    "checks.fill_for_look_back": READ_CASES,
    "checks.filled": READ_CASES,
    "checks.correct": READ_CASES,
    "leaders.page": READ_CASES,
    "leaders.leader": READ_CASES,
    "leaders.sponsor": Permission.KEEP_VILLAGES,
    "leaders.end": Permission.KEEP_VILLAGES,
    "duties.page": READ_CASES,
    "duties.village": READ_CASES,
    "duties.give": READ_CASES,
    "duties.end": READ_CASES,
    "key_villages.page": READ_CASES,
    "key_villages.new": Permission.KEEP_VILLAGES,
    "key_villages.entry": READ_CASES,
    **dict.fromkeys(
        [f"village_imports.{name}" for name in ("page", "preview", "apply", "refused", "undo")],
        Permission.KEEP_VILLAGES,
    ),
    "village_lists.problems": READ_CASES,
    "village_lists.matters": READ_CASES,
    "village_lists.moves": READ_CASES,
    "village_acts.on_village": READ_CASES,
    "village_acts.on_problem": READ_CASES,
    "look_backs.page": READ_CASES,
    "look_backs.sample": Permission.KEEP_VILLAGES,
    "look_backs.drawn": Permission.KEEP_VILLAGES,
    "inspections.page": READ_CASES,
    "inspections.one": READ_CASES,
    "inspections.new": Permission.KEEP_VILLAGES,
    "inspections.change": Permission.KEEP_VILLAGES,
    "inspections.find": READ_CASES,
    "inspections.on_finding": READ_CASES,
    "villages.search": READ_PLACES,
    "villages.village": READ_PLACES,
    "places.rename": MANAGE_PLACES,
    "places.recode": MANAGE_PLACES,
    "places.merge": MANAGE_PLACES,
    "places.undo": MANAGE_PLACES,
    "places.add": MANAGE_PLACES,
    "places_import.page": MANAGE_PLACES,
    "places_import.preview": MANAGE_PLACES,
    "places_import.apply": MANAGE_PLACES,
    "imports.page": IMPORT_CASES,
    "imports.preview": IMPORT_CASES,
    "imports.apply": IMPORT_CASES,
    "imports.refused": IMPORT_CASES,
    "imports.detail": IMPORT_CASES,
    "imports.settle": Permission.IMPORT_CASES,
    "imports.undo": IMPORT_CASES,
    "categories.page": MANAGE_CATEGORIES,
    "categories.add": MANAGE_CATEGORIES,
    "categories.rename": MANAGE_CATEGORIES,
    "categories.end": MANAGE_CATEGORIES,
    "procedure.page": READ_CASES,
    "ladder.page": READ_LADDER,
    "law.page": Permission.READ_LAW,
    "law.own": Permission.READ_LAW,
    "law.new_edition": Permission.MANAGE_LAW,
    "law.new_article": Permission.MANAGE_LAW,
    "law.set_own": Permission.MANAGE_LAW,
    "local_grounds.edit": Permission.MANAGE_LAW,
    "ladder.edit": MANAGE_LADDER,
    "ladder.change": MANAGE_LADDER,
    "ladder.restore": MANAGE_LADDER,
    "ladder.put_in_force": MANAGE_LADDER,
    "timer.page": SIGNED_IN,
    "timer.simulation": READ_LADDER,
    "timer.held": Permission.SEE_TIMER,
    "timer.release": KEEP_TIMER,
    "timer.confirm_clock": KEEP_TIMER,
    "unsent.page": KEEP_TIMER,
    "unsent.resend": KEEP_TIMER,
    "unsent.confirm": KEEP_TIMER,
    "unsent.resend_all": KEEP_TIMER,
    "unsent.try_again": KEEP_TIMER,
    "holidays.page": MANAGE_CALENDAR,
    "holidays.load": MANAGE_CALENDAR,
    "holidays.edit": MANAGE_CALENDAR,
    "holidays.turn": MANAGE_CALENDAR,
    "holidays.apply": MANAGE_CALENDAR,
    "holidays.resume": MANAGE_CALENDAR,
    "supervision.page": SUPERVISE,
    "case_look_backs.page": READ_CASES,
    "case_look_backs.sample": SUPERVISE,
    "case_look_backs.drawn": SUPERVISE,
    "supervision.printed": SUPERVISE,
    "supervision.orders": READ_CASES,
    "bulk_orders.page": ISSUE_ORDERS,
    "bulk_orders.preview": ISSUE_ORDERS,
    "bulk_orders.issue": ISSUE_ORDERS,
    "log.page": READ_LOG,
    "log.verify": READ_LOG,
}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
SAMPLES = {"PublicIdConverter": "x" * 22}
NOT_ADMITTED = 403
JSON = {"Accept": "application/json"}
# Public, and for who is half way in alone: everybody else is led to where one signs in.
HALF_WAY_IN = "sign_in.code"


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Give endpoint, method and a sample address of every route of the table but the static files."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        if rule.endpoint in ACCESS and rule.endpoint != "static":
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule.endpoint, method, sample(rule)


def sample(rule: Rule) -> str:
    """Fill a rule with identifiers of the right form that nothing has."""
    values = {name: SAMPLES.get(type(rule._converters[name]).__name__, "x") for name in rule.arguments}
    built = rule.build(values)
    assert built is not None
    return built[1]


def admitted(role: Role | None, endpoint: str) -> bool:
    """Say whether the table lets a role in."""
    access = ACCESS[endpoint]
    return access in (PUBLIC, SIGNED_IN) or (role is not None and access in ROLE_PERMISSIONS[role])


def test_the_table_names_every_route_and_no_other(app: Flask) -> None:
    with app.app_context():
        declared = {endpoint: access_of(endpoint) for endpoint in app.view_functions}
    assert declared == ACCESS


def test_every_permission_of_the_table_is_somebodys(app: Flask) -> None:
    held = set().union(*ROLE_PERMISSIONS.values())
    assert set(ACCESS.values()) - {PUBLIC, SIGNED_IN} <= held


def test_confined_people_reach_pages_that_exist(app: Flask) -> None:
    assert set(app.view_functions) >= CONFINED_TO


def test_nobody_in_particular_reaches_public_pages_only(client: Client, people: list[Role]) -> None:
    for endpoint, method, address in routes(client.application):
        page = client.open(address, method=method)
        data = client.open(address, method=method, headers=JSON)
        if endpoint == HALF_WAY_IN and method == "GET":
            assert (page.location, data.location) == ("/sign-in", "/sign-in")
        elif ACCESS[endpoint] == PUBLIC:
            assert (page.status_code, data.status_code) in ((200, 200), (400, 400), (404, 404)), (method, address)
        elif method == "GET":
            assert page.status_code == 303, (method, address)
            assert page.location.startswith("/sign-in?next="), (method, address)
            assert data.status_code == 401, (method, address)
        else:
            assert (page.status_code, data.status_code) == (401, 401), (method, address)


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_each_role_reaches_its_pages_and_no_other(
    client: Client, people: list[Role], role: Role | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused view is 403 before its form token is looked at; an admitted one goes on to 400 without the token.

    Who is admitted is decided before a page is written, and to write it takes longest.
    """
    sign_in(client, role.value if role else "nobody")
    monkeypatch.setattr("flask.templating._render", lambda app, template, context: "")
    for endpoint, method, address in routes(client.application):
        answer = client.open(address, method=method)
        assert answer.status_code < 500, (method, address)
        assert (answer.status_code == NOT_ADMITTED) is not admitted(role, endpoint), (method, address)


# Negative controls, on an application of their own


def test_a_view_that_declares_nothing_is_refused(bare: Flask) -> None:
    bare.add_url_rule("/forgotten", view_func=lambda: "secret")
    answer = bare.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text
    with bare.app_context():
        assert {endpoint: access_of(endpoint) for endpoint in bare.view_functions} != ACCESS


def test_a_mark_holds_wherever_it_stands(bare: Flask) -> None:
    def view() -> str:
        return "shown"

    marks: list[Callable[..., object]] = [public, signed_in, requires(Permission.READ_LOG)]
    for number, mark in enumerate(marks):
        fresh = type(view)(view.__code__, view.__globals__)
        bare.add_url_rule(f"/{number}", endpoint=f"view{number}", view_func=fresh)
        mark(fresh)
    client = bare.test_client()
    assert [client.get(f"/{number}").status_code for number in range(3)] == [200, 303, 303]


def test_methods_are_closed_too(client: Client, people: list[Role]) -> None:
    sign_in(client, Role.ADMINISTRATOR.value)
    for rule in client.application.url_map.iter_rules():
        for method in set(UNSAFE) - (rule.methods or set()):
            others = {
                m for r in client.application.url_map.iter_rules() if r.rule == rule.rule for m in r.methods or ()
            }
            if method not in others and rule.endpoint != "static":
                assert client.open(sample(rule), method=method).status_code == 405, (method, rule.rule)
