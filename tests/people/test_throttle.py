"""Attempts to sign in are counted before they are tried, by account and by address."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.people.factories import make_user
from tracker.audit.models import AuditEvent
from tracker.core.database import committed
from tracker.core.errors import DomainError, TooManyTries
from tracker.people import service
from tracker.people.models import AuthThrottle, User
from tracker.people.service.sign_in import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, TRIES_PER_DEVICE
from tracker.people.service.throttle import WINDOW

pytestmark = pytest.mark.both_databases

HERE = "192.0.2.7"


@pytest.fixture
def person(session: Session) -> User:
    with committed():
        return make_user("lixm", "李晓梅")


def attempt(username: str, address: str = HERE) -> None:
    with committed():
        service.begin_attempt(username, address, now=Clock.now())


@pytest.mark.parametrize("username", ["lixm", "nobody"])
def test_an_account_closes_after_so_many_tries(person: User, clock: Clock, username: str) -> None:
    for _ in range(TRIES_PER_ACCOUNT):
        attempt(username)
    clock.forward(minutes=4)
    with pytest.raises(TooManyTries, match="请等 11 分钟再试") as refused:
        attempt(username, "198.51.100.9")
    assert refused.value.status == 429
    attempt("another")
    clock.set(clock.now() + WINDOW)
    attempt(username)


def test_an_address_closes_for_every_account(session: Session, clock: Clock) -> None:
    for number in range(TRIES_PER_ADDRESS):
        attempt(f"user{number}")
    with pytest.raises(TooManyTries):
        attempt("fresh")
    attempt("fresh", "192.0.2.8")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "not an address", False),
        ("192.0.2.7", "192.0.2.7", True),
    ],
)
def test_an_ipv6_network_counts_as_one_address(session: Session, first: str, second: str, same: bool) -> None:
    attempt("one", first)
    attempt("two", second)
    addresses = session.scalars(select(AuthThrottle.key).where(AuthThrottle.key.startswith("address:"))).all()
    assert len(addresses) == (1 if same else 2)


def signed_in(person: User, device: str) -> None:
    with committed():
        tried = person.password_hash
        service.sign_in(person, address=HERE, tried_hash=tried, now=Clock.now(), device=device, device_name="Chrome")


def guessed(username: str, address: str, times: int) -> list[bool]:
    """Guess from elsewhere so often; say of each whether the password was compared."""
    compared = []
    for _ in range(times):
        try:
            attempt(username, address)
        except TooManyTries:
            compared.append(False)
        else:
            compared.append(True)
    return compared


def test_whoever_guesses_elsewhere_is_slowed_and_the_owner_is_not(person: User, clock: Clock) -> None:
    """A day of guessing from many addresses, and from the owner's own: what the guesser gets, what the owner waits."""
    signed_in(person, "his own device")
    waited, compared = 0, 0
    for quarter in range(4 * 24):
        compared += sum(guessed("lixm", f"198.51.100.{quarter}", 20)) + sum(guessed("lixm", HERE, 40))
        with committed():
            try:
                service.begin_attempt("lixm", HERE, now=clock.now(), device="his own device")
            except TooManyTries:
                waited += 1
        signed_in(person, "his own device")
        clock.set(clock.now() + WINDOW)
    assert (compared, waited) == (4 * 24 * TRIES_PER_ACCOUNT, 0)
    guessed("lixm", HERE, TRIES_PER_ACCOUNT)
    with pytest.raises(TooManyTries, match="在以前登录过的电脑、手机上可以照常登录"), committed():
        service.begin_attempt("lixm", HERE, now=clock.now(), device="a device of nobody")


def test_an_address_that_is_closed_does_not_close_a_colleague_out(person: User, clock: Clock) -> None:
    signed_in(person, "her device")
    for number in range(TRIES_PER_ADDRESS):
        attempt(f"user{number}")
    with pytest.raises(TooManyTries):
        attempt("lixm")
    with committed():
        service.begin_attempt("lixm", HERE, now=clock.now(), device="her device")


def test_a_device_is_known_only_for_who_signed_in_there_and_has_its_own_limit(person: User, clock: Clock) -> None:
    with committed():
        make_user("zhaomin", "赵敏")
    signed_in(person, "shared")
    guessed("zhaomin", HERE, TRIES_PER_ACCOUNT)
    with pytest.raises(TooManyTries), committed():
        service.begin_attempt("zhaomin", HERE, now=clock.now(), device="shared")
    for _ in range(TRIES_PER_DEVICE):
        with committed():
            service.begin_attempt("lixm", HERE, now=clock.now(), device="shared")
    with pytest.raises(TooManyTries), committed():
        service.begin_attempt("lixm", HERE, now=clock.now(), device="shared")


def test_a_new_password_forgets_every_device(person: User, clock: Clock) -> None:
    signed_in(person, "an old device")
    with committed():
        boss = make_user("boss")
        service.reset_password(person, password_hash=person.password_hash, by=boss, now=clock.now())
    guessed("lixm", HERE, TRIES_PER_ACCOUNT)
    with pytest.raises(TooManyTries), committed():
        service.begin_attempt("lixm", HERE, now=clock.now(), device="an old device")


def test_a_refused_attempt_counts_nothing_further(session: Session, clock: Clock) -> None:
    for _ in range(TRIES_PER_ACCOUNT):
        attempt("lixm")
    for _ in range(3):
        with pytest.raises(TooManyTries):
            attempt("lixm")
    assert sorted(session.scalars(select(AuthThrottle.failures))) == [TRIES_PER_ACCOUNT, TRIES_PER_ACCOUNT]


def test_success_clears_the_account_and_gives_the_address_its_try_back(
    session: Session, person: User, clock: Clock
) -> None:
    for _ in range(3):
        attempt("lixm")
    with committed():
        service.sign_in(person, address=HERE, tried_hash=person.password_hash, now=clock.now())
    (left,) = session.scalars(select(AuthThrottle))
    assert left.key.startswith("address:")
    assert left.failures == 2


def test_counters_are_swept_once_their_window_is_over(session: Session, person: User, clock: Clock) -> None:
    for number in range(4):
        attempt(f"nobody{number}", "192.0.2.9")
    clock.set(clock.now() + WINDOW + timedelta(seconds=1))
    attempt("lixm")
    with committed():
        service.sign_in(person, address=HERE, tried_hash=person.password_hash, now=clock.now())
    (left,) = session.scalars(select(AuthThrottle))
    assert (left.key.startswith("address:"), left.failures) == (True, 0)


def test_nothing_typed_is_kept(session: Session, person: User, clock: Clock) -> None:
    attempt("my-secret-in-the-wrong-field")
    with committed():
        service.refuse_attempt(None, now=clock.now())
        service.refuse_attempt(person.id, now=clock.now())
    assert not any("secret" in key for key in session.scalars(select(AuthThrottle.key)))
    events = session.scalars(select(AuditEvent).where(AuditEvent.log_id == 2).order_by(AuditEvent.seq)).all()
    told = [{key: said for key, said in json.loads(event.payload).items() if key != "other_log"} for event in events]
    assert {event.kind for event in events} == {"session.refused"}
    assert told == [{}, {"user": person.id}]


def test_a_password_changed_meanwhile_is_a_wrong_one(session: Session, person: User, clock: Clock) -> None:
    with pytest.raises(DomainError, match="用户名或密码不对"), committed():
        service.sign_in(person, address=HERE, tried_hash="what it was", now=clock.now())
    with committed():
        other = make_user("boss")
        tried = person.password_hash
        service.disable_user(person, by=other, now=clock.now())
    with pytest.raises(DomainError, match="用户名或密码不对"), committed():
        service.sign_in(person, address=HERE, tried_hash=tried, now=clock.now())
