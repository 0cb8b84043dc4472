"""Settings: every variable has a default, a wrong value is refused with a sentence."""

import multiprocessing
import re
import stat
from pathlib import Path

import pysqlite3
import pytest

import config
from config import Config, ConfigurationError, kept_secret

WRONG_SERVERS = (
    "host",
    "smtp://",
    "http://host",
    "smtp://host:0",
    "smtp://host:99999",
    "smtp://host:port",
    "smtp://office@host",
    "smtp://host/folder",
    "smtp://host?timeout=1",
    "smtp://[host",
)
REFUSED = [
    ({"TRACKER_ENV": "staging"}, "TRACKER_ENV"),
    ({"TRACKER_ENV": "production", "TRACKER_NOW": "+3d"}, "正式运行"),
    ({"TRACKER_NOW": "tomorrow"}, "TRACKER_NOW"),
    ({"TRACKER_NOW": "2026-02-30T09:00"}, "TRACKER_NOW"),
    ({"PORT": "0"}, "PORT"),
    ({"PORT": "65536"}, "PORT"),
    ({"PORT": "http"}, "PORT"),
    ({"DATABASE_URL": "mysql://office@host/tracker"}, "mysql"),
    ({"DATABASE_URL": "sqlite://"}, "内存"),
    ({"DATABASE_URL": "sqlite:///:memory:"}, "内存"),
    ({"DATABASE_URL": "tracker.db"}, "DATABASE_URL"),
    ({"TRACKER_ENV": "production", "SECRET_KEY": "short"}, "SECRET_KEY"),
    ({"TRACKER_URL": "xf.example.gov.cn"}, "TRACKER_URL"),
    ({"TRACKER_URL": "https://xf.example.gov.cn/?a=1"}, "TRACKER_URL"),
    ({"TRACKER_URL": "https://office:secret@xf.example.gov.cn"}, "TRACKER_URL"),
    ({"TRACKER_ENV": "production", "TRACKER_URL": "http://xf.example.gov.cn"}, "https"),
    ({"TRACKER_MAIL_FROM": "office"}, "TRACKER_MAIL_FROM"),
    ({"TRACKER_MAIL_FROM": "a@b.cn\r\nBcc: c@d.cn"}, "TRACKER_MAIL_FROM"),
    ({"TRACKER_SMTP": "smtp://host", "TRACKER_MAIL_FROM": "a@b.cn"}, "TRACKER_URL"),
    ({"TRACKER_SMTP": "smtp://host", "TRACKER_URL": "https://a.cn"}, "TRACKER_MAIL_FROM"),
    ({"TRACKER_CHAT": "feishu://token"}, "TRACKER_URL"),
    *(({"TRACKER_SMTP": wrong}, "TRACKER_SMTP") for wrong in WRONG_SERVERS),
    *(
        ({"TRACKER_CHAT": wrong}, "第 1 个")
        for wrong in ("feishu://", "json://host", "https://a.cn", "file:///etc/passwd")
    ),
    ({"TRACKER_CHAT": "feishu://token mailto://a:b@c.cn"}, "第 2 个"),
]


def settings(folder: Path, **variables: str) -> Config:
    return Config({"TRACKER_DATA": str(folder), **variables})


@pytest.mark.parametrize(("variables", "word"), REFUSED)
def test_a_wrong_value_is_refused_with_a_sentence(tmp_path: Path, variables: dict[str, str], word: str) -> None:
    with pytest.raises(ConfigurationError, match=word) as refused:
        settings(tmp_path, **variables)
    assert str(refused.value).endswith("。")


def test_nothing_needs_to_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "PROJECT", tmp_path)
    made = Config({})
    assert made.TRACKER_ENV == "trial"
    assert made.PORT == 5000
    assert made.TRACKER_DATA == tmp_path / "instance"
    assert made.SQLALCHEMY_DATABASE_URI == f"sqlite:///{tmp_path}/instance/tracker.db"
    assert made.SQLALCHEMY_ENGINE_OPTIONS == {"hide_parameters": True, "module": pysqlite3}
    assert not made.TESTING
    assert made.PASSWORD_HASH_COST == "standard"


def test_empty_variables_are_as_unset(tmp_path: Path) -> None:
    names = {name: "" for name in config.VARIABLES if name != "TRACKER_DATA"}
    assert settings(tmp_path, **names).PORT == 5000


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://office:p%40ss@host/tracker", "postgresql+psycopg://office:p%40ss@host/tracker"),
        ("postgres://host/tracker", "postgresql+psycopg://host/tracker"),
        ("postgresql+psycopg://host/tracker", "postgresql+psycopg://host/tracker"),
        ("sqlite:////srv/tracker.db", "sqlite:////srv/tracker.db"),
        ("sqlite:///tracker.db", f"sqlite:///{config.PROJECT}/tracker.db"),
    ],
)
def test_the_database_is_named_with_its_driver(tmp_path: Path, given: str, used: str) -> None:
    made = settings(tmp_path, DATABASE_URL=given)
    assert made.SQLALCHEMY_DATABASE_URI == used
    if used.startswith("postgresql"):
        assert made.SQLALCHEMY_ENGINE_OPTIONS == {"hide_parameters": True, "pool_pre_ping": True}


@pytest.mark.parametrize("written", ["2026-11-21T09:00", "2026-11-21", "+3d", "-2h", "+30m"])
def test_a_trial_may_choose_its_clock(tmp_path: Path, written: str) -> None:
    assert settings(tmp_path, TRACKER_NOW=written).TRACKER_NOW == written


def test_mail_and_chat_are_off_by_default(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert (made.TRACKER_SMTP, made.TRACKER_CHAT, made.TRACKER_URL, made.TRACKER_MAIL_FROM) == (None, (), "", "")


def test_mail_and_chat_are_taken_as_they_are_written(tmp_path: Path) -> None:
    made = settings(
        tmp_path,
        TRACKER_URL="https://xf.example.gov.cn/taizhang/",
        TRACKER_SMTP="smtp+starttls://office:p%40ss@mail.example.gov.cn:2525",
        TRACKER_MAIL_FROM="office@example.gov.cn",
        TRACKER_CHAT=" wecombot://6f-11  dingtalk://SECabc@token feishu://0a1b-2c ",
    )
    server = made.TRACKER_SMTP
    assert server is not None
    assert (server.scheme, server.hostname, server.port) == ("smtp+starttls", "mail.example.gov.cn", 2525)
    assert (server.username, server.password) == ("office", "p%40ss")
    assert made.TRACKER_URL == "https://xf.example.gov.cn/taizhang"
    assert made.TRACKER_CHAT == ("wecombot://6f-11", "dingtalk://SECabc@token", "feishu://0a1b-2c")


@pytest.mark.parametrize("name", ["TRACKER_SMTP", "TRACKER_CHAT"])
def test_a_wrong_address_with_a_password_is_not_repeated(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        settings(tmp_path, **{name: "smtps://office:topsecret@host/x"})
    assert "topsecret" not in str(refused.value)


def test_production_keeps_cookies_to_https(tmp_path: Path) -> None:
    production = settings(tmp_path, TRACKER_ENV="production")
    assert production.SESSION_COOKIE_SECURE
    assert production.SESSION_COOKIE_NAME.startswith("__Host-")
    assert production.SESSION_COOKIE_PATH == "/"
    trial = settings(tmp_path)
    assert not trial.SESSION_COOKIE_SECURE
    for made in (production, trial):
        assert made.SESSION_COOKIE_HTTPONLY
        assert made.SESSION_COOKIE_SAMESITE == "Lax"
        assert made.PASSWORD_HASH_COST == "standard"


def test_only_tests_hash_passwords_cheaply(tmp_path: Path) -> None:
    assert settings(tmp_path, TRACKER_ENV="test").PASSWORD_HASH_COST == "test"


def test_keys_lie_apart_unless_an_older_version_kept_them_with_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert settings(data).TRACKER_KEYS == tmp_path / "data-keys"
    (data / "keys").mkdir()
    assert settings(data).TRACKER_KEYS == tmp_path / "data-keys", "an empty folder holds none"
    (data / "keys" / "data-1.key").write_bytes(b"x" * 32)
    assert settings(data).TRACKER_KEYS == data / "keys"
    assert settings(data, TRACKER_KEYS=str(tmp_path / "vault")).TRACKER_KEYS == tmp_path / "vault"


def test_the_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "keys")
    file = tmp_path / "keys" / "secret_key"
    assert kept_secret(tmp_path / "keys") == first == file.read_text(encoding="ascii")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first) >= 64
    assert [entry.name for entry in file.parent.iterdir()] == ["secret_key"]
    assert kept_secret(tmp_path / "other") != first


def test_a_given_key_is_not_written_down(tmp_path: Path) -> None:
    assert settings(tmp_path, SECRET_KEY="k" * 40).SECRET_KEY == "k" * 40
    assert not (tmp_path / "keys").exists()


def test_a_damaged_key_file_is_not_used(tmp_path: Path) -> None:
    kept_secret(tmp_path)
    (tmp_path / "secret_key").write_text("", encoding="ascii")
    with pytest.raises(ConfigurationError, match="已损坏"):
        kept_secret(tmp_path)


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(kept_secret, [tmp_path] * 8, chunksize=1))) == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(ConfigurationError, match=re.escape(str(tmp_path / "file" / "data"))):
        settings(tmp_path / "file" / "data")


def test_overrides_come_after_the_environment(tmp_path: Path) -> None:
    made = Config({"PORT": "1", "TRACKER_DATA": "/nowhere"}, {"PORT": 8000, "TRACKER_DATA": tmp_path, "EXTRA": 1})
    assert (made.PORT, made.TRACKER_DATA) == (8000, tmp_path)
    assert vars(made)["EXTRA"] == 1


def test_every_variable_is_documented() -> None:
    assert config.__doc__
    for name in config.VARIABLES:
        assert re.search(rf"^{name}\b", config.__doc__, re.MULTILINE), name
