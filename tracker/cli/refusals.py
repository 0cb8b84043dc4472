"""How every command ends that does not do what it was asked for: a sentence on the error output, and an exit status."""

import functools
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from tracker.audit.keys import wrong_key
from tracker.core.database import db
from tracker.core.errors import DomainError, log_defect
from tracker.core.failures import TOLD, failure_of
from tracker.core.schema import other_schema
from tracker.core.waiting import unhurried
from tracker.demo.load import is_demo

log = logging.getLogger(__name__)
REFUSED = 1


@contextmanager
def sentences(name: str) -> Iterator[None]:
    """Turn a refusal, or a failure of the database or the disk, into a sentence and its exit status.

    Raises SystemExit.
    """
    try:
        yield
    except DomainError as error:
        click.echo(error.message, err=True)
        raise SystemExit(REFUSED) from None
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        log_defect(log, error, f"flask {name} ({failure})")
        click.echo(TOLD[failure].operators, err=True)
        raise SystemExit(TOLD[failure].exit_status) from None


def refuse_unfit(app: Flask) -> None:
    """Refuse to start, or to run a command, where program, database and keys do not belong together.

    Raises ClickException with the sentence. Where the database cannot be asked, pages and commands say why. The
    commands of `flask db` alone meet tables of another version: they bring them to the program's.
    """
    with app.app_context():
        try:
            unfit = (not _migrating() and other_schema()) or wrong_key() or _demo_in_production(app)
        except DBAPIError:
            return
        finally:
            db.session.remove()
    if unfit:
        raise click.ClickException(f"{unfit}。")


def _migrating() -> bool:
    """Whether this is `flask db …`: the program is loaded before Click knows its own command."""
    return "db" in sys.argv[1:]


def _demo_in_production(app: Flask) -> str | None:
    """Return that invented matters would be served as real ones, with accounts whose password everybody knows."""
    if app.config["TRACKER_ENV"] != "production" or not is_demo():
        return None
    return (
        "这里装的是演示数据，演示账号的密码是公开的，不能正式运行（TRACKER_ENV=production）："
        "请用新的数据目录（TRACKER_DATA）和空的数据库"
    )


def with_sentences(command: click.Command, *, long: bool) -> click.Command:
    """Let a command end with sentences; one that works long may take its time with the database."""
    work: Callable[..., Any] = command.callback or (lambda: None)

    @functools.wraps(work)
    def told(*arguments: Any, **named: Any) -> Any:
        with sentences(str(command.name)):
            if not long:
                return work(*arguments, **named)
            with unhurried():
                return work(*arguments, **named)

    command.callback = told
    return command
