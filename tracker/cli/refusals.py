"""How every command ends that does not do what it was asked for: a sentence on the error output, and an exit status."""

import functools
import logging
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


def refuse_wrong_keys(app: Flask) -> None:
    """Refuse to start with keys that are not those of the database: everything would look altered.

    Raises ClickException with the sentence. Where the database cannot be asked, pages and commands say why.
    """
    with app.app_context():
        try:
            unlike = wrong_key()
        except DBAPIError:
            return
        finally:
            db.session.remove()
    if unlike:
        raise click.ClickException(f"{unlike}。")


def refuse_demo_in_production(app: Flask) -> None:
    """Refuse to serve invented matters as real ones, and accounts whose password everybody knows.

    Raises ClickException with the sentence.
    """
    if app.config["TRACKER_ENV"] != "production":
        return
    with app.app_context():
        try:
            demo = is_demo()
        except DBAPIError:
            return
        finally:
            db.session.remove()
    if demo:
        raise click.ClickException(
            "这里装的是演示数据，演示账号的密码是公开的，不能正式运行（TRACKER_ENV=production）："
            "请用新的数据目录（TRACKER_DATA）和空的数据库。"
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
