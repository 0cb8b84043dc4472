"""两步验证: enabled with a telephone, asked for after the password, each code once, taken away by two people."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.client import Client
from tests.conftest import Clock
from tests.people.factories import PASSWORD
from tests.world.county import County
from tracker import create_app
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.record.rules.codes import Purpose
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.jobs.granting import carry_out_grants
from tracker.people import passwords, queries, second_factor, service
from tracker.people.models import AuthThrottle, GrantRequest, SecondFactor, UserSession
from tracker.people.rules import EXCLUSIVE_ROLES, Role, needs_second_factor
from tracker.people.service.sign_in import TRIES_PER_ACCOUNT

PAGE, CODE = "/account/second-factor", "/sign-in/code"
OFFER, SECRET = re.compile(r'name="offer" value="([^"]+)"'), re.compile(r'<p class="secret"><code>([A-Z2-7 ]+)</code>')
RECOVERY = re.compile(r"<li><code>([a-z0-9-]+)</code>")
JSON = {"Accept": "application/json"}


@pytest.fixture
def required(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for the second factor as production does."""
    monkeypatch.setitem(app.config, "SECOND_FACTOR_REQUIRED", True)


class Telephone:
    """What a person has in their hand: it knows the secret, and the time."""

    def __init__(self, shown: str) -> None:
        found = SECRET.search(shown)
        assert found, shown
        self.secret = found[1].replace(" ", "")

    def code(self, steps: int = 0) -> str:
        """Return the code it shows now, or so many half minutes away."""
        return pyotp.TOTP(self.secret).at(Clock.now() + timedelta(seconds=30 * steps))


def enabled(browser: Client, **more: str) -> tuple[Telephone, list[str]]:
    """Enable it in a browser that is signed in; return the telephone and the recovery codes."""
    shown = browser.get(PAGE).text
    telephone, offer = Telephone(shown), OFFER.search(shown)
    assert offer
    answer = browser.submit(PAGE, {"offer": offer[1], "factor_code": telephone.code(), **more})
    assert answer.status_code == 200, answer.text
    return telephone, RECOVERY.findall(answer.text)


def kinds(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(AuditEvent.kind).order_by(AuditEvent.log_id, AuditEvent.seq)))


def inside(browser: Client) -> bool:
    return browser.get("/account").status_code == 200


# Enabling


def test_whose_post_asks_for_it_reaches_nothing_before(
    county: County, required: None, new_client: Callable[[], Client], session: Session
) -> None:
    browser = new_client()
    assert browser.sign_in("acceptor", PASSWORD).status_code == 303
    for page in ("/", "/account", "/cases", "/account/password"):
        assert browser.get(page).location == PAGE, page
    refused = browser.submit("/account/sessions/end", page=PAGE)
    assert (refused.status_code, "请先启用两步验证" in refused.text) == (403, True)
    assert browser.get("/cases", headers=JSON).status_code == 403
    shown = browser.get(PAGE).text
    assert "您的岗位要求两步验证" in shown
    assert 'href="/cases"' not in shown
    telephone, codes = enabled(browser)
    assert inside(browser)
    assert (len(codes), len(set(codes))) == (10, 10)
    for kept in (telephone.secret, *codes):
        assert kept not in browser.get(PAGE).text
        assert kept not in browser.get("/account").text
    assert "second_factor.enabled" in kinds(session)
    assert verify().wrong is None


@pytest.mark.parametrize("who", ["registrar", "handler"])
def test_who_sees_only_what_is_handed_to_them_may_and_need_not(
    county: County, required: None, new_client: Callable[[], Client], who: str
) -> None:
    assert inside(county.browser(who))
    enabled(county.browser(who))
    assert new_client().sign_in(who, PASSWORD).location == CODE


def test_which_posts_ask_for_it() -> None:
    asked = {role for role in Role if needs_second_factor(role, handles_accusations=False)}
    assert set(Role) - asked == {Role.REGISTRAR, Role.HANDLER}
    assert asked >= EXCLUSIVE_ROLES
    assert needs_second_factor(Role.HANDLER, handles_accusations=True)


def test_a_trial_says_that_it_does_not_ask(county: County, request: pytest.FixtureRequest) -> None:
    assert "登录不要求两步验证" in county.browser("acceptor").get("/account").text
    request.getfixturevalue("required")
    assert "登录不要求两步验证" not in county.browser("registrar").get("/account").text


def test_no_variable_turns_it_off_in_production(tmp_path: object) -> None:
    given = {"TRACKER_ENV": "production", "TRACKER_DATA": tmp_path, "SECRET_KEY": "x" * 40}
    assert create_app(given).config["SECOND_FACTOR_REQUIRED"] is True


def test_a_wrong_first_code_enables_nothing_and_shows_the_same_secret(county: County, session: Session) -> None:
    browser = county.browser("acceptor")
    shown = browser.get(PAGE).text
    offer = OFFER.search(shown)
    assert offer
    answer = browser.submit(PAGE, {"offer": offer[1], "factor_code": "000000"})
    assert (answer.status_code, "验证码不对" in answer.text) == (422, True)
    assert Telephone(answer.text).secret == Telephone(shown).secret
    assert session.scalars(select(SecondFactor)).all() == []
    assert kinds(session)[-1] == "session.refused"


def test_an_offer_is_worth_nothing_to_another(county: County) -> None:
    shown = county.browser("acceptor").get(PAGE).text
    offer, telephone = OFFER.search(shown), Telephone(shown)
    assert offer
    answer = county.browser("handler").submit(PAGE, {"offer": offer[1], "factor_code": telephone.code()})
    assert answer.status_code == 422
    assert Telephone(answer.text).secret != telephone.secret


def test_enabling_ends_every_other_session(county: County, new_client: Callable[[], Client]) -> None:
    elsewhere = new_client()
    elsewhere.sign_in("acceptor", PASSWORD)
    enabled(county.browser("acceptor"))
    assert not inside(elsewhere)
    assert inside(county.browser("acceptor"))


def test_a_new_telephone_needs_the_old_or_a_recovery_code(county: County, session: Session, clock: Clock) -> None:
    browser = county.browser("acceptor")
    old, codes = enabled(browser)
    shown = browser.get(PAGE).text
    new, offer = Telephone(shown), OFFER.search(shown)
    assert offer
    clock.forward(minutes=1)
    for present in ("", "123456", new.code()):
        answer = browser.submit(PAGE, {"offer": offer[1], "factor_code": new.code(), "present": present})
        assert answer.status_code == 422, present
    clock.forward(minutes=20)
    browser.submit("/account/proof", {"proof": codes[1]})
    enabled(browser, present=codes[0])
    clock.forward(minutes=1)
    answer = browser.submit(PAGE, {"offer": offer[1], "factor_code": new.code(), "present": old.code()})
    assert answer.status_code == 422, "the old telephone is worth nothing any more"
    assert verify().wrong is None


# Signing in


@pytest.fixture
def telephone(county: County, clock: Clock) -> Telephone:
    """Enable it for 李晓梅, five minutes ago."""
    made, _codes = enabled(county.browser("acceptor"))
    clock.forward(minutes=5)
    return made


def half_way(browser: Client, next_page: str = "") -> Client:
    answer = browser.submit(f"/sign-in?next={next_page}", {"username": "acceptor", "password": PASSWORD})
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, CODE)
    return browser


def test_the_password_alone_opens_nothing(
    county: County, telephone: Telephone, new_client: Callable[[], Client], session: Session
) -> None:
    before = session.scalars(select(UserSession.id)).all()
    browser = half_way(new_client())
    assert not inside(browser)
    assert browser.get("/cases", headers=JSON).status_code == 401
    assert session.scalars(select(UserSession.id)).all() == before
    with browser.session_transaction() as kept:
        assert "token" not in kept


def test_the_code_follows_and_leads_where_one_wanted(
    county: County, telephone: Telephone, new_client: Callable[[], Client], session: Session
) -> None:
    browser = half_way(new_client(), "/account")
    answer = browser.submit(f"{CODE}?next=/account", {"factor_code": f"{telephone.code()[:3]} {telephone.code()[3:]}"})
    assert (answer.status_code, answer.location) == (303, "/account")
    assert inside(browser)
    assert browser.get(CODE).location == "/sign-in"
    assert verify().wrong is None


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_a_step_off(
    county: County, telephone: Telephone, new_client: Callable[[], Client], steps: int
) -> None:
    assert half_way(new_client()).submit(CODE, {"factor_code": telephone.code(steps)}).status_code == 303


@pytest.mark.parametrize("steps", [-2, 2, 20])
def test_and_no_more(county: County, telephone: Telephone, new_client: Callable[[], Client], steps: int) -> None:
    answer = half_way(new_client()).submit(CODE, {"factor_code": telephone.code(steps)})
    assert (answer.status_code, "验证码不对" in answer.text) == (422, True)
    assert telephone.code(steps) not in answer.text


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "１２３４５６", "²²²²²²", "abcdef", "x" * 300, "-00001"])
def test_what_is_no_code_is_refused(
    county: County, telephone: Telephone, new_client: Callable[[], Client], typed: str
) -> None:
    assert half_way(new_client()).submit(CODE, {"factor_code": typed}).status_code == 422


def test_a_code_counts_once(
    county: County, telephone: Telephone, new_client: Callable[[], Client], session: Session, clock: Clock
) -> None:
    seen = telephone.code()
    assert half_way(new_client()).submit(CODE, {"factor_code": seen}).status_code == 303
    again = half_way(new_client()).submit(CODE, {"factor_code": seen})
    assert (again.status_code, "已经用过" in again.text) == (422, True)
    assert "session.refused" in kinds(session)
    clock.forward(seconds=30)
    assert half_way(new_client()).submit(CODE, {"factor_code": telephone.code()}).status_code == 303


def test_after_a_code_no_older_one_counts(
    county: County, telephone: Telephone, new_client: Callable[[], Client]
) -> None:
    assert half_way(new_client()).submit(CODE, {"factor_code": telephone.code(1)}).status_code == 303
    for steps in (1, 0):
        assert half_way(new_client()).submit(CODE, {"factor_code": telephone.code(steps)}).status_code == 422


def test_the_first_code_signs_nobody_in(county: County, new_client: Callable[[], Client]) -> None:
    telephone, _codes = enabled(county.browser("acceptor"))
    assert half_way(new_client()).submit(CODE, {"factor_code": telephone.code()}).status_code == 422


@pytest.mark.both_databases
def test_one_code_in_two_hands_lets_one_in(app: Flask, county: County, telephone: Telephone) -> None:
    code, said, start = telephone.code(), [], threading.Barrier(2)
    tried = county.acceptor.password_hash

    def enter() -> None:
        with app.app_context():
            start.wait()
            try:
                with committed():
                    user = queries.account_named("acceptor")
                    assert user
                    service.sign_in(user, address="", tried_hash=tried, code=code, now=Clock.now())
                said.append("in")
            except DomainError as error:
                said.append(error.field)

    db.session.rollback()
    threads = [threading.Thread(target=enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(map(str, said)) == ["factor_code", "in"]


def test_a_recovery_code_counts_once(
    county: County, new_client: Callable[[], Client], session: Session, clock: Clock
) -> None:
    _telephone, codes = enabled(county.browser("acceptor"))
    typed = codes[3].upper().replace("-", " ")
    browser = half_way(new_client())
    assert browser.submit(CODE, {"factor_code": typed}).status_code == 303
    assert half_way(new_client()).submit(CODE, {"factor_code": codes[3]}).status_code == 422
    assert "recovery_code.used" in kinds(session)
    assert "备用码还剩 9 个" in browser.get("/account").text
    assert verify().wrong is None


def test_wrong_codes_close_the_account_and_not_the_owner_at_home(
    county: County, telephone: Telephone, new_client: Callable[[], Client], clock: Clock
) -> None:
    thief = half_way(new_client())
    answers = [thief.submit(CODE, {"factor_code": "000000"}).status_code for _ in range(TRIES_PER_ACCOUNT)]
    assert answers == [422] * (TRIES_PER_ACCOUNT - 1) + [429], "the password was the first try"
    assert thief.submit(CODE, {"factor_code": telephone.code()}).status_code == 429
    home = county.browser("acceptor")
    home.submit("/sign-out", page="/account")
    assert half_way(home).submit(CODE, {"factor_code": telephone.code()}).status_code == 303


def test_a_right_password_does_not_clear_the_count(
    county: County, telephone: Telephone, new_client: Callable[[], Client]
) -> None:
    codes = 0
    for _ in range(TRIES_PER_ACCOUNT):
        thief = new_client()
        answer = thief.submit("/sign-in", {"username": "acceptor", "password": PASSWORD})
        if answer.status_code != 303:
            break
        codes += thief.submit(CODE, {"factor_code": "000000"}).status_code == 422
    assert codes <= TRIES_PER_ACCOUNT // 2


def test_half_the_way_ends(
    county: County, telephone: Telephone, new_client: Callable[[], Client], clock: Clock
) -> None:
    browser = half_way(new_client())
    clock.forward(minutes=11)
    assert browser.post(CODE, data={"csrf_token": browser.token("/sign-in")}).location == "/sign-in"
    assert browser.get(f"{CODE}?next=/account").location == "/sign-in?next=/account"


def test_half_the_way_ends_with_the_password(
    county: County, telephone: Telephone, new_client: Callable[[], Client]
) -> None:
    browser = half_way(new_client())
    with committed():
        made = passwords.accepted("槐花开满院子的五月天", username="acceptor", name="李晓梅")
        service.reset_password(county.acceptor, password_hash=made, by=None, now=Clock.now())
    assert browser.get(CODE).location == "/sign-in"


def test_half_the_way_is_nobody_elses(county: County, telephone: Telephone, new_client: Callable[[], Client]) -> None:
    browser = half_way(new_client())
    with browser.session_transaction() as kept:
        kept["half_way"] = ["admin", *kept["half_way"][1:]]
    assert browser.get(CODE).location == "/sign-in"
    assert new_client().get(CODE).location == "/sign-in"


def test_a_page_signs_in_again_in_two_steps(
    county: County, telephone: Telephone, new_client: Callable[[], Client]
) -> None:
    browser = new_client()
    sent = {"username": "acceptor", "password": PASSWORD}
    first = browser.submit("/sign-in", sent, headers=JSON)
    assert (first.status_code, first.json) == (200, {"code": True})
    wrong = browser.post(CODE, data={"factor_code": "1", "csrf_token": browser.token(CODE)}, headers=JSON)
    assert (wrong.status_code, "验证码不对" in wrong.json["error"]) == (422, True)
    right = {"factor_code": telephone.code(), "csrf_token": browser.token(CODE)}
    assert browser.post(CODE, data=right, headers=JSON).status_code == 204
    assert inside(browser)


# At rest


@pytest.mark.both_databases
def test_the_database_holds_neither_secret_nor_codes(county: County, session: Session) -> None:
    telephone, codes = enabled(county.browser("acceptor"))
    rows = str([list(row) for row in session.execute(text("SELECT secret, recovery FROM second_factor"))])
    events = str([list(row) for row in session.execute(text("SELECT payload FROM audit_event"))])
    for kept in (telephone.secret, *codes, *(each.replace("-", "") for each in codes)):
        assert kept not in rows + events
    assert session.scalars(select(SecondFactor)).one().secret == telephone.secret


@pytest.mark.parametrize(
    "deed",
    ["UPDATE second_factor SET since = NULL", "DELETE FROM second_factor", "UPDATE second_factor SET last_step=1"],
)
def test_a_second_factor_taken_away_behind_the_program_is_found(county: County, session: Session, deed: str) -> None:
    enabled(county.browser("acceptor"))
    assert verify().wrong is None
    with committed():
        session.execute(text(deed))
    assert verify().wrong is not None


# Taken away by two people


def ask_reset(county: County, who: str) -> None:
    person = county.user(who)
    answer = county.browser("admin").submit(f"/people/{person.public_id}/second-factor", {"reason": "手机丢了。"})
    assert answer.status_code == 303, answer.text


@pytest.mark.both_databases
def test_a_reset_needs_two_and_a_day(
    county: County, telephone: Telephone, session: Session, new_client: Callable[[], Client], clock: Clock
) -> None:
    county.register("acceptor", purpose=Purpose.SETTLEMENT)
    ask_reset(county, "acceptor")
    request = session.scalars(select(GrantRequest)).one()
    assert request.what == "重置两步验证"
    assert county.browser("admin").submit(f"/grants/{request.public_id}/approve", {"note": "好"}).status_code == 403
    assert f"/grants/{request.public_id}/object" in county.browser("acceptor").get("/account").text
    carry_out_grants()
    half_way(new_client())
    county.browser("security").submit(f"/grants/{request.public_id}/approve", {"note": "当面核对。"})
    clock.forward(hours=23)
    carry_out_grants()
    half_way(new_client())
    clock.forward(hours=2)
    carry_out_grants()
    carry_out_grants()
    assert "second_factor.reset" in kinds(session)
    browser = new_client()
    assert browser.sign_in("acceptor", PASSWORD).location == "/"
    assert not inside(county.browser("acceptor")), "who was signed in is out"
    enabled(browser)
    assert verify().wrong is None


def test_nothing_is_reset_where_nothing_is(county: County, session: Session) -> None:
    county.register("acceptor", purpose=Purpose.SETTLEMENT)
    here = f"/people/{county.handler.public_id}/second-factor"
    answer = county.browser("admin").submit(here, {"reason": "手机丢了。"})
    assert (answer.status_code, "没有启用两步验证" in answer.text) == (422, True)
    assert session.scalars(select(GrantRequest)).all() == []


# The codes themselves (RFC 6238, appendix B: SHA-1, the last six digits)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_of_the_standard(seconds: int, code: str) -> None:
    at = Clock.now().fromtimestamp(seconds, tz=Clock.now().tzinfo)
    assert second_factor.step_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", code, at) == seconds // 30


def test_tries_are_counted_by_what_cannot_be_read(county: County, telephone: Telephone, session: Session) -> None:
    assert all("acceptor" not in key for key in session.scalars(select(AuthThrottle.key)))
