"""再次验证身份: what opens most asks again who sits there; then what was asked for goes on, with all that was typed."""

import ast
import inspect
import textwrap
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.client import Client
from tests.conftest import Clock
from tests.people.factories import PASSWORD
from tests.web.test_access_table import routes
from tests.web.test_second_factor import Telephone, enabled
from tests.world.county import County
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.people.models import UserSession
from tracker.people.rules import PROOF_LASTS
from tracker.people.service.sign_in import TRIES_PER_DEVICE
from tracker.web.frame.proof import asks_proof

ASKED = {
    "cases.identity",
    "cases.accused",
    "cases.decide_accused",
    "case_papers.slip",
    "case_papers.query_code",
    "exports.ledger",
    "statistics.export",
    "calendar_feed.make",
    "second_factor.enable",
    "grants.hand_out",
}
# Who calls one of these opens names, hands out the ledger, or lets dates leave for good.
OPENING = {
    "open_people",
    "open_accused",
    "export",
    "export_figures",
    "make_feed",
    "enable_factor",
    "hand_out_password",
    "give_code",
}
HEADING = "<h1>再次验证身份</h1>"
PURPOSE = "核对来信人的住址，<b>当面</b>\n第二行"


@pytest.fixture
def later(county: County, clock: Clock) -> Client:
    """Give the browser of 李晓梅, a quarter of an hour after she signed in."""
    browser = county.browser("acceptor")
    clock.forward(seconds=PROOF_LASTS.total_seconds())
    return browser


def kinds(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(AuditEvent.kind).order_by(AuditEvent.log_id, AuditEvent.seq)))


def opens(browser: Client, address: str, **more: str) -> tuple[int, str]:
    answer = browser.submit(f"/cases/{address}/identity", {"purpose": PURPOSE, **more}, page="/account")
    return answer.status_code, answer.text


def test_which_views_ask_is_what_the_program_says(app: Flask) -> None:
    with app.app_context():
        assert {name for name in app.view_functions if asks_proof(name)} == ASKED


def test_no_view_opens_anything_without_asking(app: Flask) -> None:
    """Follow every view into the functions of its own module: what they call is read from the source."""
    found = {name for name, view in app.view_functions.items() if OPENING & called(view)}
    with app.app_context():
        assert found
        assert {name for name in found if not asks_proof(name)} == set()


def called(view: Callable[..., object]) -> set[str]:
    module, waiting, seen = inspect.getmodule(view), [view], set()
    while waiting:
        tree = ast.parse(textwrap.dedent(inspect.getsource(waiting.pop())))
        names = {
            node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        } - seen
        seen |= names
        own = (getattr(module, name, None) for name in names)
        waiting += [each for each in own if inspect.isfunction(each) and each.__module__ == view.__module__]
    return seen


def test_each_of_them_asks_after_a_quarter_of_an_hour(app: Flask, county: County, clock: Clock) -> None:
    browsers = {who: county.browser(who) for who in ("acceptor", "security")}
    clock.forward(seconds=PROOF_LASTS.total_seconds())
    for endpoint, method, address in routes(app):
        if endpoint not in ASKED:
            continue
        later = browsers["security" if endpoint == "grants.hand_out" else "acceptor"]
        answer = later.post(address, data={"csrf_token": later.token("/account")}) if method == "POST" else None
        if answer is None:
            answer = later.get(address, follow_redirects=True)
        assert HEADING in answer.text, (endpoint, method)
        data = later.get(address, headers={"Accept": "application/json"}) if method == "GET" else None
        assert data is None or data.status_code == 403, endpoint


def test_just_before_nobody_is_asked(county: County, clock: Clock) -> None:
    address, browser = county.register("acceptor"), county.browser("acceptor")
    clock.forward(seconds=PROOF_LASTS.total_seconds() - 1)
    status, shown = opens(browser, address)
    assert (status, "延秀兰" in shown) == (200, True)


def test_what_was_typed_goes_on_after_the_password(county: County, later: Client, session: Session) -> None:
    address = county.register("acceptor")
    status, asked = opens(later, address)
    assert (status, HEADING in asked) == (401, True)
    assert "核对来信人的住址，&lt;b&gt;当面&lt;/b&gt;\n第二行" in asked
    assert "延秀兰" not in asked
    assert "identity.opened" not in kinds(session)
    status, wrong = opens(later, address, proof="不是这个密码")
    assert (status, HEADING in wrong, "密码不对" in wrong) == (422, True, True)
    assert "不是这个密码" not in wrong
    assert "第二行" in wrong
    status, shown = opens(later, address, proof=PASSWORD)
    assert (status, "延秀兰" in shown) == (200, True)
    assert kinds(session).count("identity.opened") == 1
    assert {"session.proved", "session.refused"} <= set(kinds(session))
    status, shown = opens(later, address)
    assert (status, "延秀兰" in shown) == (200, True), "nobody is asked twice"
    assert verify().wrong is None


@pytest.mark.both_databases
def test_a_page_opens_after_the_password(county: County, later: Client) -> None:
    asked = later.get("/export/ledger?words=%E6%9D%91")
    assert (asked.status_code, asked.location.partition("?")[0]) == (303, "/account/proof")
    wrong = later.submit(asked.location, {"proof": "不是这个密码"})
    assert (wrong.status_code, "密码不对" in wrong.text) == (422, True)
    empty = later.submit(asked.location, {"proof": ""})
    assert (empty.status_code, "请填写密码" in empty.text) == (422, True)
    right = later.submit(asked.location, {"proof": PASSWORD})
    assert (right.status_code, right.location) == (303, "/export/ledger?words=%E6%9D%91")
    assert later.get(right.location).status_code == 200
    assert later.get("/account/proof?next=//evil.example/").location == "/"


@pytest.mark.both_databases
def test_an_address_for_the_calendar_asks(county: County, later: Client) -> None:
    asked = later.submit("/account/feed")
    assert (asked.status_code, HEADING in asked.text) == (401, True)
    assert "没有订阅地址" in later.get("/account/feed").text
    assert "只显示这一次" in later.submit("/account/feed", {"proof": PASSWORD}).text


def test_the_session_is_a_new_one(county: County, later: Client, session: Session) -> None:
    with later.session_transaction() as kept:
        before = kept["token"]
    later.submit("/account/proof", {"proof": PASSWORD}, page="/account/proof")
    with later.session_transaction() as kept:
        assert kept["token"] != before
        kept_token = kept["token"]
        kept["token"] = before
    assert later.get("/account").status_code == 303, "the token of before is worth nothing"
    with later.session_transaction() as kept:
        kept["token"] = kept_token
    assert later.get("/account").status_code == 200
    assert "proved_again" in session.scalars(select(UserSession.ended_because)).all()


def test_wrong_answers_are_few(county: County, later: Client) -> None:
    address = county.register("acceptor")
    answers = [opens(later, address, proof="不是这个密码")[0] for _ in range(TRIES_PER_DEVICE + 1)]
    assert answers == [422] * TRIES_PER_DEVICE + [429]
    status, shown = opens(later, address, proof=PASSWORD)
    assert (status, "延秀兰" in shown) == (429, False)


def test_a_forged_form_is_refused_before_its_password_is_tried(county: County, later: Client) -> None:
    address = county.register("acceptor")
    answer = later.post(f"/cases/{address}/identity", data={"purpose": "核对", "proof": PASSWORD})
    assert answer.status_code == 400


def test_who_may_not_open_is_asked_nothing_more_than_others(county: County, clock: Clock) -> None:
    hidden, browser = county.register("acceptor"), county.browser("stranger")
    clock.forward(minutes=20)
    same = [opens(browser, address)[0] for address in (hidden, "x" * 22)]
    assert same == [401, 401]
    assert opens(browser, hidden, proof=PASSWORD)[0] == 404


def test_who_has_a_second_factor_gives_its_code(county: County, clock: Clock) -> None:
    telephone: Telephone
    address, browser = county.register("acceptor"), county.browser("acceptor")
    telephone, codes = enabled(browser)
    clock.forward(minutes=16)
    assert "手机验证器上的 6 位数字" in opens(browser, address)[1]
    assert opens(browser, address, proof=PASSWORD)[0] == 422, "the password was asked at sign-in"
    seen = telephone.code()
    assert opens(browser, address, proof=seen)[0] == 200
    clock.forward(minutes=16)
    assert opens(browser, address, proof=seen)[0] == 422, "a code is used once, and old"
    assert opens(browser, address, proof=codes[0])[0] == 200
    assert verify().wrong is None
