"""Commands as an operator runs them, without the seconds that a new process needs to read the whole program.

The command runs in a copy of the tests' process (fork): with its own settings, files and exit, from `wsgi` on. That a
process of its own starts the same way is tested where the start itself is the matter.
"""

import gc
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from flask.cli import main

from tests.exercised import forget_what_was_kept
from tracker.core import clock

PROJECT = Path(__file__).resolve().parent.parent
FLASK = str(Path(sys.executable).with_name("flask"))
UMASK = 0o022


def in_a_process(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as an operator does, whose own files are readable by all."""
    environment = {**os.environ, **settings}
    given = {"cwd": PROJECT, "env": environment, "umask": UMASK}
    return subprocess.run([FLASK, *arguments], capture_output=True, text=True, check=False, **given)  # type: ignore[call-overload]


def in_a_copy(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a copy of this process; return what it said and its exit."""
    return _copied(main, [FLASK, *arguments], settings)


def script_in_a_copy(script: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the text of a program in a copy of this process, also one that is killed."""
    return _copied(lambda: exec(script, {"__name__": "__main__"}), ["-c", *arguments], settings)


def _copied(
    work: Callable[[], object], arguments: list[str], settings: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        with warnings.catch_warnings():
            # Newer versions of Python warn of threads; those of the tests hold nothing that a command needs.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            os.dup2(said.fileno(), 1)
            os.dup2(complained.fileno(), 2)
            _become(work, arguments, settings)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        complained.seek(0)
        exit_code = os.waitstatus_to_exitcode(status)
        return subprocess.CompletedProcess(arguments, exit_code, said.read(), complained.read())


def _become(work: Callable[[], object], arguments: list[str], settings: Mapping[str, str]) -> NoReturn:
    """Be the command: nothing of the tests' own state is left to it."""
    code = 1
    try:
        gc.disable()
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        os.environ.update(settings)
        os.umask(UMASK)
        os.chdir(PROJECT)
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
        clock.configure(None)
        forget_what_was_kept()
        sys.modules.pop("wsgi", None)
        sys.argv = arguments
        work()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
