"""Start the site: migrate, load the demo data on the first start, serve, say where. Called by `make run`.

DEMO=0 starts empty, and so does TRACKER_ENV=production: invented people never sign in to a real register.
The other settings are those of config.py.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

PROJECT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
FLASK = str(PROGRAMS / "flask")
SERVER = [str(PROGRAMS / "gunicorn"), "--config", "deploy/gunicorn.conf.py"]
# What runs beside the site: the timer of the reminders.
BESIDE: list[list[str]] = [[FLASK, "run-scheduler"]]
SECONDS_TO_START = 90
SECONDS_TO_STOP = 25


def stop(sentence: str) -> None:
    """End with a sentence for whoever called."""
    sys.exit(f"✗ {sentence}")


def chosen_port() -> int:
    """Return the port, refusing one that is wrong or taken before anything else is done."""
    text = os.environ.get("PORT") or "5000"
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        stop(f"PORT 应是 1 到 65535 之间的数字，现在是“{text}”。")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError:
            stop(f"端口 {text} 用不了（多半已有程序占用）。请换一个端口：make run PORT={int(text) % 65535 + 1}")
    return int(text)


def flask(*arguments: str) -> str:
    """Run one command of the program and return what it printed; on failure show everything and end."""
    done = subprocess.run([FLASK, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        stop(f"“flask {' '.join(arguments)}”没有成功，原因见上面的输出。")
    return done.stdout.strip()


def answers(port: int) -> bool:
    """Tell whether the site answers, whatever it says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_START)
    try:
        connection.request("HEAD", "/")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until_served(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until the first page comes."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not answers(port):
        if server.poll() is not None or time.monotonic() > deadline:
            stop("网站没有启动起来，原因见上面的输出。")
        time.sleep(0.1)


def end_all(processes: list[subprocess.Popen[bytes]]) -> None:
    """End what was started, and wait for requests under way."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


def interrupted(_number: int, _frame: FrameType | None) -> None:
    """Turn the request to end into an ordinary exit, so that the site is ended too."""
    sys.exit(0)


def main() -> None:
    """Start everything and stay until one part ends or the user does."""
    os.umask(0o077)
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGINT, interrupted)
    port = chosen_port()
    print("· 检查数据库结构", flush=True)
    flask("db", "upgrade")
    flask("load-categories")
    greeting = "还没有账号时，先建立三位管理员的账号：.venv/bin/flask create-admins"
    if os.environ.get("DEMO") != "0" and os.environ.get("TRACKER_ENV") != "production":
        print("· 检查演示数据（第一次启动时载入）", flush=True)
        greeting = flask("load-demo")
    processes = [subprocess.Popen(SERVER, cwd=PROJECT)]
    try:
        wait_until_served(port, processes[0])
        processes += [subprocess.Popen(command, cwd=PROJECT) for command in BESIDE]
        print(f"\n信访销号台账已启动：http://127.0.0.1:{port}/\n\n{greeting}\n\n按 Ctrl+C 停止。", flush=True)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        stop("有一个进程意外退出，已全部停止，原因见上面的输出。")
    finally:
        end_all(processes)


if __name__ == "__main__":
    main()
