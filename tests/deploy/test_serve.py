"""`make run` after setting up: serves, says where, ends when told, refuses a taken port before it starts anything."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = 180


def free_port() -> int:
    """Return a port nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(data: Path, port: int) -> subprocess.Popen[str]:
    """Start the site on a folder of its own, without demo data."""
    environment = {**os.environ, "TRACKER_DATA": str(data), "PORT": str(port), "DEMO": "0", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "deploy/serve.py"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(site: subprocess.Popen[str], sentence: str) -> str:
    """Read what the site says, up to a sentence."""
    said = ""
    assert site.stdout
    for line in site.stdout:
        said += line
        if sentence in line:
            return said
    raise AssertionError(said)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def site(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Give a running site, ended afterwards whatever happened."""
    process = serve(tmp_path / "data", port)
    watchdog = signal.signal(signal.SIGALRM, lambda *_: process.kill())
    signal.alarm(SECONDS)
    yield process
    signal.alarm(0)
    signal.signal(signal.SIGALRM, watchdog)
    process.terminate()
    process.wait(40)
    assert process.stdout
    process.stdout.close()


def status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_it_serves_until_it_is_told_to_end(site: subprocess.Popen[str], port: int, tmp_path: Path) -> None:
    said = read_until(site, "Ctrl+C")
    assert f"http://127.0.0.1:{port}/" in said
    assert "flask create-admin" in said
    assert not re.search(r"Traceback|ERROR", said)
    assert status_of(f"http://127.0.0.1:{port}/") < 500
    assert (tmp_path / "data" / "tracker.db").exists()
    others = [path for path in (tmp_path / "data").rglob("*") if path.stat().st_mode & 0o077]
    assert others == [], "only the program's own account may read what it keeps"
    site.terminate()
    assert site.wait(40) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_taken_port_is_named_before_anything_is_made(tmp_path: Path, port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        site = serve(tmp_path / "data", port)
        said, _ = site.communicate(timeout=SECONDS)
    assert site.returncode == 1
    assert f"端口 {port} 用不了" in said
    assert not (tmp_path / "data").exists()
