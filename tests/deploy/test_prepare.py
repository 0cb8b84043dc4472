"""What `make setup` says and does where something is missing, and that it does nothing twice."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
# A stand-in for another Python: says what its module search finds, or which version it is.
PRETEND = """
import importlib.util, runpy, shutil, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name in {missing!r} else found(name, *rest)
shutil.which = lambda name, *rest: None
sys.version_info = {version!r}
runpy.run_path({script!r}, run_name="__main__")
"""


def prepare(folder: Path, *, missing: tuple[str, ...] = (), version: tuple[int, ...] = (3, 11, 2)) -> str:
    """Run deploy/prepare.py of a copied project as a lesser Python would; return what it said."""
    script = str(folder / "deploy" / "prepare.py")
    code = PRETEND.format(missing=missing, version=version, script=script)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return f"{done.returncode} {done.stdout}{done.stderr}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy what setting up needs, with empty lock files."""
    shutil.copytree(PROJECT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    for lock in LOCKS:
        (tmp_path / lock).write_text("# nothing\n", encoding="ascii")
    return tmp_path


def test_an_old_python_is_told_what_is_needed(project: Path) -> None:
    said = prepare(project, version=(3, 9, 2))
    assert said.startswith("1 ")
    assert "需要 Python 3.11" in said
    assert not (project / ".venv").exists()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_virtual_environments_is_told_what_to_install(project: Path, module: str) -> None:
    said = prepare(project, missing=(module,))
    assert said.startswith("1 ")
    assert "apt install python3-venv" in said


def test_nothing_is_done_twice_unless_something_changed(project: Path) -> None:
    assert "按 requirements.lock 安装依赖" in prepare(project)
    assert prepare(project) == "0 "
    (project / "requirements.lock").write_text("# changed\n", encoding="ascii")
    assert "安装依赖" in prepare(project)
    moved = project.with_name("moved")
    project.rename(moved)
    assert "建立虚拟环境" in prepare(moved)
    assert prepare(moved) == "0 "


def test_a_package_that_is_not_the_locked_one_is_refused(project: Path, tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "deploy", tmp_path / "wrong-1.0" / "deploy")
    archive = shutil.make_archive(str(tmp_path / "wrong-1.0"), "gztar", tmp_path, "wrong-1.0")
    requirement = f"wrong @ file://{archive} --hash=sha256:{'0' * 64}\n"
    (project / "requirements.lock").write_text(requirement, encoding="ascii")
    said = prepare(project)
    assert said.startswith("1 ")
    assert "HASHES" in said
    assert "依赖没有装好" in said
    assert not list((project / ".venv").glob(".installed-*"))


@pytest.mark.parametrize("lock", LOCKS)
def test_the_locks_name_packages_by_hash_and_no_place_to_fetch_from(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    assert text.count("--hash=sha256:") > 50
    assert not re.search(r"https?:|file:|index-url|find-links|trusted-host", text)


def test_what_is_asked_for_is_locked() -> None:
    for name, lock in (("requirements.txt", LOCKS[0]), ("requirements-dev.txt", LOCKS[1])):
        locked = (PROJECT / lock).read_text(encoding="utf-8")
        asked = re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?==(\S+)", (PROJECT / name).read_text(encoding="utf-8"), re.M)
        assert asked
        for package, version in asked:
            assert re.search(rf"^{package}=={re.escape(version)}\b", locked, re.M), package
