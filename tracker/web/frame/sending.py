"""One door for sending a form: once, from a known version, with its files; nothing typed is lost where it is refused.

A view that must know each outcome asks `repeated()`, builds its form, calls `take_files`, checks the form, and answers
the outcome of `send`. A view that only does, says so and goes on is one call of `carried_out`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from flask import flash, redirect, request
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from tracker.cases.intake import drafts, submissions
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.encryption import record_mac
from tracker.core.errors import DomainError, StaleVersion
from tracker.web.frame.access import actor
from tracker.web.frame.forms import OfficeForm
from tracker.web.frame.kept_files import ManyTextsField, gone_files, keep_files, kept_files
from tracker.web.frame.secret_fields import secret_names

Made = TypeVar("Made")
# What differs between two sendings of the same: the pad of the form token, and the button that was pressed.
NOT_SAID = frozenset({"csrf_token", "act", "pile"})
INCOMPLETE = "页面不完整，没有保存。内容都在，请再按一次“保存”。"
BEFORE = "这份表单已经提交过，没有重复办理。"
SAYS_OTHERWISE = "这份表单已经提交过一次，这次的内容和那次不同，没有保存。内容都在；确实是另外一份的，请再提交一次。"


class SentForm(OfficeForm):
    """A form that takes files: it names those kept from a refused sending."""

    kept = ManyTextsField("已收到的附件")


@dataclass(frozen=True)
class Done(Generic[Made]):
    """It was done; `made` is what the act returned."""

    made: Made


@dataclass(frozen=True)
class NotSent:
    """It was refused, and nothing saved; the form's `errors` and `status` say why."""


@dataclass(frozen=True)
class Stale:
    """Somebody acted since the page was opened; nothing was saved. `error` says what."""

    error: StaleVersion


@dataclass(frozen=True)
class Repeated:
    """The same was sent before, and led to `location`; nothing was done again."""

    location: str


def repeated() -> str | None:
    """Return where this very sending led before; None where it is the first, or says something else.

    Raises StaleVersion where somebody else sent the form.
    """
    first = submissions.earlier(token_sent(), by=actor())
    return first.location if first and first.is_repeated_by(_said()) else None


def _said() -> str:
    """Return a keyed hash of everything the form says, but passwords."""
    said = {name: texts for name, texts in request.form.lists() if name not in NOT_SAID | secret_names()}
    files = {name: [file.filename for file in files] for name, files in request.files.lists()}
    return record_mac(b"sending|" + json.dumps([said, files], sort_keys=True).encode()).hex()[:32]


def token_sent() -> str:
    """Return the token that this request hands on: that of the form in which it was typed."""
    return request.form.get("submission", "")[:44]


def take_files(form: SentForm) -> None:
    """Store what was uploaded before any transaction; from now on the form names it by tokens."""
    if "files" not in form:
        return
    named = form.kept.data
    kept = kept_files(named, by=actor())
    fresh, refused = keep_files(form["files"].data or (), already=len(kept), by=actor())
    form.kept.data = [file.token for file in (*kept, *fresh)]
    if gone := gone_files(named, by=actor()):
        refused = f"“{'、'.join(gone)}”收到以后放了一天以上，没有提交，已经清除：请重新选择。"
    if refused:
        form.fail(DomainError(refused, field="files"))


def send(
    form: OfficeForm, act: Callable[[datetime], Made], location: Callable[[Made], str]
) -> Done[Made] | NotSent | Stale | Repeated:
    """Do what a checked form asks for and remember that it was sent, in one transaction; its draft goes with it.

    `act` is called with the instant, `location` with what it made. Raises DomainError of status 403 and 404, which are
    no matter of what was typed.
    """
    if not form.token:
        form.fail(StaleVersion(INCOMPLETE))
        form.renew()
        return NotSent()
    return _sent(form, act, location)


def carried_out(
    form: OfficeForm, act: Callable[[], Made], location: Callable[[Made], str], sentence: str | Callable[[Made], str]
) -> Response | None:
    """Check a form that was sent, do what it asks for as `send` does, say so, and return where to go on.

    None where the page is to be shown: the form was not sent yet, or was refused, and nothing saved. Without a token
    it is neither remembered nor has it a draft. Raises what `send` raises.
    """
    if not form.is_submitted():
        return None
    before = repeated()
    if before is None and (not form.validate_on_submit() or form.errors):
        return None
    match Repeated(before) if before is not None else _sent(form, lambda _now: act(), location):
        case Done(made):
            flash(sentence if isinstance(sentence, str) else sentence(made), "success")
            return redirect(location(made), 303)
        case Repeated(before):
            flash(BEFORE, "info")
            return redirect(before, 303)
        case Stale(error):
            form.fail(error)
    return None


def conclude(location: str) -> None:
    """Remember that what was looked at first, and is done by now, was sent; its draft goes with it.

    In a transaction of its own: such acts take several. The pages between hand on the token of the form.
    """
    token = token_sent()
    with committed():
        if token and submissions.earlier(token, by=actor()) is None:
            _remember(token, location, now=clock.now())


def _remember(token: str, location: str, *, now: datetime) -> None:
    submissions.remember(token, location, by=actor(), now=now, said=_said())
    drafts.discard_draft(by=actor(), token=token)


def _sent(
    form: OfficeForm, act: Callable[[datetime], Made], location: Callable[[Made], str]
) -> Done[Made] | NotSent | Stale | Repeated:
    try:
        with committed():
            now = clock.now()
            made = act(now)
            if token_sent():
                _remember(token_sent(), location(made), now=now)
    except (DomainError, IntegrityError) as error:
        return _not_done(form, error)
    return Done(made)


def _not_done(form: OfficeForm, error: DomainError | IntegrityError) -> NotSent | Stale | Repeated:
    """Say why a form was not sent: most of all, that the same was sent at the same moment."""
    again = repeated()
    if again is not None:
        return Repeated(again)
    if isinstance(error, StaleVersion):
        return Stale(error)
    if isinstance(error, IntegrityError):
        if submissions.earlier(form.token, by=actor()) is None:
            raise error
        error = StaleVersion(SAYS_OTHERWISE)
        form.submission.data = submissions.new_token()
    elif error.status in (403, 404):
        raise error
    form.fail(error)
    return NotSent()
