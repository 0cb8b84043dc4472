"""The settings of one installation, read once from the environment.

Variables (every one has a default, so that `make run` needs none):

DATABASE_URL    where the records are. `sqlite:////folder/file.db` or `postgresql://user:password@host/name`.
                Default: the file `tracker.db` in TRACKER_DATA. A relative SQLite path starts at this folder.
TRACKER_DATA    the folder of attachments and, by default, of the database. Default: `instance/` beside this file.
TRACKER_KEYS    the folder of the keys, which open what is encrypted: back it up, and apart from the rest. Default: the
                folder `keys` in TRACKER_DATA where an older version made it, else beside it (`instance-keys/`).
SECRET_KEY      signs session cookies and form tokens. Default: made once, kept with the keys (mode 600).
PORT            where `make run` serves, on 127.0.0.1. Default: 5000.
TRACKER_ENV     `trial` (default: a trial on plain http), `production` (https only, real clock only)
                or `test` (the test suite: cheap password hashes).
TRACKER_PROXIES how many reverse proxies stand in front (0 to 5); without it everybody behind one counts as one address
                when sign-ins are slowed down. Default: 0.
TRACKER_NOW     trials only, refused in production: a fixed time of Asia/Shanghai (`2026-11-21T09:00`)
                or an offset to the real time (`+3d`, `-2h`, `+30m`).
TRACKER_URL     the address under which people open the site, for links in mails (`https://xf.example.gov.cn`);
                requests that ask for another host are refused then.
TRACKER_SMTP    the mail server: `smtp://host`, `smtp+starttls://user:password@host:587` or `smtps://user:password@host`;
                special characters of the password as %XX. Default: no mail is sent. Needs TRACKER_URL.
TRACKER_MAIL_FROM the address that mail comes from. Needed with TRACKER_SMTP.
TRACKER_CHAT    robots of chat groups, separated by spaces: `wecombot://key`, `dingtalk://secret@token`,
                `feishu://token`. Default: no chat. Needs TRACKER_URL.

A wrong value stops the start with a `ConfigurationError`, one sentence in the words of the office.
"""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import pysqlite3
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

PROJECT = Path(__file__).resolve().parent
ENVIRONMENTS = ("production", "trial", "test")
VARIABLES = (
    "DATABASE_URL",
    "TRACKER_DATA",
    "TRACKER_KEYS",
    "SECRET_KEY",
    "PORT",
    "TRACKER_ENV",
    "TRACKER_NOW",
    "TRACKER_PROXIES",
    "TRACKER_URL",
    "TRACKER_SMTP",
    "TRACKER_MAIL_FROM",
    "TRACKER_CHAT",
)
MAIL_SCHEMES = ("smtp", "smtp+starttls", "smtps")
CHAT_ROBOT = re.compile(r"(wecombot|dingtalk|feishu)://[\w%-]+(@[\w%-]+)?(/[\w%-]*)*(\?\S*)?", re.ASCII)
MAIL_ADDRESS = re.compile(r"[\w.+-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}", re.ASCII)
MEGABYTE = 1024 * 1024
SHORTEST_SECRET = 32


class ConfigurationError(Exception):
    """A setting is wrong; the message is a Chinese sentence for whoever starts the program."""


class Config:
    """Everything Flask and its extensions are told, for `app.config.from_object(Config(os.environ))`.

    `overrides` are taken after the environment: names in VARIABLES replace the variable,
    all other names replace the finished setting of that name.
    """

    SQLALCHEMY_TRACK_MODIFICATIONS = False

    # 64 MB carries the largest allowed attachment; a form without files never needs more than 2 MB.
    MAX_CONTENT_LENGTH = 64 * MEGABYTE
    MAX_FORM_MEMORY_SIZE = 2 * MEGABYTE

    SESSION_COOKIE_PATH = "/"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"

    # The token lives as long as the session, so a form left open over lunch is not lost. The strict
    # Referer check cannot be kept, because pages send no referrer; Origin is checked instead.
    WTF_CSRF_TIME_LIMIT = None
    WTF_CSRF_SSL_STRICT = False
    WTF_I18N_ENABLED = False

    def __init__(self, environ: Mapping[str, str], overrides: Mapping[str, object] | None = None) -> None:
        given = dict(overrides or {})
        named = {name: str(given.pop(name)) for name in VARIABLES if given.get(name) is not None}
        variables = {**environ, **named}
        self.TRACKER_ENV = _environment(variables.get("TRACKER_ENV", ""))
        self.TRACKER_NOW = _trial_clock(variables.get("TRACKER_NOW", ""), self.TRACKER_ENV)
        self.TRACKER_DATA = _data_folder(variables.get("TRACKER_DATA", ""))
        self.PORT = _port(variables.get("PORT", ""))
        self.TRACKER_PROXIES = _proxies(variables.get("TRACKER_PROXIES", ""))
        self.TRACKER_KEYS = _keys_folder(variables.get("TRACKER_KEYS", ""), self.TRACKER_DATA)
        self.KEYS_BESIDE = keys_beside(self.TRACKER_DATA)
        self.SECRET_KEY = _secret_key(variables.get("SECRET_KEY", ""), self.TRACKER_ENV)
        self._set_database(_database_url(variables.get("DATABASE_URL", ""), self.TRACKER_DATA))
        self._set_environment(production=self.TRACKER_ENV == "production", test=self.TRACKER_ENV == "test")
        self._set_sending(variables)
        for name, value in given.items():
            setattr(self, name, value)

    def _set_database(self, url: URL) -> None:
        """Choose the driver: pysqlite3, which brings a current SQLite of its own, or psycopg 3."""
        self.SQLALCHEMY_DATABASE_URI = url.render_as_string(hide_password=False)
        own = {"module": pysqlite3} if url.get_backend_name() == "sqlite" else {"pool_pre_ping": True}
        # What a statement carries is personal: no error message repeats it.
        self.SQLALCHEMY_ENGINE_OPTIONS: dict[str, object] = {"hide_parameters": True, **own}

    def _set_environment(self, *, production: bool, test: bool) -> None:
        """Set what differs between production, trial and test."""
        self.TESTING = test
        self.PASSWORD_HASH_COST = "test" if test else "standard"
        # 两步验证: a trial asks it only of who enabled it, and says so on every page.
        self.SECOND_FACTOR_REQUIRED = production
        self.SESSION_COOKIE_SECURE = production
        self.SESSION_COOKIE_NAME = "__Host-tracker" if production else "tracker"
        self.PREFERRED_URL_SCHEME = "https" if production else "http"

    def _set_sending(self, variables: Mapping[str, str]) -> None:
        """Choose the ways by which notices leave the machine: none by default."""
        self.TRACKER_URL = _public_address(variables.get("TRACKER_URL", ""), self.TRACKER_ENV)
        self.TRUSTED_HOSTS = _hosts_of(self.TRACKER_URL)
        self.TRACKER_SMTP = _mail_server(variables.get("TRACKER_SMTP", ""))
        self.TRACKER_MAIL_FROM = _mail_sender(variables.get("TRACKER_MAIL_FROM", ""), needed=bool(self.TRACKER_SMTP))
        self.TRACKER_CHAT = _chat_robots(variables.get("TRACKER_CHAT", ""))
        if (self.TRACKER_SMTP or self.TRACKER_CHAT) and not self.TRACKER_URL:
            raise ConfigurationError("设了 TRACKER_SMTP 或 TRACKER_CHAT，就要同时设 TRACKER_URL（消息里链接的网址）。")


def _environment(text: str) -> str:
    name = text.strip().lower() or "trial"
    if name not in ENVIRONMENTS:
        raise ConfigurationError(f"TRACKER_ENV 只能是 production、trial 或 test，现在是“{text}”。")
    return name


def _trial_clock(text: str, environment: str) -> str | None:
    """Return the clock of a trial as it was written, once its form is known to be right."""
    text = text.strip()
    if not text:
        return None
    if environment == "production":
        raise ConfigurationError("正式运行（TRACKER_ENV=production）不能改动时钟，请去掉 TRACKER_NOW 再启动。")
    if not re.fullmatch(r"[+-]\d{1,5}[dhm]", text):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise ConfigurationError(
                f"TRACKER_NOW 应写成 2026-11-21T09:00 这样的时间，或 +3d、-2h、+30m 这样的偏移，现在是“{text}”。"
            ) from None
    return text


def _data_folder(text: str) -> Path:
    """Make the folder of attachments, keys and exports; only the account that runs the program may enter it."""
    folder = PROJECT / Path(text).expanduser() if text else PROJECT / "instance"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"建不了数据目录 {folder}（TRACKER_DATA）：{error.strerror}。") from error
    return folder


def _keys_folder(text: str, data: Path) -> Path:
    """Return the folder of the keys: as it was set, or where an older version keeps them, or beside the data."""
    if text:
        return PROJECT / Path(text).expanduser()
    inside = data / "keys"
    return inside if inside.is_dir() and any(inside.iterdir()) else keys_beside(data)


def keys_beside(data: Path) -> Path:
    """Return the folder of keys that belongs to a data folder and is no part of it."""
    return data.with_name(f"{data.name}-keys")


def _port(text: str) -> int:
    if not text.strip():
        return 5000
    if not text.strip().isdecimal() or not 1 <= int(text) <= 65535:
        raise ConfigurationError(f"PORT 应是 1 到 65535 之间的数字，现在是“{text}”。")
    return int(text)


def _proxies(text: str) -> int:
    """Return how many reverse proxies may be believed about the address of a request."""
    if text.strip() not in ("", *"012345"):
        raise ConfigurationError(f"TRACKER_PROXIES 应是 0 到 5 之间的数字，现在是“{text}”。")
    return int(text or 0)


def _secret_key(text: str, environment: str) -> str | None:
    """Return the given key; None where one is kept beside the other keys (see `kept_secret`)."""
    if text and environment == "production" and len(text) < SHORTEST_SECRET:
        raise ConfigurationError(f"SECRET_KEY 太短，至少要 {SHORTEST_SECRET} 个字符；不设置则自动生成。")
    return text or None


def kept_secret(folder: Path) -> str:
    """Return the key of cookies that is kept in a folder, made first if missing: then everybody signs in again.

    Raises ConfigurationError where it cannot be read or written, or is damaged.
    """
    file = folder / "secret_key"
    try:
        return _kept_key(file)
    except OSError as error:
        raise ConfigurationError(f"读不了或写不了会话密钥文件 {file}：{error.strerror}。") from error


def _kept_key(file: Path) -> str:
    """Read the key file, made first if missing; a hard link decides between processes that start at once."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="ascii") as draft:
            draft.write(secrets.token_urlsafe(48))
            draft.flush()
            os.fsync(draft.fileno())
            try:
                os.link(draft.name, file)
            except FileExistsError:
                pass
    key = file.read_text(encoding="ascii").strip()
    if len(key) < SHORTEST_SECRET:
        raise ConfigurationError(f"会话密钥文件 {file} 已损坏，请从备份恢复，或删除后重启（所有人须重新登录）。")
    return key


def _database_url(text: str, data: Path) -> URL:
    """Return the address with the driver this program uses; the default is a file in the data folder."""
    if not text.strip():
        return URL.create("sqlite", database=str(data / "tracker.db"))
    try:
        url = make_url(text.strip())
    except ArgumentError:
        raise ConfigurationError(
            "DATABASE_URL 看不懂，应写成 sqlite:////目录/文件.db 或 postgresql://用户:密码@主机/库名。"
        ) from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite":
        raise ConfigurationError(f"DATABASE_URL 只支持 SQLite 和 PostgreSQL，不支持“{url.drivername}”。")
    if url.database in (None, "", ":memory:"):
        raise ConfigurationError("DATABASE_URL 不能是内存数据库，几个进程之间看不到同一份台账，请写一个文件。")
    return url.set(database=str(PROJECT / Path(str(url.database)).expanduser()))


def _public_address(text: str, environment: str) -> str:
    """Return the site's address without a slash at its end; "" where none is set."""
    text = text.strip().rstrip("/")
    if text and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", text):
        raise ConfigurationError(f"TRACKER_URL 应写成 https://主机名 这样的网址，现在是“{text}”。")
    if text.startswith("http:") and environment == "production":
        raise ConfigurationError(f"正式运行时 TRACKER_URL 应以 https:// 开头，现在是“{text}”。")
    return text


def _hosts_of(address: str) -> list[str] | None:
    """Return the host names that a request may ask for: that of the site, and this machine; None without an address."""
    name = urlsplit(address).hostname if address else None
    return [name, "localhost", "127.0.0.1", "[::1]"] if name else None


def _mail_server(text: str) -> SplitResult | None:
    """Return the parts of the mail server's address; what was written is not repeated, it can hold a password."""
    if not text.strip():
        return None
    try:
        server = urlsplit(text.strip())
        whole = server.scheme in MAIL_SCHEMES and server.hostname and server.port != 0
        rest = server.path.strip("/") or server.query or server.fragment
    except ValueError:
        whole = rest = None
    if not whole or rest or bool(server.username) != bool(server.password):
        raise ConfigurationError(
            "TRACKER_SMTP 看不懂，应写成 smtp://主机、smtp+starttls://用户:密码@主机:587 或 smtps://用户:密码@主机，"
            "密码里的特殊字符写成 %XX。"
        )
    return server


def _mail_sender(text: str, *, needed: bool) -> str:
    text = text.strip()
    if needed and not text:
        raise ConfigurationError("设了 TRACKER_SMTP，就要同时设 TRACKER_MAIL_FROM（发件邮箱）。")
    if text and not MAIL_ADDRESS.fullmatch(text):
        raise ConfigurationError(f"TRACKER_MAIL_FROM 应是一个邮箱地址，现在是“{text}”。")
    return text


def _chat_robots(text: str) -> tuple[str, ...]:
    """Return the robots' addresses; what was written is not repeated, whoever has it can post."""
    robots = tuple(text.split())
    for number, robot in enumerate(robots, 1):
        if not CHAT_ROBOT.fullmatch(robot):
            raise ConfigurationError(
                f"TRACKER_CHAT 的第 {number} 个地址看不懂，应写成 wecombot://密钥、dingtalk://加签密钥@令牌 或 feishu://令牌，"
                "几个地址用空格隔开。"
            )
    return robots
