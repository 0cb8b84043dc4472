"""The only place that starts other programs: the parser of foreign files, and those that PostgreSQL brings along."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from tracker.core.errors import DomainError

Running = subprocess.Popen[bytes]


def started(command: Sequence[str], environment: Mapping[str, str]) -> Running:
    """Start a program that is given bytes and gives lines back; whoever started it ends it."""
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )


def run(program: str, *arguments: str, **environment: str) -> None:
    """Run a program of PostgreSQL to its end; secrets go by the environment, which others do not see.

    Raises DomainError where it is not there, or fails.
    """
    try:
        done = subprocess.run(
            [program, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise DomainError(
            f"这台机器上没有 {program}：请安装 PostgreSQL 的客户端程序，或者把它所在的目录写进 PATH。"
        ) from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise DomainError(f"{program} 没有成功：{said[-1][:300] if said else done.returncode}")
