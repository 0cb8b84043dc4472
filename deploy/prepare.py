"""Make the virtual environment `.venv` from the lock files: python3 deploy/prepare.py [--dev]

Uses the standard library only, and no newer syntax than old Pythons read, so that it can say what is missing.
Where packages come from is the machine's own setting of pip (or uv).
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
IS_NEW_ENOUGH = f"import sys; sys.exit(sys.version_info < {OLDEST})"


def stop(sentence):
    """End with a sentence for whoever called."""
    sys.exit("✗ " + sentence)


def require_python():
    """Refuse a Python that is too old or that cannot make virtual environments."""
    if sys.version_info < OLDEST:
        stop(
            f"需要 Python 3.11 或更新版本，现在用的是 {sys.version.split()[0]}（{sys.executable}）。"
            "请安装后重试，或指定位置：make run PYTHON=/目录/python3.11"
        )
    if importlib.util.find_spec("venv") is None or not (has_ensurepip() or shutil.which("uv")):
        stop(
            "这台机器的 Python 不能建立虚拟环境（缺少 venv 或 ensurepip 模块）。"
            "Debian、Ubuntu、统信、麒麟系统请先执行：sudo apt install python3-venv，然后重试。"
        )


def has_ensurepip():
    """Tell whether pip can be put into a new environment; Debian packs that part separately."""
    return importlib.util.find_spec("ensurepip") is not None


def make_environment():
    """Make `.venv`, again if the folder was moved or its Python went away."""
    home = VENV / ".made-in"
    moved = home.exists() and home.read_text(encoding="utf-8") != str(VENV)
    if PYTHON.exists() and not moved and succeeds([str(PYTHON), "-c", IS_NEW_ENOUGH]):
        home.write_text(str(VENV), encoding="utf-8")
        return
    print("· 建立虚拟环境 .venv", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if not has_ensurepip():
        command.append("--without-pip")
    if not succeeds(command, quiet=False):
        stop("虚拟环境 .venv 没有建成，原因见上面的输出（常见的是磁盘已满，或当前目录不可写）。")
    home.write_text(str(VENV), encoding="utf-8")


def install(lock):
    """Install one lock file, unless exactly this one was installed before."""
    stamp = VENV / f".installed-{lock.stem}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    print(f"· 按 {lock.name} 安装依赖", flush=True)
    if not (installed_by_uv(lock) or installed_by_pip(lock)):
        stop("依赖没有装好，原因见上面的输出。请检查网络和 pip 的软件源设置（pip config list），然后重试。")
    stamp.write_text(wanted, encoding="ascii")


def installed_by_uv(lock):
    """Install with uv where it is at hand and pip has no source of its own, which uv would not know."""
    uv = shutil.which("uv")
    if not uv or pip_has_its_own_source():
        return False
    # Offices often have certificates of their own, which the system knows and uv by itself does not.
    for variable in ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS"):
        os.environ.setdefault(variable, "true")
    return succeeds([uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "-r", str(lock)])


def pip_has_its_own_source():
    """Tell whether pip was told to fetch from somewhere else than by default."""
    if os.environ.get("PIP_INDEX_URL") or os.environ.get("PIP_NO_INDEX"):
        return True
    listing = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    settings = listing.stdout.decode("utf-8", "replace").splitlines()
    return any(line.split("=")[0].endswith((".index-url", ".no-index")) for line in settings)


def installed_by_pip(lock):
    """Install with the environment's own pip."""
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "-r", str(lock)]
    return succeeds([str(PYTHON), "-m", "pip", "install"] + options, quiet=False)


def succeeds(command, quiet=True):
    """Run a command; its output is shown unless it is only a question."""
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=str(PROJECT), stdout=output, stderr=output, check=False).returncode == 0


def main():
    """Prepare for running, and with --dev for testing too."""
    require_python()
    make_environment()
    install(PROJECT / "requirements.lock")
    if "--dev" in sys.argv[1:]:
        install(PROJECT / "requirements-dev.lock")


if __name__ == "__main__":
    main()
