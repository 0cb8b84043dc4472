"""What is accepted as a password, how it is kept, and that an unknown name takes as long as a known one."""

import pytest
from flask import Flask

from tracker.core.errors import DomainError
from tracker.people import passwords
from tracker.people.passwords import accepted, matches, renewed

GOOD = "梧桐树下 2026 年的约定"


@pytest.fixture
def _context(app: Flask) -> object:
    with app.app_context():
        yield


pytestmark = pytest.mark.usefixtures("_context")


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery", "Kk9#mP2$vL", "一二三四五六七八九十", "a" * 150 + "bcdef"]
)
def test_a_long_and_varied_password_is_accepted(password: str) -> None:
    kept = accepted(password, username="lixm", name="李晓梅")
    assert kept.startswith("$argon2id$")
    assert password not in kept
    assert matches(kept, password)
    assert not matches(kept, password + "x")


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("", "太短"),
        ("short9876", "太短"),
        ("x" * 201, "太长"),
        ("1111111111", "单一"),
        ("abababababab", "单一"),
        ("1234567890", "常见"),
        ("Password123", "常见"),
        ("qwertyuiop1", "常见"),
        ("Li.XiaoMei2026", "用户名"),
        ("我是李晓梅李晓梅啊啊", "姓名"),
        ("１２３４５６７８９０", "常见"),
    ],
)
def test_an_easy_password_is_refused_with_a_sentence(password: str, word: str) -> None:
    name = "我是李晓梅李晓梅" if "我是" in password else "李晓梅"
    with pytest.raises(DomainError, match=word) as refused:
        accepted(password, username="li.xiaomei", name=name)
    assert refused.value.field == "password"


def test_full_width_typing_is_the_same_password() -> None:
    kept = accepted("Ｋk9#mP2$vL", username="lixm", name="李晓梅")
    assert matches(kept, "Kk9#mP2$vL")


def test_the_same_password_is_never_kept_alike_twice() -> None:
    assert accepted(GOOD, username="a1", name="甲") != accepted(GOOD, username="a1", name="甲")


def test_nothing_matches_without_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    hasher = passwords._hasher("test")
    stand_in = passwords._stand_in("test")
    monkeypatch.setattr(type(hasher), "verify", lambda self, hash_, password: compared.append(hash_) or True)
    assert not matches(None, GOOD)
    assert matches("$argon2id$known", GOOD)
    assert compared == [stand_in, "$argon2id$known"], "one comparison in both cases"


@pytest.mark.parametrize("broken", ["", "-", "plain text", "$argon2id$v=19$m=8,t=1,p=1$x"])
def test_a_broken_hash_is_a_wrong_password(broken: str) -> None:
    assert not matches(broken, GOOD)


def test_a_cheap_hash_is_renewed_where_the_cost_rose(app: Flask) -> None:
    cheap = accepted(GOOD, username="lixm", name="李晓梅")
    assert renewed(cheap, GOOD) is None
    app.config["PASSWORD_HASH_COST"] = "standard"
    try:
        dear = renewed(cheap, GOOD)
        assert dear is not None
        assert "m=65536" in dear
        assert matches(dear, GOOD)
    finally:
        app.config["PASSWORD_HASH_COST"] = "test"
